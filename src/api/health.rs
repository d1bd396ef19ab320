//! `GET /livez`, `/readyz` and `/metrics`: for orchestrators and Prometheus.

use std::sync::atomic::Ordering;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, schema};
use crate::{
    domain::{Probability, Timestamp},
    monitor::Ground,
    triage::Promised,
};

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
    contract: ContractBody,
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

/// Whether automatic decisions keep their promise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContractBody {
    /// `none`: nothing is certified, so nothing is promised. `kept`: it holds as far as anybody
    /// knows. `broken`: nothing is automatic until an operator puts a fresh certificate in force.
    /// `withheld`: it was broken under this certificate before, or the store has not said yet.
    #[schema(schema_with = schema::standing)]
    standing: &'static str,
    /// Since when it is broken.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// On which ground.
    #[schema(schema_with = schema::ground)]
    ground: Option<Ground>,
    /// The same in words.
    says: Option<String>,
}

impl From<Promised> for ContractBody {
    fn from(promised: Promised) -> Self {
        let standing = match &promised {
            Promised::Nothing => "none",
            Promised::Kept => "kept",
            Promised::Broken(_) => "broken",
            Promised::Withheld => "withheld",
        };
        let breach = match promised {
            Promised::Broken(breach) => Some(*breach),
            Promised::Nothing | Promised::Kept | Promised::Withheld => None,
        };
        Self {
            standing,
            since: breach.as_ref().map(|breach| breach.at),
            ground: breach.as_ref().map(|breach| breach.ground),
            says: breach.map(|breach| breach.to_string()),
        }
    }
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
    let left_open = app.triage.certificate();
    Json(ModelHealth {
        ready: model.is_ready(),
        intents: model.intents().len(),
        auto_from: policy.auto_from(&left_open).map(Probability::get),
        says: policy.automation(&left_open),
        contract: app.triage.promised().into(),
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
