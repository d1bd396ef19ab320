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
use crate::domain::Probability;

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

/// The model in use, and how far it may act alone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ModelHealth {
    #[schema(example = "default")]
    name: String,
    #[schema(example = "4f0c2a7be1d3")]
    version: String,
    /// At least one inference worker is up.
    ready: bool,
    /// How many intents it knows.
    intents: usize,
    /// From this confidence on decisions are automatic, where no other rule of the policy holds;
    /// null: none is, since nothing is certified of the model.
    #[schema(example = 0.9, minimum = 0, maximum = 1)]
    auto_from: Option<f32>,
    certificate: CertificateBody,
    /// The same in words, for people.
    says: String,
}

/// What labelled rows have proved of the model.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateBody {
    /// From this confidence on nine in ten decisions are certified to be right; null: nothing is.
    #[schema(minimum = 0, maximum = 1)]
    auto_from: Option<f32>,
    /// Intents whose decisions were wrong too often to be automatic.
    vetoed: Vec<String>,
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

/// How far the model may act alone, and why.
#[utoipa::path(get, path = "/v1/health/model", tag = "operations", responses(
    (status = 200, description = "See docs/evaluate.md", body = ModelHealth),
))]
pub(super) async fn model(State(app): State<App>) -> Json<ModelHealth> {
    // Both of one reload: what the policy says is said of this model.
    let in_force = app.triage.in_force();
    let (model, policy) = (&in_force.model, &in_force.policy);
    let (identity, certificate) = (model.identity(), model.certificate());
    Json(ModelHealth {
        ready: model.is_ready(),
        intents: model.intents().len(),
        auto_from: policy.auto_from(&certificate).map(Probability::get),
        says: policy.automation(&certificate),
        certificate: CertificateBody {
            auto_from: certificate.auto_from.map(Probability::get),
            vetoed: certificate.vetoed.iter().map(ToString::to_string).collect(),
        },
        name: identity.name,
        version: identity.version,
    })
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
