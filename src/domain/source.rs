//! Where a piece of text stands in a conversation.

use serde::{Deserialize, Serialize};

/// A range of characters (Unicode scalar values) of one text: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl Span {
    /// Makes the range from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Length in characters.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// True for a range without characters.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// True if both ranges have a character in common.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The characters of this range in `text`; what lies beyond its end is left out.
    ///
    /// Cost: linear in `end`.
    pub fn slice(self, text: &str) -> &str {
        let mut ends = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let from = ends.by_ref().nth(self.start as usize).unwrap_or(text.len());
        if self.is_empty() {
            return &text[from..from];
        }
        let to = ends.nth((self.len() - 1) as usize).unwrap_or(text.len());
        &text[from..to]
    }
}

/// A range of one message, or of the subject line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// Place of the message in the transcript, from 0; `None` is the subject line.
    pub message: Option<u32>,
    /// The characters meant.
    #[serde(flatten)]
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slice_counts_characters(text in "\\PC{0,20}", start in 0u32..25, len in 0u32..25) {
            let want: String =
                text.chars().skip(start as usize).take(len as usize).collect();
            prop_assert_eq!(Span::new(start, start + len).slice(&text), want);
        }
    }
}
