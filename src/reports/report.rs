//! The reports: metrics of a window, all together and divided.

use super::{
    asked::{Between, Dimension, Waiting},
    counts::Counts,
    metric::{Metric, Rule},
    rules::{BANDS, HANDOFFS, OVERVIEW},
};
use crate::domain::{Band, Timestamp};

/// What the store says of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    /// The window.
    pub between: Between,
    /// All decisions of record together.
    pub total: Counts,
    /// By what they are divided, and the sums by its values.
    pub divided: Option<(Dimension, Vec<(String, Counts)>)>,
}

/// What every report has.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The window.
    pub between: Between,
    /// Decisions of record in it.
    pub decisions: i64,
    /// All together.
    pub metrics: Vec<Metric>,
    /// By what they are divided.
    pub by: Option<Dimension>,
    /// The largest groups, the largest first.
    pub groups: Vec<Group>,
    /// Groups beyond these.
    pub left_out: usize,
}

/// Some decisions of record.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Their intent, tier and so on; empty where it is not known.
    pub value: String,
    /// How many they are.
    pub decisions: i64,
    /// What is said of them.
    pub metrics: Vec<Metric>,
}

/// Whether the service keeps its promise, and what it has to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The metrics.
    pub page: Page,
    /// The bands, from the least to the most sure.
    pub bands: Vec<Group>,
    /// Decisions of record by the hour, for the last week of the window; hours without any are
    /// there.
    pub volume: Vec<(Timestamp, u64)>,
}

/// What becomes of handoffs.
#[derive(Debug, Clone, PartialEq)]
pub struct Handoffs {
    /// The metrics.
    pub page: Page,
    /// Minutes after which a handoff that nobody has picked up is listed.
    pub patience_minutes: f64,
    /// Those that have waited longest.
    pub waiting: Vec<Waiting>,
    /// How many there are in all.
    pub waiting_in_all: u64,
}

/// Most groups of a report.
const GROUPS: usize = 100;

impl Page {
    pub(super) fn of(sums: Sums, rules: &[Rule]) -> Self {
        let metrics = |counts: &Counts| rules.iter().map(|rule| rule.of(counts)).collect();
        let (by, mut parts) = sums.divided.unzip();
        let parts = parts.get_or_insert_default();
        // Values in order where groups are equally large.
        parts.sort_by(|(a, one), (b, other)| other.decisions.cmp(&one.decisions).then(a.cmp(b)));
        let left_out = parts.len().saturating_sub(GROUPS);
        let groups = parts.iter().take(GROUPS).map(|(value, counts)| Group {
            value: value.clone(),
            decisions: counts.decisions,
            metrics: metrics(counts),
        });
        Self {
            between: sums.between,
            decisions: sums.total.decisions,
            metrics: metrics(&sums.total),
            by,
            groups: groups.collect(),
            left_out,
        }
    }
}

impl Overview {
    /// - `bands`: the sums by band.
    /// - `volume`: decisions of record by the hour.
    pub fn of(sums: Sums, bands: &[(String, Counts)], volume: Vec<(Timestamp, u64)>) -> Self {
        let bands = Band::ALL.iter().map(|band| {
            let counts = bands.iter().find(|(name, _)| name == band.as_str());
            let counts = counts.map(|(_, counts)| *counts).unwrap_or_default();
            Group {
                value: band.as_str().to_owned(),
                decisions: counts.decisions,
                metrics: BANDS.iter().map(|rule| rule.of(&counts)).collect(),
            }
        });
        Self { page: Page::of(sums, OVERVIEW), bands: bands.collect(), volume }
    }
}

impl Handoffs {
    /// - `sums`: of a window that ends before the handoffs that may still be picked up in time.
    /// - `waiting`: those that have waited longest, and how many there are in all.
    pub fn of(sums: Sums, patience_minutes: f64, waiting: (Vec<Waiting>, u64)) -> Self {
        let (waiting, waiting_in_all) = waiting;
        Self { page: Page::of(sums, HANDOFFS), patience_minutes, waiting, waiting_in_all }
    }
}
