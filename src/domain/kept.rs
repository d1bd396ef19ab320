//! How much of a conversation a record keeps: which text, and what stands for what is personal.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    conversation::{Conversation, FieldValue, Message},
    features::{Features, TextFeatures},
    packet::Packet,
    record::{Origin, Record},
    spelled::spelled,
};

spelled! {
    /// How much text is kept at rest; the caller's own answer is never affected.
    pub enum StoreText {
        /// The text with personal data masked.
        Masked => "masked",
        /// The words as they were sent besides: personal data then lies in the store.
        Full => "full",
        /// None: facts, probabilities, signals, decision and reasons only.
        Nothing => "none",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro that spells the enum has no default variant")]
impl Default for StoreText {
    fn default() -> Self {
        Self::Masked
    }
}

/// The words as they were sent; kept only with [`StoreText::Full`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The subject line.
    pub subject: Option<String>,
    /// One entry per message, in the order of the conversation.
    pub messages: Vec<OriginalMessage>,
}

/// The words of one message as they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalMessage {
    /// What was written.
    pub text: String,
    /// Names of the files that came along.
    pub attachments: Vec<String>,
}

/// A number of so many digits before the point names somebody or something (a phone, a card, an
/// account); an amount has fewer.
const LARGEST_AMOUNT: f64 = 1e7;

/// What stands at rest for an identifier that is personal data itself, such as an e-mail address:
/// the same for the same identifier, so that what it names can be found again and erased.
///
/// It hides the address from whoever looks at the file, not from whoever has a list of addresses
/// to try.
pub fn pseudonym(id: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(id).into();
    format!("sha256:{}", hex::encode(&digest[..16]))
}

/// The name under which a person is kept: a pseudonym where it is personal data itself.
///
/// - `mask`: the text with personal data replaced, `None` if it has none.
pub fn kept_name(by: String, mask: impl Fn(&str) -> Option<String>) -> String {
    if mask(&by).is_some() { pseudonym(&by) } else { by }
}

impl Record {
    /// The same record with as much text as may be kept; it must come with the masked one.
    #[must_use]
    pub fn keeping(mut self, store_text: StoreText, conversation: &Conversation) -> Self {
        // The packet repeats the plan, which the origin has without personal data.
        self.packet.impact.customer_plan.clone_from(&self.origin.plan);
        match store_text {
            StoreText::Masked => {}
            StoreText::Full => self.original = Some(conversation.into()),
            StoreText::Nothing => {
                self.features = self.features.without_text();
                self.packet = self.packet.without_words();
            }
        }
        self.store_text = store_text;
        self
    }
}

impl From<&Conversation> for Original {
    fn from(conversation: &Conversation) -> Self {
        let words = |message: &Message| OriginalMessage {
            text: message.text.clone(),
            attachments: message.attachments.iter().map(|file| file.name.clone()).collect(),
        };
        let messages = conversation.messages.iter().map(words).collect();
        Self { subject: conversation.subject.clone(), messages }
    }
}

impl Features {
    /// What is left without any text: speakers, language and signals.
    #[must_use]
    fn without_text(self) -> Self {
        let emptied = |text: TextFeatures| TextFeatures {
            speaker: text.speaker,
            masked: String::new(),
            segments: Vec::new(),
            sentences: Vec::new(),
        };
        Self {
            subject: self.subject.map(emptied),
            messages: self.messages.into_iter().map(emptied).collect(),
            ..self
        }
    }
}

impl Packet {
    /// What is left without any words: who did each step and what came of it, kinds of evidence,
    /// and where all of it stood.
    #[must_use]
    fn without_words(mut self) -> Self {
        (self.problem, self.hypothesis, self.knowledge_draft) = (None, None, None);
        for step in &mut self.whats_been_done {
            step.text.clear();
        }
        for item in &mut self.evidence {
            item.value.clear();
        }
        self
    }
}

impl Origin {
    /// The same without personal data.
    ///
    /// - `mask`: the text with personal data replaced, `None` if it has none.
    ///
    /// Identifiers that are personal data become pseudonyms, texts are masked, and of the
    /// helpdesk's own fields only flags and amounts are left.
    #[must_use]
    pub fn masked(mut self, mask: impl Fn(&str) -> Option<String>) -> Self {
        let identifiers = [&mut self.customer_id, &mut self.ticket_id];
        let of_messages = self.messages.iter_mut().map(|message| &mut message.id);
        for id in identifiers.into_iter().chain(of_messages) {
            if id.as_deref().and_then(&mask).is_some() {
                *id = id.as_deref().map(pseudonym);
            }
        }
        for text in [&mut self.plan, &mut self.language].into_iter().flatten() {
            if let Some(masked) = mask(text) {
                *text = masked;
            }
        }
        for name in [&mut self.group, &mut self.product_area] {
            name.take_if(|name| mask(name).is_some());
        }
        self.fields.retain(|name, value| is_impersonal(name, value, &mask));
        self
    }
}

/// True for a flag or an amount whose name, too, says nothing about a person.
fn is_impersonal(name: &str, value: &FieldValue, mask: impl Fn(&str) -> Option<String>) -> bool {
    let said = match value {
        FieldValue::Flag(_) => return mask(name).is_none(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Text(text) => text.trim().to_owned(),
    };
    let amount = said.parse::<f64>().is_ok_and(|number| number.abs() < LARGEST_AMOUNT);
    amount && mask(&format!("{name}: {said}")).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masks whatever has an `@`, and numbers behind the word "pin".
    fn mask(text: &str) -> Option<String> {
        (text.contains('@') || text.starts_with("pin")).then(|| "<masked>".to_owned())
    }

    #[test]
    fn identifiers_that_name_a_person_become_pseudonyms_and_others_stay() {
        let id = |text: &str| Some(text.to_owned());
        let origin =
            Origin { customer_id: id("jo@x.io"), ticket_id: id("81"), ..Origin::default() };
        let masked = origin.clone().masked(mask);
        assert_eq!(masked.customer_id, Some(pseudonym("jo@x.io")));
        assert_eq!(masked.ticket_id, origin.ticket_id);
        assert_ne!(pseudonym("jo@x.io"), pseudonym("jo@x.de"));
    }

    #[test]
    fn of_the_helpdesks_fields_flags_and_amounts_are_left() {
        let text = |text: &str| FieldValue::Text(text.to_owned());
        let fields = [
            ("amount", FieldValue::Number(1_250.5)),
            ("credit", text("99.90")),
            ("urgent", FieldValue::Flag(true)),
            ("card", text("4111111111111111")),
            ("phone", FieldValue::Number(5_551_234_567.0)),
            ("pin", FieldValue::Number(4_421.0)),
            ("jo@x.io", FieldValue::Flag(true)),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).into();
        let masked = Origin { fields, ..Origin::default() }.masked(mask);
        let left: Vec<_> = masked.fields.keys().map(String::as_str).collect();
        assert_eq!(left, ["amount", "credit", "urgent"]);
    }
}
