//! `GET /livez`, `/readyz` and `/metrics`: for orchestrators and Prometheus.

use std::sync::atomic::Ordering;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::App;

/// Whether requests are taken, and what stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// True if requests are taken.
    ready: bool,
    /// At least one inference worker is up.
    model: bool,
    /// Records that wait in the spool because the store could not be written; 0 on good days.
    spooled: usize,
    /// The service is about to end.
    draining: bool,
}

/// The process lives.
#[utoipa::path(get, path = "/livez", tag = "operations", responses(
    (status = 200, description = "It does", body = String, content_type = "text/plain"),
))]
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Requests are taken.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "Send requests", body = Readiness),
    (status = 503, description = "Do not: the model is not up, or the service is about to end",
        body = Readiness),
))]
pub(super) async fn readyz(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let draining = app.draining.load(Ordering::Acquire);
    let model = app.triage.model().is_ready();
    let spooled = app.recorder.spooled();
    let ready = model && !draining;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, model, spooled, draining }))
}

/// Metrics in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, description = "See docs/metrics.md", body = String,
        content_type = "text/plain; version=0.0.4"),
))]
pub(super) async fn metrics(State(app): State<App>) -> ([(HeaderName, &'static str); 1], String) {
    let media_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], app.metrics.render())
}
