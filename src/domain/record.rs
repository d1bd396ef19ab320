//! What is kept of a decision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    conversation::{
        Channel, Conversation, Customer, FieldValue, Invalid, Limits, Message, Outcome, Parts,
        Severity, Stage, Ticket,
    },
    decision::Decision,
    features::Features,
    id::{ConversationId, DecisionId},
    kept::{Original, StoreText},
    memory::Standing,
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
    /// What the conversation had seen so far, this request included.
    #[serde(default)]
    pub standing: Standing,
    /// What the policy made of it.
    pub decision: Decision,
    /// The packet in masked words.
    pub packet: Packet,
    /// How much text was kept of it.
    #[serde(default)]
    pub store_text: StoreText,
    /// The words as they were sent, where they may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Name and version of the model.
    pub model: (String, String),
    /// Version of the policy.
    pub policy: String,
}

/// What the caller said besides the text: all that a rule may look at, so that a record can be
/// decided again under another policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// How the customer writes.
    pub channel: Option<Channel>,
    /// Why the caller asked.
    pub stage: Stage,
    /// The caller's name for the customer.
    pub customer_id: Option<String>,
    /// The customer's plan.
    pub plan: Option<String>,
    /// Monthly recurring revenue in US dollars.
    pub mrr_usd: Option<f64>,
    /// Days until the contract renews.
    pub renewal_in_days: Option<i64>,
    /// Marked as high-value by the caller.
    pub vip: Option<bool>,
    /// ISO 639-1 code of the language that the customer prefers.
    pub language: Option<String>,
    /// The helpdesk's name for the ticket.
    pub ticket_id: Option<String>,
    /// Tier that worked on it.
    pub current_tier: Option<u8>,
    /// Minutes since it was opened.
    pub open_minutes: Option<f64>,
    /// Minutes until the service-level agreement is missed.
    pub sla_minutes_left: Option<f64>,
    /// Severity as the caller gave it.
    pub severity: Option<Severity>,
    /// Users affected.
    pub impacted_users: Option<u64>,
    /// The helpdesk's group that has the ticket: the field `group`, where it is a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The part of the product it is about: the field `product_area`, where it is a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_area: Option<String>,
    /// The helpdesk's own fields; other texts that are no number are left out, since nobody knows
    /// what stands in them.
    pub fields: BTreeMap<String, FieldValue>,
    /// One entry per message, in the order of the conversation.
    pub messages: Vec<MessageFacts>,
}

/// What the caller said of a message besides its text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageFacts {
    /// The caller's name for the message.
    pub id: Option<String>,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// What came of this answer, when the caller knew.
    pub outcome: Option<Outcome>,
}

impl From<&Conversation> for Origin {
    fn from(conversation: &Conversation) -> Self {
        let (customer, ticket) = (&conversation.customer, &conversation.ticket);
        let fields = ticket.fields.iter().filter(|(_, value)| match value {
            FieldValue::Flag(_) | FieldValue::Number(_) => true,
            // An amount that the helpdesk keeps as a text is an amount all the same.
            FieldValue::Text(text) => text.trim().parse::<f64>().is_ok(),
        });
        let messages = conversation.messages.iter().map(|message| MessageFacts {
            id: message.id.clone(),
            at: message.at,
            outcome: message.outcome,
        });
        Self {
            channel: conversation.channel,
            stage: conversation.stage,
            customer_id: customer.id.clone(),
            plan: customer.plan.clone(),
            mrr_usd: customer.mrr_usd,
            renewal_in_days: customer.renewal_in_days,
            vip: customer.vip,
            language: customer.language.clone(),
            ticket_id: ticket.id.clone(),
            current_tier: ticket.current_tier,
            open_minutes: ticket.open_minutes,
            sla_minutes_left: ticket.sla_minutes_left,
            severity: ticket.severity,
            impacted_users: ticket.impacted_users,
            group: name(ticket.fields.get("group")),
            product_area: name(ticket.fields.get("product_area")),
            fields: fields.map(|(name, value)| (name.clone(), value.clone())).collect(),
            messages: messages.collect(),
        }
    }
}

impl Record {
    /// The conversation as it is kept: personal data masked, without what came along, and without
    /// words where no text is kept. A policy finds in it all that a rule may look at.
    ///
    /// # Errors
    /// It is no conversation, which no record of this program is.
    pub fn conversation(&self) -> Result<Conversation, Vec<Invalid>> {
        let origin = &self.origin;
        let mut messages = Vec::with_capacity(self.features.messages.len());
        for (place, read) in self.features.messages.iter().enumerate() {
            let facts = origin.messages.get(place).cloned().unwrap_or_default();
            messages.push(Message {
                id: facts.id,
                speaker: read.speaker,
                text: read.masked.clone(),
                at: facts.at,
                attachments: Vec::new(),
                outcome: facts.outcome,
            });
        }
        let parts = Parts {
            id: Some(self.conversation_id.clone()),
            channel: origin.channel,
            subject: self.features.subject.as_ref().map(|subject| subject.masked.clone()),
            messages,
            customer: Customer {
                id: origin.customer_id.clone(),
                plan: origin.plan.clone(),
                mrr_usd: origin.mrr_usd,
                renewal_in_days: origin.renewal_in_days,
                vip: origin.vip,
                language: origin.language.clone(),
            },
            stage: origin.stage,
            ticket: Ticket {
                id: origin.ticket_id.clone(),
                current_tier: origin.current_tier,
                open_minutes: origin.open_minutes,
                sla_minutes_left: origin.sla_minutes_left,
                severity: origin.severity,
                impacted_users: origin.impacted_users,
                fields: origin.fields.clone(),
            },
        };
        // The limits of today say nothing about what was accepted then.
        let limits = Limits { messages: usize::MAX, message_chars: usize::MAX };
        Conversation::new(parts, &limits)
    }
}

/// Longest name of a group or a product area, in characters.
const NAME_CHARS: usize = 64;

/// A field that names a group or a product area: reports count by it, so it is kept as it is. What
/// cannot be such a name is left out like any other text: an address, a number, a sentence.
fn name(field: Option<&FieldValue>) -> Option<String> {
    let Some(FieldValue::Text(text)) = field else { return None };
    let text = text.trim();
    let mut letters = text.chars();
    let begins = letters.next().is_some_and(char::is_alphabetic);
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '&');
    let is_name = begins && letters.all(goes_on) && text.chars().count() <= NAME_CHARS;
    (is_name && text.chars().filter(char::is_ascii_digit).count() <= 4).then(|| text.to_owned())
}

/// Lets a caller send the same request again without a second effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller's key.
    pub key: String,
    /// SHA-256 over key and body: the same key with another body is an error.
    pub body_digest: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_the_name_of_a_group_is_kept_of_a_text() {
        let kept = |text: &str| name(Some(&FieldValue::Text(text.to_owned())));
        for text in ["Billing", " EMEA tier 2", "R&D/Core", "Écran-1"] {
            assert_eq!(kept(text).as_deref(), Some(text.trim()));
        }
        let long = "x".repeat(65);
        for text in ["", "jo@x.io", "+49 151 2345678", "call 4711 0815", "Where is it?", &long] {
            assert_eq!(kept(text), None, "{text}");
        }
        assert_eq!(name(Some(&FieldValue::Number(1.0))), None);
    }
}
