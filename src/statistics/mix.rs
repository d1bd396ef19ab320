//! Whether counts are distributed as they were: Pearson's test of two samples.

use serde::{Deserialize, Serialize};

use super::chi_squared_above;

/// What was counted under like circumstances, e.g. on weekdays by day: now, and in the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// `[cells]`: the counts of the window.
    pub window: Vec<u64>,
    /// `[cells]`: the counts of the reference.
    pub reference: Vec<u64>,
}

/// How two distributions of counts differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// Pearson's X²; 0 if there is nothing to compare.
    pub statistic: f64,
    /// Its degrees of freedom: cells that were compared, less one.
    pub degrees: usize,
    /// The probability of at least this statistic if nothing has changed.
    pub p: f64,
    /// Population stability index less what chance alone gives: a size, not evidence. By
    /// convention 0.1 is called small and 0.25 large.
    pub psi: f64,
    /// Every cell, those that contribute most to the statistic first.
    pub cells: Vec<Deviation>,
}

/// How one cell differs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// Its place in the strata.
    pub cell: usize,
    /// What was counted.
    pub observed: f64,
    /// What the reference lets expect.
    pub expected: f64,
    /// Its part of the sum over all cells before rare ones are pooled, in `[0, 1]`.
    pub part: f64,
}

/// Windows of more decisions than this can do with fewer, fuller cells.
const LARGE: f64 = 500.0;
/// What rare cells are at least expected to hold, or they are counted together.
const FEWEST: f64 = 1.0;
/// The same in large windows.
const FEWEST_OF_LARGE: f64 = 5.0;
/// What is added to every cell before logarithms are taken.
const SMOOTHING: f64 = 0.5;

/// One cell over all strata.
#[derive(Clone, Copy, Default)]
struct Cell {
    observed: f64,
    /// From the reference.
    expected: f64,
    /// From window and reference together: the best guess if nothing has changed.
    common: f64,
    /// Of `observed - expected`, as Pearson's statistic takes it.
    variance: f64,
}

impl Cell {
    fn and(self, other: Self) -> Self {
        Self {
            observed: self.observed + other.observed,
            expected: self.expected + other.expected,
            common: self.common + other.common,
            variance: self.variance + other.variance,
        }
    }

    fn statistic(self) -> f64 {
        if self.variance > 0.0 {
            (self.observed - self.expected).powi(2) / self.variance
        } else {
            0.0
        }
    }
}

/// Compares the counts of a window with those of a reference, stratum by stratum.
///
/// With one stratum it is Pearson's X² of two samples,
/// `Σ (c √(m/n) - r √(n/m))² / (c + r)`. With several, each is compared with its own reference, so
/// that more weekends in the window than in the reference are no change; the true error is then at
/// most the nominal one. Cells that are expected to hold less than 1 (5 in windows above 500) are
/// counted together. Strata without a reference are left out; all have as many cells as the first.
///
/// Source: Pearson 1911; bias of the index: Yurdakul 2018, `(K - 1)(1/n + 1/m)`.
pub fn compare(strata: &[Stratum]) -> Mix {
    let count = strata.first().map_or(0, |stratum| stratum.window.len());
    let mut cells = vec![Cell::default(); count];
    // The size of the window, and the sum of n²/m, which is n² over the reference's worth.
    let (mut size, mut share) = (0.0, 0.0);
    for stratum in strata {
        let (n, m) = (total(&stratum.window), total(&stratum.reference));
        if n == 0.0 || m == 0.0 {
            continue;
        }
        size += n;
        share += n * n / m;
        for (cell, (&c, &r)) in cells.iter_mut().zip(stratum.window.iter().zip(&stratum.reference))
        {
            let (c, r) = (whole(c), whole(r));
            let common = n * (c + r) / (n + m);
            *cell = cell.and(Cell {
                observed: c,
                expected: n * r / m,
                common,
                variance: common * (1.0 + n / m),
            });
        }
    }
    if size == 0.0 {
        return Mix { statistic: 0.0, degrees: 0, p: 1.0, psi: 0.0, cells: Vec::new() };
    }
    let (statistic, compared) = pearson(&cells, size);
    let degrees = compared.saturating_sub(1);
    let p = if degrees == 0 { 1.0 } else { chi_squared_above(statistic, super::real(degrees)) };
    let worth = size * size / share;
    Mix { statistic, degrees, p, psi: stability(&cells, size, worth), cells: deviations(&cells) }
}

/// The statistic, and how many cells it compares.
fn pearson(cells: &[Cell], size: f64) -> (f64, usize) {
    let fewest = if size > LARGE { FEWEST_OF_LARGE } else { FEWEST };
    let (mut statistic, mut compared) = (0.0, 0);
    let mut rare = Cell::default();
    for &cell in cells.iter().filter(|cell| cell.variance > 0.0) {
        if cell.common < fewest {
            rare = rare.and(cell);
        } else {
            statistic += cell.statistic();
            compared += 1;
        }
    }
    // What is rare even together tells nothing.
    if rare.common >= fewest {
        statistic += rare.statistic();
        compared += 1;
    }
    (statistic, compared)
}

/// The population stability index, less its expectation under no change.
fn stability(cells: &[Cell], size: f64, worth: f64) -> f64 {
    let kinds: Vec<_> = cells.iter().filter(|cell| cell.variance > 0.0).collect();
    let count = super::real(kinds.len());
    let mut index = 0.0;
    for cell in &kinds {
        let now = (cell.observed + SMOOTHING) / (size + SMOOTHING * count);
        let before = cell.expected * worth / size + SMOOTHING;
        let before = before / (worth + SMOOTHING * count);
        index += (now - before) * (now / before).ln();
    }
    (index - (count - 1.0) * (1.0 / size + 1.0 / worth)).max(0.0)
}

fn deviations(cells: &[Cell]) -> Vec<Deviation> {
    let all: f64 = cells.iter().map(|cell| cell.statistic()).sum();
    let mut found = Vec::with_capacity(cells.len());
    for (place, cell) in cells.iter().enumerate() {
        let part = if all > 0.0 { cell.statistic() / all } else { 0.0 };
        found.push(Deviation {
            cell: place,
            observed: cell.observed,
            expected: cell.expected,
            part,
        });
    }
    found.sort_by(|a, b| b.part.total_cmp(&a.part).then(a.cell.cmp(&b.cell)));
    found
}

/// Which neighbouring cells to count together so that each group holds at least `share` of the
/// reference: the place of the group of every cell.
///
/// - `counts`: `[cells]`, the reference's.
/// - `share`: in `(0, 1)`; with 0.1 the groups are about deciles.
pub fn neighbours(counts: &[u64], share: f64) -> Vec<usize> {
    let enough = total(counts) * share;
    let (mut groups, mut group, mut held) = (Vec::with_capacity(counts.len()), 0, 0.0);
    for (place, &count) in counts.iter().enumerate() {
        groups.push(group);
        held += whole(count);
        let left = total(&counts[place + 1..]);
        // What is left over at the end goes to the last group.
        if held >= enough && held > 0.0 && left >= enough && left > 0.0 {
            group += 1;
            held = 0.0;
        }
    }
    groups
}

fn total(counts: &[u64]) -> f64 {
    counts.iter().copied().map(whole).sum()
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53")]
fn whole(count: u64) -> f64 {
    count as f64
}
