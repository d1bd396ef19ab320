//! Sentences: where people end them, also without capitals and full stops.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::{Segment, Sentence, SentenceKind};

use super::{
    blocks::Line,
    offsets::{Anchor, Traced, locate, offset},
};

/// Shortest line that may be one of a wrapped paragraph, in bytes.
const WRAPPED_BYTES: usize = 50;
/// From this many bytes on a sentence is cut at weaker marks too.
const RUN_ON_BYTES: usize = 400;
/// Longest sentence, in characters of the masked text.
const SENTENCE_CHARS: usize = 1_000;

/// After these a full stop never ends a sentence.
const NEVER_END: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "e.g", "i.e", "eg", "ie", "vs", "cf", "approx", "incl", "esp",
    "resp", "excl", "z.b", "u.s", "aka",
];
/// After these it ends one only before a capital letter.
const SELDOM_END: &[&str] = &[
    "etc", "inc", "ltd", "corp", "co", "dept", "jr", "sr", "a.m", "p.m", "est", "min", "max",
    "std", "temp", "acct", "tel", "ext", "st", "misc", "info", "config", "admin", "msg", "addr",
    "hrs", "mins", "secs",
];
/// After these it ends none if a number follows.
const BEFORE_NUMBERS: &[&str] = &[
    "no", "nr", "nos", "fig", "vol", "p", "pp", "ver", "v", "art", "sec", "ch", "ref", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];

/// Cuts the lines of a masked text into sentences.
pub(super) fn sentences(masked: &Traced, lines: &[Line]) -> Vec<Sentence> {
    let mut out = Vec::new();
    let mut anchor = Anchor::default();
    let mut at = 0;
    while at < lines.len() {
        let kind = lines[at].kind;
        let count =
            if kind == SentenceKind::Prose { wrapped(&masked.text, &lines[at..]) } else { 1 };
        let unit = lines[at].bytes.start..lines[at + count - 1].bytes.end;
        for bytes in cut(masked, unit, kind) {
            let span = locate(&masked.segments, &masked.text, anchor, &bytes);
            anchor = Anchor { byte: bytes.end, char: span.end };
            out.push(Sentence { span, masked: (offset(bytes.start), offset(bytes.end)), kind });
        }
        at += count;
    }
    out
}

/// How many lines belong together because a mail program broke them.
fn wrapped(text: &str, lines: &[Line]) -> usize {
    let mut count = 1;
    while let Some(next) = lines.get(count) {
        let line = &text[lines[count - 1].bytes.clone()];
        let following = &text[next.bytes.clone()];
        let joins = next.kind == SentenceKind::Prose
            && !next.opens_paragraph
            && line.len() >= WRAPPED_BYTES
            && !line.ends_with(['.', '!', '?', ':', ';', '…'])
            && following.starts_with(char::is_lowercase)
            && item_mark(following) == 0;
        if !joins {
            break;
        }
        count += 1;
    }
    count
}

/// Length of the bullet or number that opens a list item, 0 where there is none.
fn item_mark(line: &str) -> usize {
    let Some((mark, _)) = line.split_once(' ') else { return 0 };
    let bullet = matches!(mark, "-" | "*" | "•" | "–" | "—" | "·" | "+" | "o");
    let counted = mark.strip_suffix(['.', ')']).is_some_and(|number| {
        let digits = number.len() <= 2 && number.bytes().all(|c| c.is_ascii_digit());
        !number.is_empty() && (digits || (number.len() == 1 && mark.ends_with(')')))
    });
    if bullet || counted { mark.len() } else { 0 }
}

/// The sentences of one line or wrapped paragraph, as bytes of the masked text.
fn cut(masked: &Traced, unit: Range<usize>, kind: SentenceKind) -> Vec<Range<usize>> {
    let text = &masked.text[unit.clone()];
    let whole = !matches!(kind, SentenceKind::Prose | SentenceKind::Quoted)
        || (item_mark(text) > 0 && text.len() <= RUN_ON_BYTES)
        || !may_end_inside(text);
    let mut out = Vec::new();
    if whole {
        shorten(masked, unit, kind, &mut out);
        return out;
    }
    // Line ends end sentences for the standard rules; here the line goes on.
    let joined = text.contains('\n').then(|| text.replace('\n', " "));
    for part in bounds(joined.as_deref().unwrap_or(text)) {
        shorten(masked, unit.start + part.start..unit.start + part.end, kind, &mut out);
    }
    out
}

/// False only if no rule could find an end before the last word.
fn may_end_inside(text: &str) -> bool {
    let body = text.trim_end_matches(|c: char| c.is_ascii_punctuation());
    body.bytes().any(|c| matches!(c, b'.' | b'!' | b'?') || c >= 0x80)
}

/// The standard's bounds, repaired: it cuts at abbreviations and never before a small letter.
fn bounds(text: &str) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = Vec::new();
    let mut start = 0;
    for (at, part) in text.split_sentence_bound_indices() {
        small_starts(part, at, &mut ends);
        let end = at + part.len();
        if end == text.len() || ends_sentence(&text[start..end], &text[end..]) {
            ends.push(end);
            start = end;
        }
    }
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for end in ends {
        let part = &text[from..end];
        let range = trimmed(text, from..end);
        from = end;
        // Marks and emoji alone belong to what they follow.
        match out.last_mut() {
            Some(last) if !part.contains(char::is_alphanumeric) => {
                last.end = range.end.max(last.end);
            }
            _ if range.is_empty() => {}
            _ => out.push(range),
        }
    }
    out
}

/// Adds the ends inside one standard sentence at which a small letter follows: in chats people
/// write no capitals.
fn small_starts(part: &str, at: usize, ends: &mut Vec<usize>) {
    let mut from = 0;
    for (dot, _) in part.match_indices(". ") {
        let rest = &part[dot + 2..];
        let left = &part[from..dot + 2];
        if rest.starts_with(char::is_lowercase) && ends_sentence(left, rest) && ends_word(left) {
            ends.push(at + dot + 2);
            from = dot + 2;
        }
    }
}

/// A word of two letters at least, or a number, before the full stop; dots are no end.
fn ends_word(left: &str) -> bool {
    let left = left.trim_end();
    let word = last_token(left.trim_end_matches('.'));
    !left.ends_with("..") && word.chars().count() >= 2 && !word.contains('.')
}

/// True if a sentence may end between the two.
fn ends_sentence(left: &str, right: &str) -> bool {
    let Some(last) = left.chars().next_back() else { return false };
    if !last.is_whitespace() {
        // Without a space only writing systems that have none end a sentence.
        return !last.is_ascii();
    }
    let left = left.trim_end();
    let Some(stem) = left.strip_suffix('.') else { return true };
    let word = last_token(stem).to_lowercase();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let next = right.chars().next().unwrap_or(' ');
    let number = next.is_ascii_digit() || next == '#';
    !(NEVER_END.contains(&word)
        || (SELDOM_END.contains(&word) && !next.is_uppercase())
        || (BEFORE_NUMBERS.contains(&word) && number))
}

/// What stands after the last space, at most 24 bytes of it.
fn last_token(text: &str) -> &str {
    let mut from = text.len().saturating_sub(24);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..].rsplit(' ').next().unwrap_or_default()
}

/// Cuts a sentence that is too long and adds its parts.
fn shorten(masked: &Traced, bytes: Range<usize>, kind: SentenceKind, out: &mut Vec<Range<usize>>) {
    let mut rest = trimmed(&masked.text, bytes);
    if kind == SentenceKind::Prose && rest.len() > RUN_ON_BYTES {
        for part in clauses(&masked.text[rest.clone()]) {
            limit(masked, rest.start + part.start..rest.start + part.end, out);
        }
        return;
    }
    if rest.len() > SENTENCE_CHARS {
        limit(masked, rest, out);
    } else if !rest.is_empty() {
        out.push(std::mem::take(&mut rest));
    }
}

/// The clauses of a run-on sentence, none shorter than a fifth of what counts as run-on.
fn clauses(text: &str) -> Vec<Range<usize>> {
    const MARKS: &[(&str, usize)] = &[("; ", 1), (" - ", 1), (", and ", 1), (", but ", 1)];
    let bytes = text.as_bytes();
    let (mut out, mut from) = (Vec::new(), 0);
    for at in 0..bytes.len() {
        if !matches!(bytes[at], b';' | b' ' | b',') || at < from + RUN_ON_BYTES / 5 {
            continue;
        }
        if let Some((_, kept)) =
            MARKS.iter().find(|(mark, _)| bytes[at..].starts_with(mark.as_bytes()))
        {
            out.push(from..at + kept);
            from = at + kept;
        }
    }
    out.push(from..text.len());
    out
}

/// Cuts at the last space before the limit, or at the limit where there is none; never inside
/// a placeholder.
fn limit(masked: &Traced, bytes: Range<usize>, out: &mut Vec<Range<usize>>) {
    let text = &masked.text;
    let mut rest = trimmed(text, bytes);
    while rest.len() > SENTENCE_CHARS {
        let part = &text[rest.clone()];
        let Some((end, _)) = part.char_indices().nth(SENTENCE_CHARS) else { break };
        let at_space = part[..end].rfind([' ', '\n']).filter(|at| *at >= end / 2);
        let at = outside(&masked.segments, rest.start + at_space.unwrap_or(end));
        if at <= rest.start {
            break;
        }
        out.push(trimmed(text, rest.start..at));
        rest = trimmed(text, at..rest.end);
    }
    if !rest.is_empty() {
        out.push(rest);
    }
}

/// The nearest place at or before the byte that is not inside something replaced as a whole.
fn outside(segments: &[Segment], byte: usize) -> usize {
    let next = segments.partition_point(|segment| (segment.masked.0 as usize) < byte);
    match segments.get(next.wrapping_sub(1)) {
        Some(segment) if !segment.verbatim && byte < segment.masked.1 as usize => {
            segment.masked.0 as usize
        }
        _ => byte,
    }
}

/// The range without white space at its ends.
fn trimmed(text: &str, bytes: Range<usize>) -> Range<usize> {
    let part = &text[bytes.clone()];
    let start = bytes.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

#[cfg(test)]
#[path = "sentences_tests.rs"]
mod tests;
