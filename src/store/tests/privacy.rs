//! What is old or erased is gone from every file, and what is not is left alone.

use std::{
    fs,
    num::NonZeroU32,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::fixtures::{Place, START_MS, append_next, record, sent};
use crate::{
    domain::{
        Completed, ConversationId, LabelSource, Memory, Receipt, Record, Resolution, Review,
        Section, Timestamp, Verdict, pseudonym,
    },
    store::{Recorder, Retention, Store as _},
};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What a record says that no other does.
const MARKER: &str = "zanzibarquux";

fn marked(n: u32) -> Record {
    Record { policy: format!("{MARKER}-{n}"), ..record(n) }
}

fn receipt(by: &str, words: &str) -> Receipt {
    Receipt {
        confirmed_by: by.to_owned(),
        confirmed_at: Timestamp::from_millisecond(START_MS).unwrap(),
        sections: vec![Section::WhatsNeeded],
        completed: Some(Completed { whats_needed: Some(words.to_owned()), ..Completed::default() }),
    }
}

/// Names of the files below the folder that hold the text.
fn files_with(place: &Place, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![place.folder.path().to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Store and spool with a record of every second from the start, one in a hundred in the spool.
async fn filled(place: &Place, records: u32) -> Arc<Recorder> {
    let (recorder, _) = place.recorder().await;
    for n in 0..records {
        let record = Arc::new(marked(n));
        let key = Some(sent(&format!("k-{n}")));
        match n % 100 {
            7 => _ = recorder.spool(record, key, Memory::default()).await,
            _ => append_next(&recorder, record, key).await,
        }
    }
    Arc::new(recorder)
}

fn retention(place: &Place, recorder: &Arc<Recorder>, days: u32) -> Retention {
    let days = NonZeroU32::new(days).unwrap();
    Retention::new(recorder.clone(), place.clock.clone(), days)
}

#[tokio::test]
async fn records_go_when_their_day_has_come_and_not_before() {
    let place = Place::new();
    let recorder = filled(&place, 250).await;
    recorder.confirm(marked(3).id, &receipt("agent-7", MARKER)).await.unwrap().unwrap();
    let retention = retention(&place, &recorder, 30);
    assert_eq!(retention.round().await.unwrap(), 0);

    // The first 240 are older than thirty days now, to the millisecond.
    place.clock.0.store(START_MS + 30 * DAY_MS + 240_000, Ordering::Relaxed);
    assert_eq!(retention.round().await.unwrap(), 240);
    assert_eq!(retention.round().await.unwrap(), 0);

    assert_eq!(recorder.decision(record(239).id).await.unwrap(), None);
    assert_eq!(recorder.decision(record(240).id).await.unwrap(), Some(marked(240)));
    assert_eq!(recorder.spooled(), 0);
    assert!(recorder.receipts(record(3).id).await.unwrap().is_empty());
    let report = recorder.store().verify().await.unwrap();
    assert_eq!((report.records, report.erased, report.broken_at), (247, 237, None));
    for n in [0, 7, 99, 107, 239] {
        let files = files_with(&place, &format!("{MARKER}-{n}\""));
        assert!(files.is_empty(), "{n} is in {files:?}");
    }
    assert!(!files_with(&place, &format!("{MARKER}-240\"")).is_empty(), "the search works");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_long_for_what_is_erased_by_age() {
    let place = Place::new();
    let recorder = filled(&place, 400).await;
    place.clock.0.store(START_MS + 400 * DAY_MS, Ordering::Relaxed);
    let retention = retention(&place, &recorder, 365);
    let writes = async {
        let mut longest = Duration::ZERO;
        for n in 1_000..1_040 {
            let started = std::time::Instant::now();
            append_next(&recorder, Arc::new(record(n)), None).await;
            longest = longest.max(started.elapsed());
        }
        longest
    };
    let (erased, longest) = tokio::join!(retention.round(), writes);
    assert!(erased.unwrap() >= 400);
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    assert_eq!(recorder.store().verify().await.unwrap().broken_at, None);
}

#[tokio::test]
async fn the_longest_retention_erases_nothing() {
    let place = Place::new();
    let recorder = filled(&place, 3).await;
    place.clock.0.store(START_MS + 400 * DAY_MS, Ordering::Relaxed);
    assert_eq!(retention(&place, &recorder, 36_500).round().await.unwrap(), 0);
}

#[tokio::test]
async fn erasure_reaches_files_that_were_set_aside() {
    let place = Place::new();
    let recorder = filled(&place, 8).await;
    recorder.close().await;
    drop(recorder);
    let spool = &place.options.spool_dir;
    // One that cannot be stored though it is whole, one that is damaged.
    fs::rename(
        spool.join(format!("{}.record", record(7).id)),
        spool.join(format!("{}.bad", record(7).id)),
    )
    .unwrap();
    fs::write(spool.join("broken.bad"), b"xx{\"customer_id\":\"u-7\",").unwrap();
    fs::write(spool.join("other.bad"), b"xx{\"customer_id\":\"u-8\",").unwrap();
    let recorder = Arc::new(place.recorder().await.0);

    assert_eq!(recorder.erase_customer("u-7").await.unwrap(), 2);
    assert!(files_with(&place, &format!("{MARKER}-7\"")).is_empty());
    assert!(!spool.join("broken.bad").exists());
    assert!(spool.join("other.bad").exists());

    // By age it goes by the time of its decision, else by that of the file, which is today's.
    fs::write(spool.join(format!("{}.bad", record(2).id)), b"damaged").unwrap();
    place.clock.0.store(START_MS + 2 * DAY_MS, Ordering::Relaxed);
    retention(&place, &recorder, 1).round().await.unwrap();
    assert!(!spool.join(format!("{}.bad", record(2).id)).exists());
}

#[tokio::test]
async fn a_pseudonym_is_erased_under_the_name_it_stands_for() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    let named = |n: u32| {
        let mut record = record(n);
        record.origin.customer_id = Some(pseudonym("jo@x.io"));
        Arc::new(record)
    };
    append_next(&recorder, named(1), None).await;
    recorder.spool(named(2), None, Memory::default()).await;
    assert_eq!(recorder.erase_customer("jo@x.io").await.unwrap(), 2);
}

#[tokio::test]
async fn erasure_takes_receipts_and_the_words_and_names_of_reviews() {
    let place = Place::new();
    let recorder = filled(&place, 5).await;
    let id = record(1).id;
    recorder.confirm(id, &receipt("zanzibar-agent", MARKER)).await.unwrap().unwrap();
    for reviewer in ["zanzibar-a", "zanzibar-b"] {
        recorder.review(id, &review(reviewer, "zanzibar note")).await.unwrap().unwrap();
    }
    let conversation = ConversationId::try_from("c-1".to_owned()).unwrap();
    let resolution = Resolution { csat: Some(4), ..Resolution::default() };
    recorder.store().resolve(&conversation, &resolution, Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(recorder.erase_conversation(&conversation).await.unwrap(), 1);
    for text in ["zanzibar-agent", "zanzibar note", "zanzibar-a", "zanzibar-b"] {
        assert!(files_with(&place, text).is_empty(), "{text}");
    }
    let report = recorder.store().verify().await.unwrap();
    assert_eq!((report.erased, report.broken_at), (1, None));
    assert!(recorder.confirm(id, &receipt("a", "b")).await.unwrap().is_none());
    assert!(recorder.review(id, &review("a", "b")).await.unwrap().is_none());
    let left = recorder.store().reviews(id).await.unwrap();
    let words = |review: &Review| review.note.is_none() && review.by.starts_with("erased ");
    assert!(left.len() == 2 && left.iter().all(words), "counts stay: {left:?}");
    assert_eq!(recorder.store().resolution(&conversation).await.unwrap(), None);
}

#[tokio::test]
async fn an_outcome_without_a_conversation_loses_its_name_with_age() {
    let place = Place::new();
    let recorder = filled(&place, 1).await;
    let unknown = ConversationId::try_from("zanzibar-unknown".to_owned()).unwrap();
    let resolution = Resolution { csat: Some(4), ..Resolution::default() };
    recorder.store().resolve(&unknown, &resolution, Timestamp::UNIX_EPOCH).await.unwrap();
    let day = |number: i64| Timestamp::from_millisecond(number * DAY_MS).unwrap();
    recorder.erase_before(day(0), 100).await.unwrap();
    assert_eq!(recorder.store().resolution(&unknown).await.unwrap(), Some(resolution));
    recorder.erase_before(day(1), 100).await.unwrap();
    assert_eq!(recorder.store().resolution(&unknown).await.unwrap(), None);
    assert!(files_with(&place, "zanzibar-unknown").is_empty());
}

#[tokio::test]
async fn outcomes_age_a_bounded_number_at_a_time_until_none_is_left() {
    let place = Place::new();
    let recorder = filled(&place, 1).await;
    let named = |n: u32| ConversationId::try_from(format!("Erased order {n}")).unwrap();
    let resolution = Resolution { csat: Some(4), ..Resolution::default() };
    for n in 0..25 {
        let at = Timestamp::from_millisecond(i64::from(n)).unwrap();
        recorder.store().resolve(&named(n), &resolution, at).await.unwrap();
    }
    let day = Timestamp::from_millisecond(DAY_MS).unwrap();
    let mut rounds = Vec::new();
    for _ in 0..3 {
        rounds.push(recorder.erase_before(day, 10).await.unwrap().all);
    }
    assert_eq!(rounds, [false, false, true], "ten, ten, five");
    for n in 0..25 {
        assert_eq!(recorder.store().resolution(&named(n)).await.unwrap(), None, "{n}");
    }
    // Neither does an outcome that came long ago wait for a conversation that goes on.
    let lively = record(0).conversation_id;
    recorder.store().resolve(&lively, &resolution, Timestamp::UNIX_EPOCH).await.unwrap();
    recorder.erase_before(day, 10).await.unwrap();
    assert_eq!(recorder.store().resolution(&lively).await.unwrap(), None);
    assert!(recorder.recall(&lively).await.unwrap().version > 0, "its memory stays");
}

fn review(by: &str, note: &str) -> Review {
    Review {
        verdict: Verdict::Accepted,
        tier: None,
        role: None,
        intent: None,
        note: Some(note.to_owned()),
        by: by.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        source: LabelSource::Agent,
        shown: true,
        observed: Some(1.0),
    }
}

#[tokio::test]
async fn a_receipt_is_kept_once_per_person_and_the_latest_wins() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(1)), None, None).await.unwrap();
    let id = record(1).id;
    let later = |mut receipt: Receipt| {
        receipt.confirmed_at = Timestamp::from_millisecond(START_MS + 5_000).unwrap();
        receipt
    };
    let first = receipt("a", "one");
    assert_eq!(store.confirm(id, &first).await.unwrap().as_ref(), Some(&first));
    let again = store.confirm(id, &later(first.clone())).await.unwrap();
    assert_eq!(again.as_ref(), Some(&first), "nothing has changed, the time neither");
    let other = later(receipt("a", "two"));
    assert_eq!(store.confirm(id, &other).await.unwrap().as_ref(), Some(&other));
    let theirs = receipt("b", "one");
    store.confirm(id, &theirs).await.unwrap();
    assert_eq!(store.receipts(id).await.unwrap(), [theirs, other]);
    assert_eq!(store.confirm(record(2).id, &first).await.unwrap(), None);
}

#[tokio::test]
async fn a_decision_on_its_way_to_the_store_cannot_be_confirmed_yet() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    recorder.spool(Arc::new(record(1)), None, Memory::default()).await;
    assert!(recorder.confirm(record(1).id, &receipt("a", "b")).await.is_err());
    assert!(recorder.receipts(record(1).id).await.unwrap().is_empty());
    recorder.refill().await.unwrap();
    assert!(recorder.confirm(record(1).id, &receipt("a", "b")).await.unwrap().is_some());
}
