//! The report: every figure of an evaluation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    document::Document,
    findings::Findings,
    html, markdown,
    tally::{Row, Tally},
};
use crate::{
    domain::Band,
    statistics::{
        Chance, Class, Confusion, Judged, Point, Proportion, Reliability, auroc, chance_error,
        coverage,
    },
};

/// What was evaluated, and how.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// Name and version of the model.
    pub model: (String, String),
    /// Name and version of the policy.
    pub policy: (String, String),
    /// The files with labelled conversations.
    pub data: Vec<String>,
    /// The policy's thresholds.
    pub thresholds: Thresholds,
    /// The share of out-of-scope rows that figures are taken of; `None`: as they come.
    pub out_of_scope_share: Option<f64>,
    /// Where random draws start.
    pub seed: u64,
    /// Rows that could not be read or have no label that the model knows.
    pub skipped: usize,
    /// Labels of skipped rows that the model does not know, with their rows.
    pub unknown_labels: BTreeMap<String, usize>,
    /// Rows that the model could not answer.
    pub unanswered: usize,
}

/// From which confidence on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// The service acts.
    pub auto: f32,
    /// The service suggests.
    pub suggest: f32,
}

/// Every figure of an evaluation.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was evaluated, and how.
    pub about: About,
    /// Rows that were judged.
    pub judged: usize,
    /// Rows that the figures are taken of, where they do not say otherwise.
    pub counted: usize,
    /// Decisions: tier and role.
    pub decisions: Decisions,
    /// The three bands.
    pub bands: Vec<BandFigures>,
    /// What the rows prove.
    pub findings: Findings,
    /// Intents.
    pub intents: Intents,
    /// Rows that are out of scope; `None` if there are none, or nothing else.
    pub out_of_scope: Option<OutOfScope>,
    /// How precise decisions are if only the surest are taken.
    pub coverage: Vec<Point>,
}

/// Decisions: tier and role.
#[derive(Debug, Clone, Serialize)]
pub struct Decisions {
    /// How many are right.
    pub accuracy: Proportion,
    /// Mean confidence.
    pub confidence: Option<f64>,
    /// Confidence against precision.
    pub reliability: Reliability,
    /// What a model with exactly right confidences shows at this size.
    pub chance: Option<Chance>,
}

/// One band.
#[derive(Debug, Clone, Serialize)]
pub struct BandFigures {
    /// Which.
    pub band: Band,
    /// Rows that confidence and rules put there, the certificate left aside; how many are right.
    pub right: Proportion,
    /// The share of all rows that they are.
    pub share: f64,
    /// Rows that the confidence alone would put there.
    pub by_confidence: Proportion,
}

/// Intents.
#[derive(Debug, Clone, Serialize)]
pub struct Intents {
    /// Rows whose most probable intent one of the labels accepts.
    pub accuracy: Proportion,
    /// Mean F1 over all labels; an accepted intent counts as the label.
    pub macro_f1: Option<f64>,
    /// Every label.
    pub classes: Vec<Class>,
    /// What was taken for what, most frequent first.
    pub mistakes: Vec<Mistake>,
}

/// What was taken for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// What it is.
    pub is: String,
    /// What it was called.
    pub called: String,
    /// How often.
    pub rows: usize,
}

/// Rows that are out of scope, all of them.
#[derive(Debug, Clone, Serialize)]
pub struct OutOfScope {
    /// How well the probability of being out of scope tells them from the others.
    pub auroc: Option<f64>,
    /// How well novelty alone does.
    pub novelty_auroc: Option<f64>,
    /// How many are called so.
    pub found: Proportion,
    /// How many end up in band `auto`, the certificate left aside.
    pub automatic: Proportion,
    /// Rows in scope that are called out of scope.
    pub in_scope_called_so: Proportion,
}

/// Points of the coverage-precision curve.
const CURVE_POINTS: usize = 100;

impl Report {
    /// Computes every figure.
    pub fn of(tally: &Tally, about: About) -> Self {
        let rows = tally.counted(about.out_of_scope_share, about.seed);
        let judged: Vec<Judged> = rows.iter().map(Row::judged).collect();
        let confidence = judged.iter().map(|row| f64::from(row.confidence)).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "nobody has labelled 2^53 rows")]
        let confidence = (!rows.is_empty()).then(|| confidence / rows.len() as f64);
        Self {
            judged: tally.len(),
            counted: rows.len(),
            decisions: Decisions {
                accuracy: share(&rows, |_| true, |row| row.decision_right),
                confidence,
                reliability: Reliability::of(&judged),
                chance: chance_error(&judged, about.seed),
            },
            bands: bands(&rows, about.thresholds),
            findings: Findings::of(tally, &rows, about.thresholds),
            intents: intents(tally, &rows),
            out_of_scope: out_of_scope(tally, about.thresholds),
            coverage: coverage(&judged, CURVE_POINTS),
            about,
        }
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// None that a report can have: its keys are texts and its numbers finite.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(&Document::of(self))
    }

    /// The report as one HTML page that asks nobody else for anything.
    pub fn html(&self) -> String {
        html::render(&Document::of(self))
    }
}

/// Of the rows that are meant, how many are right.
fn share(rows: &[Row], meant: impl Fn(&Row) -> bool, right: impl Fn(&Row) -> bool) -> Proportion {
    let meant: Vec<&Row> = rows.iter().filter(|row| meant(row)).collect();
    Proportion::of(meant.iter().filter(|row| right(row)).count(), meant.len())
}

/// The band of a confidence alone.
fn by_confidence(row: &Row, thresholds: Thresholds) -> Band {
    if row.confidence >= thresholds.auto {
        Band::Auto
    } else if row.confidence >= thresholds.suggest {
        Band::Suggest
    } else {
        Band::Human
    }
}

fn bands(rows: &[Row], thresholds: Thresholds) -> Vec<BandFigures> {
    let own = |row: &Row| by_confidence(row, thresholds);
    let figures = |&band: &Band| {
        let right = share(rows, |row| own(row).min(row.ceiling) == band, |row| row.decision_right);
        BandFigures {
            band,
            right,
            share: Proportion::of(right.of, rows.len()).share.unwrap_or(0.0),
            by_confidence: share(rows, |row| own(row) == band, |row| row.decision_right),
        }
    };
    Band::ALL.iter().rev().map(figures).collect()
}

fn intents(tally: &Tally, rows: &[Row]) -> Intents {
    let mut confusion = Confusion::default();
    for row in rows {
        let called = tally.name(row.called);
        // Where the labels leave a choice, the one that was chosen is what it is.
        confusion.add(if row.intent_right { called } else { tally.name(row.label) }, called);
    }
    let wrong = confusion.cells().filter(|(is, called, _)| is != called);
    let mut mistakes: Vec<Mistake> = wrong
        .map(|(is, called, rows)| Mistake { is: is.to_owned(), called: called.to_owned(), rows })
        .collect();
    mistakes.sort_by_key(|mistake| std::cmp::Reverse(mistake.rows));
    Intents {
        accuracy: confusion.accuracy(),
        macro_f1: confusion.macro_f1(),
        classes: confusion.classes(),
        mistakes,
    }
}

fn out_of_scope(tally: &Tally, thresholds: Thresholds) -> Option<OutOfScope> {
    let (outside, inside) = tally.split();
    if outside.is_empty() || inside.is_empty() {
        return None;
    }
    let place = outside[0].label;
    let scored = |score: fn(&Row) -> f32| {
        let outside = outside.iter().map(|row| (score(row), true));
        auroc(&outside.chain(inside.iter().map(|row| (score(row), false))).collect::<Vec<_>>())
    };
    let automatic = |row: &Row| by_confidence(row, thresholds).min(row.ceiling) == Band::Auto;
    Some(OutOfScope {
        auroc: scored(|row| row.out_of_scope),
        novelty_auroc: scored(|row| row.novelty),
        found: share(&outside, |_| true, |row| row.called == place),
        automatic: share(&outside, |_| true, automatic),
        in_scope_called_so: share(&inside, |_| true, |row| row.called == place),
    })
}
