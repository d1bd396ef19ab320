//! Whether the mean of vectors has moved, and where to.

use serde::{Deserialize, Serialize};

use super::{chi_squared_above, real};

/// Vectors of length 1, as far as a mean needs them.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSum {
    /// How many.
    pub count: f64,
    /// `[dimensions]`: their sum.
    pub sum: Vec<f64>,
}

/// How far a mean has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// The squared distance over the one that chance alone lets expect: about 1 if nothing moved.
    pub ratio: f64,
    /// The probability of at least this ratio if nothing has moved.
    pub p: f64,
    /// `[dimensions]`: from the mean of the reference to that of the window.
    pub towards: Vec<f64>,
}

impl VectorSum {
    /// Sums up vectors of length 1.
    pub fn of<'a>(vectors: impl IntoIterator<Item = &'a [f32]>) -> Self {
        let mut total = Self { count: 0.0, sum: Vec::new() };
        for vector in vectors {
            total.sum.resize(vector.len().max(total.sum.len()), 0.0);
            total.count += 1.0;
            for (sum, &number) in total.sum.iter_mut().zip(vector) {
                *sum += f64::from(number);
            }
        }
        total
    }

    /// The trace of the covariance. Vectors of length 1 need no squares for it.
    fn trace(&self) -> f64 {
        let length: f64 = self.sum.iter().map(|sum| (sum / self.count).powi(2)).sum();
        (1.0 - length).max(0.0) * self.count / (self.count - 1.0)
    }
}

/// Tests whether the mean vector of a window is that of the reference, stratum by stratum.
///
/// The squared distance of two means is about `(1/n + 1/m) tr Σ`, a mixture of chi-squared numbers,
/// which one with `degrees` degrees of freedom stands for (Satterthwaite 1946). Strata without a
/// reference of at least two are left out.
///
/// - `strata`: window and reference of each.
/// - `degrees`: `(tr Σ)² / tr Σ²`, see [`degrees`].
///
/// `None` if there is nothing to compare.
pub fn moved(strata: &[(VectorSum, VectorSum)], degrees: f64) -> Option<Movement> {
    let usable = strata.iter().filter(|(now, before)| now.count > 0.0 && before.count > 1.0);
    let size: f64 = usable.clone().map(|(now, _)| now.count).sum();
    let mut towards = Vec::new();
    let mut expected = 0.0;
    for (now, before) in usable {
        let (n, m, weight) = (now.count, before.count, now.count / size);
        towards.resize(now.sum.len().max(towards.len()), 0.0);
        for (place, (now, before)) in towards.iter_mut().zip(now.sum.iter().zip(&before.sum)) {
            *place += weight * (now / n - before / m);
        }
        expected += weight.powi(2) * before.trace() * (1.0 / n + 1.0 / m);
    }
    if expected <= 0.0 {
        return None;
    }
    let distance: f64 = towards.iter().map(|step| step * step).sum();
    let ratio = distance / expected;
    Some(Movement { ratio, p: chi_squared_above(ratio * degrees, degrees), towards })
}

/// In how many directions vectors effectively vary: `(tr Σ)² / tr Σ²` of their covariance, which
/// is the number of dimensions if they vary alike in all, and 1 if in a single one.
///
/// `tr Σ²` is estimated without bias, so that few vectors give the same as many, on average.
/// `None` for fewer than four vectors, vectors of different lengths, or vectors that do not vary.
///
/// Source: Chen and Qin 2010, <https://arxiv.org/abs/1002.4547>, for normal numbers.
pub fn degrees(vectors: &[Vec<f32>]) -> Option<f64> {
    let dimensions = vectors.first()?.len();
    if vectors.len() < 4 || vectors.iter().any(|vector| vector.len() != dimensions) {
        return None;
    }
    let n = real(vectors.len());
    let mean = VectorSum::of(vectors.iter().map(Vec::as_slice));
    let mean: Vec<f64> = mean.sum.iter().map(|sum| sum / n).collect();
    let mut covariance = vec![0.0; dimensions * dimensions];
    for vector in vectors {
        let centred: Vec<f64> =
            vector.iter().zip(&mean).map(|(&number, mean)| f64::from(number) - mean).collect();
        for (row, &left) in covariance.chunks_exact_mut(dimensions).zip(&centred) {
            for (cell, &right) in row.iter_mut().zip(&centred) {
                *cell += left * right;
            }
        }
    }
    let trace = covariance.iter().step_by(dimensions + 1).sum::<f64>() / (n - 1.0);
    let squares = covariance.iter().map(|cell| (cell / (n - 1.0)).powi(2)).sum::<f64>();
    let biased = squares - trace * trace / (n - 1.0);
    let trace_of_square = biased * (n - 1.0).powi(2) / ((n - 2.0) * (n + 1.0));
    let found = trace * trace / trace_of_square;
    (found.is_finite() && found > 0.0).then_some(found)
}
