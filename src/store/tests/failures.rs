//! Bad days: what cannot be opened says why, and what fails while running comes back.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, SqliteConnection};

use super::fixtures::{Place, long_record, record, sent};
use crate::{
    domain::Memory,
    store::{Durability, Error, OpenError, Recorder, Remembered, Sqlite, Store as _},
};

async fn refused(place: &Place) -> OpenError {
    let opened = Sqlite::open(&place.options, place.clock.clone()).await;
    let error = opened.err().expect("must not open");
    let path = place.file().display().to_string();
    assert!(error.to_string().contains(&path), "{error}");
    error
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let mut place = Place::new();
    place.options.url = format!("sqlite:{}", place.folder.path().join("no/baton.db").display());
    assert!(matches!(refused(&place).await, OpenError::NoFolder(_)));
}

/// No user may make files in this folder, not even the one that may do everything.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let mut place = Place::new();
    place.options.url = "sqlite:/proc/baton.db".to_owned();
    assert!(matches!(refused(&place).await, OpenError::NotAllowed(_)));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let place = Place::new();
    let text = "Dear diary, ".repeat(1000);
    fs::write(place.file(), &text).unwrap();
    assert!(matches!(refused(&place).await, OpenError::NotADatabase(_)));
    assert_eq!(fs::read_to_string(place.file()).unwrap(), text);
    fs::remove_file(place.file()).unwrap();
    fs::create_dir(place.file()).unwrap();
    assert!(matches!(refused(&place).await, OpenError::NotADatabase(_)));
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let place = Place::new();
    fs::write(place.file(), b"").unwrap();
    let mut other = place.intruder().await;
    sqlx::raw_sql("CREATE TABLE recipes (name)").execute(&mut other).await.unwrap();
    assert!(matches!(refused(&place).await, OpenError::Foreign(_)));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let place = Place::new();
    place.store().await.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) VALUES (9999, 'later', 1, x'00', 0)";
    sqlx::raw_sql(newer).execute(&mut place.intruder().await).await.unwrap();
    assert!(matches!(refused(&place).await, OpenError::Newer { schema: 9999, .. }));
}

#[tokio::test]
async fn a_database_that_somebody_holds_is_refused_in_time() {
    let place = Place::impatient();
    place.store().await.close().await;
    let _lock = locked(&place).await;
    let started = Instant::now();
    assert!(matches!(refused(&place).await, OpenError::Locked(_)));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn two_processes_may_start_at_once() {
    let place = Place::new();
    let (a, b) = tokio::join!(place.store(), place.store());
    a.append(Arc::new(record(1)), None, None).await.unwrap();
    b.append(Arc::new(record(2)), None, None).await.unwrap();
    a.append(Arc::new(record(3)), None, None).await.unwrap();
    let report = b.verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (3, None));
}

async fn locked(place: &Place) -> SqliteConnection {
    let mut intruder = place.intruder().await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut intruder).await.unwrap();
    intruder
}

/// The pipeline's way: the store, else the spool.
async fn keep(recorder: &Recorder, n: u32) -> Durability {
    let record = Arc::new(record(n));
    let recalled = recorder.recall(&record.conversation_id).await.unwrap_or_default();
    match recorder.append(record.clone(), Some(sent(&format!("k-{n}"))), recalled).await {
        Ok(()) => Durability::Stored,
        Err(_) => recorder.spool(record, Some(sent(&format!("k-{n}"))), Memory::default()).await,
    }
}

/// All of `0..records` are in the store, once each, and none is left in the spool.
async fn assert_complete(recorder: &Recorder, records: u32) {
    assert_eq!(recorder.spooled(), 0);
    for n in 0..records {
        assert_eq!(recorder.store().decision(record(n).id).await.unwrap(), Some(record(n)));
        let keyed = recorder.store().by_key(&format!("k-{n}")).await.unwrap().unwrap();
        assert_eq!(keyed.record.id, record(n).id);
    }
    let report = recorder.store().verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (u64::from(records), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_costs_bounded_time_and_no_record() {
    let place = Place::impatient();
    let (recorder, _) = place.recorder().await;
    assert_eq!(keep(&recorder, 0).await, Durability::Stored);
    let lock = locked(&place).await;

    let started = Instant::now();
    let kept = futures::future::join_all((1..20).map(|n| keep(&recorder, n))).await;
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(kept.iter().all(|kept| *kept == Durability::Spooled));
    let found = recorder.decision(record(3).id).await.unwrap();
    assert_eq!(found, Some(record(3)), "a spooled record can be read");
    let keyed = recorder.by_key("k-3").await.unwrap().unwrap();
    assert_eq!(keyed.record, record(3));

    let started = Instant::now();
    let error =
        recorder.append(Arc::new(record(20)), None, Remembered::default()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable), "{error}");
    assert!(started.elapsed() < Duration::from_millis(50), "nobody waits for what is known");

    lock.close().await.unwrap();
    let refill = tokio::time::timeout(Duration::from_secs(5), recorder.run_refill());
    let refilled = async {
        while recorder.spooled() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! { _ = refill => panic!("not refilled in time"), () = refilled => {} }
    assert_eq!(keep(&recorder, 20).await, Durability::Stored, "the outage is over");
    assert_complete(&recorder, 21).await;
}

#[tokio::test]
async fn a_record_whose_caller_gave_up_is_not_stored_behind_its_back() {
    let mut place = Place::new();
    place.options.busy_timeout = Duration::from_millis(400);
    place.options.append_timeout = Duration::from_millis(400);
    place.options.batch_records = std::num::NonZeroUsize::MIN;
    let store = place.store().await;
    let lock = locked(&place).await;
    let wait = async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        lock.close().await.unwrap();
    };
    let appends =
        futures::future::join_all((0..5).map(|n| store.append(Arc::new(record(n)), None, None)));
    let (outcomes, ()) = tokio::join!(appends, wait);
    store.close().await;
    let store = place.store().await;
    for (n, outcome) in (0..5).zip(outcomes) {
        let stored = store.decision(record(n).id).await.unwrap().is_some();
        assert_eq!(stored, outcome.is_ok(), "{n}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_write_that_has_begun_is_waited_for_however_slow_the_disk() {
    let mut place = Place::new();
    place.options.busy_timeout = Duration::from_millis(20);
    place.options.append_timeout = Duration::from_millis(20);
    let store = place.store().await;
    // Stands for a slow disk: a commit that takes some hundred milliseconds.
    sqlx::raw_sql(
        "CREATE VIEW slow AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n \
         WHERE i < 2000000) SELECT max(i) AS i FROM n; \
         CREATE TRIGGER slow_commit AFTER UPDATE ON chain_head \
         BEGIN SELECT i FROM slow; END",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    let started = Instant::now();
    let outcome = store.append(Arc::new(record(0)), None, None).await;
    assert!(started.elapsed() > Duration::from_millis(60), "the commit is not slow enough");
    store.close().await;
    let stored = place.store().await.decision(record(0).id).await.unwrap().is_some();
    assert_eq!(stored, outcome.is_ok(), "{outcome:?}");
    assert!(stored);
}

/// A connection that fails with this setting; then it is taken back.
async fn fails_with(name: &'static str, bad: &str, good: &str) {
    let place = Place::new();
    let (recorder, store) = place.recorder().await;
    assert_eq!(keep(&recorder, 0).await, Durability::Stored);
    store.set(name, bad).await;

    let started = Instant::now();
    let error =
        recorder.append(Arc::new(long_record(900)), None, Remembered::default()).await.unwrap_err();
    assert!(matches!(error, Error::Database(_) | Error::Open(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(keep(&recorder, 1).await, Durability::Spooled);
    if name == "max_page_count" {
        recorder.spool(Arc::new(long_record(901)), None, Memory::default()).await;
    }
    assert!(recorder.refill().await.is_err());

    store.set(name, good).await;
    let extra = u64::from(name == "max_page_count");
    recorder.refill().await.unwrap();
    assert_eq!(keep(&recorder, 2).await, Durability::Stored);
    assert_eq!(recorder.spooled(), 0);
    let report = recorder.store().verify().await.unwrap();
    assert_eq!((report.records, report.broken_at), (3 + extra, None));
}

#[tokio::test]
async fn a_full_disk_costs_no_record() {
    fails_with("max_page_count", "1", "1000000").await;
}

#[tokio::test]
async fn a_read_only_database_costs_no_record() {
    fails_with("query_only", "ON", "OFF").await;
}

#[tokio::test]
async fn a_deleted_database_is_noticed_and_not_replaced() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    assert_eq!(keep(&recorder, 0).await, Durability::Stored);
    let away = place.folder.path().join("away");
    fs::create_dir(&away).unwrap();
    for file in ["baton.db", "baton.db-wal", "baton.db-shm"] {
        fs::rename(place.folder.path().join(file), away.join(file)).unwrap();
    }
    let error = recorder
        .append(Arc::new(record(1)), Some(sent("k-1")), Remembered::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Moved(_)), "{error}");
    assert_eq!(
        recorder.spool(Arc::new(record(1)), Some(sent("k-1")), Memory::default()).await,
        Durability::Spooled
    );
    assert!(matches!(recorder.refill().await, Err(Error::Open(_))));
    assert!(!place.file().exists(), "an empty database must not stand in for a lost one");

    for file in ["baton.db", "baton.db-wal", "baton.db-shm"] {
        let _ = fs::rename(away.join(file), place.folder.path().join(file));
    }
    recorder.refill().await.unwrap();
    assert_complete(&recorder, 2).await;
}

#[tokio::test]
async fn a_deleted_log_file_is_noticed() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    assert_eq!(keep(&recorder, 0).await, Durability::Stored);
    fs::remove_file(place.folder.path().join("baton.db-wal")).unwrap();
    let error =
        recorder.append(Arc::new(record(1)), None, Remembered::default()).await.unwrap_err();
    assert!(matches!(error, Error::Moved(_)), "{error}");
}
