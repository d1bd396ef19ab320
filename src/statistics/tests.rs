//! Golden values of `SciPy` 1.17.1, scikit-learn 1.9.1 and `NumPy` 2.4.6, and properties.

use proptest::prelude::*;

use super::*;

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs().max(1e-12), "{got} instead of {want}");
}

/// `numpy.random.default_rng(7)`: 40 confidences from `beta(6, 1.5)`, and whether each was right.
fn forty() -> Vec<Judged> {
    let sure = [
        0.864, 0.790, 0.720, 0.839, 0.970, 0.701, 0.970, 0.924, 0.622, 0.814, 0.972, 0.547, 0.631,
        0.785, 0.851, 0.772, 0.946, 0.666, 0.902, 0.921, 0.942, 0.698, 0.732, 0.819, 0.825, 0.954,
        0.878, 0.866, 0.883, 0.906, 0.569, 0.784, 0.979, 0.917, 0.844, 0.939, 0.818, 0.807, 0.910,
        0.729,
    ];
    let right = "1010101111100100100111111111111111011111";
    let rows = sure.iter().zip(right.bytes());
    rows.map(|(&confidence, right)| Judged { confidence, right: right == b'1' }).collect()
}

/// 900 rows from sure to unsure, more and more of them wrong.
fn falling() -> Vec<Judged> {
    let row = |i: u16| Judged {
        confidence: 1.0 - f32::from(i) / 1_500.0,
        right: (u32::from(i) * 37) % 101 >= u32::from(i / 20),
    };
    (0..900).map(row).collect()
}

/// `scipy.stats.binom.cdf(k, n, p)` and `.sf(k - 1, n, p)`.
#[test]
fn tails_are_those_of_scipy() {
    for (k, n, p, at_most_k, at_least_k) in [
        (0, 5, 0.1, 0.590_49, 1.0),
        (0, 29, 0.1, 0.047_101_286_972_462_44, 1.0),
        (1, 30, 0.1, 0.183_695_019_192_603_67, 0.957_608_841_724_783_8),
        (4, 100, 0.1, 0.023_711_082_663_476_827, 0.992_163_512_878_815_5),
        (38, 500, 0.1, 0.039_339_654_316_051_464, 0.972_569_916_215_979_9),
        (90, 1_144, 0.1, 0.007_718_238_219_728_777, 0.994_260_206_445_888_9),
        (950, 1_000, 0.95, 0.520_258_942_912_681_5, 0.537_529_040_801_425),
        (9_900, 100_000, 0.1, 0.147_096_792_710_199_57, 0.855_322_749_101_288_5),
        (99_910, 1_000_000, 0.1, 0.382_878_914_730_070_74, 0.618_392_870_526_782_9),
    ] {
        close(at_most(k, n, p), at_most_k, 1e-7);
        close(at_least(k, n, p), at_least_k, 1e-7);
    }
    assert_eq!((at_most(0, 0, 0.5), at_least(0, 0, 0.5), at_least(1, 0, 0.5)), (1.0, 1.0, 0.0));
}

/// `scipy.stats.beta.ppf(0.025, k, n - k + 1)` and `.ppf(0.975, k + 1, n - k)`.
#[test]
fn bounds_of_a_share_are_those_of_clopper_and_pearson() {
    for (right, of, low, high) in [
        (0, 1, 0.0, 0.975),
        (1, 1, 0.025, 1.0),
        (0, 29, 0.0, 0.119_444_869_069_502_69),
        (5, 10, 0.187_086_028_447_398_55, 0.812_913_971_552_601_5),
        (95, 100, 0.887_165_088_894_537_3, 0.983_568_120_817_947_9),
        (1_100, 1_144, 0.948_708_886_206_138, 0.971_917_258_366_824_5),
        (99_000, 100_000, 0.989_363_888_470_645_7, 0.990_607_443_910_901_5),
    ] {
        let got = Proportion::of(right, of);
        close(got.low, low, 1e-8);
        close(got.high, high, 1e-8);
    }
    let nothing = Proportion::of(0, 0);
    assert_eq!((nothing.share, nothing.low, nothing.high), (None, 0.0, 1.0));
}

/// `numpy.array_split` of the sorted rows into 15 bins, weighted mean of the distances.
#[test]
fn the_calibration_error_is_that_of_numpy() {
    let got = Reliability::of(&forty());
    close(got.error, 0.153_199_999_034_404_76, 1e-6);
    assert_eq!(got.bins.len(), BINS);
    assert_eq!(got.bins.iter().map(|bin| bin.right.of).sum::<usize>(), 40);
    assert_eq!((got.bins[0].right.of, got.bins[14].right.of), (3, 2), "the first have one more");
}

/// 200,000 rounds of the same simulation with `NumPy`'s own generator.
#[test]
fn the_chance_error_is_that_of_an_independent_simulation() {
    let even = |from: f32, rows: u16| -> Vec<Judged> {
        let step = (0.999 - from) / f32::from(rows - 1);
        let row = |i| Judged { confidence: from + step * f32::from(i), right: true };
        (0..rows).map(row).collect()
    };
    for (rows, mean, high) in
        [(even(0.5, 300), 0.070_28, 0.094_55), (even(0.3, 1_000), 0.041_16, 0.055_33)]
    {
        let got = chance_error(&rows, 17).unwrap();
        close(got.mean, mean, 0.03);
        close(got.high, high, 0.05);
        assert_eq!(chance_error(&rows, 17), Some(got), "the same seed, the same numbers");
        assert_ne!(chance_error(&rows, 18), Some(got));
    }
    assert_eq!(chance_error(&[], 17), None);
}

/// The same walk in Python with `scipy.stats.binom.cdf`.
#[test]
fn certified_thresholds_are_those_of_an_independent_walk() {
    let walk = |precision| certify(&falling(), Promise { precision, risk: 0.05 });
    let found = |level: Option<Level>| level.map(|at| (at.threshold, at.rows, at.wrong));
    let got = walk(0.90);
    assert_eq!(found(got.certified), Some((0.785, 323, 23)));
    assert_eq!(found(got.stopped), Some((0.78, 331, 24)));
    close(got.certified.unwrap().p, 0.046_407_485_327_498_985, 1e-7);
    close(got.stopped.unwrap().p, 0.052_805_734_551_992_86, 1e-7);
    assert_eq!(found(walk(0.85).certified), Some((0.635, 548, 68)));
    // It begins with a quarter of all rows, and ends there.
    assert_eq!(found(walk(0.95).certified), None);
    assert_eq!(found(walk(0.95).stopped), Some((0.85, 226, 11)));

    let below = |limit| certify_below(&falling(), Promise::SUGGEST, limit);
    assert_eq!(found(below(0.9).certified), Some((0.005, 749, 187)));
    assert_eq!(found(below(0.9).stopped), None);
    assert_eq!(found(below(0.8).certified), Some((0.455, 517, 137)));
}

#[test]
fn few_rows_certify_nothing() {
    let rows = |count| vec![Judged { confidence: 1.0, right: true }; count];
    assert_eq!(certify(&[], Promise::AUTO), Walk::default());
    assert_eq!(certify(&rows(28), Promise::AUTO), Walk::default());
    assert_eq!(certify(&rows(29), Promise::AUTO).certified.unwrap().rows, 29);
}

/// A loop over n with `scipy.stats.binom.cdf`: 76 audited rows at 0.97, 179 at 0.95, 549 at 0.93.
#[test]
fn missing_rows_are_those_of_an_exact_search() {
    for (right, of, rows) in
        [(97, 100, 76), (95, 100, 179), (93, 100, 549), (99, 100, 46), (1, 1, 29)]
    {
        let more = rows - of.min(rows);
        assert_eq!(missing(Proportion::of(right, of), Promise::AUTO), Missing::Rows(more));
    }
    let none = missing(Proportion::of(0, 0), Promise::AUTO);
    assert_eq!(none, Missing::Rows(29));
    for hopeless in [(90, 100), (50, 100), (900_001, 1_000_000)] {
        let got = missing(Proportion::of(hopeless.0, hopeless.1), Promise::AUTO);
        assert_eq!(got, Missing::Hopeless, "{hopeless:?}");
    }
}

#[test]
fn a_label_is_vetoed_on_evidence_only() {
    let label = |label: &str, wrong, rows| Labelled { label: label.to_owned(), rows, wrong };
    let labels = [
        label("fine", 5, 100),
        label("bad", 12, 40),
        label("few", 1, 2),
        label("none", 0, 0),
        label("edge", 8, 40),
    ];
    let found = vetoes(&labels, Promise::AUTO);
    // binom.sf(11, 40, 0.1) * 4 = 0.0015; binom.sf(7, 40, 0.1) = 0.0419, times 3 is no evidence.
    assert_eq!(found.iter().map(|veto| veto.label.as_str()).collect::<Vec<_>>(), ["bad"]);
    assert!(found[0].p < 0.002 && found[0].right.right == 28, "{found:?}");
    assert_eq!(vetoes(&labels[4..], Promise::AUTO).len(), 1, "alone it needs no correction");
    assert!(vetoes(&[], Promise::AUTO).is_empty());
}

#[test]
fn the_curve_takes_ties_together_and_ends_with_all_rows() {
    let row = |confidence, right| Judged { confidence, right };
    let rows = [row(0.5, false), row(0.9, true), row(0.9, false), row(0.7, true)];
    let got = coverage(&rows, 100);
    let points: Vec<_> = got.iter().map(|p| (p.threshold, p.right.right, p.right.of)).collect();
    assert_eq!(points, [(0.9, 1, 2), (0.7, 2, 3), (0.5, 2, 4)]);
    assert!((got[2].coverage - 1.0).abs() < 1e-12);
    assert!(coverage(&falling(), 50).len() <= 50);
    assert!(coverage(&[], 50).is_empty());
}

/// `sklearn.metrics.roc_auc_score`, plain and with scores rounded to one digit.
#[test]
fn the_area_under_the_curve_is_that_of_scikit_learn() {
    let scored: Vec<_> = forty().iter().map(|row| (row.confidence, row.right)).collect();
    close(auroc(&scored).unwrap(), 0.743_333_333_333_333_3, 1e-9);
    let rounded: Vec<_> = scored.iter().map(|&(s, is)| ((s * 10.0).round() / 10.0, is)).collect();
    close(auroc(&rounded).unwrap(), 0.716_666_666_666_666_7, 1e-9);
    assert_eq!((auroc(&[]), auroc(&[(0.5, true)])), (None, None));
}

/// `sklearn.metrics.f1_score(average="macro", zero_division=0)` and `accuracy_score`.
#[test]
fn f1_and_accuracy_are_those_of_scikit_learn() {
    let mut confusion = Confusion::default();
    for (is, called) in "001222102133".chars().zip("011202102214".chars()) {
        confusion.add(&is.to_string(), &called.to_string());
    }
    close(confusion.macro_f1().unwrap(), 0.397_619_047_619_047_65, 1e-12);
    close(confusion.accuracy().share.unwrap(), 0.583_333_333_333_333_4, 1e-12);
    let one = &confusion.classes()[1];
    assert_eq!((one.label.as_str(), one.precision.right, one.precision.of), ("1", 2, 4));
    assert_eq!((one.recall.right, one.recall.of), (2, 3));
    close(one.f1, 0.571_428_571_428_571_4, 1e-12);
    assert_eq!(Confusion::default().macro_f1(), None);
}

prop_compose! {
    fn rows()(rows in proptest::collection::vec((0.0f32..=1.0, any::<bool>()), 0..400))
        -> Vec<Judged>
    {
        rows.into_iter().map(|(confidence, right)| Judged { confidence, right }).collect()
    }
}

proptest! {
    #[test]
    fn tails_add_up_and_grow(trials in 0usize..5_000, k in 0usize..5_000, share in 0.0f64..=1.0) {
        let (below, from) = (at_most(k, trials, share), at_least(k + 1, trials, share));
        prop_assert!((0.0..=1.0).contains(&below) && (0.0..=1.0).contains(&from));
        prop_assert!((below + from - 1.0).abs() < 1e-9, "{below} + {from}");
        prop_assert!(at_most(k + 1, trials, share) >= below - 1e-12);
    }

    #[test]
    fn the_bounds_hold_the_share(right in 0usize..3_000, more in 0usize..3_000) {
        let got = Proportion::of(right, right + more);
        prop_assert!(got.low <= got.high);
        if let Some(share) = got.share {
            prop_assert!(got.low <= share && share <= got.high, "{got:?}");
        }
    }

    #[test]
    fn a_sample_is_drawn_without_replacement(rows in 0usize..500, keep in 0usize..600) {
        let got = sample(rows, keep, 3);
        prop_assert_eq!(got.len(), keep.min(rows));
        prop_assert!(got.is_sorted_by(|a, b| a < b) && got.iter().all(|place| *place < rows));
    }

    #[test]
    fn no_row_gets_lost_in_the_bins(rows in rows()) {
        let got = Reliability::of(&rows);
        prop_assert_eq!(got.bins.iter().map(|bin| bin.right.of).sum::<usize>(), rows.len());
        prop_assert!((0.0..=1.0).contains(&got.error));
        let sure: Vec<f64> = got.bins.iter().map(|bin| bin.confidence).collect();
        prop_assert!(sure.is_sorted());
    }

    #[test]
    fn what_is_certified_keeps_its_promise_on_its_own_rows(rows in rows()) {
        for promise in [Promise::AUTO, Promise::SUGGEST] {
            let Some(got) = certify(&rows, promise).certified else { continue };
            let taken = rows.iter().filter(|row| row.confidence >= got.threshold);
            let right: Vec<bool> = taken.map(|row| row.right).collect();
            prop_assert_eq!(right.len(), got.rows);
            prop_assert_eq!(right.iter().filter(|right| !**right).count(), got.wrong);
            prop_assert!(got.p <= promise.risk);
        }
    }

    #[test]
    fn the_curve_covers_more_and_more(rows in rows(), points in 1usize..60) {
        let got = coverage(&rows, points);
        prop_assert!(got.len() <= points);
        prop_assert!(got.is_sorted_by(|a, b| a.coverage < b.coverage && a.threshold > b.threshold));
        prop_assert_eq!(got.last().map_or(0, |last| last.right.of), rows.len());
    }

    #[test]
    fn the_opposite_score_has_the_opposite_area(rows in rows()) {
        let scored: Vec<_> = rows.iter().map(|row| (row.confidence, row.right)).collect();
        let turned: Vec<_> = scored.iter().map(|&(score, is)| (-score, is)).collect();
        if let (Some(got), Some(other)) = (auroc(&scored), auroc(&turned)) {
            prop_assert!((got + other - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn enough_rows_certify_with_the_power_that_was_asked_for(precision in 0.92f64..1.0) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive")]
        let right = (precision * 10_000.0) as usize;
        let band = Proportion::of(right, 10_000);
        prop_assert_eq!(missing(band, Promise::AUTO), Missing::Rows(0));
    }
}

#[test]
fn a_proportion_reads_with_its_bounds() {
    assert_eq!(Proportion::of(381, 400).to_string(), "95.2 % [92.7, 97.1] (381 of 400)");
    assert_eq!(Proportion::of(0, 0).to_string(), "none");
}
