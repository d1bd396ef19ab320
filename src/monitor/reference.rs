//! What a window is compared with, like with like.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{bucket::Bucket, sums::Sums};
use crate::domain::Timestamp;

/// Decisions by their circumstances.
pub type Window = BTreeMap<Bucket, Sums>;

/// What is taken for usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The held-out texts of the model's training: shows what has changed slowly.
    Training,
    /// The 28 days before, without the last 7: shows what has changed suddenly.
    Trailing,
}

/// What a window is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// What is taken for usual.
    pub basis: Basis,
    /// The decisions of that time.
    pub window: Window,
    /// In how many directions the vectors effectively vary, as measured at training
    /// ([`crate::statistics::degrees`]); `None`: vectors are not compared.
    pub degrees: Option<f64>,
}

/// How far the trailing reference goes back.
const LONGEST: SignedDuration = SignedDuration::from_hours(28 * 24);
/// How much of it is left out, so that a change does not become its own measure at once.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A bucket whose reference holds fewer is not compared alone.
const FEWEST: u64 = 100;

impl Reference {
    /// The held-out texts of a model's training, whose circumstances nobody knows.
    pub fn training(sums: Sums, degrees: Option<f64>) -> Self {
        let window = Window::from([(Bucket::default(), sums)]);
        Self { basis: Basis::Training, window, degrees }
    }

    /// The 28 days before `until`, without the last 7.
    ///
    /// `hours`: when each hour began, its circumstances, its sums; hours of another time are left
    /// out.
    pub fn trailing<'a>(
        hours: impl IntoIterator<Item = (Timestamp, Bucket, &'a Sums)>,
        until: Timestamp,
        degrees: Option<f64>,
    ) -> Self {
        let mut window = Window::new();
        for (begin, bucket, sums) in hours {
            let age = until.duration_since(begin);
            if age > LATEST && age <= LONGEST {
                window.entry(bucket).or_default().merge(sums);
            }
        }
        Self { basis: Basis::Trailing, window, degrees }
    }
}

/// Decisions of like circumstances, and what they are compared with.
pub(super) struct Pair {
    pub(super) window: Sums,
    pub(super) reference: Sums,
}

/// Pairs the buckets of a window with those of the reference.
///
/// A bucket whose reference is smaller than itself, or than 100 decisions, cannot be compared
/// alone: it is joined to the one with the largest reference. So a reference of one bucket leads
/// to one pair.
pub(super) fn pairs(window: &Window, reference: &Window) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (bucket, sums) in reference {
        let window = window.get(bucket).cloned().unwrap_or_default();
        pairs.push(Pair { window, reference: sums.clone() });
    }
    for (_, sums) in window.iter().filter(|(bucket, _)| !reference.contains_key(bucket)) {
        pairs.push(Pair { window: sums.clone(), reference: Sums::default() });
    }
    while pairs.len() > 1 {
        let Some(thin) = pairs.iter().position(is_thin) else { break };
        let thin = pairs.swap_remove(thin);
        // Sums do not depend on the order in which they are merged.
        let Some(largest) = pairs.iter_mut().max_by_key(|pair| pair.reference.judged().count)
        else {
            break;
        };
        largest.window.merge(&thin.window);
        largest.reference.merge(&thin.reference);
    }
    pairs
}

fn is_thin(pair: &Pair) -> bool {
    let (window, reference) = (pair.window.judged().count, pair.reference.judged().count);
    window > 0 && reference < FEWEST.max(window)
}
