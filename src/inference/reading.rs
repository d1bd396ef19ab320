//! What of a conversation the encoder reads, and what it leaves out.
//!
//! The customer's own words count first, the newest of them before all others. What is left out
//! because of a limit is named; what is never read (system notes, quoted mail, signatures) is not.

use std::ops::Range;

use super::tokenize::{Token, Tokenizer};
use crate::domain::{Features, Sentence, SentenceKind, Source, Span, Speaker, TextFeatures};

/// What is read of a conversation.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Texts with at least one token, the subject line first, then in the order of the messages.
    pub(super) texts: Vec<Text>,
    /// What a limit left out, in the same order.
    pub(super) left_out: Vec<Source>,
}

/// One text as the encoder reads it.
#[derive(Debug)]
pub(super) struct Text {
    /// Place of the message; `None` is the subject line.
    pub(super) message: Option<u32>,
    pub(super) speaker: Speaker,
    /// Tokens of all sentences that are read, in order, without markers.
    pub(super) tokens: Vec<ReadToken>,
}

/// One token that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadToken {
    pub(super) id: u32,
    /// Place of its sentence in the text.
    pub(super) sentence: u32,
}

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Tokens of the conversation, two markers for every text included.
    pub(super) conversation: usize,
    /// Tokens of the subject line, so that a long one does not crowd out the messages.
    pub(super) subject: usize,
    /// Tokens of the log lines of one message.
    pub(super) logs: usize,
}

/// Tokens that frame every text.
const MARKERS: usize = 2;
/// Bytes that one token may take up. Real text has 4 to 5, so a text is cut by this measure before
/// it is tokenised: millions of characters cost no more than what the budget can use.
const TOKEN_BYTES: usize = 16;

/// A readable sentence on its way into the joined words of its text.
struct Piece<'a> {
    place: u32,
    sentence: &'a Sentence,
    /// Its bytes in the joined words.
    joined: Range<usize>,
    /// The byte of the masked text at which those begin.
    masked_from: usize,
    /// The byte of the joined words up to which it is read.
    read_to: usize,
    /// Something of it is not read.
    cut: bool,
}

/// Chooses what is read of a conversation; `Err` says why a text cannot be tokenised.
pub(super) fn read(
    features: &Features,
    tokenizer: &Tokenizer,
    budget: Budget,
) -> Result<Reading, String> {
    let mut reading = Reading::default();
    let mut left = budget.conversation;
    let mut bytes_left = left.saturating_mul(TOKEN_BYTES);
    for (message, text) in in_order_of_importance(features) {
        let most = if message.is_none() { left.min(budget.subject) } else { left };
        let most = most.saturating_sub(MARKERS);
        let bytes = bytes_left.min(most.saturating_mul(TOKEN_BYTES));
        let (mut pieces, words) = join(text, bytes, budget.logs);
        bytes_left -= words.len().min(bytes_left);
        let tokens = if words.is_empty() { Vec::new() } else { tokenizer.tokens(&words)? };
        let tokens = choose(&mut pieces, &tokens, most, budget.logs);
        reading.left_out.extend(left_out(message, text, &pieces));
        if !tokens.is_empty() {
            left = left.saturating_sub(tokens.len() + MARKERS);
            reading.texts.push(Text { message, speaker: text.speaker, tokens });
        }
    }
    reading.texts.sort_by_key(|text| text.message);
    reading.left_out.sort_by_key(|source| (source.message, source.span));
    Ok(reading)
}

/// The subject line, the customer's messages from the newest on, then those of bots and agents.
fn in_order_of_importance(
    features: &Features,
) -> impl Iterator<Item = (Option<u32>, &TextFeatures)> {
    let newest_first = |helper: bool| {
        let messages = (0_u32..).zip(&features.messages);
        let of_interest = messages.filter(move |(_, text)| match text.speaker {
            Speaker::Customer => !helper,
            Speaker::Bot | Speaker::Agent => helper,
            Speaker::System => false,
        });
        let mut chosen: Vec<_> = of_interest.map(|(place, text)| (Some(place), text)).collect();
        chosen.reverse();
        chosen
    };
    let subject = features.subject.iter().map(|text| (None, text));
    subject.chain(newest_first(false)).chain(newest_first(true))
}

/// The sentences that are read: own words and log lines. Where a customer's text has neither,
/// what they quoted or signed is all there is to go by.
fn readable(text: &TextFeatures) -> impl Iterator<Item = (u32, &Sentence)> {
    let own = |kind| matches!(kind, SentenceKind::Prose | SentenceKind::Log);
    let has_own = text.sentences.iter().any(|sentence| own(sentence.kind));
    let all = !has_own && text.speaker == Speaker::Customer;
    (0_u32..).zip(&text.sentences).filter(move |(_, sentence)| all || own(sentence.kind))
}

/// Joins the readable sentences by one space, cut to these bytes and those that `logs` tokens of
/// log lines can need.
fn join(text: &TextFeatures, bytes: usize, logs: usize) -> (Vec<Piece<'_>>, String) {
    let mut bytes_left = bytes;
    let mut log_bytes_left = logs.saturating_mul(TOKEN_BYTES);
    let mut pieces = Vec::new();
    let mut words = String::new();
    for (place, sentence) in readable(text) {
        let is_log = sentence.kind == SentenceKind::Log;
        let all = text.words(sentence);
        let most = if is_log { bytes_left.min(log_bytes_left) } else { bytes_left };
        let kept = &all[..all.floor_char_boundary(most)];
        if !words.is_empty() && !kept.is_empty() {
            words.push(' ');
        }
        let joined = words.len()..words.len() + kept.len();
        words.push_str(kept);
        bytes_left -= kept.len();
        if is_log {
            log_bytes_left -= kept.len();
        }
        pieces.push(Piece {
            place,
            sentence,
            masked_from: sentence.masked.0 as usize,
            read_to: joined.end,
            cut: kept.len() < all.len(),
            joined,
        });
    }
    (pieces, words)
}

/// Keeps the tokens that both limits allow, and notes in the pieces how far they are read.
fn choose(pieces: &mut [Piece<'_>], tokens: &[Token], most: usize, logs: usize) -> Vec<ReadToken> {
    let mut chosen = Vec::with_capacity(tokens.len().min(most));
    let mut logs_left = logs;
    let mut tokens = tokens.iter().peekable();
    for piece in pieces {
        let is_log = piece.sentence.kind == SentenceKind::Log;
        while let Some(token) = tokens.next_if(|token| token.from < piece.joined.end) {
            let allowed = chosen.len() < most && (!is_log || logs_left > 0);
            if !allowed {
                piece.read_to = piece.read_to.min(token.from);
                piece.cut = true;
                continue;
            }
            logs_left -= usize::from(is_log);
            chosen.push(ReadToken { id: token.id, sentence: piece.place });
        }
    }
    chosen
}

/// The characters of a text that were not read, neighbours merged.
fn left_out(message: Option<u32>, text: &TextFeatures, pieces: &[Piece<'_>]) -> Vec<Source> {
    let mut spans: Vec<(u32, Span)> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.cut) {
        let whole = piece.sentence.span;
        let bytes_read = piece.read_to.saturating_sub(piece.joined.start);
        let start = if bytes_read == 0 {
            whole.start
        } else {
            original_at(text, piece.masked_from + bytes_read, whole)
        };
        match spans.last_mut() {
            Some((place, span)) if *place + 1 == piece.place && start == whole.start => {
                *place = piece.place;
                span.end = whole.end;
            }
            _ => spans.push((piece.place, Span::new(start, whole.end))),
        }
    }
    let real = spans.into_iter().filter(|(_, span)| !span.is_empty());
    real.map(|(_, span)| Source { message, span }).collect()
}

/// The character of the original text that became the byte `masked` of the masked text, within
/// `bounds`.
fn original_at(text: &TextFeatures, masked: usize, bounds: Span) -> u32 {
    let after = text.segments.partition_point(|segment| segment.masked.1 as usize <= masked);
    let Some(segment) = text.segments.get(after) else { return bounds.end };
    let from = segment.masked.0 as usize;
    let mut character = segment.original.start;
    if segment.verbatim {
        let before = text.masked.get(from..masked).unwrap_or_default().chars().count();
        character = character.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
    }
    character.clamp(bounds.start, bounds.end)
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};
    use crate::domain::{
        Segment,
        SentenceKind::{Log, Prose, Quoted, Signature},
    };

    const WIDE: Budget = Budget { conversation: 100, subject: 50, logs: 50 };

    fn reading(features: &Features, budget: Budget) -> Reading {
        read(features, &tiny::tokenizer(), budget).unwrap()
    }

    /// (message, sentences of its tokens) of every text that is read.
    fn places(reading: &Reading) -> Vec<(Option<u32>, Vec<u32>)> {
        let sentences = |text: &Text| text.tokens.iter().map(|token| token.sentence).collect();
        reading.texts.iter().map(|text| (text.message, sentences(text))).collect()
    }

    fn left(message: u32, start: u32, end: u32) -> Source {
        Source { message: Some(message), span: Span::new(start, end) }
    }

    #[test]
    fn own_words_and_log_lines_are_read_quotes_and_signatures_are_not() {
        let sentences =
            [("my refund", Prose), ("log line", Log), ("a b", Quoted), ("c", Signature)];
        let got =
            reading(&tiny::conversation(vec![tiny::text(Speaker::Customer, &sentences)]), WIDE);
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
        assert_eq!(got.texts[0].tokens.len(), 1);
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

            let spent: usize = got.texts.iter().map(|text| text.tokens.len() + MARKERS).sum();
            proptest::prop_assert!(spent <= conversation.max(MARKERS));
            proptest::prop_assert_eq!(&all.left_out, &[]);
            for text in &all.texts {
                let read = got.texts.iter().find(|other| other.message == text.message);
                for (place, sentence) in (0..).zip(&features.messages[0].sentences) {
                    let of = |text: &Text| {
                        text.tokens.iter().filter(|token| token.sentence == place).count()
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
}
