//! `POST /v1/conversations/{id}/outcome`: what became of a conversation.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    json::{ApiJson, time},
    path,
    problem::{ApiError, Problem},
};
use crate::domain::{Invalid, Resolution, Tier, Timestamp};

/// What became of a conversation; what is absent or null is not known, or not yet.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OutcomeFields {
    /// The tier that resolved it.
    #[schema(maximum = 4)]
    resolved_tier: Option<u8>,
    #[serde(deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    /// When it was opened again.
    #[serde(deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    reopened_at: Option<Timestamp>,
    /// The customer's rating, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    csat: Option<u8>,
    /// How often it changed hands after the first.
    reassignments: Option<u32>,
    /// It came back to a team that had passed it on.
    bounced_back: Option<bool>,
    /// The customer had to tell it again.
    repeat_explanation: Option<bool>,
    /// The receiver had to ask for what the handoff lacked.
    asked_again: Option<bool>,
    #[serde(deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    picked_up_at: Option<Timestamp>,
    /// A promised time was missed.
    sla_breached: Option<bool>,
}

/// All that is known of what became of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutcomeBody {
    #[schema(example = "c-81")]
    conversation_id: String,
    /// When somebody last said anything about it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    outcome: OutcomeFields,
}

/// Say what became of a conversation.
///
/// Later values win, field by field. It may come before any decision, and is kept until then.
#[utoipa::path(post, path = "/v1/conversations/{id}/outcome", tag = "conversations",
    request_body = OutcomeFields,
    params(("id" = String, Path, description = "conversation_id, percent-encoded")),
    responses(
        (status = 200, description = "All that is known now", body = OutcomeBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn outcome(
    State(app): State<App>,
    id: path::Given,
    body: ApiJson<OutcomeFields>,
) -> Result<Json<OutcomeBody>, ApiError> {
    let id = path::conversation(id)?;
    let (known, at) = app.triage.resolve(&id, &body.value.into_resolution()?).await?;
    Ok(Json(OutcomeBody { conversation_id: id.to_string(), at, outcome: known.into() }))
}

impl OutcomeFields {
    fn into_resolution(self) -> Result<Resolution, ApiError> {
        let tier = self.resolved_tier.map(Tier::try_from).transpose();
        let tier = tier.map_err(|cause| {
            ApiError::from(vec![Invalid::new("/resolved_tier", cause.to_string())])
        })?;
        Ok(Resolution {
            resolved_tier: tier,
            resolved_at: self.resolved_at,
            reopened_at: self.reopened_at,
            csat: self.csat,
            reassignments: self.reassignments,
            bounced_back: self.bounced_back,
            repeat_explanation: self.repeat_explanation,
            asked_again: self.asked_again,
            picked_up_at: self.picked_up_at,
            sla_breached: self.sla_breached,
        })
    }
}

impl From<Resolution> for OutcomeFields {
    fn from(known: Resolution) -> Self {
        Self {
            resolved_tier: known.resolved_tier.map(Tier::get),
            resolved_at: known.resolved_at,
            reopened_at: known.reopened_at,
            csat: known.csat,
            reassignments: known.reassignments,
            bounced_back: known.bounced_back,
            repeat_explanation: known.repeat_explanation,
            asked_again: known.asked_again,
            picked_up_at: known.picked_up_at,
            sla_breached: known.sla_breached,
        }
    }
}
