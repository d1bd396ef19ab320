//! Signals: what the text says that a rule may want to know, with its place.

use regex::Regex;

use crate::domain::{
    Conversation, Features, SentenceKind, Signal, SignalKind, Source, Span, Speaker, TextFeatures,
};

use super::{
    hidden::first_hidden,
    matters::{self, Spam},
    mood::Mood,
    normalize::whole,
    offsets::offset,
    pattern::{Pattern, compile},
    patterns, situation,
    turns::Turns,
};

/// The compiled patterns of every kind.
#[derive(Debug)]
pub(super) struct Patterns {
    customer: Vec<Pattern>,
    router: Pattern,
    bot: Vec<Pattern>,
    agent: Vec<Pattern>,
    impact: Vec<Pattern>,
    mood: Mood,
    spam: Spam,
    turns: Turns,
    placeholder: Regex,
}

impl Patterns {
    /// Compiles the tables.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let all = |table: &[&patterns::Said]| {
            let compiled = table.iter().map(|said| Pattern::new(said));
            compiled.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            customer: all(&[
                &patterns::PERSON,
                &patterns::FAILED,
                &patterns::REFUSED,
                &matters::LEGAL,
                &matters::CANCELLATION,
            ])?,
            router: Pattern::new(&patterns::ROUTER)?,
            bot: all(&[&patterns::FALLBACK])?,
            agent: all(&[&situation::BUG, &situation::NEXT_TIER, &matters::WRONG_DESK])?,
            impact: all(&[
                &situation::STOPPED,
                &situation::MANY,
                &situation::TEAM,
                &situation::COUNTED,
            ])?,
            mood: Mood::new()?,
            spam: Spam::new()?,
            turns: Turns::new()?,
            placeholder: compile(super::redact::PLACEHOLDERS)?,
        })
    }

    /// Every signal of the conversation in reading order.
    pub(super) fn of(&self, conversation: &Conversation, features: &Features) -> Vec<Signal> {
        let mut out = Vec::new();
        if let (Some(original), Some(text)) = (&conversation.subject, &features.subject) {
            self.read(text, original, |kind, span| out.push(signal(kind, None, span)));
        }
        for (index, (message, text)) in
            conversation.messages.iter().zip(&features.messages).enumerate()
        {
            let place = Some(offset(index));
            self.read(text, &message.text, |kind, span| out.push(signal(kind, place, span)));
        }
        out.extend(self.turns.read(features, &out));
        out.extend(self.too_short(conversation, features));
        out.sort_by_key(|signal| signal.source);
        out
    }

    /// The signals of one text.
    fn read(&self, text: &TextFeatures, original: &str, mut add: impl FnMut(SignalKind, Span)) {
        if text.speaker == Speaker::Customer
            && let Some(span) = first_hidden(original)
        {
            add(SignalKind::HiddenCharacters, span);
        }
        let groups: &[&[Pattern]] = match text.speaker {
            Speaker::Customer => &[&self.customer, &self.impact],
            Speaker::Bot => &[&self.bot],
            Speaker::Agent => &[&self.agent, &self.impact],
            Speaker::System => &[],
        };
        let prose = || text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose);
        let prose_bytes: usize = prose().map(|sentence| text.words(sentence).len()).sum();
        let is_paste = prose_bytes * 2 < text.masked.len();
        for pattern in groups.iter().copied().flatten() {
            // Most texts say nothing of a kind: one search over the text tells, unless most of it
            // is a log that no sentence is looked for in.
            if !is_paste && !pattern.may_say(&text.masked) {
                continue;
            }
            for sentence in prose() {
                let asks = text.speaker == Speaker::Agent && text.words(sentence).ends_with('?');
                if let Some(span) = pattern.find(text, sentence).filter(|_| !asks) {
                    add(pattern.kind, span);
                }
            }
        }
        if text.speaker == Speaker::Customer {
            self.mood.read(text, &mut add);
            if self.spam.holds(&text.masked) {
                add(SignalKind::OutOfScope, whole(original));
            }
        }
        // Orders to the triage hide in quotes and code too.
        if text.speaker == Speaker::Customer && self.router.may_say(&text.masked) {
            for sentence in &text.sentences {
                if let Some(span) = self.router.find(text, sentence) {
                    add(self.router.kind, span);
                }
            }
        }
    }

    /// Fewer than two words or four letters of the customer's own in the whole conversation.
    fn too_short(&self, conversation: &Conversation, features: &Features) -> Option<Signal> {
        let own = features.messages.iter().filter(|text| text.speaker == Speaker::Customer);
        let (mut words, mut letters) = (0, 0);
        for text in features.subject.iter().chain(own) {
            for sentence in text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose) {
                for token in text.words(sentence).split_whitespace() {
                    let (latin, dense) = if token.contains('<') {
                        letters_of(&self.placeholder.replace_all(token, ""))
                    } else {
                        letters_of(token)
                    };
                    letters += latin + dense;
                    // Scripts without spaces have about two letters to a word.
                    words += usize::from(latin > 0) + dense.div_ceil(2);
                    if words >= 2 && letters >= 4 {
                        return None;
                    }
                }
            }
        }
        newest(conversation, SignalKind::TooShort)
    }
}

/// The customer's newest message is in a language that cannot be told.
pub(super) fn unclear_language(conversation: &Conversation) -> Option<Signal> {
    newest(conversation, SignalKind::LanguageUnclear)
}

/// The customer writes no words at all.
pub(super) fn senseless(conversation: &Conversation) -> Option<Signal> {
    newest(conversation, SignalKind::OutOfScope)
}

/// A signal of the customer's newest message as a whole.
fn newest(conversation: &Conversation, kind: SignalKind) -> Option<Signal> {
    let (index, message) = conversation.customer_turns().next_back()?;
    Some(signal(kind, Some(offset(index)), whole(&message.text)))
}

fn signal(kind: SignalKind, message: Option<u32>, span: Span) -> Signal {
    Signal { kind, source: Source { message, span } }
}

/// Thai and Lao, kana, Chinese characters.
fn is_dense(c: char) -> bool {
    let southern = matches!(c, '\u{E00}'..='\u{EFF}');
    southern || matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

/// Letters of a word, and those of scripts that are written without spaces.
fn letters_of(token: &str) -> (usize, usize) {
    if token.is_ascii() {
        return (token.bytes().filter(u8::is_ascii_alphabetic).count(), 0);
    }
    let letters = token.chars().filter(|c| c.is_alphabetic()).count();
    let dense = token.chars().filter(|c| is_dense(*c)).count();
    (letters.saturating_sub(dense), dense)
}

#[cfg(test)]
#[path = "signals_tests.rs"]
mod tests;
