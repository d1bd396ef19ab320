//! A head that exists → one that has learnt from corrections and forgets as little as it can.

use ndarray::{Array1, Array2, Axis, linalg::general_mat_mul};

use super::{
    lbfgs::{Stop, minimise},
    logistic::{Examples, Head},
};

/// What is known before the corrections: a head, and typical texts of what it was fitted on.
#[derive(Debug, Clone)]
pub struct Known {
    /// The head in force; its scores are those that the calibration divides by its temperature.
    pub head: Head,
    /// The temperature.
    pub temperature: f32,
    /// `[n, dimensions]`, length 1.
    pub prototypes: Array2<f32>,
}

/// How many corrections one prototype counts as. With 20 nothing was lost on the desk that the
/// corrections came from, and most was kept elsewhere (1, 5, 20 and 35 were tried).
const REHEARSED: f64 = 20.0;
/// Where the search ends; slopes are those of the mean loss of a row.
const STOP: Stop = Stop { slope: 1e-5, steps: 100 };

/// Fits a head to the examples, as near to the known one as they allow: the loss of every row by
/// its weight, plus `|change|² / (2 · strength)` of weights and bias together, plus the divergence
/// from what the known head says of its prototypes.
///
/// It is the most probable head if heads are normally distributed around the known one; without
/// examples it is the known head itself.
///
/// Sources: Chelba and Acero 2006, "Adaptation of maximum entropy capitalizer" (the penalty);
/// Li and Hoiem 2016, "Learning without forgetting", <https://arxiv.org/abs/1606.09282> (the
/// prototypes stand for old data, which nobody has any more).
pub(super) fn adapt(known: &Known, examples: &Examples, strength: f64) -> Head {
    let base = known.calibrated();
    let mut change = Change::new(&base, known, examples, strength);
    let start = vec![0.0; base.weight.len() + base.bias.len()];
    let found = minimise(start, STOP, |point, slope| change.at(point, slope));
    let Head { weight, bias } = change.head(&found.point);
    let warmth = known.temperature;
    Head { weight: (&base.weight + &weight) * warmth, bias: (&base.bias + &bias) * warmth }
}

impl Known {
    /// The head with the temperature in it.
    fn calibrated(&self) -> Head {
        let Head { weight, bias } = &self.head;
        Head { weight: weight / self.temperature, bias: bias / self.temperature }
    }
}

/// Rows of one kind with what the known head says of them.
struct Part<'a> {
    vectors: &'a Array2<f32>,
    /// Scores of the known head, `[rows, classes]`.
    base: Array2<f32>,
    scores: Array2<f32>,
    targets: Targets<'a>,
}

/// What should come out.
enum Targets<'a> {
    /// A class a row, with weights.
    Classes(&'a [usize], &'a [f32]),
    /// Probabilities, each row counted as [`REHEARSED`] others.
    Shares(Array2<f32>),
}

/// The function that an adaptation minimises, with its buffers.
struct Change<'a> {
    parts: [Part<'a>; 2],
    penalty: f64,
    total: f64,
    slope: Array2<f32>,
}

impl<'a> Change<'a> {
    fn new(base: &Head, known: &'a Known, examples: &'a Examples, strength: f64) -> Self {
        let told = base.logits(&examples.vectors.view());
        let typical = base.logits(&known.prototypes.view());
        let mut shares = typical.clone();
        for mut row in shares.rows_mut() {
            soften(&mut row);
        }
        let rehearsed = REHEARSED * real(known.prototypes.nrows());
        let weights: f64 = examples.weights.iter().map(|&weight| f64::from(weight)).sum();
        let total = weights + rehearsed;
        let part = |vectors, base: Array2<f32>, targets| {
            let scores = base.clone();
            Part { vectors, base, scores, targets }
        };
        let classes = Targets::Classes(&examples.classes, &examples.weights);
        Self {
            parts: [
                part(&examples.vectors, told, classes),
                part(&known.prototypes, typical, Targets::Shares(shares)),
            ],
            penalty: 1.0 / (strength * total),
            total,
            slope: Array2::zeros(base.weight.dim()),
        }
    }

    /// The change as a head: first the rows of the matrix, then the bias.
    #[expect(clippy::cast_possible_truncation, reason = "vectors are f32, too")]
    fn head(&self, point: &[f64]) -> Head {
        let (classes, dimensions) = self.slope.dim();
        let number = |at: usize| point[at] as f32;
        let weight = |(row, column)| number(row * dimensions + column);
        Head {
            weight: Array2::from_shape_fn((classes, dimensions), weight),
            bias: Array1::from_shape_fn(classes, |row| number(classes * dimensions + row)),
        }
    }

    /// The loss at a change, and its slope.
    fn at(&mut self, point: &[f64], slope: &mut [f64]) -> f64 {
        let Head { weight, bias } = self.head(point);
        let (mut loss, total) = (0.0, self.total);
        self.slope.fill(0.0);
        let mut bias_slope = Array1::<f32>::zeros(bias.len());
        for part in &mut self.parts {
            part.scores.assign(&part.base);
            general_mat_mul(1.0, part.vectors, &weight.t(), 1.0, &mut part.scores);
            part.scores += &bias;
            loss += part.surprise(total);
            general_mat_mul(1.0, &part.scores.t(), part.vectors, 1.0, &mut self.slope);
            bias_slope += &part.scores.sum_axis(Axis(0));
        }
        let data = self.slope.iter().chain(&bias_slope);
        let mut squares = 0.0;
        for ((slope, point), data) in slope.iter_mut().zip(point).zip(data) {
            *slope = self.penalty.mul_add(*point, f64::from(*data));
            squares += point * point;
        }
        loss + self.penalty * squares / 2.0
    }
}

impl Part<'_> {
    /// The loss of the rows, each as its share of `total`; leaves its slope in the scores.
    fn surprise(&mut self, total: f64) -> f64 {
        let mut loss = 0.0;
        for (row, mut scores) in self.scores.rows_mut().into_iter().enumerate() {
            let before = scores.to_owned();
            let log_sum = soften(&mut scores);
            let share = match &self.targets {
                Targets::Classes(classes, weights) => {
                    let class = classes[row];
                    let share = f64::from(weights[row]) / total;
                    loss += share * f64::from(log_sum - before[class]);
                    scores[class] -= 1.0;
                    share
                }
                Targets::Shares(shares) => {
                    let share = REHEARSED / total;
                    let wanted = shares.row(row);
                    loss += share * f64::from(log_sum - wanted.dot(&before));
                    scores -= &wanted;
                    share
                }
            };
            #[expect(clippy::cast_possible_truncation, reason = "a share fits")]
            scores.mapv_inplace(|score| score * share as f32);
        }
        loss
    }
}

/// Turns scores into probabilities; returns the logarithm of the sum of their exponentials.
fn soften(scores: &mut ndarray::ArrayViewMut1<'_, f32>) -> f32 {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.mapv_inplace(|score| (score - largest).exp());
    let sum = scores.sum();
    *scores /= sum;
    largest + sum.ln()
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
