//! `GET /v1/policy/history`: the policies that were put in force here, to look at and go back to.

use std::net::SocketAddr;

use axum::{
    Extension, Json,
    extract::{ConnectInfo, Path, Query, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    admin::check_local,
    path::Given,
    problem::{ApiError, Problem},
};
use crate::{
    domain::{Invalid, Timestamp},
    store::Revision,
};

/// Which part of the history.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only documents the parameters; every fault of the query is named")]
pub(super) struct HistoryParams {
    /// Revisions before that one; the newest if absent.
    before: Option<i64>,
    /// At most so many: 1 to 200, 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Policies that were in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryBody {
    /// Newest first.
    revisions: Vec<RevisionBody>,
    /// `before` of the next page; null at the end.
    next: Option<i64>,
}

/// A policy that was in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevisionBody {
    /// Its place in the history, from 1.
    revision: i64,
    /// As decisions name it.
    #[schema(example = "9b1c0c52ab77")]
    version: String,
    /// SHA-256 of its text.
    digest: String,
    /// When it was saved; for one without `by`, when it was replaced.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who saved it; null for one that was found in its file when it was replaced.
    by: Option<String>,
    /// Why; null if nobody said.
    note: Option<String>,
    /// True if this text is in force now.
    in_force: bool,
}

/// A policy that was in force, with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevisionText {
    #[serde(flatten)]
    revision: RevisionBody,
    /// The document as it was written: TOML. To go back to it, save it as `policy`.
    text: String,
}

/// Revisions of one page if nobody says.
const LIMIT: u32 = 50;

/// Revisions of one page at most.
const MOST: u32 = 200;

/// The policies that were put in force from here, newest first, each with the one that it replaced.
#[utoipa::path(get, path = "/v1/policy/history", tag = "policy", operation_id = "list_policies",
    params(HistoryParams),
    responses(
        (status = 200, description = "A page of the history", body = HistoryBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn list(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Json<HistoryBody>, ApiError> {
    check_local(peer, &headers)?;
    let (before, limit) = page(&given)?;
    // One more shows whether there is a next page.
    let mut found = app.triage.policies(before, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|last| last.place) } else { None };
    let in_force = app.triage.policy();
    let body = |revision| RevisionBody::new(revision, in_force.version());
    Ok(Json(HistoryBody { revisions: found.into_iter().map(body).collect(), next }))
}

/// A policy that was in force, with its text.
#[utoipa::path(get, path = "/v1/policy/history/{revision}", tag = "policy",
    operation_id = "show_past_policy",
    params(("revision" = i64, Path, description = "revision")),
    responses(
        (status = 200, description = "The revision", body = RevisionText),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn show(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    place: Given,
) -> Result<Json<RevisionText>, ApiError> {
    const NONE: ApiError = ApiError::NotFound("the history of policies has no such revision");
    check_local(peer, &headers)?;
    let place = place.ok().and_then(|Path(place)| place.parse().ok()).ok_or(NONE)?;
    let (revision, text) = app.triage.past_policy(place).await?.ok_or(NONE)?;
    let revision = RevisionBody::new(revision, app.triage.policy().version());
    Ok(Json(RevisionText { revision, text }))
}

/// Reads which page is wanted; every fault is named.
fn page(given: &[(String, String)]) -> Result<(Option<i64>, u32), ApiError> {
    let (mut before, mut limit, mut wrong) = (None, LIMIT, Vec::new());
    for (name, value) in given {
        let fault = match (name.as_str(), value.parse::<i64>()) {
            ("before", Ok(place)) => {
                before = Some(place);
                continue;
            }
            ("limit", Ok(wanted)) if (1..=i64::from(MOST)).contains(&wanted) => {
                limit = u32::try_from(wanted).unwrap_or(MOST);
                continue;
            }
            ("before", _) => "give the number of a revision".to_owned(),
            ("limit", _) => format!("give a whole number from 1 to {MOST}"),
            _ => "there is no such parameter; leave it out".to_owned(),
        };
        wrong.push(Invalid::new(format!("?{name}"), fault));
    }
    if wrong.is_empty() { Ok((before, limit)) } else { Err(wrong.into()) }
}

impl RevisionBody {
    fn new(revision: Revision, in_force: &str) -> Self {
        Self {
            revision: revision.place,
            in_force: revision.version == in_force,
            digest: hex::encode(revision.digest),
            version: revision.version,
            at: revision.at,
            by: revision.by,
            note: revision.note,
        }
    }
}
