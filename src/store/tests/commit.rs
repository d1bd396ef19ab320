//! Writing: round trips, group commit, idempotency keys, closing.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::fixtures::{Place, START_MS, key, long_record, record, sent};
use crate::{
    domain::Memory,
    store::{Error, Keyed, Remembered, Sqlite, Store as _, chain::Head, entry::Entry, sums::Cells},
};

async fn rows(place: &Place, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(&mut place.intruder().await).await.unwrap()
}

/// Counts commits: each moves the head of the chain once.
async fn count_commits(place: &Place) {
    sqlx::raw_sql(
        "CREATE TABLE commits (n); CREATE TRIGGER count_commits AFTER UPDATE ON chain_head \
         BEGIN INSERT INTO commits VALUES (1); END",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn what_goes_in_comes_out() {
    let place = Place::new();
    let store = place.store().await;
    for record in [record(1), long_record(2)] {
        store.append(Arc::new(record.clone()), None, None).await.unwrap();
        assert_eq!(store.decision(record.id).await.unwrap(), Some(record));
    }
    assert_eq!(store.decision(record(3).id).await.unwrap(), None);
}

#[tokio::test]
async fn records_outlive_the_process() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(1)), Some(key("k")), None).await.unwrap();
    store.close().await;
    let store = place.store().await;
    store.append(Arc::new(record(2)), None, None).await.unwrap();
    assert_eq!(store.decision(record(1).id).await.unwrap(), Some(record(1)));
    assert_eq!(store.by_key("k").await.unwrap().unwrap().record, record(1));
    let report = store.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (2, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_come_together_share_commits() {
    let place = Place::new();
    let store = Arc::new(place.store().await);
    count_commits(&place).await;
    let mut intruder = place.intruder().await;
    // While somebody else writes, the rest queues up.
    sqlx::query("BEGIN IMMEDIATE").execute(&mut intruder).await.unwrap();
    let appends = (0..200).map(|n| {
        let store = store.clone();
        async move { store.append(Arc::new(record(n)), None, None).await }
    });
    let release = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        sqlx::query("ROLLBACK").execute(&mut intruder).await.unwrap();
    };
    let (outcomes, ()) = tokio::join!(join_all(appends), release);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let report = store.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (200, None));
    let commits = rows(&place, "SELECT count(*) FROM commits").await;
    assert!(commits < 20, "{commits} commits for 200 records");
}

#[tokio::test]
async fn a_lone_record_does_not_wait_for_company() {
    let place = Place::new();
    let store = place.store().await;
    count_commits(&place).await;
    store.append(Arc::new(record(0)), None, None).await.unwrap();
    let mut times = Vec::new();
    for n in 1..=50 {
        let started = Instant::now();
        store.append(Arc::new(record(n)), None, None).await.unwrap();
        times.push(started.elapsed());
    }
    times.sort();
    // A timer would show in the quickest of them; the others may have waited for the machine.
    assert!(times[0] < Duration::from_millis(20), "{times:?}");
    assert_eq!(rows(&place, "SELECT count(*) FROM commits").await, 51);
}

#[tokio::test]
async fn a_lone_record_is_written_in_one_go() {
    let place = Place::new();
    place.store().await.close().await;
    let entry = Entry::seal(&record(0), None, Some(&Remembered::default())).unwrap();
    let start = Head { seq: 0, digest: [0; 32] };
    let hour = Cells::of(&mut entry.share.sums.clone()).unwrap();
    let end = entry.insert_alone(&mut place.intruder().await, start, hour).await.unwrap();
    assert_eq!(end.seq, 1);
    assert_eq!(rows(&place, "SELECT count(*) FROM conversations").await, 1);
    assert_eq!(rows(&place, "SELECT count(*) FROM episodes").await, 1);
    assert_eq!(rows(&place, "SELECT count(*) FROM sums").await, 1);
    assert_eq!(place.store().await.verify().await.unwrap().broken_at, None);
}

#[tokio::test]
async fn one_bad_record_does_not_keep_others_out() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(1)), None, None).await.unwrap();
    let batch =
        [record(0), record(1), record(2)].map(|record| store.append(Arc::new(record), None, None));
    let outcomes = join_all(batch).await;
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    assert!(matches!(outcomes[1], Err(Error::AlreadyStored { .. })), "{outcomes:?}");
    let report = store.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (3, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_does_not_take_the_record_along() {
    let place = Place::new();
    let store = Arc::new(place.store().await);
    for n in 0..20 {
        let append = store.append(Arc::new(record(n)), None, None);
        // Polled once, then dropped.
        let left = tokio::time::timeout(Duration::ZERO, append).await;
        drop(left);
    }
    store.close().await;
    assert_eq!(rows(&place, "SELECT count(*) FROM decisions").await, 20);
}

#[tokio::test]
async fn closing_writes_what_is_waiting_and_refuses_the_rest() {
    let place = Place::new();
    let store = place.store().await;
    let (early, ()) = tokio::join!(
        join_all((0..300).map(|n| store.append(Arc::new(record(n)), None, None))),
        store.close()
    );
    assert!(early.iter().all(Result::is_ok));
    assert!(matches!(store.append(Arc::new(record(301)), None, None).await, Err(Error::Closed)));
    let log = place.folder.path().join("baton.db-wal");
    assert!(!log.exists(), "the log file is tidied up");
    assert_eq!(rows(&place, "SELECT count(*) FROM decisions").await, 300);
    store.close().await;
}

async fn keyed(store: &Sqlite, name: &str) -> Option<Keyed> {
    store.by_key(name).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_the_first_record_that_used_it() {
    let place = Place::new();
    let store = place.store().await;
    let outcomes =
        join_all((0..64).map(|n| store.append(Arc::new(record(n)), Some(key("k")), None))).await;
    let (kept, refused) = outcomes.split_at(1);
    assert!(kept.iter().all(Result::is_ok));
    assert!(refused.iter().all(|outcome| matches!(outcome, Err(Error::KeyTaken))));
    assert_eq!(rows(&place, "SELECT count(*) FROM decisions").await, 1);
    let first = keyed(&store, "k").await.unwrap();
    assert_eq!(first.body_digest, [7; 32]);
    assert_eq!(first.record, record(0));
    assert_eq!(rows(&place, "SELECT count(*) FROM idempotency_keys").await, 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(0)), Some(key("k")), None).await.unwrap();
    place.clock.0.store(START_MS + 24 * 3_600_000 - 1, Ordering::Relaxed);
    assert!(keyed(&store, "k").await.is_some());
    place.clock.0.store(START_MS + 24 * 3_600_000, Ordering::Relaxed);
    assert!(keyed(&store, "k").await.is_none());

    let next_day = record(24 * 3600);
    store.append(Arc::new(next_day.clone()), Some(key("k")), None).await.unwrap();
    assert_eq!(keyed(&store, "k").await.unwrap().record, next_day);
}

#[tokio::test]
async fn old_keys_are_swept_out_though_no_new_ones_come() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..6 {
        store.append(Arc::new(record(n)), Some(key(&format!("old-{n}"))), None).await.unwrap();
    }
    place.clock.0.store(START_MS + 48 * 3_600_000, Ordering::Relaxed);
    store.append(Arc::new(record(48 * 3600)), None, None).await.unwrap();
    assert_eq!(rows(&place, "SELECT count(*) FROM idempotency_keys").await, 0);
}

#[tokio::test]
async fn old_keys_are_swept_out_at_the_start() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(0)), Some(key("old")), None).await.unwrap();
    store.close().await;
    place.clock.0.store(START_MS + 48 * 3_600_000, Ordering::Relaxed);
    place.store().await.close().await;
    assert_eq!(rows(&place, "SELECT count(*) FROM idempotency_keys").await, 0);
}

#[tokio::test]
async fn a_sweep_is_bounded_and_goes_on_with_the_next_commit() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(0)), Some(key("old")), None).await.unwrap();
    sqlx::raw_sql(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1500) \
         INSERT INTO idempotency_keys SELECT randomblob(32), body_digest, decision_id, at_ms \
         FROM n, idempotency_keys",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    place.clock.0.store(START_MS + 48 * 3_600_000, Ordering::Relaxed);
    for left in [501, 0] {
        store.append(Arc::new(record(48 * 3600 + left)), None, None).await.unwrap();
        let found = rows(&place, "SELECT count(*) FROM idempotency_keys").await;
        assert_eq!(found, i64::from(left));
    }
}

#[tokio::test]
async fn no_file_holds_a_key_as_it_was_sent() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    let secret = "order-of-ann@example.com";
    recorder.append(Arc::new(record(0)), Some(sent(secret)), Remembered::default()).await.unwrap();
    recorder.spool(Arc::new(record(1)), Some(sent(secret)), Memory::default()).await;
    assert_eq!(recorder.by_key(secret).await.unwrap().unwrap().body_digest, [7; 32]);
    recorder.refill().await.unwrap();
    recorder.spool(Arc::new(record(2)), Some(sent(secret)), Memory::default()).await;
    for folder in [place.folder.path(), &place.options.spool_dir] {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn an_unreadable_record_is_not_quoted() {
    let place = Place::new();
    let store = place.store().await;
    store.append(Arc::new(record(0)), None, None).await.unwrap();
    sqlx::raw_sql(
        "DROP TRIGGER decisions_are_never_changed; \
         UPDATE decisions SET payload = '{\"id\": \"a customer said\"}'",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    let error = store.decision(record(0).id).await.unwrap_err();
    let words = format!("{error} {error:?}");
    assert!(words.contains("line 1, column"), "{words}");
    assert!(!words.contains("customer"), "{words}");
}

#[tokio::test]
async fn old_keys_are_swept_out_as_new_ones_come() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..6 {
        store.append(Arc::new(record(n)), Some(key(&format!("old-{n}"))), None).await.unwrap();
    }
    place.clock.0.store(START_MS + 48 * 3_600_000, Ordering::Relaxed);
    for n in 0..3 {
        let record = Arc::new(record(48 * 3600 + n));
        store.append(record, Some(key(&format!("new-{n}"))), None).await.unwrap();
    }
    assert_eq!(rows(&place, "SELECT count(*) FROM idempotency_keys").await, 3);
}
