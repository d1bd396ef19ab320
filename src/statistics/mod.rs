//! Judged rows → what can be said of them: exact bounds, calibration error, certificates; counts
//! and sums of two times → whether they differ, and alarms that may be looked at after every event.
//!
//! Pure and total: the same rows give the same numbers on every machine, simulations included,
//! since their generator starts from a fixed seed. Golden values come from `SciPy` 1.17.1,
//! scikit-learn 1.9.1 and `NumPy` 2.4.6.

mod binomial;
mod certificate;
#[cfg(test)]
mod change_tests;
mod classes;
mod coverage;
mod detector;
mod direction;
mod interval;
mod mean;
mod missing;
mod mix;
mod more_often;
mod random;
mod ranking;
mod reliability;
mod tails;
#[cfg(test)]
mod tests;
mod veto;

pub use self::{
    binomial::{Proportion, at_least, at_most},
    certificate::{Level, Promise, Walk, certify, certify_below},
    classes::{Class, Confusion},
    coverage::{Point, coverage},
    detector::{Detector, Unwatchable},
    direction::{Movement, VectorSum, degrees, moved},
    interval::{Interval, bounded_mean, confidence_sequence},
    mean::{Difference, Powers, fallen},
    missing::{Missing, missing},
    mix::{Deviation, Mix, Stratum, compare, neighbours},
    more_often::{Hits, more_often},
    random::{Random, sample},
    ranking::auroc,
    reliability::{BINS, Bin, Chance, Reliability, chance_error},
    tails::{chi_squared_above, normal_above},
    veto::{Labelled, Veto, vetoes},
};

/// One decision that somebody has checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The probability that it was given, in `[0, 1]`; as precise as the policy compares it.
    pub confidence: f32,
    /// Whether it was right.
    pub right: bool,
}

/// A count as a number to calculate with: exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "nobody has labelled 2^53 rows")]
fn real(count: usize) -> f64 {
    count as f64
}
