//! Blocks: quoted mail, signatures, logs and prose, told line by line.

use std::ops::Range;

use regex::Regex;

use crate::domain::SentenceKind;

use super::lines::LogLines;

/// One line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Bytes of the masked text, without the line end.
    pub(super) bytes: Range<usize>,
    /// What kind of text it is.
    pub(super) kind: SentenceKind,
    /// True if an empty line stands before it.
    pub(super) opens_paragraph: bool,
}

/// Most lines after a closing such as "Kind regards," that may belong to the signature.
const SIGNATURE_LINES: usize = 6;
/// Most lines after a "--" line.
const MARKED_SIGNATURE_LINES: usize = 20;
/// Longest line of a signature, in characters.
const SIGNATURE_CHARS: usize = 80;

/// Closings that are nothing else, and thanks, which may also be a message of their own.
const CLOSING: &str = r"(?xi)^(?:(?:(?:with\ )?(?:kind|kindest|best|warm|warmest
    |many)\ (?:regards|wishes)
    | regards | best | rgds | br | sincerely | yours(?:\ (?:truly|sincerely|faithfully))? 
        | respectfully
    | cheers | (?P<thanks>(?:many\ thanks|thanks|thank\ you|thx|ty)(?:\ (?:so\ much|very\ much
        |a\ lot|again|in\ advance))?
    (?:\ (?:and|&)\ (?:kind\ |best\ )?regards)?) | all\ the\ best | take\ care))
    \ ?[,.!]*(?P<name>\ [A-Z][^\s,.]{1,20}(?:\ [A-Z][^\s,.]{1,20}){0,2})?$";

/// Lines that apps and lawyers add.
const FOOTER: &str = r"(?xi)^(?:sent\ (?:from|via)\ (?:my\ )?(?:i(?:phone|pad)|android|samsung
    |galaxy|yahoo|outlook|mail
    |mobile|gmail|blackberry|windows|huawei|xiaomi)\b.{0,40}|get\ outlook\ for\ \w+.{0,30})$";
const DISCLAIMER: &str = r"(?xi)^\W*(?:
      (?:this|the)\ (?:e-?mail|message|communication|transmission).{0,80}
      (?:confidential|privileged|intended\ (?:solely|only|for)|intended\ recipient)
    | confidentiality\ (?:notice|note) | disclaimer: | if\ you\ are\ not\ the\ intended\ recipient
    | please\ consider\ the\ environment )";

/// The line before quoted mail, and the ones that head it.
const ATTRIBUTION: &str = r"(?i)^(?:on|am|le|el) .{4,160}(?:wrote|schrieb|écrit|escribió).{0,60}:$";
const ORIGINAL: &str =
    r"(?i)^[-_ ]{2,}(?: ?original (?:message|appointment)| ?forwarded message| ?reply message)";
const HEADER: &str = r"(?i)^\*?(?:from|sent|date|to|cc|subject|reply-to):\*? ";

/// Tells the blocks of a text.
#[derive(Debug)]
pub(super) struct Blocks {
    logs: LogLines,
    closing: Regex,
    footer: Regex,
    disclaimer: Regex,
    attribution: Regex,
    original: Regex,
    header: Regex,
}

impl Blocks {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let compile = |pattern: &str| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"));
        Ok(Self {
            logs: LogLines::new()?,
            closing: Regex::new(CLOSING)?,
            footer: compile(FOOTER)?,
            disclaimer: compile(DISCLAIMER)?,
            attribution: compile(ATTRIBUTION)?,
            original: compile(ORIGINAL)?,
            header: compile(HEADER)?,
        })
    }

    /// The lines of a masked text with their kinds.
    pub(super) fn lines(&self, text: &str) -> Vec<Line> {
        let mut lines = split(text);
        let own = self.mark_quotes(text, &mut lines);
        self.mark_logs(text, &mut lines[..own]);
        self.mark_signature(text, &mut lines[..own]);
        lines
    }

    /// Marks quoted lines; returns how many lines stand before quoted mail that goes on to the end.
    fn mark_quotes(&self, text: &str, lines: &mut [Line]) -> usize {
        let mut has_own = false;
        for at in 0..lines.len() {
            let line = &text[lines[at].bytes.clone()];
            let next = lines.get(at + 1).map_or("", |next| &text[next.bytes.clone()]);
            if is_quoted(line) || (self.attributes(line, next) && is_quoted(next)) {
                lines[at].kind = SentenceKind::Quoted;
                continue;
            }
            // A message that is nothing but forwarded mail is read like any other.
            let heads = self.attributes(line, next) || self.original.is_match(short(line));
            if has_own && (heads || self.heads_mail(text, &lines[at..])) {
                for line in &mut lines[at..] {
                    line.kind = SentenceKind::Quoted;
                }
                return at;
            }
            let wraps = is_quoted(next) && line == "wrote:";
            if heads || wraps || (at < 12 && self.is_header(line, next, at)) {
                lines[at].kind = SentenceKind::Quoted;
                continue;
            }
            has_own = true;
        }
        lines.len()
    }

    /// "On … wrote:", in one line or wrapped into two.
    fn attributes(&self, line: &str, next: &str) -> bool {
        if line.len() > 240 || !line.is_char_boundary(2) {
            return false;
        }
        if line.ends_with(':') {
            return self.attribution.is_match(line);
        }
        let opens = matches!(&line[..2.min(line.len())], "On" | "Am" | "Le" | "El" | "on");
        opens && next.len() < 120 && next.ends_with("wrote:")
    }

    /// "From:" followed by at least two more header lines.
    fn heads_mail(&self, text: &str, lines: &[Line]) -> bool {
        let first = &text[lines[0].bytes.clone()];
        let from = first.starts_with("From:") || first.starts_with("*From:");
        let heads = |line: &&Line| self.header.is_match(short(&text[line.bytes.clone()]));
        from && lines.iter().skip(1).take(5).filter(heads).count() >= 2
    }

    /// A header line at the very top, beside another one: forwarded mail.
    fn is_header(&self, line: &str, next: &str, at: usize) -> bool {
        let mail = |line: &str| self.header.is_match(short(line));
        let dated = |line: &str| line.starts_with("Sent:") || line.starts_with("Date:");
        mail(line)
            && (at > 0 || (mail(next) && (line.starts_with("From:") || dated(next))))
            && (line.starts_with("From:") || dated(line) || at > 0 && mail(next))
    }

    /// Marks fenced blocks and lines that are no prose.
    fn mark_logs(&self, text: &str, lines: &mut [Line]) {
        let fence = |line: &Line| text[line.bytes.clone()].starts_with("```");
        let mut fences = lines.iter().filter(|line| fence(line)).count();
        let mut inside = false;
        for line in lines.iter_mut().filter(|line| line.kind == SentenceKind::Prose) {
            let is_fence = fence(line);
            if is_fence {
                fences = fences.saturating_sub(1);
                // A fence that nothing closes must not hide the rest of the message.
                inside = !inside && fences > 0;
            }
            if is_fence || inside || self.logs.holds(&text[line.bytes.clone()]) {
                line.kind = SentenceKind::Log;
            }
        }
    }

    /// Marks the signature: it may be followed by footers and quoted mail, by nothing else.
    fn mark_signature(&self, text: &str, lines: &mut [Line]) {
        let mut end = lines.len();
        while end > 0 && lines[end - 1].kind == SentenceKind::Quoted {
            end -= 1;
        }
        for at in (0..end).rev().take(40) {
            let line = short(&text[lines[at].bytes.clone()]);
            if lines[at].kind == SentenceKind::Prose && self.footer.is_match(line) {
                lines[at].kind = SentenceKind::Signature;
            }
            if at > 0 && self.disclaimer.is_match(line) {
                set_signature(&mut lines[at..end]);
            }
        }
        while end > 0 && lines[end - 1].kind == SentenceKind::Signature {
            end -= 1;
        }
        let marked = end.saturating_sub(MARKED_SIGNATURE_LINES + 1);
        let dashes = (marked..end).find(|at| &text[lines[*at].bytes.clone()] == "--");
        if let Some(at) = dashes {
            set_signature(&mut lines[at..end]);
            end = at;
        }
        let first = end.saturating_sub(SIGNATURE_LINES + 1);
        let closes = (first..end).find(|at| self.closes(text, &lines[*at..end], *at));
        if let Some(at) = closes {
            set_signature(&mut lines[at..end]);
        }
    }

    /// True if the first line is a closing and all others look like a signature.
    fn closes(&self, text: &str, lines: &[Line], at: usize) -> bool {
        let line = &text[lines[0].bytes.clone()];
        if lines[0].kind != SentenceKind::Prose || line.len() > SIGNATURE_CHARS {
            return false;
        }
        let Some(found) = self.closing.captures(line) else { return false };
        let named = found.name("name").is_some_and(|name| starts_big(name.as_str().trim()));
        let bare = found.name("name").is_none();
        // "Thanks!" alone, or before anything else, is said to somebody.
        let is_thanks = found.name("thanks").is_some();
        if !(named || bare) || (at == 0 && (is_thanks || lines.len() == 1)) {
            return false;
        }
        if is_thanks && bare && lines.len() == 1 {
            return false;
        }
        lines[1..].iter().all(|line| signs(&text[line.bytes.clone()]))
    }
}

/// True for a line that may stand in a signature: a name, a title, an address.
fn signs(line: &str) -> bool {
    let short = line.chars().count() <= SIGNATURE_CHARS && !line.ends_with(['?', '!']);
    let contact = line.contains(['@', '<', '|']) || line.contains("www.") || line.contains("://");
    let note = line.starts_with("PS") || line.starts_with("P.S");
    let few_words = line.split(' ').count() <= 8;
    short && !note && (contact || (few_words && !line.starts_with(char::is_lowercase)))
}

fn starts_big(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// "> text", at any depth; not a face such as ">:(".
fn is_quoted(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('>') else { return false };
    rest.is_empty() || rest.starts_with(|c: char| c == ' ' || c == '>' || c.is_alphanumeric())
}

fn set_signature(lines: &mut [Line]) {
    for line in lines {
        line.kind = SentenceKind::Signature;
    }
}

/// The beginning of a line, so that no pattern reads a line of a million characters.
fn short(line: &str) -> &str {
    let mut end = line.len().min(400);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

fn split(text: &str) -> Vec<Line> {
    let (mut lines, mut from, mut empty) = (Vec::new(), 0, true);
    for line in text.split('\n') {
        if line.is_empty() {
            empty = true;
        } else {
            let bytes = from..from + line.len();
            lines.push(Line { bytes, kind: SentenceKind::Prose, opens_paragraph: empty });
            empty = false;
        }
        from += line.len() + 1;
    }
    lines
}
