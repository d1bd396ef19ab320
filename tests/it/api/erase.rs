//! What a customer asks to be erased is gone, and asking twice does no harm.

use serde_json::{Value, json};
use sqlx::Executor as _;

use crate::support::{TestApp, says};

async fn decide(app: &TestApp, conversation: &str, customer: &str) -> String {
    let mut request = says("I was charged twice for invoice INV-2231.");
    request["conversation_id"] = json!(conversation);
    request["customer"] = json!({ "id": customer });
    let reply = app.triage(&request).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["decision_id"].as_str().unwrap().to_owned()
}

async fn erased(app: &TestApp, path: &str) -> Value {
    let reply = app.delete(path).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["erased"].clone()
}

#[tokio::test]
async fn a_conversation_is_erased_once_and_its_decisions_are_not_found_any_more() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    let gone = decide(&app, "a/b c%", "u-1").await;
    let kept = decide(&app, "c-2", "u-1").await;
    let receipt = json!({ "confirmed_by": "agent-7" });
    let path = format!("/v1/decisions/{gone}/packet");
    assert_eq!(app.post(&path, &receipt).await.status, 200);

    assert_eq!(erased(&app, "/v1/conversations/a%2Fb%20c%25").await, 1);
    assert_eq!(erased(&app, "/v1/conversations/a%2Fb%20c%25").await, 0);

    assert_eq!(app.get(&format!("/v1/decisions/{gone}")).await.status, 404);
    assert_eq!(app.post(&path, &receipt).await.status, 404);
    assert_eq!(app.get(&format!("/v1/decisions/{kept}")).await.status, 200);
    let report = app.recorder.store().verify().await.unwrap();
    assert_eq!((report.records, report.erased, report.broken_at), (2, 1, None));
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("triage_erased_records_total{by=\"conversation\"}"), "{metrics}");
}

#[tokio::test]
async fn a_customer_is_erased_under_the_name_that_the_caller_gave() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    // The second is personal data, so that a pseudonym is kept of it.
    for customer in ["u-7", "jo+x@example.com"] {
        decide(&app, "c-1", customer).await;
        decide(&app, "c-2", customer).await;
        let path = format!("/v1/customers/{}", customer.replace('@', "%40").replace('+', "%2B"));
        assert_eq!(erased(&app, &path).await, 2, "{customer}");
        assert_eq!(erased(&app, &path).await, 0, "{customer}");
    }
}

#[tokio::test]
async fn what_nobody_can_be_called_is_refused() {
    let app = TestApp::sure("how_to", 0.9).await;
    for path in [
        "/v1/conversations/%ff".to_owned(),
        "/v1/conversations/a%0Ab".to_owned(),
        format!("/v1/conversations/{}", "x".repeat(257)),
        "/v1/customers/%ff".to_owned(),
        format!("/v1/customers/{}", "x".repeat(2_049)),
    ] {
        let reply = app.delete(&path).await;
        assert_eq!(reply.status, 422, "{path}: {}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], "{id}");
    }
    assert_eq!(app.delete("/v1/conversations/").await.status, 404);
}

#[tokio::test]
async fn an_erasure_that_the_store_cannot_finish_says_so_and_is_finished_later() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    let stored = decide(&app, "c-1", "u-1").await;
    let mut lock = app.lock_database().await;
    let spooled = decide(&app, "c-1", "u-1").await;
    assert_eq!(app.recorder.spooled(), 1);

    let reply = app.delete("/v1/conversations/c-1").await;
    assert_eq!(reply.status, 503, "{}", reply.text);
    assert_eq!(reply.json()["title"], "store-unavailable");
    assert!(reply.headers.contains_key("retry-after"));

    lock.execute("ROLLBACK").await.unwrap();
    assert_eq!(erased(&app, "/v1/conversations/c-1").await, 1, "the spool's went the first time");
    for id in [stored, spooled] {
        assert_eq!(app.get(&format!("/v1/decisions/{id}")).await.status, 404);
    }
}
