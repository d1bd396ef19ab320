//! Labels of which there is evidence that they break the promise.

use serde::{Deserialize, Serialize};

use super::{Promise, Proportion, at_least, real};

/// Decisions in band `auto` for which the model named one label first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The label.
    pub label: String,
    /// How many.
    pub rows: usize,
    /// How many of them were wrong.
    pub wrong: usize,
}

/// A label whose decisions are wrong too often to be automatic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Veto {
    /// The label.
    pub label: String,
    /// How many of its decisions in the band were right.
    pub right: Proportion,
    /// How probable so many wrong ones are if the promise holds, times the labels still tested.
    pub p: f64,
}

/// The labels that break the promise, in the order of the evidence.
///
/// One exact binomial test a label, corrected for their number (Holm 1979): the probability that
/// any label is vetoed wrongly is at most `promise.risk`. A label without evidence is not vetoed,
/// however few its rows: one global certificate covers it.
pub fn vetoes(labels: &[Labelled], promise: Promise) -> Vec<Veto> {
    let mut tested: Vec<(f64, &Labelled)> = Vec::with_capacity(labels.len());
    for one in labels.iter().filter(|one| one.rows > 0) {
        tested.push((at_least(one.wrong, one.rows, 1.0 - promise.precision), one));
    }
    tested.sort_by(|(p, a), (q, b)| p.total_cmp(q).then_with(|| a.label.cmp(&b.label)));
    let mut found = Vec::new();
    for (place, (p, one)) in tested.iter().enumerate() {
        let p = p * real(tested.len() - place);
        if p > promise.risk {
            break;
        }
        let right = Proportion::of(one.rows - one.wrong.min(one.rows), one.rows);
        found.push(Veto { label: one.label.clone(), right, p });
    }
    found
}
