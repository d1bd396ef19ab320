//! What a caller sends: the request body, and how it becomes a conversation.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use utoipa::ToSchema;

use super::{
    json::{Object, TWICE, time},
    schema,
};
use crate::domain::{
    Attachment, Channel, Conversation, ConversationId, Customer, FieldValue, Invalid, Limits,
    Message, Outcome, Parts, Severity, Speaker, Stage, Ticket, Timestamp,
};

/// A conversation to triage. Only `messages` is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageRequest {
    /// Strikes and the record belong to it; without it, a new one is made. 1 to 256 characters.
    #[schema(example = "c-81", max_length = 256)]
    conversation_id: Option<String>,
    /// How the customer writes.
    #[schema(schema_with = schema::channel)]
    channel: Option<Channel>,
    /// The subject line.
    #[schema(example = "Invoice")]
    subject: Option<String>,
    /// Oldest first; send the whole conversation each time.
    #[schema(value_type = Vec<MessageBody>)]
    messages: Vec<Object<MessageBody>>,
    /// What is known of the customer.
    #[schema(value_type = Option<CustomerBody>)]
    customer: Option<Object<CustomerBody>>,
    /// Why triage is asked for now; `interaction` if absent.
    #[schema(schema_with = schema::stage)]
    stage: Option<Stage>,
    /// What is known of the ticket.
    #[schema(value_type = Option<TicketBody>)]
    ticket: Option<Object<TicketBody>>,
}

/// One turn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    /// A message seen before is never counted twice.
    #[schema(example = "m1")]
    id: Option<String>,
    /// Who wrote it.
    #[schema(schema_with = schema::speaker)]
    role: Speaker,
    /// What was written.
    #[schema(example = "I was charged twice for INV-2231")]
    text: String,
    /// When, as RFC 3339.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Never fetched, named in the packet.
    #[serde(default)]
    #[schema(value_type = Vec<AttachmentBody>)]
    attachments: Vec<Object<AttachmentBody>>,
    /// What came of a bot's or agent's answer, when the caller knows.
    #[schema(schema_with = schema::outcome)]
    outcome: Option<Outcome>,
}

/// A file that came along.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AttachmentBody {
    /// File name.
    #[schema(example = "error.png")]
    name: String,
    /// Media type.
    #[schema(example = "image/png")]
    content_type: Option<String>,
    /// Where it lies; never fetched.
    url: Option<String>,
}

/// What is known of the customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerBody {
    /// The caller's name for the customer.
    #[schema(example = "u-7")]
    id: Option<String>,
    /// Plan.
    #[schema(example = "enterprise")]
    plan: Option<String>,
    /// Monthly recurring revenue in US dollars.
    #[schema(example = 1200, minimum = 0)]
    mrr_usd: Option<f64>,
    /// Days until the contract renews; negative once that has passed.
    #[schema(example = 20)]
    renewal_in_days: Option<i64>,
    /// Marked as high-value.
    vip: Option<bool>,
    /// ISO 639-1 code of the preferred language.
    #[schema(example = "en")]
    language: Option<String>,
}

/// What is known of the ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketBody {
    /// The helpdesk's name for it.
    #[schema(example = "81")]
    id: Option<String>,
    /// Tier that works on it now.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    current_tier: Option<u8>,
    /// Minutes since it was opened.
    #[schema(example = 40, minimum = 0)]
    open_minutes: Option<f64>,
    /// Minutes until the service-level agreement is missed; negative once it is.
    #[schema(example = 90)]
    sla_minutes_left: Option<f64>,
    /// Severity as the caller gives it.
    #[schema(schema_with = schema::severity)]
    severity: Option<Severity>,
    /// Users affected.
    #[schema(example = 3)]
    impacted_users: Option<u64>,
    /// The helpdesk's own fields: strings, numbers or booleans.
    #[serde(default, deserialize_with = "each_once")]
    #[schema(schema_with = schema::fields)]
    fields: BTreeMap<String, FieldValue>,
}

impl TriageRequest {
    /// Checks the request and makes a conversation of it.
    ///
    /// # Errors
    /// Everything that is wrong, each with its JSON pointer.
    pub fn into_conversation(self, limits: &Limits) -> Result<Conversation, Vec<Invalid>> {
        let id = self.conversation_id.map(ConversationId::try_from).transpose();
        let (id, wrong) = match id {
            Ok(id) => (id, None),
            Err(cause) => (None, Some(Invalid::new("/conversation_id", cause.to_string()))),
        };
        let parts = Parts {
            id,
            channel: self.channel,
            subject: self.subject,
            messages: self.messages.into_iter().map(|Object(body)| body.into()).collect(),
            customer: self.customer.map(|Object(body)| body.into()).unwrap_or_default(),
            stage: self.stage.unwrap_or_default(),
            ticket: self.ticket.map(|Object(body)| body.into()).unwrap_or_default(),
        };
        match (Conversation::new(parts, limits), wrong) {
            (Ok(conversation), None) => Ok(conversation),
            (Ok(_), Some(wrong)) => Err(vec![wrong]),
            (Err(faults), wrong) => Err(wrong.into_iter().chain(faults).collect()),
        }
    }
}

impl From<MessageBody> for Message {
    fn from(body: MessageBody) -> Self {
        Self {
            id: body.id,
            speaker: body.role,
            text: body.text,
            at: body.at,
            attachments: body.attachments.into_iter().map(|Object(body)| body.into()).collect(),
            outcome: body.outcome,
        }
    }
}

impl From<AttachmentBody> for Attachment {
    fn from(body: AttachmentBody) -> Self {
        Self { name: body.name, content_type: body.content_type, url: body.url }
    }
}

impl From<CustomerBody> for Customer {
    fn from(body: CustomerBody) -> Self {
        Self {
            id: body.id,
            plan: body.plan,
            mrr_usd: body.mrr_usd,
            renewal_in_days: body.renewal_in_days,
            vip: body.vip,
            language: body.language,
        }
    }
}

impl From<TicketBody> for Ticket {
    fn from(body: TicketBody) -> Self {
        Self {
            id: body.id,
            current_tier: body.current_tier,
            open_minutes: body.open_minutes,
            sla_minutes_left: body.sla_minutes_left,
            severity: body.severity,
            impacted_users: body.impacted_users,
            fields: body.fields,
        }
    }
}

/// Reads a map and refuses a key that is given twice, which JSON allows and nobody means.
fn each_once<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<BTreeMap<String, FieldValue>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<String, FieldValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of strings, numbers or booleans")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = BTreeMap::new();
            while let Some(key) = map.next_key::<String>()? {
                let value: Scalar = map.next_value()?;
                if fields.insert(key, value.0).is_some() {
                    return Err(A::Error::custom(TWICE));
                }
            }
            Ok(fields)
        }
    }
    input.deserialize_map(EachOnce)
}

/// A string, number or boolean, read without looking ahead, so that a fault keeps its place.
struct Scalar(FieldValue);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OneOf;

        #[expect(clippy::cast_precision_loss, reason = "a field is shown and compared, not summed")]
        impl Visitor<'_> for OneOf {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number or a boolean")
            }

            fn visit_bool<E>(self, value: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::Flag(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(value.to_owned()))
            }
        }
        input.deserialize_any(OneOf).map(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{json::parse, problem::ApiError};

    fn pointer(json: &str) -> String {
        let refused = |error: ApiError| match error {
            ApiError::Invalid(wrong) => wrong[0].pointer.clone(),
            other => panic!("{other}"),
        };
        match parse::<TriageRequest>(json.as_bytes()) {
            Err(error) => refused(error),
            Ok(request) => {
                let wrong = request.into_conversation(&Limits::default()).unwrap_err();
                refused(wrong.into())
            }
        }
    }

    #[test]
    fn every_fault_has_its_place() {
        let cases = [
            (r#"{"messages":[{"role":"boss","text":"x"}]}"#, "/messages/0/role"),
            (r#"{"messages":[{"role":"customer","text":1}]}"#, "/messages/0/text"),
            (r#"{"messages":[{"role":"customer","text":"x","at":"today"}]}"#, "/messages/0/at"),
            (
                r#"{"messages":[{"role":"customer","text":"x","at":"x, expected y"}]}"#,
                "/messages/0/at",
            ),
            (r#"{"messages":[{"role":"customer"}]}"#, "/messages/0"),
            (r#"{"messages":[]}"#, "/messages"),
            (r#"{"messages":[{"role":"bot","text":"x"}]}"#, "/messages"),
            (r#"{"message":[]}"#, "/message"),
            (
                r#"{"messages":[{"role":"customer","text":"x"}],"conversation_id":""}"#,
                "/conversation_id",
            ),
            (
                r#"{"messages":[{"role":"customer","text":"x"}],"ticket":{"fields":{"a":[1]}}}"#,
                "/ticket/fields/a",
            ),
            (
                r#"{"messages":[{"role":"customer","text":"x"}],"ticket":{"current_tier":9}}"#,
                "/ticket/current_tier",
            ),
        ];
        for (json, want) in cases {
            assert_eq!(pointer(json), want, "{json}");
        }
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        let json =
            r#"{"messages":[{"role":"customer","text":"x"}],"ticket":{"fields":{"a":1,"a":2}}}"#;
        assert!(pointer(json).starts_with("/ticket/fields"));
        assert_eq!(pointer(r#"{"messages":[],"messages":[]}"#), "");
    }
}
