//! What a model says of rows that it has not seen, and what that proves.

use serde::Serialize;

use super::calibration::{Calibration, Scored};
use crate::statistics::{Judged, Promise, Proportion, Reliability, auroc, certify};

/// What a model says of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// What is right.
    pub class: usize,
    /// The most probable label.
    pub called: usize,
    /// Its probability.
    pub confidence: f32,
    /// The probability of being out of scope.
    pub out_of_scope: f32,
}

/// How good the verdicts are.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Rows in scope whose label is the most probable one.
    pub accuracy: Proportion,
    /// Rows in scope from a confidence of 0.90 on.
    pub auto: Proportion,
    /// Those of them that are right.
    pub auto_right: Proportion,
    /// Calibration error of what is in scope (bins of equal mass).
    pub calibration_error: f64,
    /// The lowest confidence from which on nine in ten are certified right.
    pub certified_from: Option<f32>,
    /// What is out of scope, where there is any.
    pub out_of_scope: Option<Outside>,
}

/// How well what is out of scope is told from the rest.
#[derive(Debug, Clone, Serialize)]
pub struct Outside {
    /// Area under the ROC curve of the probability of being out of scope.
    pub auroc: Option<f64>,
    /// Rows out of scope that get another label with a confidence of 0.90 or more.
    pub wrongly_auto: Proportion,
    /// Rows out of scope that are called so.
    pub found: Proportion,
}

/// From this confidence on decisions are automatic by default.
const AUTO: f32 = 0.90;

/// What a calibration makes of scored rows.
pub fn verdicts(
    rows: &Scored,
    calibration: &Calibration,
    out_of_scope: Option<usize>,
) -> Vec<Verdict> {
    (0..rows.classes.len()).map(|row| verdict(rows, row, calibration, out_of_scope)).collect()
}

/// Verdicts on rows out of fold, each by a calibration that was fitted on the other folds.
pub fn cross_fitted(rows: &Scored, fold: &[usize], out_of_scope: Option<usize>) -> Vec<Verdict> {
    let folds = fold.iter().max().map_or(0, |&most| most + 1);
    let fitted: Vec<Calibration> = (0..folds)
        .map(|number| {
            let others: Vec<usize> = (0..fold.len()).filter(|&row| fold[row] != number).collect();
            Calibration::fit(&rows.select(&others), out_of_scope)
        })
        .collect();
    let all = fold.iter().enumerate();
    all.map(|(row, &number)| verdict(rows, row, &fitted[number], out_of_scope)).collect()
}

fn verdict(
    rows: &Scored,
    row: usize,
    calibration: &Calibration,
    out_of_scope: Option<usize>,
) -> Verdict {
    let shares = calibration.probabilities(rows, row, out_of_scope);
    let mut called = 0;
    for (place, share) in shares.iter().enumerate() {
        if *share > shares[called] {
            called = place;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "a probability fits")]
    let [confidence, outside] =
        [shares[called], out_of_scope.map_or(0.0, |place| shares[place])].map(|one| one as f32);
    Verdict { class: rows.classes[row], called, confidence, out_of_scope: outside }
}

impl Figures {
    /// Counts the verdicts.
    pub fn of(verdicts: &[Verdict], out_of_scope: Option<usize>) -> Self {
        let is_outside = |verdict: &&Verdict| Some(verdict.class) == out_of_scope;
        let (outside, inside): (Vec<_>, Vec<_>) = verdicts.iter().partition(is_outside);
        let right = |verdict: &&&Verdict| verdict.called == verdict.class;
        let sure = |verdict: &&&Verdict| {
            verdict.confidence >= AUTO && Some(verdict.called) != out_of_scope
        };
        let auto: Vec<_> = inside.iter().filter(sure).copied().collect();
        let judged: Vec<Judged> = inside
            .iter()
            .map(|verdict| Judged {
                confidence: verdict.confidence,
                right: verdict.called == verdict.class,
            })
            .collect();
        let ranked: Vec<(f32, bool)> = verdicts
            .iter()
            .map(|verdict| (verdict.out_of_scope, Some(verdict.class) == out_of_scope))
            .collect();
        Self {
            accuracy: Proportion::of(inside.iter().filter(right).count(), inside.len()),
            auto: Proportion::of(auto.len(), inside.len()),
            auto_right: Proportion::of(auto.iter().filter(right).count(), auto.len()),
            calibration_error: Reliability::of(&judged).error,
            certified_from: certify(&judged, Promise::AUTO).certified.map(|level| level.threshold),
            out_of_scope: (!outside.is_empty()).then(|| Outside {
                auroc: auroc(&ranked),
                wrongly_auto: Proportion::of(outside.iter().filter(sure).count(), outside.len()),
                found: Proportion::of(outside.iter().filter(right).count(), outside.len()),
            }),
        }
    }
}
