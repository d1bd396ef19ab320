//! How much each reviewed decision counts, and how much one person may move.

use std::collections::BTreeMap;

/// What is known of a reviewed decision besides its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The right class.
    pub class: usize,
    /// Who says so, by number; nobody where a file says so, which no cap touches.
    pub by: Vec<usize>,
    /// How probable it was that somebody would look, in `(0, 1]`; `None` where nobody knows.
    pub observed: Option<f64>,
    /// An acceptance by people who had seen the suggestion.
    pub anchored: bool,
    /// What was decided was accepted.
    pub accepted: bool,
    /// Whoever said so had seen the suggestion.
    pub shown: bool,
}

/// How far one person's word goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The share of the weight of a label, and of the whole, that one person may have, in `(0, 1]`.
    pub share: f64,
    /// The weight that they may have of a label whatever the share is.
    pub of_label: f64,
    /// The weight that they may have of the whole whatever the share is.
    pub of_all: f64,
}

/// What each row counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// A weight a row, in `[0, 10]`.
    pub weights: Vec<f64>,
    /// Rows whose inverse probability was cut to [`MOST`].
    pub clipped: usize,
    /// What acceptances count by those who had seen the suggestion.
    pub anchor: Anchor,
    /// People who said more than they may move, by number, with their weight before and after.
    pub capped: BTreeMap<usize, (f64, f64)>,
}

/// How often people agree with what they have seen, and with what they have not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// Reviews by those who had seen the suggestion, and how many of them accept.
    pub shown: (usize, usize),
    /// Reviews by those who had not.
    pub blind: (usize, usize),
    /// What one acceptance of the first kind counts.
    pub factor: f64,
}

/// The largest inverse probability: an audit of 3 in 100 would else count as 33 rows, and a few
/// dozen audits would drown a thousand corrections in their noise.
pub const MOST: f64 = 10.0;
/// From so many blind reviews on, the two shares of acceptances are compared.
pub const BLIND: usize = 30;
/// What an acceptance by somebody who had seen the suggestion counts until then.
const ANCHORED: f64 = 0.5;
/// The least that it counts.
const LEAST: f64 = 0.1;
/// Rounds after which the caps are as good as settled: each takes at most what is still too much.
const ROUNDS: usize = 200;
/// What may be too much all the same.
const SLACK: f64 = 1e-9;

impl Limits {
    /// A third, so that whoever flips labels has the majority nowhere; and as many rows as do
    /// little harm, since in a small desk one person may be the only one for a label.
    pub const DEFAULT: Self = Self { share: 1.0 / 3.0, of_label: 20.0, of_all: 100.0 };
}

/// Weighs the rows: inverse probability of having been looked at, cut at [`MOST`]; less for who
/// was shown the answer; scaled so that all together count as their effective number (Kish 1965);
/// then nobody more than the limits allow.
pub fn weigh(rows: &[Told], limits: Limits) -> Weighed {
    let anchor = Anchor::of(rows);
    let mut clipped = 0;
    let mut weights: Vec<f64> = Vec::with_capacity(rows.len());
    for row in rows {
        let inverse = row.observed.map_or(1.0, |observed| 1.0 / observed);
        clipped += usize::from(inverse > MOST);
        weights.push(inverse.clamp(1.0, MOST) * if row.anchored { anchor.factor } else { 1.0 });
    }
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), weight| {
        (sum + weight, weight.mul_add(*weight, squares))
    });
    // Few rows of great weight know no more than they are.
    let effective = if squares > 0.0 { (sum / squares).min(1.0) } else { 1.0 };
    for weight in &mut weights {
        *weight *= effective;
    }
    let before = of_people(rows, &weights);
    cap(rows, &mut weights, limits);
    let after = of_people(rows, &weights);
    let capped = before.into_iter().filter_map(|(person, before)| {
        let after = after.get(&person).copied().unwrap_or_default();
        (before - after > 1e-6).then_some((person, (before, after)))
    });
    let capped = capped.collect();
    Weighed { weights, clipped, anchor, capped }
}

impl Anchor {
    /// Compares the shares of acceptances below `auto`, where every decision goes by a person.
    fn of(rows: &[Told]) -> Self {
        let (mut shown, mut blind) = ((0, 0), (0, 0));
        for row in rows.iter().filter(|row| row.observed == Some(1.0) && !row.by.is_empty()) {
            let kind = if row.shown { &mut shown } else { &mut blind };
            kind.0 += 1;
            kind.1 += usize::from(row.accepted);
        }
        let overridden = |(all, accepted): (usize, usize)| real(all - accepted);
        let mut factor = ANCHORED;
        if blind.0 >= BLIND && shown.1 > 0 {
            // The factor that makes both shares equal; half a review more keeps it finite.
            let honest = (real(blind.1) + 0.5) / (overridden(blind) + 0.5);
            factor = (honest * overridden(shown) / real(shown.1)).clamp(LEAST, 1.0);
        }
        Self { shown, blind, factor }
    }
}

/// Lowers weights until nobody has more than the limits allow, of any label and of the whole.
fn cap(rows: &[Told], weights: &mut [f64], limits: Limits) {
    let mut of_label: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, told) in rows.iter().enumerate() {
        of_label.entry(told.class).or_default().push(row);
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    for _ in 0..ROUNDS {
        let mut changed = false;
        for own in of_label.values() {
            changed |= cap_once(rows, weights, own, (limits.share, limits.of_label));
        }
        changed |= cap_once(rows, weights, &all, (limits.share, limits.of_all));
        if !changed {
            return;
        }
    }
}

/// Lowers the weights of everybody who has more than a share of these rows; true if any was.
fn cap_once(rows: &[Told], weights: &mut [f64], own: &[usize], (share, floor): (f64, f64)) -> bool {
    let mut people: BTreeMap<usize, f64> = BTreeMap::new();
    let mut free = 0.0;
    for &row in own {
        let by = &rows[row].by;
        free += if by.is_empty() { weights[row] } else { 0.0 };
        for person in by {
            *people.entry(*person).or_default() += weights[row] / real(by.len());
        }
    }
    let most = level(people.values().copied().collect(), free, share).max(floor);
    let factors: BTreeMap<usize, f64> = people
        .into_iter()
        .filter(|(_, weight)| *weight > most + SLACK)
        .map(|(person, weight)| (person, most / weight))
        .collect();
    for &row in own {
        let by = &rows[row].by;
        if by.iter().any(|person| factors.contains_key(person)) {
            let kept: f64 =
                by.iter().map(|person| factors.get(person).copied().unwrap_or(1.0)).sum();
            weights[row] *= kept / real(by.len());
        }
    }
    !factors.is_empty()
}

/// The largest weight `m` with `m ≤ share · (free + Σ min(weight, m))`; 0 if there is none.
fn level(mut weights: Vec<f64>, free: f64, share: f64) -> f64 {
    weights.sort_by(f64::total_cmp);
    let mut below = free;
    for (place, &weight) in weights.iter().enumerate() {
        let cut = real(weights.len() - place);
        // If this one and all heavier ones were cut to `m`: m = share · (below + cut · m).
        let left = 1.0 - share * cut;
        if left > SLACK && share * below / left <= weight {
            return share * below / left;
        }
        below += weight;
    }
    // Nobody has more than the share.
    weights.last().copied().unwrap_or(0.0)
}

fn of_people(rows: &[Told], weights: &[f64]) -> BTreeMap<usize, f64> {
    let mut people = BTreeMap::new();
    for (row, weight) in rows.iter().zip(weights) {
        for person in &row.by {
            *people.entry(*person).or_default() += weight / real(row.by.len());
        }
    }
    people
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
#[path = "influence_tests.rs"]
mod tests;
