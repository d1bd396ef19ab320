//! A yes or no from a few numbers: logistic regression with calibrated probabilities.

use ndarray::{Array2, ArrayView2};

use super::logistic::{Examples, Head, fit};

/// How probable something is, given a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    head: Head,
    calibration: Head,
}

/// Parts into which rows are divided: each is judged by what the others have taught.
const FOLDS: usize = 5;
/// Inverse of the penalty.
const STRENGTH: f64 = 1.0;
/// The same of the calibration, which has one weight: hardly any.
const FREE: f64 = 1e4;

impl Odds {
    /// Learns from rows; returns besides how probable each row is by what the others have taught.
    ///
    /// Scores of rows out of fold, five parts in turn, are calibrated with one slope and one
    /// intercept (Platt 1999). The same rows in the same order give the same numbers.
    ///
    /// - `numbers`: `[rows, numbers]`, each about between 0 and 1.
    /// - `hits`: one a row; there are some of both kinds, in every five rows that follow each
    ///   other or far more often than once in five.
    pub fn learn(numbers: &Array2<f32>, hits: &[bool]) -> (Self, Vec<f64>) {
        let all: Vec<usize> = (0..hits.len()).collect();
        let learn = |places: &[usize]| fit(&rows(numbers, hits, places), STRENGTH, &zero(numbers));
        let mut scores = vec![0.0; hits.len()];
        for fold in 0..FOLDS {
            let others: Vec<_> = all.iter().copied().filter(|row| row % FOLDS != fold).collect();
            let head = learn(&others);
            for (row, score) in score(&head, &numbers.view()).into_iter().enumerate() {
                if row % FOLDS == fold {
                    scores[row] = score;
                }
            }
        }
        let scores = Array2::from_shape_fn((scores.len(), 1), |(row, _)| scores[row]);
        let calibration = fit(&rows(&scores, hits, &all), FREE, &zero(&scores));
        let judged = probabilities(&calibration, &scores.view());
        (Self { head: learn(&all), calibration }, judged)
    }

    /// How probable it is for each row.
    pub fn of(&self, numbers: &ArrayView2<'_, f32>) -> Vec<f64> {
        let scores = score(&self.head, numbers);
        let scores = Array2::from_shape_fn((scores.len(), 1), |(row, _)| scores[row]);
        probabilities(&self.calibration, &scores.view())
    }

    /// What each number adds to the logarithm of the odds, from 0 to 1.
    pub fn weights(&self) -> Vec<f64> {
        let slope = f64::from(self.calibration.weight[[1, 0]] - self.calibration.weight[[0, 0]]);
        let weight = &self.head.weight;
        (0..weight.ncols()).map(|n| slope * f64::from(weight[[1, n]] - weight[[0, n]])).collect()
    }
}

fn zero(numbers: &Array2<f32>) -> Head {
    Head::zero(2, numbers.ncols())
}

fn rows(numbers: &Array2<f32>, hits: &[bool], places: &[usize]) -> Examples {
    let all = Examples {
        vectors: numbers.clone(),
        classes: hits.iter().map(|&hit| usize::from(hit)).collect(),
        weights: vec![1.0; hits.len()],
    };
    all.select(places)
}

/// The logarithm of the odds of each row.
fn score(head: &Head, numbers: &ArrayView2<'_, f32>) -> Vec<f32> {
    head.logits(numbers).rows().into_iter().map(|row| row[1] - row[0]).collect()
}

fn probabilities(head: &Head, numbers: &ArrayView2<'_, f32>) -> Vec<f64> {
    let scores = score(head, numbers);
    scores.into_iter().map(|score| 1.0 / (1.0 + (-f64::from(score)).exp())).collect()
}
