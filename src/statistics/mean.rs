//! Whether a mean has fallen.

use serde::{Deserialize, Serialize};

use super::{normal_above, tails::normal_density};

/// Sums of the first three powers of numbers in `[0, 1]`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Powers {
    /// How many numbers.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
    /// The sum of their cubes.
    pub cubes: f64,
}

/// How the means of two samples differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The mean of the window less that of the reference.
    pub difference: f64,
    /// Its standard error, which takes the sizes of both into account.
    pub error: f64,
    /// The probability of a difference that is at least as low if nothing has changed.
    pub p: f64,
}

impl Powers {
    /// The mean; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }

    /// The second and the third central moment.
    fn moments(&self) -> (f64, f64) {
        let n = self.count;
        let (mean, square, cube) = (self.sum / n, self.squares / n, self.cubes / n);
        let second = (square - mean * mean).max(0.0);
        (second, cube - 3.0 * mean * square + 2.0 * mean.powi(3))
    }
}

/// Tests whether the mean of a window is lower than that of the reference, stratum by stratum.
///
/// Confidences are skewed, most are near 1: the normal approximation alone would give up to twice
/// the nominal false alarms at 50 decisions, so the first term of Edgeworth's expansion corrects
/// it. Variance and skewness are the reference's. Strata without a reference are left out.
///
/// - `strata`: window and reference of each.
///
/// `None` if there is nothing to compare. Source: Hall 1992, "The Bootstrap and Edgeworth
/// Expansion", section 2.3.
pub fn fallen(strata: &[(Powers, Powers)]) -> Option<Difference> {
    let usable = strata.iter().filter(|(now, before)| now.count > 0.0 && before.count > 1.0);
    let size: f64 = usable.clone().map(|(now, _)| now.count).sum();
    let (mut difference, mut variance, mut third) = (0.0, 0.0, 0.0);
    for (now, before) in usable {
        let (n, m, weight) = (now.count, before.count, now.count / size);
        let (second, cubic) = before.moments();
        difference += weight * (now.sum / n - before.sum / m);
        variance += weight.powi(2) * second * (1.0 / n + 1.0 / m);
        third += weight.powi(3) * cubic * (1.0 / n.powi(2) - 1.0 / m.powi(2));
    }
    if variance <= 0.0 {
        return None;
    }
    let error = variance.sqrt();
    let z = difference / error;
    let skewness = third / variance.powf(1.5);
    let corrected = normal_above(-z) - skewness / 6.0 * (z * z - 1.0) * normal_density(z);
    Some(Difference { difference, error, p: corrected.clamp(0.0, 1.0) })
}
