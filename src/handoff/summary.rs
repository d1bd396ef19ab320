//! The problem: the customer's own words, chosen, never rewritten.
//!
//! One sentence seldom says what is wrong, for whom, and with which order number. So the clauses
//! that say most are taken together, as many as fit, in reading order.

use std::{collections::HashSet, ops::Range};

use crate::domain::{Act, Evidence, Quote, SentenceKind, Speaker, StepOutcome};

use super::{
    evidence::Finder,
    transcript::{Line, Transcript},
    trim,
    wording::{Wording, probability},
};

/// Longest problem in characters.
const MAX_CHARS: usize = 320;

/// How much less a later turn of the customer says about the problem than the first.
const TURN_PRIORS: [f32; 4] = [1.0, 0.75, 0.6, 0.5];

/// What a subject line says about the problem; the body says more, but seldom as shortly.
const SUBJECT_PRIOR: f32 = 0.9;

/// How much more a clause with an identifier says than one without.
const EVIDENCE_WEIGHT: f32 = 1.8;

/// How much more the first sentences of a turn say than those after them.
const PLACE_WEIGHTS: [f32; 3] = [1.5, 1.3, 1.15];

/// Least score of a subject line.
const SUBJECT_LEAST: f32 = 0.55;

/// A further clause joins only if it is at least this good, measured by the best.
const JOINING_SHARE: f32 = 0.205;

/// A sentence longer than this is cut into clauses, of which some may be left out.
const LONG_CHARS: usize = 130;

/// Shortest clause in characters that stands alone.
const CLAUSE_CHARS: usize = 30;

/// Longest salutation in bytes.
const SALUTATION_BYTES: usize = 50;

/// Clauses that are weighed; beyond it the text is no story but a paste.
const MAX_PIECES: usize = 200;

/// A clause that may say what is wrong.
struct Piece {
    text: usize,
    bytes: Range<usize>,
    chars: usize,
    score: f32,
    /// Places of the evidence that it carries.
    carries: Vec<usize>,
}

/// Quotes what is wrong; `None` if no sentence says it.
pub(super) fn problem(
    transcript: &Transcript<'_>,
    wording: &Wording,
    evidence: &[Evidence],
) -> Option<Quote> {
    let weigher = Weigher { transcript, wording, evidence };
    let mut pieces = weigher.pieces(SentenceKind::Prose);
    if pieces.is_empty() {
        // Somebody who pastes nothing but a log has said it with the log.
        pieces = weigher.pieces(SentenceKind::Log);
    }
    let parts = joined(transcript, choose(transcript, pieces));
    (!parts.is_empty()).then(|| transcript.quote(&parts))
}

/// The best pieces that fit together; ties go to the earlier.
fn choose(transcript: &Transcript<'_>, mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut room = MAX_CHARS;
    let mut chosen: Vec<Piece> = Vec::new();
    let mut known: HashSet<usize> = HashSet::new();
    let mut best = None;
    while !pieces.is_empty() {
        // An identifier that is in already makes no clause better.
        let worth = |piece: &Piece| {
            let new = piece.carries.iter().any(|place| !known.contains(place));
            piece.score * if new { EVIDENCE_WEIGHT } else { 1.0 }
        };
        let mut at = 0;
        for place in 1..pieces.len() {
            if worth(&pieces[place]) > worth(&pieces[at]) {
                at = place;
            }
        }
        let value = worth(&pieces[at]);
        let piece = pieces.remove(at);
        if value < *best.get_or_insert(value) * JOINING_SHARE {
            break;
        }
        // The space that joins it counts as well.
        let length = piece.chars + usize::from(!chosen.is_empty());
        let words = transcript.words(piece.text, &piece.bytes);
        let repeats = chosen
            .iter()
            .any(|other| transcript.words(other.text, &other.bytes).eq_ignore_ascii_case(words));
        if length <= room && !repeats {
            room -= length;
            known.extend(&piece.carries);
            chosen.push(piece);
        }
    }
    chosen
}

/// The ranges in reading order; those with nothing but a mark or a joint between are one.
fn joined(transcript: &Transcript<'_>, mut chosen: Vec<Piece>) -> Vec<(usize, Range<usize>)> {
    chosen.sort_by_key(|piece| (piece.text, piece.bytes.start));
    let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
    for piece in chosen {
        if let Some((text, bytes)) = parts.last_mut()
            && *text == piece.text
        {
            let between = transcript.words(*text, &(bytes.end..piece.bytes.start));
            // One character joins them anyhow, so the whole grows by no more than was counted.
            if between.chars().count() <= 1 {
                bytes.end = piece.bytes.end;
                continue;
            }
        }
        parts.push((piece.text, piece.bytes));
    }
    parts
}

/// Weighs what the customer says.
struct Weigher<'w, 'a> {
    transcript: &'w Transcript<'a>,
    wording: &'w Wording,
    evidence: &'w [Evidence],
}

impl Weigher<'_, '_> {
    fn pieces(&self, kind: SentenceKind) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut turn = 0;
        let mut last = None;
        let mut place = 0;
        for line in &self.transcript.lines {
            if line.speaker != Speaker::Customer || line.kind != kind {
                continue;
            }
            let says_something = line.words.chars().any(char::is_alphanumeric);
            if !says_something || self.wording.is_greeting(line) {
                continue;
            }
            if line.message.is_some() && last != line.message {
                turn += usize::from(last.is_some());
                last = line.message;
                place = 0;
            }
            let label = self.wording.subject_label(line.words);
            let is_subject = label > 0 || line.message.is_none();
            let of_turn = TURN_PRIORS[turn.min(TURN_PRIORS.len() - 1)];
            let prior = if is_subject { SUBJECT_PRIOR } else { of_turn };
            let weight = PLACE_WEIGHTS.get(place).copied().unwrap_or(1.0);
            // Salutations that no list knows end in a comma and say nothing.
            if line.words.ends_with(',')
                && !line.words.ends_with(",,")
                && line.words.len() < SALUTATION_BYTES
            {
                continue;
            }
            place += usize::from(label == 0);
            let skip = label.max(self.wording.opening_bytes(line.words));
            let skip = if skip < line.words.len() { skip } else { 0 };
            for part in cut(line.words, skip) {
                let words = &line.words[part.clone()];
                let bytes = line.bytes.start + part.start..line.bytes.start + part.end;
                // A subject line names the matter, whatever its words.
                let floor = if is_subject { SUBJECT_LEAST } else { 0.0 };
                let score = prior * weight * self.score(line, words).max(floor);
                let chars = words.chars().count();
                let carries = Finder::carried(self.evidence, words);
                found.push(Piece { text: line.text, bytes, chars, score, carries });
            }
            if found.len() >= MAX_PIECES {
                break;
            }
        }
        found
    }

    /// What model and words say of a clause, without its place.
    fn score(&self, line: &Line<'_>, words: &str) -> f32 {
        let wording = self.wording;
        let by_words = match (wording.names_problem(words), wording.requests(words)) {
            (true, true) => 0.9,
            (true, false) => 0.8,
            (false, true) => 0.75,
            _ if words.ends_with('?') => 0.5,
            _ => 0.25,
        };
        let mut score = by_words;
        if line.acts.is_some() {
            let acts = [
                (Act::Problem, 1.0),
                (Act::Request, 0.9),
                (Act::Question, 0.7),
                (Act::Impact, 0.6),
            ];
            let by_model = acts.map(|(act, weight)| probability(line, act) * weight);
            let by_model = by_model.into_iter().fold(0.05, f32::max);
            score = 0.6 * by_words + 0.4 * by_model;
        }
        // What was tried, and that it failed, belongs to another part of the packet.
        if wording.own_deed(words, false) == Some(true) || wording.has_no_effect(words) {
            score *= 0.6;
        } else if wording.verdict(line) == StepOutcome::Worked {
            score *= 0.1;
        }
        if words.split_whitespace().count() < 3 {
            score *= 0.5;
        }
        score
    }
}

/// The clauses of a sentence from a byte on, each short enough; a short sentence is one.
fn cut(words: &str, from: usize) -> Vec<Range<usize>> {
    let rest = &words[from..];
    let mut out = Vec::new();
    if rest.chars().nth(LONG_CHARS).is_none() {
        push(words, from..words.len(), &mut out);
        return out;
    }
    let mut start = from;
    for border in trim::clause_borders(rest).into_iter().skip(1) {
        let end = from + border;
        let long_enough = words[start..end].chars().nth(CLAUSE_CHARS).is_some();
        let tail_long_enough =
            words[end..].chars().nth(CLAUSE_CHARS).is_some() || end == words.len();
        if (long_enough && tail_long_enough) || end == words.len() {
            push(words, start..end, &mut out);
            start = end;
        }
    }
    out
}

fn push(words: &str, bytes: Range<usize>, out: &mut Vec<Range<usize>>) {
    let part = &words[bytes.clone()];
    let start = bytes.start + (part.len() - part.trim_start().len());
    let bytes = start..start + part.trim().len();
    let part = trim::around(&words[bytes.clone()], 0, MAX_CHARS);
    let bytes = bytes.start + part.start..bytes.start + part.end;
    if words[bytes.clone()].contains(char::is_alphanumeric) {
        out.push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Story;
    use crate::domain::Act;

    fn problem(story: &Story) -> String {
        story.draft().problem.map(|quote| quote.text).unwrap_or_default()
    }

    #[test]
    fn without_a_model_the_words_say_what_is_wrong() {
        let story = Story::new(&[
            ("customer", "Hi there! I bought your camera in May. It keeps crashing with E403."),
            ("bot", "Have you tried turning it off?"),
        ]);
        assert_eq!(problem(&story), "It keeps crashing with E403.");
    }

    #[test]
    fn without_any_sign_what_is_no_greeting_is_taken() {
        let story = Story::new(&[("customer", "Hello! My cat sat on the router. Thanks!")]);
        assert_eq!(problem(&story), "My cat sat on the router.");
    }

    #[test]
    fn a_greeting_in_front_is_left_out() {
        let story = Story::new(&[("customer", "Hello team, I was charged twice for INV-2231")]);
        let quote = story.draft().problem.unwrap();
        assert_eq!(quote.text, "I was charged twice for INV-2231");
        assert_eq!(quote.sources[0].span.start, 12);
    }

    #[test]
    fn the_model_outranks_the_words() {
        let filler = "The page of the report is nicely drawn, as it has been for years. ".repeat(4);
        let text = format!("{filler}Numbers in column F come out negative.");
        let story = Story::new(&[("customer", &text)]).act(0, 4, Act::Problem);
        let text = problem(&story);
        assert!(text.contains("Numbers in column F come out negative."), "{text}");
    }

    #[test]
    fn a_request_takes_the_sentence_with_the_fact_along() {
        let text = "Please refund me. I was charged $49.99 twice for order 881234.";
        let story = Story::new(&[("customer", text)]);
        assert!(problem(&story).contains("order 881234"), "{}", problem(&story));
        let story = Story::new(&[("customer", "Can you send it again? My order is #W4923227.")]);
        assert_eq!(problem(&story), "Can you send it again? My order is #W4923227.");
    }

    #[test]
    fn quoted_mail_signatures_and_logs_are_no_problem() {
        let text = "> The old problem was error 500\nExports fail since Monday.\n\
            ERROR cannot write\n--\nJo, Head of broken things";
        assert_eq!(problem(&Story::new(&[("customer", text)])), "Exports fail since Monday.");
        let log = Story::new(&[("customer", "ERROR cannot write block 7781")]);
        assert_eq!(problem(&log), "ERROR cannot write block 7781");
    }

    #[test]
    fn a_text_that_says_nothing_has_no_problem() {
        for text in ["Hi", "Hello team!", "thanks", "...", "🙂", "   "] {
            assert_eq!(problem(&Story::new(&[("customer", text)])), "", "{text}");
        }
    }

    #[test]
    fn what_the_bot_says_is_never_the_problem() {
        let story = Story::new(&[("customer", "Hello"), ("bot", "Is your login broken?")]);
        assert_eq!(problem(&story), "");
    }

    #[test]
    fn the_subject_line_is_taken_where_the_body_says_nothing() {
        let story = Story::new(&[("customer", "Hi")]).subject("Invoice INV-77 is wrong");
        let quote = story.draft().problem.unwrap();
        assert_eq!(quote.text, "Invoice INV-77 is wrong");
        assert_eq!(quote.sources[0].message, None);
    }

    #[test]
    fn a_long_sentence_is_cut_to_length() {
        let text =
            format!("{}the export fails with E403, {}", "so, ".repeat(90), "um, ".repeat(90));
        let text = problem(&Story::new(&[("customer", &text)]));
        assert!(text.contains("the export fails with E403"), "{text}");
        assert!(text.chars().count() <= super::MAX_CHARS, "{text}");
    }
}
