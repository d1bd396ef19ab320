//! The spool: what is in it survives, what is damaged is set aside, what is stored leaves.

use std::{fs, path::PathBuf, sync::Arc};

use super::fixtures::{Place, record, sent};
use crate::{
    domain::{ConversationId, Memory},
    store::{Durability, OpenError, Recorder, Remembered, Spool},
};

fn files(place: &Place) -> Vec<PathBuf> {
    let folder = fs::read_dir(&place.options.spool_dir).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| !path.ends_with("lock")).collect();
    files.sort();
    files
}

async fn spooled(place: &Place, records: u32) -> Recorder {
    let (recorder, _) = place.recorder().await;
    for n in 0..records {
        let kept = recorder
            .spool(Arc::new(record(n)), Some(sent(&format!("k-{n}"))), Memory::default())
            .await;
        assert_eq!(kept, Durability::Spooled);
    }
    recorder
}

#[tokio::test]
async fn spooled_records_outlive_the_process_and_move_in_order() {
    let place = Place::new();
    spooled(&place, 150).await.close().await;
    let (recorder, _) = place.recorder().await;
    assert_eq!(recorder.spooled(), 150);
    assert_eq!(recorder.by_key("k-9").await.unwrap().unwrap().record, record(9));
    assert_eq!(recorder.refill().await.unwrap(), 150);
    assert!(files(&place).is_empty());
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM decisions ORDER BY seq")
        .fetch_all(&mut place.intruder().await)
        .await
        .unwrap();
    let expected: Vec<_> = (0..150).map(|n| record(n).id.to_string()).collect();
    assert_eq!(ids, expected);
    assert_eq!(recorder.by_key("k-9").await.unwrap().unwrap().record, record(9));
}

#[tokio::test]
async fn a_record_that_is_stored_already_just_leaves_the_spool() {
    let place = Place::new();
    let recorder = spooled(&place, 3).await;
    recorder.store().append(Arc::new(record(1)), None, None).await.unwrap();
    recorder.refill().await.unwrap();
    assert_eq!(recorder.spooled(), 0);
    assert_eq!(recorder.store().verify().await.unwrap().records, 3);
}

#[tokio::test]
async fn damage_found_at_the_start_is_set_aside() {
    let place = Place::new();
    spooled(&place, 3).await.close().await;
    let all = files(&place);
    let mut bytes = fs::read(&all[1]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&all[1], bytes).unwrap();
    fs::write(place.options.spool_dir.join("half.part"), b"unfinished").unwrap();
    fs::write(place.options.spool_dir.join("empty.record"), b"").unwrap();

    let (recorder, _) = place.recorder().await;
    assert_eq!(recorder.spooled(), 2);
    assert_eq!(recorder.refill().await.unwrap(), 2);
    let left: Vec<_> =
        files(&place).iter().map(|path| path.extension().unwrap().to_owned()).collect();
    assert_eq!(left, ["bad", "bad"], "kept for a person, nothing else left");
}

#[tokio::test]
async fn damage_found_later_is_set_aside_and_does_not_block_the_rest() {
    let place = Place::new();
    let recorder = spooled(&place, 3).await;
    fs::write(&files(&place)[0], b"garbage").unwrap();
    fs::remove_file(&files(&place)[1]).unwrap();
    assert_eq!(recorder.refill().await.unwrap(), 1);
    assert_eq!(recorder.spooled(), 0);
    assert_eq!(recorder.decision(record(0).id).await.unwrap(), None);
}

#[tokio::test]
async fn a_full_spool_loses_the_record_and_says_so() {
    let mut place = Place::new();
    place.options.spool_max_records = 2.try_into().unwrap();
    let recorder = spooled(&place, 2).await;
    assert_eq!(
        recorder.spool(Arc::new(record(2)), None, Memory::default()).await,
        Durability::Lost
    );
    recorder.refill().await.unwrap();
    assert_eq!(
        recorder.spool(Arc::new(record(2)), None, Memory::default()).await,
        Durability::Spooled
    );
}

#[tokio::test]
async fn a_vanished_folder_loses_the_record_and_says_so() {
    let place = Place::new();
    let recorder = spooled(&place, 0).await;
    fs::remove_dir_all(&place.options.spool_dir).unwrap();
    assert_eq!(
        recorder.spool(Arc::new(record(2)), None, Memory::default()).await,
        Durability::Lost
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::new();
    fs::write(&place.options.spool_dir, b"a file").unwrap();
    let error = Spool::open(place.options.spool_dir.clone(), 10).await.err().unwrap();
    assert!(matches!(error, OpenError::Spool { .. }));
    assert!(error.to_string().contains("spool_dir"), "{error}");
}

#[tokio::test]
async fn a_folder_belongs_to_one_process_at_a_time() {
    let place = Place::new();
    let folder = &place.options.spool_dir;
    let first = Spool::open(folder.clone(), 10).await.unwrap();
    let unfinished = folder.join("half.part");
    fs::write(&unfinished, b"being written").unwrap();
    let error = Spool::open(folder.clone(), 10).await.err().unwrap();
    assert!(matches!(error, OpenError::SpoolTaken(_)), "{error}");
    assert!(error.to_string().contains("records.spool_dir"), "{error}");
    assert!(error.to_string().contains(&folder.display().to_string()), "{error}");
    assert!(unfinished.exists(), "it may be finished yet");
    drop(first);
    Spool::open(folder.clone(), 10).await.unwrap();
    assert!(!unfinished.exists());
}

/// A dangling link looks like a file that vanished after it was listed.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_vanishes_at_the_start_is_nothing() {
    let place = Place::new();
    spooled(&place, 1).await.close().await;
    let gone = place.options.spool_dir.join("gone.record");
    std::os::unix::fs::symlink("nowhere", gone).unwrap();
    assert_eq!(spooled(&place, 0).await.spooled(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    fs::create_dir(&place.options.spool_dir).unwrap();
    let wide = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&place.options.spool_dir, wide).unwrap();
    let recorder = spooled(&place, 1).await;
    recorder.store().append(Arc::new(record(5)), None, None).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.options.spool_dir), 0o700);
    assert_eq!(mode(&files(&place)[0]), 0o600);
    for file in ["baton.db", "baton.db-wal", "baton.db-shm"] {
        assert_eq!(mode(&place.folder.path().join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn erasure_reaches_the_spool() {
    let place = Place::new();
    let recorder = spooled(&place, 14).await;
    let conversation = ConversationId::try_from("c-1".to_owned()).unwrap();
    assert_eq!(recorder.erase_conversation(&conversation).await.unwrap(), 2);
    assert_eq!(recorder.erase_customer("u-0").await.unwrap(), 2);
    assert_eq!(files(&place).len(), 10);
    assert!(recorder.by_key("k-1").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_during_a_refill_reaches_what_the_refill_has_read() {
    let place = Place::new();
    let recorder = spooled(&place, 28).await;
    let conversation = ConversationId::try_from("c-1".to_owned()).unwrap();
    // While somebody else writes, the refill has read its records and waits to store them.
    let mut intruder = place.intruder().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut intruder).await.unwrap();
    let erase = async {
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        tokio::join!(recorder.erase_conversation(&conversation), async {
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
            sqlx::query("ROLLBACK").execute(&mut intruder).await.unwrap();
        })
    };
    let (refilled, (erased, ())) = tokio::join!(recorder.refill(), erase);
    assert_eq!(refilled.unwrap(), 28);
    assert_eq!(erased.unwrap(), 4);
    for n in [1, 8, 15, 22] {
        assert_eq!(recorder.decision(record(n).id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_first_record_under_a_key_keeps_it() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    for n in 0..2 {
        recorder.spool(Arc::new(record(n)), Some(sent("k")), Memory::default()).await;
    }
    assert_eq!(recorder.by_key("k").await.unwrap().unwrap().record, record(0));
}

#[tokio::test]
async fn a_spooled_record_whose_key_was_taken_meanwhile_is_stored_without_it() {
    let place = Place::new();
    let (recorder, _) = place.recorder().await;
    recorder.spool(Arc::new(record(1)), Some(sent("k")), Memory::default()).await;
    recorder.append(Arc::new(record(0)), Some(sent("k")), Remembered::default()).await.unwrap();
    assert_eq!(recorder.refill().await.unwrap(), 1);
    assert_eq!(recorder.by_key("k").await.unwrap().unwrap().record, record(0));
    assert_eq!(recorder.decision(record(1).id).await.unwrap(), Some(record(1)));
}
