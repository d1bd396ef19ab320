//! One table of phrases, compiled: what says a signal, and what only seems to.

use regex::Regex;

use crate::domain::{Sentence, SignalKind, Span, TextFeatures};

use super::{
    offsets::{Anchor, locate},
    patterns::{DEPARTMENT, Said, WHO},
};

/// One kind of signal: what says it, and what only seems to.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) kind: SignalKind,
    yes: Regex,
    not: Regex,
    /// `yes` without its anchors: what a whole text must hold for any sentence to say it.
    somewhere: Regex,
}

impl Pattern {
    /// Compiles a table.
    pub(super) fn new(said: &Said) -> Result<Self, regex::Error> {
        let loose: Vec<_> = said.yes.iter().map(|yes| without_anchors(yes)).collect();
        let loose: Vec<_> = loose.iter().map(String::as_str).collect();
        let somewhere = compile(&loose)?;
        Ok(Self { kind: said.kind, yes: compile(said.yes)?, not: compile(said.not)?, somewhere })
    }

    /// False only if no sentence of the text says it: one search tells for all of them.
    pub(super) fn may_say(&self, masked: &str) -> bool {
        self.somewhere.is_match(masked)
    }

    /// Where the sentence says it first.
    pub(super) fn find(&self, text: &TextFeatures, sentence: &Sentence) -> Option<Span> {
        let words = text.words(sentence);
        let mut seems: Option<Vec<_>> = None;
        for found in self.yes.find_iter(words) {
            let seems = seems.get_or_insert_with(|| self.not.find_iter(words).collect());
            let is_not =
                |not: &regex::Match<'_>| not.start() < found.end() && found.start() < not.end();
            if seems.iter().any(is_not) {
                continue;
            }
            let from = sentence.masked.0 as usize;
            let anchor = Anchor { byte: from, char: sentence.span.start };
            let visible = found.as_str().trim_start();
            let start = from + found.end() - visible.len();
            let bytes = start..start + visible.trim_end().len();
            return Some(locate(&text.segments, &text.masked, anchor, &bytes));
        }
        None
    }
}

/// The pattern where anchors and what may stand before them match anything.
fn without_anchors(pattern: &str) -> String {
    let pattern = pattern.replace(r"^\W*", "").replace(r"\W*$", "");
    pattern.replace("|$", "|").replace("$|", "|")
}

/// One expression out of several, in the notation of the tables.
pub(super) fn compile(patterns: &[&str]) -> Result<Regex, regex::Error> {
    if patterns.is_empty() {
        return Regex::new(r"[^\s\S]");
    }
    let joined = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>();
    let pattern = joined.join("|").replace("WHO", WHO).replace("DEPARTMENT", DEPARTMENT);
    // Long patterns are broken into lines; neither line ends nor indents belong to them.
    let pattern = pattern.lines().map(str::trim_start).collect::<String>();
    let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[0-9a-z_'’]");
    let pattern = pattern.replace(r"\W", "[^0-9a-z]");
    let pattern = pattern.replace("[[0-9a-z_'’] ]", "[0-9a-z_'’ ]");
    regex::RegexBuilder::new(&quote_marks(&pattern))
        .case_insensitive(true)
        .size_limit(64 << 20)
        .dfa_size_limit(16 << 20)
        .build()
}

/// Lets `'` outside brackets stand for any apostrophe or none, and a space for a line end.
fn quote_marks(pattern: &str) -> String {
    let (mut out, mut in_class, mut escaped) = (String::new(), false, false);
    for found in pattern.chars() {
        match found {
            _ if escaped => out.push(found),
            '[' => {
                in_class = true;
                out.push(found);
            }
            ']' => {
                in_class = false;
                out.push(found);
            }
            '\'' if !in_class => out.push_str("['’ʼ`´]?"),
            ' ' if !in_class => out.push_str("[ \n]"),
            _ => out.push(found),
        }
        escaped = found == '\\' && !escaped;
    }
    out
}
