//! What is read out of a conversation before any model: masked text, sentences, language, signals.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    conversation::Speaker,
    source::{Source, Span},
    spelled::spelled,
};

/// Everything the stages after this one need to know of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// The subject line, where there is one.
    pub subject: Option<TextFeatures>,
    /// One entry per message, in the order of the conversation.
    pub messages: Vec<TextFeatures>,
    /// The language the customer writes.
    pub language: Language,
    /// What the text says that a rule may want to know, in reading order.
    pub signals: Vec<Signal>,
}

/// One text, normalised and masked, cut into sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextFeatures {
    /// Who wrote it; the subject line is the customer's.
    pub speaker: Speaker,
    /// The text as the model reads it and the store keeps it: personal data replaced by typed
    /// placeholders such as `<email>`, white space squeezed, invisible characters gone.
    pub masked: String,
    /// Which characters of the original became which bytes of `masked`, in order, without gaps
    /// in `masked`.
    pub segments: Vec<Segment>,
    /// The sentences in order; they do not overlap.
    pub sentences: Vec<Sentence>,
}

/// A run of the original text and what it became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Characters of the original text.
    pub original: Span,
    /// Bytes of the masked text, start inclusive, end exclusive.
    pub masked: (u32, u32),
    /// True if the characters were kept one by one; false if they were replaced as a whole.
    pub verbatim: bool,
}

/// One sentence, or one line where the text has no sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Characters of the original text.
    pub span: Span,
    /// Bytes of the masked text, start inclusive, end exclusive.
    pub masked: (u32, u32),
    /// What kind of text it is.
    pub kind: SentenceKind,
}

spelled! {
    /// What kind of text a sentence is.
    pub enum SentenceKind {
        /// Somebody's own words.
        Prose => "prose",
        /// A log line, stack trace, code or data.
        Log => "log",
        /// Quoted from an earlier mail.
        Quoted => "quoted",
        /// A signature or a legal footer.
        Signature => "signature",
    }
}

/// The language the customer writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// ISO 639-1 code where there is one (else ISO 639-3), or `unknown` with too little text.
    pub code: String,
    /// False only if the text is surely in a language that the model was not trained for.
    pub supported: bool,
}

/// Something the text says that a rule may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What it is.
    pub kind: SignalKind,
    /// Where it stands.
    pub source: Source,
}

spelled! {
    /// What a signal says.
    pub enum SignalKind {
        /// The customer asks for a person (a manager counts).
        PersonRequested => "person_requested",
        /// The customer says that an answer did not help.
        AttemptFailed => "attempt_failed",
        /// The customer refuses an answer because it is not what was asked.
        AnswerRefused => "answer_refused",
        /// The customer says that an answer helped.
        AttemptWorked => "attempt_worked",
        /// A bot or an agent only asks for information or patience.
        OnlyAsks => "only_asks",
        /// A bot says that it did not understand.
        BotFallback => "bot_fallback",
        /// The text gives orders to the triage itself ("set tier 0, confidence 1.0").
        RouterAddressed => "router_addressed",
        /// Invisible or direction-changing characters stand inside words.
        HiddenCharacters => "hidden_characters",
        /// The customer wrote too few words to tell the language, and none of them is surely one
        /// of a language that the model was trained for.
        LanguageUnclear => "language_unclear",
        /// The customer wrote too few words to decide on.
        TooShort => "too_short",
        /// An agent says that the fault was reproduced or is a defect.
        BugConfirmed => "bug_confirmed",
        /// An agent says that access, logs, tools or a documented fix are lacking.
        NextTierNeeded => "next_tier_needed",
        /// Work has stopped.
        WorkStopped => "work_stopped",
        /// Many users or accounts are affected.
        ManyAffected => "many_affected",
        /// One team is affected.
        TeamAffected => "team_affected",
        /// A number of people or places is named.
        PeopleCounted => "people_counted",
        /// The customer exercises a right, names lawyers or courts, or disputes a contract.
        LegalMatter => "legal_matter",
        /// The customer wants to cancel, close the account, or not renew.
        CancellationAsked => "cancellation_asked",
        /// Advertising, keys hit at random, or an agent says that the desk is the wrong one.
        OutOfScope => "out_of_scope",
        /// A sentence is written in capitals.
        Shouting => "shouting",
        /// A sentence ends in several exclamation or question marks.
        RepeatedMarks => "repeated_marks",
        /// Praise beside a failure.
        Sarcasm => "sarcasm",
        /// The customer has waited, or asks once more.
        WaitingComplaint => "waiting_complaint",
        /// Something has to be done by a certain time.
        Deadline => "deadline",
        /// Money is lost or in dispute.
        MoneyAtStake => "money_at_stake",
    }
}

impl Features {
    /// The first signal of that kind.
    pub fn signal(&self, kind: SignalKind) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.kind == kind)
    }

    /// The text that a source points into: a message, or the subject line.
    pub fn text(&self, message: Option<u32>) -> Option<&TextFeatures> {
        match message {
            Some(index) => self.messages.get(index as usize),
            None => self.subject.as_ref(),
        }
    }
}

impl TextFeatures {
    /// The masked words of a sentence.
    pub fn words(&self, sentence: &Sentence) -> &str {
        let (from, to) = sentence.masked;
        self.masked.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The masked text of a range of the original; a placeholder that the range touches is given
    /// whole, since half of what it hides would be a leak.
    pub fn masked_span(&self, span: Span) -> &str {
        self.masked.get(self.masked_range(span)).unwrap_or_default()
    }

    /// Where the masked text of a range of the original stands, in bytes of `masked`; empty if the
    /// range lies outside.
    pub fn masked_range(&self, span: Span) -> Range<usize> {
        let touched = |segment: &&Segment| segment.original.overlaps(span);
        let first = self.segments.iter().find(touched);
        let last = self.segments.iter().rev().find(touched);
        let (Some(first), Some(last)) = (first, last) else { return 0..0 };
        let from = first.offset_of(span.start, &self.masked, End::Start);
        let to = last.offset_of(span.end, &self.masked, End::End);
        from..to
    }
}

/// Which end of a range is looked up.
#[derive(Clone, Copy)]
enum End {
    Start,
    End,
}

impl Segment {
    /// The byte of `masked` at which the character `at` of the original begins.
    fn offset_of(&self, at: u32, masked: &str, end: End) -> usize {
        let (from, to) = (self.masked.0 as usize, self.masked.1 as usize);
        if !self.verbatim {
            return match end {
                End::Start => from,
                End::End => to,
            };
        }
        let chars = at.saturating_sub(self.original.start) as usize;
        let kept = masked.get(from..to).unwrap_or_default();
        kept.char_indices().nth(chars).map_or(to, |(byte, _)| from + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "mail jo@x.io now" became "mail <email> now".
    fn masked_mail() -> TextFeatures {
        let segment = |original: (u32, u32), masked, verbatim| Segment {
            original: Span::new(original.0, original.1),
            masked,
            verbatim,
        };
        TextFeatures {
            speaker: Speaker::Customer,
            masked: "mail <email> now".to_owned(),
            segments: vec![
                segment((0, 5), (0, 5), true),
                segment((5, 12), (5, 12), false),
                segment((12, 16), (12, 16), true),
            ],
            sentences: Vec::new(),
        }
    }

    #[test]
    fn a_span_that_touches_a_placeholder_gets_it_whole() {
        let text = masked_mail();
        assert_eq!(text.masked_span(Span::new(0, 4)), "mail");
        assert_eq!(text.masked_span(Span::new(7, 9)), "<email>");
        assert_eq!(text.masked_span(Span::new(3, 14)), "l <email> n");
        assert_eq!(text.masked_span(Span::new(40, 50)), "");
    }
}
