//! The whole of learning on small data, against scikit-learn, and against itself.

use ndarray::{Array1, Array2};
use proptest::prelude::*;

use super::{
    calibration::Calibration,
    logistic::{Loss, fit},
    *,
};

/// 24 rows of 4 numbers in 3 classes, weighted.
fn small() -> Examples {
    let number = |(row, column): (usize, usize)| {
        let tenths = u8::try_from((row * 7 + column * 5 + row * column) % 11).unwrap();
        f32::from(tenths) / 10.0 - 0.5
    };
    let weight = |row: usize| 1.0 + 0.5 * f32::from(u8::try_from(row % 3).unwrap());
    Examples {
        vectors: Array2::from_shape_fn((24, 4), number),
        classes: (0..24).map(|row| (row * row + row / 3) % 3).collect(),
        weights: (0..24).map(weight).collect(),
    }
}

#[test]
fn a_head_is_that_of_scikit_learn() {
    // scikit-learn 1.9.1: LogisticRegression(C=2.0, tol=1e-10).fit(X, y, sample_weight=w).
    let weight = [
        [-0.107_909, -0.061_285, 0.578_112, 2.009_872],
        [-0.192_004, 0.036_894, -0.179_316, -0.887_034],
        [0.299_913, 0.024_391, -0.398_796, -1.122_838],
    ];
    let bias = [-0.314_590, 0.198_838, 0.115_752];
    let head = fit(&small(), 2.0, &Head::zero(3, 4));
    for (found, want) in head.weight.iter().zip(weight.iter().flatten()) {
        assert!((found - want).abs() < 2e-3, "{found} {want}");
    }
    for (found, want) in head.bias.iter().zip(bias) {
        assert!((found - want).abs() < 2e-3, "{found} {want}");
    }
}

/// Wide enough for the numbers of 32 bits inside.
const STEP: f64 = 1e-2;

proptest! {
    #[test]
    fn the_slope_is_that_of_finite_differences(
        point in proptest::collection::vec(-2.0..2.0, 15),
        place in 0_usize..15,
    ) {
        let examples = small();
        let mut loss = Loss::new(&examples, 3, 2.0);
        let mut slope = vec![0.0; 15];
        loss.at(&point, &mut slope);
        let mut at = |by: f64| {
            let mut moved = point.clone();
            moved[place] += by;
            loss.at(&moved, &mut [0.0; 15])
        };
        let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        prop_assert!((difference - slope[place]).abs() < 1e-3, "{difference} {}", slope[place]);
    }
}

/// Rows around the axes of their classes; the last class is spread over all other axes.
fn task(seed: u64, threads: usize) -> Task {
    let (classes, each, dimensions) = (4, 30, 24);
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        f32::from(u16::try_from(state >> 48).unwrap()) / 65_536.0 - 0.5
    };
    let mut vectors = Array2::zeros((classes * each, dimensions));
    let mut labels = Vec::new();
    for (row, mut vector) in vectors.rows_mut().into_iter().enumerate() {
        let class = row % classes;
        vector.mapv_inplace(|_: f32| random() * 0.5);
        let axis = if class == 3 { 3 + row % (dimensions - 3) } else { class };
        vector[axis] += 1.0;
        let length = vector.dot(&vector).sqrt();
        vector /= length;
        labels.push(class);
    }
    let weights = vec![1.0; labels.len()];
    let examples = Examples { vectors, classes: labels, weights };
    Task { examples, classes, out_of_scope: Some(3), seed: 5, threads }
}

#[test]
fn the_same_task_gives_the_same_model_whatever_the_threads() {
    let (one, four) = (train(&task(1, 1), &|| ()), train(&task(1, 4), &|| ()));
    assert_eq!((&one.head, &one.prototypes), (&four.head, &four.prototypes));
    assert_eq!(one.calibration, four.calibration);
    assert_eq!(one.out_of_fold, four.out_of_fold);
}

#[test]
fn a_model_knows_its_labels_and_what_is_none_of_them() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let count = || {
        calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let model = train(&task(1, 2), &count);
    assert_eq!(calls.into_inner(), steps());
    let other = task(2, 1).examples;
    let scored = Scored::of(&model.head, &model.prototypes, &other.vectors, other.classes);
    let judged = verdicts(&scored, &model.calibration, Some(3));
    let figures = Figures::of(&judged, Some(3));
    assert!(figures.accuracy.share > Some(0.9), "{figures:?}");
    let outside = figures.out_of_scope.unwrap();
    assert!(outside.auroc > Some(0.9), "{outside:?}");
    let across = cross_fitted(&model.out_of_fold, &model.fold, Some(3));
    assert_eq!(across.len(), 120);
    for row in 0..scored.classes.len() {
        let shares = model.calibration.probabilities(&scored, row, Some(3));
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn the_temperature_undoes_what_was_multiplied() {
    // One of four is wrong whatever the score: right three times in four.
    let rows = 400;
    let logits = Array2::from_shape_fn((rows, 2), |(_, column)| [8.0, 0.0][column]);
    let classes = (0..rows).map(|row| usize::from(row % 4 == 0)).collect();
    let scored = Scored { logits, cosines: Array1::zeros(rows).to_vec(), classes };
    let calibration = Calibration::fit(&scored, None);
    let shares = calibration.probabilities(&scored, 0, None);
    assert!((shares[0] - 0.75).abs() < 1e-3, "{shares:?}");
    assert!((calibration.temperature - 8.0 / 3.0_f64.ln()).abs() < 0.01);
}

/// Eighteen rows out of scope around as many axes, and six of the only label, which say the same.
fn one_group() -> Task {
    let vectors = Array2::from_shape_fn((24, 24), |(row, column)| {
        let axis = row.max(5);
        f32::from(u8::from(column == axis)) * 0.9 + 0.1 * f32::from(u8::from(column == 0))
    });
    let classes = (0..24).map(|row| usize::from(row > 5)).collect();
    let examples = Examples { vectors, classes, weights: vec![1.0; 24] };
    Task { examples, classes: 2, out_of_scope: Some(1), seed: 5, threads: 1 }
}

#[test]
fn a_label_whose_texts_all_say_the_same_is_learnt() {
    let task = one_group();
    let model = train(&task, &|| ());
    assert!(model.fold[..6].iter().all(|fold| *fold == model.fold[0]), "{:?}", model.fold);
    let logits = model.head.logits(&task.examples.vectors.view());
    for (row, class) in logits.rows().into_iter().zip(&task.examples.classes) {
        assert!(row[*class] > row[1 - *class], "{class}: {row}");
    }
    let finite = |one: &f32| one.is_finite();
    assert!(model.prototypes.iter().chain(&model.out_of_fold.cosines).all(finite));
    let scale = model.calibration;
    assert!(scale.temperature.is_finite() && scale.slope.is_finite(), "{scale:?}");
    for judged in cross_fitted(&model.out_of_fold, &model.fold, Some(1)) {
        assert!((0.0..=1.0).contains(&judged.confidence), "{judged:?}");
    }
}
