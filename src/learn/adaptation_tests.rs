use ndarray::Array1;
use proptest::prelude::*;

use super::{super::adapt::Known, *};
use crate::{learn, statistics::Random};

const CLASSES: usize = 4;
const DIMENSIONS: usize = 16;

fn unit(mut vector: Array1<f32>) -> Array1<f32> {
    vector /= vector.dot(&vector).sqrt();
    vector
}

/// A head that knows the axes of its classes, and what those look like.
fn known() -> Known {
    let axis = |(row, column): (usize, usize)| if row == column { 8.0 } else { 0.0 };
    Known {
        head: Head {
            weight: Array2::from_shape_fn((CLASSES, DIMENSIONS), axis),
            bias: Array1::zeros(CLASSES),
        },
        temperature: 0.5,
        prototypes: Array2::from_shape_fn((CLASSES, DIMENSIONS), |at| axis(at) / 8.0),
    }
}

/// Messages of a desk: class `k` lies where the head knows it, but class 1 lies elsewhere.
fn desk(rows: usize, seed: u64) -> (Array2<f32>, Vec<usize>) {
    let mut random = Random::new(seed);
    let mut vectors = Array2::zeros((rows, DIMENSIONS));
    let mut classes = Vec::new();
    for (row, mut vector) in vectors.rows_mut().into_iter().enumerate() {
        let class = row % CLASSES;
        let axis = if class == 1 { 9 } else { class };
        #[expect(clippy::cast_possible_truncation, reason = "noise")]
        let noise = Array1::from_shape_fn(DIMENSIONS, |_| (random.uniform() - 0.5) as f32 * 0.5);
        let mut one: Array1<f32> = noise;
        one[axis] += 1.0;
        vector.assign(&unit(one));
        classes.push(class);
    }
    (vectors, classes)
}

fn task(
    vectors: Array2<f32>,
    classes: Vec<usize>,
    weights: Vec<f32>,
    threads: usize,
) -> Adaptation {
    let moments = learn::Moments { mean: 4.0, sd: 1.0 };
    Adaptation {
        measured: weights.iter().map(|&weight| f64::from(weight)).collect(),
        examples: Examples { vectors, classes, weights },
        known: known(),
        calibration: Calibration {
            temperature: 0.5,
            max_logit: moments,
            best_cosine: moments,
            limit: 1.0,
            slope: 1.0,
            intercept: -20.0,
        },
        seed: 3,
        threads,
    }
}

fn accuracy(head: &Head, vectors: &Array2<f32>, classes: &[usize]) -> f64 {
    let logits = head.logits(&vectors.view());
    let right = logits.rows().into_iter().zip(classes);
    let right = right.filter(|(row, class)| super::super::logistic::best(row) == **class).count();
    real(right) / real(classes.len())
}

#[expect(clippy::cast_precision_loss, reason = "few rows")]
fn real(count: usize) -> f64 {
    count as f64
}

#[test]
fn corrections_are_learnt_and_what_was_known_stays() {
    let (vectors, classes) = desk(120, 1);
    let (unseen, right) = desk(400, 2);
    let before = accuracy(&known().head, &unseen, &right);
    let steps = std::sync::atomic::AtomicUsize::new(0);
    let done = || {
        steps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let found = adapted(&task(vectors, classes, vec![1.0; 120], 2), &done);
    assert_eq!(steps.into_inner(), adapt_steps());
    let after = accuracy(&found.head, &unseen, &right);
    assert!(before < 0.85 && after > 0.97, "{before} {after}");
    let typical = known().prototypes;
    assert!((accuracy(&found.head, &typical, &[0, 1, 2, 3]) - 1.0).abs() < 1e-12);
    assert!(!found.recalibrated, "120 rows are too few");
    assert_eq!(found.calibrations, vec![found.calibration; FOLDS]);
}

#[test]
fn enough_rows_calibrate_and_any_number_of_threads_gives_the_same() {
    let (vectors, classes) = desk(300, 1);
    let run =
        |threads| adapted(&task(vectors.clone(), classes.clone(), vec![1.0; 300], threads), &|| ());
    let (one, three) = (run(1), run(3));
    assert!(one.recalibrated);
    assert_eq!((&one.head, one.calibration), (&three.head, three.calibration));
    assert_eq!((&one.out_of_fold, one.calibrations), (&three.out_of_fold, three.calibrations));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// The bottom is where no small change goes further down, and without weight nothing moves.
    #[test]
    fn without_weight_the_head_stays_as_it_is(seed in 0_u64..1_000) {
        let (vectors, classes) = desk(40, seed);
        let examples = Examples { vectors, classes, weights: vec![0.0; 40] };
        let found = adapt(&known(), &examples, 16.0);
        for (found, known) in found.weight.iter().zip(&known().head.weight) {
            prop_assert!((found - known).abs() < 1e-4);
        }
    }

    /// One of six agents calls a tenth of one intent something else, as often as they can.
    /// Of 150 seeds the worst lost 3 points by the flips and 4.25 by the flood; without the
    /// caps a flood costs 12 to 17.
    #[test]
    fn a_hostile_reviewer_moves_little(seed in 0_u64..1_000) {
        let (vectors, classes) = desk(600, seed);
        let (unseen, right) = desk(400, seed + 1);
        let learnt = |flips: usize, flood: usize| {
            let mut vectors = vectors.clone();
            let told = (0..600).map(|row| says(classes[row], row % 6));
            let mut told: Vec<learn::Told> = told.collect();
            let own = (0..600).filter(|&row| classes[row] == 2).take(flips);
            for row in own.collect::<Vec<_>>() {
                told[row] = says(3, 0);
            }
            for row in 0..flood {
                let copy = vectors.row(row * CLASSES % 600 + 2).to_owned();
                vectors.push_row(copy.view()).unwrap();
                told.push(says(3, 0));
            }
            let weights = learn::weigh(&told, learn::Limits::DEFAULT).weights;
            #[expect(clippy::cast_possible_truncation, reason = "weights fit")]
            let weights = weights.into_iter().map(|weight| weight as f32).collect();
            let classes = told.iter().map(|told| told.class).collect();
            let head = adapt(&known(), &Examples { vectors, classes, weights }, 16.0);
            accuracy(&head, &unseen, &right)
        };
        let honest = learnt(0, 0);
        let flipped = learnt(15, 0);
        let flooded = learnt(15, 148);
        prop_assert!(honest > 0.97, "{honest}");
        prop_assert!(flipped > honest - 0.05, "{honest} {flipped}");
        prop_assert!(flooded > honest - 0.07, "{honest} {flooded}");
    }
}

fn says(class: usize, by: usize) -> learn::Told {
    learn::Told {
        class,
        by: vec![by],
        observed: Some(1.0),
        anchored: false,
        accepted: false,
        shown: true,
    }
}
