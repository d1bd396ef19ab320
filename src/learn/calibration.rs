//! Raw scores → probabilities that mean what they say.

use ndarray::{Array2, ArrayView1, Axis};

use super::{
    lbfgs::{Stop, minimise},
    logistic::{Head, best},
    prototypes::best_cosines,
};

/// Mean and standard deviation of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, above 0.
    pub sd: f64,
}

/// How logits and cosines become probabilities: the formulas of the service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Divides the logits.
    pub temperature: f64,
    /// Of the largest logit.
    pub max_logit: Moments,
    /// Of the cosine to the nearest prototype.
    pub best_cosine: Moments,
    /// 95 % quantile of the novelty of what is in scope.
    pub limit: f64,
    /// Slope of the link from novelty to `out_of_scope`.
    pub slope: f64,
    /// Its intercept.
    pub intercept: f64,
}

/// Scores of rows that no head of theirs has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// `[rows, classes]`.
    pub logits: Array2<f32>,
    /// Cosine to the nearest prototype, a row.
    pub cosines: Vec<f32>,
    /// What is right, a row.
    pub classes: Vec<usize>,
}

/// The share of conversations that counts as out of scope: rather too many than too few, since one
/// that is taken for another label may be acted on.
const PRIOR: f64 = 0.10;
/// With less spread than this, rounding errors would look like novelty.
const LEAST_SD: f64 = 1e-3;
/// Where the search for a calibration ends.
const STOP: Stop = Stop { slope: 1e-7, steps: 200 };
/// An intercept with which novelty moves nothing.
const CLOSED: f64 = -20.0;
/// The least probability whose logarithm is taken.
const LEAST_SHARE: f64 = 1e-300;
/// The natural logarithms between which the temperature lies.
const TEMPERATURES: (f64, f64) = (-4.0, 4.0);

impl Moments {
    fn of(numbers: &[f64]) -> Self {
        let count = real(numbers.len().max(1));
        let mean = numbers.iter().sum::<f64>() / count;
        let spread = numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>();
        Self { mean, sd: (spread / count).sqrt().max(LEAST_SD) }
    }

    fn z(self, number: f64) -> f64 {
        (number - self.mean) / self.sd
    }
}

impl Calibration {
    /// Fits everything to rows out of fold; `out_of_scope` is the place of that label.
    ///
    /// Rows out of scope count as a tenth of the whole, however many there are.
    pub fn fit(rows: &Scored, out_of_scope: Option<usize>) -> Self {
        let outside = |row: usize| Some(rows.classes[row]) == out_of_scope;
        let all = 0..rows.classes.len();
        let mut inside: Vec<usize> = all.clone().filter(|&row| !outside(row)).collect();
        let linked = out_of_scope.filter(|_| !inside.is_empty() && inside.len() < all.len());
        if inside.is_empty() {
            // A part of the rows may lack all that is in scope: the rest then stands for it.
            inside = all.collect();
        }
        let largest: Vec<f64> = inside.iter().map(|&row| rows.largest(row)).collect();
        let cosines: Vec<f64> = inside.iter().map(|&row| f64::from(rows.cosines[row])).collect();
        let mut found = Self {
            temperature: 1.0,
            max_logit: Moments::of(&largest),
            best_cosine: Moments::of(&cosines),
            limit: 0.0,
            slope: 1.0,
            intercept: CLOSED,
        };
        let novelty: Vec<f64> =
            (0..rows.classes.len()).map(|row| found.novelty(rows, row)).collect();
        let mut known: Vec<f64> = inside.iter().map(|&row| novelty[row]).collect();
        known.sort_by(f64::total_cmp);
        found.limit = known.get(known.len() * 95 / 100).copied().unwrap_or(0.0);

        let strangers = rows.classes.len() - inside.len();
        let share = PRIOR / (1.0 - PRIOR) * real(inside.len()) / real(strangers.max(1));
        let weights: Vec<f64> =
            (0..rows.classes.len()).map(|row| if outside(row) { share } else { 1.0 }).collect();
        let total: f64 = weights.iter().sum();
        let weights = weights.iter().map(|weight| weight / total).collect();
        let start = if linked.is_some() { vec![0.0, 0.0, -4.0] } else { vec![0.0] };
        let search = Search { rows, linked, novelty, weights };
        let best = minimise(start, STOP, |point, slope| {
            slope.fill(0.0);
            (0..rows.classes.len()).map(|row| search.surprise(row, point, slope)).sum()
        });
        found.temperature = bounded(best.point[0]).exp();
        if let [_, slope, intercept] = best.point[..] {
            (found.slope, found.intercept) = (slope.exp(), intercept);
        }
        found
    }

    /// The same with another temperature: the one that makes rows out of fold most probable, each
    /// counted by its weight, of which there is some. The link to `out_of_scope` is left aside.
    #[must_use]
    pub fn warmed(self, rows: &Scored, weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let weights = weights.iter().map(|weight| weight / total).collect();
        let search = Search { rows, linked: None, novelty: vec![0.0; rows.classes.len()], weights };
        let best = minimise(vec![self.temperature.ln()], STOP, |point, slope| {
            slope.fill(0.0);
            (0..rows.classes.len()).map(|row| search.surprise(row, point, slope)).sum()
        });
        Self { temperature: bounded(best.point[0]).exp(), ..self }
    }

    /// How unlike everything known a row is.
    pub fn novelty(&self, rows: &Scored, row: usize) -> f64 {
        let cosine = self.best_cosine.z(f64::from(rows.cosines[row]));
        -f64::midpoint(self.max_logit.z(rows.largest(row)), cosine)
    }

    /// The probabilities of a row, in the order of the labels.
    pub fn probabilities(
        &self,
        rows: &Scored,
        row: usize,
        out_of_scope: Option<usize>,
    ) -> Vec<f64> {
        let (mut shares, _) = softmax(&rows.logits.row(row), self.temperature);
        if let Some(place) = out_of_scope {
            let moved = sigmoid(self.slope.mul_add(self.novelty(rows, row), self.intercept));
            for share in &mut shares {
                *share *= 1.0 - moved;
            }
            shares[place] += moved;
        }
        shares
    }
}

impl Scored {
    /// Scores of rows that neither head nor prototypes have seen.
    pub fn of(
        head: &Head,
        prototypes: &Array2<f32>,
        vectors: &Array2<f32>,
        classes: Vec<usize>,
    ) -> Self {
        let vectors = vectors.view();
        Self { logits: head.logits(&vectors), cosines: best_cosines(&vectors, prototypes), classes }
    }

    /// The rows at these places.
    #[must_use]
    pub fn select(&self, places: &[usize]) -> Self {
        Self {
            logits: self.logits.select(Axis(0), places),
            cosines: places.iter().map(|&place| self.cosines[place]).collect(),
            classes: places.iter().map(|&place| self.classes[place]).collect(),
        }
    }

    fn largest(&self, row: usize) -> f64 {
        let row = self.logits.row(row);
        f64::from(row[best(&row)])
    }
}

/// What a calibration is fitted to.
struct Search<'a> {
    rows: &'a Scored,
    /// The class that novelty leads to, where it has rows.
    linked: Option<usize>,
    /// Of every row.
    novelty: Vec<f64>,
    /// Of every row, 1 in all.
    weights: Vec<f64>,
}

impl Search<'_> {
    /// The loss of one row, times its weight; adds its slope along the logarithm of the
    /// temperature, the logarithm of the link's slope, and the link's intercept.
    fn surprise(&self, row: usize, point: &[f64], slope: &mut [f64]) -> f64 {
        let (class, weight) = (self.rows.classes[row], self.weights[row]);
        let novelty = self.novelty[row];
        let (shares, scaled) = softmax(&self.rows.logits.row(row), bounded(point[0]).exp());
        let mean: f64 = shares.iter().zip(&scaled).map(|(share, score)| share * score).sum();
        let away = scaled[class] - mean;
        let share = shares[class].max(LEAST_SHARE);
        let [_, steepness, intercept] = point[..] else {
            slope[0] += weight * away;
            return -weight * share.ln();
        };
        let steepness = steepness.exp();
        let moved = sigmoid(steepness.mul_add(novelty, intercept));
        let (right, along_temperature, along_link) = if Some(class) == self.linked {
            let right = (1.0 - moved).mul_add(share, moved).max(LEAST_SHARE);
            let kept = (1.0 - moved) * share / right;
            (right, kept * away, -moved * (1.0 - moved) * (1.0 - share) / right)
        } else {
            (((1.0 - moved) * share).max(LEAST_SHARE), away, moved)
        };
        slope[0] += weight * along_temperature;
        slope[1] += weight * along_link * steepness * novelty;
        slope[2] += weight * along_link;
        -weight * right.ln()
    }
}

/// `softmax(logits / temperature)`, and the scaled logits below the largest one.
fn softmax(logits: &ArrayView1<'_, f32>, temperature: f64) -> (Vec<f64>, Vec<f64>) {
    let largest = f64::from(logits[best(logits)]);
    let scaled: Vec<f64> =
        logits.iter().map(|&logit| (f64::from(logit) - largest) / temperature).collect();
    let mut shares: Vec<f64> = scaled.iter().map(|score| score.exp()).collect();
    let total: f64 = shares.iter().sum();
    for share in &mut shares {
        *share /= total;
    }
    (shares, scaled)
}

fn bounded(logarithm: f64) -> f64 {
    logarithm.clamp(TEMPERATURES.0, TEMPERATURES.1)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
