//! What is counted of decisions, together with them: once, in the hour in which they were taken.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::fixtures::{Place, START_MS, key, record, sent};
use crate::{
    domain::{Channel, Memory, Record, Timestamp},
    monitor::{Contribution, Sums},
    store::{
        Error, Hour, Remembered, Sqlite, Store as _,
        sums::{Recent, Share},
    },
};

/// The `n`th record, in an hour and a channel of its own choice, with a vector.
fn with_vector(n: u32) -> Record {
    let mut record = record(n);
    record.at = Timestamp::from_millisecond(START_MS + i64::from(n % 3) * 3_600_000).unwrap();
    record.origin.channel = n.is_multiple_of(2).then_some(Channel::Chat);
    let mut vector = vec![0.0; 384];
    vector[n as usize % 384] = 1.0;
    record.prediction.as_mut().unwrap().vector = Some(vector.into());
    record
}

async fn hours(store: &Sqlite) -> Vec<Hour> {
    store.hours("1", Timestamp::MIN, Timestamp::MAX).await.unwrap()
}

/// What counting says without a database.
fn counted<'a>(records: impl IntoIterator<Item = &'a Record>) -> Sums {
    let mut sums = Sums::default();
    for record in records {
        let said = record.prediction.as_ref();
        let vector = said.and_then(|said| said.vector.as_deref());
        sums.add(&Contribution::of(said, &record.decision, vector));
    }
    sums
}

fn all(hours: &[Hour]) -> Sums {
    let mut sums = Sums::default();
    for hour in hours {
        sums.merge(&hour.sums);
    }
    sums
}

#[tokio::test]
async fn each_decision_counts_in_its_hour_and_channel_alone_or_in_company() {
    let place = Place::new();
    let (one, two) = (place.store().await, place.store().await);
    let records: Vec<_> = (0..60).map(|n| Arc::new(with_vector(n))).collect();
    // One after the other, by two processes in turn, then together.
    for (n, record) in records[..30].iter().enumerate() {
        let store = if n % 7 < 4 { &one } else { &two };
        store.append(record.clone(), None, None).await.unwrap();
    }
    join_all(records[30..].iter().map(|record| one.append(record.clone(), None, None))).await;
    let hours = hours(&two).await;
    assert_eq!(hours.len(), 6);
    for hour in &hours {
        let own = |record: &&Arc<Record>| {
            record.at == hour.begin && record.origin.channel == hour.channel
        };
        let expected = counted(records.iter().filter(own).map(|record| &**record));
        assert_eq!(hour.sums, expected, "{} {:?}", hour.begin, hour.channel);
    }
    let later = Timestamp::from_millisecond(START_MS + 1).unwrap();
    assert_eq!(one.hours("1", later, Timestamp::MAX).await.unwrap().len(), 4);
    assert!(one.hours("2", Timestamp::MIN, Timestamp::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_stored_does_not_count() {
    let place = Place::new();
    let store = place.store().await;
    let append = |n, key, memory| store.append(Arc::new(record(n)), key, memory);
    append(0, None, None).await.unwrap();
    append(1, Some(key("k")), None).await.unwrap();
    assert!(matches!(append(0, None, None).await, Err(Error::AlreadyStored { .. })));
    assert!(matches!(append(2, Some(key("k")), None).await, Err(Error::KeyTaken)));
    let stale = Remembered { memory: Memory::default(), version: 9 };
    assert!(matches!(append(3, None, Some(stale)).await, Err(Error::Stale)));
    append(4, None, None).await.unwrap();
    let expected = counted(&[record(0), record(1), record(4)]);
    assert_eq!(all(&hours(&store).await), expected);
}

#[tokio::test]
async fn a_spooled_decision_counts_once_in_its_own_hour() {
    let place = Place::new();
    let (recorder, store) = place.recorder().await;
    for n in 0..40 {
        recorder
            .spool(Arc::new(with_vector(n)), Some(sent(&format!("k-{n}"))), Memory::default())
            .await;
    }
    recorder.store().append(Arc::new(with_vector(7)), None, None).await.unwrap();
    assert!(hours(&store).await.len() == 1);
    recorder.refill().await.unwrap();
    recorder.refill().await.unwrap();
    let sums = all(&hours(&store).await);
    // The vector is no part of a record, so a file of the spool does not have it.
    assert_eq!((sums.judged().count, sums.vectors), (40, 1));
    assert_eq!(hours(&store).await.len(), 6);
}

#[tokio::test]
async fn a_failed_commit_counts_nothing() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(with_vector(0)), None, None).await.unwrap();
    sqlx::raw_sql(
        "CREATE TRIGGER full BEFORE UPDATE ON chain_head BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    assert!(store.append(Arc::new(with_vector(6)), None, None).await.is_err());
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut place.intruder().await).await.unwrap();
    store.append(Arc::new(with_vector(12)), None, None).await.unwrap();
    assert_eq!(all(&hours(&store).await), counted(&[with_vector(0), with_vector(12)]));
}

/// Run by hand: `cargo test --release --lib what_counting_costs -- --ignored --nocapture`
///
/// Of many short blocks the quickest counts, which nobody else has interrupted.
#[tokio::test]
#[ignore = "measures what counting costs"]
async fn what_counting_costs() {
    let place = Place::new();
    place.store().await.close().await;
    let mut connection = place.intruder().await;
    let mut recent = Recent::default();
    let (mut sealing, mut writing) = (Duration::MAX, Duration::MAX);
    for block in 0..100 {
        let records: Vec<_> = (0..20).map(|n| typical(block * 20 + n)).collect();
        let begun = Instant::now();
        let shares: Vec<_> = records.iter().map(Share::of).collect();
        sealing = sealing.min(begun.elapsed() / 20);
        sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
        let begun = Instant::now();
        for share in &shares {
            recent.add([share], &mut connection).await.unwrap();
        }
        writing = writing.min(begun.elapsed() / 20);
        sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
    }
    println!("a decision's share {sealing:?}, its hour's row {writing:?}");
}

/// A decision of a model with 29 intents, in the hour and the channel of all others.
fn typical(n: u32) -> Record {
    let mut record = with_vector(n);
    record.at = Timestamp::from_millisecond(START_MS).unwrap();
    record.origin.channel = Some(Channel::Chat);
    let prediction = record.prediction.as_mut().unwrap();
    prediction.intents[0].label = format!("a-typical-intent-{}", n % 29).as_str().into();
    record
}
