//! `POST /v1/policy/replay`: what would have happened under another policy.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    Extension, Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    admin::check_local,
    json::{ApiJson, time},
    problem::{ApiError, Problem},
    replay_report::ReplayReport,
};
use crate::{
    domain::{Invalid, Timestamp},
    replay::Costs,
    store::Window,
    triage::{Asked, Unreplayed},
};

/// Which decisions are taken again, and under what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayRequest {
    /// The policy to try, as it is written: a TOML document.
    #[schema(example = "name = \"stricter\"\nmode = \"shadow\"\n")]
    policy: String,
    /// Decisions not before this moment.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Decisions before this moment.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Minutes that something costs, by name: `too_low`, `too_high`, `wrong_role`, `correction`,
    /// `confirmation`, `triage`; what is absent has its default.
    #[serde(default)]
    costs: BTreeMap<String, f64>,
    /// Changed decisions that are listed, 0 to 1,000; 100 if absent.
    #[schema(minimum = 0, maximum = 1000)]
    list: Option<usize>,
}

/// Decisions that one request takes again: the newest of the window. More are for `baton replay`.
const DECISIONS: u32 = 20_000;

/// Changed decisions that are listed if nobody says.
const LISTED: usize = 100;

/// Changed decisions that are listed at most.
const MOST_LISTED: usize = 1_000;

/// Say what would have happened under another policy.
///
/// Takes the newest 20,000 stored decisions of the window again, with what the model said of them
/// then; changes nothing. One replay at a time; only programs on the machine of the service may
/// ask.
#[utoipa::path(post, path = "/v1/policy/replay", tag = "operations",
    operation_id = "replay_policy",
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "The comparison", body = ReplayReport),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn replay(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: ApiJson<ReplayRequest>,
) -> Result<Json<ReplayReport>, ApiError> {
    check_local(peer, &headers)?;
    let report = app.triage.replay(body.value.into_asked()?).await?;
    Ok(Json(ReplayReport::from(&report)))
}

impl ReplayRequest {
    fn into_asked(self) -> Result<Asked, ApiError> {
        let mut wrong = Vec::new();
        let mut costs = Costs::default();
        for (name, minutes) in self.costs {
            if let Err(detail) = costs.set(&name, minutes) {
                let name = name.replace('~', "~0").replace('/', "~1");
                wrong.push(Invalid::new(format!("/costs/{name}"), detail));
            }
        }
        let list = self.list.unwrap_or(LISTED);
        if list > MOST_LISTED {
            wrong.push(Invalid::new("/list", format!("give a number from 0 to {MOST_LISTED}")));
        }
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        let window = Window { from: self.from, to: self.to };
        Ok(Asked { policy: self.policy, window, at_most: DECISIONS, list, costs })
    }
}

impl From<Unreplayed> for ApiError {
    fn from(error: Unreplayed) -> Self {
        match error {
            Unreplayed::Policy(faults) => {
                let named = faults.into_iter().map(|fault| {
                    Invalid::new("/policy", format!("{}: {}", fault.key, fault.reason))
                });
                Self::Invalid(named.collect())
            }
            Unreplayed::Window(wrong) => Self::Invalid(wrong),
            Unreplayed::Busy => Self::ReplayRuns,
            Unreplayed::Store(cause) => cause.into(),
            error @ Unreplayed::Stage => Self::Internal(error.into()),
        }
    }
}
