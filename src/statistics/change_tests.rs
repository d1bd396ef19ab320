//! Golden values of `SciPy` 1.17.1 and `NumPy` 2.4.6, and properties: what tells two times apart.

use proptest::prelude::*;

use super::*;

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs().max(1e-12), "{got} instead of {want}");
}

/// `scipy.stats.chi2.sf(1.3 * d, d)` and `.sf` at its `.isf(q, d)`; the same of `scipy.stats.norm`.
#[test]
fn tails_of_normal_and_chi_squared_numbers_are_those_of_scipy() {
    for (q, degrees, exceeded, above) in [
        (0.05, 1.0, 3.841_458_820_694_128_5, 0.254_213_223_603_961_1),
        (0.01, 29.0, 49.587_884_472_898_81, 0.129_153_411_230_193_1),
        (0.01, 91.3, 125.641_220_165_863_44, 0.028_591_114_222_509_75),
        (0.001, 0.5, 8.752_888_515_773_373, 0.216_593_306_957_554_16),
        (0.05, 383.7, 430.374_097_231_493, 6.575_158_474_167_622e-5),
        (0.5, 10.0, 9.341_817_765_591_97, 0.223_671_816_811_499_45),
    ] {
        close(chi_squared_above(exceeded, degrees), q, 1e-9);
        close(chi_squared_above(1.3 * degrees, degrees), above, 1e-9);
    }
    assert_eq!((chi_squared_above(0.0, 3.0), chi_squared_above(1.0, 0.0)), (1.0, 1.0));
    for (q, z) in [
        (0.05, 1.644_853_626_951_472_9),
        (0.01, 2.326_347_874_040_840_8),
        (1e-6, 4.753_424_308_822_899),
        (0.975, -1.959_963_984_540_054),
    ] {
        close(normal_above(z), q, 1e-9);
    }
    close(normal_above(8.0), 6.220_960_574_271_74e-16, 1e-9);
}

/// `scipy.optimize.brentq` on the formula with `scipy.special.betaln`, `xlogy` and `xlog1py`.
#[test]
fn the_confidence_sequence_is_that_of_a_direct_evaluation() {
    for (hits, of, risk, low, high) in [
        (0, 1, 0.05, 0.0, 0.975),
        (0, 30, 0.05, 0.0, 0.161_182_468_407_721_96),
        (1, 1, 0.05, 0.025, 1.0),
        (5, 10, 0.05, 0.117_562_924_079_569_39, 0.882_437_075_920_430_6),
        (12, 100, 0.05, 0.039_987_810_417_182_11, 0.253_854_605_859_747_45),
        (97, 100, 0.01, 0.858_965_462_921_179_5, 0.998_929_516_877_157_1),
        (1_200, 10_000, 0.05, 0.107_541_368_289_304_68, 0.133_251_293_773_273_72),
        (100_000, 1_000_000, 0.05, 0.098_655_118_409_650_83, 0.101_355_686_072_135_27),
    ] {
        let got = confidence_sequence(hits, of, risk);
        close(got.low, low, 1e-7);
        close(got.high, high, 1e-7);
    }
    assert_eq!(confidence_sequence(0, 0, 0.05), Interval::ALL);
}

/// The recursion in `NumPy`.
#[test]
fn the_evidence_of_the_detector_is_that_of_numpy() {
    let events = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.5, 0.0];
    let mut detector = Detector::new(0.12, 50.0).unwrap();
    assert!(!detector.alarms());
    for x in events {
        detector.observe(x, 1.0);
    }
    close(detector.evidence(), 50.361_664_995_158_016, 1e-12);
    assert!(detector.alarms() && detector.seen() == 12);
    detector.reset();
    assert_eq!(detector, Detector::new(0.12, 50.0).unwrap());
    let weights = [1.0, 0.5, 1.0, 0.25, 1.0, 1.0, 1.0, 1.0, 0.5, 0.75, 1.0, 1.0];
    for (x, weight) in events.into_iter().zip(weights) {
        detector.observe(x, weight);
    }
    close(detector.evidence(), 73.100_149_719_572_94, 1e-12);
}

#[test]
fn the_detector_neither_overflows_nor_takes_broken_numbers() {
    let mut detector = Detector::new(0.05, 1e6).unwrap();
    for _ in 0..10_000 {
        detector.observe(f64::INFINITY, f64::INFINITY);
    }
    assert!(detector.evidence().is_finite() && detector.alarms());
    detector.reset();
    detector.observe(f64::NAN, 1.0);
    let nothing = detector;
    detector.observe(1.0, f64::NAN);
    detector.observe(1.0, 0.0);
    assert_eq!(detector, nothing, "what has no weight changes nothing");
    for (limit, patience) in [(0.0, 10.0), (1.0, 10.0), (f64::NAN, 10.0), (0.1, 1.0), (0.1, 1e300)]
    {
        assert!(Detector::new(limit, patience).is_err(), "{limit} {patience}");
    }
    let broken = serde_json::to_string(&detector).unwrap().replace("\"seen\"", "\"sin\"");
    assert!(serde_json::from_str::<Detector>(&broken).is_err());
    let mut state: serde_json::Value = serde_json::to_value(detector).unwrap();
    state["evidence"][2] = f64::NAN.to_bits().into();
    assert!(serde_json::from_value::<Detector>(state).is_err());
}

/// `scipy.stats.chi2_contingency(correction=False)`, and the index in `NumPy`.
#[test]
fn the_comparison_of_counts_is_that_of_scipy() {
    let strata = |window: &[u64], reference: &[u64]| {
        [Stratum { window: window.to_vec(), reference: reference.to_vec() }]
    };
    let got = compare(&strata(&[30, 12, 8, 40, 10], &[400, 200, 100, 250, 50]));
    close(got.statistic, 17.640_107_046_569_348, 1e-12);
    close(got.p, 0.001_450_819_150_771_549_7, 1e-9);
    close(got.psi, 0.131_439_908_135_228_32, 1e-9);
    assert_eq!((got.degrees, got.cells[0].cell), (4, 3), "the cause comes first");
    // Cells 2 and 3 are expected to hold 0.26 and 0.86, together 1.12.
    let got = compare(&strata(&[60, 30, 0, 1, 9], &[700, 250, 3, 9, 38]));
    close(got.statistic, POOLED.0, 1e-12);
    close(got.p, POOLED.1, 1e-9);
    assert_eq!(got.degrees, 3);
}

/// `chi2_contingency` of `[60, 30, 9, 1]` and `[700, 250, 38, 12]`.
const POOLED: (f64, f64) = (7.992_607_336_672_29, 0.046_164_737_083_636_44);

/// The formula in `NumPy`, over two strata.
#[test]
fn strata_are_compared_each_with_its_own_reference() {
    let stratum = |window: &[u64], reference: &[u64]| Stratum {
        window: window.to_vec(),
        reference: reference.to_vec(),
    };
    let both = [
        stratum(&[20, 10, 5], &[300, 200, 100]),
        stratum(&[5, 10, 20], &[80, 150, 170]),
        stratum(&[3, 3, 3], &[0, 0, 0]),
    ];
    let got = compare(&both);
    close(got.statistic, 1.693_846_449_433_041_2, 1e-12);
    close(got.p, 0.428_732_016_795_167_37, 1e-9);
    // The weekend's mix, which is another, is no change if there are more weekends.
    let weekend = [stratum(&[5, 10, 20], &[80, 150, 170]), stratum(&[0, 0, 0], &[300, 200, 100])];
    assert!(compare(&weekend).p > 0.1);
    let blind = [stratum(&[5, 10, 20], &[380, 350, 270])];
    assert!(compare(&blind).p < 0.001);
    close(compare(&[]).p, 1.0, 0.0);
    assert_eq!(compare(&[stratum(&[1, 2], &[0, 0])]).degrees, 0);
}

#[test]
fn neighbouring_bins_are_joined_to_deciles() {
    assert_eq!(neighbours(&[1, 1, 8, 0, 10, 30, 49, 1], 0.1), [0, 0, 0, 1, 1, 2, 3, 3]);
    assert_eq!(neighbours(&[0, 0, 0], 0.1), [0, 0, 0]);
    assert_eq!(neighbours(&[0, 5], 0.5), [0, 0]);
    assert!(neighbours(&[], 0.1).is_empty());
}

/// `scipy.stats.hypergeom(n + m, a + b, n)`: `sf(a) + pmf(a) / 2`.
#[test]
fn more_often_is_the_exact_test_of_scipy() {
    for (hits, of, before, reference, p) in [
        (5, 50, 180, 3_600, 0.072_798_779_618_492_47),
        (10, 200, 150, 3_600, 0.276_110_688_757_459_6),
        (25, 200, 180, 3_600, 3.426_483_719_183_632e-5),
        (0, 50, 180, 3_600, 0.960_810_583_200_043_1),
        (3, 10, 2, 10, 0.325_851_393_188_854_5),
        (60, 1_000, 50_000, 1_000_000, 0.077_010_350_143_351_18),
        (1, 50, 400, 3_600, 0.988_226_005_010_075_4),
    ] {
        let got = more_often(Hits { hits, of }, Hits { hits: before, of: reference });
        close(got, p, 1e-7);
    }
    let hits = |hits, of| Hits { hits, of };
    close(more_often(hits(0, 0), hits(1, 10)), 1.0, 0.0);
    close(more_often(hits(2, 10), hits(0, 0)), 1.0, 0.0);
}

/// `numpy.random.default_rng(3)`: 60 numbers of `beta(6, 1)` against 900 of `beta(7, 1)`; the
/// expansion with `scipy.stats.norm`.
#[test]
fn a_lower_mean_is_tested_with_the_skewness_of_the_reference() {
    let now = Powers { count: 60.0, sum: 49.927, squares: 42.623_343, cubes: 37.157_752_885 };
    let before =
        Powers { count: 900.0, sum: 787.491, squares: 699.391_983, cubes: 628.746_251_391 };
    let got = fallen(&[(now, before)]).unwrap();
    close(got.difference, -0.042_873_333_333_333_43, 1e-9);
    close(got.error, 0.014_295_113_840_179_927, 1e-7);
    close(got.p, 0.002_174_817_706_813_958, 1e-6);
    let halves = |powers: Powers, part: f64| Powers {
        count: powers.count * part,
        sum: powers.sum * part,
        squares: powers.squares * part,
        cubes: powers.cubes * part,
    };
    let parts = [0.5, 0.5].map(|part| (halves(now, part), halves(before, part)));
    close(fallen(&parts).unwrap().p, got.p, 0.01);
    assert_eq!(fallen(&[]), None);
    let same = Powers { count: 10.0, sum: 10.0, squares: 10.0, cubes: 10.0 };
    assert_eq!(fallen(&[(same, same)]), None, "nothing varies");
}

/// `numpy.cov` and `scipy.stats.chi2.sf`.
#[test]
fn the_movement_of_a_mean_is_that_of_numpy() {
    let vectors: [[f32; 3]; 5] =
        [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 1.0, 0.0], [0.8, 0.0, 0.6], [0.0, 0.6, 0.8]];
    let rows: Vec<Vec<f32>> = vectors.iter().map(|row| row.to_vec()).collect();
    close(degrees(&rows).unwrap(), 3.899_699_180_590_714_4, 1e-6);
    assert_eq!(degrees(&rows[..3]), None);
    assert_eq!(degrees(&vec![vec![1.0, 0.0]; 9]), None);
    let sum = |rows: &[[f32; 3]]| VectorSum::of(rows.iter().map(<[f32; 3]>::as_slice));
    let got = moved(&[(sum(&vectors[..2]), sum(&vectors))], 2.5).unwrap();
    close(got.ratio, 0.464_285_721_307_590_6, 1e-6);
    close(got.p, 0.671_933_413_778_973, 1e-6);
    close(got.towards[0], 0.32, 1e-6);
    assert_eq!(moved(&[], 91.0), None);
}

proptest! {
    #[test]
    fn the_sequence_holds_the_rate_and_is_wider_than_a_single_look(
        hits in 0usize..5_000, more in 0usize..5_000, risk in 0.001f64..0.5,
    ) {
        let of = hits + more;
        let got = confidence_sequence(hits, of, risk);
        prop_assert!(0.0 <= got.low && got.low <= got.high && got.high <= 1.0);
        if of > 0 {
            let rate = real(hits) / real(of);
            prop_assert!(got.holds(rate), "{got:?}");
            let (always, once) = (confidence_sequence(hits, of, 0.05), Proportion::of(hits, of));
            prop_assert!(of < 10 || always.high - always.low > once.high - once.low);
        }
        let turned = confidence_sequence(more, of, risk);
        prop_assert!((turned.low - (1.0 - got.high)).abs() < 1e-6);
    }

    #[test]
    fn a_detector_is_restored_bit_for_bit(
        events in proptest::collection::vec((0.0f64..=1.0, 0.0f64..=1.0), 0..200),
        cut in 0usize..200,
    ) {
        let mut whole = Detector::new(0.1, 1_000.0).unwrap();
        let mut parts = whole;
        for (at, &(x, weight)) in events.iter().enumerate() {
            if at == cut {
                let kept = serde_json::to_string(&parts).unwrap();
                parts = serde_json::from_str(&kept).unwrap();
            }
            whole.observe(x, weight);
            parts.observe(x, weight);
        }
        prop_assert_eq!(whole, parts);
        prop_assert!(whole.evidence() >= 0.0 && whole.evidence().is_finite());
    }

    #[test]
    fn worse_events_are_more_evidence(
        events in proptest::collection::vec((0.0f64..=1.0, 0.0f64..=1.0), 1..100),
        at in 0usize..100,
    ) {
        let run = |events: &[(f64, f64)]| {
            let mut detector = Detector::new(0.1, 1_000.0).unwrap();
            for &(x, weight) in events {
                detector.observe(x, weight);
            }
            detector.evidence()
        };
        let mut worse = events.clone();
        let at = at % events.len();
        worse[at].0 = 1.0;
        prop_assert!(run(&worse) >= run(&events));
    }

    #[test]
    fn nothing_differs_from_itself(counts in proptest::collection::vec(0u64..1_000, 2..40)) {
        let same = Stratum { window: counts.clone(), reference: counts };
        let got = compare(&[same]);
        prop_assert!(got.statistic < 1e-6 && got.psi < 1e-9 && got.p > 0.99);
    }

    #[test]
    fn parts_of_a_difference_add_up(
        cells in proptest::collection::vec((0u64..100, 0u64..1_000), 2..40),
    ) {
        let (window, reference) = cells.into_iter().unzip();
        let got = compare(&[Stratum { window, reference }]);
        let parts: f64 = got.cells.iter().map(|cell| cell.part).sum();
        prop_assert!((0.0..=1.0).contains(&got.p));
        prop_assert!(parts == 0.0 || (parts - 1.0).abs() < 1e-9);
        prop_assert!(got.cells.is_sorted_by(|a, b| a.part >= b.part));
    }

    #[test]
    fn more_hits_are_less_probable(
        of in 1usize..500, hits in 0usize..500, before in 0usize..2_000, more in 0usize..2_000,
    ) {
        let reference = Hits { hits: before, of: before + more };
        let hits = hits.min(of);
        let got = more_often(Hits { hits, of }, reference);
        prop_assert!((0.0..=1.0).contains(&got));
        if hits < of && before + more > 0 {
            let one_more = more_often(Hits { hits: hits + 1, of }, reference);
            prop_assert!(one_more <= got + 1e-9);
        }
    }
}
