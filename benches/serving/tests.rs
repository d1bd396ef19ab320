//! Unit tests of the load generator; a bench without a harness has none of its own.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, dead_code, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

mod bodies;
mod client;
mod contender;
mod machine;
mod sample;
mod schedule;
mod workload;

use std::{collections::BTreeSet, fs, ops::Range, path::Path, time::Duration};

use bytes::Bytes;

use self::{
    bodies::{AT_ONCE, Bodies},
    client::Outcome,
    contender::Contender,
    machine::{Memory, Process, busy_s},
    sample::{By, Sample, Tally, median},
    schedule::{Arrivals, schedule},
    workload::{Kind, Material, TURNS},
};

const MINUTE: Duration = Duration::from_mins(1);

type Error = Box<dyn std::error::Error + Send + Sync>;

fn request(due_ms: u64, ended_ms: u64, outcome: Outcome) -> Sample {
    let time = Duration::from_millis;
    Sample { due: time(due_ms), ended: time(ended_ms), outcome }
}

fn seconds(from: u64, to: u64) -> Range<Duration> {
    Duration::from_secs(from)..Duration::from_secs(to)
}

#[test]
fn percentiles_are_those_of_the_sorted_latencies() {
    let samples: Vec<Sample> = (1..=1000).map(|ms| request(0, ms, Outcome::Answered)).collect();

    let tally = Tally::of(&samples, By::Due, &seconds(0, 1));

    for (share, expected) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (1.0, 1000.0)] {
        let found = tally.quantile_ms(share);
        assert!((found / expected - 1.0).abs() < 1e-3, "{share}: {found}");
    }
}

#[test]
fn a_stall_counts_for_all_who_were_due_in_it() {
    // Due every 10 ms; the server stands still for the first second and then answers at once.
    let samples: Vec<Sample> =
        (0..200).map(|n| request(10 * n, (10 * n).max(1000), Outcome::Answered)).collect();

    let tally = Tally::of(&samples, By::Due, &seconds(0, 2));

    assert!((tally.quantile_ms(0.75) - 500.0).abs() < 15.0);
}

#[test]
fn a_closed_loop_counts_what_ended_in_the_span() {
    let samples = [
        request(500, 1500, Outcome::Answered),
        request(1500, 2500, Outcome::Answered),
        request(1600, 1700, Outcome::Refused),
    ];

    let tally = Tally::of(&samples, By::Ended, &seconds(1, 2));

    assert_eq!((tally.answered, tally.refused, tally.failed), (1, 1, 0));
}

#[test]
fn the_median_of_an_even_count_lies_between() {
    assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
    assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
}

#[test]
fn equal_gaps_are_equal() {
    let times = schedule(Arrivals::Uniform, 8.0, Duration::from_secs(1), 0);

    assert_eq!(times.len(), 7);
    assert_eq!(times[0], Duration::from_millis(125));
    assert!((times[6].as_secs_f64() - 0.875).abs() < 1e-6);
}

#[test]
fn independent_arrivals_keep_the_rate_and_spread_as_they_should() {
    let times = schedule(Arrivals::Poisson, 200.0, 10 * MINUTE, 1);

    // 120,000 are due; the standard deviation is 346.
    assert!((118_600..121_400).contains(&times.len()), "{}", times.len());
    let gaps: Vec<f64> =
        times.windows(2).map(|w| w[1].saturating_sub(w[0]).as_secs_f64()).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let square = gaps.iter().map(|gap| gap * gap).sum::<f64>() / gaps.len() as f64;
    // An exponential's standard deviation is its mean.
    assert!(((square - mean * mean).sqrt() / mean - 1.0).abs() < 0.02);
}

#[test]
fn the_same_seed_gives_the_same_times_in_order() {
    let first = schedule(Arrivals::Poisson, 50.0, MINUTE, 7);

    assert!(first.is_sorted());
    assert_eq!(first, schedule(Arrivals::Poisson, 50.0, MINUTE, 7));
    assert_ne!(first, schedule(Arrivals::Poisson, 50.0, MINUTE, 8));
}

#[test]
fn a_process_is_read_whatever_its_name() {
    let stat = "42 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 100 50 25 25 20 0 1 0 5 6 7";

    let process = Process::parse(stat);

    assert_eq!(process, Some(Process { id: 42, group: 7, cpu_s: 2.0 }));
}

#[test]
fn a_machine_is_busy_when_it_neither_idles_nor_waits_for_a_disk() {
    let stat = "cpu  100 10 40 100000 5000 2 3 45 99 0\ncpu0 1 1 1 1 1 1 1 1 1 1";

    assert!((busy_s(stat) - 2.0).abs() < 1e-9);
}

#[test]
fn this_process_has_memory_and_a_group() {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let own = Process::parse(&stat).unwrap();

    let memory = Memory::now(own.group);

    assert!(memory.resident_mb > 1.0 && memory.peak_mb >= memory.resident_mb / 2.0);
}

fn material() -> Material {
    Material::read(None, Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn a_replay_grows_by_a_turn_from_request_to_request() {
    let baton = Contender::Baton { cached: true };

    let requests = material().requests(Kind::Replay, &baton, 3);

    assert_eq!(requests.len(), TURNS);
    let sizes: Vec<usize> = requests.iter().map(Bytes::len).collect();
    assert!(sizes.is_sorted() && sizes[0] < sizes[TURNS - 1]);
}

#[test]
fn turns_of_one_conversation_are_far_apart_and_in_order() {
    let talk = |number: usize| {
        (0..TURNS).map(|turn| Bytes::from(format!("{number} {turn}"))).collect::<Vec<_>>()
    };
    let mut bodies = Bodies::new(talk);
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for _ in 0..AT_ONCE * TURNS * 3 {
        let body = String::from_utf8(bodies.next().to_vec()).unwrap();
        let (number, turn) = body.split_once(' ').unwrap();
        seen.push((number.parse().unwrap(), turn.parse().unwrap()));
    }
    for (at, (number, turn)) in seen.iter().enumerate() {
        let last = seen[..at].iter().rposition(|(other, _)| other == number);
        if let Some(last) = last {
            assert_eq!((at - last, seen[last].1 + 1), (AT_ONCE, *turn), "{number}");
        }
    }
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "nothing comes twice");
}

#[test]
fn requests_that_stand_alone_keep_their_order() {
    let mut bodies = Bodies::new(|number: usize| vec![Bytes::from(number.to_string())]);
    for number in 0..3 * AT_ONCE {
        assert_eq!(bodies.next(), number.to_string());
    }
}

#[test]
fn no_message_of_two_conversations_is_the_same() {
    let material = material();
    let mut seen = BTreeSet::new();

    for number in 0..300 {
        for message in material.conversation(number) {
            assert!(seen.insert(message.text.clone()), "{}", message.text);
        }
    }
}

#[test]
fn the_corpus_gives_three_short_texts_to_two_long_ones() {
    let material = material();

    let short = material
        .texts(Kind::Mixed)
        .iter()
        .filter(|text| material.texts(Kind::Short).contains(text))
        .count();

    assert_eq!(short * 5, material.texts(Kind::Mixed).len() * 3);
}
