//! The edge: HTTP in, HTTP out. Every route, document and handler is declared once, together.

mod access_log;
mod admin;
mod alarms;
mod audit;
mod batch;
mod conversations;
mod dashboard;
mod decisions;
mod docs;
mod drift;
mod erase;
mod handoff;
mod health;
mod host;
mod json;
mod options;
mod origin;
mod outcome;
mod packet;
mod path;
mod person;
mod policy;
mod policy_history;
mod problem;
mod receipt;
mod replay;
mod replay_report;
mod reports;
mod request;
mod response;
mod review;
mod schema;
mod triage;

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, middleware};
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{store::Recorder, telemetry::metrics::Handle, triage::Triage};

pub use admin::{Reload, Reloaded};
pub use batch::answers;
pub use json::parse;
pub use options::Limits;
pub use policy::{Policies, PolicySource, SavedPolicy, Unsaved};
pub use problem::{ApiError, Problem};
pub use replay_report::ReplayReport;
pub use reports::{CalibrationBody, HandoffsBody, OverviewBody, ScorecardBody};
pub use request::TriageRequest;
pub use response::TriageResponse;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The pipeline.
    pub triage: Arc<Triage>,
    /// Where records are read from.
    pub recorder: Arc<Recorder>,
    /// The largest requests that are accepted.
    pub limits: Limits,
    /// True if other machines may reach the service; else only loopback names are answered.
    pub expose: bool,
    /// Renders the metrics of this process.
    pub metrics: Handle,
    /// Reads model and policy again.
    pub reload: Arc<dyn Reload>,
    /// Puts an edited policy in force.
    pub policies: Arc<dyn Policies>,
    /// True once the service is about to end.
    pub draining: AtomicBool,
}

impl App {
    /// Shares the parts among all handlers.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// From now on `/readyz` says no, so that nobody sends new work here.
    pub fn announce_end(&self) {
        self.0.draining.store(true, Ordering::Release);
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Baton's API, in words.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Baton",
        description = "Triage for support conversations: where a conversation goes, how sure that \
                       is, why, and what the person taking over should see first.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "triage", description = "Decide where a conversation goes"),
        (name = "record", description = "What was decided"),
        (name = "audits", description = "Judge automatic decisions without seeing them"),
        (name = "conversations", description = "What people do with a conversation"),
        (name = "policy", description = "The rules in force, and others in their place"),
        (name = "reports", description = "What analysts read"),
        (name = "operations", description = "Health and metrics"),
    ),
)]
struct Document;

/// Every documented route.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(triage::triage))
        .routes(routes!(batch::batch))
        .routes(routes!(decisions::list))
        .routes(routes!(decisions::show))
        .routes(routes!(conversations::release))
        .routes(routes!(conversations::acknowledge))
        .routes(routes!(packet::confirm))
        .routes(routes!(review::review))
        .routes(routes!(audit::next))
        .routes(routes!(audit::answer))
        .routes(routes!(outcome::outcome))
        .routes(routes!(reports::overview))
        .routes(routes!(reports::calibration))
        .routes(routes!(reports::handoffs))
        .routes(routes!(reports::scorecard))
        .routes(routes!(erase::conversation))
        .routes(routes!(erase::customer))
        .routes(routes!(policy::show, policy::save))
        .routes(routes!(policy::check))
        .routes(routes!(policy_history::list))
        .routes(routes!(policy_history::show))
        .routes(routes!(drift::drift))
        .routes(routes!(alarms::alarms))
        .routes(routes!(admin::reload))
        .routes(routes!(admin::shadow))
        .routes(routes!(replay::replay))
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::model))
        .routes(routes!(health::metrics))
}

/// The OpenAPI 3.1 document, generated from the code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// Longest pause within an upload; a caller that stalls longer is cut off, so that it can keep no
/// shutdown waiting.
const UPLOAD_PAUSE: Duration = Duration::from_secs(30);

/// The whole service as one router.
pub fn router(app: App) -> Router {
    let (router, document) = routes().split_for_parts();
    router
        .merge(docs::routes(document))
        .merge(dashboard::routes())
        .fallback(docs::nothing_here)
        .method_not_allowed_fallback(docs::not_this_method)
        .layer(middleware::from_fn(origin::check))
        .layer(middleware::from_fn_with_state(app.clone(), host::check))
        .layer(middleware::from_fn(dashboard::unless_wanted))
        .layer(RequestBodyTimeoutLayer::new(UPLOAD_PAUSE))
        .layer(CatchPanicLayer::custom(access_log::panicked))
        .layer(middleware::from_fn(access_log::log_request))
        .with_state(app)
}
