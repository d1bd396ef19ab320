//! Listings: filters, pages, and the promise that no listing reads more than an index.

use std::sync::Arc;

use sqlx::Row as _;

use super::fixtures::{Place, record};
use crate::{
    domain::{Band, ConversationId, Tier, Timestamp},
    store::{Cursor, Filter, Page, Sqlite, Store as _, Summary, listing::statement},
};

const ALL: Page = Page { after: None, limit: 1000 };

async fn filled(place: &Place, records: u32) -> Sqlite {
    let store = place.store().await;
    for n in 0..records {
        store.append(Arc::new(record(n)), None, None).await.unwrap();
    }
    store
}

fn filters() -> Vec<Filter> {
    let mut filters = Vec::new();
    for bits in 0..256u32 {
        let when = |bit: u32| bits >> bit & 1 == 1;
        filters.push(Filter {
            from: when(0).then(|| record(20).at),
            to: when(1).then(|| record(300).at),
            band: when(2).then_some(Band::Auto),
            tier: when(3).then(|| Tier::try_from(2).unwrap()),
            role: when(4).then(|| "role-2".into()),
            intent: when(5).then(|| "intent-2".into()),
            conversation: when(6).then(|| ConversationId::try_from("c-4".to_owned()).unwrap()),
            reviewed: when(7).then_some(bits % 2 == 0),
        });
    }
    filters
}

/// What a filter means, said again in Rust.
fn matches(filter: &Filter, n: u32) -> bool {
    let (record, reviewed) = (record(n), n.is_multiple_of(2));
    let (decision, said) = (&record.decision, record.prediction.as_ref().unwrap());
    filter.from.is_none_or(|from| record.at >= from)
        && filter.to.is_none_or(|to| record.at < to)
        && filter.band.is_none_or(|band| decision.band == band)
        && filter.tier.is_none_or(|tier| decision.tier == tier)
        && filter.role.as_ref().is_none_or(|role| decision.role == *role)
        && filter.intent.as_ref().is_none_or(|intent| said.intents[0].label == *intent)
        && filter.conversation.as_ref().is_none_or(|id| record.conversation_id == *id)
        && filter.reviewed.is_none_or(|wanted| wanted == reviewed)
}

/// What a listing must say of the `n`th record.
fn summary(n: u32) -> Summary {
    let record = record(n);
    Summary {
        id: record.id,
        conversation_id: record.conversation_id,
        at: record.at,
        mode: record.decision.mode,
        band: record.decision.band,
        action: record.decision.action,
        tier: record.decision.tier,
        role: record.decision.role,
        intent: record.prediction.map(|said| said.intents[0].label.clone()),
        confidence: record.decision.confidence,
    }
}

#[tokio::test]
async fn every_combination_of_filters_finds_what_it_says() {
    let place = Place::new();
    let store = filled(&place, 420).await;
    sqlx::raw_sql(
        "INSERT INTO reviews (decision_id, reviewer, verdict, at_ms) \
         SELECT id, 'r', 'accepted', 0 FROM decisions WHERE seq % 2 = 1",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    for filter in filters() {
        let found = store.decisions(&filter, ALL).await.unwrap();
        let expected: Vec<_> =
            (0..420).rev().filter(|n| matches(&filter, *n)).map(summary).collect();
        assert_eq!(found.summaries, expected, "{filter:?}");
        assert_eq!(found.next, None);
    }
    assert_eq!(store.verify().await.unwrap().broken_at, None, "a review is no change");
}

#[tokio::test]
async fn a_bound_within_a_millisecond_is_exact() {
    let place = Place::new();
    let store = filled(&place, 1).await;
    let just_after = Timestamp::from_nanosecond(record(0).at.as_nanosecond() + 1).unwrap();
    let to = Filter { to: Some(just_after), ..Filter::default() };
    assert_eq!(store.decisions(&to, ALL).await.unwrap().summaries.len(), 1);
    let from = Filter { from: Some(just_after), ..Filter::default() };
    assert_eq!(store.decisions(&from, ALL).await.unwrap().summaries.len(), 0);
}

#[tokio::test]
async fn no_listing_scans_the_table_or_sorts() {
    let place = Place::new();
    let store = filled(&place, 1).await;
    drop(store);
    let mut intruder = place.intruder().await;
    for filter in filters() {
        for after in [None, Some(Cursor(5))] {
            let sql = statement(&filter, &Page { after, limit: 10 }).into_string();
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let plan = sqlx::query(explain).fetch_all(&mut intruder).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            let plan = plan.join("\n");
            // The outer part looks up the places that the inner part found, newest first.
            assert!(plan.starts_with("SEARCH decisions USING INTEGER PRIMARY KEY"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
            let covered = filter.conversation.is_some() || plan.contains("USING COVERING INDEX");
            assert!(covered, "{filter:?}\n{plan}");
        }
    }
}

#[tokio::test]
async fn pages_have_no_gap_and_no_double_while_records_come_in() {
    let place = Place::new();
    let store = filled(&place, 100).await;
    let (mut seen, mut after) = (Vec::new(), None);
    for extra in 100.. {
        let listing = store.decisions(&Filter::default(), Page { after, limit: 7 }).await.unwrap();
        seen.extend(listing.summaries.into_iter().map(|summary| summary.id));
        store.append(Arc::new(record(extra)), None, None).await.unwrap();
        after = listing.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..100).rev().map(|n| record(n).id).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_odd_row_is_left_out_and_a_page_needs_no_payload() {
    let place = Place::new();
    let store = filled(&place, 6).await;
    for statement in [
        "DROP TRIGGER decisions_are_never_changed",
        "UPDATE decisions SET payload = 'no JSON'",
        "UPDATE decisions SET band = 'unheard of' WHERE seq = 5",
        "UPDATE decisions SET tier = 900 WHERE seq = 4",
        "UPDATE decisions SET id = CAST(x'ff' AS TEXT) WHERE seq = 2",
    ] {
        sqlx::raw_sql(statement).execute(&mut place.intruder().await).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut page = Page { after: None, limit: 2 };
    loop {
        let listing = store.decisions(&Filter::default(), page).await.unwrap();
        seen.extend(listing.summaries);
        let Some(next) = listing.next else { break };
        page = Page { after: Some(next), limit: 2 };
    }
    assert_eq!(seen, [summary(5), summary(2), summary(0)]);
}

#[tokio::test]
async fn the_last_page_says_so_even_when_it_is_full() {
    let place = Place::new();
    let store = filled(&place, 10).await;
    let first = store.decisions(&Filter::default(), Page { after: None, limit: 5 }).await.unwrap();
    assert_eq!(first.next, Some(Cursor(6)));
    let last = Page { after: first.next, limit: 5 };
    let last = store.decisions(&Filter::default(), last).await.unwrap();
    assert_eq!((last.summaries.len(), last.next), (5, None));
}

#[tokio::test]
async fn a_hostile_value_is_only_a_value() {
    let place = Place::new();
    let store = filled(&place, 3).await;
    let role = Some("x' OR 1=1 --".into());
    let filter = Filter { role, ..Filter::default() };
    assert!(store.decisions(&filter, ALL).await.unwrap().summaries.is_empty());
}

/// Slow and large, so by hand: `cargo test --lib a_million -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "writes two gigabytes"]
async fn a_million_rows_stay_quick_under_every_filter() {
    let place = Place::new();
    let store = filled(&place, 1).await;
    // The worst for every index: many rows under each value, and combinations that never occur.
    sqlx::raw_sql(
        "DROP TRIGGER decisions_are_never_replaced; \
         WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
         INSERT INTO decisions SELECT i, printf('%036d', i), at_ms + i * 1000, mode, \
         iif(i % 2, 'auto', 'human'), action, iif(i % 3, 1, 2), 'role-' || (i % 2 + 2), \
         'intent-' || (i % 2 + 2), confidence, 0, 0, payload_digest, chain, 'c-' || (i % 200000), \
         customer_id, salt, payload FROM n, decisions WHERE seq = 1",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    let mut slowest = Vec::new();
    for filter in filters() {
        let started = std::time::Instant::now();
        let found = store.decisions(&filter, Page { after: None, limit: 50 }).await.unwrap();
        slowest.push((started.elapsed(), found.summaries.len(), filter));
    }
    slowest.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    for (time, found, filter) in &slowest[..5] {
        println!("{time:?} for {found} records: {filter:?}");
    }
    println!("half take less than {:?}", slowest[slowest.len() / 2].0);
    assert!(slowest[0].0 < std::time::Duration::from_secs(1));
}
