//! `POST /v1/decisions/{id}/review`: what an agent says of a decision.

use std::fmt::Display;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    json::ApiJson,
    path, person,
    problem::{ApiError, Problem},
    schema,
};
use crate::domain::{Intent, Invalid, LabelSource, Review, RoleId, Tier, Timestamp, Verdict};

/// What an agent says of a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRequest {
    #[schema(schema_with = schema::verdict)]
    pub(super) verdict: Verdict,
    /// The right tier; with `overridden`, one of tier, role and intent is another than decided.
    #[schema(maximum = 4)]
    pub(super) tier: Option<u8>,
    /// The right role.
    #[schema(example = "billing_specialist")]
    pub(super) role: Option<String>,
    /// The right intent.
    #[schema(example = "billing_dispute")]
    pub(super) intent: Option<String>,
    /// Why, in at most 4,000 characters.
    #[schema(max_length = 4000)]
    pub(super) note: Option<String>,
    /// Who: one review per name, the latest wins. 1 to 256 characters.
    #[schema(example = "agent-7", min_length = 1, max_length = 256)]
    pub(super) by: String,
    /// False if they had not seen the suggestion; true if absent.
    pub(super) shown: Option<bool>,
}

/// A review as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewBody {
    #[schema(schema_with = schema::verdict)]
    verdict: Verdict,
    tier: Option<u8>,
    role: Option<String>,
    intent: Option<String>,
    /// Null where no text is kept.
    note: Option<String>,
    by: String,
    /// When; the same for the same review.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(schema_with = schema::label_source)]
    source: LabelSource,
    shown: bool,
    /// How probable it was that somebody would look at this decision; null where nobody knows, as
    /// for a decision of band `auto` that somebody happened to see.
    observed: Option<f64>,
}

/// Longest note, in characters.
const NOTE_CHARS: usize = 4_000;

/// Say whether a decision was right.
///
/// The same review again changes nothing; another one by the same person replaces the first.
#[utoipa::path(post, path = "/v1/decisions/{id}/review", tag = "record",
    operation_id = "review_decision",
    params(("id" = String, Path, description = "decision_id")),
    request_body = ReviewRequest,
    responses(
        (status = 200, description = "The review as it is kept", body = ReviewBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn review(
    State(app): State<App>,
    id: path::Given,
    body: ApiJson<ReviewRequest>,
) -> Result<Json<ReviewBody>, ApiError> {
    let id = path::decision(id)?;
    let review = body.value.into_review(app.triage.present())?;
    Ok(Json(app.triage.review(id, review).await?.into()))
}

/// Who judges, trimmed, and the tier that they name; every fault is named at once.
///
/// # Errors
/// Name, note or tier is none.
pub(super) fn checked<T>(
    by: &str,
    note: Option<&str>,
    tier: Result<T, impl Display>,
) -> Result<(String, T), ApiError> {
    let by = by.trim();
    let mut wrong = Vec::from_iter(person::check("/by", by).err());
    if note.is_some_and(|note| note.chars().count() > NOTE_CHARS) {
        wrong.push(Invalid::new("/note", format!("give at most {NOTE_CHARS} characters")));
    }
    match tier {
        Ok(tier) if wrong.is_empty() => return Ok((by.to_owned(), tier)),
        Ok(_) => {}
        Err(cause) => wrong.push(Invalid::new("/tier", cause.to_string())),
    }
    Err(wrong.into())
}

impl ReviewRequest {
    /// The review at a moment.
    ///
    /// # Errors
    /// Name, note or tier is none.
    pub(super) fn into_review(self, at: Timestamp) -> Result<Review, ApiError> {
        let tier = self.tier.map(Tier::try_from).transpose();
        let (by, tier) = checked(&self.by, self.note.as_deref(), tier)?;
        Ok(Review {
            verdict: self.verdict,
            tier,
            role: self.role.as_deref().map(RoleId::from),
            intent: self.intent.as_deref().map(Intent::from),
            note: self.note,
            by,
            at,
            source: LabelSource::Agent,
            shown: self.shown.unwrap_or(true),
            observed: None,
        })
    }
}

impl From<Review> for ReviewBody {
    fn from(review: Review) -> Self {
        Self {
            verdict: review.verdict,
            tier: review.tier.map(Tier::get),
            role: review.role.map(|role| role.to_string()),
            intent: review.intent.map(|intent| intent.to_string()),
            note: review.note,
            by: review.by,
            at: review.at,
            source: review.source,
            shown: review.shown,
            observed: review.observed,
        }
    }
}
