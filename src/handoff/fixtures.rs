//! Small conversations for the tests of this stage: what the stage before would have read.

use std::sync::LazyLock;

use crate::domain::{
    Act, ActScores, Attachment, Conversation, Decision, Features, Language, Limits, Message,
    Packet, Parts, Prediction, Probability, Sentence, SentenceKind, Signal, SignalKind, Source,
    Span, Speaker, TextFeatures, Tier, samples,
};

use super::{Case, Drafter};

/// A conversation under construction.
pub(super) struct Story {
    pub(super) parts: Parts,
    pub(super) decision: Decision,
    pub(super) prediction: Option<Prediction>,
    signals: Vec<(SignalKind, u32)>,
}

impl Story {
    /// Turns such as `("customer", "Hello")`.
    pub(super) fn new(turns: &[(&str, &str)]) -> Self {
        let messages = turns.iter().map(|(role, text)| message(role, text)).collect();
        let parts = Parts { messages, ..Parts::default() };
        Self { parts, decision: decision(1), prediction: None, signals: Vec::new() }
    }

    pub(super) fn subject(mut self, subject: &str) -> Self {
        self.parts.subject = Some(subject.to_owned());
        self
    }

    pub(super) fn tier(mut self, tier: u8) -> Self {
        self.decision.tier = Tier::try_from(tier).unwrap();
        self
    }

    pub(super) fn signal(mut self, kind: SignalKind, message: u32) -> Self {
        self.signals.push((kind, message));
        self
    }

    pub(super) fn attach(mut self, message: usize, name: &str) -> Self {
        let file = Attachment { name: name.to_owned(), content_type: None, url: None };
        self.parts.messages[message].attachments.push(file);
        self
    }

    /// What the model says of one sentence: that act is nearly sure.
    pub(super) fn act(mut self, message: u32, sentence: u32, act: Act) -> Self {
        let mut probabilities = [Probability::saturating(0.01); Act::ALL.len()];
        probabilities[act as usize] = Probability::saturating(0.92);
        let scores = ActScores { message: Some(message), sentence, probabilities };
        self.prediction.get_or_insert_with(prediction).acts.push(scores);
        self
    }

    pub(super) fn conversation(&self) -> Conversation {
        Conversation::new(self.parts.clone(), &Limits::default()).unwrap()
    }

    pub(super) fn draft(&self) -> Packet {
        let conversation = self.conversation();
        let mut features = features(&conversation);
        for &(kind, message) in &self.signals {
            let source = Source { message: Some(message), span: Span::new(0, 1) };
            features.signals.push(Signal { kind, source });
        }
        let case = Case {
            conversation: &conversation,
            features: &features,
            prediction: self.prediction.as_ref(),
            decision: &self.decision,
        };
        let packet = drafter().draft(&case);
        assert_verbatim(&packet, &conversation);
        packet
    }
}

/// One for all tests: compiling the patterns takes longer than most tests.
pub(super) fn drafter() -> &'static Drafter {
    static DRAFTER: LazyLock<Drafter> = LazyLock::new(|| Drafter::new().unwrap());
    &DRAFTER
}

/// Every quote, step and piece of evidence is a run of original characters.
pub(super) fn assert_verbatim(packet: &Packet, conversation: &Conversation) {
    let slice = |source: &Source| {
        let text = match source.message {
            Some(index) => &conversation.messages[index as usize].text,
            None => conversation.subject.as_ref().unwrap(),
        };
        source.span.slice(text).to_owned()
    };
    let draft = packet.knowledge_draft.iter();
    let drafted = draft.flat_map(|draft| [&draft.problem, &draft.resolution]);
    for quote in packet.problem.iter().chain(&packet.hypothesis).chain(drafted) {
        let words: Vec<String> = quote.sources.iter().map(slice).collect();
        assert_eq!(quote.text, words.join(" "));
        assert!(!quote.text.is_empty());
    }
    for step in &packet.whats_been_done {
        assert_eq!(step.text, slice(&step.source));
    }
    for item in &packet.evidence {
        assert_eq!(item.value, slice(&item.source));
        assert!(!item.value.is_empty());
    }
}

pub(super) fn message(role: &str, text: &str) -> Message {
    Message {
        id: None,
        speaker: Speaker::parse(role).unwrap(),
        text: text.to_owned(),
        at: None,
        attachments: Vec::new(),
        outcome: None,
    }
}

pub(super) fn decision(tier: u8) -> Decision {
    Decision { tier: Tier::try_from(tier).unwrap(), ..samples::decision() }
}

pub(super) fn prediction() -> Prediction {
    let mut prediction = samples::prediction("software_bug");
    prediction.intents[0].probability = Probability::ONE;
    prediction
}

/// Cuts at line breaks and at `.`, `!`, `?` before a space; knows mail quotes and log lines.
pub(super) fn features(conversation: &Conversation) -> Features {
    let read = |speaker, text: &str| TextFeatures {
        speaker,
        masked: String::new(),
        segments: Vec::new(),
        sentences: sentences(text),
    };
    let messages = conversation.messages.iter();
    Features {
        subject: conversation.subject.as_deref().map(|text| read(Speaker::Customer, text)),
        messages: messages.map(|message| read(message.speaker, &message.text)).collect(),
        language: Language { code: "en".to_owned(), supported: true },
        signals: Vec::new(),
    }
}

fn sentences(text: &str) -> Vec<Sentence> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut start, mut signature) = (0, false);
    for at in 0..=chars.len() {
        let end_of_line = at == chars.len() || chars[at] == '\n';
        let end_of_sentence = at > 0
            && matches!(chars[at - 1], '.' | '!' | '?')
            && chars.get(at).is_some_and(|next| next.is_whitespace());
        if !end_of_line && !end_of_sentence {
            continue;
        }
        let words: String = chars[start..at].iter().collect();
        if !words.trim().is_empty() {
            signature |= words.trim() == "--";
            let span = Span::new(u32::try_from(start).unwrap(), u32::try_from(at).unwrap());
            found.push(Sentence { span, masked: (0, 0), kind: kind(&words, signature) });
        }
        start = at;
    }
    found
}

#[expect(clippy::fn_params_excessive_bools, reason = "a fixture of two states")]
fn kind(words: &str, signature: bool) -> SentenceKind {
    let words = words.trim_matches('\n');
    let is_log = ["ERROR", "INFO", "WARN", "Traceback"].iter().any(|level| words.contains(level));
    match words {
        _ if words.trim_start().starts_with('>') => SentenceKind::Quoted,
        _ if signature => SentenceKind::Signature,
        _ if words.starts_with("    at ") || is_log => SentenceKind::Log,
        _ => SentenceKind::Prose,
    }
}
