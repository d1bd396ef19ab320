//! `GET /v1/reports/alarms`: what began or ended, for analysts.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    drift::CauseBody,
    problem::{ApiError, Problem},
    schema,
};
use crate::{
    domain::{Invalid, Timestamp},
    monitor::{Alarm, Basis, Ground, Level},
    store::{Cursor, Wanted},
};

const DEFAULT_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 500;

/// Which alarms are wanted; an absent parameter matches all.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only documents the parameters; they are read one by one, so that every fault is named"
)]
pub(super) struct AlarmParams {
    /// Not before, as RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before, as RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// At most this many, 1 to 500; 50 if absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of alarms, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlarmPage {
    alarms: Vec<AlarmBody>,
    /// Give it as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// Something to look at began or ended.
#[derive(Debug, Serialize, ToSchema)]
struct AlarmBody {
    /// When it was noticed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What it is about.
    #[schema(schema_with = schema::subject)]
    subject: &'static str,
    /// `raised` or `over`.
    #[schema(example = "raised")]
    event: &'static str,
    /// Who should look: `show` is a warning, `notify` an alarm, `act` one that has narrowed a band.
    #[schema(schema_with = schema::level)]
    level: Level,
    /// Of which intent; null where it is about all.
    #[schema(example = "billing_dispute")]
    intent: Option<String>,
    /// Against what a window was compared; null where none was.
    #[schema(schema_with = schema::basis_if_any)]
    basis: Option<Basis>,
    /// On which ground the promise was broken; null where it is not about that.
    #[schema(schema_with = schema::ground)]
    ground: Option<Ground>,
    /// The window, where one was compared, begins there; null where none was.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// What it is about happened before.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// What was found: a share, a mean confidence, a size of a difference, a count; for `contract`
    /// the evidence.
    now: f64,
    /// What is usual, or the highest that is in order.
    usual: f64,
    /// The same in a sentence.
    says: String,
    /// What a difference is made of, the largest part first; at most ten.
    causes: Vec<CauseBody>,
    /// Decisions that show it, the most telling first; at most ten.
    decisions: Vec<String>,
}

/// What has raised an alarm or a warning, and what is over.
///
/// See docs/monitoring.md for what each means, how often it is false and what to do.
#[utoipa::path(get, path = "/v1/reports/alarms", tag = "reports", params(AlarmParams), responses(
    (status = 200, description = "The latest alarms", body = AlarmPage),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
#[tracing::instrument(skip_all)]
pub(super) async fn alarms(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<AlarmPage>, ApiError> {
    let wanted = wanted(&given)?;
    // One more than asked for tells whether there is another page.
    let more = Wanted { limit: wanted.limit + 1, ..wanted };
    let mut found = app.triage.alarms(more).await?;
    let is_last = found.len() <= wanted.limit as usize;
    found.truncate(wanted.limit as usize);
    let next = found.last().filter(|_| !is_last).map(|(place, _)| place.0.to_string());
    let alarms = found.into_iter().map(|(_, alarm)| alarm.into()).collect();
    Ok(Json(AlarmPage { alarms, next }))
}

/// Reads the parameters; every fault is named, not only the first.
fn wanted(given: &[(String, String)]) -> Result<Wanted, ApiError> {
    let mut wanted = Wanted { limit: DEFAULT_PAGE, ..Wanted::default() };
    let mut wrong = Vec::new();
    for (name, value) in given {
        let expected = match name.as_str() {
            "from" | "to" => {
                let at = value.parse().ok();
                *(if name == "from" { &mut wanted.from } else { &mut wanted.to }) = at;
                at.is_none().then_some("an RFC 3339 time such as 2026-11-20T10:00:00Z")
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit));
                wanted.limit = limit.unwrap_or(DEFAULT_PAGE);
                limit.is_none().then_some("a whole number from 1 to 500")
            }
            "cursor" => {
                wanted.after = value.parse().ok().map(Cursor);
                wanted.after.is_none().then_some("the value of next of a page")
            }
            _ => Some("one of from, to, limit, cursor"),
        };
        if let Some(expected) = expected {
            let name: String = name.chars().take(64).collect();
            wrong.push(Invalid::new(format!("?{name}"), format!("expected {expected}")));
        }
    }
    if wrong.is_empty() { Ok(wanted) } else { Err(wrong.into()) }
}

impl From<Alarm> for AlarmBody {
    fn from(alarm: Alarm) -> Self {
        Self {
            at: alarm.at,
            subject: alarm.subject.as_str(),
            event: if alarm.raised { "raised" } else { "over" },
            level: alarm.level,
            intent: alarm.intent.map(|intent| intent.to_string()),
            basis: alarm.basis,
            ground: alarm.ground,
            from: alarm.from,
            to: alarm.to,
            now: alarm.now,
            usual: alarm.usual,
            says: alarm.says,
            causes: alarm.causes.into_iter().map(CauseBody::from).collect(),
            decisions: alarm.decisions.iter().map(ToString::to_string).collect(),
        }
    }
}
