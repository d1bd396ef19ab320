//! The report of a replay, as it is sent and as `baton replay --json` prints it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::schema;
use crate::{
    domain::{Action, Band, Priority, ReasonCode, Severity, Timestamp},
    replay::{self, About, Listed, Report, Short, Side, Source, figures, staffing},
};

/// What would have happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayReport {
    /// The policy that was tried.
    policy: Named,
    /// The model that read the texts again; null if predictions are those of the records.
    model: Option<Named>,
    /// Files with conversations; null if decisions are those of the store.
    files: Option<Vec<String>>,
    /// Not before; null: from the first.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before; null: to the last.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Decisions by the version of the policy that they were taken under.
    taken_under: BTreeMap<String, usize>,
    left_out: LeftOutBody,
    /// Decisions that were taken again.
    decisions: usize,
    /// Of these, of record: one for each episode of a conversation. `before` and `after` count
    /// these.
    of_record: usize,
    /// Of these, with a label.
    labelled: usize,
    changes: ChangesBody,
    /// Decisions of record from band to band.
    moves: Vec<MoveBody>,
    /// As it was.
    before: SideBody,
    /// As it would have been.
    after: SideBody,
    /// The minutes that were reckoned with, by name.
    costs: BTreeMap<&'static str, f64>,
    /// Every figure by the name that `--fail-if` knows; null where there is nothing to compute it
    /// of.
    figures: BTreeMap<String, Option<f64>>,
}

/// Name and version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayNamed)]
struct Named {
    name: String,
    version: String,
}

/// What could not be replayed, or only in part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayLeftOut)]
struct LeftOutBody {
    /// Decisions whose payload was erased.
    erased: usize,
    /// Records that this version cannot read, and rows of a file that are no conversation.
    unreadable: usize,
    /// Decisions whose text is not kept, so that no model can read it.
    without_text: usize,
    /// Decisions that the model did not answer.
    unanswered: usize,
    /// Older decisions of the window beyond the limit of one request.
    older: usize,
    /// Labels of an unknown intent or role; their decisions are replayed.
    unknown_labels: usize,
}

/// Decisions that come out otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayChanges)]
struct ChangesBody {
    decisions: usize,
    /// With another tier or role.
    rerouted: usize,
    /// How many differ in what.
    by_aspect: BTreeMap<&'static str, usize>,
    /// The first of them, in the order in which they were taken.
    listed: Vec<ListedBody>,
    /// How many more there are.
    unlisted: usize,
}

/// A decision that comes out otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayListed)]
struct ListedBody {
    /// The identifier of a stored decision, or file and line of a conversation.
    decision: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What differs.
    differing: Vec<&'static str>,
    before: ShortBody,
    after: ShortBody,
    /// Rules that no longer hold.
    #[schema(schema_with = schema::reason_codes)]
    reasons_gone: Vec<ReasonCode>,
    /// Rules that hold now.
    #[schema(schema_with = schema::reason_codes)]
    reasons_new: Vec<ReasonCode>,
}

/// A decision in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayDecision)]
struct ShortBody {
    #[schema(maximum = 4)]
    tier: u8,
    role: String,
    queue: String,
    #[schema(schema_with = schema::band)]
    band: Band,
    #[schema(schema_with = schema::action)]
    action: Action,
    confidence: f32,
    #[schema(schema_with = schema::severity)]
    severity: Severity,
    #[schema(schema_with = schema::priority)]
    priority: Priority,
    /// Whether tier and role are right; null where nobody has said.
    right: Option<bool>,
}

/// Decisions of record that went from one band to another, or stayed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayMove)]
struct MoveBody {
    #[schema(schema_with = schema::band)]
    from: Band,
    #[schema(schema_with = schema::band)]
    to: Band,
    decisions: usize,
}

/// One side of the comparison.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplaySide)]
struct SideBody {
    bands: Vec<BandBody>,
    /// Decisions that act without asking.
    automatic: usize,
    /// Decisions with a deliberate handoff.
    escalated: usize,
    /// How many labelled decisions are right.
    right: ProportionBody,
    /// How precise decisions are if only the surest are taken, by confidence alone.
    coverage: Vec<PointBody>,
    /// By tier.
    tiers: Vec<TierBody>,
    /// By role.
    roles: Vec<RoleBody>,
    /// Labelled decisions that lead to a wrong place.
    misroutes: usize,
    /// Minutes for these, in the mode of each decision.
    misroute_minutes: f64,
    /// Minutes for these, were all of band `auto` automatic.
    live_misroute_minutes: f64,
    /// Minutes for suggestions and triage, over all decisions of record.
    handling_minutes: f64,
}

/// One band.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayBand)]
struct BandBody {
    #[schema(schema_with = schema::band)]
    band: Band,
    decisions: usize,
    share: Option<f64>,
    /// How many of the labelled ones are right.
    right: ProportionBody,
}

/// A share with its exact 95 % bounds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayProportion)]
struct ProportionBody {
    right: usize,
    of: usize,
    share: Option<f64>,
    low: f64,
    high: f64,
}

/// One point of the coverage-precision curve.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayPoint)]
struct PointBody {
    /// From this confidence on.
    threshold: f32,
    /// The share of the labelled decisions that is taken.
    coverage: f64,
    right: ProportionBody,
}

/// The load of a tier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayTier)]
struct TierBody {
    tier: u8,
    decisions: usize,
    share: Option<f64>,
    /// The healthy share of the volume; null for a tier without one.
    healthy: Option<HealthyBody>,
}

/// A healthy share of the volume.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayHealthy)]
struct HealthyBody {
    low: f64,
    high: f64,
    /// The share lies between the two.
    within: bool,
}

/// The load of a role.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayRole)]
struct RoleBody {
    role: String,
    decisions: usize,
    share: Option<f64>,
}

impl From<&Report> for ReplayReport {
    fn from(report: &Report) -> Self {
        let About { policy, model, source, taken_under, left_out } = &report.about;
        let (files, from, to) = match source {
            Source::Store => (None, None, None),
            Source::Window { from, to } => (None, *from, *to),
            Source::Files(files) => (Some(files.clone()), None, None),
        };
        let named = |(name, version): &(String, String)| Named {
            name: name.clone(),
            version: version.clone(),
        };
        let moves = report.moves.iter();
        let figures = figures(report).into_iter().map(|figure| (figure.name, figure.value));
        Self {
            policy: named(policy),
            model: model.as_ref().map(named),
            files,
            from,
            to,
            taken_under: taken_under.clone(),
            left_out: LeftOutBody {
                erased: left_out.erased,
                unreadable: left_out.unreadable,
                without_text: left_out.without_text,
                unanswered: left_out.unanswered,
                older: left_out.older,
                unknown_labels: left_out.unknown_labels,
            },
            decisions: report.decisions,
            of_record: report.of_record,
            labelled: report.labelled,
            changes: changes(&report.changes),
            moves: moves
                .map(|one| MoveBody { from: one.from, to: one.to, decisions: one.decisions })
                .collect(),
            before: SideBody::from(&report.before),
            after: SideBody::from(&report.after),
            costs: report.costs.all().into_iter().collect(),
            figures: figures.collect(),
        }
    }
}

fn changes(changes: &replay::Changes) -> ChangesBody {
    let by_aspect = changes.by_aspect.iter().map(|(aspect, count)| (aspect.as_str(), *count));
    ChangesBody {
        decisions: changes.decisions,
        rerouted: changes.rerouted,
        by_aspect: by_aspect.collect(),
        listed: changes.listed.iter().map(ListedBody::from).collect(),
        unlisted: changes.unlisted,
    }
}

impl From<&Listed> for ListedBody {
    fn from(listed: &Listed) -> Self {
        Self {
            decision: listed.name.clone(),
            at: listed.at,
            differing: listed.differing.iter().map(|aspect| aspect.as_str()).collect(),
            before: ShortBody::from(&listed.before),
            after: ShortBody::from(&listed.after),
            reasons_gone: listed.reasons_gone.clone(),
            reasons_new: listed.reasons_new.clone(),
        }
    }
}

impl From<&Short> for ShortBody {
    fn from(short: &Short) -> Self {
        Self {
            tier: short.tier.get(),
            role: short.role.to_string(),
            queue: short.queue.clone(),
            band: short.band,
            action: short.action,
            confidence: short.confidence.get(),
            severity: short.severity,
            priority: short.priority,
            right: short.right,
        }
    }
}

impl From<&Side> for SideBody {
    fn from(side: &Side) -> Self {
        let proportion = |one: &replay::Proportion| ProportionBody {
            right: one.right,
            of: one.of,
            share: one.share,
            low: one.low,
            high: one.high,
        };
        let bands = side.bands.iter().map(|one| BandBody {
            band: one.band,
            decisions: one.decisions,
            share: one.share,
            right: proportion(&one.right),
        });
        let coverage = side.coverage.iter().map(|point| PointBody {
            threshold: point.threshold,
            coverage: point.coverage,
            right: proportion(&point.right),
        });
        let tiers = side.tiers.iter().map(|load| TierBody {
            tier: load.to.get(),
            decisions: load.decisions,
            share: load.share,
            healthy: staffing(load).map(|found| HealthyBody {
                low: found.low,
                high: found.high,
                within: found.healthy,
            }),
        });
        let roles = side.roles.iter().map(|load| RoleBody {
            role: load.to.to_string(),
            decisions: load.decisions,
            share: load.share,
        });
        Self {
            bands: bands.collect(),
            automatic: side.automatic,
            escalated: side.escalated,
            right: proportion(&side.right),
            coverage: coverage.collect(),
            tiers: tiers.collect(),
            roles: roles.collect(),
            misroutes: side.bill.misroutes,
            misroute_minutes: side.bill.misroute_minutes,
            live_misroute_minutes: side.bill.live_misroute_minutes,
            handling_minutes: side.bill.handling_minutes,
        }
    }
}
