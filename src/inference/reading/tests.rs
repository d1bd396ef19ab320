//! What is read of a conversation, and what is left out.

use super::{super::tiny, *};
use crate::domain::{
    Segment,
    SentenceKind::{Log, Prose, Quoted, Signature},
};

const WIDE: Budget = Budget { conversation: 100, subject: 50, logs: 50 };

fn reading(features: &Features, budget: Budget) -> Reading {
    read(features, budget, None, |words| tiny::tokenizer().tokens(words)).unwrap()
}

fn tokens(text: &Text) -> &[ReadToken] {
    match &text.words {
        Words::New(new) => &new.tokens,
        Words::Known(known) => panic!("nothing was read before: {known:?}"),
    }
}

/// (message, sentences of its tokens) of every text that is read.
fn places(reading: &Reading) -> Vec<(Option<u32>, Vec<u32>)> {
    let sentences = |text: &Text| tokens(text).iter().map(|token| token.sentence).collect();
    reading.texts.iter().map(|text| (text.message, sentences(text))).collect()
}

fn left(message: u32, start: u32, end: u32) -> Source {
    Source { message: Some(message), span: Span::new(start, end) }
}

#[test]
fn own_words_and_log_lines_are_read_quotes_and_signatures_are_not() {
    let sentences = [("my refund", Prose), ("log line", Log), ("a b", Quoted), ("c", Signature)];
    let got = reading(&tiny::conversation(vec![tiny::text(Speaker::Customer, &sentences)]), WIDE);
    assert_eq!(places(&got), [(Some(0), vec![0, 0, 1, 1])]);
    assert_eq!(got.left_out, [], "what is never read is not left out by a limit");
}

#[test]
fn a_customer_text_with_nothing_else_is_read_as_it_is() {
    let text = |speaker| tiny::text(speaker, &[("a b", Quoted), ("c", Signature)]);
    let messages = vec![text(Speaker::Customer), text(Speaker::Agent)];
    let got = reading(&tiny::conversation(messages), WIDE);
    assert_eq!(places(&got), [(Some(0), vec![0, 0, 1])]);
}

#[test]
fn the_newest_customer_message_comes_first_and_system_notes_never() {
    let message = |speaker| tiny::text(speaker, &[("a b c", Prose)]);
    let messages = vec![
        message(Speaker::Customer),
        message(Speaker::Bot),
        message(Speaker::System),
        message(Speaker::Customer),
        message(Speaker::Agent),
    ];
    let features = tiny::conversation(messages);
    let read_with = |conversation| reading(&features, Budget { conversation, ..WIDE });
    let messages_read = |conversation| -> Vec<_> {
        let got = read_with(conversation);
        got.texts.iter().filter_map(|text| text.message).collect()
    };
    assert_eq!(messages_read(5), [3]);
    assert_eq!(messages_read(10), [0, 3]);
    assert_eq!(messages_read(15), [0, 3, 4]);
    assert_eq!(messages_read(20), [0, 1, 3, 4]);
    assert_eq!(read_with(5).left_out, [left(0, 0, 5), left(1, 0, 5), left(4, 0, 5)]);
}

#[test]
fn the_subject_is_read_within_its_own_limit() {
    let mut features = tiny::features(&["my invoice"]);
    features.subject = Some(tiny::text(Speaker::Customer, &[("a b c a b c", Prose)]));
    let got = reading(&features, Budget { subject: 4, ..WIDE });
    assert_eq!(places(&got), [(None, vec![0, 0]), (Some(0), vec![0, 0])]);
    assert_eq!(got.left_out, [Source { message: None, span: Span::new(4, 11) }]);
}

#[test]
fn what_a_limit_cuts_is_named_in_characters_of_the_original() {
    // "é" has two bytes and one character; the first budget ends within the second sentence.
    let features = tiny::features(&["é a", "b c a", "my b.", "c"]);
    let got = reading(&features, Budget { conversation: 5, ..WIDE });
    assert_eq!(places(&got), [(Some(0), vec![0, 0, 1])]);
    assert_eq!(got.left_out, [left(0, 6, 17)], "one span for neighbours: \"c a my b. c\"");
}

#[test]
fn a_replaced_stretch_is_left_out_whole() {
    let mut text = tiny::text(Speaker::Customer, &[("a b c", Prose)]);
    let segment = |original: (u32, u32), masked, verbatim| {
        let original = Span::new(original.0, original.1);
        Segment { original, masked, verbatim }
    };
    // "b c" stands for ten characters of the original.
    text.segments = vec![segment((0, 2), (0, 2), true), segment((2, 12), (2, 5), false)];
    text.sentences[0].span = Span::new(0, 12);
    let got = reading(&tiny::conversation(vec![text]), Budget { conversation: 4, ..WIDE });
    assert_eq!(got.left_out, [left(0, 2, 12)]);
}

#[test]
fn log_lines_have_a_limit_of_their_own() {
    let sentences = [("log line a", Log), ("my refund", Prose), ("log b c", Log), ("a", Prose)];
    let text = tiny::text(Speaker::Customer, &sentences);
    let got = reading(&tiny::conversation(vec![text]), Budget { logs: 4, ..WIDE });
    assert_eq!(places(&got), [(Some(0), vec![0, 0, 0, 1, 1, 2, 3])]);
    assert_eq!(got.left_out, [left(0, 25, 28)]);
}

#[test]
fn endless_and_empty_texts_cost_no_more_than_the_budget() {
    let endless = "x".repeat(1_000_000);
    let got = reading(&tiny::features(&[&endless, "a"]), WIDE);
    let read_chars = u32::try_from((WIDE.conversation - MARKERS) * TOKEN_BYTES).unwrap();
    assert_eq!(tokens(&got.texts[0]).len(), 1);
    assert_eq!(got.left_out, [left(0, read_chars, 1_000_002)]);

    // Words too long for the vocabulary are one token each, so only the bytes can stop them.
    let messages = vec![tiny::text(Speaker::Customer, &[(&endless, Prose)]); 3];
    let got = reading(&tiny::conversation(messages), WIDE);
    assert_eq!(places(&got).len(), 2, "{:?}", places(&got));

    for odd in ["", "\u{0}\u{1}\u{7f}", "\u{200b}\u{200d}"] {
        let got = reading(&tiny::features(&[odd, "a", odd]), WIDE);
        assert_eq!(places(&got).last().unwrap().1.last(), Some(&1), "{odd:?}");
        assert_eq!(got.left_out, []);
    }
    assert!(reading(&tiny::conversation(Vec::new()), WIDE).texts.is_empty());
}

proptest::proptest! {
    #[test]
    fn every_sentence_is_read_or_named_and_the_budget_is_kept(
        sentences in proptest::collection::vec("[abcé. \u{1}字]{0,12}", 0..8),
        logs in proptest::collection::vec(proptest::bool::ANY, 8),
        conversation in 0usize..40,
    ) {
        let kinds = logs.iter().map(|log| if *log { Log } else { Prose });
        let sentences: Vec<_> = sentences.iter().map(String::as_str).zip(kinds).collect();
        let text = tiny::text(Speaker::Customer, &sentences);
        let features = tiny::conversation(vec![text.clone(), text]);
        let all = reading(&features, Budget { conversation: 9_999, subject: 9, logs: 9_999 });
        let got = reading(&features, Budget { conversation, subject: 9, logs: 3 });

        let spent: usize = got.texts.iter().map(|text| tokens(text).len() + MARKERS).sum();
        proptest::prop_assert!(spent <= conversation.max(MARKERS));
        proptest::prop_assert_eq!(&all.left_out, &[]);
        for text in &all.texts {
            let read = got.texts.iter().find(|other| other.message == text.message);
            for (place, sentence) in (0..).zip(&features.messages[0].sentences) {
                let of = |text: &Text| {
                    tokens(text).iter().filter(|token| token.sentence == place).count()
                };
                let named = got.left_out.iter().any(|source| {
                    source.message == text.message && source.span.overlaps(sentence.span)
                });
                let whole = read.map_or(0, of) == of(text);
                proptest::prop_assert!(whole || named, "{place} is lost");
            }
        }
        for pair in got.left_out.windows(2) {
            proptest::prop_assert!(pair[0].message < pair[1].message
                || pair[0].span.end <= pair[1].span.start);
        }
    }
}
