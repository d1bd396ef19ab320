//! Memories: written with their record or not at all, by one writer at a time.

use std::sync::Arc;

use futures::future::join_all;

use super::fixtures::{Place, record, sent};
use crate::{
    domain::{ConversationId, HandOver, Mark, Memory, Severity, Speaker, Timestamp},
    store::{Durability, Error, Event, EventKind, Remembered, Store as _},
};

fn mark(text: u64) -> Mark {
    let (id, outcome, signs, words) = (None, None, Vec::new(), Vec::new());
    Mark { id, text, speaker: Speaker::Customer, outcome, signs, words }
}

fn remembered(messages: u64, version: i64) -> Remembered {
    let messages = (0..messages).map(mark).collect();
    Remembered { memory: Memory { messages, ..Memory::default() }, version }
}

fn name() -> ConversationId {
    record(3).conversation_id
}

#[tokio::test]
async fn a_memory_is_read_back_as_it_was_written_and_outlives_the_process() {
    let place = Place::new();
    let store = place.store().await;
    assert_eq!(store.recall(&name()).await.unwrap(), None);
    store.append(Arc::new(record(3)), None, Some(remembered(2, 0))).await.unwrap();
    store.close().await;
    let store = place.store().await;
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(2, 1)));
    store.append(Arc::new(record(10)), None, Some(remembered(4, 1))).await.unwrap();
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(4, 2)));
}

#[tokio::test]
async fn a_stale_memory_writes_nothing_at_all() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(3)), None, Some(remembered(2, 0))).await.unwrap();
    for version in [0, 2] {
        let stale = store.append(Arc::new(record(10)), None, Some(remembered(9, version))).await;
        assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
    }
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(2, 1)));
    assert_eq!(store.decision(record(10).id).await.unwrap(), None);
    let report = store.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_with_one_version_one_wins_on_two_instances_as_well() {
    let place = Place::new();
    let (a, b) = (place.store().await, place.store().await);
    // The same conversation: every seventh record.
    let appends = (0..20).map(|n| {
        let store = if n % 2 == 0 { &a } else { &b };
        store.append(Arc::new(record(3 + 7 * n)), None, Some(remembered(1, 0)))
    });
    let outcomes = join_all(appends).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|o| matches!(o, Ok(()) | Err(Error::Stale))), "{outcomes:?}");
    let report = a.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (1, None));
}

#[tokio::test]
async fn a_change_by_a_person_is_kept_with_its_event() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(3)), None, Some(remembered(2, 0))).await.unwrap();
    let at = Timestamp::from_second(1).unwrap();
    let event = Event { kind: EventKind::Released, at, by: Some("ann".to_owned()) };
    store.remember(&name(), remembered(2, 1), event.clone()).await.unwrap();
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(2, 2)));
    let stale = store.remember(&name(), remembered(0, 1), event).await;
    assert!(matches!(stale, Err(Error::Stale)));
    let events: Vec<(String, i64)> = sqlx::query_as("SELECT kind, at_ms FROM conversation_events")
        .fetch_all(&mut place.intruder().await)
        .await
        .unwrap();
    assert_eq!(events, [("released".to_owned(), 1_000)]);
}

#[tokio::test]
async fn waiting_handoffs_are_counted_by_age_and_severity() {
    let place = Place::new();
    let store = place.store().await;
    let at = |second| Timestamp::from_second(second).unwrap();
    for (n, severity) in [(0, Severity::High), (1, Severity::Critical), (2, Severity::Normal)] {
        let handed_over =
            Some(HandOver { at: at(100), tripped: false, severity, acknowledged: None });
        let memory = Memory { handed_over, ..Memory::default() };
        let remembered = Remembered { memory, version: 0 };
        store.append(Arc::new(record(n)), None, Some(remembered)).await.unwrap();
    }
    assert_eq!(store.overdue(at(100)).await.unwrap(), 0);
    assert_eq!(store.overdue(at(101)).await.unwrap(), 2);
}

#[tokio::test]
async fn erasure_takes_memory_and_names_and_leaves_the_event() {
    let place = Place::new();
    for by_customer in [false, true] {
        let store = place.store().await;
        let n = if by_customer { 4 } else { 3 };
        let id = record(n).conversation_id;
        store.append(Arc::new(record(n)), None, Some(remembered(2, 0))).await.unwrap();
        let at = Timestamp::from_second(1).unwrap();
        let event = Event { kind: EventKind::Acknowledged, at, by: Some("ann".to_owned()) };
        store.remember(&id, remembered(2, 1), event).await.unwrap();
        if by_customer {
            store.erase_customer(&format!("u-{n}")).await.unwrap();
        } else {
            store.erase_conversation(&id).await.unwrap();
        }
        assert_eq!(store.recall(&id).await.unwrap(), None);
    }
    let left: Vec<(Option<String>, Option<String>)> =
        sqlx::query_as("SELECT conversation_id, by_whom FROM conversation_events")
            .fetch_all(&mut place.intruder().await)
            .await
            .unwrap();
    assert_eq!(left, [(None, None), (None, None)]);
}

#[tokio::test]
async fn what_was_spooled_joins_what_is_remembered() {
    let place = Place::new();
    let (recorder, store) = place.recorder().await;
    store.append(Arc::new(record(3)), None, Some(remembered(2, 0))).await.unwrap();
    // Without the store: the transcript alone, three times longer each time.
    for (n, messages) in [(10, 3), (17, 5)] {
        let memory = remembered(messages, 0).memory;
        let kept = recorder.spool(Arc::new(record(n)), Some(sent(&format!("k-{n}"))), memory);
        assert_eq!(kept.await, Durability::Spooled);
    }
    assert_eq!(recorder.refill().await.unwrap(), 2);
    let recalled = store.recall(&name()).await.unwrap().unwrap();
    assert_eq!(recalled, remembered(5, 3), "each message once, in order");
}

#[tokio::test]
async fn a_damaged_memory_begins_anew_and_can_be_written_again() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(3)), None, Some(remembered(2, 0))).await.unwrap();
    sqlx::query("UPDATE conversations SET memory = '{'")
        .execute(&mut place.intruder().await)
        .await
        .unwrap();
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(0, 1)));
    store.append(Arc::new(record(10)), None, Some(remembered(3, 1))).await.unwrap();
    assert_eq!(store.recall(&name()).await.unwrap(), Some(remembered(3, 2)));
}
