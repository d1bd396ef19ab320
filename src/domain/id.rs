//! Identifiers of decisions and conversations.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one decision: a UUID of version 7, so that identifiers sort by time of decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecisionId(Uuid);

impl DecisionId {
    /// Makes the identifier of a decision taken at `now`; `random` keeps two of the same
    /// millisecond apart.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }

    /// The UUID itself.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for DecisionId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Names a conversation: the caller's own identifier, 1 to 256 characters, none of them a
/// control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ConversationId(String);

/// Why an identifier was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give 1 to 256 characters, none of them a control character")]
pub struct NotAnId;

impl ConversationId {
    /// The longest identifier, in characters.
    pub const MAX_CHARS: usize = 256;

    /// The identifier as the caller wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<DecisionId> for ConversationId {
    /// A conversation without a name of its own takes that of its first decision.
    fn from(id: DecisionId) -> Self {
        Self(id.to_string())
    }
}

impl TryFrom<String> for ConversationId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        let fits = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text)) } else { Err(NotAnId) }
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decision_ids_sort_by_time_and_are_version_7() {
        let early = DecisionId::new(Timestamp::from_millisecond(1_000).unwrap(), [255; 10]);
        let late = DecisionId::new(Timestamp::from_millisecond(1_001).unwrap(), [0; 10]);
        assert!(early < late);
        assert_eq!(early.as_uuid().get_version_num(), 7);
        assert_eq!(early.to_string().parse::<DecisionId>().unwrap(), early);
    }

    #[test]
    fn conversation_ids_are_short_and_printable() {
        assert!(ConversationId::try_from("c-81".to_owned()).is_ok());
        assert!(ConversationId::try_from(String::new()).is_err());
        assert!(ConversationId::try_from("a\nb".to_owned()).is_err());
        assert!(ConversationId::try_from("é".repeat(256)).is_ok());
        assert!(ConversationId::try_from("é".repeat(257)).is_err());
    }
}
