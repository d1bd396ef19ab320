//! Answers and the customer's reactions to them, turn by turn.

use crate::domain::{Features, Signal, SignalKind, Source, Span, Speaker};

use super::{
    answers::{Answer, Answers},
    reactions::{Reacting, Reaction, Reactions, signal_of},
};

/// Reads what answers are and how customers react to them.
#[derive(Debug)]
pub(super) struct Turns {
    answers: Answers,
    reactions: Reactions,
}

/// An answer that the customer may still react to.
#[derive(Debug, Clone, Copy)]
struct Standing {
    answer: Answer,
    speaker: Speaker,
    /// The customer has reacted once without saying what came of it.
    open: bool,
}

impl Turns {
    /// Compiles the phrases.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self { answers: Answers::new()?, reactions: Reactions::new()? })
    }

    /// The signals that need to know what stood before; `said` has those that do not.
    ///
    /// Each depends on its own message and earlier ones only.
    pub(super) fn read(&self, features: &Features, said: &[Signal]) -> Vec<Signal> {
        let mut out = Vec::new();
        let mut standing: Option<Standing> = None;
        let (mut written, mut reacts) = (false, false);
        let mut said = said.iter().filter(|signal| signal.source.message.is_some()).peekable();
        for (place, text) in (0_u32..).zip(&features.messages) {
            let mut kinds = Vec::new();
            while let Some(signal) = said.next_if(|signal| signal.source.message <= Some(place)) {
                kinds.push(signal.kind);
            }
            let says = |kind| kinds.contains(&kind);
            let mut add = |kind, span| {
                out.push(Signal { kind, source: Source { message: Some(place), span } });
            };
            match text.speaker {
                Speaker::System => {}
                Speaker::Customer => {
                    let failed = says(SignalKind::AttemptFailed) || says(SignalKind::AnswerRefused);
                    if let Some(now) = standing.filter(|now| !failed && (reacts || now.open)) {
                        let asks_for_person = says(SignalKind::PersonRequested);
                        let Standing { answer, speaker, open } = now;
                        let to = Reacting { answer, speaker, open, asks_for_person };
                        let (reaction, span) = self.reactions.read(text, to);
                        if let Some((kind, span)) = signal_of(reaction).zip(span) {
                            add(kind, span);
                        }
                        let is_open = matches!(reaction, Reaction::Open | Reaction::Other);
                        standing = is_open.then_some(Standing { open: true, ..now });
                    } else if failed {
                        standing = None;
                    }
                    (written, reacts) = (true, false);
                }
                Speaker::Bot | Speaker::Agent => {
                    reacts = true;
                    let answer = self.answers.read(text);
                    let fallback = says(SignalKind::BotFallback);
                    let asks = matches!(answer, Answer::Holds | Answer::Asks { proposes: false });
                    if asks && !fallback {
                        let end = text.sentences.last().map_or(0, |last| last.span.end);
                        add(SignalKind::OnlyAsks, Span::new(0, end));
                    }
                    let speaker = text.speaker;
                    match answer {
                        // A greeting is no answer, and a fallback has counted already.
                        _ if !written || fallback => standing = None,
                        Answer::Holds => {}
                        Answer::Asks { proposes: false } => standing = None,
                        _ => standing = Some(Standing { answer, speaker, open: false }),
                    }
                }
            }
        }
        out
    }
}
