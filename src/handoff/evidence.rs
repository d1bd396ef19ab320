//! Evidence: identifiers, codes, messages and the like, to the letter, from every text.

mod fits;
mod identifiers;
mod logs;
mod messages;
mod names;
mod quotes;
mod table;

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use regex::Regex;

use crate::domain::{Evidence, EvidenceKind};

use self::{
    fits::{is_money, is_product},
    identifiers::Identifiers,
    logs::Logs,
    messages::Messages,
    table::{Family, Found, MANY, Pattern},
};

use super::transcript::{Text, Transcript};

/// Pieces of evidence in one packet; beyond it the newest log lines go first, identifiers last.
pub(super) const MAX_ITEMS: usize = 200;

/// Bytes at the beginning and at the end of a text that are searched: whoever pastes a longer log
/// sends all of it along anyway, and nobody reads more of it in a packet.
const HEAD_BYTES: usize = 128 * 1024;
const TAIL_BYTES: usize = 32 * 1024;

/// Finds of one pattern in one text that are looked at; it bounds what a hostile text costs.
const MAX_FINDS: usize = 2_000;

/// Marks that are cut from the end of a find; it bounds what a text of nothing but marks costs.
const MAX_TRIMMED: usize = 8;

/// With that many lines that open with a time a text holds a log.
const CLOCKS_OF_A_LOG: usize = 3;

/// Longest value in bytes.
const MAX_VALUE_BYTES: usize = 2_048;

/// Finds evidence; compiled once.
#[derive(Debug)]
pub(super) struct Finder {
    families: Vec<Family>,
    identifiers: Identifiers,
    logs: Logs,
    messages: Messages,
    money: Regex,
    bare_amount: Pattern,
}

impl Finder {
    /// Compiles the table.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            families: table::compile()?,
            identifiers: Identifiers::new()?,
            logs: Logs::new()?,
            messages: Messages::new()?,
            money: Regex::new(concat!(
                r"(?i)(?:charged?|billed|\bbill\b|paid|\bpay\b|payment|refund|price|invoice|",
                r"receipt|",
                r"balance|money|\bfee\b|debit|credit|\bcost|rechnung|betrag|factura|facture|cobr|",
                r"importe|montant)",
            ))?,
            bare_amount: Pattern {
                kind: EvidenceKind::Amount,
                regex: Regex::new(r"(?-u:\b)[0-9]{1,6}[.,][0-9]{2}(?-u:\b)")?,
                needs: b".,",
                fits: is_money,
            },
        })
    }

    /// Everything found, each value once, grouped by kind, then in reading order; and how many
    /// more there are at least.
    pub(super) fn evidence(&self, transcript: &Transcript<'_>) -> (Vec<Evidence>, u32) {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for text in &transcript.texts {
            let mut marks = self.marks(text);
            marks.sort_by_key(|mark| (mark.bytes.start, mark.kind));
            for mark in marks {
                let value = &text.words[mark.bytes.clone()];
                if seen.insert(value.trim_start_matches('#').to_lowercase()) {
                    let source = text.source(&mark.bytes);
                    all.push(Evidence { kind: mark.kind, value: value.to_owned(), source });
                }
            }
        }
        let left_out = shorten(&mut all);
        all.sort_by_key(|item| (item.kind, item.source));
        (all, left_out)
    }

    /// Places of the evidence in the words that names the case: no times, no settings.
    pub(super) fn carried(evidence: &[Evidence], words: &str) -> Vec<usize> {
        let telling = |kind| !matches!(kind, EvidenceKind::Time | EvidenceKind::Setting);
        let carried = evidence.iter().enumerate();
        let carried = carried.filter(|(_, item)| telling(item.kind) && words.contains(&item.value));
        carried.map(|(place, _)| place).collect()
    }

    fn marks(&self, text: &Text<'_>) -> Vec<Mark> {
        let pieces = pieces(text.words);
        let mut blocks = Vec::new();
        for block in logs::blocks(text) {
            blocks.extend(pieces.iter().filter_map(|piece| common(&block, piece)));
        }
        let mut marks = Marks::default();
        for piece in &pieces {
            let inside = blocks.iter().filter_map(|block| common(block, piece));
            let logs = inside.map(|block| block.start - piece.start..block.end - piece.start);
            let found = self.scan(&text.words[piece.clone()], &logs.collect::<Vec<_>>());
            marks.extend(found, piece.start);
        }
        for line in self.logs.lines(text, &blocks) {
            marks.wide.push(Mark { kind: EvidenceKind::LogLine, bytes: line });
        }
        marks.finish()
    }

    /// Everything found in a piece of a text, in whose bytes `logs` are its log blocks.
    fn scan(&self, words: &str, logs: &[Range<usize>]) -> Marks {
        let mut marks = Marks::default();
        let bytes = present(words);
        let is_needed = |pattern: &&Pattern| {
            pattern.needs.is_empty() || pattern.needs.iter().any(|byte| bytes[usize::from(*byte)])
        };
        for family in &self.families {
            let needed = || family.patterns.iter().filter(is_needed);
            let any = family.any.as_ref().filter(|_| needed().count() >= MANY);
            if any.is_none_or(|any| any.is_match(words)) {
                needed().for_each(|pattern| run(pattern, words, &mut marks));
            }
        }
        let decimal = bytes[usize::from(b'.')] || bytes[usize::from(b',')];
        if decimal && self.money.is_match(words) {
            run(&self.bare_amount, words, &mut marks);
        }
        self.identifiers.find(words, |kind, bytes| marks.add(kind, bytes));
        // The clock of each log line says nothing by itself; a chosen line has it anyway.
        marks.drop_clocks(words, logs);
        self.messages.find(words, logs, |kind, bytes| marks.add_quote(kind, bytes));
        quotes::find(words, |kind, bytes| marks.add_quote(kind, bytes));
        marks
    }
}

/// What is read of a text: all of it, or both ends of a paste that would fill the packet many
/// times over.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let (mut head, mut tail) = (text.len(), text.len());
    if text.len() > HEAD_BYTES + TAIL_BYTES {
        head = text.floor_char_boundary(HEAD_BYTES);
        tail = text.floor_char_boundary(text.len() - TAIL_BYTES);
    }
    let pieces = [0..head, tail..text.len()];
    pieces.into_iter().filter(|piece| !piece.is_empty()).collect()
}

/// What two ranges have in common.
fn common(a: &Range<usize>, b: &Range<usize>) -> Option<Range<usize>> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    (!both.is_empty()).then_some(both)
}

/// Which bytes a text has.
fn present(text: &str) -> [bool; 256] {
    let mut present = [false; 256];
    for byte in text.bytes() {
        present[usize::from(byte)] = true;
    }
    present
}

/// A find in one text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    kind: EvidenceKind,
    bytes: Range<usize>,
}

/// The finds of one text so far.
#[derive(Debug, Default)]
struct Marks {
    /// Start of each narrow find with its end and kind; they do not overlap.
    narrow: BTreeMap<usize, (usize, EvidenceKind)>,
    /// Messages, log lines and settings in quotes: they may hold narrow finds.
    wide: Vec<Mark>,
}

impl Marks {
    /// Adds a find unless an earlier one has its place.
    fn add(&mut self, kind: EvidenceKind, bytes: Range<usize>) {
        if !bytes.is_empty() && self.overlapping(&bytes).is_none() {
            self.narrow.insert(bytes.start, (bytes.end, kind));
        }
    }

    /// Takes over the finds of a piece that begins at `start`.
    fn extend(&mut self, piece: Self, start: usize) {
        let narrow = piece.narrow.into_iter();
        self.narrow.extend(narrow.map(|(from, (to, kind))| (from + start, (to + start, kind))));
        let wide = piece
            .wide
            .into_iter()
            .map(|mark| Mark { bytes: mark.bytes.start + start..mark.bytes.end + start, ..mark });
        self.wide.extend(wide);
    }

    fn overlapping(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let (start, (end, _)) = self.narrow.range(..bytes.end).next_back()?;
        (*end > bytes.start).then_some(*start..*end)
    }

    /// Forgets the times inside these blocks, and those that open the lines of a log elsewhere.
    fn drop_clocks(&mut self, text: &str, blocks: &[Range<usize>]) {
        let opens_line = |start: usize| {
            let line = text[..start].trim_end_matches(['[', '(', ' ', '\t']);
            line.ends_with('\n') || line.is_empty()
        };
        let times = self.narrow.iter().filter(|(_, (_, kind))| *kind == EvidenceKind::Time);
        let is_log = times.filter(|(start, _)| opens_line(**start)).count() >= CLOCKS_OF_A_LOG;
        self.narrow.retain(|start, (_, kind)| {
            let before = blocks.partition_point(|block| block.start <= *start);
            let inside = blocks[..before].last().is_some_and(|block| *start < block.end);
            *kind != EvidenceKind::Time || !(inside || (is_log && opens_line(*start)))
        });
    }

    /// Adds quoted words unless they only wrap a narrow find.
    fn add_quote(&mut self, kind: EvidenceKind, bytes: Range<usize>) {
        let wraps = |inner: Range<usize>| inner.len() * 3 >= bytes.len() * 2;
        if kind == EvidenceKind::ErrorCode {
            self.add(kind, bytes);
        } else if !self.overlapping(&bytes).is_some_and(wraps) {
            self.wide.push(Mark { kind, bytes });
        }
    }

    /// All finds; what only repeats a longer one at the same place is left out.
    fn finish(mut self) -> Vec<Mark> {
        self.wide.sort_by_key(|mark| (mark.bytes.start, usize::MAX - mark.bytes.end));
        let mut wide: Vec<Mark> = Vec::new();
        for mark in self.wide {
            let inside = wide.last().is_some_and(|last| last.bytes.end >= mark.bytes.end);
            if !inside {
                wide.push(mark);
            }
        }
        let mut marks = wide.clone();
        for (start, (end, kind)) in self.narrow {
            let before = wide.partition_point(|mark| mark.bytes.start <= start);
            let around = wide[..before].last().filter(|mark| mark.bytes.end >= end);
            // A code in a message is of use by itself; the clock of a log line is not.
            let repeats = around.is_some_and(|mark| {
                mark.kind != EvidenceKind::Setting
                    && matches!(kind, EvidenceKind::Time | EvidenceKind::Setting)
            });
            if !repeats {
                marks.push(Mark { kind, bytes: start..end });
            }
        }
        marks
    }
}

fn run(pattern: &Pattern, text: &str, marks: &mut Marks) {
    let has_group = pattern.regex.captures_len() > 1;
    let mut groups = pattern.regex.capture_locations();
    let mut at = 0;
    for _ in 0..MAX_FINDS {
        let found = if has_group {
            pattern.regex.captures_read_at(&mut groups, text, at)
        } else {
            pattern.regex.find_at(text, at)
        };
        let Some(all) = found else { return };
        at = all.end();
        let value = if has_group {
            let Some((from, to)) = groups.get(1) else { continue };
            from..to
        } else {
            all.range()
        };
        let mut bytes = trim(text, value);
        if pattern.kind == EvidenceKind::Version {
            bytes = with_product(text, bytes);
        }
        let kind = kind(pattern, &text[bytes.clone()], text, &bytes);
        if let Some(kind) = kind {
            marks.add(kind, bytes);
        }
    }
}

/// The kind of a find, `None` if what stands around it speaks against it.
fn kind(pattern: &Pattern, value: &str, text: &str, bytes: &Range<usize>) -> Option<EvidenceKind> {
    let before = &text[text.floor_char_boundary(bytes.start.saturating_sub(32))..bytes.start];
    let after = &text[bytes.end..text.floor_char_boundary(bytes.end.saturating_add(24))];
    if (pattern.fits)(&Found { before, value, after }) {
        return Some(pattern.kind);
    }
    // A name in capitals that is no code is the name of a setting.
    let is_name = pattern.kind == EvidenceKind::ErrorCode && pattern.needs == b"_";
    is_name.then_some(EvidenceKind::Setting)
}

/// A bare version with the name in front of it: "Gateway 6.2" says more than "6.2".
fn with_product(text: &str, bytes: Range<usize>) -> Range<usize> {
    let Some(before) = text[..bytes.start].strip_suffix(' ') else { return bytes };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = before.len() - before.trim_end_matches(is_part).len();
    let word = &before[before.len() - name..];
    let is_bare = text[bytes.clone()].starts_with(|c: char| c.is_ascii_digit());
    if is_bare && is_product(word) { before.len() - name..bytes.end } else { bytes }
}

/// Without the punctuation that ends the sentence and not the value.
fn trim(text: &str, bytes: Range<usize>) -> Range<usize> {
    let end = bytes.end.min(text.floor_char_boundary(bytes.start + MAX_VALUE_BYTES));
    let mut value = &text[bytes.start..end];
    for _ in 0..MAX_TRIMMED {
        let Some(last) = value.chars().next_back() else { break };
        let balanced = match last {
            ')' => value.matches('(').count() >= value.matches(')').count(),
            ']' => value.matches('[').count() >= value.matches(']').count(),
            _ => false,
        };
        let ends = matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '*' | ')' | ']');
        if !ends || balanced {
            break;
        }
        value = &value[..value.len() - last.len_utf8()];
    }
    bytes.start..bytes.start + value.len()
}

/// Keeps at most [`MAX_ITEMS`] and says how many it drops: the newest log lines go first, then
/// times, settings and paths.
fn shorten(all: &mut Vec<Evidence>) -> u32 {
    let rank = |kind| match kind {
        EvidenceKind::LogLine => 0,
        EvidenceKind::Time => 1,
        EvidenceKind::Setting => 2,
        EvidenceKind::Path => 3,
        _ => 4,
    };
    let excess = all.len().saturating_sub(MAX_ITEMS);
    if excess == 0 {
        return 0;
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&index| (rank(all[index].kind), usize::MAX - index));
    let dropped: HashSet<usize> = order.into_iter().take(excess).collect();
    let mut index = 0;
    all.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
    u32::try_from(excess).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "evidence/tests.rs"]
mod tests;
