//! One side of the comparison: bands, precision, load and cost of the decisions of record.

use std::collections::BTreeMap;

use super::{
    case::Verdict,
    costs::{Bill, Costs},
};
use crate::{
    domain::{Action, Band, RoleId, Tier},
    statistics::{Judged, Point, Proportion, coverage},
};

/// One side of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The bands, most sure first.
    pub bands: Vec<BandFigures>,
    /// Decisions that act without asking: resolved or routed.
    pub automatic: usize,
    /// Decisions with a deliberate handoff.
    pub escalated: usize,
    /// How many labelled decisions are right, in all bands.
    pub right: Proportion,
    /// How precise decisions are if only the surest are taken, by confidence alone.
    pub coverage: Vec<Point>,
    /// Decisions by tier, 0 to 4.
    pub tiers: Vec<Load<Tier>>,
    /// Decisions by role, in the order of their names.
    pub roles: Vec<Load<RoleId>>,
    /// What they cost.
    pub bill: Bill,
}

/// One band.
#[derive(Debug, Clone, PartialEq)]
pub struct BandFigures {
    /// Which.
    pub band: Band,
    /// Decisions of record in it.
    pub decisions: usize,
    /// Of all decisions of record; `None` of nothing.
    pub share: Option<f64>,
    /// How many of the labelled ones are right.
    pub right: Proportion,
}

/// Decisions that somebody has to work on.
#[derive(Debug, Clone, PartialEq)]
pub struct Load<T> {
    /// Who.
    pub to: T,
    /// Decisions of record.
    pub decisions: usize,
    /// Of all decisions of record; `None` of nothing.
    pub share: Option<f64>,
}

/// How a tier's share of the volume compares with what is healthy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staffing {
    /// The lowest healthy share.
    pub low: f64,
    /// The highest healthy share.
    pub high: f64,
    /// Whether the share lies between the two.
    pub healthy: bool,
}

/// Healthy shares of the volume: tier, from, to.
const HEALTHY: [(u8, f64, f64); 3] = [(1, 0.60, 0.70), (2, 0.25, 0.30), (3, 0.0, 0.10)];

/// Points of the coverage-precision curve.
const CURVE_POINTS: usize = 20;

/// Compares a tier's share with what is healthy; `None` for a tier without a healthy share.
pub fn staffing(load: &Load<Tier>) -> Option<Staffing> {
    let (_, low, high) = HEALTHY.into_iter().find(|(tier, ..)| *tier == load.to.get())?;
    let share = load.share?;
    Some(Staffing { low, high, healthy: (low..=high).contains(&share) })
}

/// What is kept of one side of a decision of record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) band: Band,
    pub(super) action: Action,
    pub(super) tier: Tier,
    pub(super) role: RoleId,
    pub(super) confidence: f32,
    pub(super) escalates: bool,
    pub(super) verdict: Verdict,
}

impl Side {
    pub(super) fn of(rows: &[&Row], costs: &Costs) -> Self {
        let all = rows.len();
        let rows = rows.iter().copied();
        let mut bill = Bill::default();
        for row in rows.clone() {
            bill.add(costs, row);
        }
        let count = |meant: fn(&Row) -> bool| rows.clone().filter(|row| meant(row)).count();
        let judged: Vec<Judged> = rows.clone().filter_map(Row::judged).collect();
        let bands = Band::ALL.iter().rev().map(|&band| {
            let of_band = rows.clone().filter(move |row| row.band == band);
            let decisions = of_band.clone().count();
            BandFigures { band, decisions, share: share(decisions, all), right: right(of_band) }
        });
        let tiers = (0..=Tier::HIGHEST).filter_map(|number| Tier::try_from(number).ok());
        let tiers = tiers.map(|tier| {
            let decisions = rows.clone().filter(|row| row.tier == tier).count();
            Load { to: tier, decisions, share: share(decisions, all) }
        });
        let mut roles: BTreeMap<&RoleId, usize> = BTreeMap::new();
        for row in rows.clone() {
            *roles.entry(&row.role).or_default() += 1;
        }
        let roles = roles.into_iter().map(|(role, decisions)| Load {
            to: role.clone(),
            decisions,
            share: share(decisions, all),
        });
        Self {
            bands: bands.collect(),
            automatic: count(|row| matches!(row.action, Action::Resolve | Action::Route)),
            escalated: count(|row| row.escalates),
            right: right(rows.clone()),
            coverage: coverage(&judged, CURVE_POINTS),
            tiers: tiers.collect(),
            roles: roles.collect(),
            bill,
        }
    }

    /// Figures of one band.
    pub fn band(&self, band: Band) -> Option<&BandFigures> {
        self.bands.iter().find(|figures| figures.band == band)
    }
}

impl Row {
    fn judged(&self) -> Option<Judged> {
        Some(Judged { confidence: self.confidence, right: self.verdict.is_right()? })
    }
}

fn right<'a>(rows: impl Iterator<Item = &'a Row>) -> Proportion {
    let (mut right, mut of) = (0, 0);
    for is_right in rows.filter_map(|row| row.verdict.is_right()) {
        right += usize::from(is_right);
        of += 1;
    }
    Proportion::of(right, of)
}

/// A part of a whole; `None` of nothing.
pub(super) fn share(part: usize, of: usize) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "nobody has taken 2^53 decisions")]
    let share = (of > 0).then(|| part as f64 / of as f64);
    share
}
