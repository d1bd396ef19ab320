//! Vectors and labels → a head, its prototypes and its calibration.

use ndarray::{Array2, Axis};

use super::{
    calibration::{Calibration, Scored},
    folds::folds,
    logistic::{Examples, Head, best, fit},
    parallel::parallel,
    prototypes::{best_cosines, prototypes},
};

/// What to learn from.
#[derive(Debug, Clone)]
pub struct Task {
    /// Vectors of length 1 with their classes.
    pub examples: Examples,
    /// Number of classes.
    pub classes: usize,
    /// The class of everything that is out of scope, where there is one.
    pub out_of_scope: Option<usize>,
    /// Where random choices start.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

/// What was learnt.
#[derive(Debug, Clone)]
pub struct Model {
    /// Raw scores of the labels.
    pub head: Head,
    /// Typical conversations, five a label.
    pub prototypes: Array2<f32>,
    /// How raw scores become probabilities.
    pub calibration: Calibration,
    /// Inverse of the penalty that was chosen.
    pub strength: f64,
    /// Each strength that was tried, with the share of rows out of fold that came out right.
    pub tried: Vec<(f64, f64)>,
    /// The fold of every row.
    pub fold: Vec<usize>,
    /// Scores of every row by a head that saw neither it nor its fold.
    pub out_of_fold: Scored,
}

/// Parts of the cross-validation.
pub const FOLDS: usize = 5;
/// Inverse penalties that are tried, from the strongest penalty to the weakest.
const STRENGTHS: [f64; 5] = [1.0, 3.0, 10.0, 30.0, 100.0];

/// The heads of one fold, one a strength, and what they are judged by.
struct Fold {
    heads: Vec<Head>,
    held: Vec<usize>,
    right: Vec<usize>,
    cosines: Vec<f32>,
}

/// Learns: the penalty by cross-validation, the calibration from rows out of fold, then a head of
/// all rows.
///
/// - `done`: called after every step of [`steps`].
pub fn train(task: &Task, done: &(dyn Fn() + Sync)) -> Model {
    let examples = &task.examples;
    let fold = folds(&examples.vectors, &examples.classes, FOLDS, task.seed);
    let parts = parallel(FOLDS, task.threads, |number| part(task, &fold, number, done));
    let rows = examples.classes.len();
    let tried: Vec<(f64, f64)> = STRENGTHS
        .iter()
        .enumerate()
        .map(|(place, &strength)| {
            let right: usize = parts.iter().map(|part| part.right[place]).sum();
            (strength, real(right) / real(rows.max(1)))
        })
        .collect();
    // The first of equal ones: the stronger penalty.
    let chosen = (0..tried.len())
        .fold(0, |best, place| if tried[place].1 > tried[best].1 { place } else { best });
    let out_of_fold = out_of_fold(task, &parts, chosen);
    let start = parts.first().map(|part| part.heads[chosen].clone());
    let start = start.unwrap_or_else(|| zero(task));
    let head = fit(examples, STRENGTHS[chosen], &start);
    done();
    Model {
        head,
        prototypes: known(task, &(0..rows).collect::<Vec<_>>()),
        calibration: Calibration::fit(&out_of_fold, task.out_of_scope),
        strength: STRENGTHS[chosen],
        tried,
        fold,
        out_of_fold,
    }
}

/// How often `done` is called.
pub const fn steps() -> usize {
    FOLDS * STRENGTHS.len() + 1
}

fn zero(task: &Task) -> Head {
    Head::zero(task.classes, task.examples.vectors.ncols())
}

fn part(task: &Task, fold: &[usize], number: usize, done: &(dyn Fn() + Sync)) -> Fold {
    let (held, seen): (Vec<usize>, Vec<usize>) =
        (0..fold.len()).partition(|&row| fold[row] == number);
    let (learnt, judged) = (task.examples.select(&seen), task.examples.select(&held));
    let mut start = zero(task);
    let (mut heads, mut right) = (Vec::new(), Vec::new());
    for strength in STRENGTHS {
        // Each search begins where the one before ended, which is near.
        start = fit(&learnt, strength, &start);
        let logits = start.logits(&judged.vectors.view());
        let found = logits.rows().into_iter().zip(&judged.classes);
        right.push(found.filter(|(row, class)| best(row) == **class).count());
        heads.push(start.clone());
        done();
    }
    let cosines = best_cosines(&judged.vectors.view(), &known(task, &seen));
    Fold { heads, held, right, cosines }
}

/// Prototypes of what is in scope: what is out of scope has no typical conversation, so its places
/// are taken by those of another label.
fn known(task: &Task, rows: &[usize]) -> Array2<f32> {
    let is_inside = |row: &usize| Some(task.examples.classes[*row]) != task.out_of_scope;
    let inside: Vec<usize> = rows.iter().copied().filter(is_inside).collect();
    // Where all that is in scope says the same, one fold holds it, and the others have nothing but
    // what is out of scope: that is then all that is known.
    let part = task.examples.select(if inside.is_empty() { rows } else { &inside });
    let mut found = prototypes(&part.vectors.view(), &part.classes, task.classes, task.seed);
    if let Some(place) = task.out_of_scope {
        let each = super::prototypes::EACH;
        let other = usize::from(place == 0);
        for at in 0..each {
            let copy = found.row(other * each + at).to_owned();
            found.row_mut(place * each + at).assign(&copy);
        }
    }
    found
}

fn out_of_fold(task: &Task, parts: &[Fold], chosen: usize) -> Scored {
    let rows = task.examples.classes.len();
    let mut logits = Array2::zeros((rows, task.classes));
    let mut cosines = vec![0.0; rows];
    for part in parts {
        let held = task.examples.vectors.select(Axis(0), &part.held);
        let scores = part.heads[chosen].logits(&held.view());
        for ((&row, score), cosine) in part.held.iter().zip(scores.rows()).zip(&part.cosines) {
            logits.row_mut(row).assign(&score);
            cosines[row] = *cosine;
        }
    }
    Scored { logits, cosines, classes: task.examples.classes.clone() }
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
