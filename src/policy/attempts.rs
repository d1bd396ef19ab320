//! Features → marks: what each message says about attempts to resolve.

use crate::domain::{
    Conversation, Features, Mark, Message, Prediction, Sign, SignalKind, Speaker, memory::digest,
};

use super::restatement::Statement;

/// Reads every message of a transcript once; linear in its length.
pub fn marks(
    conversation: &Conversation,
    features: &Features,
    prediction: Option<&Prediction>,
) -> Vec<Mark> {
    let messages = conversation.messages.iter().enumerate();
    let mut marks: Vec<Mark> =
        messages.map(|(index, message)| mark(index, message, features)).collect();
    let first = conversation.customer_turns().next().map(|(index, _)| index);
    for signal in &features.signals {
        // What the subject line says, the customer says with the first message.
        let place = signal.source.message.map_or(first, |message| Some(message as usize));
        let mark = place.and_then(|place| marks.get_mut(place));
        if let Some((mark, sign)) = mark.zip(sign(signal.kind)) {
            mark.add(sign);
        }
    }
    for repeat in prediction.into_iter().flat_map(|prediction| &prediction.repeats) {
        if let Some(mark) = marks.get_mut(repeat.message as usize) {
            mark.add(Sign::Repeats);
        }
    }
    marks
}

fn mark(index: usize, message: &Message, features: &Features) -> Mark {
    let text = features.messages.get(index);
    let mut mark = Mark {
        id: message.id.as_ref().map(|id| digest(id.as_bytes())),
        text: digest(text.map(|text| text.masked.as_bytes()).unwrap_or_default()),
        speaker: message.speaker,
        outcome: message.outcome,
        signs: Vec::new(),
        words: Vec::new(),
    };
    if message.speaker == Speaker::Customer {
        let Statement { words, insists } = Statement::of(features, index);
        mark.words = words;
        if insists {
            mark.add(Sign::Insists);
        }
    }
    mark
}

fn sign(kind: SignalKind) -> Option<Sign> {
    match kind {
        SignalKind::AttemptFailed => Some(Sign::NotHelped),
        SignalKind::AttemptWorked => Some(Sign::Helped),
        SignalKind::OnlyAsks => Some(Sign::OnlyAsks),
        SignalKind::AnswerRefused => Some(Sign::Refused),
        SignalKind::BotFallback => Some(Sign::Fallback),
        SignalKind::PersonRequested => Some(Sign::AsksForPerson),
        _ => None,
    }
}
