//! `GET /v1/audits/next` and `POST /v1/audits/{id}`: automatic decisions, judged unseen.

use std::str::FromStr as _;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::PathRejection},
    http::{HeaderName, HeaderValue, header},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    json::ApiJson,
    person,
    problem::{ApiError, Problem},
    review::checked,
    schema,
};
use crate::{
    domain::{
        Answer, AuditId, Channel, Intent, Invalid, RoleId, Speaker, TextFeatures, Tier, Timestamp,
        Verdict,
    },
    store::Offer,
    triage::{Choices, Unaudited},
};

/// Who asks for an audit.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only documents the parameter; every fault of the query is named")]
pub(super) struct NextParams {
    /// Who: 1 to 256 characters, the name under which the answer is given.
    #[param(example = "ann", min_length = 1, max_length = 256)]
    by: String,
}

/// The next audit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NextAudit {
    /// Audits without an answer, those that others have included.
    waiting: u64,
    /// Null if none is left for this auditor now.
    audit: Option<AuditBody>,
}

/// A conversation to be judged, and what to choose from; never what was decided.
#[derive(Debug, Serialize, ToSchema)]
struct AuditBody {
    /// Names the audit, not the decision.
    #[schema(example = "5f0c6b1e9a7d4c0f8b2e3d4c5b6a7988")]
    id: String,
    /// Until then nobody else gets it; asking again until then gives it again.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// How the customer wrote, as in the request; null if nobody said.
    #[schema(value_type = Option<String>, example = "chat")]
    channel: Option<Channel>,
    /// The customer's plan; null if nobody said.
    plan: Option<String>,
    /// The tier that worked on it; null if nobody said.
    current_tier: Option<u8>,
    /// The subject line with personal data masked; null if there was none.
    subject: Option<String>,
    /// The conversation as it stood, personal data masked.
    messages: Vec<AuditMessage>,
    /// The tiers of the policy in force.
    tiers: Vec<TierChoice>,
    /// The roles of the policy in force.
    #[schema(example = json!(["billing_specialist", "frontline_agent"]))]
    roles: Vec<String>,
    /// The intents of the model in force.
    #[schema(example = json!(["billing_dispute", "refund_request"]))]
    intents: Vec<String>,
}

/// One turn.
#[derive(Debug, Serialize, ToSchema)]
struct AuditMessage {
    #[schema(schema_with = schema::speaker)]
    role: Speaker,
    text: String,
}

/// A tier to choose.
#[derive(Debug, Serialize, ToSchema)]
struct TierChoice {
    tier: u8,
    name: String,
    /// What belongs there.
    boundary: String,
}

/// Where the conversation belongs, says an auditor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRequest {
    #[schema(maximum = 4)]
    tier: u8,
    #[schema(example = "billing_specialist")]
    role: String,
    /// Leave it out if you cannot say.
    #[schema(example = "billing_dispute")]
    intent: Option<String>,
    /// Why, in at most 4,000 characters.
    #[schema(max_length = 4000)]
    note: Option<String>,
    /// Who: the name under which the audit was asked for.
    #[schema(example = "ann", min_length = 1, max_length = 256)]
    by: String,
}

/// The answer as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnsweredAudit {
    /// `accepted` if tier and role of the decision are the auditor's.
    #[schema(schema_with = schema::verdict)]
    verdict: Verdict,
    tier: u8,
    role: String,
    intent: Option<String>,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The probability with which the decision was drawn.
    observed: f64,
}

/// What goes along with an audit.
type Headers = [(HeaderName, HeaderValue); 1];

/// Get the next automatic decision to judge, without seeing it.
///
/// It stays yours until `until`; asked again, you get the same.
#[utoipa::path(get, path = "/v1/audits/next", tag = "audits", operation_id = "next_audit",
    params(NextParams),
    responses(
        (status = 200, description = "The audit, or null if none is left", body = NextAudit),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn next(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<(Headers, Json<NextAudit>), ApiError> {
    let by = auditor(&given)?;
    let offer = app.triage.next_audit(&by).await?;
    let audit = offer.map(|offer| AuditBody::new(offer, &app.triage.choices()));
    let waiting = app.triage.audits_waiting().await?;
    // It holds a lease: nobody may get it from memory.
    let unkept = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([unkept], Json(NextAudit { waiting, audit })))
}

/// Say where the conversation of an audit belongs.
///
/// An answer stays as it was given; the same again changes nothing.
#[utoipa::path(post, path = "/v1/audits/{id}", tag = "audits", operation_id = "answer_audit",
    params(("id" = String, Path, description = "id of the audit")),
    request_body = AnswerRequest,
    responses(
        (status = 200, description = "The answer as it is kept", body = AnsweredAudit),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn answer(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    body: ApiJson<AnswerRequest>,
) -> Result<Json<AnsweredAudit>, ApiError> {
    let id = id.ok().and_then(|Path(id)| AuditId::from_str(&id).ok());
    let id = id.ok_or(Unaudited::NotYours)?;
    let answer = body.value.into_answer(app.triage.present())?;
    let (tier, role) = (answer.tier, answer.role.to_string());
    let kept = app.triage.answer(&id, answer).await?;
    Ok(Json(AnsweredAudit {
        verdict: kept.verdict,
        tier: tier.get(),
        role,
        intent: kept.intent.map(|intent| intent.to_string()),
        by: kept.by,
        at: kept.at,
        observed: kept.observed.unwrap_or_default(),
    }))
}

/// The one parameter there is.
fn auditor(given: &[(String, String)]) -> Result<String, ApiError> {
    let mut wrong = Vec::new();
    let mut by = None;
    for (name, value) in given {
        match name.as_str() {
            "by" => by = Some(value.trim().to_owned()),
            other => {
                let other: String = other.chars().take(64).collect();
                wrong.push(Invalid::new(format!("?{other}"), "expected by"));
            }
        }
    }
    let by = by.unwrap_or_default();
    wrong.extend(person::check("?by", &by).err());
    if wrong.is_empty() { Ok(by) } else { Err(wrong.into()) }
}

impl AuditBody {
    fn new(offer: Offer, choices: &Choices) -> Self {
        let Offer { id, until, record } = offer;
        let messages = record.features.messages.into_iter();
        let tiers = choices.policy.tiers().iter().map(|tier| TierChoice {
            tier: tier.number.get(),
            name: tier.name.clone(),
            boundary: tier.boundary.clone(),
        });
        Self {
            id: id.to_string(),
            until,
            channel: record.origin.channel,
            plan: record.origin.plan,
            current_tier: record.origin.current_tier,
            subject: record.features.subject.map(|subject| subject.masked),
            messages: messages.map(AuditMessage::from).collect(),
            tiers: tiers.collect(),
            roles: choices.policy.roles().map(ToString::to_string).collect(),
            intents: choices.intents.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<TextFeatures> for AuditMessage {
    fn from(text: TextFeatures) -> Self {
        Self { role: text.speaker, text: text.masked }
    }
}

impl AnswerRequest {
    fn into_answer(self, at: Timestamp) -> Result<Answer, ApiError> {
        let tier = Tier::try_from(self.tier);
        let (by, tier) = checked(&self.by, self.note.as_deref(), tier)?;
        let (role, intent) = (RoleId::from(self.role), self.intent.map(Intent::from));
        Ok(Answer { tier, role, intent, note: self.note, by, at })
    }
}
