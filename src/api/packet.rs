//! `POST /v1/decisions/{id}/packet`: the receiver completes and confirms the packet.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    json::{ApiJson, Object},
    path, person,
    problem::{ApiError, Problem},
    receipt::ConfirmedBody,
    schema,
};
use crate::domain::{
    Actor, Completed, Corrections, EvidenceKind, EvidenceNote, ImpactCorrection, NewStep,
    StepChange, StepOutcome, Who, Work,
};

/// What the receiver makes of a packet. With `confirmed_by` alone the draft is right as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PacketRequest {
    /// The specific request to the next tier.
    #[schema(example = "Please re-run the sync of account 7 and confirm the totals.")]
    whats_needed: Option<String>,
    /// Mood, business impact, attempt number.
    #[schema(example = "Calm so far; payroll closes on Friday.")]
    customer_context: Option<String>,
    /// What the draft got wrong.
    #[schema(value_type = Option<CorrectionsBody>)]
    corrections: Option<Object<CorrectionsBody>>,
    /// Who confirms: one receipt per name, the latest wins. 1 to 256 characters.
    #[schema(example = "agent-7", min_length = 1, max_length = 256)]
    confirmed_by: String,
}

/// What the draft got wrong. Places count the lists of the stored packet from 0.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectionsBody {
    /// The problem in better words.
    problem: Option<String>,
    /// Steps of the draft that were not quite so.
    #[serde(default)]
    #[schema(value_type = Vec<StepChangeBody>)]
    change_steps: Vec<Object<StepChangeBody>>,
    /// Steps that the draft lacks.
    #[serde(default)]
    #[schema(value_type = Vec<NewStepBody>)]
    add_steps: Vec<Object<NewStepBody>>,
    /// Places of steps that were none.
    #[serde(default)]
    remove_steps: Vec<u32>,
    /// Facts that the draft lacks.
    #[serde(default)]
    #[schema(value_type = Vec<NewEvidenceBody>)]
    add_evidence: Vec<Object<NewEvidenceBody>>,
    /// Places of facts that were none.
    #[serde(default)]
    remove_evidence: Vec<u32>,
    /// Who is affected and how.
    #[schema(value_type = Option<ImpactChangeBody>)]
    impact: Option<Object<ImpactChangeBody>>,
    /// A better hypothesis; an empty text says that there is none.
    hypothesis: Option<String>,
}

/// What was not quite so about a step; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepChangeBody {
    /// Its place in `whats_been_done`.
    step: u32,
    #[schema(schema_with = schema::actor, required = false)]
    by: Option<Actor>,
    text: Option<String>,
    #[schema(schema_with = schema::step_outcome, required = false)]
    outcome: Option<StepOutcome>,
}

/// A step that the draft lacks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStepBody {
    #[schema(schema_with = schema::actor)]
    by: Actor,
    #[schema(example = "Re-issued the certificate")]
    text: String,
    #[schema(schema_with = schema::step_outcome)]
    outcome: StepOutcome,
}

/// A fact that the draft lacks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEvidenceBody {
    #[schema(schema_with = schema::evidence_kind)]
    kind: EvidenceKind,
    #[schema(example = "INV-2231")]
    value: String,
}

/// Who is affected and how; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImpactChangeBody {
    #[schema(schema_with = schema::who, required = false)]
    who: Option<Who>,
    #[schema(schema_with = schema::work, required = false)]
    work: Option<Work>,
    impacted_users: Option<u64>,
}

/// Complete and confirm the packet of a decision: from then on it counts as reviewed.
///
/// The same body again gives the same answer; another body by the same person replaces the first.
#[utoipa::path(post, path = "/v1/decisions/{id}/packet", tag = "record",
    operation_id = "confirm_packet",
    params(("id" = String, Path, description = "decision_id")),
    request_body = PacketRequest,
    responses(
        (status = 200, description = "The packet as completed", body = ConfirmedBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn confirm(
    State(app): State<App>,
    id: path::Given,
    body: ApiJson<PacketRequest>,
) -> Result<Json<ConfirmedBody>, ApiError> {
    let id = path::decision(id)?;
    let (completed, confirmed_by) = body.value.into_parts()?;
    let confirmed = app.triage.confirm(id, completed, confirmed_by).await?;
    Ok(Json(ConfirmedBody::from(&confirmed)))
}

impl PacketRequest {
    fn into_parts(self) -> Result<(Completed, String), ApiError> {
        let name = self.confirmed_by.trim();
        person::check("/confirmed_by", name).map_err(|wrong| ApiError::from(vec![wrong]))?;
        let corrections = self.corrections.map(|Object(body)| body.into()).unwrap_or_default();
        let (whats_needed, customer_context) = (self.whats_needed, self.customer_context);
        Ok((Completed { whats_needed, customer_context, corrections }, name.to_owned()))
    }
}

impl From<CorrectionsBody> for Corrections {
    fn from(body: CorrectionsBody) -> Self {
        Self {
            problem: body.problem,
            change_steps: body.change_steps.into_iter().map(|Object(step)| step.into()).collect(),
            add_steps: body.add_steps.into_iter().map(|Object(step)| step.into()).collect(),
            remove_steps: body.remove_steps,
            add_evidence: body.add_evidence.into_iter().map(|Object(fact)| fact.into()).collect(),
            remove_evidence: body.remove_evidence,
            impact: body.impact.map(|Object(impact)| impact.into()),
            hypothesis: body.hypothesis,
        }
    }
}

impl From<StepChangeBody> for StepChange {
    fn from(body: StepChangeBody) -> Self {
        Self { step: body.step, by: body.by, text: body.text, outcome: body.outcome }
    }
}

impl From<NewStepBody> for NewStep {
    fn from(body: NewStepBody) -> Self {
        Self { by: body.by, text: body.text, outcome: body.outcome }
    }
}

impl From<NewEvidenceBody> for EvidenceNote {
    fn from(body: NewEvidenceBody) -> Self {
        Self { kind: body.kind, value: body.value }
    }
}

impl From<ImpactChangeBody> for ImpactCorrection {
    fn from(body: ImpactChangeBody) -> Self {
        Self { who: body.who, work: body.work, impacted_users: body.impacted_users }
    }
}
