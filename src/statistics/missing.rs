//! How many labelled rows it takes to certify a promise.

use serde::{Deserialize, Serialize};

use super::{Promise, Proportion, at_most};

/// How many rows are missing until a promise can be certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// So many more, from the band itself; 0 if there are enough.
    Rows(usize),
    /// No number of rows would do: the precision seen is below the promise or hardly above it.
    Hopeless,
}

/// The probability with which the certificate should be reached.
const POWER: f64 = 0.8;
/// Wrong rows that may be allowed for; the search ends there, at some hundred thousand rows.
const MOST_WRONG: usize = 100_000;

/// How many more rows of a band are needed, so that the promise is certified with probability 0.8
/// if its precision is what was seen: exact, not by an approximation.
///
/// `band`: the right ones among those that are labelled already. Without any, as if all were
/// right: at least so many.
pub fn missing(band: Proportion, promise: Promise) -> Missing {
    match enough(1.0 - band.share.unwrap_or(1.0), promise) {
        Some(rows) => Missing::Rows(rows.saturating_sub(band.of)),
        None => Missing::Hopeless,
    }
}

/// The fewest rows that certify a promise with probability 0.8 if that share of them is wrong;
/// `None` if a hundred thousand wrong ones are not enough.
pub(super) fn enough(wrong_share: f64, promise: Promise) -> Option<usize> {
    let power = |wrong: usize| at_most(wrong, fewest(wrong, promise), wrong_share);
    if wrong_share >= 1.0 - promise.precision || power(MOST_WRONG) < POWER {
        return None;
    }
    // With more rows more wrong ones are allowed, and the power grows: the first that suffices.
    let (mut low, mut high) = (0, MOST_WRONG);
    while low < high {
        let middle = usize::midpoint(low, high);
        if power(middle) < POWER {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(fewest(low, promise))
}

/// The fewest rows with which the promise is certified though so many are wrong.
pub(super) fn fewest(wrong: usize, promise: Promise) -> usize {
    let certified = |rows: usize| promise.p(wrong, rows) <= promise.risk;
    let mut high = wrong + 1;
    while !certified(high) {
        high *= 2;
    }
    let mut low = wrong;
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if certified(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
