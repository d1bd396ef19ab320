//! `POST /v1/conversations/{id}/release` and `/acknowledge`: what people do with a handoff.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    json::{ApiJson, time},
    person,
    problem::{ApiError, Problem},
};
use crate::{
    domain::{ConversationId, Invalid, Timestamp},
    triage::{Handled, Refused},
};

const NONE: ApiError = ApiError::NotFound("there is no conversation with this identifier");

/// Who gives a conversation back; the body may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRequest {
    /// Who, in at most 256 characters.
    #[schema(example = "agent-12", max_length = 256)]
    by: Option<String>,
}

/// Who picked a handoff up, and when; the body may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcknowledgeRequest {
    /// Who, in at most 256 characters.
    #[schema(example = "agent-12", max_length = 256)]
    by: Option<String>,
    /// When, as RFC 3339; now if absent. Not before the handoff and not in the future.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// How a conversation stands after a person has done something with it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationState {
    #[schema(example = "c-81")]
    conversation_id: String,
    /// Number of the episode, from 1; each release begins a new one.
    episode: u32,
    /// False if it was so before: asking twice is the same as once.
    changed: bool,
    /// When the conversation was handed to a person; null if it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    handed_over_at: Option<Timestamp>,
    /// Who picked the handoff up first; null if nobody has.
    acknowledged: Option<AcknowledgedBody>,
}

/// Who picked a handoff up, and when.
#[derive(Debug, Serialize, ToSchema)]
struct AcknowledgedBody {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    by: Option<String>,
}

/// Give a handed-off conversation back to automation.
///
/// Strikes start anew: only messages that are not known yet count.
#[utoipa::path(post, path = "/v1/conversations/{id}/release", tag = "conversations",
    request_body(content = Option<ReleaseRequest>),
    params(("id" = String, Path, description = "conversation_id")),
    responses(
        (status = 200, description = "How the conversation stands", body = ConversationState),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn release(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    body: Option<ApiJson<ReleaseRequest>>,
) -> Result<Json<ConversationState>, ApiError> {
    let id = conversation(id)?;
    let ReleaseRequest { by } = body.map(|body| body.value).unwrap_or_default();
    let handled = app.triage.release(&id, name(by)?).await?;
    Ok(Json(ConversationState::new(&id, handled)))
}

/// Say that a person has picked a handoff up.
///
/// The first one counts. A high or critical handoff that nobody picks up in time escalates.
#[utoipa::path(post, path = "/v1/conversations/{id}/acknowledge", tag = "conversations",
    request_body(content = Option<AcknowledgeRequest>),
    params(("id" = String, Path, description = "conversation_id")),
    responses(
        (status = 200, description = "How the conversation stands", body = ConversationState),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn acknowledge(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    body: Option<ApiJson<AcknowledgeRequest>>,
) -> Result<Json<ConversationState>, ApiError> {
    let id = conversation(id)?;
    let AcknowledgeRequest { by, at } = body.map(|body| body.value).unwrap_or_default();
    let handled = app.triage.acknowledge(&id, name(by)?, at).await?;
    Ok(Json(ConversationState::new(&id, handled)))
}

fn conversation(id: Result<Path<String>, PathRejection>) -> Result<ConversationId, ApiError> {
    let Ok(Path(id)) = id else { return Err(NONE) };
    ConversationId::try_from(id).map_err(|_| NONE)
}

fn name(by: Option<String>) -> Result<Option<String>, ApiError> {
    let wrong = by.as_deref().and_then(|by| person::check("/by", by).err());
    wrong.map_or(Ok(by), |wrong| Err(vec![wrong].into()))
}

impl ConversationState {
    fn new(id: &ConversationId, handled: Handled) -> Self {
        let Handled { episode, changed, handed_over_at, acknowledged } = handled;
        Self {
            conversation_id: id.to_string(),
            episode,
            changed,
            handed_over_at,
            acknowledged: acknowledged.map(|by| AcknowledgedBody { at: by.at, by: by.by }),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unknown => NONE,
            refused @ Refused::Untimely { .. } => {
                Self::Invalid(vec![Invalid::new("/at", refused.to_string())])
            }
            Refused::Store(cause) => cause.into(),
        }
    }
}
