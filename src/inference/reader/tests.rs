//! Nothing that was read before changes an answer, and nothing is encoded twice.

use ndarray::Array2;
use proptest::{prelude::*, sample::select};

use super::{
    super::{head::DIMENSIONS, tiny},
    *,
};
use crate::domain::{
    SentenceKind::{self, Log, Prose, Quoted},
    TextFeatures,
};

/// A number for every token that depends on all tokens of its row and on its place among them.
#[derive(Default)]
struct Mixing {
    rows: usize,
}

impl Encoder for Mixing {
    fn encode(&mut self, ids: &[i64]) -> Result<Array2<f32>, Broken> {
        self.rows += 1;
        let row = ids.iter().fold(17_u64, |sum, id| mixed(sum ^ id.cast_unsigned()));
        let number = |(token, axis): (usize, usize)| {
            let bits = mixed(row ^ ((token as u64) << 32) ^ axis as u64) >> 40;
            #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
            let number = bits as f32;
            number / 8_388_608.0 - 1.0
        };
        Ok(Array2::from_shape_fn((ids.len(), DIMENSIONS), number))
    }
}

/// One step of `SplitMix64`.
fn mixed(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn reader(options: &Options) -> Reader {
    let folder = tempfile::tempdir().unwrap();
    tiny::write(folder.path());
    Reader::new(Arc::new(Pack::load(folder.path()).unwrap()), options)
}

/// Limits so narrow that conversations, subjects and log lines meet them.
fn narrow(cache_bytes: usize) -> Options {
    Options {
        max_tokens: 60,
        window_tokens: 16,
        window_overlap: 4,
        log_tokens_per_message: 3,
        cache_bytes,
        ..Options::default()
    }
}

fn wide() -> Options {
    Options { max_tokens: 8_192, ..narrow(1 << 20) }
}

/// All that is answered, digit by digit: unlike `==`, it tells -0 from 0.
fn answer(reader: &Reader, features: &Features, vectors: &Vectors) -> String {
    format!("{vectors:?} {:?}", reader.predict(features, vectors).unwrap())
}

fn read_anew(reader: &Reader, features: &Features, encoder: &mut Mixing) -> String {
    let vectors = reader.vectors(features, encoder, &mut |_| Ok(())).unwrap();
    answer(reader, features, &vectors)
}

fn a_text() -> impl Strategy<Value = TextFeatures> {
    let words = proptest::collection::vec(select(vec!["refund", "my", "a", "b", "c", "!"]), 1..9);
    let kind = select(vec![Prose, Prose, Log, Quoted]);
    let speaker = select(vec![Speaker::Customer, Speaker::Customer, Speaker::Bot, Speaker::System]);
    (speaker, proptest::collection::vec((words, kind), 0..4)).prop_map(|(speaker, sentences)| {
        let joined: Vec<(String, SentenceKind)> =
            sentences.into_iter().map(|(words, kind)| (words.join(" "), kind)).collect();
        let borrowed: Vec<_> = joined.iter().map(|(words, kind)| (&words[..], *kind)).collect();
        tiny::text(speaker, &borrowed)
    })
}

/// Conversations that share their texts, in any order.
fn conversations() -> impl Strategy<Value = Vec<Features>> {
    proptest::collection::vec(a_text(), 1..6).prop_flat_map(|texts| {
        let texts = select(texts);
        let messages = proptest::collection::vec(texts.clone(), 1..8);
        let one = (proptest::option::of(texts), messages).prop_map(|(subject, messages)| {
            let mut features = tiny::conversation(messages);
            features.subject = subject;
            features
        });
        proptest::collection::vec(one, 1..8)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_conversation_in_any_order_gets_the_same_bits_cached_or_not(
        conversations in conversations(),
        // Nothing, a few texts, and all of them fit.
        cache_bytes in select(vec![1_000, 16_000, 1_000_000]),
    ) {
        let plain = reader(&narrow(0));
        let cached = reader(&narrow(cache_bytes));
        let mut encoder = Mixing::default();
        for features in conversations.iter().chain(&conversations) {
            let want = read_anew(&plain, features, &mut encoder);
            prop_assert!(plain.recall(features).is_none());
            if let Some(vectors) = cached.recall(features) {
                prop_assert_eq!(&answer(&cached, features, &vectors), &want);
            }
            prop_assert_eq!(&read_anew(&cached, features, &mut encoder), &want);
        }
    }
}

#[test]
fn ten_turns_cost_ten_rows_and_the_last_is_known_by_heart() {
    let reader = reader(&wide());
    let message = |turn: usize| {
        let words = ["refund", "my", "invoice", "a", "b", "c", "hello", "that", "failed", "log"];
        let speaker = if turn.is_multiple_of(2) { Speaker::Customer } else { Speaker::Bot };
        tiny::text(speaker, &[(words[turn], Prose)])
    };
    let mut encoder = Mixing::default();
    for turns in 1..=10 {
        let features = tiny::conversation((0..turns).map(message).collect());
        assert!(reader.recall(&features).is_none(), "its newest message is new");
        reader.vectors(&features, &mut encoder, &mut |_| Ok(())).unwrap();
        assert_eq!(encoder.rows, turns);
        assert!(reader.recall(&features).is_some());
    }
}

#[test]
fn a_text_is_known_again_whoever_says_it_and_wherever() {
    let reader = reader(&wide());
    let text = |speaker| tiny::text(speaker, &[("my refund", Prose), ("log line", Log)]);
    let first = tiny::conversation(vec![text(Speaker::Customer)]);
    reader.vectors(&first, &mut Mixing::default(), &mut |_| Ok(())).unwrap();
    let mut other = tiny::conversation(vec![text(Speaker::Agent), text(Speaker::Customer)]);
    other.subject = Some(text(Speaker::Customer));
    let vectors = reader.recall(&other).unwrap();
    let places: Vec<_> = vectors.sentences.iter().map(|s| (s.message, s.speaker)).collect();
    assert_eq!(places[0], (None, Speaker::Customer));
    assert_eq!(places[2], (Some(0), Speaker::Agent));
    assert_eq!(places[4], (Some(1), Speaker::Customer));
}

#[test]
fn what_a_limit_on_log_lines_cuts_is_named_from_memory_too() {
    let reader = reader(&wide());
    let text = tiny::text(Speaker::Customer, &[("log line a b c", Log), ("my refund", Prose)]);
    let features = tiny::conversation(vec![text]);
    let read = reader.vectors(&features, &mut Mixing::default(), &mut |_| Ok(())).unwrap();
    assert_eq!(read.left_out.len(), 1);
    assert_eq!(reader.recall(&features).unwrap(), read);
}

#[test]
fn what_the_budget_cut_is_not_taken_for_the_whole() {
    let reader = reader(&Options { max_tokens: 16, ..wide() });
    let message = || tiny::text(Speaker::Customer, &[("a b c a b c a b c a", Prose)]);
    let both = tiny::conversation(vec![message(), message()]);
    let mut encoder = Mixing::default();
    reader.vectors(&both, &mut encoder, &mut |_| Ok(())).unwrap();
    assert_eq!(encoder.rows, 2);
    assert!(reader.recall(&both).is_none(), "its first message was read in part");
    let one = tiny::conversation(vec![message()]);
    assert_eq!(reader.recall(&one).unwrap().sentences[0].tokens, 10);
}

#[test]
fn what_could_not_be_read_is_not_remembered() {
    let reader = reader(&wide());
    for words in [tiny::NAN, tiny::BROKEN] {
        let features = tiny::features(&[words]);
        let failed = reader.vectors(&features, &mut tiny::FakeEncoder::default(), &mut |_| Ok(()));
        assert!(failed.is_err());
        assert!(reader.recall(&features).is_none());
    }
    assert_eq!(reader.cache_bytes(), 0);
}
