use proptest::prelude::*;

use super::*;

fn told(class: usize, by: Vec<usize>) -> Told {
    Told { class, by, observed: Some(1.0), anchored: false, accepted: false, shown: true }
}

fn rows() -> impl Strategy<Value = Vec<Told>> {
    let observed =
        prop_oneof![Just(Some(1.0)), Just(Some(0.03)), Just(None), (0.01..1.0).prop_map(Some)];
    let row = (0_usize..4, proptest::collection::vec(0_usize..5, 0..3), observed, any::<bool>());
    let row = row.prop_map(|(class, mut by, observed, anchored)| {
        by.sort_unstable();
        by.dedup();
        Told { class, by, observed, anchored, accepted: anchored, shown: true }
    });
    proptest::collection::vec(row, 0..300)
}

/// What each person has of some rows.
fn shares(rows: &[Told], weights: &[f64], class: Option<usize>) -> (f64, BTreeMap<usize, f64>) {
    let (mut all, mut people) = (0.0, BTreeMap::new());
    for (row, weight) in rows.iter().zip(weights) {
        if class.is_some_and(|class| class != row.class) {
            continue;
        }
        all += weight;
        for person in &row.by {
            *people.entry(*person).or_default() += weight / real(row.by.len());
        }
    }
    (all, people)
}

proptest! {
    #[test]
    fn nobody_has_more_than_the_limits_allow(rows in rows(), share in 0.05..1.0) {
        let limits = Limits { share, of_label: 3.0, of_all: 7.0 };
        let found = weigh(&rows, limits);
        prop_assert!(found.weights.iter().all(|weight| (0.0..=MOST).contains(weight)));
        for class in [None, Some(0), Some(1), Some(2), Some(3)] {
            let (all, people) = shares(&rows, &found.weights, class);
            let floor = if class.is_some() { limits.of_label } else { limits.of_all };
            for weight in people.into_values() {
                prop_assert!(weight <= (share * all).max(floor) + 0.01, "{weight} of {all}");
            }
        }
    }

    #[test]
    fn without_a_limit_nothing_is_taken_away(rows in rows()) {
        let limits = Limits { share: 1.0, of_label: 0.0, of_all: 0.0 };
        prop_assert!(weigh(&rows, limits).capped.is_empty());
    }
}

#[test]
fn a_rare_audit_counts_for_those_that_nobody_saw_up_to_ten() {
    let mut rows: Vec<Told> = (0..8).map(|row| told(row % 2, vec![row])).collect();
    rows[0].observed = Some(0.25);
    rows[1].observed = Some(0.03);
    let found = weigh(&rows, Limits { share: 1.0, of_label: 0.0, of_all: 0.0 });
    assert_eq!(found.clipped, 1);
    assert!((found.weights[0] / found.weights[2] - 4.0).abs() < 1e-9);
    assert!((found.weights[1] / found.weights[2] - 10.0).abs() < 1e-9);
    // (4 + 10 + 6)² / (16 + 100 + 6) rows are what these know.
    assert!((found.weights.iter().sum::<f64>() - 400.0 / 122.0).abs() < 1e-9);
}

#[test]
fn an_acceptance_of_what_was_shown_counts_half_until_blind_ones_say_how_much() {
    let row = |accepted, shown| Told {
        accepted,
        shown,
        anchored: accepted && shown,
        ..told(usize::from(accepted), Vec::from([usize::from(shown)]))
    };
    // 90 of 100 accept what they saw; of those who had not seen it, `right` of `blind` do.
    let rows = |blind: usize, right: usize| {
        let mut rows: Vec<Told> = (0..100).map(|n| row(n < 90, true)).collect();
        rows.extend((0..blind).map(|n| row(n < right, false)));
        weigh(&rows, Limits::DEFAULT).anchor
    };
    let few = rows(BLIND - 1, 20);
    assert!((few.factor - 0.5).abs() < 1e-12 && few.shown == (100, 90));
    // With a factor of 0.222 20 of 30 agree: two thirds.
    let enough = rows(300, 200);
    assert!((enough.factor - 200.5 / 100.5 * 10.0 / 90.0).abs() < 1e-12);
    assert!((rows(300, 300).factor - 1.0).abs() < 1e-12, "never more than they are");
}

#[test]
fn whoever_reviews_most_is_named_with_what_the_cap_took() {
    // Three people share three labels; a fourth floods one of them with 600 rows.
    let mut rows: Vec<Told> = (0..270).map(|row| told(row % 3, vec![row / 3 % 3])).collect();
    rows.extend((0..600).map(|_| told(0, vec![3])));
    let found = weigh(&rows, Limits::DEFAULT);
    let (before, after) = found.capped[&3];
    assert_eq!(found.capped.len(), 1, "{:?}", found.capped);
    assert!((before - 600.0).abs() < 1e-9 && (after - 45.0).abs() < 1e-3, "half of 90: {after}");
    // A file is nobody's word.
    assert!(weigh(&vec![told(0, Vec::new()); 50], Limits::DEFAULT).capped.is_empty());
    // Who is alone is believed for a few rows of each label.
    let alone: Vec<Told> = (0..90).map(|row| told(row % 2, vec![0])).collect();
    let found = weigh(&alone, Limits::DEFAULT);
    assert!((found.weights.iter().sum::<f64>() - 40.0).abs() < 1e-6);
}
