//! What was made of texts that were read before: greetings, macros, and every turn but the newest
//! of a conversation that is sent whole each time.
//!
//! Nothing here changes an answer. A text is found again by all that decides on its tokens, and
//! what is kept are the very numbers that reading it again would give. A cache belongs to one
//! engine, that is to one model and one set of options, and goes with it.

use std::{mem::size_of, sync::Arc};

use quick_cache::{Weighter, sync};
use sha2::{Digest as _, Sha256};

use super::{pool::Pooled, reading::Cut};

/// Texts that were read before, as many as fit; those that are asked for again stay longest.
pub(super) struct Cache(sync::Cache<Key, Arc<Known>, Bytes>);

/// What a text is found by: a digest, so that nobody can write a text that is taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

/// What is known of a text.
#[derive(Debug)]
pub(super) struct Known {
    /// Tokens that are read of it.
    pub(super) tokens: usize,
    /// What the limit on log lines cuts off.
    pub(super) cuts: Box<[Cut]>,
    pub(super) pooled: Pooled,
}

/// Weighs entries in bytes.
#[derive(Debug, Clone, Copy)]
struct Bytes;

/// About what a message of one or two sentences takes up; decides how finely the cache is divided.
const USUAL_BYTES: usize = 4 * 1024;
/// Bytes of one entry beside its own parts: its places in table and list, and what the allocator
/// adds.
const OVERHEAD_BYTES: usize = 160;

impl Cache {
    /// A cache of at most so many bytes; `None` for 0.
    pub(super) fn new(bytes: usize) -> Option<Self> {
        let usual = (bytes / USUAL_BYTES).max(1);
        (bytes > 0).then(|| Self(sync::Cache::with_weighter(usual, bytes as u64, Bytes)))
    }

    /// What is known of a text.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Known>> {
        self.0.get(key)
    }

    /// Remembers a text; others may have to go, or itself where it is too large.
    pub(super) fn insert(&self, key: Key, known: Arc<Known>) {
        self.0.insert(key, known);
    }

    /// What all entries take up, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.0.weight()
    }
}

impl Key {
    /// The key of a text: for every sentence that is read its place, whether it is a log line and
    /// its bytes, and then the words of all of them.
    pub(super) fn new(
        sentences: impl ExactSizeIterator<Item = (u32, bool, usize)>,
        words: &str,
    ) -> Self {
        let mut digest = Sha256::new();
        // The count comes first, so that no sentence can be taken for words.
        digest.update((sentences.len() as u64).to_le_bytes());
        for (place, is_log, bytes) in sentences {
            digest.update(place.to_le_bytes());
            digest.update([u8::from(is_log)]);
            digest.update((bytes as u64).to_le_bytes());
        }
        digest.update(words.as_bytes());
        Self(digest.finalize().into())
    }
}

impl Weighter<Key, Arc<Known>> for Bytes {
    fn weight(&self, _: &Key, known: &Arc<Known>) -> u64 {
        let own = size_of::<Known>() + size_of_val(&*known.cuts) + known.pooled.heap_bytes();
        (own + OVERHEAD_BYTES) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{head::DIMENSIONS, pool::PooledSentence},
        *,
    };

    fn key(words: &str) -> Key {
        Key::new([(0, false, words.len())].into_iter(), words)
    }

    fn known(sentences: u32) -> Arc<Known> {
        let vector = vec![0.0; DIMENSIONS];
        let of = |sentence| PooledSentence {
            sentence,
            tokens: 1,
            norm: 1.0,
            vector: vector.clone(),
            acts: None,
        };
        let pooled = Pooled { start: vector.clone(), sentences: (0..sentences).map(of).collect() };
        Arc::new(Known { tokens: sentences as usize, cuts: Box::default(), pooled })
    }

    #[test]
    fn nothing_is_kept_where_no_bytes_are_given() {
        assert!(Cache::new(0).is_none());
    }

    #[test]
    fn whatever_comes_the_bytes_stay_below_the_limit() {
        let limit = 1 << 20;
        let cache = Cache::new(limit).unwrap();
        for number in 0..2_000_u32 {
            cache.insert(key(&number.to_string()), known(number % 40));
            assert!(cache.bytes() <= limit as u64, "{} after {number}", cache.bytes());
        }
        assert!(cache.bytes() > limit as u64 / 2, "{} of {limit} are used", cache.bytes());
        let heavier_than_all = known(1_000);
        assert!(Bytes.weight(&key(""), &heavier_than_all) > limit as u64);
        cache.insert(key("heavy"), heavier_than_all);
        assert!(cache.get(&key("heavy")).is_none() && cache.bytes() <= limit as u64);
    }

    #[test]
    fn what_is_asked_for_again_outlives_a_flood_of_what_is_not() {
        let cache = Cache::new(1 << 20).unwrap();
        let macros: Vec<Key> = (0..20).map(|number| key(&format!("macro {number}"))).collect();
        for key in macros.iter().chain(&macros) {
            if cache.get(key).is_none() {
                cache.insert(*key, known(2));
            }
        }
        for number in 0..10_000_u32 {
            cache.insert(key(&number.to_string()), known(2));
        }
        let kept = macros.iter().filter(|key| cache.get(key).is_some()).count();
        assert!(kept >= 18, "{kept} of {} survived", macros.len());
    }

    #[test]
    fn texts_that_differ_in_words_sentences_or_log_lines_are_told_apart() {
        let of =
            |sentences: &[(u32, bool, usize)], words| Key::new(sentences.iter().copied(), words);
        let all = [
            of(&[(0, false, 3)], "a b"),
            of(&[(0, false, 3)], "a c"),
            of(&[(1, false, 3)], "a b"),
            of(&[(0, true, 3)], "a b"),
            of(&[(0, false, 1), (1, false, 1)], "a b"),
            of(&[(0, false, 1), (2, false, 1)], "a b"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all[place + 1..].iter().all(|other| other != one));
        }
    }
}
