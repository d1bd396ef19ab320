//! Drawing audits: reproducible, in the transaction of the decision, whatever else happens.

use std::sync::{Arc, atomic::Ordering};

use futures::future::join_all;

use super::fixtures::{Place, START_MS, record};
use crate::{
    domain::{Band, DecisionId, Record, StoreText},
    store::{AuditOptions, Error, Sqlite, Store as _, draw::Secret},
};

/// An automatic decision.
fn automatic(n: u32) -> Record {
    let mut record = record(n);
    record.decision.band = Band::Auto;
    record
}

async fn append(store: &Sqlite, records: impl IntoIterator<Item = Record>) {
    let appends = records.into_iter().map(|record| store.append(Arc::new(record), None, None));
    let outcomes = join_all(appends).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

async fn number(place: &Place, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(&mut place.intruder().await).await.unwrap()
}

/// Every automatic decision with the share in force at its place, and what is kept of its audit.
async fn all(place: &Place) -> Vec<(String, f64, Option<f64>, Option<String>)> {
    sqlx::query_as(
        "SELECT d.id, (SELECT rate FROM audit_rates WHERE seq <= d.seq ORDER BY seq DESC LIMIT 1), \
         a.pi, a.id FROM decisions d LEFT JOIN audits a ON a.seq = d.seq WHERE d.band = 'auto'",
    )
    .fetch_all(&mut place.intruder().await)
    .await
    .unwrap()
}

/// Draws everything again from what stands in the database; how many are under audit.
async fn drawn_again(place: &Place) -> usize {
    let secret: Vec<u8> = sqlx::query_scalar("SELECT secret FROM audit_secret")
        .fetch_one(&mut place.intruder().await)
        .await
        .unwrap();
    let secret = Secret(secret.try_into().unwrap());
    let mut drawn = 0;
    for (decision, share, pi, name) in all(place).await {
        // With the same share, to the bit, or not at all.
        let again = secret.draws(&decision, share);
        assert_eq!(pi.map(f64::to_bits), again.then_some(share.to_bits()), "{decision}");
        assert_eq!(name, again.then(|| secret.names(&decision).to_string()));
        drawn += usize::from(again);
    }
    drawn
}

#[tokio::test]
async fn whoever_has_the_secret_draws_the_same_again() {
    let place = Place::new();
    let store = place.store().await;
    // One by one and many at once, with others in between, over two hours.
    for n in 0..60 {
        append(&store, [automatic(n)]).await;
    }
    append(&store, (60..400).map(|n| if n % 3 == 0 { record(n) } else { automatic(n) })).await;
    place.clock.0.fetch_add(3_600_000, Ordering::Relaxed);
    append(&store, (400..900).map(automatic)).await;
    let drawn = drawn_again(&place).await;
    // The first 30 of a week are all drawn, then fewer and fewer: about 40 (1 + ln(800 / 40)).
    assert!((90..260).contains(&drawn), "{drawn}");
    assert_eq!(store.audits_waiting().await.unwrap(), drawn as u64);
}

#[tokio::test]
async fn two_processes_and_a_restart_draw_as_one() {
    let place = Place::new();
    let (one, other) = (place.store().await, place.store().await);
    for n in 0..40 {
        let store = if n % 2 == 0 { &one } else { &other };
        append(store, [automatic(n)]).await;
    }
    one.close().await;
    append(&other, (40..80).map(automatic)).await;
    let third = place.store().await;
    append(&third, (80..160).map(automatic)).await;
    drawn_again(&place).await;
    let counted = "SELECT max(automatic) FROM audit_rates";
    assert!(number(&place, counted).await <= 160, "nothing is counted twice");
}

#[tokio::test]
async fn a_week_with_many_decisions_is_drawn_at_the_rate() {
    let mut place = Place::new();
    place.options.audit = AuditOptions { weekly_minimum: 0, ..AuditOptions::default() };
    let store = place.store().await;
    append(&store, (0..4_000).map(automatic)).await;
    let drawn = drawn_again(&place).await;
    // 4,000 draws of 0.03: 120 with a standard deviation of 10.8.
    assert!((76..165).contains(&drawn), "{drawn}");
    assert_eq!(number(&place, "SELECT count(DISTINCT pi) FROM audits").await, 1);
}

#[tokio::test]
async fn a_record_that_is_refused_leaves_no_audit() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, [automatic(1)]).await;
    let batch = [automatic(0), automatic(1), automatic(2)];
    join_all(batch.map(|record| store.append(Arc::new(record), None, None))).await;
    assert_eq!(number(&place, "SELECT count(*) FROM audits").await, 3);
    assert_eq!(number(&place, "SELECT count(*) FROM decisions").await, 3);
    drawn_again(&place).await;
}

/// Options under which no audit is drawn, or every one.
fn at_rate(rate: f64) -> AuditOptions {
    AuditOptions { rate, weekly_minimum: 0, ..AuditOptions::default() }
}

#[tokio::test]
async fn a_share_goes_with_the_decision_that_it_was_found_for() {
    let mut place = Place::new();
    place.options.audit = at_rate(0.0);
    let one = place.store().await;
    append(&one, [automatic(0)]).await;
    place.options.audit = at_rate(1.0);
    let other = place.store().await;
    let again = other.append(Arc::new(automatic(0)), None, None).await;
    assert!(matches!(again, Err(Error::AlreadyStored { .. })), "{again:?}");
    append(&one, [automatic(1)]).await;
    assert_eq!(drawn_again(&place).await, 0);
    append(&other, [automatic(2)]).await;
    assert_eq!(drawn_again(&place).await, 1);
}

#[tokio::test]
async fn a_new_rate_holds_though_its_first_commit_fails() {
    let mut place = Place::new();
    place.options.audit = at_rate(0.0);
    let old = place.store().await;
    append(&old, [automatic(0)]).await;
    old.close().await;
    place.options.audit = at_rate(1.0);
    let store = place.store().await;
    let fail =
        "CREATE TRIGGER fail BEFORE UPDATE ON chain_head BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::raw_sql(fail).execute(&mut place.intruder().await).await.unwrap();
    let failed = store.append(Arc::new(automatic(1)), None, None).await;
    assert!(failed.is_err(), "{failed:?}");
    sqlx::raw_sql("DROP TRIGGER fail").execute(&mut place.intruder().await).await.unwrap();
    append(&store, [automatic(1)]).await;
    assert_eq!(drawn_again(&place).await, 1);
}

#[tokio::test]
async fn a_failed_commit_loses_and_doubles_nothing() {
    let place = Place::impatient();
    let store = place.store().await;
    append(&store, [automatic(0)]).await;
    let mut intruder = place.intruder().await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut intruder).await.unwrap();
    let refused = store.append(Arc::new(automatic(1)), None, None).await;
    assert!(refused.is_err(), "{refused:?}");
    sqlx::query("ROLLBACK").execute(&mut intruder).await.unwrap();
    append(&store, [automatic(1), automatic(2)]).await;
    assert_eq!(drawn_again(&place).await, 3);
}

#[tokio::test]
async fn other_bands_and_records_without_text_are_never_drawn() {
    let place = Place::new();
    let store = place.store().await;
    let mut suggests = automatic(0);
    suggests.decision.band = Band::Suggest;
    let mut textless = automatic(1);
    textless.store_text = StoreText::Nothing;
    append(&store, [suggests, textless]).await;
    assert_eq!(store.audits_waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn a_clock_that_jumps_only_finds_the_share_anew() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, (0..50).map(automatic)).await;
    for at_ms in [0, START_MS + 400 * 86_400_000, START_MS] {
        place.clock.0.store(at_ms, Ordering::Relaxed);
        let base = 1_000 + u32::try_from(at_ms.rem_euclid(7_919)).unwrap();
        append(&store, (base..base + 30).map(automatic)).await;
    }
    drawn_again(&place).await;
}

#[tokio::test]
async fn what_nobody_can_answer_goes_behind_the_others() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, [automatic(0), automatic(1)]).await;
    let at = |ms: i64| crate::domain::Timestamp::from_millisecond(START_MS + ms).unwrap();
    let first = store.next_audit("ann", at(0)).await.unwrap().unwrap();
    assert_eq!(first.until, at(30 * 60_000));
    assert_eq!(store.next_audit("ann", at(1)).await.unwrap().unwrap(), first);
    // Let lapse, it comes back to whoever asks, after the one that nobody has had.
    let second = store.next_audit("ann", at(30 * 60_000)).await.unwrap().unwrap();
    assert_ne!(second.id, first.id);
    let third = store.next_audit("bob", at(30 * 60_000)).await.unwrap().unwrap();
    assert_eq!(third.id, first.id);
    assert_eq!(store.next_audit("cid", at(30 * 60_000)).await.unwrap(), None);
}

#[tokio::test]
async fn an_audit_that_cannot_be_read_keeps_nobody_from_the_others() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, (0..20).map(automatic)).await;
    sqlx::raw_sql(
        "DROP TRIGGER decisions_are_never_changed; \
         UPDATE decisions SET payload = '{\"id\": \"a customer said\"}' WHERE seq <= 19",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    let at = |ms: i64| crate::domain::Timestamp::from_millisecond(START_MS + ms).unwrap();
    for _ in 0..2 {
        let refused = store.next_audit("ann", at(0)).await;
        assert!(matches!(refused, Err(Error::Unreadable { .. })), "eight at a time: {refused:?}");
    }
    let offer = store.next_audit("ann", at(0)).await.unwrap().unwrap();
    assert_eq!(offer.record, automatic(19));
    assert_eq!(store.next_audit("ann", at(1)).await.unwrap().unwrap(), offer);
    let leased = "SELECT count(*) FROM audits WHERE leased_to IS NOT NULL";
    assert_eq!(number(&place, leased).await, 1);
}

#[tokio::test]
async fn one_audit_that_cannot_be_read_is_none() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, [automatic(0)]).await;
    sqlx::raw_sql("DROP TRIGGER decisions_are_never_changed; UPDATE decisions SET payload = '{}'")
        .execute(&mut place.intruder().await)
        .await
        .unwrap();
    let now = crate::domain::Timestamp::from_millisecond(START_MS).unwrap();
    assert_eq!(store.next_audit("ann", now).await.unwrap(), None);
    assert_eq!(store.audits_waiting().await.unwrap(), 1, "it waits to be restored");
}

#[tokio::test]
async fn decisions_of_record_are_one_an_episode_and_stay_when_names_go() {
    let place = Place::new();
    let store = place.store().await;
    append(&store, (0..70).map(record)).await;
    assert_eq!(number(&place, "SELECT count(*) FROM episodes").await, 7, "seven conversations");
    let last: Vec<bool> = join_all((63..70).map(|n| store.is_of_record(id(n))))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(last, [true; 7]);
    store.erase_conversation(&record(0).conversation_id).await.unwrap();
    assert_eq!(number(&place, "SELECT count(*) FROM episodes").await, 7);
    let named = "SELECT count(*) FROM episodes WHERE conversation_id IS NOT NULL";
    assert_eq!(number(&place, named).await, 6);
    append(&store, [record(77)]).await;
    assert_eq!(number(&place, "SELECT count(*) FROM episodes").await, 8, "a new one");
}

fn id(n: u32) -> DecisionId {
    record(n).id
}
