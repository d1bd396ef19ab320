use proptest::prelude::*;

use super::*;

/// `scipy.stats.binomtest(min, n, 0.5).pvalue` of `SciPy` 1.17.1.
#[test]
fn the_exact_test_is_that_of_scipy() {
    for (gained, lost, p) in [
        (0, 0, 1.0),
        (5, 0, 0.0625),
        (0, 6, 0.03125),
        (10, 3, 0.092_285_156_25),
        (7, 7, 1.0),
        (40, 18, 0.005_354_859_650_800_294),
        (300, 240, 0.011_050_481_081_929_898),
    ] {
        assert!(
            (mcnemar(gained, lost) - p).abs() < 1e-7,
            "{gained} {lost}: {}",
            mcnemar(gained, lost)
        );
    }
}

proptest! {
    #[test]
    fn counts_add_up(
        rows in proptest::collection::vec((0_usize..4, 0_usize..4, 0_usize..4), 0..80),
    ) {
        let call = |label: usize| Called { label, decision: label / 2, confidence: 0.5 };
        let rows: Vec<Judgement> = rows
            .into_iter()
            .map(|(label, before, after)| Judgement {
                label,
                decision: label / 2,
                before: call(before),
                after: call(after),
                weight: 1.0,
            })
            .collect();
        let found = Comparison::of(&rows, 4, 1);
        let (before, after) = (found.before.decisions.right, found.after.decisions.right);
        prop_assert_eq!(before + found.decisions.gained, after + found.decisions.lost);
        let (before, after) = (found.before.labels.right, found.after.labels.right);
        prop_assert_eq!(before + found.labels.gained, after + found.labels.lost);
        prop_assert_eq!(found.by_label.iter().map(|one| one.rows).sum::<usize>(), rows.len());
        prop_assert_eq!(found.by_label.iter().map(|one| one.before).sum::<usize>(), before);
        prop_assert!(found.changes.len() >= found.decisions.gained + found.decisions.lost);
    }
}

#[test]
fn the_confidence_of_a_decision_is_the_sum_over_its_labels() {
    let found = called(&[0.4, 0.3, 0.3], &[0, 1, 1]);
    assert_eq!((found.label, found.decision), (0, 1));
    assert!((found.confidence - 0.6).abs() < 1e-6);
}

#[test]
fn a_rare_row_stands_for_many() {
    let call = |label: usize| Called { label, decision: label, confidence: 0.9 };
    let row = |after, weight| Judgement {
        label: 0,
        decision: 0,
        before: call(0),
        after: call(after),
        weight,
    };
    let found = Comparison::of(&[row(0, 1.0), row(1, 3.0)], 2, 1);
    assert_eq!(found.before.weighted, Some(1.0));
    assert_eq!(found.after.weighted, Some(0.25));
    assert_eq!(found.after.decisions.share, Some(0.5));
}
