//! How much text is kept changes what is kept, and never the answer.

use axum::{body::Body, http::Request};
use baton::domain::StoreText;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp};

const WORDS: &str = "zanzibarquux";

fn request() -> Value {
    json!({ "subject": format!("The {WORDS} export"), "messages": [
        { "role": "customer", "text": format!("The {WORDS} export fails, mail jo@example.com.") },
        { "role": "bot", "text": "Please restart the agent.", "outcome": "failed" },
        { "role": "customer", "text": "I restarted it and it still fails, error E4032." },
    ] })
}

async fn triage(app: &TestApp, key: &str) -> Reply {
    let request_with = Request::post("/v1/triage")
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    app.send(request_with.body(Body::from(request().to_string())).unwrap()).await
}

/// Without what differs between any two decisions.
fn timeless(mut answer: Value) -> Value {
    answer["decision_id"] = Value::Null;
    answer["conversation_id"] = Value::Null;
    answer
}

#[tokio::test]
async fn the_answer_is_the_same_whatever_is_kept_and_the_same_again() {
    let mut answers = Vec::new();
    for store_text in StoreText::ALL {
        let app = TestApp::keeping("software_bug", *store_text).await;
        let first = triage(&app, "k-1").await.json();
        assert!(first["handoff"].to_string().contains("jo@example.com"), "{first}");
        assert_eq!(triage(&app, "k-1").await.json(), first, "{store_text}");
        answers.push(timeless(first));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

async fn stored(store_text: StoreText) -> Value {
    let app = TestApp::keeping("software_bug", store_text).await;
    let id = triage(&app, "k-1").await.json()["decision_id"].as_str().unwrap().to_owned();
    let shown = app.get(&format!("/v1/decisions/{id}")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(shown.json()["store_text"], store_text.as_str());
    shown.json()
}

#[tokio::test]
async fn masked_text_is_shown_without_the_original() {
    let shown = stored(StoreText::Masked).await;
    assert!(shown["messages"][0]["text"].as_str().unwrap().contains("<email>"), "{shown}");
    assert_eq!(shown["messages"][0]["original"], Value::Null);
    assert!(shown["subject"]["text"].as_str().unwrap().contains(WORDS));
    assert!(!shown.to_string().contains("jo@example.com"));
}

#[tokio::test]
async fn full_text_is_shown_as_it_was_sent() {
    let shown = stored(StoreText::Full).await;
    assert_eq!(shown["messages"][0]["original"], request()["messages"][0]["text"]);
    assert_eq!(shown["subject"]["original"], request()["subject"]);
    assert!(shown["messages"][0]["text"].as_str().unwrap().contains("<email>"));
}

#[tokio::test]
async fn without_text_the_facts_are_shown_and_no_word() {
    let shown = stored(StoreText::Nothing).await;
    assert!(!shown.to_string().contains(WORDS), "{shown}");
    assert_eq!(shown["messages"][0], json!({ "role": "customer", "text": null, "original": null }));
    let decision = &shown["decision"];
    assert_eq!(decision["intents"][0]["label"], "software_bug");
    assert_ne!(decision["reasons"], json!([]));
    assert_eq!(decision["handoff"]["problem"], Value::Null);
    assert_eq!(decision["handoff"]["evidence"][0]["value"], "");
    assert_eq!(decision["handoff"]["whats_been_done"][0]["outcome"], "failed");
}
