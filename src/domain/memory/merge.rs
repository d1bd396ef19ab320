//! A transcript into the messages that are known: which are the same, which are new, and where.
//!
//! With identifiers that is plain. Without them a message is its place, and the places are found
//! by what stands around: a transcript that begins as the known one does, and contradicts it
//! nowhere, is the whole of it; any other is looked for in the known one, or continues its end.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{super::conversation::Speaker, Mark};

/// What a message is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Id(u64),
    Text(Speaker, u64),
}

/// The messages of a conversation after a transcript was taken in.
pub(super) struct Merged {
    pub(super) messages: Vec<Mark>,
    /// How many of them come before the latest release.
    pub(super) released: u32,
    /// The customer has written something that was not known.
    pub(super) has_news: bool,
}

/// Takes a transcript into the known messages, of which `released` come before the release.
pub(super) fn merge(known: Vec<Mark>, released: u32, transcript: Vec<Mark>) -> Merged {
    let transcript = without_repeats(transcript);
    let ids = |marks: &[Mark]| marks.iter().filter_map(|mark| mark.id).collect::<HashSet<u64>>();
    let (known_ids, sent_ids) = (ids(&known), ids(&transcript));
    // Where every message of a speaker has an identifier, equal texts say nothing: "no" and "no"
    // are two.
    let nameless = known.iter().chain(&transcript).filter(|mark| mark.id.is_none());
    let nameless: HashSet<Speaker> = nameless.map(|mark| mark.speaker).collect();
    let key = |mark: &Mark| match mark.id {
        Some(id)
            if !nameless.contains(&mark.speaker)
                || (known_ids.contains(&id) && sent_ids.contains(&id)) =>
        {
            Key::Id(id)
        }
        _ => Key::Text(mark.speaker, mark.text),
    };
    let old: Vec<Key> = known.iter().map(key).collect();
    let new: Vec<Key> = transcript.iter().map(key).collect();
    let (operations, places) = align(&old, &new);
    let mut merge = Merge::new(known, released);
    for place in &places {
        *merge.elsewhere.entry(new[*place]).or_default() += 1;
    }
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
        merge.apply(operation, here, &old);
    }
    merge.learn_moved(elsewhere, key);
    let released = u32::try_from(merge.released).unwrap_or(u32::MAX);
    Merged { messages: merge.merged, released, has_news: merge.has_news }
}

/// How the transcript lies against the known messages, and which of its places these have
/// elsewhere.
fn align(old: &[Key], new: &[Key]) -> (Vec<DiffOp>, HashSet<usize>) {
    let part = || part_of(old, new).map(|part| part.operations(old.len(), new.len()));
    let begins_alike = old.first() == new.first();
    if !begins_alike && let Some(operations) = part() {
        return (operations, HashSet::new());
    }
    let operations = capture_diff_slices(Algorithm::Myers, old, new);
    let places = moved(old, new, &operations);
    let contradicts = |operation: &DiffOp| matches!(operation, DiffOp::Replace { .. });
    // "It crashes" may be the first message, or the one that says so again.
    if begins_alike
        && operations.iter().any(contradicts)
        && let Some(operations) = part()
    {
        return (operations, HashSet::new());
    }
    (operations, places)
}

/// Without messages that are delivered twice under one identifier.
fn without_repeats(transcript: Vec<Mark>) -> Vec<Mark> {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut kept: Vec<Mark> = Vec::with_capacity(transcript.len());
    for mark in transcript {
        let place = mark.id.map(|id| *places.entry(id).or_insert(kept.len()));
        match place.and_then(|place| kept.get_mut(place)) {
            Some(known) => known.learn_again(mark),
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
    /// Known messages that the transcript has at another place: nothing takes their own.
    elsewhere: HashMap<Key, usize>,
    has_news: bool,
}

impl Merge {
    fn new(known: Vec<Mark>, released: u32) -> Self {
        let (old_released, merged) = (released as usize, Vec::with_capacity(known.len() + 2));
        let known = known.into_iter();
        let elsewhere = HashMap::new();
        Self { known, merged, taken: 0, old_released, released: 0, elsewhere, has_news: false }
    }

    /// The next known messages: each takes the message of the transcript that has its place; the
    /// rest of these is new and comes after them.
    fn apply(&mut self, operation: DiffOp, incoming: Vec<Mark>, old: &[Key]) {
        let is_equal = matches!(operation, DiffOp::Equal { .. });
        let mut incoming = incoming.into_iter().peekable();
        for mut known in self.known.by_ref().take(operation.old_range().len()) {
            let moved = self.elsewhere.get_mut(&old[self.taken]).filter(|left| **left > 0);
            let same = |mark: &Mark| is_equal || known.is_same_place(mark);
            if let Some(left) = moved.filter(|_| !is_equal) {
                *left -= 1;
            } else if let Some(again) = incoming.next_if(same) {
                known.learn_again(again);
            }
            self.merged.push(known);
            self.taken += 1;
            if self.taken == self.old_released {
                self.released = self.merged.len();
            }
        }
        for mark in incoming {
            self.has_news |= mark.speaker == Speaker::Customer;
            self.merged.push(mark);
        }
    }

    /// Learns from messages that the transcript has at another place.
    fn learn_moved(&mut self, moved: Vec<(Key, Mark)>, key: impl Fn(&Mark) -> Key) {
        for (wanted, again) in moved {
            if let Some(known) = self.merged.iter_mut().find(|known| key(known) == wanted) {
                known.learn_again(again);
            }
        }
    }
}

/// A transcript that is a part of the known one, or goes on where it ends.
struct Part {
    /// The known messages that it has.
    known: Range<usize>,
}

impl Part {
    fn operations(&self, old_len: usize, new_len: usize) -> Vec<DiffOp> {
        let Range { start, end } = self.known.clone();
        let len = end - start;
        vec![
            DiffOp::Delete { old_index: 0, old_len: start, new_index: 0 },
            DiffOp::Equal { old_index: start, new_index: 0, len },
            DiffOp::Delete { old_index: end, old_len: old_len - end, new_index: len },
            DiffOp::Insert { old_index: old_len, new_index: len, new_len: new_len - len },
        ]
    }
}

/// Finds a transcript that is not the whole: all of it among the known messages, else the longest
/// beginning of it at their end; `None` if it is neither.
///
/// Knuth, Morris and Pratt: linear in both.
fn part_of(old: &[Key], new: &[Key]) -> Option<Part> {
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let borders = borders(new);
    let mut length = 0;
    for (place, key) in old.iter().enumerate() {
        while length > 0 && new[length] != *key {
            length = borders[length - 1];
        }
        length += usize::from(new[length] == *key);
        if length == new.len() {
            return Some(Part { known: place + 1 - length..place + 1 });
        }
    }
    (length > 0 && !has_all(new, old)).then_some(Part { known: old.len() - length..old.len() })
}

/// True if each known message is in the transcript as often: it is the whole, in some order.
fn has_all(new: &[Key], old: &[Key]) -> bool {
    let mut left = counts(new.iter());
    old.iter().all(|key| take(&mut left, key))
}

fn counts<'a>(keys: impl Iterator<Item = &'a Key>) -> HashMap<Key, usize> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(*key).or_default() += 1;
    }
    counts
}

/// Takes one of them, if any is left.
fn take(left: &mut HashMap<Key, usize>, key: &Key) -> bool {
    let count = left.get_mut(key).filter(|count| **count > 0);
    count.map(|count| *count -= 1).is_some()
}

/// For every prefix the length of the longest shorter prefix that it ends with.
fn borders(keys: &[Key]) -> Vec<usize> {
    let mut borders = vec![0; keys.len()];
    let mut length = 0;
    for place in 1..keys.len() {
        while length > 0 && keys[length] != keys[place] {
            length = borders[length - 1];
        }
        length += usize::from(keys[length] == keys[place]);
        borders[place] = length;
    }
    borders
}

/// Places of the transcript whose messages are known from another place: reordered, not new. A
/// text says so only in a transcript of the whole: in a part it may be said once more.
fn moved(old: &[Key], new: &[Key], operations: &[DiffOp]) -> HashSet<usize> {
    let is_whole = has_all(new, old);
    let differing = || operations.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let mut left = counts(differing().flat_map(|operation| &old[operation.old_range()]));
    let is_moved = |place: &usize| {
        let key = &new[*place];
        (is_whole || matches!(key, Key::Id(_))) && take(&mut left, key)
    };
    differing().flat_map(DiffOp::new_range).filter(is_moved).collect()
}
