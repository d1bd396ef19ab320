//! What is kept of a decision.

use serde::{Deserialize, Serialize};

use super::{
    conversation::{Channel, Stage},
    decision::Decision,
    features::Features,
    id::{ConversationId, DecisionId},
    packet::Packet,
    prediction::Prediction,
    time::Timestamp,
};

/// One decision with everything that led to it, personal data masked: enough to explain it, to
/// replay it under another policy, and to learn from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The decision's identifier.
    pub id: DecisionId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// When it was taken.
    pub at: Timestamp,
    /// What the caller said besides the text.
    pub origin: Origin,
    /// The text as the model read it.
    pub features: Features,
    /// What the model said; `None` if it did not answer in time.
    pub prediction: Option<Prediction>,
    /// What the policy made of it.
    pub decision: Decision,
    /// The packet in masked words.
    pub packet: Packet,
    /// Name and version of the model.
    pub model: (String, String),
    /// Version of the policy.
    pub policy: String,
}

/// What the caller said besides the text, as far as rules and reports need it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// How the customer writes.
    pub channel: Option<Channel>,
    /// Why the caller asked.
    pub stage: Stage,
    /// The caller's name for the customer.
    pub customer_id: Option<String>,
    /// The customer's plan.
    pub plan: Option<String>,
    /// The helpdesk's name for the ticket.
    pub ticket_id: Option<String>,
    /// Tier that worked on it.
    pub current_tier: Option<u8>,
}

/// Lets a caller send the same request again without a second effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller's key.
    pub key: String,
    /// SHA-256 over key and body: the same key with another body is an error.
    pub body_digest: [u8; 32],
}
