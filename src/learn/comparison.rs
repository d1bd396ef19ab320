//! Two models on the same rows: who is right how often, and whether the difference is chance.

use serde::Serialize;

use crate::statistics::{Chance, Judged, Proportion, Reliability, at_most, chance_error};

/// What a model says of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Called {
    /// The most probable label.
    pub label: usize,
    /// The most probable decision.
    pub decision: usize,
    /// Its probability: the sum over the labels that lead there.
    pub confidence: f32,
}

/// What two models say of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The right label.
    pub label: usize,
    /// The right decision.
    pub decision: usize,
    /// What the model in force says.
    pub before: Called,
    /// What the candidate says.
    pub after: Called,
    /// How many decisions the row stands for: the inverse of the probability of its being seen.
    pub weight: f64,
}

/// How one model does.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Right labels.
    pub labels: Proportion,
    /// Right decisions.
    pub decisions: Proportion,
    /// Their share, each row counted by its weight; `None` of no rows.
    pub weighted: Option<f64>,
    /// Calibration error of the decision (bins of equal mass).
    pub calibration_error: f64,
    /// What exactly right confidences would show at this size; `None` of no rows.
    pub chance: Option<Chance>,
}

/// Rows on which one of two models is right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pair {
    /// Wrong before, right after.
    pub gained: usize,
    /// Right before, wrong after.
    pub lost: usize,
    /// How probable a difference as large is if both are right equally often (two-sided exact
    /// test of `McNemar`).
    pub p: f64,
}

/// One label under both models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LabelChange {
    /// Which.
    pub label: usize,
    /// Rows of it.
    pub rows: usize,
    /// Those that were called so before.
    pub before: usize,
    /// And after.
    pub after: usize,
    /// Rows of other labels that were called so before.
    pub wrongly_before: usize,
    /// And after.
    pub wrongly_after: usize,
}

/// A row that the two models decide differently.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Its place.
    pub row: usize,
    /// What both say.
    pub judgement: Judgement,
}

/// Two models on the same rows.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Rows.
    pub rows: usize,
    /// The model in force.
    pub before: Measured,
    /// The candidate.
    pub after: Measured,
    /// The decisions of both.
    pub decisions: Pair,
    /// The labels of both.
    pub labels: Pair,
    /// Every label that has rows or is called, most gained first.
    pub by_label: Vec<LabelChange>,
    /// Rows that are decided differently, in order.
    pub changes: Vec<Change>,
}

/// The label and the decision that probabilities lead to; `decisions` has one for every label.
pub fn called(shares: &[f64], decisions: &[usize]) -> Called {
    let mut sums = vec![0.0; decisions.iter().max().map_or(0, |&most| most + 1)];
    for (share, &decision) in shares.iter().zip(decisions) {
        sums[decision] += share;
    }
    let (label, decision) = (best(shares), best(&sums));
    #[expect(clippy::cast_possible_truncation, reason = "a probability fits")]
    let confidence = sums.get(decision).copied().unwrap_or_default().min(1.0) as f32;
    Called { label, decision, confidence }
}

/// The place of the largest number; the first of equal ones.
fn best(numbers: &[f64]) -> usize {
    (0..numbers.len()).fold(0, |best, at| if numbers[at] > numbers[best] { at } else { best })
}

impl Comparison {
    /// Compares; `labels` is their number, `seed` draws the chance errors.
    pub fn of(rows: &[Judgement], labels: usize, seed: u64) -> Self {
        let changed = |(row, judgement): (usize, &Judgement)| {
            let judgement = *judgement;
            (judgement.before.decision != judgement.after.decision)
                .then_some(Change { row, judgement })
        };
        Self {
            rows: rows.len(),
            before: Measured::of(rows, |row| row.before, seed),
            after: Measured::of(rows, |row| row.after, seed),
            decisions: Pair::of(rows, |row, called| called.decision == row.decision),
            labels: Pair::of(rows, |row, called| called.label == row.label),
            by_label: by_label(rows, labels),
            changes: rows.iter().enumerate().filter_map(changed).collect(),
        }
    }
}

impl Measured {
    fn of(rows: &[Judgement], called: impl Fn(&Judgement) -> Called, seed: u64) -> Self {
        let judged: Vec<Judged> = rows
            .iter()
            .map(|row| {
                let Called { decision, confidence, .. } = called(row);
                Judged { confidence, right: decision == row.decision }
            })
            .collect();
        let labels = rows.iter().filter(|row| called(row).label == row.label).count();
        let decisions = judged.iter().filter(|row| row.right).count();
        let total: f64 = rows.iter().map(|row| row.weight).sum();
        let right = rows.iter().zip(&judged).filter(|(_, judged)| judged.right);
        let right: f64 = right.map(|(row, _)| row.weight).sum();
        Self {
            labels: Proportion::of(labels, rows.len()),
            decisions: Proportion::of(decisions, rows.len()),
            weighted: (total > 0.0).then(|| right / total),
            calibration_error: Reliability::of(&judged).error,
            chance: chance_error(&judged, seed),
        }
    }
}

impl Pair {
    fn of(rows: &[Judgement], right: impl Fn(&Judgement, &Called) -> bool) -> Self {
        let (mut gained, mut lost) = (0, 0);
        for row in rows {
            match (right(row, &row.before), right(row, &row.after)) {
                (false, true) => gained += 1,
                (true, false) => lost += 1,
                _ => {}
            }
        }
        Self { gained, lost, p: mcnemar(gained, lost) }
    }
}

/// The two-sided exact test of `McNemar` (1947): of the rows on which the models differ, either is
/// right with probability one half.
fn mcnemar(gained: usize, lost: usize) -> f64 {
    (2.0 * at_most(gained.min(lost), gained + lost, 0.5)).min(1.0)
}

fn by_label(rows: &[Judgement], labels: usize) -> Vec<LabelChange> {
    let none = |label| LabelChange {
        label,
        rows: 0,
        before: 0,
        after: 0,
        wrongly_before: 0,
        wrongly_after: 0,
    };
    let mut changes: Vec<LabelChange> = (0..labels).map(none).collect();
    for row in rows {
        changes[row.label].rows += 1;
        let (before, after) = (row.before.label, row.after.label);
        if before == row.label {
            changes[before].before += 1;
        } else {
            changes[before].wrongly_before += 1;
        }
        if after == row.label {
            changes[after].after += 1;
        } else {
            changes[after].wrongly_after += 1;
        }
    }
    changes.retain(|one| one.rows + one.wrongly_before + one.wrongly_after > 0);
    // The sort is stable: the order of the labels breaks ties.
    changes
        .sort_by_key(|one| std::cmp::Reverse(one.after.cast_signed() - one.before.cast_signed()));
    changes
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
