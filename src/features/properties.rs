//! What holds for every text, whatever stands in it.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::domain::{Conversation, Features, Limits, Message, Parts, Span, Speaker, TextFeatures};

use super::{Extractor, normalize::is_invisible};

pub(super) fn message(speaker: Speaker, text: &str) -> Message {
    let (id, at, outcome) = (None, None, None);
    Message { id, speaker, text: text.to_owned(), at, attachments: Vec::new(), outcome }
}

pub(super) fn conversation(turns: &[(Speaker, &str)]) -> Conversation {
    let messages = turns.iter().map(|(speaker, text)| message(*speaker, text)).collect();
    Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).unwrap()
}

/// The features of these turns with an English model.
pub(super) fn extract(turns: &[(Speaker, &str)]) -> Features {
    thread_local!(static EXTRACTOR: Extractor = Extractor::new(&["en"]).unwrap());
    EXTRACTOR.with(|extractor| extractor.extract(&conversation(turns)))
}

/// The only text of a conversation with one customer message.
pub(super) fn read(original: &str) -> TextFeatures {
    extract(&[(Speaker::Customer, original)]).messages.remove(0)
}

/// Everything the contract of [`TextFeatures`] says.
fn check(original: &str) -> Result<(), TestCaseError> {
    let features = extract(&[(Speaker::Customer, original)]);
    let text = &features.messages[0];
    let chars: Vec<char> = original.chars().collect();
    let (mut byte, mut at) = (0, 0);
    for segment in &text.segments {
        prop_assert_eq!(segment.masked.0, byte, "gap in the masked text");
        prop_assert!(segment.masked.1 > segment.masked.0 && segment.original.start >= at);
        let kept = text.masked.get(segment.masked.0 as usize..segment.masked.1 as usize);
        prop_assert!(kept.is_some(), "inside a character");
        if segment.verbatim {
            prop_assert_eq!(kept.unwrap().chars().count(), segment.original.len() as usize);
        }
        (byte, at) = (segment.masked.1, segment.original.end);
    }
    prop_assert_eq!(byte as usize, text.masked.len());
    prop_assert!(at as usize <= chars.len());
    let (mut byte, mut at, mut covered) = (0, 0, vec![false; chars.len()]);
    for sentence in &text.sentences {
        let (from, to) = (sentence.span.start as usize, sentence.span.end as usize);
        prop_assert!(sentence.masked.0 >= byte && sentence.masked.1 > sentence.masked.0);
        prop_assert!(from >= at && to > from && to <= chars.len(), "{:?}", sentence.span);
        prop_assert!(!chars[from].is_whitespace() && !chars[to - 1].is_whitespace());
        let words = text.words(sentence);
        prop_assert!(!words.is_empty() && words.trim() == words);
        prop_assert_eq!(text.masked_span(sentence.span), words);
        prop_assert!(words.chars().count() <= 1_000);
        covered[from..to].fill(true);
        (byte, at) = (sentence.masked.1, to);
    }
    for (place, found) in chars.iter().enumerate() {
        let silent = found.is_whitespace() || is_invisible(*found);
        prop_assert!(covered[place] || silent, "{found:?} at {place} is in no sentence");
    }
    for signal in &features.signals {
        let span: Span = signal.source.span;
        prop_assert!(span.end as usize <= chars.len() && span.start <= span.end);
    }
    Ok(())
}

/// Pieces that messages are made of, with everything that is hard about them.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "I can't log in.",
        "it fails. i tried again",
        "Mr. Smith, e.g. v2.3.1",
        "jo@x.io",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "> quoted",
        "On Mon, 3 May 2024, Jo <jo@x.io> wrote:",
        "-- ",
        "Kind regards,",
        "Thanks, Jo",
        "+1 (555) 123-4567",
        "4111 1111 1111 1111",
        "https://a.b/c?d=e#f",
        "👩\u{200d}💻",
        "e\u{301}",
        "שלום עולם",
        "مرحبا",
        "\0",
        "\u{feff}",
        "re\u{200b}fund",
        "\u{202e}",
        "ＡＢＣ１２３",
        "speak to a human",
        "didn't work",
        "tier: 0",
        "- item one",
        "1. first. second",
        "```",
        "{\"a\": 1}",
        "at a.b(c:1)",
        "password: x1y2z3",
        "日本語。テスト！",
        ", and",
        "; ",
        " - ",
        "\u{a0}",
        "\u{2028}",
        "!!!",
        "...",
        "?",
        "<",
        ">",
        "@",
        "1",
        "a",
        "From: Jo",
        "Sent: Monday",
        "To: you",
        "long words without any end",
    ];
    proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn any_text_keeps_the_contract(original in "\\PC{0,80}|(?s).{0,80}") {
        check(&original)?;
    }

    #[test]
    fn messages_keep_the_contract(pieces in proptest::collection::vec(piece(), 0..40)) {
        check(&pieces.join(" "))?;
        check(&pieces.concat())?;
    }

    #[test]
    fn long_runs_keep_the_contract(piece in piece(), times in 1_usize..400) {
        check(&piece.repeat(times))?;
        check(&format!("{piece} ").repeat(times))?;
    }

    #[test]
    fn text_without_personal_data_is_kept(
        words in proptest::collection::vec("[a-zé]{1,9}[.,!?]?", 1..30),
    ) {
        let text = words.join(" ");
        prop_assert_eq!(&read(&text).masked, &text);
    }
}

/// In debug builds only the shape of the cost is looked at; the bench measures the rest.
#[test]
fn a_million_characters_cost_no_more_than_linear_time() {
    let (size, limit_ms) = if cfg!(debug_assertions) { (100_000, 2_000) } else { (1_000_000, 50) };
    let limit = Duration::from_millis(limit_ms);
    let patterns = [
        "a",
        "@",
        "1",
        "\n",
        "<",
        " ",
        "a ",
        "1 ",
        "a\n",
        "a.",
        "a. ",
        "a@",
        ":",
        "1:",
        "/",
        "-",
        "(",
        "é",
        "\0",
        "http://",
        "> ",
        "www.",
        "password ",
        "word, and ",
        "\u{200b}",
        "a@b.co ",
        "555-123-4567 ",
        "AB12 ",
    ];
    for pattern in patterns {
        let text = pattern.repeat(size / pattern.len());
        let talk = conversation(&[(Speaker::Customer, &text)]);
        let extractor = Extractor::new(&["en"]).unwrap();
        extractor.extract(&conversation(&[(Speaker::Customer, pattern)]));
        // The best of three: what else the machine does is not ours.
        let timed = |_| {
            let start = Instant::now();
            extractor.extract(&talk);
            start.elapsed()
        };
        let took = (0..3).map(timed).min().unwrap();
        println!("{pattern:?}: {took:?}");
        // What is dense with findings costs more, but no more than linear time either.
        let limit = if pattern.len() == 1 { limit } else { 20 * limit };
        assert!(took < limit, "{pattern:?} took {took:?}");
    }
}
