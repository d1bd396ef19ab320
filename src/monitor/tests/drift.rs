//! What is found, what is not, and why.

use jiff::SignedDuration;

use super::world::{Row, alone, draw, population, reference, vectors};
use crate::{
    domain::{Channel, Timestamp},
    monitor::{
        Basis, Bucket, Comparison, Finding, Kind, Level, Outcome, Period, Reference, Sums, Watch,
        Window, compare, pulls,
    },
    statistics::{Random, degrees},
};

const RISK: f64 = 0.01;

fn findings(comparison: &Comparison) -> &[Finding] {
    match &comparison.outcome {
        Outcome::Findings(findings) => findings,
        Outcome::NotEnoughData { .. } => panic!("not enough data: {comparison:?}"),
    }
}

pub(super) fn finding(window: &Window, reference: &Reference, kind: Kind) -> Finding {
    let compared = compare(window, std::slice::from_ref(reference), RISK);
    findings(&compared[0]).iter().find(|finding| finding.kind == kind).unwrap().clone()
}

fn bucket(period: Period) -> Bucket {
    Bucket { period: Some(period), channel: Some(Channel::Chat) }
}

#[test]
fn below_fifty_decisions_nothing_is_said() {
    let rows = population(10, 8, 500, 1);
    let mut random = Random::new(2);
    let usual = reference(&rows, 1_000, &mut random);
    let outcome = |window: usize, usual: &Reference| {
        let window = alone(draw(&rows, window, &mut Random::new(3)));
        compare(&window, std::slice::from_ref(usual), RISK)[0].outcome.clone()
    };
    assert_eq!(outcome(49, &usual), Outcome::NotEnoughData { usual: 1_000, fewest: 50 });
    assert!(matches!(outcome(50, &usual), Outcome::Findings(found) if found.len() == 5));
    let short = reference(&rows, 20, &mut random);
    assert_eq!(outcome(50, &short), Outcome::NotEnoughData { usual: 20, fewest: 50 });
    let blind = Reference { degrees: None, ..usual };
    assert!(matches!(outcome(50, &blind), Outcome::Findings(found) if found.len() == 4));
    assert!(compare(&Window::new(), &[], RISK).is_empty());
}

#[test]
fn a_change_of_demand_names_its_intents() {
    let rows = population(30, 8, 3_000, 4);
    let mut random = Random::new(5);
    let usual = reference(&rows, 3_000, &mut random);
    let mut window = draw(&rows, 160, &mut random);
    let rare: Vec<Row> =
        rows.iter().filter(|row| row.intent.as_str() == "topic_25").cloned().collect();
    window.merge(&draw(&rare, 40, &mut random));
    let found = finding(&alone(window), &usual, Kind::Intents);
    assert!(found.moved && found.level == Level::Show && found.now > 0.25, "{found:?}");
    let cause = &found.causes[0];
    assert_eq!(cause.name, "topic_25");
    assert!(cause.part > 0.5 && cause.now > 0.19 && cause.usual < 0.02, "{cause:?}");
    assert!(found.causes.len() <= 10);
}

#[test]
fn less_confidence_names_where_it_was_lost() {
    let rows = population(10, 8, 3_000, 6);
    let mut random = Random::new(7);
    let usual = reference(&rows, 3_000, &mut random);
    let unsure: Vec<Row> = rows
        .iter()
        .map(|row| Row {
            confidence: if row.intent.as_str() == "topic_03" { 0.5 } else { row.confidence },
            ..row.clone()
        })
        .collect();
    let window = alone(draw(&unsure, 400, &mut random));
    let found = finding(&window, &usual, Kind::Confidence);
    assert!(found.moved && found.now < found.usual, "{found:?}");
    assert_eq!(found.causes[0].name, "topic_03");
    let found = finding(&window, &usual, Kind::Distribution);
    assert!(found.moved && found.causes[0].name.starts_with("0."), "{found:?}");
    // More confidence is no finding.
    let sure: Vec<Row> = rows.iter().map(|row| Row { confidence: 0.99, ..row.clone() }).collect();
    let window = alone(draw(&sure, 400, &mut random));
    assert!(!finding(&window, &usual, Kind::Confidence).moved);
}

#[test]
fn the_weekend_is_no_change() {
    let weekdays = population(10, 8, 2_000, 8);
    let weekends: Vec<Row> = population(10, 8, 2_000, 9)
        .into_iter()
        .map(|row| Row { confidence: row.confidence * 0.9, ..row })
        .collect();
    let mut random = Random::new(10);
    let degrees = degrees(&vectors(&weekdays));
    let (weekday, weekend) = (bucket(Period::WeekdayDay), bucket(Period::WeekendDay));
    let hour: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap();
    let until = hour + SignedDuration::from_hours(24 * 10);
    let hours = [
        (weekday, draw(&weekdays, 3_000, &mut random)),
        (weekend, draw(&weekends, 900, &mut random)),
    ];
    let hours = hours.iter().map(|(bucket, sums)| (hour, *bucket, sums));
    let usual = Reference::trailing(hours, until, degrees);
    assert_eq!(usual.basis, Basis::Trailing);
    let window = Window::from([
        (weekday, draw(&weekdays, 60, &mut random)),
        (weekend, draw(&weekends, 300, &mut random)),
    ]);
    for kind in [Kind::Confidence, Kind::Intents, Kind::Meaning] {
        assert!(!finding(&window, &usual, kind).moved, "{kind:?}");
    }
    // Compared with everything at once, it is one.
    let mut everything = Sums::default();
    usual.window.values().for_each(|sums| everything.merge(sums));
    let blind = Reference::training(everything, degrees);
    for kind in [Kind::Confidence, Kind::Meaning] {
        assert!(finding(&window, &blind, kind).moved, "{kind:?}");
    }
}

#[test]
fn the_trailing_reference_leaves_out_the_last_week_and_what_is_older_than_four() {
    let until: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
    let mut one = Sums::default();
    one.add(&population(1, 2, 1, 1)[0].contribution());
    let ages = [0, 24, 7 * 24, 7 * 24 + 1, 20 * 24, 28 * 24, 28 * 24 + 1, -5];
    let hours = ages.map(|age| (until - SignedDuration::from_hours(age), Bucket::default(), &one));
    let usual = Reference::trailing(hours, until, None);
    assert_eq!(usual.window[&Bucket::default()].judged().count, 3);
}

#[test]
fn what_pulls_the_mean_is_named() {
    let rows = population(5, 16, 1_000, 11);
    let mut random = Random::new(12);
    let usual = reference(&rows, 2_000, &mut random);
    let mut other = vec![0.0_f32; 16];
    other[3] = 1.0;
    let strange = Row { vector: other, ..rows[0].clone() };
    let mut window = draw(&rows, 90, &mut random);
    window.merge(&draw(std::slice::from_ref(&strange), 20, &mut random));
    let window = alone(window);
    assert!(finding(&window, &usual, Kind::Meaning).moved);
    let mut drawn: Vec<_> =
        rows[..90].iter().enumerate().map(|(at, r)| (at, r.vector.clone())).collect();
    drawn.push((999, strange.vector));
    let found = pulls(&window, &usual, drawn, 10);
    assert_eq!((found.len(), found[0].which), (10, 999));
    assert!(found.is_sorted_by(|a, b| a.strength >= b.strength));
    let blind = Reference { degrees: None, ..usual };
    assert!(pulls(&window, &blind, [(1, vec![1.0; 16])], 10).is_empty());
}

#[test]
fn an_alarm_takes_two_windows_running_and_so_does_its_end() {
    let rows = population(10, 8, 1_000, 13);
    let mut random = Random::new(14);
    let usual = [reference(&rows, 2_000, &mut random)];
    let quiet = compare(&alone(draw(&rows, 200, &mut random)), &usual, 1e-9);
    let strange: Vec<Row> = rows.iter().map(|row| Row { novel: true, ..row.clone() }).collect();
    let loud = compare(&alone(draw(&strange, 200, &mut random)), &usual, 1e-9);
    let few = compare(&alone(draw(&rows, 10, &mut random)), &usual, 1e-9);
    let mut watch = Watch::default();
    let mut take = |window: &[Comparison]| -> Vec<bool> {
        let kept = serde_json::to_string(&watch).unwrap();
        watch = serde_json::from_str(&kept).unwrap();
        let changes = watch.take(window);
        assert!(changes.iter().all(|change| change.finding.kind == Kind::Novelty));
        assert!(changes.iter().all(|change| change.level == Level::Notify));
        changes.iter().map(|change| change.raised).collect()
    };
    assert!(take(&loud).is_empty(), "one window may be chance");
    assert!(take(&quiet).is_empty() && take(&loud).is_empty());
    assert!(take(&few).is_empty(), "too few decisions change nothing");
    assert_eq!(take(&loud), [true]);
    assert!(take(&loud).is_empty() && take(&quiet).is_empty() && take(&loud).is_empty());
    assert!(take(&quiet).is_empty());
    assert_eq!(take(&quiet), [false]);
    assert_eq!(watch.raised().count(), 0);
}
