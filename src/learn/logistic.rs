//! Multinomial logistic regression on unit vectors.

use ndarray::{
    Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, linalg::general_mat_mul,
};

use super::lbfgs::{Stop, minimise};

/// A linear layer: `weight · vector + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// `[classes, dimensions]`.
    pub weight: Array2<f32>,
    /// `[classes]`.
    pub bias: Array1<f32>,
}

/// Vectors with their classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// `[rows, dimensions]`.
    pub vectors: Array2<f32>,
    /// A class a row, below the number of classes.
    pub classes: Vec<usize>,
    /// How much each row counts, above 0.
    pub weights: Vec<f32>,
}

/// Where the search for a head ends; slopes are those of the mean loss of a row.
const STOP: Stop = Stop { slope: 1e-5, steps: 150 };

impl Head {
    /// A head that knows nothing.
    pub fn zero(classes: usize, dimensions: usize) -> Self {
        Self { weight: Array2::zeros((classes, dimensions)), bias: Array1::zeros(classes) }
    }

    /// The raw scores of vectors `[rows, dimensions]`: `[rows, classes]`.
    pub fn logits(&self, vectors: &ArrayView2<'_, f32>) -> Array2<f32> {
        vectors.dot(&self.weight.t()) + &self.bias
    }
}

impl Examples {
    /// The rows at these places.
    #[must_use]
    pub fn select(&self, places: &[usize]) -> Self {
        Self {
            vectors: self.vectors.select(Axis(0), places),
            classes: places.iter().map(|&place| self.classes[place]).collect(),
            weights: places.iter().map(|&place| self.weights[place]).collect(),
        }
    }
}

/// Fits a head: the mean loss `-ln p(class)` of a row, each counted by its weight, plus
/// `|weight|² / (2 · strength · Σ weights)`. The bias bears no penalty.
///
/// - `strength`: inverse of the penalty, above 0; as `C` in scikit-learn.
/// - `start`: where the search begins, e.g. a head of a stronger penalty.
pub(super) fn fit(examples: &Examples, strength: f64, start: &Head) -> Head {
    let (classes, dimensions) = start.weight.dim();
    let mut point = Vec::with_capacity(classes * (dimensions + 1));
    point.extend(start.weight.iter().chain(&start.bias).map(|&number| f64::from(number)));
    let mut loss = Loss::new(examples, classes, strength);
    let found = minimise(point, STOP, |point, slope| loss.at(point, slope));
    let head = loss.head(&found.point);
    Head { weight: head.0, bias: head.1 }
}

/// The function that a fit minimises, with its buffers.
pub(super) struct Loss<'a> {
    examples: &'a Examples,
    classes: usize,
    penalty: f64,
    total: f64,
    scores: Array2<f32>,
    slope: Array2<f32>,
}

impl<'a> Loss<'a> {
    pub(super) fn new(examples: &'a Examples, classes: usize, strength: f64) -> Self {
        let total = examples.weights.iter().map(|&weight| f64::from(weight)).sum::<f64>();
        let (rows, dimensions) = examples.vectors.dim();
        let penalty = 1.0 / (strength * total);
        let (scores, slope) =
            (Array2::zeros((rows, classes)), Array2::zeros((classes, dimensions)));
        Self { examples, classes, penalty, total, scores, slope }
    }

    /// Weights and bias of a point: first the rows of the matrix, then the bias.
    #[expect(clippy::cast_possible_truncation, reason = "vectors are f32, too")]
    fn head(&self, point: &[f64]) -> (Array2<f32>, Array1<f32>) {
        let dimensions = self.slope.ncols();
        let number = |at: usize| point[at] as f32;
        let weight = |(row, column)| number(row * dimensions + column);
        let bias = self.classes * dimensions;
        (
            Array2::from_shape_fn((self.classes, dimensions), weight),
            Array1::from_shape_fn(self.classes, |row| number(bias + row)),
        )
    }

    /// The loss at a point, and its slope.
    pub(super) fn at(&mut self, point: &[f64], slope: &mut [f64]) -> f64 {
        let (weight, bias) = self.head(point);
        let examples = self.examples;
        general_mat_mul(1.0, &examples.vectors, &weight.t(), 0.0, &mut self.scores);
        let mut bias_slope = vec![0.0_f64; self.classes];
        let mut loss = 0.0;
        for (row, mut scores) in self.scores.rows_mut().into_iter().enumerate() {
            scores += &bias;
            let share = f64::from(examples.weights[row]) / self.total;
            loss += share * surprise(&mut scores, examples.classes[row]);
            #[expect(clippy::cast_possible_truncation, reason = "a share fits")]
            let share = share as f32;
            for (score, sum) in scores.iter_mut().zip(&mut bias_slope) {
                *score *= share;
                *sum += f64::from(*score);
            }
        }
        general_mat_mul(1.0, &self.scores.t(), &examples.vectors, 0.0, &mut self.slope);
        let weights = self.slope.len();
        let mut squares = 0.0;
        for ((slope, point), data) in slope.iter_mut().zip(&point[..weights]).zip(&self.slope) {
            *slope = self.penalty.mul_add(*point, f64::from(*data));
            squares += point * point;
        }
        slope[weights..].copy_from_slice(&bias_slope);
        loss + self.penalty * squares / 2.0
    }
}

/// `-ln softmax(scores)[class]`; leaves its slope in the scores.
fn surprise(scores: &mut ArrayViewMut1<'_, f32>, class: usize) -> f64 {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let right = scores[class] - largest;
    scores.mapv_inplace(|score| (score - largest).exp());
    let total = scores.sum();
    *scores /= total;
    scores[class] -= 1.0;
    f64::from(total.ln() - right)
}

/// The place of the largest number; the first of equal ones.
pub(super) fn best(scores: &ArrayView1<'_, f32>) -> usize {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = place;
        }
    }
    best
}
