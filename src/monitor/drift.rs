//! What has changed: a window against what is usual.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    finding::{Cause, Finding, Kind},
    reference::{Basis, Pair, Reference, Window, pairs},
    sums::{BINS, Sums, Tally, real},
};
use crate::{
    domain::Intent,
    statistics::{self, Hits, Mix, Stratum},
};

/// A window against one reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is taken for usual.
    pub basis: Basis,
    /// Judged decisions of the window.
    pub decisions: u64,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Too few decisions to say anything, which is not the same as "nothing has changed".
    NotEnoughData {
        /// Judged decisions of the reference.
        usual: u64,
        /// Fewest decisions of window and reference that are compared.
        fewest: u64,
    },
    /// One finding a kind, in the order of [`Kind::ALL`]; the last is absent without vectors.
    Findings(Vec<Finding>),
}

/// Fewest decisions of window and reference that are compared.
const FEWEST: u64 = 50;
/// Causes that are named.
const CAUSES: usize = 10;
/// What neighbouring bins of the confidence together hold of the reference.
const DECILE: f64 = 0.1;

/// Compares a window with each reference.
///
/// `risk`: the probability with which each finding may be wrong, in `(0, 1)`, e.g. 0.01. Demand
/// that follows the time of the week or the channel is no change: like is compared with like.
pub fn compare(window: &Window, references: &[Reference], risk: f64) -> Vec<Comparison> {
    let total = |window: &Window| -> u64 { window.values().map(|sums| sums.judged().count).sum() };
    let decisions = total(window);
    let mut compared = Vec::with_capacity(references.len());
    for reference in references {
        let usual = total(&reference.window);
        let outcome = if decisions < FEWEST || usual < FEWEST {
            Outcome::NotEnoughData { usual, fewest: FEWEST }
        } else {
            let pairs = pairs(window, &reference.window);
            Outcome::Findings(findings(&pairs, reference.degrees, risk))
        };
        compared.push(Comparison { basis: reference.basis, decisions, outcome });
    }
    compared
}

fn findings(pairs: &[Pair], degrees: Option<f64>, risk: f64) -> Vec<Finding> {
    let both = Both::of(pairs);
    let mut found =
        vec![novelty(&both), confidence(pairs, &both), intents(pairs), distribution(pairs)];
    found.extend(degrees.and_then(|degrees| meaning(pairs, degrees)));
    for finding in &mut found {
        finding.moved = finding.p <= risk;
        finding.causes.truncate(CAUSES);
    }
    found
}

/// All pairs together.
struct Both {
    window: Sums,
    reference: Sums,
}

impl Both {
    fn of(pairs: &[Pair]) -> Self {
        let mut both = Self { window: Sums::default(), reference: Sums::default() };
        for pair in pairs {
            both.window.merge(&pair.window);
            both.reference.merge(&pair.reference);
        }
        both
    }
}

fn finding(kind: Kind, (now, usual): (f64, f64), p: f64, causes: Vec<Cause>) -> Finding {
    Finding { kind, level: kind.level(), now, usual, p, moved: false, causes }
}

/// Exact, without regard to the time of the week: strangeness has no office hours.
fn novelty(both: &Both) -> Finding {
    let hits = |sums: &Sums| Hits { hits: size(sums.novel), of: size(sums.judged().count) };
    let (now, usual) = (hits(&both.window), hits(&both.reference));
    let p = statistics::more_often(now, usual);
    let share = |sums: &Sums| real(sums.novel) / real(sums.judged().count.max(1));
    finding(Kind::Novelty, (share(&both.window), share(&both.reference)), p, Vec::new())
}

/// Only a fall is a finding: more confidence harms nobody.
fn confidence(pairs: &[Pair], both: &Both) -> Finding {
    let powers: Vec<_> =
        pairs.iter().map(|pair| (pair.window.powers(), pair.reference.powers())).collect();
    let fallen = statistics::fallen(&powers);
    let now = both.window.judged().mean().unwrap_or_default();
    // What the reference lets expect under the circumstances of the window.
    let usual = now - fallen.map_or(0.0, |fallen| fallen.difference);
    let p = fallen.map_or(1.0, |fallen| fallen.p);
    finding(Kind::Confidence, (now, usual), p, less_sure(both))
}

/// Intents that are judged with less confidence than usual, by what that takes from the mean.
fn less_sure(both: &Both) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (intent, tally) in &both.window.intents {
        let usual = both.reference.intents.get(intent).and_then(Tally::mean);
        let (Some(now), Some(usual)) = (tally.mean(), usual) else { continue };
        let part = (usual - now).max(0.0) * real(tally.count);
        causes.push(Cause { name: intent.as_str().to_owned(), now, usual, part });
    }
    let all: f64 = causes.iter().map(|cause| cause.part).sum();
    causes.retain(|cause| cause.part > 0.0);
    for cause in &mut causes {
        cause.part /= all;
    }
    causes.sort_by(|a, b| b.part.total_cmp(&a.part));
    causes
}

fn intents(pairs: &[Pair]) -> Finding {
    let mut names: BTreeSet<&Intent> = BTreeSet::new();
    for pair in pairs {
        names.extend(pair.window.intents.keys().chain(pair.reference.intents.keys()));
    }
    let names: Vec<_> = names.into_iter().collect();
    let counts = |sums: &Sums| -> Vec<u64> {
        let count = |name: &&Intent| sums.intents.get(*name).map_or(0, |tally| tally.count);
        names.iter().map(count).collect()
    };
    let mix = statistics::compare(&strata(pairs, counts));
    let name = |cell: usize| names.get(cell).map_or("", |name| name.as_str()).to_owned();
    finding(Kind::Intents, (mix.psi, 0.0), mix.p, causes(&mix, name))
}

/// Neighbouring bins are joined until each group holds a tenth of the reference.
fn distribution(pairs: &[Pair]) -> Finding {
    let mut usual = [0_u64; BINS];
    for pair in pairs {
        for (sum, more) in usual.iter_mut().zip(pair.reference.bins) {
            *sum = sum.saturating_add(more);
        }
    }
    let groups = statistics::neighbours(&usual, DECILE);
    let last = groups.last().copied().unwrap_or(0);
    let counts = |sums: &Sums| -> Vec<u64> {
        let mut counts = vec![0_u64; last + 1];
        for (&group, count) in groups.iter().zip(sums.bins) {
            counts[group] = counts[group].saturating_add(count);
        }
        counts
    };
    let mix = statistics::compare(&strata(pairs, counts));
    let edge = |bin: usize| real(bin as u64) / real(BINS as u64);
    let name = |group: usize| {
        let first = groups.iter().position(|&of| of == group).unwrap_or(0);
        let end = groups.iter().rposition(|&of| of == group).unwrap_or(0) + 1;
        format!("{:.2}-{:.2}", edge(first), edge(end))
    };
    finding(Kind::Distribution, (mix.psi, 0.0), mix.p, causes(&mix, name))
}

/// `None` if there are not enough vectors. Which conversations pull most: [`super::pulls()`].
fn meaning(pairs: &[Pair], degrees: f64) -> Option<Finding> {
    let moved = direction(pairs, degrees)?;
    Some(finding(Kind::Meaning, (moved.ratio, 1.0), moved.p, Vec::new()))
}

/// How the mean vector has moved.
pub(super) fn direction(pairs: &[Pair], degrees: f64) -> Option<statistics::Movement> {
    let vectors: Vec<_> =
        pairs.iter().map(|pair| (pair.window.direction(), pair.reference.direction())).collect();
    statistics::moved(&vectors, degrees)
}

fn strata(pairs: &[Pair], counts: impl Fn(&Sums) -> Vec<u64>) -> Vec<Stratum> {
    let stratum =
        |pair: &Pair| Stratum { window: counts(&pair.window), reference: counts(&pair.reference) };
    pairs.iter().map(stratum).collect()
}

fn causes(mix: &Mix, name: impl Fn(usize) -> String) -> Vec<Cause> {
    let size: f64 = mix.cells.iter().map(|cell| cell.observed).sum();
    let found = mix.cells.iter().filter(|cell| cell.part > 0.0).take(CAUSES);
    found
        .map(|cell| Cause {
            name: name(cell.cell),
            now: cell.observed / size,
            usual: cell.expected / size,
            part: cell.part,
        })
        .collect()
}

/// A count of what is in memory or was added up from it.
fn size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
