//! What of a conversation the encoder reads, and what it leaves out.
//!
//! The customer's own words count first, the newest of them before all others. What is left out
//! because of a limit is named; what is never read (system notes, quoted mail, signatures) is not.

use std::{ops::Range, sync::Arc};

use super::{
    cache::{Cache, Key, Known},
    tokenize::Token,
};
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
    pub(super) words: Words,
}

/// What a text says.
#[derive(Debug)]
pub(super) enum Words {
    /// What was read before.
    Known(Arc<Known>),
    /// What the encoder has to read.
    New(New),
}

/// A text that the encoder has to read.
#[derive(Debug, Default)]
pub(super) struct New {
    /// Tokens of all sentences that are read, in order, without markers.
    pub(super) tokens: Vec<ReadToken>,
    pub(super) cuts: Vec<Cut>,
    /// The budget of its conversation cut it: in another, the same text may be read on.
    pub(super) is_part: bool,
    /// What it may be remembered by.
    pub(super) key: Option<Key>,
}

/// Where a sentence is no longer read because of a limit on tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Place of the sentence among those that are readable.
    piece: usize,
    /// The byte of the joined words up to which it is read.
    read_to: usize,
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

impl Text {
    /// What the encoder has to read of it.
    pub(super) fn new_words(&self) -> Option<&New> {
        match &self.words {
            Words::New(new) => Some(new),
            Words::Known(_) => None,
        }
    }
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

/// Chooses what is read of a conversation, and finds what was read before.
///
/// `tokens` is asked for the tokens of words that are not in the cache; what it fails with is
/// handed on.
pub(super) fn read<E>(
    features: &Features,
    budget: Budget,
    cache: Option<&Cache>,
    tokens: impl Fn(&str) -> Result<Vec<Token>, E>,
) -> Result<Reading, E> {
    let mut reading = Reading::default();
    let mut left = budget.conversation;
    let mut bytes_left = left.saturating_mul(TOKEN_BYTES);
    for (message, text) in in_order_of_importance(features) {
        let most = if message.is_none() { left.min(budget.subject) } else { left };
        let most = most.saturating_sub(MARKERS);
        let bytes = bytes_left.min(most.saturating_mul(TOKEN_BYTES));
        let (mut pieces, joined) = join(text, bytes, budget.logs);
        bytes_left -= joined.len().min(bytes_left);
        let key = cache.map(|_| key(&pieces, &joined));
        let known = cache.zip(key).and_then(|(cache, key)| cache.get(&key));
        let (words, count) = match known.filter(|known| known.tokens <= most) {
            Some(known) => {
                cut(&mut pieces, &known.cuts);
                let count = known.tokens;
                (Words::Known(known), count)
            }
            None if joined.is_empty() => (Words::New(New::default()), 0),
            None => {
                let limits = Limits { most, logs: budget.logs };
                let new = New { key, ..choose(&pieces, &tokens(&joined)?, limits) };
                cut(&mut pieces, &new.cuts);
                let count = new.tokens.len();
                (Words::New(new), count)
            }
        };
        reading.left_out.extend(left_out(message, text, &pieces));
        if count > 0 {
            left = left.saturating_sub(count + MARKERS);
            reading.texts.push(Text { message, speaker: text.speaker, words });
        }
    }
    reading.texts.sort_by_key(|text| text.message);
    reading.left_out.sort_by_key(|source| (source.message, source.span));
    Ok(reading)
}

/// What a text is remembered by: all that decides on its tokens and on their sentences.
fn key(pieces: &[Piece<'_>], joined: &str) -> Key {
    let sentences = pieces.iter().map(|piece| {
        let is_log = piece.sentence.kind == SentenceKind::Log;
        (piece.place, is_log, piece.joined.len())
    });
    Key::new(sentences, joined)
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

/// Tokens that one text may have.
#[derive(Clone, Copy)]
struct Limits {
    /// In all: what the budget of the conversation has left.
    most: usize,
    /// Of log lines.
    logs: usize,
}

/// Keeps the tokens that both limits allow, and notes where they end.
fn choose(pieces: &[Piece<'_>], tokens: &[Token], limits: Limits) -> New {
    let mut new = New::default();
    new.tokens.reserve(tokens.len().min(limits.most));
    let mut logs_left = limits.logs;
    let mut tokens = tokens.iter().peekable();
    for (place, piece) in pieces.iter().enumerate() {
        let is_log = piece.sentence.kind == SentenceKind::Log;
        while let Some(token) = tokens.next_if(|token| token.from < piece.joined.end) {
            let too_much_log = is_log && logs_left == 0;
            if too_much_log || new.tokens.len() >= limits.most {
                if new.cuts.last().is_none_or(|cut| cut.piece != place) {
                    new.cuts.push(Cut { piece: place, read_to: token.from });
                }
                new.is_part |= !too_much_log;
                continue;
            }
            logs_left -= usize::from(is_log);
            new.tokens.push(ReadToken { id: token.id, sentence: piece.place });
        }
    }
    new
}

/// Notes in the pieces how far they are read.
fn cut(pieces: &mut [Piece<'_>], cuts: &[Cut]) {
    for cut in cuts {
        if let Some(piece) = pieces.get_mut(cut.piece) {
            piece.read_to = cut.read_to;
            piece.cut = true;
        }
    }
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
mod tests;
