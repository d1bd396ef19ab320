//! Failed attempts to resolve: what counts as a strike, read from all known messages.
//!
//! A conversation is cut into rounds: the answers (bot or agent) between two customer turns, and
//! the customer turn that reacts to them. Per round there are as many strikes as the caller
//! reports failed answers, at most one for a bot fallback, and at most one that is read from the
//! customer's turn, which is none where the round already has one. Every strike depends only on
//! messages up to its own, so a longer transcript never has fewer.

use crate::domain::{Mark, Memory, Outcome, Sign, Speaker, Standing, Timestamp};

use super::restatement::{After, Statement};

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

/// The strikes of a conversation, in order, over all its episodes.
pub fn strikes(messages: &[Mark]) -> Vec<Strike> {
    let mut count = Count::new(messages);
    for (index, message) in messages.iter().enumerate() {
        match message.speaker {
            Speaker::Customer => count.customer(index, message),
            Speaker::Bot | Speaker::Agent => count.answer(index, message),
            Speaker::System => {}
        }
    }
    count.strikes
}

/// Counts the strikes of the current episode, and writes down what they were read from.
pub fn settle(memory: &mut Memory, now: Timestamp) -> Standing {
    let strikes = strikes(&memory.messages);
    let restated = strikes.iter().filter(|strike| strike.kind == StrikeKind::Restated);
    memory.settle(restated.map(|strike| strike.message));
    let counted = strikes.iter().filter(|strike| memory.counts(strike.message as usize)).count();
    let asks =
        |(place, mark): (usize, &Mark)| memory.counts(place) && mark.says(Sign::AsksForPerson);
    Standing {
        episode: memory.episode,
        strikes: u32::try_from(counted).unwrap_or(u32::MAX),
        handed_over: memory.handed_over.as_ref().is_some_and(|handed| handed.tripped),
        person_requested: memory.messages.iter().enumerate().any(asks),
        negative_running: memory.negative_running,
        waiting_minutes: memory.waiting_minutes(now),
    }
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
    messages: &'a [Mark],
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
    fn new(messages: &'a [Mark]) -> Self {
        Self {
            messages,
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
    fn answer(&mut self, index: usize, message: &Mark) {
        if self.in_turn {
            self.end_turn();
        }
        if self.is_resend(message) {
            return;
        }
        let kind = kind(message);
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
    fn is_resend(&self, message: &Mark) -> bool {
        let latest = self.round.latest.and_then(|(_, index)| self.messages.get(index));
        latest.is_some_and(|latest| {
            latest.text == message.text
                && (message.outcome.is_none() || message.outcome == latest.outcome)
        })
    }

    /// Takes note of a message of the customer.
    fn customer(&mut self, index: usize, message: &Mark) {
        self.in_turn = true;
        let statement = Statement::from_mark(message);
        if let Some((answer, _)) = self.round.latest.filter(|_| !self.round.struck)
            && let Some(kind) = self.reaction(message, answer, &statement)
        {
            self.strike(index, kind);
        } else if message.says(Sign::Helped) {
            self.pending = false;
        }
        self.turn.push(statement);
    }

    /// What the customer says about the answers of this round.
    fn reaction(
        &self,
        message: &Mark,
        answer: Answer,
        statement: &Statement,
    ) -> Option<StrikeKind> {
        // The caller's word about an answer outranks what the customer's text seems to say.
        if matches!(answer, Answer::Reported | Answer::Fallback) {
            return None;
        }
        if message.says(Sign::Refused) {
            return Some(StrikeKind::Refused);
        }
        if message.says(Sign::Helped) {
            return None;
        }
        // Without a pending attempt the customer speaks of what was tried before writing.
        if message.says(Sign::NotHelped) && self.pending {
            return Some(StrikeKind::NotHelped);
        }
        // The reply to a question repeats words, whatever was proposed before it.
        let asked = answer == Answer::Question || !self.pending;
        let after = if asked { After::Question } else { After::Answer };
        let means_it = after == After::Answer
            && message.says(Sign::Repeats)
            && !message.says(Sign::AsksForPerson);
        let again = means_it
            || message.says(Sign::Restates)
            || self.stated.iter().any(|earlier| statement.restates(earlier, after));
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
}

fn kind(message: &Mark) -> Answer {
    if message.outcome.is_some() {
        return Answer::Reported;
    }
    if message.speaker == Speaker::Bot && message.says(Sign::Fallback) {
        return Answer::Fallback;
    }
    if message.says(Sign::OnlyAsks) { Answer::Question } else { Answer::Attempt }
}

#[cfg(test)]
#[path = "strikes_tests.rs"]
mod tests;
