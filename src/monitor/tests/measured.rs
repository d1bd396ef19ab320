//! The shifts of the measurement, on real vectors: CLINC150 as `scripts/drift/run` prepares it.

use std::{collections::BTreeMap, env, fs};

use serde::Deserialize;

use super::{
    simulations::{count, most},
    world::{Row, alone, real, vectors},
};
use crate::{
    monitor::{Kind, Reference, Sums},
    statistics::{Random, degrees},
};

/// One line of the prepared file.
#[derive(Deserialize)]
struct Line {
    /// `plain`, `foreign`, `wording`, `typos`; and the same of a model that lacks five intents,
    /// after `held_`.
    kind: String,
    intent: String,
    confidence: f32,
    novel: bool,
    vector: Vec<f32>,
}

fn rows() -> Option<BTreeMap<String, Vec<Row>>> {
    let path = env::var("BATON_DRIFT_ROWS").unwrap_or_default();
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("left out: BATON_DRIFT_ROWS names no file; `scripts/drift/run DATA` writes it");
        return None;
    };
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).unwrap();
        let (intent, confidence, novel) = (line.intent.into(), line.confidence, line.novel);
        let row = Row { intent, confidence, novel, vector: line.vector };
        rows.entry(line.kind).or_default().push(row);
    }
    Some(rows)
}

/// The reference of the measurement.
const REFERENCE: usize = 3_600;

/// A reference and what is left to draw windows from: no text stands in both.
fn split(rows: &[Row], degrees: Option<f64>, random: &mut Random) -> (Reference, Vec<usize>) {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    random.shuffle(&mut places);
    let left = places.split_off(REFERENCE);
    let mut sums = Sums::default();
    for &place in &places {
        sums.add(&rows[place].contribution());
    }
    (Reference::training(sums, degrees), left)
}

#[test]
#[ignore = "needs prepared data"]
fn the_shifts_of_the_measurement_are_found() {
    let Some(rows) = rows() else { return };
    let none = Vec::new();
    let of = |kind: &str| rows.get(kind).unwrap_or(&none);
    let mut missed = Vec::new();
    // Window, share, where the shifted come from, and the power that was measured.
    for (size, share, from, power) in [
        (100, 0.10, "foreign", &[(Kind::Confidence, 0.93), (Kind::Novelty, 0.97)][..]),
        (200, 0.05, "foreign", &[(Kind::Confidence, 0.76), (Kind::Novelty, 0.73)]),
        (200, 0.10, "foreign", &[(Kind::Confidence, 1.0), (Kind::Novelty, 1.0)]),
        (200, 0.10, "held_new", &[(Kind::Confidence, 1.0), (Kind::Novelty, 1.0)]),
        (500, 0.05, "held_new", &[(Kind::Confidence, 1.0), (Kind::Novelty, 0.97)]),
        (200, 0.10, "demand", &[(Kind::Intents, 0.83)]),
        (100, 0.20, "wording", &[(Kind::Meaning, 1.0)]),
        (
            100,
            0.50,
            "typos",
            &[(Kind::Confidence, 1.0), (Kind::Novelty, 1.0), (Kind::Meaning, 0.99)],
        ),
    ] {
        let base = of(if from.starts_with("held") { "held_plain" } else { "plain" });
        let degrees = degrees(&vectors(base));
        let mut random = Random::new(31);
        let found = count(500, 0.05, || {
            let (usual, left) = split(base, degrees, &mut random);
            let strange = (0..size).filter(|_| random.uniform() < share).count();
            let mut window = Sums::default();
            for &place in &left[..size - strange] {
                window.add(&base[place].contribution());
            }
            // Changed texts are those of places that are in neither.
            let spare = &left[size..];
            for _ in 0..strange {
                let place = spare[random.below(spare.len())];
                let row = match from {
                    "demand" => base[place..]
                        .iter()
                        .chain(&base[..place])
                        .find(|row| ["topic_03", "topic_17"].contains(&row.intent.as_str())),
                    "wording" | "typos" => of(from).get(place),
                    _ => of(from).get(random.below(of(from).len())),
                };
                window.add(&row.unwrap().contribution());
            }
            (alone(window), usual)
        });
        eprintln!("{size}, {:.0} % {from}: {:?} of 500 at 0.05", share * 100.0, found);
        for &(kind, power) in power {
            let place = Kind::ALL.iter().position(|one| *one == kind).unwrap();
            let got = real(found[place]) / 500.0;
            if got < power - 0.1 {
                missed.push(format!("{size}, {from}, {kind:?}: {got} instead of {power}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
#[ignore = "needs prepared data"]
fn windows_of_real_texts_rarely_alarm() {
    let Some(rows) = rows() else { return };
    let rows = &rows["plain"];
    let degrees = degrees(&vectors(rows));
    eprintln!("{} rows, which vary in {:.0} directions", rows.len(), degrees.unwrap());
    for (size, risk) in [50, 200, 1_000].into_iter().flat_map(|n| [(n, 0.05), (n, 0.01)]) {
        let mut random = Random::new(32);
        let found = count(1_000, risk, || {
            let (usual, left) = split(rows, degrees, &mut random);
            let mut window = Sums::default();
            for &place in &left[..size] {
                window.add(&rows[place].contribution());
            }
            (alone(window), usual)
        });
        eprintln!("1000 windows of {size} at {risk}: {found:?} of {:?}", Kind::ALL);
        for (kind, count) in Kind::ALL.into_iter().zip(found) {
            assert!(real(count) <= most(1_000, risk), "{kind:?} at {size}, {risk}: {count}");
        }
    }
}
