//! Reports as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::{health::ContractBody, schema};
use crate::{
    domain::Timestamp,
    reports::{
        Audits, Bin, Calibration, Certified, Expected, Group, Handoffs, Metric, Overview, Page,
        Point, Waiting,
    },
    triage::Promised,
};

/// Decisions of record of a window.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WindowBody {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Decisions of record in it.
    decisions: i64,
}

/// One metric.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MetricBody {
    #[schema(example = "override_rate")]
    name: &'static str,
    /// What it is, in one sentence.
    definition: &'static str,
    /// What is usual; null where nobody knows.
    healthy: Option<&'static str>,
    numerator: f64,
    denominator: f64,
    /// Their quotient; null with the reason.
    value: Option<f64>,
    /// Lower bound of the 95 % confidence sequence, which holds at every look.
    low: Option<f64>,
    /// Its upper bound.
    high: Option<f64>,
    /// Why there is no value; null otherwise.
    #[schema(example = "not enough data: 12 cases, and it takes 20")]
    reason: Option<String>,
}

/// Decisions of record that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupBody {
    /// What: an intent, a tier, ...; empty where it is not known.
    #[schema(example = "billing_dispute")]
    value: String,
    decisions: i64,
    metrics: Vec<MetricBody>,
}

/// The figures divided.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupsBody {
    #[schema(schema_with = schema::dimension)]
    by: &'static str,
    /// The largest, at most 100, the largest first.
    groups: Vec<GroupBody>,
    /// How many there are beyond these.
    left_out: usize,
}

/// What every report has.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageBody {
    window: WindowBody,
    metrics: Vec<MetricBody>,
    /// Null without `by`.
    divided: Option<GroupsBody>,
}

/// Whether the service keeps its promise, and what it has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewBody {
    #[serde(flatten)]
    page: PageBody,
    /// The bands, from the least to the most sure.
    bands: Vec<GroupBody>,
    /// Decisions of record by the hour, for the last week of the window.
    volume: Vec<HourBody>,
    forecast: ForecastBody,
    /// Whether automatic decisions keep their promise.
    promise: ContractBody,
}

/// One hour.
#[derive(Debug, Serialize, ToSchema)]
struct HourBody {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    decisions: u64,
}

/// The day after the window.
#[derive(Debug, Serialize, ToSchema)]
struct ForecastBody {
    /// Hour by hour; null with the reason.
    hours: Option<Vec<ExpectedBody>>,
    /// Why nothing is expected; null otherwise.
    reason: Option<String>,
}

/// What an hour is expected to bring.
#[derive(Debug, Serialize, ToSchema)]
struct ExpectedBody {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Decisions of record, on average.
    decisions: f64,
    /// Lower bound for 95 % of such hours.
    low: u64,
    /// Upper bound.
    high: u64,
}

/// What becomes of handoffs.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoffsBody {
    #[serde(flatten)]
    page: PageBody,
    not_acknowledged: NotAcknowledged,
}

/// Handoffs that nobody has picked up in time, whatever the window.
#[derive(Debug, Serialize, ToSchema)]
struct NotAcknowledged {
    /// After that long they are listed: the policy's time.
    after_minutes: f64,
    /// How many there are.
    count: u64,
    /// Those that have waited longest, at most 100.
    longest: Vec<WaitingBody>,
}

/// A handoff that waits.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingBody {
    conversation_id: String,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    #[schema(schema_with = schema::severity)]
    severity: String,
}

/// Whether confidences mean what they say.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationBody {
    #[serde(flatten)]
    page: PageBody,
    /// Twentieths of confidence, from the least to the most sure; those without decisions are left
    /// out.
    bins: Vec<BinBody>,
    /// The mean distance of confidence and precision over all labelled decisions; null with the
    /// reason.
    error: Option<f64>,
    /// Why there is no error; null otherwise.
    error_reason: Option<String>,
    /// What a threshold would give, from the surest decisions to all of them.
    coverage: Vec<PointBody>,
    /// Automatic decisions by their most probable intent, the most frequent first.
    intents: Vec<CertifiedBody>,
    audits: AuditsBody,
}

/// Decisions of similar confidence.
#[derive(Debug, Serialize, ToSchema)]
struct BinBody {
    /// From this confidence on, for 0.05.
    from: f64,
    decisions: i64,
    /// Their mean.
    confidence: f64,
    precision: MetricBody,
}

/// What a threshold would give.
#[derive(Debug, Serialize, ToSchema)]
struct PointBody {
    threshold: f64,
    /// The share of all decisions of record at or above it.
    coverage: f64,
    precision: MetricBody,
}

/// Automatic decisions of one intent.
#[derive(Debug, Serialize, ToSchema)]
struct CertifiedBody {
    intent: String,
    decisions: i64,
    /// By audits alone.
    precision: MetricBody,
    /// The certificate in force keeps the intent from being automatic; null where no model is at
    /// hand to say.
    vetoed: Option<bool>,
}

/// The audits of decisions of the window.
#[derive(Debug, Serialize, ToSchema)]
struct AuditsBody {
    drawn: u64,
    answered: u64,
    open: u64,
    /// Erased before anybody answered.
    erased: u64,
}

impl From<Page> for PageBody {
    fn from(page: Page) -> Self {
        let Page { between, decisions, metrics, by, groups, left_out } = page;
        let window = WindowBody { from: between.from, to: between.to, decisions };
        let groups = groups.into_iter().map(GroupBody::from).collect();
        let divided = by.map(|by| GroupsBody { by: by.as_str(), groups, left_out });
        let metrics = metrics.into_iter().map(MetricBody::from).collect();
        Self { window, metrics, divided }
    }
}

impl From<Group> for GroupBody {
    fn from(group: Group) -> Self {
        let metrics = group.metrics.into_iter().map(MetricBody::from).collect();
        Self { value: group.value, decisions: group.decisions, metrics }
    }
}

impl From<Metric> for MetricBody {
    fn from(metric: Metric) -> Self {
        let Metric { name, definition, healthy, numerator, denominator, .. } = metric;
        Self {
            name,
            definition,
            healthy,
            numerator,
            denominator,
            value: metric.value,
            low: metric.interval.map(|interval| interval.low),
            high: metric.interval.map(|interval| interval.high),
            reason: metric.reason,
        }
    }
}

impl OverviewBody {
    /// - `promised`: whether automatic decisions keep their promise.
    pub fn new(overview: Overview, promised: Promised) -> Self {
        let hours = overview.volume.into_iter().map(|(at, decisions)| HourBody { at, decisions });
        let (hours_ahead, reason) = match overview.forecast {
            Ok(hours) => (Some(hours.into_iter().map(ExpectedBody::from).collect()), None),
            Err(reason) => (None, Some(reason)),
        };
        Self {
            page: overview.page.into(),
            bands: overview.bands.into_iter().map(GroupBody::from).collect(),
            volume: hours.collect(),
            forecast: ForecastBody { hours: hours_ahead, reason },
            promise: promised.into(),
        }
    }
}

impl From<Expected> for ExpectedBody {
    fn from(Expected { at, decisions, low, high }: Expected) -> Self {
        Self { at, decisions, low, high }
    }
}

impl From<Handoffs> for HandoffsBody {
    fn from(handoffs: Handoffs) -> Self {
        let longest = handoffs.waiting.into_iter().map(|waiting| {
            let Waiting { conversation, since, severity } = waiting;
            WaitingBody { conversation_id: conversation, since, severity }
        });
        let not_acknowledged = NotAcknowledged {
            after_minutes: handoffs.patience_minutes,
            count: handoffs.waiting_in_all,
            longest: longest.collect(),
        };
        Self { page: handoffs.page.into(), not_acknowledged }
    }
}

impl From<Calibration> for CalibrationBody {
    fn from(calibration: Calibration) -> Self {
        let Calibration { page, bins, error, coverage, intents, audits } = calibration;
        let (error, error_reason) = match error {
            Ok(error) => (Some(error), None),
            Err(reason) => (None, Some(reason)),
        };
        let bins = bins.into_iter().map(|Bin { from, decisions, confidence, precision }| BinBody {
            from,
            decisions,
            confidence,
            precision: precision.into(),
        });
        let coverage = coverage.into_iter().map(|Point { threshold, coverage, precision }| {
            PointBody { threshold, coverage, precision: precision.into() }
        });
        let intents =
            intents.into_iter().map(|Certified { intent, decisions, precision, vetoed }| {
                CertifiedBody { intent, decisions, precision: precision.into(), vetoed }
            });
        let Audits { drawn, answered, open, erased } = audits;
        Self {
            page: page.into(),
            bins: bins.collect(),
            error,
            error_reason,
            coverage: coverage.collect(),
            intents: intents.collect(),
            audits: AuditsBody { drawn, answered, open, erased },
        }
    }
}
