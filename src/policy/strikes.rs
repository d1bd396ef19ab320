//! Failed attempts to resolve: what counts as a strike, read from one transcript.
//!
//! A transcript is cut into rounds: the answers (bot or agent) between two customer turns, and
//! the customer turn that reacts to them. Per round there are as many strikes as the caller
//! reports failed answers, at most one for a bot fallback, and at most one that is read from the
//! customer's turn, which is none where the round already has one. Every strike depends only on
//! messages up to its own, so a longer transcript never has fewer.

use std::collections::HashSet;

use crate::domain::{Conversation, Features, Message, Outcome, SignalKind, Speaker};

use super::restatement::{After, Statement, only_asks};

/// Earlier statements that a customer turn is compared with: the first one and the latest ones.
const STATEMENTS_MAX: usize = 16;

/// One failed attempt, and the message that shows it.
///
/// The message is named by its place, so that a store can keep strikes by message and add those
/// of a partial transcript without counting one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// Place in the transcript: of the answer for [`StrikeKind::Reported`] and
    /// [`StrikeKind::Fallback`], of the customer's message for the others.
    pub message: u32,
    /// What shows it.
    pub kind: StrikeKind,
}

/// What shows that an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrikeKind {
    /// The caller reports the answer's outcome as failed.
    Reported,
    /// The bot says that it did not understand.
    Fallback,
    /// The customer says that the answer did not help.
    NotHelped,
    /// The customer refuses the answer because it is not what was asked.
    Refused,
    /// The customer states the same problem again after an answer.
    Restated,
}

/// The strikes of a transcript, in order.
pub fn strikes(conversation: &Conversation, features: &Features) -> Vec<Strike> {
    let mut count = Count::new(conversation, features);
    let mut seen = HashSet::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        let delivered_again = message.id.as_deref().is_some_and(|id| !seen.insert(id));
        if delivered_again {
            continue;
        }
        match message.speaker {
            Speaker::Customer => count.customer(index),
            Speaker::Bot | Speaker::Agent => count.answer(index, message),
            Speaker::System => {}
        }
    }
    count.strikes
}

/// What the latest answer of a round was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The caller says what came of it.
    Reported,
    /// The bot did not understand: the turn that follows restates because it was asked to.
    Fallback,
    /// It only asks for information.
    Question,
    /// It states or proposes something.
    Attempt,
}

/// What the text of one message says about attempts.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    not_helped: bool,
    refused: bool,
    fallback: bool,
}

/// What has happened since the customer last wrote, up to the end of the turn that reacts to it.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    /// The latest answer, with its place; `None` before the first.
    latest: Option<(Answer, usize)>,
    /// There is a strike already, which leaves the customer's turn without one.
    struck: bool,
    /// There is a fallback that was counted.
    fell_back: bool,
}

/// The walk over a transcript.
struct Count<'a> {
    conversation: &'a Conversation,
    features: &'a Features,
    said: Vec<Said>,
    strikes: Vec<Strike>,
    /// What the customer stated before the answers of this round.
    stated: Vec<Statement>,
    /// What the customer stated since.
    turn: Vec<Statement>,
    round: Round,
    /// An attempt was made that nobody has called failed or helpful yet.
    pending: bool,
    /// The walk stands inside a customer turn.
    in_turn: bool,
}

impl<'a> Count<'a> {
    fn new(conversation: &'a Conversation, features: &'a Features) -> Self {
        Self {
            conversation,
            features,
            said: said(features, conversation.messages.len()),
            strikes: Vec::new(),
            stated: Vec::new(),
            turn: Vec::new(),
            round: Round::default(),
            pending: false,
            in_turn: false,
        }
    }

    fn strike(&mut self, index: usize, kind: StrikeKind) {
        let message = u32::try_from(index).unwrap_or(u32::MAX);
        self.strikes.push(Strike { message, kind });
        self.round.struck = true;
        self.pending = false;
    }

    /// Takes note of an answer.
    fn answer(&mut self, index: usize, message: &Message) {
        if self.in_turn {
            self.end_turn();
        }
        if self.is_resend(message) {
            return;
        }
        let kind = self.kind(index, message);
        match (kind, message.outcome) {
            (Answer::Reported, Some(Outcome::Failed)) => self.strike(index, StrikeKind::Reported),
            (Answer::Reported, _) => self.pending = false,
            (Answer::Fallback, _) if self.round.fell_back => {}
            (Answer::Fallback, _) => {
                self.strike(index, StrikeKind::Fallback);
                self.round.fell_back = true;
            }
            // What stands before the first customer turn is a greeting, not an answer.
            (Answer::Question | Answer::Attempt, _) if self.stated.is_empty() => return,
            (Answer::Attempt, _) => self.pending = true,
            (Answer::Question, _) => {}
        }
        self.round.latest = Some((kind, index));
    }

    /// True for the same answer sent twice, with nothing new about its outcome.
    fn is_resend(&self, message: &Message) -> bool {
        let latest = self.round.latest.and_then(|(_, index)| self.conversation.messages.get(index));
        latest.is_some_and(|latest| {
            latest.text == message.text
                && (message.outcome.is_none() || message.outcome == latest.outcome)
        })
    }

    fn kind(&self, index: usize, message: &Message) -> Answer {
        if message.outcome.is_some() {
            return Answer::Reported;
        }
        if message.speaker == Speaker::Bot && self.said(index).fallback {
            return Answer::Fallback;
        }
        let asks = self.features.messages.get(index).is_some_and(only_asks);
        if asks { Answer::Question } else { Answer::Attempt }
    }

    /// Takes note of a message of the customer.
    fn customer(&mut self, index: usize) {
        self.in_turn = true;
        let statement = Statement::of(self.features, index);
        if let Some((answer, _)) = self.round.latest.filter(|_| !self.round.struck)
            && let Some(kind) = self.reaction(index, answer, &statement)
        {
            self.strike(index, kind);
        }
        self.turn.push(statement);
    }

    /// What the customer says about the answers of this round.
    fn reaction(&self, index: usize, answer: Answer, statement: &Statement) -> Option<StrikeKind> {
        // The caller's word about an answer outranks what the customer's text seems to say.
        if matches!(answer, Answer::Reported | Answer::Fallback) {
            return None;
        }
        let said = self.said(index);
        if said.refused {
            return Some(StrikeKind::Refused);
        }
        // Without a pending attempt the customer speaks of what was tried before writing.
        if said.not_helped && self.pending {
            return Some(StrikeKind::NotHelped);
        }
        let after = if self.pending { After::Answer } else { After::Question };
        let again = self.stated.iter().any(|earlier| statement.restates(earlier, after));
        again.then_some(StrikeKind::Restated)
    }

    /// Ends a customer turn; a new round begins.
    fn end_turn(&mut self) {
        self.in_turn = false;
        self.round = Round::default();
        for statement in self.turn.drain(..) {
            if self.stated.len() >= STATEMENTS_MAX {
                self.stated.remove(1);
            }
            // An empty first statement still says that the customer has written.
            if self.stated.is_empty() || !statement.is_empty() {
                self.stated.push(statement);
            }
        }
    }

    fn said(&self, index: usize) -> Said {
        self.said.get(index).copied().unwrap_or_default()
    }
}

/// The signals about attempts, by message.
fn said(features: &Features, messages: usize) -> Vec<Said> {
    let mut said = vec![Said::default(); messages];
    for signal in &features.signals {
        let message = signal.source.message.and_then(|index| said.get_mut(index as usize));
        let Some(message) = message else { continue };
        match signal.kind {
            SignalKind::AttemptFailed => message.not_helped = true,
            SignalKind::AnswerRefused => message.refused = true,
            SignalKind::BotFallback => message.fallback = true,
            _ => {}
        }
    }
    said
}

#[cfg(test)]
#[path = "strikes_tests.rs"]
mod tests;
