//! The reports: metrics of a window, all together and divided.

use super::{
    asked::{Between, Dimension, Waiting},
    counts::Counts,
    forecast::{Expected, forecast},
    metric::{FEWEST, Metric, Rule},
    risk::{Case, Risk, risk},
    rules::{BANDS, HANDOFFS, OVERVIEW, RETURN, SCORECARD},
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
    /// The day after the window, or why nothing is expected of it.
    pub forecast: Result<Vec<Expected>, String>,
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

/// How support does, and what its lower tiers could learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The metrics.
    pub page: Page,
    /// Recurring intents that tier 2 or 3 solves, the most frequent first.
    pub return_path: Vec<Recurring>,
    /// How probable it is that a case reaches tier 3, or why nobody can say.
    pub risk: Result<Risk, String>,
}

/// An intent that tier 2 or 3 solves again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurring {
    /// The intent.
    pub intent: String,
    /// How often one of them did.
    pub solved: i64,
    /// The share of all that was solved.
    pub share: Metric,
    /// Identifiers of the latest of these decisions.
    pub examples: Vec<String>,
}

/// Most intents of the return path.
const RECURRING: usize = 10;
/// The day that is expected.
const AHEAD_HOURS: usize = 24;
/// Hours that are shown one by one.
const SHOWN_HOURS: usize = 7 * 24;

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
    /// - `hours`: decisions of record by the hour, without a gap, the latest last; of a window that
    ///   ends now the last one has only begun, and is left out of what the forecast learns from.
    pub fn of(sums: Sums, bands: &[(String, Counts)], hours: &[(Timestamp, u64)]) -> Self {
        let bands = Band::ALL.iter().map(|band| {
            let counts = bands.iter().find(|(name, _)| name == band.as_str());
            let counts = counts.map(|(_, counts)| *counts).unwrap_or_default();
            Group {
                value: band.as_str().to_owned(),
                decisions: counts.decisions,
                metrics: BANDS.iter().map(|rule| rule.of(&counts)).collect(),
            }
        });
        let (bands, to) = (bands.collect(), sums.between.to);
        let is_over = |(at, _): &&(Timestamp, u64)| to.duration_since(*at).as_secs() >= 3600;
        let over = hours.iter().take_while(is_over).count();
        let from = hours.len().saturating_sub(SHOWN_HOURS);
        let forecast = forecast(&hours[..over], AHEAD_HOURS);
        Self { page: Page::of(sums, OVERVIEW), bands, volume: hours[from..].to_vec(), forecast }
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

impl Scorecard {
    /// Recurring are the intents that tier 2 or 3 has solved often enough to say anything of.
    ///
    /// - `intents`: the sums by intent.
    /// - `cases`: the latest, solved and open.
    pub fn of(sums: Sums, intents: &[(String, Counts)], cases: &[Case]) -> Self {
        let often = intents.iter().filter(|(name, sums)| !name.is_empty() && sums.expert >= FEWEST);
        let mut return_path: Vec<_> = often
            .map(|(intent, counts)| Recurring {
                intent: intent.clone(),
                solved: counts.expert,
                share: RETURN.of(counts),
                examples: Vec::new(),
            })
            .collect();
        return_path.sort_by(|a, b| b.solved.cmp(&a.solved).then(a.intent.cmp(&b.intent)));
        return_path.truncate(RECURRING);
        Self { page: Page::of(sums, SCORECARD), return_path, risk: risk(cases) }
    }
}
