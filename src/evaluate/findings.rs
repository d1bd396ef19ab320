//! What the rows prove: certified thresholds, vetoed labels, and what is missing.

use serde::Serialize;

use super::{
    report::Thresholds,
    tally::{Row, Tally},
};
use crate::statistics::{
    Judged, Labelled, Missing, Promise, Proportion, Veto, Walk, certify, certify_below, missing,
    vetoes,
};

/// What the rows prove.
#[derive(Debug, Clone, Serialize)]
pub struct Findings {
    /// What is promised of automatic decisions.
    pub promise: Promise,
    /// How far down it can be kept, among decisions that no other rule holds back.
    pub auto: Walk,
    /// What is promised of suggestions.
    pub suggest_promise: Promise,
    /// How far down it can be kept, below the policy's threshold for `auto`.
    pub suggest: Walk,
    /// From this confidence on decisions would be automatic: the stricter of policy and
    /// certificate; `None`: nothing can be certified.
    pub auto_from: Option<f32>,
    /// Labels that are shown to break the promise.
    pub vetoed: Vec<Veto>,
    /// Decisions that would be automatic then, and how many of them are right.
    pub automatic: Proportion,
    /// The share of all rows that they are.
    pub automatic_share: f64,
    /// What is missing until the policy's own threshold is certified.
    pub missing: Needed,
}

/// Labelled rows that are missing until a promise is certified, with probability 0.8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// From the band itself.
    pub in_band: Missing,
    /// Of all kinds, where the share of the band is known.
    pub labelled: Option<usize>,
}

impl Findings {
    pub(super) fn of(tally: &Tally, rows: &[Row], thresholds: Thresholds) -> Self {
        let promise = Promise::AUTO;
        let open: Vec<Row> = rows.iter().copied().filter(Row::is_open).collect();
        let judged: Vec<Judged> = open.iter().map(Row::judged).collect();
        let auto = certify(&judged, promise);
        let suggest_promise = Promise::SUGGEST;
        let suggest = certify_below(&judged, suggest_promise, thresholds.auto);
        let auto_from = auto.certified.map(|level| level.threshold.max(thresholds.auto));
        // Without a certificate the labels are tried where the policy would be automatic.
        let from = auto_from.unwrap_or(thresholds.auto);
        let band: Vec<Row> = open.into_iter().filter(|row| row.confidence >= from).collect();
        let vetoed = vetoes(&labelled(tally, &band), promise);
        let mut automatic = (0, 0);
        for row in band.iter().filter(|_| auto_from.is_some()) {
            if vetoed.iter().any(|veto| veto.label == tally.name(row.called)) {
                continue;
            }
            automatic = (automatic.0 + usize::from(row.decision_right), automatic.1 + 1);
        }
        Self {
            promise,
            auto,
            suggest_promise,
            suggest,
            auto_from,
            vetoed,
            automatic: Proportion::of(automatic.0, automatic.1),
            automatic_share: Proportion::of(automatic.1, rows.len()).share.unwrap_or(0.0),
            missing: needed(&auto, &judged, thresholds.auto, rows.len()),
        }
    }
}

/// Decisions by the intent that was named first.
fn labelled(tally: &Tally, rows: &[Row]) -> Vec<Labelled> {
    let mut counts = std::collections::BTreeMap::<u32, (usize, usize)>::new();
    for row in rows {
        let (all, wrong) = counts.entry(row.called).or_default();
        *all += 1;
        *wrong += usize::from(!row.decision_right);
    }
    let label = |(place, (rows, wrong)): (u32, (usize, usize))| Labelled {
        label: tally.name(place).to_owned(),
        rows,
        wrong,
    };
    counts.into_iter().map(label).collect()
}

/// What is missing until the threshold `own` is certified, of `all` rows.
fn needed(walk: &Walk, judged: &[Judged], own: f32, all: usize) -> Needed {
    if walk.certified.is_some_and(|level| level.threshold <= own) {
        return Needed { in_band: Missing::Rows(0), labelled: Some(0) };
    }
    // Where a test failed, that one must pass; else there are too few rows for any.
    let band = judged.iter().filter(|row| row.confidence >= own);
    let right = band.clone().filter(|row| row.right).count();
    let band = match walk.stopped {
        Some(level) => Proportion::of(level.rows - level.wrong, level.rows),
        None => Proportion::of(right, band.count()),
    };
    let in_band = missing(band, Promise::AUTO);
    let labelled = match in_band {
        Missing::Rows(more) if band.of > 0 => Some((more * all).div_ceil(band.of)),
        _ => None,
    };
    Needed { in_band, labelled }
}
