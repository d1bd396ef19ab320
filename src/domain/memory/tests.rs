//! Merging: whatever is sent in whatever order, each message is known once.

use proptest::prelude::*;

use super::*;

fn mark(speaker: Speaker, text: u64) -> Mark {
    Mark { id: None, text, speaker, outcome: None, signs: Vec::new(), words: Vec::new() }
}

/// Customer and bot in turn; equal numbers are equal texts.
fn talk(texts: &[u64]) -> Vec<Mark> {
    let speakers = [Speaker::Customer, Speaker::Bot];
    texts.iter().zip(speakers.iter().cycle()).map(|(text, who)| mark(*who, *text)).collect()
}

fn named(texts: &[u64]) -> Vec<Mark> {
    let with_id = |(place, mark): (usize, Mark)| Mark { id: Some(place as u64), ..mark };
    talk(texts).into_iter().enumerate().map(with_id).collect()
}

fn texts(memory: &Memory) -> Vec<u64> {
    memory.messages.iter().map(|mark| mark.text).collect()
}

fn remembered(transcripts: &[Vec<Mark>]) -> Memory {
    let mut memory = Memory::default();
    for transcript in transcripts {
        memory.learn(transcript.clone());
    }
    memory
}

#[test]
fn a_growing_transcript_adds_what_is_new() {
    let mut memory = Memory::default();
    assert!(memory.learn(talk(&[1])));
    assert!(!memory.learn(talk(&[1])), "nothing new");
    assert!(!memory.learn(talk(&[1, 2])), "only the bot has written");
    assert!(memory.learn(talk(&[1, 2, 3])));
    assert_eq!(texts(&memory), [1, 2, 3]);
}

#[test]
fn shorter_late_and_partial_transcripts_change_nothing() {
    let whole = talk(&[1, 2, 3, 4, 5]);
    for part in [&whole[..1], &whole[..3], &whole[2..], &whole[4..], &whole[1..3]] {
        let memory = remembered(&[whole.clone(), part.to_vec()]);
        assert_eq!(texts(&memory), [1, 2, 3, 4, 5], "{part:?}");
    }
}

#[test]
fn a_window_that_moves_on_adds_its_end() {
    let whole = talk(&[1, 2, 3, 4, 5, 6, 7]);
    let memory = remembered(&[whole[..4].to_vec(), whole[2..6].to_vec(), whole[4..].to_vec()]);
    assert_eq!(texts(&memory), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_window_of_frequent_words_goes_on_at_the_end() {
    // "No" and "no" again: without identifiers only the end tells which is meant.
    let memory = remembered(&[talk(&[1, 2, 9, 3, 9]), talk(&[9, 4, 9])]);
    assert_eq!(texts(&memory), [1, 2, 9, 3, 9, 4, 9]);
    assert_eq!(texts(&remembered(&[talk(&[1, 2, 9, 3, 9]), talk(&[9])])).len(), 5);
}

#[test]
fn a_window_that_begins_with_the_words_of_the_first_message_goes_on_at_the_end() {
    // The customer has stated the problem again, and the window begins there.
    let memory = remembered(&[talk(&[1, 2, 1]), talk(&[1, 4, 5])]);
    assert_eq!(texts(&memory), [1, 2, 1, 4, 5]);
    let memory = remembered(&[talk(&[1, 2, 1]), talk(&[1, 4, 1, 6, 1])]);
    assert_eq!(texts(&memory), [1, 2, 1, 4, 1, 6, 1]);
}

#[test]
fn a_message_that_comes_late_is_put_in_its_place() {
    let whole = talk(&[1, 2, 3, 4]);
    let without = |place: usize| {
        let kept = whole.iter().enumerate().filter(|(at, _)| *at != place);
        kept.map(|(_, mark)| mark.clone()).collect::<Vec<_>>()
    };
    for place in 0..4 {
        let memory = remembered(&[without(place), whole.clone()]);
        assert_eq!(texts(&memory), [1, 2, 3, 4], "without {place}");
    }
}

#[test]
fn reordered_messages_are_known() {
    for transcript in [talk(&[1, 2, 3, 4]), named(&[1, 2, 3, 4])] {
        let mut turned = transcript.clone();
        turned.swap(0, 2);
        turned.swap(1, 3);
        let mut memory = remembered(std::slice::from_ref(&transcript));
        assert!(!memory.learn(turned));
        assert_eq!(memory.messages, transcript);
    }
}

#[test]
fn the_same_identifier_with_another_text_is_the_same_message() {
    let mut edited = named(&[1, 2, 3]);
    edited[2].text = 30;
    edited[2].add(Sign::NotHelped);
    let mut memory = remembered(&[named(&[1, 2, 3])]);
    assert!(!memory.learn(edited.clone()));
    assert_eq!(memory.messages, edited);
    memory.learn(named(&[1, 2, 3]));
    assert!(memory.messages[2].says(Sign::NotHelped), "what it said stays said");
}

#[test]
fn a_changed_text_at_the_same_place_is_the_same_message() {
    let memory = remembered(&[talk(&[1, 2, 3]), talk(&[10, 2, 3, 4])]);
    assert_eq!(texts(&memory), [10, 2, 3, 4]);
}

#[test]
fn identifiers_that_come_later_join_the_messages_they_belong_to() {
    let memory = remembered(&[talk(&[1, 2, 3]), named(&[1, 2, 3, 4])]);
    assert_eq!(memory.messages, named(&[1, 2, 3, 4]));
}

#[test]
fn two_identifiers_are_two_messages_at_whatever_place() {
    let mut other = named(&[9]);
    other[0].id = Some(77);
    let memory = remembered(&[named(&[1, 2]), other]);
    assert_eq!(texts(&memory), [1, 2, 9]);
}

#[test]
fn equal_texts_under_other_identifiers_are_other_messages() {
    let mut later = named(&[7, 8, 1]);
    for (mark, id) in later.iter_mut().zip(100..) {
        mark.id = Some(id);
    }
    let memory = remembered(&[named(&[1, 2, 1]), later]);
    assert_eq!(texts(&memory), [1, 2, 1, 7, 8, 1]);
}

#[test]
fn identifiers_of_the_customer_alone_tell_equal_texts_apart() {
    let of_customer = |texts: &[u64], first_id| {
        let with_id = |(id, mark): (u64, Mark)| {
            let is_customer = mark.speaker == Speaker::Customer;
            Mark { id: is_customer.then_some(id), ..mark }
        };
        (first_id..).zip(talk(texts)).map(with_id).collect::<Vec<_>>()
    };
    let memory = remembered(&[of_customer(&[1, 2, 9], 0), of_customer(&[9, 3, 9], 4)]);
    assert_eq!(texts(&memory), [1, 2, 9, 9, 3, 9]);
}

#[test]
fn a_message_sent_twice_stays_two_places_and_delivered_twice_is_one() {
    let twice = vec![mark(Speaker::Customer, 1), mark(Speaker::Customer, 1)];
    assert_eq!(remembered(&[twice[..1].to_vec(), twice.clone()]).messages.len(), 2);
    let mut delivered = named(&[1, 2]);
    delivered.push(named(&[1])[0].clone());
    assert_eq!(remembered(&[delivered]).messages.len(), 2);
}

#[test]
fn an_outcome_that_the_caller_learns_later_is_learnt() {
    let mut told = named(&[1, 2]);
    told[1].outcome = Some(Outcome::Failed);
    let mut memory = remembered(&[named(&[1, 2]), told]);
    assert_eq!(memory.messages[1].outcome, Some(Outcome::Failed));
    memory.learn(named(&[1, 2]));
    assert_eq!(memory.messages[1].outcome, Some(Outcome::Failed), "and is not forgotten");
}

#[test]
fn a_release_begins_an_episode_and_is_the_same_twice() {
    let mut memory = remembered(&[talk(&[1, 2, 3])]);
    assert!(memory.release());
    assert!(!memory.release());
    assert_eq!((memory.episode, memory.released), (2, 3));
    memory.learn(talk(&[1, 2, 3, 4]));
    let counted: Vec<_> = (0..4).filter(|place| memory.counts(*place)).collect();
    assert_eq!(counted, [3]);
    // What comes late from before the release belongs before it.
    memory.learn(vec![
        mark(Speaker::Customer, 1),
        mark(Speaker::Customer, 15),
        mark(Speaker::Bot, 2),
    ]);
    assert_eq!((texts(&memory), memory.released), (vec![1, 15, 2, 3, 4], 4));
}

#[test]
fn words_are_kept_for_the_first_and_the_latest_statements_only() {
    let stated = |text| Mark { words: vec![1, 2], ..mark(Speaker::Customer, text) };
    let mut memory = remembered(&[(0..100).map(stated).collect()]);
    memory.settle([5]);
    let kept: Vec<_> = (0..100).filter(|at| !memory.messages[*at].words.is_empty()).collect();
    assert_eq!(kept.len(), STATEMENTS_KEPT + 1);
    assert_eq!((kept[0], kept[1]), (0, 100 - STATEMENTS_KEPT));
    assert!(memory.messages[5].says(Sign::Restates));
}

proptest! {
    /// Texts differ, so that nobody could doubt which message is which.
    #[test]
    fn any_order_of_prefixes_and_windows_knows_each_message_once(
        length in 1usize..14,
        parts in prop::collection::vec((0usize..14, 0usize..14), 0..8),
        ids in any::<bool>(),
    ) {
        let numbers: Vec<u64> = (0..length as u64).collect();
        let whole = if ids { named(&numbers) } else { talk(&numbers) };
        let mut memory = remembered(std::slice::from_ref(&whole));
        for (from, to) in parts {
            let (from, to) = (from.min(length), to.min(length));
            memory.learn(whole[from.min(to)..from.max(to)].to_vec());
        }
        prop_assert_eq!(memory.messages, whole);
    }

    #[test]
    fn prefixes_in_any_order_make_the_longest(
        cuts in prop::collection::vec(1usize..14, 1..8),
        texts in prop::collection::vec(0u64..3, 14),
    ) {
        let whole = talk(&texts);
        let longest = cuts.iter().copied().max().unwrap_or(0);
        let sent: Vec<_> = cuts.iter().map(|cut| whole[..*cut].to_vec()).collect();
        prop_assert_eq!(remembered(&sent).messages, &whole[..longest]);
    }

    /// The customer says few things again and again; what the bot says differs.
    #[test]
    fn prefixes_and_overlapping_windows_make_what_was_sent(
        said in prop::collection::vec(0u64..3, 1..14),
        sends in prop::collection::vec((any::<bool>(), 0usize..14, 1usize..28), 1..10),
    ) {
        let bot = 100..;
        let texts: Vec<u64> = said.iter().zip(bot).flat_map(|(text, bot)| [*text, bot]).collect();
        let whole = talk(&texts);
        let mut memory = Memory::default();
        let mut known = 0;
        for (is_prefix, from, to) in sends {
            let to = to.min(whole.len());
            let from = if is_prefix { 0 } else { (from * 2).min(known / 2 * 2) };
            // A window that only repeats what is known may stand at several places.
            if from >= to || (from > 0 && (from >= known || to < known)) {
                continue;
            }
            memory.learn(whole[from..to].to_vec());
            known = known.max(to);
            prop_assert_eq!(&memory.messages, &whole[..known]);
        }
    }

    #[test]
    fn nothing_that_is_known_is_ever_lost(
        transcripts in prop::collection::vec(prop::collection::vec(0u64..4, 0..10), 0..5),
    ) {
        let mut memory = Memory::default();
        for texts in transcripts {
            let before = memory.messages.len();
            let length = texts.len();
            memory.learn(talk(&texts));
            prop_assert!(memory.messages.len() >= before.max(length));
        }
    }
}
