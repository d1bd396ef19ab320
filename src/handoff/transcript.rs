//! The original texts of a conversation, with their sentences, for cutting spans out of them.

use std::{collections::HashMap, ops::Range};

use crate::domain::{ActScores, Quote, Sentence, SentenceKind, Source, Span, Speaker};

use super::Case;

/// Sentences of one message that the summary reads; a longer message is a paste, not a story.
const MAX_LINES: usize = 400;

/// Bytes of one sentence that the summary reads.
const MAX_LINE_BYTES: usize = 4_096;

/// Translates between bytes and characters of one text.
///
/// Counting anew from the start for each find would be quadratic, so every block's first
/// character is counted once. An ASCII text needs no count at all.
#[derive(Debug)]
enum Offsets {
    Ascii,
    /// Characters before byte `BLOCK * i`.
    Counted(Vec<u32>),
}

/// Bytes between two counted places.
const BLOCK: usize = 256;

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii;
        }
        let mut before = 0;
        let mut counts = Vec::with_capacity(text.len() / BLOCK + 1);
        for block in text.as_bytes().chunks(BLOCK) {
            counts.push(before);
            before += count_chars(block);
        }
        counts.push(before);
        Self::Counted(counts)
    }

    /// The number of characters before a byte.
    fn chars(&self, text: &str, byte: usize) -> u32 {
        let byte = byte.min(text.len());
        match self {
            Self::Ascii => u32::try_from(byte).unwrap_or(u32::MAX),
            Self::Counted(counts) => {
                let block = byte / BLOCK;
                let rest = text.as_bytes().get(block * BLOCK..byte).unwrap_or_default();
                counts.get(block).copied().unwrap_or_default() + count_chars(rest)
            }
        }
    }

    /// The byte at which a character begins; the length of the text beyond its end.
    fn byte(&self, text: &str, char: u32) -> usize {
        match self {
            Self::Ascii => text.len().min(char as usize),
            Self::Counted(counts) => {
                let block = counts.partition_point(|&before| before <= char).saturating_sub(1);
                let mut left = char - counts.get(block).copied().unwrap_or_default();
                let from = (block * BLOCK).min(text.len());
                for (at, byte) in text.as_bytes().iter().enumerate().skip(from) {
                    if is_char_start(*byte) {
                        if left == 0 {
                            return at;
                        }
                        left -= 1;
                    }
                }
                text.len()
            }
        }
    }
}

fn count_chars(bytes: &[u8]) -> u32 {
    // A block has at most BLOCK bytes, so the count fits.
    u32::try_from(bytes.iter().filter(|byte| is_char_start(**byte)).count()).unwrap_or(u32::MAX)
}

/// True unless the byte continues a character of UTF-8.
const fn is_char_start(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// The subject line or one message, as it was written.
#[derive(Debug)]
pub(super) struct Text<'a> {
    /// Place in the transcript; `None` is the subject line.
    pub(super) message: Option<u32>,
    /// Who wrote it.
    pub(super) speaker: Speaker,
    /// The original characters.
    pub(super) words: &'a str,
    sentences: &'a [Sentence],
    offsets: Offsets,
}

impl<'a> Text<'a> {
    fn new(
        message: Option<u32>,
        speaker: Speaker,
        words: &'a str,
        sentences: &'a [Sentence],
    ) -> Self {
        Self { message, speaker, words, sentences, offsets: Offsets::new(words) }
    }

    /// Where a range of bytes stands.
    pub(super) fn source(&self, bytes: &Range<usize>) -> Source {
        let start = self.offsets.chars(self.words, bytes.start);
        let end = self.offsets.chars(self.words, bytes.end);
        Source { message: self.message, span: Span::new(start, end) }
    }

    /// The bytes of a span.
    pub(super) fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.offsets.byte(self.words, span.start);
        start..self.offsets.byte(self.words, span.end).max(start)
    }

    /// The sentences of that kind, as bytes.
    pub(super) fn of_kind(&self, kind: SentenceKind) -> impl Iterator<Item = Range<usize>> {
        let wanted = self.sentences.iter().filter(move |sentence| sentence.kind == kind);
        wanted.map(|sentence| self.bytes(sentence.span))
    }
}

/// One sentence of somebody's, white space around it left out.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Place of its text in [`Transcript::texts`].
    pub(super) text: usize,
    /// Place of its message; `None` is the subject line.
    pub(super) message: Option<u32>,
    /// Who wrote it.
    pub(super) speaker: Speaker,
    /// What kind of text it is.
    pub(super) kind: SentenceKind,
    /// The original characters.
    pub(super) words: &'a str,
    /// Its bytes in the text.
    pub(super) bytes: Range<usize>,
    /// What the model says it does.
    pub(super) acts: Option<ActScores>,
}

/// Every text of a conversation with its sentences.
#[derive(Debug)]
pub(super) struct Transcript<'a> {
    /// The subject line, if any, then every message.
    pub(super) texts: Vec<Text<'a>>,
    /// Prose and log sentences in reading order.
    pub(super) lines: Vec<Line<'a>>,
}

impl<'a> Transcript<'a> {
    /// Takes the texts of a case and looks up what the model says of each sentence.
    pub(super) fn new(case: &Case<'a>) -> Self {
        let mut texts = Vec::with_capacity(case.conversation.messages.len() + 1);
        if let Some(subject) = &case.conversation.subject {
            let sentences = case.features.subject.as_ref().map(|text| text.sentences.as_slice());
            let sentences = sentences.unwrap_or_default();
            texts.push(Text::new(None, Speaker::Customer, subject, sentences));
        }
        for (index, message) in (0..).zip(&case.conversation.messages) {
            let read = case.features.messages.get(index as usize);
            let sentences = read.map(|text| text.sentences.as_slice()).unwrap_or_default();
            texts.push(Text::new(Some(index), message.speaker, &message.text, sentences));
        }
        let scores = case.prediction.map(|prediction| prediction.acts.as_slice());
        let scores = scores.unwrap_or_default().iter();
        let acts: HashMap<_, _> =
            scores.map(|scores| ((scores.message, scores.sentence), scores)).collect();
        let mut lines = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            add_lines(&mut lines, (index, text), &acts);
        }
        Self { texts, lines }
    }

    /// The messages with at least one sentence, in order; the subject line is not among them.
    pub(super) fn turns(&self) -> impl Iterator<Item = &[Line<'a>]> {
        let grouped = self.lines.chunk_by(|a, b| a.text == b.text);
        grouped.filter(|lines| lines.first().is_some_and(|line| line.message.is_some()))
    }

    /// The original characters of a range of a text.
    pub(super) fn words(&self, text: usize, bytes: &Range<usize>) -> &'a str {
        let text = self.texts.get(text).map(|text| text.words).unwrap_or_default();
        text.get(bytes.clone()).unwrap_or_default()
    }

    /// Where a range of a text stands.
    pub(super) fn source(&self, text: usize, bytes: &Range<usize>) -> Source {
        let nowhere = Source { message: None, span: Span::new(0, 0) };
        self.texts.get(text).map_or(nowhere, |text| text.source(bytes))
    }

    /// The quote of one or several ranges, each with its text.
    pub(super) fn quote(&self, parts: &[(usize, Range<usize>)]) -> Quote {
        let words: Vec<_> = parts.iter().map(|(text, bytes)| self.words(*text, bytes)).collect();
        let sources = parts.iter().map(|(text, bytes)| self.source(*text, bytes)).collect();
        Quote { text: words.join(" "), sources }
    }
}

type Acts<'a> = HashMap<(Option<u32>, u32), &'a ActScores>;

fn add_lines<'a>(lines: &mut Vec<Line<'a>>, text: (usize, &Text<'a>), acts: &Acts<'_>) {
    let (index, text) = text;
    let read =
        |sentence: &&Sentence| matches!(sentence.kind, SentenceKind::Prose | SentenceKind::Log);
    let sentences = (0_u32..).zip(text.sentences).take(MAX_LINES);
    for (place, sentence) in sentences.filter(|(_, sentence)| read(sentence)) {
        let bytes = text.bytes(sentence.span);
        let bytes = trimmed(text.words, bytes.start..bytes.end.min(bytes.start + MAX_LINE_BYTES));
        if bytes.is_empty() {
            continue;
        }
        lines.push(Line {
            text: index,
            message: text.message,
            speaker: text.speaker,
            kind: sentence.kind,
            words: &text.words[bytes.clone()],
            bytes,
            acts: acts.get(&(text.message, place)).map(|scores| **scores),
        });
    }
}

/// The range without the white space at its ends, and with its end at a character's border.
pub(super) fn trimmed(text: &str, bytes: Range<usize>) -> Range<usize> {
    let end = text.floor_char_boundary(bytes.end);
    let words = text.get(bytes.start..end).unwrap_or_default();
    let start = bytes.start + (words.len() - words.trim_start().len());
    start..start + words.trim().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_and_characters_are_translated_both_ways(text in "\\PC{0,700}", at in 0usize..700) {
            let offsets = Offsets::new(&text);
            let places: Vec<usize> =
                text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
            let at = at.min(places.len() - 1);
            let char = u32::try_from(at).unwrap();
            prop_assert_eq!(offsets.byte(&text, char), places[at]);
            prop_assert_eq!(offsets.chars(&text, places[at]), char);
        }
    }

    #[test]
    fn a_place_beyond_the_end_is_the_end() {
        for text in ["", "abc", "äöü", &"é".repeat(BLOCK)] {
            assert_eq!(Offsets::new(text).byte(text, 9_999), text.len());
        }
    }
}
