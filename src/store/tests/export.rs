//! Exports: one snapshot, however much is written and erased meanwhile.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{runtime::Handle, task::block_in_place};

use super::fixtures::{Place, record};
use crate::store::{Cell, Choice, Error, Export, Store as _, Table};

const ALL: Choice = Choice { table: Table::Decisions, from: None, to: None, with_text: true };

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_has_every_row_once_whatever_is_written_meanwhile() {
    let mut place = Place::new();
    // The reader keeps the log from being emptied, which an erasure waits for.
    place.options.busy_timeout = Duration::from_millis(300);
    let store = Arc::new(place.store().await);
    let append = |n| {
        let store = store.clone();
        async move { store.append(Arc::new(record(n)), None, None).await.unwrap() }
    };
    join_all((0..2_000).map(append)).await;

    let mut export = Export::open(&place.options).await.unwrap();
    let (mut seen, mut erased) = (HashSet::new(), 0);
    let place_of = |name| ALL.names().iter().position(|column| *column == name).unwrap();
    let (id, gone) = (place_of("decision_id"), place_of("erased"));
    let rows = export
        .each(&ALL, |cells| {
            if seen.len() == 100 {
                // In the middle of it, more comes in and a conversation goes.
                block_in_place(|| {
                    Handle::current().block_on(async {
                        join_all((2_000..2_300).map(append)).await;
                        store.erase_conversation(&record(1).conversation_id).await.unwrap();
                    });
                });
            }
            assert!(seen.insert(format!("{:?}", cells[id])), "{:?} comes twice", cells[id]);
            erased += u32::from(cells[gone] == Cell::Flag(true));
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    assert_eq!((rows, seen.len(), erased), (2_000, 2_000, 0), "as it stood at the beginning");

    let after = export.each(&ALL, |_| Ok::<_, Error>(())).await.unwrap();
    assert_eq!(after, 2_300);
    export.close().await;
}

#[tokio::test]
async fn columns_with_words_come_only_when_asked_for() {
    let without = Choice { with_text: false, ..ALL };
    assert!(ALL.names().contains(&"messages") && !without.names().contains(&"messages"));
    let reviews = Choice { table: Table::Reviews, ..without };
    assert!(!reviews.names().contains(&"note"));
    let text = std::fs::read_to_string("docs/analysts.md").unwrap();
    for table in [Table::Decisions, Table::Reviews] {
        for name in (Choice { table, ..ALL }).names() {
            assert!(text.contains(&format!("| `{name}` |")), "docs/analysts.md lacks {name}");
        }
    }
}
