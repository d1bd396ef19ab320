//! One conversation in, one decision out.

use serde_json::json;

use crate::support::{Answer, Fake, TestApp, real_model};

#[tokio::test]
async fn a_sure_decision_is_only_suggested_in_a_new_installation() {
    let app = TestApp::sure("billing_dispute", 0.97).await;

    let reply = app.says("I was charged twice for invoice INV-2231.").await;

    assert_eq!(reply.status, 200, "{}", reply.text);
    let json = reply.json();
    assert_eq!(json["mode"], "shadow");
    assert_eq!(json["band"], "auto");
    assert_eq!(json["action"], "suggest");
    assert_eq!(json["tier"], 1);
    assert_eq!(json["role"], "billing_specialist");
    assert_eq!(json["durable"], true);
    assert!(reply.has_reason("mode.shadow") && reply.has_reason("band.auto"));
    assert_eq!(json["handoff"]["whats_needed"], json!(null));
    assert_eq!(json["handoff"]["evidence"][0]["value"], "INV-2231");
}

#[tokio::test]
async fn candidates_sum_to_one_and_begin_with_the_confidence() {
    let app = TestApp::sure("billing_dispute", 0.6).await;
    let json = app.says("I was charged twice this month, please check.").await.json();
    let candidates = json["candidates"].as_array().unwrap();
    let sum: f64 = candidates.iter().map(|c| c["probability"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    assert_eq!(candidates[0]["probability"], json["confidence"]);
    assert_eq!(json["intents"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn the_answer_carries_timings_and_its_trace() {
    let app = TestApp::sure("how_to", 0.95).await;
    let reply = app.says("How do I export my contacts to a file?").await;
    let timing = reply.headers["server-timing"].to_str().unwrap();
    for stage in ["features", "model", "policy", "packet", "store"] {
        assert!(timing.contains(&format!("{stage};dur=")), "{timing}");
    }
    assert!(reply.headers["traceparent"].to_str().unwrap().starts_with("00-"));
}

#[tokio::test]
async fn third_failed_answer_goes_to_a_human() {
    let app = TestApp::sure("account_access", 0.99).await;
    let answer = json!({ "role": "bot", "text": "Please reset it again.", "outcome": "failed" });
    let said = |text: &str| json!({ "role": "customer", "text": text });
    let messages = json!([
        said("I cannot sign in to my account."),
        answer,
        said("I get the same message as before."),
        answer,
        said("It says the account is locked."),
        answer,
        said("It is locked still."),
    ]);

    let reply = app.triage(&json!({ "messages": messages })).await;

    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["band"], "human");
    assert_eq!(reply.json()["strikes"]["count"], 3);
    assert!(reply.has_reason("strikes.tripped"), "{:?}", reply.reasons());
}

#[tokio::test]
async fn a_cancellation_always_reaches_a_human() {
    let app = TestApp::sure("cancellation", 0.999).await;
    let reply = app.says("Please cancel my subscription at the end of the month.").await;
    assert_eq!(reply.json()["band"], "human");
    assert_eq!(reply.json()["action"], "hand_off");
    assert!(reply.has_reason("bypass.cancellation"));
}

#[tokio::test]
async fn a_model_that_fails_sends_the_conversation_to_a_human() {
    use baton::inference::Unavailable;
    for why in [Unavailable::TimedOut, Unavailable::Failed] {
        let app = TestApp::with(Fake::new(Answer::Fails(why))).await;
        let reply = app.says("The export of our monthly report fails with error E42.").await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let json = reply.json();
        assert_eq!(json["band"], "human");
        assert_eq!(json["degraded"], json!(["model"]));
        assert_eq!(json["handoff"]["evidence"][0]["value"], "E42");
        assert!(reply.has_reason("degraded.model"));
    }
}

#[tokio::test]
async fn a_full_queue_is_503_with_retry_after() {
    use baton::inference::Unavailable;
    let retry_after = std::time::Duration::from_millis(1_500);
    let app =
        TestApp::with(Fake::new(Answer::Fails(Unavailable::Overloaded { retry_after }))).await;
    let reply = app.says("The export of our monthly report fails.").await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.headers["retry-after"], "2");
    assert_eq!(reply.json()["title"], "overloaded");
}

#[tokio::test]
async fn the_real_model_routes_what_everybody_can_read() {
    let app = TestApp::with(real_model()).await;
    let cases = [
        (
            "I was charged twice for my subscription this month, the second charge is wrong.",
            "billing_specialist",
        ),
        ("I forgot my password and the reset e-mail never arrives.", "frontline_agent"),
        (
            "Our SAML single sign-on integration stopped working, the webhook returns 401.",
            "integration_specialist",
        ),
        (
            "Somebody logged into my account from another country and changed my e-mail, I think I was hacked.",
            "security_team",
        ),
    ];
    for (text, role) in cases {
        let reply = app.says(text).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let json = reply.json();
        assert_eq!(json["role"], role, "{text}: {}", json["intents"]);
        let sum: f64 = json["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["probability"].as_f64().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    }
}
