//! `GET /v1/reports/…`: what analysts read.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    problem::{ApiError, Problem},
    schema,
};
use crate::{
    domain::{Invalid, Timestamp},
    reports::{Dimension, Group, Handoffs, Metric, Overview, Page, Waiting},
    triage::reports::{self, Asked, NoWindow},
};

/// Which window, and by what it is divided.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only documents the parameters; they are read one by one, so that every fault is named"
)]
pub(super) struct ReportParams {
    /// Decisions from the hour of this moment on, as RFC 3339; 28 days before the end if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Decisions of hours that began before this, as RFC 3339; the present if absent or later.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// By what the figures are divided; not at all if absent.
    #[param(schema_with = schema::dimension, required = false)]
    by: Option<Dimension>,
}

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
}

/// One hour.
#[derive(Debug, Serialize, ToSchema)]
struct HourBody {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    decisions: u64,
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

/// Whether the service keeps its promise, and what it has to do.
///
/// docs/analysts.md says what each metric means and what to do about it.
#[utoipa::path(get, path = "/v1/reports/overview", tag = "reports", params(ReportParams), responses(
    (status = 200, description = "The report", body = OverviewBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
#[tracing::instrument(skip_all)]
pub(super) async fn overview(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<OverviewBody>, ApiError> {
    let asked = asked(&given, app.triage.present())?;
    let ledger = app.recorder.store().ledger();
    Ok(Json(reports::overview(&ledger, asked).await?.into()))
}

/// What becomes of handoffs: how long they wait, whether they come back, what they lack.
#[utoipa::path(get, path = "/v1/reports/handoffs", tag = "reports", params(ReportParams), responses(
    (status = 200, description = "The report", body = HandoffsBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
#[tracing::instrument(skip_all)]
pub(super) async fn handoffs(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<HandoffsBody>, ApiError> {
    let asked = asked(&given, app.triage.present())?;
    let ledger = app.recorder.store().ledger();
    let patience = reports::patience(&app.triage.in_force().policy);
    Ok(Json(reports::handoffs(&ledger, asked, patience).await?.into()))
}

/// Reads the parameters; every fault is named, not only the first.
fn asked(given: &[(String, String)], now: Timestamp) -> Result<Asked, ApiError> {
    let (mut from, mut to, mut by) = (None, None, None);
    let mut wrong = Vec::new();
    for (name, value) in given {
        let time = "an RFC 3339 time such as 2026-11-20T10:00:00Z";
        let expected = match name.as_str() {
            "from" => read(value.parse().ok(), &mut from, time),
            "to" => read(value.parse().ok(), &mut to, time),
            "by" => {
                let names = "one of intent, tier, role, band, channel, group, product_area";
                read(Dimension::by(value), &mut by, names)
            }
            _ => Some("one of from, to, by"),
        };
        if let Some(expected) = expected {
            let name: String = name.chars().take(64).collect();
            wrong.push(Invalid::new(format!("?{name}"), format!("expected {expected}")));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    Asked::new((from, to), by, now).map_err(|cause| {
        let name = match cause {
            NoWindow::Empty(_) | NoWindow::Future(_) => "?from",
        };
        vec![Invalid::new(name, cause.to_string())].into()
    })
}

/// Keeps a value; says what is expected where there is none.
fn read<T>(
    value: Option<T>,
    place: &mut Option<T>,
    expected: &'static str,
) -> Option<&'static str> {
    let is_there = value.is_some();
    *place = value;
    (!is_there).then_some(expected)
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

impl From<Overview> for OverviewBody {
    fn from(overview: Overview) -> Self {
        let hours = overview.volume.into_iter().map(|(at, decisions)| HourBody { at, decisions });
        Self {
            page: overview.page.into(),
            bands: overview.bands.into_iter().map(GroupBody::from).collect(),
            volume: hours.collect(),
        }
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
