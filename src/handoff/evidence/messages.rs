//! Messages without quotation marks: after "error:" or "says", after a code or an exception, on a
//! line that a program wrote, and as JSON.

use std::ops::Range;

use regex::{Captures, Regex};

use crate::domain::EvidenceKind;

/// Messages of one text that are looked at.
const MAX_MESSAGES: usize = 500;

/// Knows messages by what stands in front of them.
#[derive(Debug)]
pub(super) struct Messages {
    told: Regex,
    coded: Regex,
    written: Regex,
    object: Regex,
    ends: Regex,
}

impl Messages {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            told: Regex::new(concat!(
                r#"(?-u:\b)(?i:(?:error|exception|fatal|failed|warning|"#,
                r#"panic)(?: message)?: {0,2}|(?:[a-z]+ (?:says?|saying|reads?|reading|shows?|"#,
                r#"showing|displays?|displaying)|(?:it|page|screen|message|app|popup) said):? )([^\n\s"“'‘`][^\n]{3,200})"#,
            ))?,
            coded: Regex::new(concat!(
                r"(?-u:\b)(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:[A-Za-z_][A-Za-z0-9_]*(?:\.|::))*",
                r"[A-Z][A-Za-z0-9]+(?:Exception|Error)|(?:[A-Za-z_][A-Za-z0-9_]*(?:\.|::))+",
                r"[A-Z][A-Za-z0-9]+|[A-Z]{2,8}-[0-9]{3,6}|0x[0-9A-Fa-f]{8}): ",
                r"[^\s][^\n]{3,200}",
            ))?,
            written: Regex::new(concat!(
                r"(?m)^[ \t]*([^\n]{0,100}(?-u:\b)(?:FATAL|ERROR|SEVERE|CRITICAL|PANIC|WARN|",
                r"WARNING)(?-u:\b)[^\n]{4,300})$",
            ))?,
            object: Regex::new(r#"\{[ ]?"[^{}\n]{3,400}\}"#)?,
            ends: Regex::new(concat!(
                r"[.!?](?:\s|$)|, [a-z]| (?i:when|but|whenever|after i|if i|even though|every time|",
                r"although|and then|for everyone|on every|since) |[“\x22]",
            ))?,
        })
    }

    /// Finds messages, in no particular order; log blocks are left to the log.
    pub(super) fn find(
        &self,
        text: &str,
        logs: &[Range<usize>],
        mut found: impl FnMut(EvidenceKind, Range<usize>),
    ) {
        let in_log = |at: usize| block_at(logs, at).is_some();
        for words in groups(&self.told, text, logs) {
            let Some(value) = words.get(1).filter(|value| !in_log(value.start())) else { continue };
            let told = value.as_str();
            // "says Access denied" quotes; "says it is fine" tells.
            let mut chars = told.chars();
            let opens = chars.next().is_some_and(|c| c.is_uppercase() || c.is_numeric());
            // "She said I must" quotes nobody.
            let opens_as_message = opens && chars.next().is_some_and(char::is_lowercase);
            let is_label = words
                .get(0)
                .is_some_and(|all| text[all.start()..value.start()].trim_end().ends_with(':'));
            if opens_as_message || is_label {
                self.add(text, value.range(), &mut found);
            }
        }
        for words in self.coded.find_iter(text).take(MAX_MESSAGES) {
            if !in_log(words.start()) {
                self.add(text, words.range(), &mut found);
            }
        }
        for words in groups(&self.written, text, logs) {
            let Some(line) = words.get(1).filter(|line| !in_log(line.start())) else { continue };
            // Somebody who shouts uses the same words, but no marks of a program.
            let is_program = line.as_str().contains(['[', ':', '=', '|'])
                && line.as_str().contains(|c: char| c.is_ascii_lowercase());
            if is_program {
                found(
                    EvidenceKind::LogLine,
                    line.start()..line.start() + line.as_str().trim_end().len(),
                );
            }
        }
        for object in self.object.find_iter(text).take(MAX_MESSAGES) {
            if !in_log(object.start()) {
                found(EvidenceKind::LogLine, object.range());
            }
        }
    }

    /// Adds a message up to where the sentence about it goes on.
    fn add(
        &self,
        text: &str,
        bytes: Range<usize>,
        found: &mut impl FnMut(EvidenceKind, Range<usize>),
    ) {
        let words = &text[bytes.clone()];
        let length = self.ends.find(words).map_or(words.len(), |end| end.start());
        let length = words[..length].trim_end_matches([' ', ',', ';', ':', '(']).len();
        if length >= 4 {
            found(EvidenceKind::ErrorMessage, bytes.start..bytes.start + length);
        }
    }
}

/// The groups of every match of a pattern that is not all log: they are dear to find.
fn groups<'t>(
    pattern: &'t Regex,
    text: &'t str,
    logs: &'t [Range<usize>],
) -> impl Iterator<Item = Captures<'t>> {
    let all = pattern.find_iter(text).take(MAX_MESSAGES);
    let kept = all.filter(|all| block_at(logs, all.start()).is_none_or(|log| log.end < all.end()));
    kept.filter_map(|all| pattern.captures_at(text, all.start()))
}

/// The log block that a byte stands in.
fn block_at(logs: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let before = logs.partition_point(|block| block.start <= at);
    logs[..before].last().filter(|block| at < block.end)
}
