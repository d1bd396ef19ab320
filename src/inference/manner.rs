//! How the customer writes, as numbers beside the vectors: capitals, marks, words of anger and joy,
//! failed answers, waiting.
//!
//! The encoder reads lower case and knows topics better than tones, so the heads for sentiment and
//! frustration are told what it does not see. Pure: the same features give the same numbers.

use super::manner_words::{Mood, moods};
use crate::domain::{Features, SentenceKind, SignalKind, Speaker, TextFeatures};

/// Numbers that tell how a customer writes.
pub(super) const MANNERS: usize = 20;

/// Sentences of a text that are looked at: a paste of thousands tells no mood.
const SENTENCES_MAX: usize = 100;
/// From this count on more of the same says nothing new.
const MOST: f32 = 4.0;
/// Letters from which a word in capitals is hardly an abbreviation.
const LOUD_LETTERS: usize = 4;

/// What one text of the customer's holds.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    anger: f32,
    joy: f32,
    thanks: f32,
    capitals: f32,
    exclamations: f32,
    questions: f32,
    words: f32,
}

impl Counts {
    fn of(text: &TextFeatures) -> Self {
        let mut counts = Self::default();
        let prose = text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose);
        for sentence in prose.take(SENTENCES_MAX) {
            let words = text.words(sentence);
            counts.exclamations += count(words.matches('!').count());
            counts.questions += count(words.matches('?').count());
            for word in words.split_whitespace() {
                counts.words += 1.0;
                counts.capitals += f32::from(u8::from(is_loud(word)));
            }
            moods(words, |mood| match mood {
                Mood::Anger => counts.anger += 1.0,
                Mood::Joy => counts.joy += 1.0,
                Mood::Thanks => counts.thanks += 1.0,
            });
        }
        counts
    }

    fn add(&mut self, other: &Self) {
        self.anger += other.anger;
        self.joy += other.joy;
        self.thanks += other.thanks;
        self.capitals += other.capitals;
        self.exclamations += other.exclamations;
        self.questions += other.questions;
        self.words += other.words;
    }
}

/// How the customer writes, each number in `[0, 1]`.
///
/// In order: signals of shouting, repeated marks, mockery, waiting, failed answers, answers that
/// helped, wishes for a person, legal steps or cancellation; the customer's turns; angry words,
/// glad words, thanks, words in capitals, exclamation marks, question marks and words of all turns;
/// angry words, glad words, thanks and exclamation marks of the last. Counts are halved in weight
/// as they grow ([`scaled`]). Training reads these very numbers: whoever changes one trains again.
pub(super) fn manner(features: &Features) -> [f32; MANNERS] {
    let customer = |text: &&TextFeatures| text.speaker == Speaker::Customer;
    let texts = features.subject.iter().chain(features.messages.iter().filter(customer));
    let (mut all, mut last, mut turns) = (Counts::default(), Counts::default(), 0);
    for text in texts {
        last = Counts::of(text);
        all.add(&last);
        turns += 1;
    }
    let said = |kinds: &[SignalKind]| {
        count(features.signals.iter().filter(|signal| kinds.contains(&signal.kind)).count())
    };
    [
        said(&[SignalKind::Shouting]),
        said(&[SignalKind::RepeatedMarks]),
        said(&[SignalKind::Sarcasm]),
        said(&[SignalKind::WaitingComplaint]),
        said(&[SignalKind::AttemptFailed, SignalKind::AnswerRefused]),
        said(&[SignalKind::AttemptWorked]),
        said(&[SignalKind::PersonRequested]),
        said(&[SignalKind::LegalMatter, SignalKind::CancellationAsked]),
        count(turns),
        all.anger,
        all.joy,
        all.thanks,
        all.capitals,
        all.exclamations,
        all.questions,
        all.words / 25.0,
        last.anger,
        last.joy,
        last.thanks,
        last.exclamations,
    ]
    .map(scaled)
}

/// A count in `[0, 1]`: the first says more than the fourth, and that is the last that counts.
fn scaled(count: f32) -> f32 {
    (count.min(MOST) + 1.0).ln() / (MOST + 1.0).ln()
}

/// True for a word in capitals that is not likely to be a code or an abbreviation.
fn is_loud(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = word.chars().filter(|c| c.is_uppercase()).count();
    let plain = word.chars().all(|c| c.is_uppercase() || c == '\'' || c == '’');
    letters >= LOUD_LETTERS && plain
}

#[expect(clippy::cast_precision_loss, reason = "counts within one conversation are far below 2^24")]
fn count(number: usize) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::tiny, *};
    use crate::domain::{Signal, Source, Span};

    const ANGER: usize = 9;
    const JOY: usize = 10;
    const CAPITALS: usize = 12;
    const LAST_ANGER: usize = 16;

    fn of(messages: &[(Speaker, &str)]) -> [f32; MANNERS] {
        let text = |&(speaker, words)| tiny::text(speaker, &[(words, SentenceKind::Prose)]);
        manner(&tiny::conversation(messages.iter().map(text).collect()))
    }

    #[test]
    fn a_plain_question_has_no_manner() {
        let got = of(&[(Speaker::Customer, "How do I change the VAT number on the PDF?")]);
        let silent: Vec<_> = (0..MANNERS).filter(|place| ![8, 14, 15].contains(place)).collect();
        assert!(silent.iter().all(|place| got[*place] == 0.0), "{got:?}");
        assert!((got[8] - 2f32.ln() / 5f32.ln()).abs() < 1e-6, "one turn");
    }

    #[test]
    fn the_last_turn_is_told_apart_and_helpers_are_not_read() {
        let got = of(&[
            (Speaker::Customer, "This is RIDICULOUS"),
            (Speaker::Agent, "Ridiculous, terrible, SORRY"),
            (Speaker::Customer, "Wonderful"),
        ]);
        assert!(got[ANGER] > 0.4 && got[JOY] > 0.4 && got[CAPITALS] > 0.4);
        assert_eq!((got[LAST_ANGER], got[ANGER]), (0.0, got[JOY]));
    }

    #[test]
    fn signals_of_the_text_count() {
        let mut features = tiny::features(&["hello"]);
        let source = Source { message: Some(0), span: Span::new(0, 5) };
        features.signals = vec![Signal { kind: SignalKind::WaitingComplaint, source }];
        let got = manner(&features);
        assert!(got[3] > 0.4 && got[4] == 0.0);
    }

    #[test]
    fn abbreviations_and_codes_are_not_loud() {
        for word in ["API", "VAT", "INV-2041", "E1042", "Hello", "😡"] {
            assert!(!is_loud(word), "{word}");
        }
        assert!(is_loud("NOTHING!!") && is_loud("DON'T"));
    }

    proptest! {
        #[test]
        fn every_number_lies_within_zero_and_one(words in ".{0,200}") {
            for number in of(&[(Speaker::Customer, &words)]) {
                prop_assert!((0.0..=1.0).contains(&number));
            }
        }
    }
}
