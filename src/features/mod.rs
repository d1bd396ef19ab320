//! Conversation → Features: masked text, sentences with offsets, language, signals.
//!
//! Pure and total: the same conversation always gives the same features, and none fails.
//!
//! ```text
//! original ─▶ normalize ─▶ redact ─▶ blocks ─▶ sentences ─▶ language, signals
//!                └──────── offsets: the way back to the original ───────┘
//! ```

mod answers;
mod blocks;
mod hidden;
mod language;
mod lines;
mod matters;
mod mood;
mod normalize;
mod offsets;
mod pattern;
mod patterns;
mod reactions;
mod redact;
mod sentences;
mod signals;
mod situation;
mod turns;
mod words;

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod properties;

use crate::domain::{Conversation, Features, Speaker, TextFeatures};

/// Reads features out of conversations; made once, shared by all threads.
#[derive(Debug)]
pub struct Extractor {
    redactor: redact::Redactor,
    blocks: blocks::Blocks,
    language: language::Gate,
    signals: signals::Patterns,
}

impl Extractor {
    /// Compiles the patterns.
    ///
    /// - `supported`: ISO 639-1 codes of the languages that the model was trained for, e.g. `en`.
    ///
    /// # Errors
    /// A pattern of this module does not compile: a mistake in the source.
    pub fn new(supported: &[&str]) -> Result<Self, regex::Error> {
        Ok(Self {
            redactor: redact::Redactor::new()?,
            blocks: blocks::Blocks::new()?,
            language: language::Gate::new(supported),
            signals: signals::Patterns::new()?,
        })
    }

    /// Reads everything that the later stages need to know of the text.
    ///
    /// Cost: linear in the number of characters.
    pub fn extract(&self, conversation: &Conversation) -> Features {
        let subject = conversation.subject.as_deref();
        let subject = subject.map(|subject| self.read(subject, Speaker::Customer));
        let mut messages = Vec::with_capacity(conversation.messages.len());
        for message in &conversation.messages {
            messages.push(self.read(&message.text, message.speaker));
        }
        let read = self.language.of(subject.as_ref(), &messages);
        let open = read.code == language::UNKNOWN;
        let unclear = open && self.language.is_unclear(subject.as_ref(), &messages);
        let language = self.language.settle(read, conversation.customer.language.as_deref());
        let mut features = Features { subject, messages, language, signals: Vec::new() };
        features.signals = self.signals.of(conversation, &features);
        if open && self.language.is_senseless(features.subject.as_ref(), &features.messages) {
            features.signals.extend(signals::senseless(conversation));
        }
        if unclear {
            features.signals.extend(signals::unclear_language(conversation));
        }
        features
    }

    /// A text by itself with personal data masked; `None` if it has none.
    pub fn mask(&self, original: &str) -> Option<String> {
        let clean = normalize::normalize(original);
        let found = self.redactor.find(&clean.text);
        (!found.is_empty()).then(|| clean.with(&found).text)
    }

    /// One text, masked and cut into sentences.
    fn read(&self, original: &str, speaker: Speaker) -> TextFeatures {
        let masked = self.redactor.mask(normalize::normalize(original));
        let lines = self.blocks.lines(&masked.text);
        let sentences = sentences::sentences(&masked, &lines);
        TextFeatures { speaker, masked: masked.text, segments: masked.segments, sentences }
    }
}
