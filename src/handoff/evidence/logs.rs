//! Which lines of a log or stack trace travel: where it broke, then where it begins.

use std::ops::Range;

use regex::Regex;

use crate::domain::SentenceKind;

use super::super::transcript::{Text, trimmed};

/// Log lines of one message that become evidence; the transcript has the rest.
const MAX_LINES: usize = 5;

/// Lines that say what broke are taken first, but leave room for the lines around them.
const MAX_BREAKS: usize = 3;

/// Longest part of a log line in bytes.
const MAX_BYTES: usize = 400;

/// The line that says what broke.
pub(super) fn compile() -> Result<Regex, regex::Error> {
    Regex::new(concat!(
        r"(?:Exception|Error|ERROR|FATAL|Fatal|CRITICAL|PANIC|panicked|Caused by|Traceback|",
        r"SEVERE|error:)",
    ))
}

/// The ranges of the chosen log lines of a text, in order.
pub(super) fn lines(text: &Text<'_>, breaks: &Regex) -> Vec<Range<usize>> {
    let mut broken = Vec::new();
    let mut first = Vec::new();
    for block in text.of_kind(SentenceKind::Log) {
        let mut start = block.start;
        for line in text.words.get(block).unwrap_or_default().split_inclusive('\n') {
            let range = trimmed(text.words, start..start + line.len().min(MAX_BYTES));
            start += line.len();
            if range.len() < 4 {
                continue;
            }
            if broken.len() < MAX_BREAKS && breaks.is_match(&text.words[range.clone()]) {
                broken.push(range);
            } else if first.len() < MAX_LINES {
                first.push(range);
            }
            if broken.len() == MAX_BREAKS && first.len() == MAX_LINES {
                return chosen(broken, first);
            }
        }
    }
    chosen(broken, first)
}

fn chosen(mut broken: Vec<Range<usize>>, first: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let room = MAX_LINES.saturating_sub(broken.len());
    broken.extend(first.into_iter().take(room));
    broken.sort_by_key(|range| range.start);
    broken
}
