//! A candidate beside the model in force: what is a comparison, and what is none.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use baton::{
    features::Extractor,
    inference::Unavailable,
    policy::Policy,
    triage::{Compared, InForce, Shadow},
};
use tracing_subscriber::fmt::MakeWriter;

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

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
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

#[tokio::test]
async fn a_candidate_without_time_is_left_out_and_one_that_breaks_has_failed() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for (why, expected) in [(Unavailable::TimedOut, (0, 1, 0)), (Unavailable::Failed, (0, 0, 1))] {
        let app = TestApp::with(Fake::new(SURE)).await;
        show(&app, Answer::Fails(why));

        app.says(TEXT).await;

        assert_eq!(counts(&tally(&app).await), expected, "{why}");
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("decided without the model"), "the decisions had theirs:\n{log}");
}
