//! Whether confidences mean what they say: bins of equal mass, and what chance alone shows.

use serde::{Deserialize, Serialize};

use super::{Judged, Proportion, random::Random, real};

/// Bins of a reliability diagram.
pub const BINS: usize = 15;

/// Simulated sets of rows of which the chance error is read off, where there are few rows.
const ROUNDS: usize = 1_000;
/// Draws that all rounds together may take; with so many rows the error hardly varies any more.
const DRAWS: usize = 200_000_000;
/// The fewest rounds whose 95 % quantile can be read off.
const FEWEST_ROUNDS: usize = 100;

/// A reliability diagram and the error that it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Bins of equal mass, from the least to the most sure; at most [`BINS`], none is empty.
    pub bins: Vec<Bin>,
    /// Expected calibration error: the mean distance of confidence and precision over all rows.
    pub error: f64,
}

/// Rows of similar confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Mean confidence.
    pub confidence: f64,
    /// How many were right, with exact bounds.
    pub right: Proportion,
}

/// The calibration error of confidences that are exactly right, in sets of that size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// On average: the floor below which an error says nothing.
    pub mean: f64,
    /// In 95 of 100 sets at most.
    pub high: f64,
}

impl Reliability {
    /// Sorts the rows into bins of equal mass.
    ///
    /// Where the number of rows is not a multiple of the bins, the first ones have one row more.
    /// Source: Naeini et al. 2015 with bins of equal mass, Nguyen and O'Connor 2015.
    pub fn of(rows: &[Judged]) -> Self {
        let mut sorted = rows.to_vec();
        sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let mut error = 0.0;
        let mut bins = Vec::with_capacity(BINS);
        for (from, to) in parts(sorted.len()) {
            let part = &sorted[from..to];
            let sure: f64 = part.iter().map(|row| f64::from(row.confidence)).sum();
            let right = part.iter().filter(|row| row.right).count();
            error += (sure - real(right)).abs() / real(sorted.len());
            let confidence = sure / real(part.len());
            bins.push(Bin { confidence, right: Proportion::of(right, part.len()) });
        }
        Self { bins, error }
    }
}

/// Simulates rows whose confidences are exactly right; `None` of no rows.
///
/// 1,000 simulated sets, fewer from 200,000 rows on, where the error hardly varies any more.
pub fn chance_error(rows: &[Judged], seed: u64) -> Option<Chance> {
    let mut sure: Vec<f64> = rows.iter().map(|row| f64::from(row.confidence)).collect();
    sure.sort_by(f64::total_cmp);
    let parts: Vec<_> = parts(sure.len()).collect();
    let sums: Vec<f64> = parts.iter().map(|&(from, to)| sure[from..to].iter().sum()).collect();
    let rounds = (DRAWS / sure.len().max(1)).clamp(FEWEST_ROUNDS, ROUNDS);
    let mut random = Random::new(seed);
    let mut errors = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let mut distance = 0.0;
        for (&(from, to), sum) in parts.iter().zip(&sums) {
            let right = sure[from..to].iter().filter(|&&sure| random.uniform() < sure).count();
            distance += (sum - real(right)).abs();
        }
        errors.push(distance / real(sure.len()));
    }
    errors.sort_by(f64::total_cmp);
    let mean = errors.iter().sum::<f64>() / real(rounds);
    let high = errors[rounds * 95 / 100];
    (!sure.is_empty()).then_some(Chance { mean, high })
}

/// The ends of the bins of that many rows; no bin is empty.
fn parts(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let (each, more) = (rows / BINS, rows % BINS);
    let start = move |bin: usize| bin * each + bin.min(more);
    (0..BINS).map(move |bin| (start(bin), start(bin + 1))).filter(|(from, to)| from < to)
}
