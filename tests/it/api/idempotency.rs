//! The same request twice has one effect.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, http::Request};
use futures::future::join_all;
use sqlx::Executor as _;

use crate::support::{Answer, Fake, Reply, TestApp, says};

async fn post(app: &TestApp, key: &str, text: &str) -> Reply {
    let request = Request::post("/v1/triage")
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    app.send(request.body(Body::from(says(text).to_string())).unwrap()).await
}

const TEXT: &str = "I was charged twice for INV-2231, write to jo@example.com.";

#[tokio::test]
async fn the_same_key_and_body_give_the_first_answer_again() {
    let model = Fake::new(Answer::Sure("billing_dispute", 0.9));
    let app = TestApp::with(model.clone()).await;

    let first = post(&app, "k-1", TEXT).await.json();
    let second = post(&app, "k-1", TEXT).await.json();

    assert_eq!(first, second);
    assert_eq!(model.calls(), 1);
    assert!(second["handoff"]["evidence"].to_string().contains("jo@example.com"));
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    assert_eq!(post(&app, "k-1", TEXT).await.status, 200);
    let reply = post(&app, "k-1", "Something else entirely.").await;
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["title"], "idempotency-key-reused");
}

#[tokio::test]
async fn sixty_four_at_once_have_one_effect() {
    let model = Fake::new(Answer::Sure("billing_dispute", 0.9));
    let app = Arc::new(TestApp::with(model.clone()).await);
    let replies = join_all((0..64).map(|_| post(&app, "k-1", TEXT))).await;
    let first = replies[0].json();
    assert!(replies.iter().all(|reply| reply.json() == first));
    assert_eq!(model.calls(), 1);
}

#[tokio::test]
async fn a_key_that_is_empty_or_too_long_is_refused() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    for key in [String::new(), "k".repeat(256)] {
        let reply = post(&app, &key, TEXT).await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.json()["errors"][0]["pointer"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn a_caller_who_leaves_and_comes_back_gets_the_one_answer() {
    let model = Fake::new(Answer::Sure("billing_dispute", 0.9));
    let app = TestApp::with(model.clone()).await;
    let mut lock = app.lock_database().await;
    let impatient = Duration::from_millis(100);
    assert!(tokio::time::timeout(impatient, post(&app, "k-1", TEXT)).await.is_err());
    lock.execute("ROLLBACK").await.unwrap();

    let first = post(&app, "k-1", TEXT).await.json();
    let second = post(&app, "k-1", TEXT).await.json();

    assert_eq!(first["decision_id"], second["decision_id"]);
    assert_eq!(model.calls(), 1, "the request that was left went on and was the only one");
}

#[tokio::test]
async fn two_instances_on_one_store_make_one_decision() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    let other = app.second_instance(Fake::new(Answer::Sure("billing_dispute", 0.9))).await;
    for round in 0..20 {
        let key = format!("k-{round}");
        let (a, b) = tokio::join!(post(&app, &key, TEXT), post(&other, &key, TEXT));
        assert_eq!((a.status.as_u16(), b.status.as_u16()), (200, 200), "{} {}", a.text, b.text);
        assert_eq!(a.json(), b.json());
    }
    let page = app.get("/v1/decisions?limit=500").await.json();
    assert_eq!(page["decisions"].as_array().unwrap().len(), 20);
}
