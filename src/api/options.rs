//! The largest requests that are accepted.

use serde::{Deserialize, Serialize};

use crate::domain;

/// `[limits]`: the largest requests that are accepted. Every default is in `config/default.toml`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one request body, or of one line of a batch; more is refused with 413.
    pub body_bytes: usize,
    /// Messages in one conversation; more are refused with 422.
    pub messages: usize,
    /// Characters (Unicode scalar values) in one message; more are refused with 422.
    pub message_chars: usize,
    /// Lines of one batch that are worked on at the same time.
    pub batch_concurrency: usize,
}

impl Limits {
    /// The part that the conversation itself is checked against.
    pub const fn conversation(&self) -> domain::Limits {
        domain::Limits { messages: self.messages, message_chars: self.message_chars }
    }

    /// Checks what no type can say.
    ///
    /// # Errors
    /// Names the key that is zero.
    pub fn validate(&self) -> Result<(), &'static str> {
        let all = [
            ("limits.body_bytes", self.body_bytes),
            ("limits.messages", self.messages),
            ("limits.message_chars", self.message_chars),
            ("limits.batch_concurrency", self.batch_concurrency),
        ];
        all.into_iter().find(|(_, value)| *value == 0).map_or(Ok(()), |(key, _)| Err(key))
    }
}
