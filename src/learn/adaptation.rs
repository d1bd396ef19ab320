//! Corrections → a head that has learnt from them, with how it does on rows that it has not seen.

use ndarray::{Array2, Axis};

use super::{
    adapt::{Known, adapt},
    calibration::{Calibration, Scored},
    folds::folds,
    logistic::{Examples, Head},
    parallel::parallel,
    prototypes::best_cosines,
    train::FOLDS,
};

/// What to learn from, and what is known already.
#[derive(Debug, Clone)]
pub struct Adaptation {
    /// Vectors of length 1 with classes of the known head, and the weights of the rows.
    pub examples: Examples,
    /// What each row counts where something is measured; 0 where it teaches only.
    pub measured: Vec<f64>,
    /// The model in force.
    pub known: Known,
    /// Its calibration.
    pub calibration: Calibration,
    /// Where random choices start.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

/// What was learnt.
#[derive(Debug, Clone)]
pub struct Adapted {
    /// Raw scores of the labels, which the calibration belongs to.
    pub head: Head,
    /// How they become probabilities.
    pub calibration: Calibration,
    /// True if the temperature was fitted anew.
    pub recalibrated: bool,
    /// Inverse of the penalty on every change.
    pub strength: f64,
    /// Each strength that was tried, with the mean loss of what it had not seen.
    pub tried: Vec<(f64, f64)>,
    /// The fold of every row.
    pub fold: Vec<usize>,
    /// Scores of every row by a head that saw neither it nor its fold.
    pub out_of_fold: Scored,
    /// For the rows of each fold: a calibration that saw none of them.
    pub calibrations: Vec<Calibration>,
}

/// Inverse penalties that are tried, from the strongest penalty to the weakest.
const STRENGTHS: [f64; 3] = [1.0, 4.0, 16.0];
/// With less measured weight a temperature is rather luck than knowledge, and the old one stays.
const ENOUGH: f64 = 200.0;

/// The heads of one fold, one a strength, and the rows that none of them saw.
struct Fold {
    heads: Vec<Head>,
    held: Vec<usize>,
}

/// Learns: the penalty by cross-validation, the temperature from rows out of fold, then a head of
/// all rows.
///
/// - `done`: called after every step of [`adapt_steps`].
pub fn adapted(task: &Adaptation, done: &(dyn Fn() + Sync)) -> Adapted {
    let examples = &task.examples;
    let fold = folds(&examples.vectors, &examples.classes, FOLDS, task.seed);
    let parts = parallel(FOLDS, task.threads, |number| {
        let (held, seen): (Vec<usize>, Vec<usize>) =
            (0..fold.len()).partition(|&row| fold[row] == number);
        let learnt = examples.select(&seen);
        let heads = STRENGTHS.iter().map(|&strength| {
            let fitted = adapt(&task.known, &learnt, strength);
            done();
            fitted
        });
        Fold { heads: heads.collect(), held }
    });
    let scored: Vec<Scored> =
        (0..STRENGTHS.len()).map(|place| out_of_fold(task, &parts, place)).collect();
    let tried: Vec<(f64, f64)> = STRENGTHS
        .iter()
        .zip(&scored)
        .map(|(&strength, scored)| (strength, loss(task, scored, &task.calibration)))
        .collect();
    // The first of equal ones: the stronger penalty.
    let chosen = (0..tried.len())
        .fold(0, |best, place| if tried[place].1 < tried[best].1 { place } else { best });
    let out_of_fold = scored[chosen].clone();
    let calibrations = (0..FOLDS)
        .map(|number| {
            let others = (0..fold.len()).filter(|&row| fold[row] != number).collect::<Vec<_>>();
            recalibrated(task, &out_of_fold, &others).unwrap_or(task.calibration)
        })
        .collect();
    let all: Vec<usize> = (0..fold.len()).collect();
    let calibration = recalibrated(task, &out_of_fold, &all);
    let head = adapt(&task.known, examples, STRENGTHS[chosen]);
    done();
    Adapted {
        head,
        calibration: calibration.unwrap_or(task.calibration),
        recalibrated: calibration.is_some(),
        strength: STRENGTHS[chosen],
        tried,
        fold,
        out_of_fold,
        calibrations,
    }
}

/// How often `done` is called.
pub const fn adapt_steps() -> usize {
    FOLDS * STRENGTHS.len() + 1
}

fn out_of_fold(task: &Adaptation, parts: &[Fold], place: usize) -> Scored {
    let vectors = &task.examples.vectors;
    let mut logits = Array2::zeros((vectors.nrows(), task.known.head.bias.len()));
    for part in parts {
        let scores = part.heads[place].logits(&vectors.select(Axis(0), &part.held).view());
        for (&row, score) in part.held.iter().zip(scores.rows()) {
            logits.row_mut(row).assign(&score);
        }
    }
    let cosines = best_cosines(&vectors.view(), &task.known.prototypes);
    Scored { logits, cosines, classes: task.examples.classes.clone() }
}

/// The mean loss of the rows, by what they teach: a penalty is chosen for learning.
fn loss(task: &Adaptation, scored: &Scored, calibration: &Calibration) -> f64 {
    let (mut loss, mut total) = (0.0, 0.0);
    for (row, &class) in scored.classes.iter().enumerate() {
        let weight = f64::from(task.examples.weights[row]);
        let share = calibration.probabilities(scored, row, None)[class];
        loss -= weight * share.max(f64::MIN_POSITIVE).ln();
        total += weight;
    }
    loss / total.max(f64::MIN_POSITIVE)
}

/// A calibration of these rows out of fold; `None` where they are too few.
fn recalibrated(task: &Adaptation, scored: &Scored, rows: &[usize]) -> Option<Calibration> {
    let weights: Vec<f64> = rows.iter().map(|&row| task.measured[row]).collect();
    let enough = weights.iter().sum::<f64>() >= ENOUGH;
    enough.then(|| task.calibration.warmed(&scored.select(rows), &weights))
}

#[cfg(test)]
#[path = "adaptation_tests.rs"]
mod tests;
