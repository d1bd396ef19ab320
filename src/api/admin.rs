//! `POST /v1/admin/reload` and `GET /v1/admin/shadow`: for operators on the same machine.

use std::net::SocketAddr;

use async_trait::async_trait;
use axum::{
    Extension, Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    problem::{ApiError, Problem},
};
use crate::{
    domain::Timestamp,
    inference::Identity,
    triage::{Compared, Disagreement, Outcome},
};

/// Something that reads model and policy again.
#[async_trait]
pub trait Reload: Send + Sync {
    /// Reads model, candidate and policy again; `Err` says why all stays as it was. It goes on if
    /// the caller stops waiting.
    async fn reload(&self) -> Result<Reloaded, String>;
}

/// What is in force after a reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// The model that decides.
    pub model: Identity,
    /// Version of the policy.
    pub policy: String,
    /// The candidate beside it, where there is one.
    pub shadow: Option<Identity>,
    /// False if all is as it was.
    pub changed: bool,
}

/// What is in force now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InForceBody {
    model: ModelName,
    /// Version of the policy.
    #[schema(example = "9b1c0c52ab77")]
    policy: String,
    /// The candidate beside the model; null where there is none.
    shadow: Option<ModelName>,
    /// False if the files were the same.
    changed: bool,
}

/// Name and version of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ModelName {
    #[schema(example = "default")]
    name: String,
    #[schema(example = "4f0a9d3c1b2e")]
    version: String,
}

/// How the candidate compares with the model in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShadowBody {
    model: ModelName,
    /// Decisions of both on the same conversation, since the candidate was loaded.
    compared: u64,
    /// The same tier, role and band.
    same: u64,
    /// Another tier or role.
    other_route: u64,
    /// The same tier and role in another band.
    other_band: u64,
    /// Another most probable intent, whatever was decided.
    other_intent: u64,
    /// Left out: the candidate was too busy, or the decision had no model or no store.
    skipped: u64,
    /// The candidate failed.
    failed: u64,
    /// The latest 100 that differ in tier, role or band, newest first.
    latest: Vec<DisagreementBody>,
}

/// A conversation that the two decide differently.
#[derive(Debug, Serialize, ToSchema)]
struct DisagreementBody {
    decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    in_force: OutcomeBody,
    candidate: OutcomeBody,
}

/// A decision in short.
#[derive(Debug, Serialize, ToSchema)]
struct OutcomeBody {
    /// The most probable intent; null without a prediction.
    intent: Option<String>,
    #[schema(maximum = 4)]
    tier: u8,
    role: String,
    band: &'static str,
    #[schema(minimum = 0, maximum = 1)]
    confidence: f32,
}

/// Read model, candidate and policy again, as SIGHUP does.
///
/// A new model reads its golden texts before it takes over. Requests that have begun end with what
/// they began with. If anything is wrong, everything stays as it was.
#[utoipa::path(post, path = "/v1/admin/reload", tag = "operations", responses(
    (status = 200, description = "What is in force now", body = InForceBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
pub(super) async fn reload(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Result<Json<InForceBody>, ApiError> {
    check_local(peer, &headers)?;
    let done = app.reload.reload().await.map_err(ApiError::Reload)?;
    let Reloaded { model, policy, shadow, changed } = done;
    let shadow = shadow.map(ModelName::from);
    Ok(Json(InForceBody { model: model.into(), policy, shadow, changed }))
}

/// How the candidate model compares with the one in force.
#[utoipa::path(get, path = "/v1/admin/shadow", tag = "operations", responses(
    (status = 200, description = "The comparison so far", body = ShadowBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
pub(super) async fn shadow(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Result<Json<ShadowBody>, ApiError> {
    check_local(peer, &headers)?;
    let none = ApiError::NotFound("there is no candidate model; name one with shadow_model");
    let candidate = app.triage.candidate().ok_or(none)?;
    Ok(Json(ShadowBody::new(candidate.identity(), candidate.compared())))
}

/// Headers with which a proxy, or a browser for a web page, says that it speaks for somebody else.
const FOR_OTHERS: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-real-ip", "origin", "sec-fetch-site"];

/// Refuses everybody but programs on this machine that ask for themselves.
pub(super) fn check_local(
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let is_for_others = FOR_OTHERS.iter().any(|name| headers.contains_key(*name));
    if is_loopback(peer) && !is_for_others { Ok(()) } else { Err(ApiError::NotLocal) }
}

/// True if the other end of the connection is on this machine.
pub(super) fn is_loopback(peer: Option<Extension<ConnectInfo<SocketAddr>>>) -> bool {
    // Canonical, since a socket for both families writes 127.0.0.1 as ::ffff:127.0.0.1.
    peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().to_canonical().is_loopback())
}

impl From<Identity> for ModelName {
    fn from(Identity { name, version }: Identity) -> Self {
        Self { name, version }
    }
}

impl ShadowBody {
    fn new(model: Identity, done: Compared) -> Self {
        Self {
            model: model.into(),
            compared: done.compared,
            same: done.same,
            other_route: done.other_route,
            other_band: done.other_band,
            other_intent: done.other_intent,
            skipped: done.skipped,
            failed: done.failed,
            latest: done.latest.into_iter().map(DisagreementBody::from).collect(),
        }
    }
}

impl From<Disagreement> for DisagreementBody {
    fn from(found: Disagreement) -> Self {
        Self {
            decision_id: found.decision.to_string(),
            at: found.at,
            in_force: found.in_force.into(),
            candidate: found.candidate.into(),
        }
    }
}

impl From<Outcome> for OutcomeBody {
    fn from(outcome: Outcome) -> Self {
        Self {
            intent: outcome.intent.map(|intent| intent.as_str().to_owned()),
            tier: outcome.tier.get(),
            role: outcome.role.to_string(),
            band: outcome.band.as_str(),
            confidence: outcome.confidence.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_local(peer: &str, headers: &[&'static str]) -> bool {
        let peer = Some(Extension(ConnectInfo(peer.parse().unwrap())));
        let value = "null".parse::<axum::http::HeaderValue>().unwrap();
        let headers =
            headers.iter().map(|name| (axum::http::HeaderName::from_static(name), value.clone()));
        check_local(peer, &headers.collect()).is_ok()
    }

    #[test]
    fn only_this_machine_is_near_however_its_address_is_written() {
        for peer in ["127.0.0.1:9", "127.8.0.1:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            assert!(is_local(peer, &[]), "{peer}");
            assert!(is_local(peer, &["user-agent"]), "{peer}");
        }
        for peer in ["203.0.113.7:9", "[2001:db8::1]:9", "[::ffff:203.0.113.7]:9", "0.0.0.0:9"] {
            assert!(!is_local(peer, &[]), "{peer}");
        }
        assert!(check_local(None, &HeaderMap::new()).is_err(), "nobody knows who asks");
    }

    #[test]
    fn proxies_and_browsers_speak_for_somebody_else() {
        for name in ["forwarded", "x-forwarded-for", "x-real-ip", "origin", "sec-fetch-site"] {
            assert!(!is_local("127.0.0.1:9", &[name]), "{name}");
        }
    }
}
