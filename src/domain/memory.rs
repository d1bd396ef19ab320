//! What a conversation is remembered by between two requests: which messages were seen, and what
//! each says about attempts to resolve. Digests and flags, never text.

mod merge;

use serde::{Deserialize, Serialize};

use self::merge::merge;
use super::{
    conversation::{Outcome, Severity, Speaker},
    decision::{Action, Decision},
    prediction::SentimentLabel,
    spelled::spelled,
    time::Timestamp,
};

/// Latest messages whose words are kept; strikes compare a turn with fewer of them.
const STATEMENTS_KEPT: usize = 32;

/// Everything that is remembered of one conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Number of the episode, from 1; a release begins the next one.
    pub episode: u32,
    /// Messages that were known at the release; only later ones count.
    pub released: u32,
    /// Every message seen so far, in the order of the conversation.
    pub messages: Vec<Mark>,
    /// The hand-over to a person that nobody has released yet.
    pub handed_over: Option<HandOver>,
    /// Assessments in a row in which a new message of the customer's was negative.
    pub negative_running: u32,
}

/// A conversation that waits for, or is with, a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandOver {
    /// When it was handed over.
    pub at: Timestamp,
    /// True if the 3-strike rule did it: automation then stays out until a release.
    pub tripped: bool,
    /// Severity at that time.
    pub severity: Severity,
    /// When a person picked it up, and who; `None` while nobody has.
    pub acknowledged: Option<Acknowledged>,
}

/// A person has picked a handoff up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// When.
    pub at: Timestamp,
    /// Who, as the caller names them.
    pub by: Option<String>,
}

/// One message: who wrote it, how it is recognised, and what it says about attempts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Digest of the caller's identifier, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Digest of the masked text.
    pub text: u64,
    /// Who wrote it.
    pub speaker: Speaker,
    /// What came of this answer, when the caller knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<Sign>,
    /// Digests of the content words of what the customer states, sorted, each once; dropped once
    /// no later message can be compared with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<u32>,
}

spelled! {
    /// What a message says about attempts to resolve.
    pub enum Sign {
        /// The customer says that an answer did not help.
        NotHelped => "not_helped",
        /// The customer says that an answer helped.
        Helped => "helped",
        /// The customer refuses an answer because it is not what was asked.
        Refused => "refused",
        /// The customer states again what an earlier turn stated: settled, and never read again.
        Restates => "restates",
        /// The model finds in it what an earlier turn stated, in other words.
        Repeats => "repeats",
        /// The customer says "still", "again", "already".
        Insists => "insists",
        /// The customer asks for a person.
        AsksForPerson => "asks_for_person",
        /// The bot says that it did not understand.
        Fallback => "fallback",
        /// The answer only asks for information.
        OnlyAsks => "only_asks",
    }
}

/// What the policy may know of the conversation besides this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Failed attempts in this episode.
    pub strikes: u32,
    /// The 3-strike rule handed the conversation over, and nobody has released it.
    pub handed_over: bool,
    /// The customer has asked for a person in this episode.
    pub person_requested: bool,
    /// Assessments in a row, this one included, in which a new message was negative.
    pub negative_running: u32,
    /// Whole minutes since a handoff of high or critical severity that nobody has picked up;
    /// `None` where there is none.
    pub waiting_minutes: Option<u32>,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            episode: 1,
            strikes: 0,
            handed_over: false,
            person_requested: false,
            negative_running: 0,
            waiting_minutes: None,
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        let (messages, handed_over) = (Vec::new(), None);
        Self { episode: 1, released: 0, messages, handed_over, negative_running: 0 }
    }
}

/// FNV-1a: enough to tell the messages and words of one conversation apart.
pub fn digest(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

impl Mark {
    /// True if the message says that.
    pub fn says(&self, sign: Sign) -> bool {
        self.signs.contains(&sign)
    }

    /// Adds what it says, once.
    pub fn add(&mut self, sign: Sign) {
        if !self.says(sign) {
            self.signs.push(sign);
        }
    }

    /// The same message seen once more: what it said stays said, what is new is added.
    fn learn_again(&mut self, again: Mark) {
        self.id = self.id.or(again.id);
        self.text = again.text;
        self.outcome = again.outcome.or(self.outcome);
        again.signs.into_iter().for_each(|sign| self.add(sign));
        if !again.words.is_empty() {
            self.words = again.words;
        }
    }

    fn is_same_place(&self, other: &Mark) -> bool {
        // Two different identifiers are two different messages, whatever their place.
        let told_apart = self.id.is_some() && other.id.is_some() && self.id != other.id;
        self.speaker == other.speaker && !told_apart
    }
}

impl Memory {
    /// Takes a transcript in; returns true if it has a message of the customer's that is new.
    ///
    /// A message is its identifier, else its place among the messages around it: a shorter, late
    /// or partial transcript adds nothing twice and takes nothing away; what stands between two
    /// known messages is put between them.
    pub fn learn(&mut self, transcript: Vec<Mark>) -> bool {
        let known = std::mem::take(&mut self.messages);
        let merged = merge(known, self.released, transcript);
        (self.messages, self.released) = (merged.messages, merged.released);
        merged.has_news
    }

    /// Gives the conversation back to automation: strikes start anew, and only messages that are
    /// not known yet count. Returns false if there was nothing to give back.
    pub fn release(&mut self) -> bool {
        let known = u32::try_from(self.messages.len()).unwrap_or(u32::MAX);
        let changes = self.handed_over.is_some() || self.released < known;
        if changes {
            self.episode = self.episode.saturating_add(1);
        }
        self.released = known;
        self.handed_over = None;
        self.negative_running = 0;
        changes
    }

    /// Takes note of an assessment: a new message of the customer's that is negative goes on
    /// with the row of them, any other ends it.
    pub fn feel(&mut self, mood: SentimentLabel) {
        let goes_on = mood == SentimentLabel::Negative;
        self.negative_running = if goes_on { self.negative_running.saturating_add(1) } else { 0 };
    }

    /// Takes note of a decision: a hand-over waits for a person from the first one on. A decision
    /// that leaves the conversation to automation ends it, unless the 3-strike rule made it.
    pub fn decided(&mut self, decision: &Decision, at: Timestamp) {
        let tripped = decision.strikes.tripped;
        if decision.action != Action::HandOff {
            self.handed_over.take_if(|handed| !handed.tripped);
            return;
        }
        let fresh = HandOver { at, tripped, severity: decision.severity, acknowledged: None };
        let handed = self.handed_over.get_or_insert(fresh);
        handed.tripped |= tripped;
        handed.severity = handed.severity.max(decision.severity);
    }

    /// The hand-over that nobody has picked up.
    pub fn waiting(&self) -> Option<&HandOver> {
        self.handed_over.as_ref().filter(|handed| handed.acknowledged.is_none())
    }

    /// Whole minutes since a high or critical hand-over that nobody has picked up.
    pub fn waiting_minutes(&self, now: Timestamp) -> Option<u32> {
        let handed = self.waiting().filter(|handed| handed.severity >= Severity::High)?;
        let minutes = now.duration_since(handed.at).as_mins();
        Some(u32::try_from(minutes.max(0)).unwrap_or(u32::MAX))
    }

    /// Takes in what was remembered elsewhere while the store could not be reached.
    pub fn absorb(&mut self, other: Self) {
        self.learn(other.messages);
        self.negative_running = other.negative_running;
        if let Some(handed) = other.handed_over {
            let known = self.handed_over.get_or_insert_with(|| handed.clone());
            known.tripped |= handed.tripped;
            known.severity = known.severity.max(handed.severity);
        }
    }

    /// Writes down which messages state a problem again, and drops the words that no later
    /// message is compared with.
    pub fn settle(&mut self, restating: impl IntoIterator<Item = u32>) {
        for place in restating {
            if let Some(mark) = self.messages.get_mut(place as usize) {
                mark.add(Sign::Restates);
            }
        }
        let mut stating: Vec<_> =
            self.messages.iter_mut().filter(|mark| !mark.words.is_empty()).collect();
        let old = stating.len().saturating_sub(STATEMENTS_KEPT);
        for mark in stating.iter_mut().take(old).skip(1) {
            mark.words = Vec::new();
        }
    }

    /// Forgets what the customer stated, word by word: for a store that keeps no text.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        self.messages.iter_mut().for_each(|mark| mark.words = Vec::new());
        self
    }

    /// True for a message that belongs to the current episode.
    pub fn counts(&self, place: usize) -> bool {
        place >= self.released as usize
    }
}

#[cfg(test)]
mod tests;
