//! What comes in: a conversation with its customer and its ticket.

use std::{collections::BTreeMap, ops::Deref};

use serde::{Deserialize, Serialize};

use super::{id::ConversationId, spelled::spelled, time::Timestamp};

/// A conversation that can be triaged: within the limits, with at least one customer turn.
///
/// Its parts are read through `Deref`; they cannot be changed any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation(Parts);

/// The parts of a conversation, not yet checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// The caller's name for the conversation; strikes and records belong to it.
    pub id: Option<ConversationId>,
    /// How the customer writes.
    pub channel: Option<Channel>,
    /// The subject line, where the channel has one.
    pub subject: Option<String>,
    /// Every turn so far, oldest first.
    pub messages: Vec<Message>,
    /// Who writes.
    pub customer: Customer,
    /// Why the caller asks now.
    pub stage: Stage,
    /// The ticket, where one exists.
    pub ticket: Ticket,
}

/// One turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The caller's name for the message: one seen before is never counted twice.
    pub id: Option<String>,
    /// Who wrote it.
    pub speaker: Speaker,
    /// What was written, as it was written.
    pub text: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// What came along; never fetched.
    pub attachments: Vec<Attachment>,
    /// What came of this answer, when the caller knows.
    pub outcome: Option<Outcome>,
}

/// A file that came along with a message: named in the packet, never fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type, e.g. `image/png`.
    pub content_type: Option<String>,
    /// Where it lies.
    pub url: Option<String>,
}

spelled! {
    /// Who speaks.
    pub enum Speaker {
        /// The person who needs help.
        Customer => "customer",
        /// An automated answer.
        Bot => "bot",
        /// A person who helps.
        Agent => "agent",
        /// A note of the system, e.g. "chat transferred".
        System => "system",
    }
}

spelled! {
    /// How the customer writes.
    pub enum Channel {
        /// Live chat.
        Chat => "chat",
        /// E-mail.
        Email => "email",
        /// A form on a web page.
        WebForm => "web_form",
        /// A phone call's transcript.
        Phone => "phone",
        /// A public post.
        SocialPublic => "social_public",
        /// A private message on a social network.
        SocialPrivate => "social_private",
        /// Another program.
        Api => "api",
    }
}

spelled! {
    /// What came of an answer, as the caller knows it.
    pub enum Outcome {
        /// It did not help.
        Failed => "failed",
        /// It helped.
        Worked => "worked",
    }
}

spelled! {
    /// Impact on the customer's work; orders from low to critical.
    pub enum Severity {
        /// A question or a wish.
        Low => "low",
        /// Work is slowed.
        Normal => "normal",
        /// Work has stopped, many are affected, or a contract says so.
        High => "high",
        /// Data loss, security, system down.
        Critical => "critical",
    }
}

spelled! {
    /// Why the caller asks now.
    pub enum Stage {
        /// The ticket was just made.
        Creation => "creation",
        /// Somebody wrote.
        Interaction => "interaction",
        /// The case is closed; the packet drafts the knowledge-base note.
        Closure => "closure",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro that spells the enum has no default variant")]
impl Default for Stage {
    fn default() -> Self {
        Self::Interaction
    }
}

/// What the caller knows of the customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Customer {
    /// The caller's name for the customer.
    pub id: Option<String>,
    /// Plan, e.g. `enterprise`.
    pub plan: Option<String>,
    /// Monthly recurring revenue in US dollars.
    pub mrr_usd: Option<f64>,
    /// Days until the contract renews.
    pub renewal_in_days: Option<i64>,
    /// Marked as high-value by the caller.
    pub vip: Option<bool>,
    /// ISO 639-1 code of the language that the customer prefers.
    pub language: Option<String>,
}

/// What the caller knows of the ticket.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticket {
    /// The helpdesk's name for the ticket.
    pub id: Option<String>,
    /// Tier that works on it now, 0 to 4.
    pub current_tier: Option<u8>,
    /// Minutes since it was opened.
    pub open_minutes: Option<f64>,
    /// Minutes until the service-level agreement is missed; negative once it is.
    pub sla_minutes_left: Option<f64>,
    /// Severity as the caller gives it.
    pub severity: Option<Severity>,
    /// Users affected.
    pub impacted_users: Option<u64>,
    /// The helpdesk's own fields.
    pub fields: BTreeMap<String, FieldValue>,
}

/// The value of a helpdesk's own field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// The largest conversation that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Messages in one conversation.
    pub messages: usize,
    /// Characters (Unicode scalar values) in one message.
    pub message_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { messages: 2_000, message_chars: 1_000_000 }
    }
}

/// One thing that is wrong with a conversation, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// JSON pointer (RFC 6901) into the request.
    pub pointer: String,
    /// What is wrong and what to give instead; never repeats the text of a message.
    pub detail: String,
}

impl Invalid {
    /// Names what is wrong at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

impl Deref for Conversation {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Conversation {
    /// Checks the parts and makes the conversation.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place: no message, no customer turn, too many or
    /// too long messages, a tier above 4, a number that is not finite or below what it can be.
    pub fn new(parts: Parts, limits: &Limits) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        check_messages(&parts.messages, limits, &mut wrong);
        check_text("/subject", parts.subject.as_deref(), limits.message_chars, &mut wrong);
        check_customer(&parts.customer, &mut wrong);
        check_ticket(&parts.ticket, &mut wrong);
        if wrong.is_empty() { Ok(Self(parts)) } else { Err(wrong) }
    }

    /// The customer's turns with their places in the transcript.
    pub fn customer_turns(&self) -> impl DoubleEndedIterator<Item = (usize, &Message)> {
        self.messages.iter().enumerate().filter(|(_, m)| m.speaker == Speaker::Customer)
    }
}

/// Longest identifier, plan, file name or field that a caller may give, in characters.
const SHORT_TEXT_CHARS: usize = 2_048;

fn check_messages(messages: &[Message], limits: &Limits, wrong: &mut Vec<Invalid>) {
    if messages.len() > limits.messages {
        let detail = format!(
            "{} messages are more than the limit of {}; send the newest, or raise limits.messages",
            messages.len(),
            limits.messages
        );
        wrong.push(Invalid::new("/messages", detail));
        return;
    }
    if !messages.iter().any(|m| m.speaker == Speaker::Customer) {
        let detail =
            "no message has the role \"customer\"; triage needs at least one customer turn";
        wrong.push(Invalid::new("/messages", detail));
    }
    for (index, message) in messages.iter().enumerate() {
        let at = format!("/messages/{index}");
        check_text(&format!("{at}/text"), Some(&message.text), limits.message_chars, wrong);
        check_text(&format!("{at}/id"), message.id.as_deref(), SHORT_TEXT_CHARS, wrong);
        if message.outcome.is_some() && !matches!(message.speaker, Speaker::Bot | Speaker::Agent) {
            let detail = "an outcome belongs to a message of role \"bot\" or \"agent\"";
            wrong.push(Invalid::new(format!("{at}/outcome"), detail));
        }
        for (place, file) in message.attachments.iter().enumerate() {
            let at = format!("{at}/attachments/{place}");
            check_text(&format!("{at}/name"), Some(&file.name), SHORT_TEXT_CHARS, wrong);
            let kind = file.content_type.as_deref();
            check_text(&format!("{at}/content_type"), kind, SHORT_TEXT_CHARS, wrong);
            check_text(&format!("{at}/url"), file.url.as_deref(), SHORT_TEXT_CHARS, wrong);
        }
    }
}

fn check_customer(customer: &Customer, wrong: &mut Vec<Invalid>) {
    check_text("/customer/id", customer.id.as_deref(), SHORT_TEXT_CHARS, wrong);
    check_text("/customer/plan", customer.plan.as_deref(), SHORT_TEXT_CHARS, wrong);
    check_text("/customer/language", customer.language.as_deref(), 35, wrong);
    check_amount("/customer/mrr_usd", customer.mrr_usd, wrong);
}

fn check_ticket(ticket: &Ticket, wrong: &mut Vec<Invalid>) {
    check_text("/ticket/id", ticket.id.as_deref(), SHORT_TEXT_CHARS, wrong);
    check_amount("/ticket/open_minutes", ticket.open_minutes, wrong);
    if ticket.current_tier.is_some_and(|tier| tier > 4) {
        wrong.push(Invalid::new("/ticket/current_tier", "a tier is a whole number from 0 to 4"));
    }
    for (name, value) in &ticket.fields {
        if let FieldValue::Text(text) = value {
            let name = name.replace('~', "~0").replace('/', "~1");
            check_text(&format!("/ticket/fields/{name}"), Some(text), SHORT_TEXT_CHARS, wrong);
        }
    }
}

fn check_text(pointer: &str, text: Option<&str>, limit: usize, wrong: &mut Vec<Invalid>) {
    // Counting characters is needed only where the bytes alone do not settle it.
    let Some(text) = text.filter(|text| text.len() > limit) else { return };
    let chars = text.chars().count();
    if chars > limit {
        let detail = format!("{chars} characters are more than the limit of {limit}");
        wrong.push(Invalid::new(pointer, detail));
    }
}

fn check_amount(pointer: &str, amount: Option<f64>, wrong: &mut Vec<Invalid>) {
    if amount.is_some_and(|amount| !amount.is_finite() || amount < 0.0) {
        wrong.push(Invalid::new(pointer, "give a number of at least 0"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(speaker: Speaker, text: &str) -> Message {
        let (id, at, outcome) = (None, None, None);
        Message { id, speaker, text: text.to_owned(), at, attachments: Vec::new(), outcome }
    }

    fn pointers(parts: Parts, limits: Limits) -> Vec<String> {
        let wrong = Conversation::new(parts, &limits).unwrap_err();
        wrong.into_iter().map(|wrong| wrong.pointer).collect()
    }

    #[test]
    fn a_conversation_needs_a_customer_turn() {
        for messages in [vec![], vec![message(Speaker::Bot, "Hello")]] {
            let parts = Parts { messages, ..Parts::default() };
            assert_eq!(pointers(parts, Limits::default()), ["/messages"]);
        }
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let mut answer = message(Speaker::Customer, "longer than five");
        answer.outcome = Some(Outcome::Failed);
        let parts = Parts {
            messages: vec![message(Speaker::Customer, "short"), answer],
            customer: Customer { mrr_usd: Some(f64::NAN), ..Customer::default() },
            ticket: Ticket { current_tier: Some(5), ..Ticket::default() },
            ..Parts::default()
        };
        let got = pointers(parts, Limits { messages: 2, message_chars: 5 });
        let want = [
            "/messages/1/text",
            "/messages/1/outcome",
            "/customer/mrr_usd",
            "/ticket/current_tier",
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        let parts =
            Parts { messages: vec![message(Speaker::Customer, "ééééé")], ..Parts::default() };
        assert!(Conversation::new(parts, &Limits { messages: 1, message_chars: 5 }).is_ok());
    }
}
