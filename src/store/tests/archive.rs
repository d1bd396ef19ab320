//! Reading a store that somebody else writes.

use std::sync::Arc;

use sqlx::Executor as _;

use super::fixtures::{Place, record};
use crate::{
    domain::{Intent, LabelSource, Review, Verdict},
    store::{Archive, OpenError, Store as _},
};

fn review(n: u32, by: &str) -> Review {
    Review {
        verdict: Verdict::Overridden,
        tier: None,
        role: None,
        intent: Some(Intent::from("billing")),
        note: None,
        by: by.to_owned(),
        at: record(n).at,
        source: LabelSource::Agent,
        shown: true,
        observed: Some(1.0),
    }
}

#[tokio::test]
async fn reviewed_decisions_come_newest_first_while_the_service_writes() {
    let place = Place::new();
    let store = place.store().await;
    for n in 0..200 {
        store.append(Arc::new(record(n)), None, None).await.unwrap();
        if n % 2 == 0 {
            store.review(record(n).id, &review(n, "ann")).await.unwrap();
        }
    }
    store.review(record(4).id, &review(5, "bo")).await.unwrap();
    store.erase_conversation(&record(0).conversation_id).await.unwrap();

    let mut archive = Archive::open(&place.options).await.unwrap();
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let portion = archive.reviewed(next).await.unwrap();
        assert_eq!(portion.unreadable, 0);
        found.extend(portion.reviewed);
        next = portion.next;
        if next.is_none() {
            break;
        }
        // The writer is not held up between two pages.
        store
            .append(Arc::new(record(1_000 + u32::try_from(found.len()).unwrap())), None, None)
            .await
            .unwrap();
    }
    archive.close().await;
    let ids: Vec<_> = found.iter().map(|reviewed| reviewed.id).collect();
    let wanted: Vec<_> = (0..200).rev().filter(|n| n % 2 == 0).map(|n| record(n).id).collect();
    assert_eq!(ids, wanted);
    for (reviewed, n) in found.iter().zip((0..200).rev().filter(|n| n % 2 == 0)) {
        assert_eq!(reviewed.record.is_none(), n % 7 == 0, "{n} was erased or not");
        assert_eq!(reviewed.reviews.len(), if n == 4 { 2 } else { 1 });
    }
    store.close().await;
    // Nobody has it open: the log is gone, and it reads all the same.
    let mut archive = Archive::open(&place.options).await.unwrap();
    assert_eq!(archive.reviewed(None).await.unwrap().reviewed.len(), 64);
}

#[tokio::test]
async fn what_is_no_store_of_this_version_is_refused_and_nothing_is_made() {
    let place = Place::new();
    let missing = Archive::open(&place.options).await.err().unwrap();
    assert!(matches!(missing, OpenError::Missing(_)), "{missing}");
    assert!(!place.file().exists());
    std::fs::write(place.file(), b"").unwrap();
    let empty = Archive::open(&place.options).await.err().unwrap();
    assert!(matches!(empty, OpenError::Missing(_)), "{empty}");
    std::fs::write(place.file(), vec![b'x'; 4_096]).unwrap();
    let other = Archive::open(&place.options).await.err().unwrap();
    assert!(matches!(other, OpenError::NotADatabase(_)), "{other}");
    std::fs::remove_file(place.file()).unwrap();

    place.store().await.close().await;
    let mut intruder = place.intruder().await;
    let newest = "DELETE FROM _sqlx_migrations WHERE version = \
                  (SELECT max(version) FROM _sqlx_migrations)";
    intruder.execute(newest).await.unwrap();
    let before: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut intruder)
        .await
        .unwrap();
    let older = Archive::open(&place.options).await.err().unwrap();
    assert!(matches!(older, OpenError::Older { schema, .. } if schema == before), "{older}");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                 execution_time) VALUES (99, 'x', 1, x'00', 0)";
    intruder.execute(newer).await.unwrap();
    let newer = Archive::open(&place.options).await.err().unwrap();
    assert!(matches!(newer, OpenError::Newer { schema: 99, .. }), "{newer}");
}
