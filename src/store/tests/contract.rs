//! The promise in the store: what moves it, once, and what does not bring it back.

use std::sync::Arc;

use super::fixtures::{Place, START_MS, record};
use crate::{
    domain::{
        Band, ConversationId, LabelSource, Record, Resolution, Review, Tier, Timestamp, Verdict,
    },
    monitor::{Ground, Response, Standing, Terms},
    store::{Promise, Sqlite, Store as _},
};

const HOUR_MS: i64 = 3_600_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn promise(certificate: &str, at_ms: i64) -> Promise {
    let terms = Terms {
        precision: 0.9,
        patience: 1_000.0,
        audited: 0.03,
        satisfied: None,
        response: Response::Demote,
    };
    let (certificate, by) = (certificate.to_owned(), "ann".to_owned());
    Promise { terms, certificate, by, at: at(at_ms) }
}

/// An automatic decision of tier 0, in a conversation of its own.
fn automatic(n: u32) -> Record {
    let mut record = record(n);
    record.decision.band = Band::Auto;
    record.decision.tier = Tier::SELF_SERVICE;
    record.conversation_id = ConversationId::try_from(format!("own-{n}")).unwrap();
    record
}

fn wrong(source: LabelSource, by: &str) -> Review {
    Review {
        verdict: Verdict::Overridden,
        tier: Some(Tier::try_from(3).unwrap()),
        role: None,
        intent: None,
        note: None,
        by: by.to_owned(),
        at: at(START_MS + HOUR_MS),
        source,
        shown: source == LabelSource::Agent,
        observed: (source == LabelSource::Audit).then_some(0.03),
    }
}

async fn decided(store: &Sqlite, decisions: std::ops::Range<u32>) {
    for n in decisions {
        store.append(Arc::new(automatic(n)), None, None).await.unwrap();
    }
}

async fn standing(store: &Sqlite) -> Standing {
    store.contract().await.unwrap().unwrap().standing().clone()
}

async fn demoted(store: &Sqlite) -> Option<Ground> {
    match standing(store).await {
        Standing::Demoted(breach) => Some(breach.ground),
        _ => None,
    }
}

#[tokio::test]
async fn wrong_audits_demote_each_decision_once_and_a_restart_changes_nothing() {
    let place = Place::new();
    let store = place.store().await;
    store.promise(promise("first", START_MS)).await.unwrap();
    decided(&store, 0..30).await;
    // One decision, however often it is judged, is one.
    for n in 0..40 {
        let review = wrong(LabelSource::Audit, &format!("auditor-{n}"));
        store.review(automatic(0).id, &review).await.unwrap().unwrap();
    }
    assert_eq!(standing(&store).await, Standing::Kept);
    for n in 1..30 {
        let review = wrong(LabelSource::Audit, &format!("auditor-{}", n % 5));
        store.review(automatic(n).id, &review).await.unwrap().unwrap();
    }
    assert_eq!(demoted(&store).await, Some(Ground::Audits));
    let before = standing(&store).await;
    store.close().await;

    let store = place.store().await;
    store.promise(promise("first", START_MS + HOUR_MS)).await.unwrap();
    assert_eq!(standing(&store).await, before, "the same certificate brings nothing back");
    store.promise(promise("second", START_MS + HOUR_MS)).await.unwrap();
    assert_eq!(standing(&store).await, Standing::Kept);
    store.promise(promise("first", START_MS + HOUR_MS)).await.unwrap();
    let contract = store.contract().await.unwrap().unwrap();
    assert_eq!(contract.certificate(), "second", "a broken certificate stays out");
    // What was decided under an earlier promise says nothing about this one.
    store.review(automatic(29).id, &wrong(LabelSource::Audit, "late")).await.unwrap().unwrap();
    assert_eq!(store.contract().await.unwrap().unwrap(), contract);
}

#[tokio::test]
async fn overrides_count_once_their_decisions_are_settled() {
    let place = Place::new();
    let store = place.store().await;
    store.promise(promise("first", START_MS)).await.unwrap();
    decided(&store, 0..40).await;
    for n in 0..40 {
        for by in ["ann", "bob"] {
            let review = wrong(LabelSource::Agent, &format!("{by}-{}", n % 4));
            store.review(automatic(n).id, &review).await.unwrap().unwrap();
        }
    }
    let now = at(START_MS + 25 * HOUR_MS);
    assert!(!store.settle(at(START_MS + 3_000), now).await.unwrap());
    assert_eq!(standing(&store).await, Standing::Kept, "three are settled");
    let settled = store.contract().await.unwrap();
    store.settle(at(START_MS + 3_000), now).await.unwrap();
    assert_eq!(store.contract().await.unwrap(), settled, "each counts once");
    store.settle(at(START_MS + HOUR_MS), now).await.unwrap();
    assert_eq!(demoted(&store).await, Some(Ground::Overrides));
}

#[tokio::test]
async fn decisions_that_nobody_overrides_keep_the_promise() {
    let place = Place::new();
    let store = place.store().await;
    store.promise(promise("first", START_MS)).await.unwrap();
    decided(&store, 0..300).await;
    for n in (0..300).step_by(20) {
        let review = wrong(LabelSource::Agent, &format!("agent-{}", n % 3));
        store.review(automatic(n).id, &review).await.unwrap().unwrap();
    }
    store.settle(at(START_MS + HOUR_MS), at(START_MS + 25 * HOUR_MS)).await.unwrap();
    assert_eq!(standing(&store).await, Standing::Kept);
}

#[tokio::test]
async fn a_rating_counts_once_where_satisfaction_is_watched() {
    let place = Place::new();
    let store = place.store().await;
    decided(&store, 0..260).await;
    let rate = |n: u32, csat| {
        let resolution = Resolution { csat: Some(csat), ..Resolution::default() };
        let (store, id) = (&store, automatic(n).conversation_id);
        async move { store.resolve(&id, &resolution, at(START_MS + HOUR_MS)).await.unwrap() }
    };
    for n in 0..200 {
        rate(n, 5).await;
    }
    store.promise(promise("first", START_MS)).await.unwrap();
    for csat in [1, 2, 1, 2, 1, 2, 1, 2] {
        for n in 0..5 {
            rate(n, csat).await;
        }
    }
    assert_eq!(standing(&store).await, Standing::Kept, "their first rating has counted");
    for n in 200..260 {
        rate(n, 1).await;
    }
    assert_eq!(demoted(&store).await, Some(Ground::Satisfaction));
}
