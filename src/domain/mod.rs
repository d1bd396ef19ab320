//! The nouns: plain values that know nothing of files, sockets, clocks or frameworks.
//!
//! They are listed in the order in which a request becomes an answer. A value that exists is
//! valid: what can be wrong is checked once, where the value is made.

pub mod audit;
pub mod certificate;
pub mod confirmed;
pub mod conversation;
pub mod decision;
pub mod features;
pub mod id;
pub mod intent;
pub mod kept;
pub mod memory;
pub mod packet;
pub mod prediction;
pub mod probability;
pub mod receipt;
pub mod record;
pub mod review;
#[cfg(test)]
pub(crate) mod samples;
pub mod source;
mod spelled;
pub mod time;

pub use audit::{Answer, AuditId, AuditState, NotAnAuditId};
pub use certificate::Certificate;
pub use confirmed::{ConfirmedEvidence, ConfirmedPacket, ConfirmedStep};
pub use conversation::{
    Attachment, Channel, Conversation, Customer, FieldValue, Invalid, Limits, Message, Outcome,
    Parts, Severity, Speaker, Stage, Ticket,
};
pub use decision::{
    Action, Band, Candidate, Decision, Degraded, Escalation, EscalationKind, Mode, Priority,
    Reason, ReasonCode, Strikes, Tier,
};
pub use features::{
    Features, Language, Segment, Sentence, SentenceKind, Signal, SignalKind, TextFeatures,
};
pub use id::{ConversationId, DecisionId};
pub use intent::{Intent, RoleId};
pub use kept::{Original, OriginalMessage, StoreText, kept_name, pseudonym};
pub use memory::{Acknowledged, HandOver, Mark, Memory, Sign, Standing};
pub use packet::{
    Actor, AttachmentName, Evidence, EvidenceKind, Hints, Impact, KnowledgeDraft, MissingContext,
    Packet, Quote, Step, StepOutcome, Who, Work,
};
pub use prediction::{Act, ActScores, IntentScore, Prediction, Repeat, Sentiment, SentimentLabel};
pub use probability::Probability;
pub use receipt::{
    Completed, Corrections, EvidenceNote, ImpactCorrection, NewStep, Receipt, Section, StepChange,
};
pub use record::{IdempotencyKey, MessageFacts, Origin, Record};
pub use review::{CSAT, LabelSource, Resolution, Review, Verdict};
pub use source::{Source, Span};
pub use time::{Clock, Timestamp};
