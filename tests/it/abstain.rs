//! When the service does not decide, and says why: by its codes, through the whole pipeline.

use std::sync::Arc;

use crate::support::{Reply, TestApp, real_model};

async fn real() -> TestApp {
    let model: Arc<dyn baton::inference::Model> = real_model();
    TestApp::with(model).await
}

fn hands_off(reply: &Reply, code: &str) {
    assert_eq!(reply.json()["band"], "human", "{}", reply.text);
    assert!(reply.has_reason(code), "{code}: {:?}", reply.reasons());
}

/// Every decision's probability is part of one whole, whatever novelty has moved.
fn whole(reply: &Reply) {
    let json = reply.json();
    let candidates = json["candidates"].as_array().unwrap();
    let sum: f64 = candidates.iter().map(|one| one["probability"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    assert_eq!(json["confidence"], candidates[0]["probability"]);
}

#[tokio::test]
async fn what_is_not_for_this_desk_goes_to_a_human() {
    let app = real().await;
    for text in [
        "We are recruiting drivers for the weekend, reply for a free quote",
        "The heron stood in the reeds all morning and the river was the colour of slate",
    ] {
        let reply = app.says(text).await;
        hands_off(&reply, "input.out_of_scope");
        whole(&reply);
    }
}

#[tokio::test]
async fn a_language_that_was_not_trained_for_goes_to_a_human() {
    let app = real().await;
    let text = "Guten Tag, ich wurde diesen Monat zweimal für mein Abonnement belastet.";
    let reply = app.says(text).await;
    hands_off(&reply, "language.unsupported");
    whole(&reply);
}

#[tokio::test]
async fn too_few_words_go_to_a_human() {
    let app = real().await;
    hands_off(&app.says("?").await, "input.too_short");
}

#[tokio::test]
async fn two_decisions_that_are_close_are_called_ambiguous() {
    // The rest is spread over all intents, a dozen of which lead to one other decision.
    let app = TestApp::sure("refund_request", 0.30).await;
    let reply = app.says("It is about the thing from last week.").await;
    hands_off(&reply, "input.ambiguous");
    whole(&reply);
    let app = TestApp::sure("refund_request", 0.60).await;
    let reply = app.says("It is about the thing from last week.").await;
    assert!(!reply.has_reason("input.ambiguous"), "{:?}", reply.reasons());
}
