//! A candidate beside the model in force: what is a comparison, and what is none.

use std::{sync::Arc, time::Duration};

use baton::{
    features::Extractor,
    inference::Unavailable,
    policy::Policy,
    triage::{Compared, InForce, Shadow},
};

use crate::support::{Answer, Fake, TestApp};

const TEXT: &str = "I was charged twice for invoice INV-2231.";
const SURE: Answer = Answer::Sure("billing_dispute", 0.99);

/// Puts a candidate beside the model of `app`.
fn show(app: &TestApp, candidate: Answer) {
    let candidate = InForce {
        extractor: Arc::new(Extractor::new(&["en"]).unwrap()),
        model: Fake::new(candidate),
        policy: Arc::new(Policy::parse(Policy::DEFAULT, "test.toml").unwrap()),
    };
    app.app.triage.set_shadow(Some(Shadow::new(candidate, Duration::from_secs(20))));
}

/// What has come of the comparison once the candidate has read everything.
async fn tally(app: &TestApp) -> Compared {
    app.app.triage.finish().await;
    app.app.triage.candidate().unwrap().compared()
}

/// Compared, skipped, failed.
fn counts(tally: &Compared) -> (u64, u64, u64) {
    (tally.compared, tally.skipped, tally.failed)
}

#[tokio::test]
async fn the_same_decision_is_no_disagreement() {
    let app = TestApp::with(Fake::new(SURE)).await;
    show(&app, SURE);

    app.says(TEXT).await;

    let tally = tally(&app).await;
    assert_eq!((counts(&tally), tally.same), ((1, 0, 0), 1));
}

#[tokio::test]
async fn a_decision_without_its_store_says_nothing_of_the_candidate() {
    let app = TestApp::with(Fake::new(SURE)).await;
    show(&app, SURE);
    let _lock = app.lock_database().await;

    let reply = app.says(TEXT).await;

    assert_eq!(reply.json()["band"], "suggest", "lowered: {}", reply.text);
    assert_eq!(counts(&tally(&app).await), (0, 1, 0));
}

#[tokio::test]
async fn a_decision_without_its_model_says_nothing_of_the_candidate() {
    let app = TestApp::with(Fake::new(Answer::Fails(Unavailable::Failed))).await;
    show(&app, SURE);

    app.says(TEXT).await;

    assert_eq!(counts(&tally(&app).await), (0, 1, 0));
}
