//! Packets that their receivers have completed, as callers see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    handoff::{ImpactBody, QuoteBody},
    response::SourceBody,
    schema,
};
use crate::{
    domain::{
        Actor, Completed, ConfirmedEvidence, ConfirmedPacket, ConfirmedStep, EvidenceKind,
        EvidenceNote, NewStep, Receipt, Section, StepChange, StepOutcome, StoreText, Timestamp,
        Who, Work,
    },
    triage::Confirmed,
};

/// A packet as its receiver completed it: the draft as it is kept, in the receiver's words where
/// they wrote or corrected it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConfirmedBody {
    decision_id: String,
    /// Always true: a packet counts as reviewed once somebody has confirmed it.
    reviewed: bool,
    confirmed_by: String,
    /// When; the same for the same body.
    #[schema(value_type = String, format = DateTime)]
    confirmed_at: Timestamp,
    /// Sections that the receiver wrote or corrected.
    #[schema(schema_with = schema::sections)]
    sections: Vec<Section>,
    /// How much text is kept: with `none` the words of the draft are missing here.
    #[schema(schema_with = schema::store_text)]
    store_text: StoreText,
    packet: ConfirmedPacketBody,
}

/// The sections of a completed packet. What has no source is in the receiver's words.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmedPacketBody {
    problem: Option<QuoteBody>,
    whats_been_done: Vec<ConfirmedStepBody>,
    whats_needed: Option<String>,
    customer_context: Option<String>,
    hypothesis: Option<QuoteBody>,
    evidence: Vec<ConfirmedEvidenceBody>,
    impact: ImpactBody,
}

/// Something that was tried.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmedStepBody {
    #[schema(schema_with = schema::actor)]
    by: Actor,
    text: String,
    #[schema(schema_with = schema::step_outcome)]
    outcome: StepOutcome,
    source: Option<SourceBody>,
}

/// An identifier or another fact.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmedEvidenceBody {
    #[schema(schema_with = schema::evidence_kind)]
    kind: EvidenceKind,
    value: String,
    source: Option<SourceBody>,
}

/// Whether the packet of a decision counts as reviewed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PacketState {
    /// True once somebody has completed and confirmed it.
    reviewed: bool,
    /// One per person who did, in the order of their confirmations.
    receipts: Vec<ReceiptBody>,
}

/// What one person made of a packet, as it is kept: personal data masked.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptBody {
    /// As given; `sha256:…` where that was personal data.
    confirmed_by: String,
    #[schema(value_type = String, format = DateTime)]
    confirmed_at: Timestamp,
    /// Sections that they wrote or corrected.
    #[schema(schema_with = schema::sections)]
    sections: Vec<Section>,
    whats_needed: Option<String>,
    customer_context: Option<String>,
    /// What the draft got wrong; null where no text is kept.
    corrections: Option<KeptCorrections>,
}

/// What the draft got wrong, as it was sent to `POST /v1/decisions/{id}/packet`.
#[derive(Debug, Serialize, ToSchema)]
struct KeptCorrections {
    problem: Option<String>,
    change_steps: Vec<KeptStepChange>,
    add_steps: Vec<KeptStep>,
    remove_steps: Vec<u32>,
    add_evidence: Vec<KeptEvidence>,
    remove_evidence: Vec<u32>,
    impact: Option<KeptImpact>,
    hypothesis: Option<String>,
}

/// What was not quite so about a step.
#[derive(Debug, Serialize, ToSchema)]
struct KeptStepChange {
    step: u32,
    #[schema(schema_with = schema::actor)]
    by: Option<Actor>,
    text: Option<String>,
    #[schema(schema_with = schema::step_outcome)]
    outcome: Option<StepOutcome>,
}

/// A step that the draft lacked.
#[derive(Debug, Serialize, ToSchema)]
struct KeptStep {
    #[schema(schema_with = schema::actor)]
    by: Actor,
    text: String,
    #[schema(schema_with = schema::step_outcome)]
    outcome: StepOutcome,
}

/// A fact that the draft lacked.
#[derive(Debug, Serialize, ToSchema)]
struct KeptEvidence {
    #[schema(schema_with = schema::evidence_kind)]
    kind: EvidenceKind,
    value: String,
}

/// Who is affected and how.
#[derive(Debug, Serialize, ToSchema)]
struct KeptImpact {
    #[schema(schema_with = schema::who)]
    who: Option<Who>,
    #[schema(schema_with = schema::work)]
    work: Option<Work>,
    impacted_users: Option<u64>,
}

impl From<&Confirmed> for ConfirmedBody {
    fn from(confirmed: &Confirmed) -> Self {
        let (record, receipt) = (&confirmed.record, &confirmed.receipt);
        let completed = receipt.completed.clone().unwrap_or_default();
        Self {
            decision_id: record.id.to_string(),
            reviewed: true,
            confirmed_by: receipt.confirmed_by.clone(),
            confirmed_at: receipt.confirmed_at,
            sections: receipt.sections.clone(),
            store_text: record.store_text,
            packet: ConfirmedPacket::new(&record.packet, &completed).into(),
        }
    }
}

impl From<ConfirmedPacket> for ConfirmedPacketBody {
    fn from(packet: ConfirmedPacket) -> Self {
        Self {
            problem: packet.problem.as_ref().map(QuoteBody::from),
            whats_been_done: packet.whats_been_done.into_iter().map(Into::into).collect(),
            whats_needed: packet.whats_needed,
            customer_context: packet.customer_context,
            hypothesis: packet.hypothesis.as_ref().map(QuoteBody::from),
            evidence: packet.evidence.into_iter().map(Into::into).collect(),
            impact: (&packet.impact).into(),
        }
    }
}

impl From<ConfirmedStep> for ConfirmedStepBody {
    fn from(step: ConfirmedStep) -> Self {
        let source = step.source.map(SourceBody::from);
        Self { by: step.by, text: step.text, outcome: step.outcome, source }
    }
}

impl From<ConfirmedEvidence> for ConfirmedEvidenceBody {
    fn from(item: ConfirmedEvidence) -> Self {
        let source = item.source.map(SourceBody::from);
        Self { kind: item.kind, value: item.value, source }
    }
}

impl From<Vec<Receipt>> for PacketState {
    fn from(receipts: Vec<Receipt>) -> Self {
        let reviewed = !receipts.is_empty();
        Self { reviewed, receipts: receipts.into_iter().map(ReceiptBody::from).collect() }
    }
}

impl From<Receipt> for ReceiptBody {
    fn from(receipt: Receipt) -> Self {
        let corrections = receipt.completed.as_ref().map(KeptCorrections::from);
        let completed = receipt.completed.unwrap_or_default();
        Self {
            confirmed_by: receipt.confirmed_by,
            confirmed_at: receipt.confirmed_at,
            sections: receipt.sections,
            whats_needed: completed.whats_needed,
            customer_context: completed.customer_context,
            corrections,
        }
    }
}

impl From<&Completed> for KeptCorrections {
    fn from(completed: &Completed) -> Self {
        let made = completed.corrections.clone();
        let impact = made.impact.map(|impact| KeptImpact {
            who: impact.who,
            work: impact.work,
            impacted_users: impact.impacted_users,
        });
        Self {
            problem: made.problem,
            change_steps: made.change_steps.into_iter().map(Into::into).collect(),
            add_steps: made.add_steps.into_iter().map(Into::into).collect(),
            remove_steps: made.remove_steps,
            add_evidence: made.add_evidence.into_iter().map(Into::into).collect(),
            remove_evidence: made.remove_evidence,
            impact,
            hypothesis: made.hypothesis,
        }
    }
}

impl From<StepChange> for KeptStepChange {
    fn from(change: StepChange) -> Self {
        Self { step: change.step, by: change.by, text: change.text, outcome: change.outcome }
    }
}

impl From<NewStep> for KeptStep {
    fn from(step: NewStep) -> Self {
        Self { by: step.by, text: step.text, outcome: step.outcome }
    }
}

impl From<EvidenceNote> for KeptEvidence {
    fn from(note: EvidenceNote) -> Self {
        Self { kind: note.kind, value: note.value }
    }
}
