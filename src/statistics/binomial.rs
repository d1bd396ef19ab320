//! The binomial distribution: tails, and exact bounds of a share.

use std::fmt;

use libm::lgamma as ln_gamma;
use serde::{Deserialize, Serialize};

use super::real;

/// A share with its exact 95 % bounds (Clopper and Pearson 1934).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// How many were right.
    pub right: usize,
    /// Of how many.
    pub of: usize,
    /// Their quotient; `None` of nothing.
    pub share: Option<f64>,
    /// Lower bound, in `[0, 1]`.
    pub low: f64,
    /// Upper bound, in `[0, 1]`.
    pub high: f64,
}

/// What the bounds leave out on each side.
const TAIL: f64 = 0.025;

/// Halvings of `[0, 1]` after which a bound is as precise as a number can be.
const HALVINGS: u32 = 60;

/// The smallest part of a sum that still changes it.
const NEGLIGIBLE: f64 = 1e-17;

impl Proportion {
    /// `right` of `of`; more right ones than there are count as all.
    pub fn of(right: usize, of: usize) -> Self {
        let right = right.min(of);
        let share = (of > 0).then(|| real(right) / real(of));
        // The lower bound is the share at which so many are just improbable, and so is the upper.
        let low = match right {
            0 => 0.0,
            _ => root(|share| at_least(right, of, share) < TAIL),
        };
        let high = if right == of { 1.0 } else { root(|share| at_most(right, of, share) > TAIL) };
        Self { right, of, share, low, high }
    }
}

impl fmt::Display for Proportion {
    /// `95.3 % [93.0, 97.0] (381 of 400)`, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(share) = self.share else { return f.write_str("none") };
        let [share, low, high] = [share, self.low, self.high].map(|share| share * 100.0);
        write!(f, "{share:.1} % [{low:.1}, {high:.1}] ({} of {})", self.right, self.of)
    }
}

/// `P(X ≤ successes)` of `trials` that succeed with probability `share` each.
///
/// Relative error below 1e-7 for up to five million trials. Summed term by term, since the usual
/// continued fraction of the incomplete beta function does not converge for so many.
pub fn at_most(successes: usize, trials: usize, share: f64) -> f64 {
    if successes >= trials || share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    if real(successes) < real(trials) * share {
        return lower(successes, trials, share);
    }
    // The other tail, with successes and failures exchanged.
    1.0 - lower(trials - successes - 1, trials, 1.0 - share)
}

/// `P(X ≥ successes)` of `trials` that succeed with probability `share` each.
pub fn at_least(successes: usize, trials: usize, share: f64) -> f64 {
    if successes == 0 {
        return 1.0;
    }
    if successes > trials {
        return 0.0;
    }
    at_most(trials - successes, trials, 1.0 - share)
}

/// The lower tail up to a place below the mean, where terms shrink towards 0 successes.
fn lower(successes: usize, trials: usize, share: f64) -> f64 {
    let odds = (1.0 - share) / share;
    let (mut term, mut sum) = (1.0, 1.0);
    for left in (1..=successes).rev() {
        term *= real(left) * odds / real(trials - left + 1);
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
    }
    (ln_mass(successes, trials, share).exp() * sum).min(1.0)
}

/// The logarithm of `P(X = successes)`.
fn ln_mass(successes: usize, trials: usize, share: f64) -> f64 {
    let (k, n) = (real(successes), real(trials));
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    ways + k * share.ln() + (n - k) * (-share).ln_1p()
}

/// Where a condition on `[0, 1]` stops to hold.
fn root(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}
