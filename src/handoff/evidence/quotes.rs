//! Names and error messages in quotes or code marks.

use std::ops::Range;

use crate::domain::EvidenceKind;

use super::{
    fits::{has_word, is_code_name},
    table::Found,
};

/// Longest quotation in bytes; beyond it the mark was an inch sign or a slip.
const MAX_BYTES: usize = 300;

/// Opening marks of one text that are followed up: a text of nothing but marks must stay cheap.
const MAX_MARKS: usize = 2_000;

/// Finds quoted words, in no particular order.
pub(super) fn find(text: &str, mut found: impl FnMut(EvidenceKind, Range<usize>)) {
    for (open, mark) in text.char_indices().filter(|(_, c)| is_open(*c)).take(MAX_MARKS) {
        if let Some(inside) = inside(text, open, mark) {
            found(kind(text, open, &text[inside.clone()]), inside);
        }
    }
}

const fn is_open(mark: char) -> bool {
    matches!(mark, '"' | '“' | '„' | '«' | '`' | '‘' | '\'')
}

/// The range between an opening mark and its partner on the same line.
fn inside(text: &str, open: usize, mark: char) -> Option<Range<usize>> {
    let before = text[..open].chars().next_back();
    let starts_word =
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | ':' | '='));
    if matches!(mark, '\'' | '"' | '`') && !starts_word {
        return None;
    }
    let start = open + mark.len_utf8();
    let end = text.floor_char_boundary(start.saturating_add(MAX_BYTES));
    let rest = &text[start..end];
    for (at, c) in rest.char_indices() {
        let next = rest[at + c.len_utf8()..].chars().next();
        let ends_word = next.is_none_or(|next| !next.is_alphanumeric());
        let closes = match mark {
            '"' => matches!(c, '"' | '”'),
            '“' | '„' => matches!(c, '”' | '“' | '"'),
            '«' => c == '»',
            '`' => c == '`',
            _ => matches!(c, '\'' | '’') && ends_word,
        };
        if closes {
            let words = rest[..at].trim();
            let from = start + (rest[..at].len() - rest[..at].trim_start().len());
            let words = words.trim_end_matches([',', ';']).len();
            let is_name = rest[..at].chars().any(char::is_alphanumeric) && words >= 2;
            return is_name.then_some(from..from + words);
        }
        if c == '\n' {
            return None;
        }
    }
    None
}

fn kind(text: &str, open: usize, words: &str) -> EvidenceKind {
    const INSIDE: [&str; 30] = [
        "error",
        "fail",
        "denied",
        "cannot",
        "can't",
        "could not",
        "couldn't",
        "unable",
        "invalid",
        "not found",
        "expired",
        "timeout",
        "timed out",
        "time-out",
        "forbidden",
        "exception",
        "unexpected",
        "unauthor",
        "refused",
        "missing",
        "went wrong",
        "not allowed",
        "not available",
        "unavailable",
        "does not exist",
        "try again",
        "rejected",
        "no longer",
        "exceeded",
        "declined",
    ];
    const BEFORE: [&str; 12] = [
        "error",
        "says",
        "saying",
        "said",
        "message",
        "reads",
        "displays",
        "alert",
        "warning",
        "popup",
        "pop-up",
        "fails with",
    ];
    let before = &text[text.floor_char_boundary(open.saturating_sub(32))..open];
    // A code in quotes is a code, with no message around it.
    let found = Found { before: "", value: words, after: "" };
    if !words.contains(' ') && is_code_name(&found) && words.contains('_') {
        return EvidenceKind::ErrorCode;
    }
    if has_word(words, &INSIDE) && words.contains(' ') || has_word(before, &BEFORE) {
        return EvidenceKind::ErrorMessage;
    }
    EvidenceKind::Setting
}
