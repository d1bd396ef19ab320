//! The chain on disk: every change shows, and erasure does not.

use std::sync::Arc;

use sqlx::SqliteConnection;

use super::fixtures::{Place, key, record};
use crate::{
    domain::ConversationId,
    store::{ChainReport, Filter, Page, Store as _, erase::empty_log},
};

/// Ten records, the rules of the tables taken off, then `change`; what does a walk find?
async fn after(change: &[&'static str]) -> ChainReport {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..10 {
        store.append(Arc::new(record(n)), None, None).await.unwrap();
    }
    let mut intruder = place.intruder().await;
    unlock(&mut intruder).await;
    for statement in change {
        sqlx::raw_sql(*statement).execute(&mut intruder).await.unwrap();
    }
    store.verify().await.unwrap()
}

async fn unlock(intruder: &mut SqliteConnection) {
    for statement in [
        "PRAGMA ignore_check_constraints = ON",
        "PRAGMA foreign_keys = OFF",
        "DROP TRIGGER decisions_are_never_changed",
        "DROP TRIGGER decisions_are_never_deleted",
        "DROP TRIGGER decisions_are_never_replaced",
        "DROP TRIGGER chain_head_only_moves_on",
    ] {
        sqlx::raw_sql(statement).execute(&mut *intruder).await.unwrap();
    }
}

#[tokio::test]
async fn an_untouched_chain_verifies() {
    let report = after(&[]).await;
    assert_eq!((report.records, report.erased, report.broken_at), (10, 0, None));
    assert_ne!(report.head, [0; 32]);
}

#[tokio::test]
async fn an_empty_chain_verifies() {
    let place = Place::new();
    let report = place.store().await.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at, report.head), (0, None, [0; 32]));
}

#[tokio::test]
async fn a_change_in_any_column_shows_at_its_row() {
    for change in [
        "UPDATE decisions SET id = 'x' WHERE seq = 4",
        "UPDATE decisions SET at_ms = at_ms + 1 WHERE seq = 4",
        "UPDATE decisions SET mode = 'live' WHERE seq = 4",
        "UPDATE decisions SET band = 'x' WHERE seq = 4",
        "UPDATE decisions SET action = 'route' WHERE seq = 4",
        "UPDATE decisions SET tier = tier + 1 WHERE seq = 4",
        "UPDATE decisions SET role = 'x' WHERE seq = 4",
        "UPDATE decisions SET intent = NULL WHERE seq = 4",
        "UPDATE decisions SET confidence = confidence + 1e-9 WHERE seq = 4",
        "UPDATE decisions SET reviewed = 1 WHERE seq = 4",
        "UPDATE decisions SET erased = 1 WHERE seq = 4",
        "UPDATE decisions SET payload_digest = zeroblob(32) WHERE seq = 4",
        "UPDATE decisions SET payload_digest = zeroblob(31) WHERE seq = 4",
        "UPDATE decisions SET chain = zeroblob(32) WHERE seq = 4",
        "UPDATE decisions SET conversation_id = 'x' WHERE seq = 4",
        "UPDATE decisions SET conversation_id = NULL WHERE seq = 4",
        "UPDATE decisions SET customer_id = NULL WHERE seq = 4",
        "UPDATE decisions SET salt = zeroblob(16) WHERE seq = 4",
        "UPDATE decisions SET salt = NULL WHERE seq = 4",
        "UPDATE decisions SET payload = replace(payload, 'Queue', 'queue') WHERE seq = 4",
        "UPDATE decisions SET payload = NULL WHERE seq = 4",
        "UPDATE decisions SET payload = CAST(x'ff' AS TEXT) WHERE seq = 4",
    ] {
        let report = after(&[change]).await;
        assert_eq!((report.records, report.broken_at), (10, Some(4)), "{change}");
    }
}

#[tokio::test]
async fn a_missing_row_breaks_the_chain_at_its_place() {
    assert_eq!(after(&["DELETE FROM decisions WHERE seq = 1"]).await.broken_at, Some(1));
    assert_eq!(after(&["DELETE FROM decisions WHERE seq = 5"]).await.broken_at, Some(5));
    let closed_up =
        ["DELETE FROM decisions WHERE seq = 5", "UPDATE decisions SET seq = seq - 1 WHERE seq > 5"];
    assert_eq!(after(&closed_up).await.broken_at, Some(5));
}

#[tokio::test]
async fn two_rows_in_each_others_place_show() {
    let swap = [
        "UPDATE decisions SET seq = 100 WHERE seq = 3",
        "UPDATE decisions SET seq = 3 WHERE seq = 7",
        "UPDATE decisions SET seq = 7 WHERE seq = 100",
    ];
    assert_eq!(after(&swap).await.broken_at, Some(3));
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_missed() {
    assert_eq!(after(&["DELETE FROM decisions WHERE seq > 8"]).await.broken_at, Some(9));
    assert_eq!(after(&["DELETE FROM decisions"]).await.broken_at, Some(1));
    let count_too = ["DELETE FROM decisions WHERE seq > 8", "UPDATE chain_head SET records = 8"];
    assert_eq!(after(&count_too).await.broken_at, Some(8));
}

#[tokio::test]
async fn a_row_beyond_the_head_shows() {
    let copied = "INSERT INTO decisions SELECT 11, 'x', at_ms, mode, band, action, tier, role, \
        intent, confidence, reviewed, erased, payload_digest, chain, conversation_id, \
        customer_id, salt, payload FROM decisions WHERE seq = 10";
    assert_eq!(after(&[copied]).await.broken_at, Some(11));
}

#[tokio::test]
async fn the_tables_refuse_change_and_deletion() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..3 {
        store.append(Arc::new(record(n)), None, None).await.unwrap();
    }
    let mut intruder = place.intruder().await;
    for refused in [
        "DELETE FROM decisions WHERE seq = 3",
        "UPDATE decisions SET tier = 0 WHERE seq = 2",
        "UPDATE decisions SET payload = '{}' WHERE seq = 2",
        "UPDATE decisions SET conversation_id = NULL WHERE seq = 2",
        "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, customer_id = NULL, \
         conversation_id = NULL, band = 'auto' WHERE seq = 2",
        "INSERT OR REPLACE INTO decisions SELECT * FROM decisions WHERE seq = 2",
        "UPDATE chain_head SET records = 1",
        "DELETE FROM chain_head",
    ] {
        let outcome = sqlx::query(refused).execute(&mut intruder).await;
        assert!(outcome.is_err(), "{refused}");
    }
    assert_eq!(store.verify().await.unwrap().broken_at, None);
}

fn conversation(name: &str) -> ConversationId {
    ConversationId::try_from(name.to_owned()).unwrap()
}

#[tokio::test]
async fn erasure_takes_every_text_and_leaves_the_chain_whole() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..30 {
        let mut record = record(n);
        record.policy = format!("secret-of-{}", record.conversation_id);
        store.append(Arc::new(record), Some(key(&format!("k-{n}"))), None).await.unwrap();
    }
    assert_eq!(store.erase_conversation(&conversation("c-1")).await.unwrap(), 5);
    assert_eq!(store.erase_conversation(&conversation("c-1")).await.unwrap(), 0);

    let report = store.verify().await.unwrap();
    assert_eq!((report.records, report.erased, report.broken_at), (30, 5, None));
    assert_eq!(store.decision(record(1).id).await.unwrap(), None);
    assert!(store.by_key("k-1").await.unwrap().is_none());
    assert!(store.by_key("k-2").await.unwrap().is_some());
    let page = Page { after: None, limit: 100 };
    assert_eq!(store.decisions(&Filter::default(), page).await.unwrap().summaries.len(), 25);

    store.append(Arc::new(record(31)), None, None).await.unwrap();
    assert_eq!(store.verify().await.unwrap().broken_at, None);
    for file in ["baton.db", "baton.db-wal"] {
        let bytes = std::fs::read(place.folder.path().join(file)).unwrap();
        let found = bytes.windows(13).any(|window| window == b"secret-of-c-1");
        assert!(!found, "erased text is still in {file}");
    }
}

#[tokio::test]
async fn a_log_that_somebody_reads_is_not_taken_for_emptied() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(1)), None, None).await.unwrap();
    let (mut reader, mut other) = (place.intruder().await, place.intruder().await);
    sqlx::raw_sql("PRAGMA busy_timeout = 1").execute(&mut other).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT count(*) FROM decisions").execute(&mut reader).await.unwrap();
    store.append(Arc::new(record(2)), None, None).await.unwrap();
    assert!(!empty_log(&mut other).await.unwrap());
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    assert!(empty_log(&mut other).await.unwrap());
}

#[tokio::test]
async fn erasing_a_customer_takes_all_its_conversations() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..22 {
        store.append(Arc::new(record(n)), None, None).await.unwrap();
    }
    assert_eq!(store.erase_customer("u-3").await.unwrap(), 2);
    let report = store.verify().await.unwrap();
    assert_eq!((report.erased, report.broken_at), (2, None));
}

#[tokio::test]
async fn lone_records_of_two_processes_share_one_chain() {
    let place = Place::new();
    let (a, b) = (place.store().await, place.store().await);
    // Each finds the chain longer than it left it, at every second record of its own.
    for n in 0..12 {
        let store = if n % 4 < 2 { &a } else { &b };
        store.append(Arc::new(record(n)), None, None).await.unwrap();
    }
    let report = a.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (12, None));
    assert!(matches!(
        a.append(Arc::new(record(3)), None, None).await,
        Err(crate::store::Error::AlreadyStored { .. })
    ));
    a.append(Arc::new(record(12)), None, None).await.unwrap();
    assert_eq!(b.verify().await.unwrap().records, 13);
}
