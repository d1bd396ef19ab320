//! What people say of decisions, and what became of conversations.

use baton::domain::StoreText;
use serde_json::{Value, json};
use sqlx::Executor as _;

use crate::support::{TestApp, says};

const PROBLEM: &str = "I was charged twice for invoice INV-2231 this month.";

async fn decided(app: &TestApp) -> String {
    let mut request = says(PROBLEM);
    request["conversation_id"] = json!("c-1");
    let reply = app.triage(&request).await;
    reply.json()["decision_id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

fn review(id: &str) -> String {
    format!("/v1/decisions/{id}/review")
}

async fn reviews(app: &TestApp, id: &str) -> Vec<Value> {
    let shown = app.get(&format!("/v1/decisions/{id}")).await.json();
    shown["reviews"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_review_is_kept_once_per_person_and_the_latest_wins() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let id = decided(&app).await;
    assert_eq!(reviews(&app, &id).await, Vec::<Value>::new());

    let accepts = json!({ "verdict": "accepted", "by": "ann" });
    let first = app.post(&review(&id), &accepts).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(first.json()["source"], "agent");
    assert_eq!(first.json()["observed"], 1.0, "below auto everybody looks");
    assert_eq!(app.post(&review(&id), &accepts).await.json(), first.json(), "twice is once");
    assert_eq!(reviews(&app, &id).await, [first.json()]);

    let overrides = json!({ "verdict": "overridden", "tier": 2, "intent": "software_bug",
        "note": "an outage, really", "by": "ann", "shown": false });
    let second = app.post(&review(&id), &overrides).await.json();
    assert_eq!(second["tier"], 2);
    assert_eq!(second["shown"], false);
    let other = json!({ "verdict": "accepted", "by": "bob" });
    app.post(&review(&id), &other).await;
    let kept = reviews(&app, &id).await;
    assert_eq!(kept.len(), 2, "one row per person: {kept:?}");
    assert!(kept.contains(&second));

    let page = app.get("/v1/decisions?reviewed=true").await.json();
    assert_eq!(page["decisions"][0]["decision_id"], id.as_str());
    assert_eq!(app.recorder.store().verify().await.unwrap().broken_at, None);
}

#[tokio::test]
async fn nobody_knows_how_probable_it_was_to_look_at_an_automatic_decision() {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    let id = decided(&app).await;
    let kept = app.post(&review(&id), &json!({ "verdict": "accepted", "by": "ann" })).await.json();
    assert_eq!(kept["observed"], Value::Null);
}

#[tokio::test]
async fn a_review_that_contradicts_itself_or_knows_what_nobody_does_is_refused() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let id = decided(&app).await;
    for (body, pointers) in [
        (json!({ "verdict": "overridden", "by": "ann" }), vec!["/verdict"]),
        (json!({ "verdict": "overridden", "tier": 1, "by": "ann" }), vec!["/verdict"]),
        (json!({ "verdict": "accepted", "tier": 3, "by": "ann" }), vec!["/tier"]),
        (json!({ "verdict": "overridden", "tier": 9, "by": "ann" }), vec!["/tier"]),
        (json!({ "verdict": "overridden", "role": "wizard", "by": "ann" }), vec!["/role"]),
        (json!({ "verdict": "overridden", "intent": "magic", "by": "ann" }), vec!["/intent"]),
        (json!({ "verdict": "accepted", "by": " " }), vec!["/by"]),
        (json!({ "verdict": "maybe", "by": "ann" }), vec!["/verdict"]),
        (
            json!({ "verdict": "accepted", "by": "", "note": "x".repeat(4_001) }),
            vec!["/by", "/note"],
        ),
    ] {
        let reply = app.post(&review(&id), &body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        let errors = reply.json()["errors"].as_array().unwrap().clone();
        let named: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(named, pointers, "{body}");
    }
    let unknown = review("0199a1b2-0000-7000-8000-000000000000");
    let accepts = json!({ "verdict": "accepted", "by": "ann" });
    assert_eq!(app.post(&unknown, &accepts).await.status, 404);
    assert_eq!(app.post(&review("no-uuid"), &accepts).await.status, 404);
    assert_eq!(reviews(&app, &id).await.len(), 0);
}

#[tokio::test]
async fn names_and_words_of_reviews_are_kept_like_those_of_the_record_and_go_with_it() {
    for (store_text, note) in [
        (StoreText::Masked, json!("mail <email>")),
        (StoreText::Full, json!("mail jo@example.com")),
        (StoreText::Nothing, Value::Null),
    ] {
        let app = TestApp::keeping("billing_dispute", store_text).await;
        let id = decided(&app).await;
        let body = json!({ "verdict": "accepted", "by": "jo@example.com",
            "note": "mail jo@example.com" });
        let kept = app.post(&review(&id), &body).await.json();
        assert_eq!(kept["note"], note);
        assert!(!kept["by"].as_str().unwrap().contains("jo@"), "{kept}");
        assert_eq!(app.post(&review(&id), &body).await.json(), kept, "the same person");

        assert_eq!(app.delete("/v1/conversations/c-1").await.status, 200);
        assert_eq!(app.post(&review(&id), &body).await.status, 404, "erased");
    }
}

#[tokio::test]
async fn a_review_of_what_still_waits_for_the_store_says_so_and_nothing_is_lost() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let mut lock = app.lock_database().await;
    let id = decided(&app).await;
    let accepts = json!({ "verdict": "accepted", "by": "ann" });
    assert_eq!(app.post(&review(&id), &accepts).await.status, 503);
    lock.execute("ROLLBACK").await.unwrap();
    app.recorder.refill().await.unwrap();
    assert_eq!(app.post(&review(&id), &accepts).await.status, 200);
}

const OUTCOME: &str = "/v1/conversations/c-1/outcome";

#[tokio::test]
async fn an_outcome_grows_field_by_field_and_may_come_before_the_decision() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let early = app.post(OUTCOME, &json!({ "csat": 2, "reassignments": 1 })).await;
    assert_eq!(early.status, 200, "{}", early.text);
    assert_eq!(early.json()["conversation_id"], "c-1");
    let id = decided(&app).await;
    let later =
        json!({ "csat": 5, "resolved_tier": 2, "resolved_at": "2026-11-20T09:00:00+01:00" });
    let all = app.post(OUTCOME, &later).await.json();
    assert_eq!((&all["csat"], &all["reassignments"]), (&json!(5), &json!(1)));
    assert_eq!(all["resolved_at"], "2026-11-20T08:00:00Z");
    let shown = app.get(&format!("/v1/decisions/{id}")).await.json()["outcome"].clone();
    assert_eq!((&shown["csat"], &shown["resolved_tier"]), (&json!(5), &json!(2)));
    assert_eq!(shown["sla_breached"], Value::Null);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_is_refused_and_changes_nothing() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    app.post(OUTCOME, &json!({ "csat": 4 })).await;
    for (body, pointer) in [
        (json!({ "csat": 0 }), "/csat"),
        (json!({ "csat": 6 }), "/csat"),
        (json!({ "resolved_tier": 7 }), "/resolved_tier"),
        (json!({ "reopened_at": "2026-11-20T10:00:01Z" }), "/reopened_at"),
        (json!({ "resolved_at": "yesterday" }), "/resolved_at"),
        (json!({ "reassignments": -1 }), "/reassignments"),
        (json!({ "stars": 5 }), "/stars"),
    ] {
        let reply = app.post(OUTCOME, &body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(app.post(OUTCOME, &json!({})).await.json()["csat"], 4);
    let long = format!("/v1/conversations/{}/outcome", "x".repeat(257));
    assert_eq!(app.post(&long, &json!({ "csat": 1 })).await.status, 422);
}
