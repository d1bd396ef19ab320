//! `GET /v1/reports/…`: what analysts read.

mod body;
mod scorecard;

use axum::{
    Json,
    extract::{Query, State},
};
use utoipa::IntoParams;

pub use self::{
    body::{CalibrationBody, HandoffsBody, OverviewBody},
    scorecard::ScorecardBody,
};
use super::{
    App,
    problem::{ApiError, Problem},
    schema,
};
use crate::{
    domain::{Invalid, Timestamp},
    reports::Dimension,
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
    let report = reports::overview(&ledger, asked).await?;
    Ok(Json(OverviewBody::new(report, app.triage.promised())))
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

/// Whether confidences mean what they say, and what automatic decisions are worth.
#[utoipa::path(get, path = "/v1/reports/calibration", tag = "reports", params(ReportParams),
    responses(
        (status = 200, description = "The report", body = CalibrationBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn calibration(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<CalibrationBody>, ApiError> {
    let asked = asked(&given, app.triage.present())?;
    let ledger = app.recorder.store().ledger();
    let certificate = app.triage.certificate();
    Ok(Json(reports::calibration(&ledger, asked, Some(&certificate)).await?.into()))
}

/// How support does, and what its lower tiers could learn from the higher ones.
#[utoipa::path(get, path = "/v1/reports/scorecard", tag = "reports", params(ReportParams),
    responses(
        (status = 200, description = "The report", body = ScorecardBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn scorecard(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<ScorecardBody>, ApiError> {
    let asked = asked(&given, app.triage.present())?;
    let ledger = app.recorder.store().ledger();
    Ok(Json(reports::scorecard(&ledger, asked).await?.into()))
}

/// Reads the parameters; every fault is named, not only the first.
pub(super) fn asked(given: &[(String, String)], now: Timestamp) -> Result<Asked, ApiError> {
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
