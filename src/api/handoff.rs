//! The handoff packet as callers see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{response::SourceBody, schema};
use crate::{
    domain::{
        Actor, Evidence, EvidenceKind, Impact, KnowledgeDraft, MissingContext, Packet, Quote,
        Record, Step, StepOutcome, Who, Work,
    },
    handoff,
};

/// The draft of the packet; whoever takes over completes and confirms it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandoffBody {
    /// What is wrong, for whom; null if the text does not say.
    problem: Option<QuoteBody>,
    /// Every step already tried, in order.
    whats_been_done: Vec<StepBody>,
    /// Always null: the human's to write.
    #[schema(value_type = Option<String>)]
    whats_needed: (),
    /// Always null: the human's to write.
    #[schema(value_type = Option<String>)]
    customer_context: (),
    /// For whoever writes the two fields above.
    hints: HintsBody,
    /// A starting hypothesis, where somebody in the conversation states one.
    hypothesis: Option<QuoteBody>,
    /// Identifiers, error messages and the like, verbatim, grouped by kind.
    evidence: Vec<EvidenceBody>,
    /// How many pieces of evidence did not fit, at least; 0 if all did.
    evidence_left_out: u32,
    /// Files that came along; never fetched.
    attachments: Vec<AttachmentBody>,
    /// Who is affected and how.
    impact: ImpactBody,
    /// What the next stage needs and the conversation does not say.
    #[schema(schema_with = schema::missing_context)]
    missing_context: Vec<MissingContext>,
    /// At closure: the draft of a knowledge-base note.
    knowledge_draft: Option<KnowledgeBody>,
    /// Who keeps the customer informed.
    communication_owner: Option<String>,
    /// The packet as Situation, Background, Assessment, Recommendation.
    sbar: SbarBody,
    /// The packet as Markdown for a private note.
    markdown: String,
}

/// Words of the conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuoteBody {
    /// The texts of the sources, joined by a space.
    text: String,
    /// Where they stand.
    sources: Vec<SourceBody>,
}

/// Something that was tried.
#[derive(Debug, Serialize, ToSchema)]
struct StepBody {
    #[schema(schema_with = schema::actor)]
    by: Actor,
    text: String,
    #[schema(schema_with = schema::step_outcome)]
    outcome: StepOutcome,
    source: SourceBody,
}

/// An identifier or another fact, verbatim.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceBody {
    #[schema(schema_with = schema::evidence_kind)]
    kind: EvidenceKind,
    #[schema(example = "INV-2231")]
    value: String,
    source: SourceBody,
}

/// A file that came along.
#[derive(Debug, Serialize, ToSchema)]
struct AttachmentBody {
    name: String,
    /// Place of its message in the request.
    message: u32,
}

/// Who is affected and how.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImpactBody {
    #[schema(schema_with = schema::who)]
    who: Who,
    #[schema(schema_with = schema::work)]
    work: Work,
    impacted_users: Option<u64>,
    customer_plan: Option<String>,
}

/// For whoever writes the sections that are left to people.
#[derive(Debug, Serialize, ToSchema)]
struct HintsBody {
    mood: String,
    attempt: u32,
}

/// What was wrong and what helped.
#[derive(Debug, Serialize, ToSchema)]
struct KnowledgeBody {
    problem: QuoteBody,
    resolution: QuoteBody,
}

/// Situation, Background, Assessment, Recommendation.
#[derive(Debug, Serialize, ToSchema)]
struct SbarBody {
    situation: String,
    background: String,
    assessment: String,
    recommendation: String,
}

impl HandoffBody {
    /// Renders a packet together with the decision it travels with.
    pub(super) fn new(packet: &Packet, record: &Record) -> Self {
        let sbar = handoff::sbar(packet, &record.decision);
        Self {
            problem: packet.problem.as_ref().map(QuoteBody::from),
            whats_been_done: packet.whats_been_done.iter().map(StepBody::from).collect(),
            whats_needed: (),
            customer_context: (),
            hints: HintsBody { mood: packet.hints.mood.clone(), attempt: packet.hints.attempt },
            hypothesis: packet.hypothesis.as_ref().map(QuoteBody::from),
            evidence: packet.evidence.iter().map(EvidenceBody::from).collect(),
            evidence_left_out: packet.evidence_left_out,
            attachments: attachments(packet),
            impact: (&packet.impact).into(),
            missing_context: packet.missing_context.clone(),
            knowledge_draft: packet.knowledge_draft.as_ref().map(KnowledgeBody::from),
            communication_owner: packet.communication_owner.as_ref().map(ToString::to_string),
            sbar: SbarBody {
                situation: sbar.situation,
                background: sbar.background,
                assessment: sbar.assessment,
                recommendation: sbar.recommendation,
            },
            markdown: handoff::markdown(packet, &record.decision),
        }
    }
}

fn attachments(packet: &Packet) -> Vec<AttachmentBody> {
    let files = packet.attachments.iter();
    files.map(|file| AttachmentBody { name: file.name.clone(), message: file.message }).collect()
}

impl From<&Quote> for QuoteBody {
    fn from(quote: &Quote) -> Self {
        let sources = quote.sources.iter().copied().map(SourceBody::from).collect();
        Self { text: quote.text.clone(), sources }
    }
}

impl From<&Impact> for ImpactBody {
    fn from(impact: &Impact) -> Self {
        Self {
            who: impact.who,
            work: impact.work,
            impacted_users: impact.impacted_users,
            customer_plan: impact.customer_plan.clone(),
        }
    }
}

impl From<&Step> for StepBody {
    fn from(step: &Step) -> Self {
        let (by, outcome, source) = (step.by, step.outcome, step.source.into());
        Self { by, text: step.text.clone(), outcome, source }
    }
}

impl From<&Evidence> for EvidenceBody {
    fn from(evidence: &Evidence) -> Self {
        let (kind, source) = (evidence.kind, evidence.source.into());
        Self { kind, value: evidence.value.clone(), source }
    }
}

impl From<&KnowledgeDraft> for KnowledgeBody {
    fn from(draft: &KnowledgeDraft) -> Self {
        Self { problem: (&draft.problem).into(), resolution: (&draft.resolution).into() }
    }
}
