//! The history of policies: nothing that was in force is lost, and nothing of it changes.

use sqlx::Executor as _;

use super::fixtures::{Place, START_MS};
use crate::{
    domain::Timestamp,
    store::{Draft, Store as _},
};

/// A save of one text over another; each is its own version.
fn draft(text: &str, replaced: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        version: format!("v-{text}"),
        by: "lead".to_owned(),
        note: Some(format!("why {text}")),
        at: Timestamp::from_millisecond(START_MS).unwrap(),
        replaced: (replaced.to_owned(), format!("v-{replaced}")),
    }
}

#[tokio::test]
async fn what_was_replaced_is_kept_once_and_the_newest_comes_first() {
    let place = Place::new();
    let store = place.store().await;
    assert_eq!(store.policies().list(None, 10).await.unwrap(), []);
    assert_eq!(store.keep_policy(draft("b", "a")).await.unwrap(), 2);
    assert_eq!(store.keep_policy(draft("c", "b")).await.unwrap(), 3);
    // Somebody wrote the file by hand in between.
    assert_eq!(store.keep_policy(draft("e", "d")).await.unwrap(), 5);

    let all = store.policies().list(None, 10).await.unwrap();
    let seen = all.iter().map(|one| (one.place, one.version.as_str(), one.by.is_some()));
    let seen: Vec<_> = seen.collect();
    let expected = [
        (5, "v-e", true),
        (4, "v-d", false),
        (3, "v-c", true),
        (2, "v-b", true),
        (1, "v-a", false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(all[0].note.as_deref(), Some("why e"));
    assert_eq!((&all[1].note, &all[4].note), (&None, &None));
    let page = store.policies().list(Some(4), 2).await.unwrap();
    assert_eq!(page.iter().map(|one| one.place).collect::<Vec<_>>(), [3, 2]);
    let (first, text) = store.policies().find(1).await.unwrap().unwrap();
    assert_eq!((first, text.as_str()), (all[4].clone(), "a"));
    assert_eq!(store.policies().find(9).await.unwrap(), None);
}

#[tokio::test]
async fn a_policy_of_the_history_is_neither_changed_nor_deleted() {
    let place = Place::new();
    let store = place.store().await;
    store.keep_policy(draft("b", "a")).await.unwrap();
    let mut intruder = place.intruder().await;
    for change in [
        "UPDATE policies SET text = 'x'",
        "DELETE FROM policies",
        "DELETE FROM policies WHERE place = 1",
    ] {
        let refused = intruder.execute(change).await.unwrap_err().to_string();
        assert!(refused.contains("a policy that was in force is never"), "{refused}");
    }
    assert_eq!(store.policies().list(None, 10).await.unwrap().len(), 2);
}
