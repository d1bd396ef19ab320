//! Which lines of a log or stack trace travel: each thing that broke once, then what warned, then
//! how it began.

use std::{collections::HashSet, ops::Range};

use regex::Regex;

use crate::domain::SentenceKind;

use super::super::transcript::{Text, trimmed};

/// Log lines of one message that become evidence; the transcript has the rest.
pub(super) const MAX_LINES: usize = 8;

/// With that many lines that say what broke or warned, how the log begins is of no use.
const ENOUGH_LINES: usize = 3;

/// Longest part of a log line in bytes.
const MAX_BYTES: usize = 400;

/// Bytes by which two lines are told apart; what follows seldom makes them two.
const COMPARED_BYTES: usize = 120;

/// Knows the lines that matter.
#[derive(Debug)]
pub(super) struct Logs {
    broke: Regex,
    warned: Regex,
}

impl Logs {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            broke: Regex::new(concat!(
                r"Exception|Error|ERROR|FATAL|Fatal|CRITICAL|PANIC|panicked|Caused by|Traceback|",
                r"SEVERE|error:|^(?:[A-Za-z_]\w*(?:\.|::))+[A-Z]\w*: |[Ff]ailed|[Ff]ailure",
            ))?,
            warned: Regex::new(concat!(
                r"WARN|[Ww]arning|[Mm]ismatch|refused|denied|timed out|timeout|rejected|expired|",
                r"invalid|exit code|exited|aborted|unreachable|crash",
            ))?,
        })
    }

    /// The ranges of the chosen log lines of a text, in order.
    pub(super) fn lines(&self, text: &Text<'_>, blocks: &[Range<usize>]) -> Vec<Range<usize>> {
        let (mut broke, mut warned, mut first) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for block in blocks {
            let mut start = block.start;
            for line in text.words.get(block.clone()).unwrap_or_default().split_inclusive('\n') {
                let range = trimmed(text.words, start..start + line.len().min(MAX_BYTES));
                start += line.len();
                let words = &text.words[range.clone()];
                if words.len() < 4 {
                    continue;
                }
                if first.len() < ENOUGH_LINES {
                    first.push(range.clone());
                }
                let kind = if self.broke.is_match(words) {
                    &mut broke
                } else if self.warned.is_match(words) {
                    &mut warned
                } else {
                    continue;
                };
                if kind.len() < MAX_LINES && seen.insert(shape(words)) {
                    kind.push(range);
                }
            }
        }
        chosen(broke, warned, first)
    }
}

/// The blocks of log lines of a text.
pub(super) fn blocks(text: &Text<'_>) -> Vec<Range<usize>> {
    text.of_kind(SentenceKind::Log).collect()
}

/// A line without what differs each time it is written: times, counts, addresses.
fn shape(words: &str) -> String {
    let words = &words[..words.floor_char_boundary(COMPARED_BYTES)];
    words.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn chosen(
    mut broke: Vec<Range<usize>>,
    warned: Vec<Range<usize>>,
    first: Vec<Range<usize>>,
) -> Vec<Range<usize>> {
    broke.extend(warned);
    broke.truncate(MAX_LINES);
    for line in first {
        if broke.len() < ENOUGH_LINES && !broke.contains(&line) {
            broke.push(line);
        }
    }
    broke.sort_by_key(|range| range.start);
    broke
}
