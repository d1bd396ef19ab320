//! What a conversation is remembered by between two requests: which messages were seen, and what
//! each says about attempts to resolve. Digests and flags, never text.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{
    conversation::{Outcome, Severity, Speaker},
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
        /// The model finds an earlier turn of the customer's that means the same.
        Repeats => "repeats",
        /// The customer states again what an earlier turn stated: settled, and never read again.
        Restates => "restates",
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
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            episode: 1,
            strikes: 0,
            handed_over: false,
            person_requested: false,
            negative_running: 0,
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

/// What a message is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Id(u64),
    Text(Speaker, u64),
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
    fn learn(&mut self, again: Mark) {
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
        let transcript = without_repeats(transcript);
        let ids: HashSet<u64> = transcript.iter().filter_map(|mark| mark.id).collect();
        let known_ids: HashSet<u64> = self.messages.iter().filter_map(|mark| mark.id).collect();
        let shared = |id: &u64| ids.contains(id) && known_ids.contains(id);
        let key = |mark: &Mark| match mark.id.filter(shared) {
            Some(id) => Key::Id(id),
            None => Key::Text(mark.speaker, mark.text),
        };
        let old: Vec<Key> = self.messages.iter().map(key).collect();
        let new: Vec<Key> = transcript.iter().map(key).collect();
        let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
        let places = moved(&old, &new, &operations);
        let mut merge = Merge::new(std::mem::take(&mut self.messages), self.released);
        let mut incoming = transcript.into_iter().zip(new).enumerate();
        let mut elsewhere = Vec::new();
        for operation in operations {
            let mut here = Vec::new();
            for (place, (mark, key)) in incoming.by_ref().take(operation.new_range().len()) {
                if places.contains(&place) {
                    elsewhere.push((key, mark));
                } else {
                    here.push(mark);
                }
            }
            merge.apply(operation, here);
        }
        merge.learn_moved(elsewhere, key);
        self.released = u32::try_from(merge.released).unwrap_or(u32::MAX);
        self.messages = merge.merged;
        merge.fresh
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
    pub fn feel(&mut self, is_negative: bool) {
        self.negative_running =
            if is_negative { self.negative_running.saturating_add(1) } else { 0 };
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

/// Without messages that are delivered twice under one identifier.
fn without_repeats(transcript: Vec<Mark>) -> Vec<Mark> {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut kept: Vec<Mark> = Vec::with_capacity(transcript.len());
    for mark in transcript {
        let place = mark.id.map(|id| *places.entry(id).or_insert(kept.len()));
        match place.and_then(|place| kept.get_mut(place)) {
            Some(known) => known.learn(mark),
            None => kept.push(mark),
        }
    }
    kept
}

/// A merge of a transcript into the known messages, on its way.
struct Merge {
    known: std::vec::IntoIter<Mark>,
    merged: Vec<Mark>,
    /// Known messages taken so far, and how many of all came before the release.
    taken: usize,
    old_released: usize,
    /// How many of the merged ones come before the release.
    released: usize,
    fresh: bool,
}

impl Merge {
    fn new(known: Vec<Mark>, released: u32) -> Self {
        let (old_released, merged) = (released as usize, Vec::with_capacity(known.len() + 2));
        let known = known.into_iter();
        Self { known, merged, taken: 0, old_released, released: 0, fresh: false }
    }

    /// The next known messages: each takes the message of the transcript that has its place; the
    /// rest of these is new and comes after them.
    fn apply(&mut self, operation: DiffOp, incoming: Vec<Mark>) {
        let is_equal = matches!(operation, DiffOp::Equal { .. });
        let mut incoming = incoming.into_iter().peekable();
        for mut known in self.known.by_ref().take(operation.old_range().len()) {
            let same = |mark: &Mark| is_equal || known.is_same_place(mark);
            if let Some(again) = incoming.next_if(same) {
                known.learn(again);
            }
            self.merged.push(known);
            self.taken += 1;
            if self.taken == self.old_released {
                self.released = self.merged.len();
            }
        }
        for mark in incoming {
            self.fresh |= mark.speaker == Speaker::Customer;
            self.merged.push(mark);
        }
    }

    /// Learns from messages that the transcript has at another place.
    fn learn_moved(&mut self, moved: Vec<(Key, Mark)>, key: impl Fn(&Mark) -> Key) {
        for (wanted, again) in moved {
            if let Some(known) = self.merged.iter_mut().find(|known| key(known) == wanted) {
                known.learn(again);
            }
        }
    }
}

/// Places of the transcript whose messages are known from another place: reordered, not new.
fn moved(old: &[Key], new: &[Key], operations: &[DiffOp]) -> HashSet<usize> {
    let mut left: HashMap<Key, usize> = HashMap::new();
    let differing = || operations.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    for key in differing().flat_map(|operation| &old[operation.old_range()]) {
        *left.entry(*key).or_default() += 1;
    }
    let mut moved = HashSet::new();
    for place in differing().flat_map(DiffOp::new_range) {
        if let Some(count) = left.get_mut(&new[place]).filter(|count| **count > 0) {
            *count -= 1;
            moved.insert(place);
        }
    }
    moved
}
