//! Whether something happens more often than it did: Fisher's exact test.

use libm::lgamma as ln_gamma;

use super::real;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hits {
    /// How many of them.
    pub hits: usize,
    /// Of how many; at least `hits`.
    pub of: usize,
}

/// The smallest part of a sum that still changes it.
const NEGLIGIBLE: f64 = 1e-17;

/// The probability of at least so many hits in the window if they are as frequent as in the
/// reference, given how many both have together. What was seen itself counts half ("mid-p"), since
/// the plain test errs far on the safe side where hits are few.
///
/// 1 if there is nothing to compare. Source: Fisher 1935; mid-p: Lancaster 1961.
pub fn more_often(window: Hits, reference: Hits) -> f64 {
    let (n, m) = (window.of, reference.of);
    let all = window.hits + reference.hits;
    if n == 0 || m == 0 || window.hits > n || reference.hits > m {
        return 1.0;
    }
    let most = all.min(n);
    let mean = real(n) * real(all) / real(n + m);
    let term = |hits: usize| -> f64 {
        let ways = ln_choose(n, hits) + ln_choose(m, all - hits) - ln_choose(n + m, all);
        ways.exp()
    };
    let seen = term(window.hits);
    // Terms shrink away from the mean: the tail on the far side is summed from its start.
    let tail = if real(window.hits) >= mean {
        sum((window.hits + 1..=most).map(term))
    } else {
        1.0 - seen - sum((all.saturating_sub(m)..window.hits).rev().map(term))
    };
    (tail + seen / 2.0).clamp(0.0, 1.0)
}

fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 0.0;
    for term in terms {
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
    }
    sum
}

fn ln_choose(n: usize, k: usize) -> f64 {
    ln_gamma(real(n) + 1.0) - ln_gamma(real(k) + 1.0) - ln_gamma(real(n - k) + 1.0)
}
