//! The promise about automatic decisions, from the labels that break it to what is answered then.

use std::sync::Arc;

use baton::triage::InForce;
use serde_json::{Value, json};

use crate::support::{Answer, Fake, Reply, TestApp};

const SURE: Answer = Answer::Sure("billing_dispute", 0.99);
const TEXT: &str = "I was charged twice for invoice INV-2231 this month.";

async fn started(app: &TestApp) {
    app.app.triage.promise("ann, by starting the service").await.unwrap();
}

/// As a reload does, once another pack was read.
async fn reloaded(app: &TestApp, digest: &'static str) {
    let in_force = InForce::clone(&app.app.triage.in_force());
    app.app.triage.replace(InForce { model: Fake::certified(SURE, digest), ..in_force });
    app.app.triage.promise("ann, by a reload").await.unwrap();
}

async fn contract(app: &TestApp) -> Value {
    app.get("/v1/health/model").await.json()["contract"].take()
}

/// Somebody who did not see the suggestion was asked at random, and says that it was wrong.
async fn audited(app: &TestApp, n: usize) {
    app.says(&format!("{TEXT} ({n})")).await;
    let by = format!("auditor-{}", n % 5);
    let audit = app.get(&format!("/v1/audits/next?by={by}")).await.json()["audit"].take();
    let path = format!("/v1/audits/{}", audit["id"].as_str().unwrap());
    let answer = json!({ "tier": 3, "role": "engineering", "by": by });
    for _ in 0..2 {
        let reply = app.post(&path, &answer).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

fn is_demoted(reply: &Reply) -> bool {
    let demoted = reply.has_reason("contract.broken");
    assert_eq!(reply.json()["band"], if demoted { "suggest" } else { "auto" }, "{}", reply.text);
    demoted
}

#[tokio::test]
async fn a_broken_promise_demotes_until_a_fresh_certificate() {
    let model = || Fake::certified(SURE, "first");
    let app = TestApp::with(model()).await;
    assert_eq!(contract(&app).await["standing"], "withheld", "nothing before the store has said");
    started(&app).await;
    assert_eq!(contract(&app).await["standing"], "kept");
    let mut audits = 0;
    while !is_demoted(&app.says(TEXT).await) {
        assert!(audits < 50, "so many wrong audits are enough");
        audited(&app, audits).await;
        audits += 1;
    }
    assert!(audits > 3, "{audits} audits are not enough");
    let demoted = app.says(TEXT).await.json();
    let kept =
        app.get(&format!("/v1/decisions/{}", demoted["decision_id"].as_str().unwrap())).await;
    assert!(kept.text.contains("contract.broken"), "it is recorded");
    let said = contract(&app).await;
    assert_eq!((&said["standing"], &said["ground"]), (&json!("broken"), &json!("audits")));
    assert_eq!(said["since"], "2026-11-20T10:00:00Z");
    assert!(said["says"].as_str().unwrap().contains("certificate first"), "{said}");
    app.app.triage.look().await.unwrap();
    let alarm = app.get("/v1/reports/alarms").await.json()["alarms"][0].take();
    assert_eq!((&alarm["subject"], &alarm["event"]), (&json!("contract"), &json!("raised")));
    assert_eq!((&alarm["level"], &alarm["ground"]), (&json!("act"), &json!("audits")));
    assert_eq!(alarm["says"], said["says"]);
    let named = alarm["decisions"].as_array().unwrap();
    assert_eq!(named.len(), audits.min(10));
    let health = app.get("/v1/health/model").await.json();
    assert_eq!(health["auto_from"], Value::Null);
    assert!(health["says"].as_str().unwrap().contains("broke their promise"), "{health}");

    let app = app.restarted(model()).await;
    started(&app).await;
    assert!(is_demoted(&app.says(TEXT).await), "a restart keeps it");
    reloaded(&app, "first").await;
    assert!(is_demoted(&app.says(TEXT).await), "the same certificate does not lift it");
    reloaded(&app, "second").await;
    assert!(!is_demoted(&app.says(TEXT).await), "a fresh one does");
    app.app.triage.look().await.unwrap();
    let alarm = app.get("/v1/reports/alarms").await.json()["alarms"][0].take();
    assert_eq!((&alarm["subject"], &alarm["event"]), (&json!("contract"), &json!("over")));
    assert_eq!(contract(&app).await["standing"], "kept");
    reloaded(&app, "first").await;
    assert!(is_demoted(&app.says(TEXT).await), "what was broken once stays broken");
    assert_eq!(contract(&app).await["standing"], "withheld");
    // Without a certificate there is nothing to promise.
    let model: Arc<Fake> = Fake::new(SURE);
    let in_force = InForce::clone(&app.app.triage.in_force());
    app.app.triage.replace(InForce { model, ..in_force });
    assert_eq!(contract(&app).await["standing"], "none");
}
