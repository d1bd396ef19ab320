//! The problem in one sentence: the customer's own words, chosen, never rewritten.

use std::ops::Range;

use crate::domain::{Act, Evidence, Quote, SentenceKind, Speaker};

use super::{
    evidence::Finder,
    transcript::{Line, Transcript},
    trim,
    wording::{Wording, probability},
};

/// Longest problem in characters.
const MAX_CHARS: usize = 240;

/// How much less a later turn of the customer says about the problem than the first.
const TURN_PRIORS: [f32; 4] = [1.0, 0.85, 0.7, 0.6];

/// A second sentence joins only if it is at least this good, measured by the best.
const COMPANION_SHARE: f32 = 0.4;

/// A sentence that may say what is wrong.
struct Candidate<'l, 'a> {
    line: &'l Line<'a>,
    /// Bytes in its text: the sentence without a greeting in front, cut to length.
    bytes: Range<usize>,
    score: f32,
    has_evidence: bool,
}

/// Quotes what is wrong; `None` if no sentence says it.
pub(super) fn problem(
    transcript: &Transcript<'_>,
    wording: &Wording,
    evidence: &[Evidence],
) -> Option<Quote> {
    let mut candidates = candidates(transcript, wording, evidence, SentenceKind::Prose);
    if candidates.is_empty() {
        // Somebody who pastes nothing but a log has said it with the log.
        candidates = self::candidates(transcript, wording, evidence, SentenceKind::Log);
    }
    // Ties go to the earlier sentence, so only a strictly better one replaces it.
    let mut best = candidates.first()?;
    for candidate in &candidates {
        if candidate.score > best.score {
            best = candidate;
        }
    }
    let mut parts = vec![(best.line.text, best.bytes.clone())];
    if let Some(companion) = companion(transcript, wording, best, &candidates) {
        parts.push((companion.line.text, companion.bytes.clone()));
        parts.sort_by_key(|(text, bytes)| (*text, bytes.start));
    }
    Some(transcript.quote(&parts))
}

fn candidates<'l, 'a>(
    transcript: &'l Transcript<'a>,
    wording: &Wording,
    evidence: &[Evidence],
    kind: SentenceKind,
) -> Vec<Candidate<'l, 'a>> {
    let mut found = Vec::new();
    let mut turn = 0;
    let mut last = None;
    for line in &transcript.lines {
        if line.speaker != Speaker::Customer || line.kind != kind {
            continue;
        }
        if line.message.is_some() && last != line.message {
            turn += usize::from(last.is_some());
            last = line.message;
        }
        let says_something = line.words.chars().any(char::is_alphanumeric);
        if !says_something || wording.is_greeting(line) {
            continue;
        }
        let has_evidence = Finder::carries_evidence(evidence, line.words);
        let prior = match line.message {
            Some(_) => TURN_PRIORS[turn.min(TURN_PRIORS.len() - 1)],
            // A subject line names the matter, but the sentence in the body says more.
            None => 0.55,
        };
        let bytes = cut(line, wording, evidence);
        let mut candidate = Candidate { line, bytes, score: 0.0, has_evidence };
        candidate.score = prior * score(&candidate, wording);
        found.push(candidate);
    }
    found
}

/// What model and words say of a sentence, without its place.
fn score(candidate: &Candidate<'_, '_>, wording: &Wording) -> f32 {
    let Candidate { line, has_evidence, .. } = *candidate;
    let (names, requests) = (wording.names_problem(line.words), wording.requests(line.words));
    let by_words: f32 = match (names, requests) {
        (true, _) => 0.8,
        (false, true) => 0.7,
        _ if line.words.ends_with('?') => 0.5,
        _ => 0.3,
    };
    let mut score = by_words;
    if line.acts.is_some() {
        let acts = [(Act::Problem, 1.0), (Act::Request, 0.9), (Act::Question, 0.6)];
        let by_model = acts.map(|(act, weight)| probability(line, act) * weight);
        // The model leads; the words only tell apart what it holds to be alike.
        score = by_model.into_iter().fold(0.05, f32::max) * (0.85 + 0.2 * by_words);
    }
    if has_evidence {
        score *= 1.25;
    }
    // What was tried, and that it failed, belongs to another part of the packet.
    if wording.is_customer_step(line) || (wording.refers_back(line.words) && !has_evidence) {
        score *= 0.6;
    }
    if line.words.split_whitespace().count() < 3 {
        score *= 0.5;
    }
    score
}

/// The sentence without a greeting in front, cut to length around its key.
fn cut(line: &Line<'_>, wording: &Wording, evidence: &[Evidence]) -> Range<usize> {
    let skip = wording.opening_bytes(line.words);
    let words = if skip < line.words.len() { &line.words[skip..] } else { line.words };
    let start = line.bytes.end.saturating_sub(words.len());
    let named = wording.problem_at(words);
    let fact = || evidence.iter().find_map(|item| words.find(&item.value));
    let part = trim::around(words, named.or_else(fact).unwrap_or(0), MAX_CHARS);
    start + part.start..start + part.end
}

/// The sentence with the key fact, or the problem behind a request, where the best lacks it.
fn companion<'c, 'l, 'a>(
    transcript: &Transcript<'_>,
    wording: &Wording,
    best: &Candidate<'l, 'a>,
    candidates: &'c [Candidate<'l, 'a>],
) -> Option<&'c Candidate<'l, 'a>> {
    let length = |candidate: &Candidate<'_, '_>| {
        transcript.words(candidate.line.text, &candidate.bytes).chars().count()
    };
    let room = MAX_CHARS.checked_sub(length(best) + 1)?;
    let asks = !wording.names_problem(best.line.words);
    let mut found: Option<&Candidate<'_, '_>> = None;
    for other in candidates {
        let is_self = other.line.text == best.line.text && other.bytes == best.bytes;
        let adds_fact = other.has_evidence && !best.has_evidence;
        let adds_problem = asks && wording.names_problem(other.line.words);
        let good = other.score >= best.score * COMPANION_SHARE;
        if is_self || !(adds_fact || adds_problem) || !good || length(other) > room {
            continue;
        }
        if found.is_none_or(|found| other.score > found.score) {
            found = Some(other);
        }
    }
    found
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
    fn without_any_sign_the_first_sentence_that_is_no_greeting_is_taken() {
        let story = Story::new(&[("customer", "Hello! My cat sat on the router. It is grey.")]);
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
        let text = "The error page is nicely drawn. Numbers in column F come out negative.";
        let story = Story::new(&[("customer", text)]).act(0, 0, Act::Other).act(0, 1, Act::Problem);
        assert_eq!(problem(&story), "Numbers in column F come out negative.");
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
        assert!(text.chars().count() <= 240, "{text}");
    }
}
