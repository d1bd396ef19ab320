//! Streams and windows from fixed seeds: false alarms, power, delays. The sizes of every day; the
//! full ones are ignored and run by `scripts/soak`.

use super::{
    contract::contract,
    world::{Row, alone, draw, population, real, reference},
};
use crate::{
    domain::Timestamp,
    monitor::{Contract, Evidence, Kind, Outcome, Reference, Standing, Window, compare},
    statistics::{Detector, Random, degrees},
};

/// False alarms that `windows` windows may show if each is one with probability `risk`: so many
/// that three standard deviations more would be too many.
pub(super) fn most(windows: usize, risk: f64) -> f64 {
    let windows = real(windows);
    windows * risk + 3.0 * (windows * risk * (1.0 - risk)).sqrt()
}

/// How many of the findings are moved, by kind, over windows against references of their own.
pub(super) fn count(
    windows: usize,
    risk: f64,
    mut pair: impl FnMut() -> (Window, Reference),
) -> [usize; Kind::ALL.len()] {
    let mut counts = [0; Kind::ALL.len()];
    for _ in 0..windows {
        let (window, reference) = pair();
        let compared = compare(&window, &[reference], risk);
        let Outcome::Findings(found) = &compared[0].outcome else { panic!("{compared:?}") };
        for (count, finding) in counts.iter_mut().zip(found) {
            *count += usize::from(finding.moved);
        }
    }
    counts
}

fn stationary(windows: usize, reference: usize, risks: &[f64]) {
    let rows = population(30, 24, 4_000, 21);
    let vectors: Vec<_> = rows.iter().map(|row| row.vector.clone()).collect();
    let degrees = degrees(&vectors);
    for (size, &risk) in
        [50, 200, 1_000].into_iter().flat_map(|n| risks.iter().map(move |r| (n, r)))
    {
        let mut random = Random::new(22);
        let counts = count(windows, risk, || {
            let usual = Reference::training(draw(&rows, reference, &mut random), degrees);
            (alone(draw(&rows, size, &mut random)), usual)
        });
        eprintln!("{windows} windows of {size} at {risk}: {counts:?} of {:?}", Kind::ALL);
        for (kind, count) in Kind::ALL.into_iter().zip(counts) {
            assert!(real(count) <= most(windows, risk), "{kind:?} at {size}, {risk}: {count}");
        }
    }
}

#[test]
fn stationary_windows_rarely_alarm() {
    stationary(60, 800, &[0.05]);
}

/// A thousand windows of each size, against references as large as those of the measurement.
#[test]
#[ignore = "two minutes without optimisation"]
fn a_thousand_stationary_windows_rarely_alarm() {
    stationary(1_000, 3_600, &[0.05, 0.01]);
}

#[test]
fn each_kind_of_shift_is_found_by_its_kind_of_finding() {
    let rows = population(30, 24, 3_000, 23);
    let changed = |change: &dyn Fn(&Row) -> Row| -> Vec<Row> { rows.iter().map(change).collect() };
    let foreign =
        changed(&|row| Row { novel: true, confidence: row.confidence * 0.5, ..row.clone() });
    let demand: Vec<Row> = rows
        .iter()
        .filter(|row| ["topic_20", "topic_24"].contains(&row.intent.as_str()))
        .cloned()
        .collect();
    let tilted = changed(&|row| {
        let mut vector = row.vector.clone();
        vector[0] += 1.5;
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        for number in &mut vector {
            *number /= length;
        }
        Row { vector, ..row.clone() }
    });
    let mut random = Random::new(24);
    for (kind, shifted, share) in [
        (Kind::Novelty, &foreign, 0.10),
        (Kind::Confidence, &foreign, 0.10),
        (Kind::Intents, &demand, 0.10),
        (Kind::Meaning, &tilted, 0.20),
    ] {
        let found = count(20, 0.05, || {
            let usual = reference(&rows, 3_000, &mut random);
            let strange = (0..200).filter(|_| random.uniform() < share).count();
            let mut window = draw(&rows, 200 - strange, &mut random);
            window.merge(&draw(shifted, strange, &mut random));
            (alone(window), usual)
        });
        let place = Kind::ALL.iter().position(|one| *one == kind).unwrap();
        // The weakest was measured with a power of 0.83; 0.1 less is 14.6 of 20.
        assert!(found[place] >= 15, "{kind:?}: {found:?} of 20");
    }
}

/// The median over the runs of the number of events until the alarm; a run without one counts most.
fn median(mut delays: Vec<usize>) -> usize {
    delays.sort_unstable();
    delays[delays.len() / 2]
}

fn overrides(runs: usize) {
    const YEAR: usize = 73_000;
    let (mut delays, mut false_alarms) = (Vec::new(), 0);
    for seed in 0..runs {
        let mut random = Random::new(seed as u64);
        let mut detector = Detector::new(0.12, real(YEAR)).unwrap();
        let mut event = |detector: &mut Detector, rate: f64| {
            detector.observe(f64::from(random.uniform() < rate), 1.0);
            detector.alarms()
        };
        for _ in 0..YEAR {
            if event(&mut detector, 0.10) {
                false_alarms += 1;
                detector.reset();
            }
        }
        detector.reset();
        for _ in 0..1_000 {
            event(&mut detector, 0.10);
        }
        delays.push((1..20_000).find(|_| event(&mut detector, 0.20)).unwrap());
    }
    let delay = median(delays);
    eprintln!("overrides from 10 to 20 %, {runs} runs: noticed after {delay} decisions at the");
    eprintln!("median; {false_alarms} false alarms in as many years");
    assert!(delay <= 300 && false_alarms <= runs, "{delay} {false_alarms}");
}

#[test]
fn a_doubled_rate_of_overrides_is_noticed() {
    overrides(101);
}

#[test]
#[ignore = "seconds when optimised, a minute when not"]
fn a_doubled_rate_of_overrides_is_noticed_in_many_runs() {
    overrides(400);
}

/// One more audited or reviewed automatic decision.
fn judge(contract: &mut Contract, precision: f64, audited: bool, random: &mut Random) -> bool {
    let by = ["ann", "ben", "cem"][random.below(3)];
    let wrong = random.uniform() >= precision;
    let evidence = if audited {
        Evidence::Audit { wrong, observed: 0.03, by }
    } else {
        Evidence::Settled { overridden_by: wrong.then_some(by) }
    };
    let at = Timestamp::UNIX_EPOCH;
    contract.observe(evidence, at).is_some()
}

fn broken_promises(drops: usize, stationary: usize) {
    for audited in [true, false] {
        let mut delays = Vec::new();
        for seed in 0..drops {
            let (mut contract, mut random) = (contract(), Random::new(seed as u64));
            for _ in 0..500 {
                assert!(!judge(&mut contract, 0.97, audited, &mut random));
            }
            let delay = (1..5_000).find(|_| judge(&mut contract, 0.80, audited, &mut random));
            delays.push(delay.unwrap());
        }
        let delay = median(delays);
        let mut demoted = 0;
        for seed in 0..stationary {
            let (mut contract, mut random) = (contract(), Random::new(1_000 + seed as u64));
            for _ in 0..20_000 {
                judge(&mut contract, 0.97, audited, &mut random);
            }
            demoted += usize::from(contract.standing() != &Standing::Kept);
        }
        eprintln!(
            "audited {audited}: a drop from 0.97 to 0.80 demotes after {delay} labels at the"
        );
        eprintln!("median of {drops}; {demoted} of {stationary} stationary streams are demoted");
        assert!(delay <= 150, "{delay}");
        assert!(demoted * 100 <= stationary, "{demoted} of {stationary}");
    }
}

#[test]
fn a_broken_promise_demotes_and_a_kept_one_does_not() {
    broken_promises(41, 4);
}

#[test]
#[ignore = "seconds when optimised, minutes when not"]
fn many_broken_promises_demote_and_kept_ones_do_not() {
    broken_promises(401, 100);
}
