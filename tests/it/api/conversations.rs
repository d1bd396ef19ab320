//! What people do with a handoff: pick it up, give it back.

use serde_json::{Value, json};
use sqlx::Executor as _;

use crate::support::{TestApp, says};

/// Three answers that failed, under a name.
fn tripped() -> Value {
    let mut messages = vec![json!({ "role": "customer", "text": "The export crashes." })];
    for number in 1..=3 {
        let text = format!("Please try step {number}.");
        messages.push(json!({ "role": "bot", "text": text, "outcome": "failed" }));
    }
    messages.push(json!({ "role": "customer", "text": "Now what?" }));
    json!({ "conversation_id": "c 1/ü", "messages": messages })
}

const RELEASE: &str = "/v1/conversations/c%201%2F%C3%BC/release";
const ACKNOWLEDGE: &str = "/v1/conversations/c%201%2F%C3%BC/acknowledge";

#[tokio::test]
async fn a_tripped_conversation_stays_with_people_until_it_is_released() {
    let app = TestApp::sure("software_bug", 0.97).await;
    let answer = app.triage(&tripped()).await.json();
    assert_eq!(answer["strikes"], json!({ "count": 3, "limit": 3, "tripped": true }));

    // One message of it alone: the rest is remembered.
    let part = json!({ "conversation_id": "c 1/ü", "messages": [tripped()["messages"][0]] });
    let reply = app.triage(&part).await;
    assert_eq!(reply.json()["band"], "human");
    assert!(reply.has_reason("strikes.tripped"));

    let released = app.post_bytes(RELEASE, r#"{"by":"ann"}"#).await;
    assert_eq!(released.status, 200, "{}", released.text);
    let released = released.json();
    assert_eq!((&released["episode"], &released["changed"]), (&json!(2), &json!(true)));
    let again = app.ask(RELEASE).await.json();
    assert_eq!((&again["episode"], &again["changed"]), (&json!(2), &json!(false)));

    let answer = app.triage(&tripped()).await.json();
    assert_eq!(answer["strikes"], json!({ "count": 0, "limit": 3, "tripped": false }));
    assert_eq!(answer["band"], "auto");
}

#[tokio::test]
async fn a_release_takes_in_what_still_waits_for_the_store() {
    let app = TestApp::sure("software_bug", 0.97).await;
    let begin = json!({ "conversation_id": "c 1/ü", "messages": [tripped()["messages"][0]] });
    assert_eq!(app.triage(&begin).await.json()["durable"], true);
    let mut lock = app.lock_database().await;
    assert_eq!(app.triage(&tripped()).await.json()["degraded"], json!(["store"]));
    assert_eq!(app.recorder.spooled(), 1);
    lock.execute("ROLLBACK").await.unwrap();

    let released = app.ask(RELEASE).await;
    assert_eq!(released.status, 200, "{}", released.text);
    app.recorder.refill().await.unwrap();
    let answer = app.triage(&tripped()).await.json();
    assert_eq!(answer["strikes"], json!({ "count": 0, "limit": 3, "tripped": false }));
}

#[tokio::test]
async fn a_wish_for_a_person_counts_until_it_is_released() {
    let app = TestApp::sure("software_bug", 0.97).await;
    let mut request = says("I want to talk to a real person about the crash.");
    request["conversation_id"] = json!("c-2");
    assert!(app.triage(&request).await.has_reason("handoff.requested"));
    assert_eq!(app.ask("/v1/conversations/c-2/release").await.status, 200);
    assert!(!app.triage(&request).await.has_reason("handoff.requested"));
}

#[tokio::test]
async fn the_first_to_pick_a_handoff_up_counts() {
    let app = TestApp::sure("software_bug", 0.97).await;
    app.triage(&tripped()).await;
    let first = app.post_bytes(ACKNOWLEDGE, r#"{"by":"ann"}"#).await.json();
    assert_eq!(first["changed"], true);
    assert_eq!(first["acknowledged"]["by"], "ann");
    assert_eq!(first["handed_over_at"], "2026-11-20T10:00:00Z");
    let second = app.post_bytes(ACKNOWLEDGE, r#"{"by":"bob"}"#).await.json();
    assert_eq!((&second["changed"], &second["acknowledged"]["by"]), (&json!(false), &json!("ann")));
}

#[tokio::test]
async fn a_conversation_that_was_not_handed_over_has_nothing_to_pick_up() {
    let app = TestApp::sure("software_bug", 0.97).await;
    let mut request = says("The export crashes whenever I pick October.");
    request["conversation_id"] = json!("c-3");
    app.triage(&request).await;
    let reply = app.ask("/v1/conversations/c-3/acknowledge").await.json();
    assert_eq!((&reply["changed"], &reply["acknowledged"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let app = TestApp::sure("software_bug", 0.97).await;
    app.triage(&tripped()).await;
    for (body, pointer) in [
        (r#"{"at":"2026-11-20T09:59:59Z"}"#, "/at"),
        (r#"{"at":"2026-11-20T10:00:01Z"}"#, "/at"),
        (r#"{"at":"yesterday"}"#, "/at"),
        (r#"{"by":""}"#, "/by"),
        (r#"{"by":"a\nb"}"#, "/by"),
        (r#"{"who":"ann"}"#, "/who"),
    ] {
        let reply = app.post_bytes(ACKNOWLEDGE, body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    for path in ["/v1/conversations/nobody/release", "/v1/conversations/%0A/acknowledge"] {
        assert_eq!(app.ask(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn without_the_store_the_transcript_counts_and_nothing_is_forgotten() {
    let app = TestApp::sure("software_bug", 0.97).await;
    let mut request = tripped();
    let messages = request["messages"].as_array_mut().unwrap();
    messages.truncate(3);
    app.triage(&request).await;
    let lock = app.lock_database().await;
    let answer = app.triage(&tripped()).await.json();
    assert_eq!(answer["strikes"]["count"], 3);
    assert_eq!(answer["degraded"], json!(["store"]));
    drop(lock);
    app.recorder.refill().await.unwrap();
    let part = json!({ "conversation_id": "c 1/ü", "messages": [tripped()["messages"][0]] });
    assert_eq!(app.triage(&part).await.json()["strikes"]["count"], 3);
}
