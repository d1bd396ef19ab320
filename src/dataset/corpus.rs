//! Rows → a corpus of bounded size: equal texts once, contradictions and leaks named.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::Row;
use crate::domain::{Conversation, Speaker};

/// How much of a file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Rows of one label; of more, a random choice that depends on seed and texts alone.
    pub label_rows: usize,
    /// Rows in all; where there are more, the cap of a label is halved until they fit.
    pub rows: usize,
    /// Bytes of text in all; likewise.
    pub text_bytes: usize,
    /// Labels; with more, the column is likely the wrong one.
    pub labels: usize,
}

/// One text with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Line of its first row.
    pub line: u64,
    /// What was said.
    pub conversation: Conversation,
    /// Place of its label in [`Corpus::labels`].
    pub label: usize,
    /// Rows that say the same under this label.
    pub copies: usize,
    digest: Key,
}

/// The same text stands under several labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Each label with the line of its first row there.
    pub labels: Vec<(String, u64)>,
    /// The label with the most rows, which keeps the text; `None` if two have as many, and the
    /// text is left out.
    pub kept: Option<String>,
}

/// What is learnt from, or measured on.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// Every label with at least one text, in alphabetical order.
    pub labels: Vec<String>,
    /// Every text once, in the order of the lines.
    pub examples: Vec<Example>,
    /// Rows that were merged with an equal one of the same label.
    pub merged: usize,
    /// Texts under several labels.
    pub conflicts: Vec<Conflict>,
    /// Rows that were read.
    pub rows: usize,
    /// Rows of one label that were kept at most, where the caps left rows out.
    pub label_rows: Option<usize>,
}

/// A corpus in the making. Kept are at most [`Caps::rows`] rows, of which the texts are at most
/// [`Caps::text_bytes`] long in all.
#[derive(Debug)]
pub struct Gathering {
    caps: Caps,
    seed: u64,
    labels: BTreeMap<String, BTreeMap<Key, Kept>>,
    merged: usize,
    rows: usize,
    kept: usize,
    text_bytes: usize,
    left_out: bool,
}

/// A digest of seed and text: the same for equal texts, and as good as random.
type Key = [u8; 16];

#[derive(Debug)]
struct Kept {
    line: u64,
    conversation: Conversation,
    copies: usize,
    bytes: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { label_rows: 2_000, rows: 50_000, text_bytes: 256 * 1024 * 1024, labels: 1_000 }
    }
}

impl Gathering {
    /// Starts with nothing.
    pub fn new(caps: Caps, seed: u64) -> Self {
        let labels = BTreeMap::new();
        let (merged, rows, kept, text_bytes, left_out) = (0, 0, 0, 0, false);
        Self { caps, seed, labels, merged, rows, kept, text_bytes, left_out }
    }

    /// Takes a row in.
    ///
    /// # Errors
    /// It brings one label too many.
    pub fn add(&mut self, row: Row) -> Result<(), String> {
        self.rows += 1;
        if !self.labels.contains_key(&row.label) && self.labels.len() == self.caps.labels {
            return Err(format!(
                "line {}: more than {} different labels; is it the right column \
                 (--label-column)?",
                row.line, self.caps.labels
            ));
        }
        let text = normal(&row.conversation);
        let key = key(&text, self.seed);
        let of_label = self.labels.entry(row.label).or_default();
        if let Some(same) = of_label.get_mut(&key) {
            same.copies += 1;
            self.merged += 1;
            return Ok(());
        }
        let bytes = text.len();
        let (line, conversation) = (row.line, row.conversation);
        of_label.insert(key, Kept { line, conversation, copies: 1, bytes });
        self.kept += 1;
        self.text_bytes += bytes;
        if of_label.len() > self.caps.label_rows {
            let dropped = of_label.pop_last();
            self.forget(dropped);
        }
        while self.is_full() && self.caps.label_rows > 1 {
            self.halve();
        }
        Ok(())
    }

    /// Ends the gathering.
    pub fn finish(mut self) -> Corpus {
        let conflicts = self.settle();
        self.labels.retain(|_, rows| !rows.is_empty());
        let labels: Vec<String> = self.labels.keys().cloned().collect();
        let mut examples = Vec::with_capacity(self.kept);
        for (label, rows) in self.labels.into_values().enumerate() {
            for (digest, Kept { line, conversation, copies, .. }) in rows {
                examples.push(Example { line, conversation, label, copies, digest });
            }
        }
        examples.sort_by_key(|example| example.line);
        let label_rows = self.left_out.then_some(self.caps.label_rows);
        let (merged, rows) = (self.merged, self.rows);
        Corpus { labels, examples, merged, conflicts, rows, label_rows }
    }

    fn is_full(&self) -> bool {
        self.kept > self.caps.rows || self.text_bytes > self.caps.text_bytes
    }

    fn forget(&mut self, dropped: Option<(Key, Kept)>) {
        if let Some((_, kept)) = dropped {
            self.left_out = true;
            self.kept -= 1;
            self.text_bytes -= kept.bytes;
        }
    }

    fn halve(&mut self) {
        self.caps.label_rows = self.caps.label_rows.div_ceil(2);
        let mut labels = std::mem::take(&mut self.labels);
        for rows in labels.values_mut() {
            while rows.len() > self.caps.label_rows {
                self.forget(rows.pop_last());
            }
        }
        self.labels = labels;
    }

    /// Gives every text of several labels to the one with the most rows, or to none.
    fn settle(&mut self) -> Vec<Conflict> {
        let mut places: BTreeMap<Key, Vec<(usize, &String, u64)>> = BTreeMap::new();
        for (label, rows) in &self.labels {
            for (key, kept) in rows {
                places.entry(*key).or_default().push((kept.copies, label, kept.line));
            }
        }
        places.retain(|_, of| of.len() > 1);
        let mut conflicts = Vec::with_capacity(places.len());
        let mut removed = Vec::new();
        for (key, of) in places {
            let most = of.iter().map(|(copies, ..)| *copies).max();
            let mut best = of.iter().filter(|(copies, ..)| Some(*copies) == most);
            let kept = best.next().filter(|_| best.next().is_none());
            let kept = kept.map(|(_, label, _)| (*label).clone());
            for (_, label, _) in &of {
                if Some(*label) != kept.as_ref() {
                    removed.push(((*label).clone(), key));
                }
            }
            let labels = of.iter().map(|(_, label, line)| ((*label).clone(), *line)).collect();
            conflicts.push(Conflict { labels, kept });
        }
        for (label, key) in removed {
            if let Some(rows) = self.labels.get_mut(&label) {
                rows.remove(&key);
            }
        }
        conflicts.sort_by_key(|conflict| conflict.labels.iter().map(|(_, line)| *line).min());
        conflicts
    }
}

impl Corpus {
    /// Removes the texts that stand in another corpus, gathered with the same seed, whatever their
    /// label there; returns the lines of those removed. Labels stay, even without a text.
    pub fn remove_leaks(&mut self, other: &Self) -> Vec<u64> {
        let known: BTreeSet<Key> = other.examples.iter().map(|example| example.digest).collect();
        let mut lines = Vec::new();
        self.examples.retain(|example| {
            let leaks = known.contains(&example.digest);
            if leaks {
                lines.push(example.line);
            }
            !leaks
        });
        lines
    }

    /// Removes the texts of some labels, and the labels.
    pub fn remove_labels(&mut self, removed: &BTreeSet<usize>) {
        let mut places = Vec::with_capacity(self.labels.len());
        let mut labels = Vec::with_capacity(self.labels.len());
        for (place, label) in std::mem::take(&mut self.labels).into_iter().enumerate() {
            let stays = !removed.contains(&place);
            places.push(stays.then_some(labels.len()));
            if stays {
                labels.push(label);
            }
        }
        self.labels = labels;
        self.examples.retain_mut(|example| {
            let place = places.get(example.label).copied().flatten();
            place.is_some_and(|place| {
                example.label = place;
                true
            })
        });
    }

    /// Texts of every label, in the order of the labels.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.labels.len()];
        for example in &self.examples {
            if let Some(count) = counts.get_mut(example.label) {
                *count += 1;
            }
        }
        counts
    }
}

/// What a conversation says, without capitals, punctuation and spaces, and who says it: equal for
/// texts that differ in nothing that matters.
pub fn normal(conversation: &Conversation) -> String {
    let mut text = String::new();
    words(conversation.subject.as_deref().unwrap_or_default(), &mut text);
    for message in &conversation.messages {
        text.push(match message.speaker {
            Speaker::Customer => '\n',
            Speaker::Bot => '\u{1}',
            Speaker::Agent => '\u{2}',
            Speaker::System => '\u{3}',
        });
        words(&message.text, &mut text);
    }
    text
}

pub(super) fn words(from: &str, to: &mut String) {
    let start = to.len();
    for word in from.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if to.len() > start {
            to.push(' ');
        }
        to.extend(word.chars().flat_map(char::to_lowercase));
    }
    // "???" and "!!!" have no words, but are not the same.
    if to.len() == start {
        to.push_str(from.trim());
    }
}

fn key(text: &str, seed: u64) -> Key {
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(text).finalize();
    let mut key = Key::default();
    key.copy_from_slice(&digest[..16]);
    key
}
