//! What a caller gets: the answer to one conversation.

use serde::Serialize;
use utoipa::ToSchema;

use super::{handoff::HandoffBody, schema};
use crate::{
    domain::{
        Action, Band, Candidate, Degraded, Escalation, EscalationKind, Mode, Prediction, Priority,
        Reason, ReasonCode, Record, SentimentLabel, Severity, Source, Tier,
    },
    triage::Assessment,
};

/// Intents that an answer names.
const TOP_INTENTS: usize = 5;

/// Where the conversation goes, how sure that is, why, and the draft of the packet.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriageResponse {
    /// A UUID of version 7.
    #[schema(example = "019aa3f2-6d1c-7c41-8b5e-3f6f0c1d2a3b")]
    decision_id: String,
    /// The caller's, or a new one.
    #[schema(example = "c-81")]
    conversation_id: String,
    /// `shadow`: nothing is automatic yet.
    #[schema(schema_with = schema::mode)]
    mode: Mode,
    /// How sure the service is.
    #[schema(schema_with = schema::band)]
    band: Band,
    /// What may be done now, given mode and band.
    #[schema(schema_with = schema::action)]
    action: Action,
    /// Who should act, by skill: 0 to 4.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    tier: u8,
    /// Who should act, by role.
    #[schema(example = "billing_specialist")]
    role: String,
    /// The helpdesk's queue of that role.
    #[schema(example = "Billing")]
    queue: String,
    /// Roles to inform besides.
    notify: Vec<String>,
    /// Calibrated probability that tier and role are right.
    #[schema(example = 0.87, minimum = 0, maximum = 1)]
    confidence: f32,
    /// Every decision that an intent leads to, best first; sums to 1.
    candidates: Vec<CandidateBody>,
    /// The five most probable intents, best first.
    intents: Vec<IntentBody>,
    /// How the customer feels; null if the model did not answer.
    sentiment: Option<SentimentBody>,
    /// Highest of the caller's, the text's and the triggers'.
    #[schema(schema_with = schema::severity)]
    severity: Severity,
    /// The place in the queue.
    #[schema(schema_with = schema::priority)]
    priority: Priority,
    /// The language the customer writes.
    language: LanguageBody,
    /// Failed attempts so far.
    strikes: StrikesBody,
    /// A deliberate handoff of a case that somebody works on; never changes tier, role, confidence.
    escalation: Option<EscalationBody>,
    /// Probability that the case reaches tier 3; null until outcomes allow it.
    escalation_risk: Option<f32>,
    /// Every rule that shaped the decision, in order.
    reasons: Vec<ReasonBody>,
    /// What the bot may say to the customer at a hand-over.
    customer_message: Option<String>,
    /// The draft of the packet.
    handoff: HandoffBody,
    /// Spans not read by the model because of a stated limit.
    left_out: Vec<SourceBody>,
    /// Parts that could not be used.
    #[schema(schema_with = schema::degraded)]
    degraded: Vec<Degraded>,
    /// False only if neither store nor spool could be written.
    durable: bool,
    /// The model that answered.
    model: ModelBody,
    /// The policy that decided.
    policy: PolicyBody,
}

/// A decision that some intents lead to.
#[derive(Debug, Serialize, ToSchema)]
struct CandidateBody {
    #[schema(minimum = 0, maximum = 4)]
    tier: u8,
    role: String,
    #[schema(minimum = 0, maximum = 1)]
    probability: f32,
}

/// An intent with its calibrated probability.
#[derive(Debug, Serialize, ToSchema)]
struct IntentBody {
    #[schema(example = "billing_dispute")]
    label: String,
    #[schema(minimum = 0, maximum = 1)]
    probability: f32,
}

/// How the customer feels.
#[derive(Debug, Serialize, ToSchema)]
struct SentimentBody {
    #[schema(schema_with = schema::sentiment)]
    label: SentimentLabel,
    /// Of the label.
    probability: f32,
    /// Probability of strong frustration: from 0.5 frustrated, from 0.8 it escalates.
    frustration: f32,
}

/// The language the customer writes.
#[derive(Debug, Serialize, ToSchema)]
struct LanguageBody {
    /// ISO 639-1 code, or `unknown` with too little text.
    #[schema(example = "en")]
    code: String,
    /// False if the model was not trained for it.
    supported: bool,
}

/// Failed attempts in the current episode.
#[derive(Debug, Serialize, ToSchema)]
struct StrikesBody {
    count: u32,
    limit: u32,
    tripped: bool,
}

/// A deliberate handoff of a case that somebody works on.
#[derive(Debug, Serialize, ToSchema)]
struct EscalationBody {
    #[schema(schema_with = schema::escalation_kind)]
    kind: EscalationKind,
    from_tier: Option<u8>,
    to_tier: u8,
    to_role: String,
    #[schema(schema_with = schema::reason_codes)]
    triggers: Vec<ReasonCode>,
}

/// One rule that shaped the decision.
#[derive(Debug, Serialize, ToSchema)]
struct ReasonBody {
    #[schema(schema_with = schema::reason_code)]
    code: ReasonCode,
    /// What it saw and did; never text of the conversation.
    text: String,
}

/// A range of characters (Unicode scalar values) of a message.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(super) struct SourceBody {
    /// Place of the message in the request; null is the subject line.
    message: Option<u32>,
    /// First character.
    start: u32,
    /// One past the last.
    end: u32,
}

/// The model that answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ModelBody {
    pub(super) name: String,
    pub(super) version: String,
}

/// The policy that decided.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PolicyBody {
    pub(super) version: String,
}

impl From<Source> for SourceBody {
    fn from(source: Source) -> Self {
        Self { message: source.message, start: source.span.start, end: source.span.end }
    }
}

impl From<&Assessment> for TriageResponse {
    fn from(assessment: &Assessment) -> Self {
        let handoff = HandoffBody::new(&assessment.packet, &assessment.record);
        Self { durable: assessment.durable, ..Self::new(&assessment.record, handoff) }
    }
}

impl TriageResponse {
    /// The answer as it is kept: in masked words.
    pub(super) fn stored(record: &Record) -> Self {
        Self::new(record, HandoffBody::new(&record.packet, record))
    }

    fn new(record: &Record, handoff: HandoffBody) -> Self {
        let decision = record.decision.clone();
        let prediction = record.prediction.as_ref();
        let left_out = prediction.map(|p| p.left_out.as_slice()).unwrap_or_default();
        let language = &record.features.language;
        let strikes = decision.strikes;
        Self {
            decision_id: record.id.to_string(),
            conversation_id: record.conversation_id.to_string(),
            mode: decision.mode,
            band: decision.band,
            action: decision.action,
            tier: decision.tier.get(),
            role: decision.role.to_string(),
            queue: decision.queue,
            notify: decision.notify.iter().map(ToString::to_string).collect(),
            confidence: decision.confidence.get(),
            candidates: decision.candidates.iter().map(CandidateBody::from).collect(),
            intents: prediction.map(top_intents).unwrap_or_default(),
            sentiment: prediction.map(SentimentBody::from),
            severity: decision.severity,
            priority: decision.priority,
            language: LanguageBody { code: language.code.clone(), supported: language.supported },
            strikes: StrikesBody {
                count: strikes.count,
                limit: strikes.limit,
                tripped: strikes.tripped,
            },
            escalation: decision.escalation.map(EscalationBody::from),
            escalation_risk: None,
            reasons: decision.reasons.into_iter().map(ReasonBody::from).collect(),
            customer_message: decision.customer_message,
            handoff,
            left_out: left_out.iter().copied().map(SourceBody::from).collect(),
            degraded: decision.degraded,
            durable: true,
            model: ModelBody { name: record.model.0.clone(), version: record.model.1.clone() },
            policy: PolicyBody { version: record.policy.clone() },
        }
    }
}

fn top_intents(prediction: &Prediction) -> Vec<IntentBody> {
    let top = prediction.ranked().into_iter().take(TOP_INTENTS);
    top.map(|score| IntentBody {
        label: score.label.to_string(),
        probability: score.probability.get(),
    })
    .collect()
}

impl From<&Candidate> for CandidateBody {
    fn from(candidate: &Candidate) -> Self {
        Self {
            tier: candidate.tier.get(),
            role: candidate.role.to_string(),
            probability: candidate.probability.get(),
        }
    }
}

impl From<&Prediction> for SentimentBody {
    fn from(prediction: &Prediction) -> Self {
        let sentiment = prediction.sentiment;
        Self {
            label: sentiment.label,
            probability: sentiment.probability.get(),
            frustration: sentiment.frustration.get(),
        }
    }
}

impl From<Escalation> for EscalationBody {
    fn from(escalation: Escalation) -> Self {
        Self {
            kind: escalation.kind,
            from_tier: escalation.from_tier.map(Tier::get),
            to_tier: escalation.to_tier.get(),
            to_role: escalation.to_role.to_string(),
            triggers: escalation.triggers,
        }
    }
}

impl From<Reason> for ReasonBody {
    fn from(reason: Reason) -> Self {
        Self { code: reason.code, text: reason.text }
    }
}
