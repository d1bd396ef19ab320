//! The interval of a rate that may be looked at again and again.

use libm::lgamma as ln_gamma;
use serde::{Deserialize, Serialize};

use super::real;

/// Where a rate lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound, in `[0, 1]`.
    pub low: f64,
    /// Upper bound, in `[0, 1]`.
    pub high: f64,
}

/// Halvings after which a bound is as precise as a number can be.
const HALVINGS: u32 = 60;

impl Interval {
    /// Nothing is known.
    pub const ALL: Self = Self { low: 0.0, high: 1.0 };

    /// True if the rate lies in it.
    pub fn holds(&self, rate: f64) -> bool {
        (self.low..=self.high).contains(&rate)
    }
}

/// A confidence sequence: with probability `1 - risk` it holds the rate at every look, however
/// often somebody looks and whenever they stop.
///
/// All rates are in it whose likelihood is not beaten by a mixture of all rates (weights of a beta
/// distribution with both parameters 1/2) by more than `1 / risk`:
/// `B(½ + hits, ½ + misses) / B(½, ½) · rate^-hits · (1 - rate)^-misses < 1 / risk`.
///
/// - `hits` of `of`: all that its state needs; more hits than there are count as all.
/// - `risk`: in `(0, 1)`.
///
/// Source: Howard et al. 2021, section 3, <https://arxiv.org/abs/1810.08240>; Robbins 1970.
pub fn confidence_sequence(hits: usize, of: usize, risk: f64) -> Interval {
    bounded_mean(real(hits.min(of)), real(of), risk)
}

/// The same of the mean of numbers in `[0, 1]`, whatever their distribution: the likelihood ratio
/// of a number between 0 and 1 is at most its mean over 0 and 1, since it is convex in the number.
///
/// - `sum`: of the numbers, taken as `of` where it is more.
/// - `of`: how many, not necessarily whole: of numbers that count for unequal parts, as many as
///   would be as sure if each counted the same.
pub fn bounded_mean(sum: f64, of: f64, risk: f64) -> Interval {
    let s = sum.clamp(0.0, of);
    let f = of - s;
    let mixture = ln_beta(s + 0.5, f + 0.5) - ln_beta(0.5, 0.5);
    let limit = -risk.ln();
    let inside = |rate: f64| mixture - part(s, rate.ln()) - part(f, (-rate).ln_1p()) < limit;
    let rate = if of > 0.0 { s / of } else { 0.5 };
    Interval {
        low: if s <= 0.0 { 0.0 } else { edge(rate, 0.0, inside) },
        high: if f <= 0.0 { 1.0 } else { edge(rate, 1.0, inside) },
    }
}

/// `count · logarithm`, which is nothing for no count, whatever the logarithm.
fn part(count: f64, logarithm: f64) -> f64 {
    if count == 0.0 { 0.0 } else { count * logarithm }
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// Where a condition that holds at `inner` ceases to hold on the way to `outer`.
fn edge(mut inner: f64, mut outer: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(inner, outer);
        if holds(middle) {
            inner = middle;
        } else {
            outer = middle;
        }
    }
    outer
}
