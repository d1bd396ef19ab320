//! A store that cannot be written: the service decides, spools, and says so.

use std::time::Duration;

use sqlx::Executor as _;

use crate::support::{TestApp, says};

#[tokio::test]
async fn a_locked_database_degrades_and_is_caught_up_later() {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    let mut lock = app.lock_database().await;

    let reply = app.says("I was charged twice for invoice INV-2231.").await;

    assert_eq!(reply.status, 200, "{}", reply.text);
    let json = reply.json();
    assert_eq!(json["degraded"], serde_json::json!(["store"]));
    assert_eq!(json["band"], "suggest");
    assert_eq!(json["durable"], true);
    assert!(reply.has_reason("degraded.store"));
    assert_eq!(app.recorder.spooled(), 1);

    lock.execute("ROLLBACK").await.unwrap();
    let recorder = app.recorder.clone();
    let refill = tokio::time::timeout(Duration::from_secs(30), async {
        tokio::select! {
            () = recorder.run_refill() => {}
            () = async { while app.recorder.spooled() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            } } => {}
        }
    });
    refill.await.unwrap();
    let id = json["decision_id"].as_str().unwrap();
    assert_eq!(app.get(&format!("/v1/decisions/{id}")).await.status, 200);
    assert_eq!(app.recorder.store().verify().await.unwrap().broken_at, None);
}

#[tokio::test]
async fn without_store_and_spool_the_answer_says_that_nothing_is_kept() {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    let _lock = app.lock_database().await;
    // A file in the place of the folder: nothing can be spooled.
    let spool = app.folder.path().join("spool");
    std::fs::remove_dir_all(&spool).unwrap();
    std::fs::write(&spool, "").unwrap();

    let reply = app.triage(&says("I was charged twice for invoice INV-2231.")).await;

    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["durable"], false);
    assert_ne!(reply.json()["band"], "auto");
}
