//! Blind audits: drawn with the decision, given to one auditor at a time, answered unseen.

use std::collections::HashSet;

use baton::{domain::StoreText, store};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{Answer, Fake, TestApp, says};

const PROBLEM: &str = "I was charged twice for invoice INV-2231, write to jo@example.com.";

/// Decides one conversation of that name; its decision.
async fn decided(app: &TestApp, conversation: &str) -> String {
    let mut request = says(PROBLEM);
    request["conversation_id"] = json!(conversation);
    request["channel"] = json!("email");
    let reply = app.triage(&request).await;
    reply.json()["decision_id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

/// A service that is sure of everything, with one decision under audit.
async fn audited() -> (TestApp, String) {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    let decision = decided(&app, "c-1").await;
    (app, decision)
}

async fn next(app: &TestApp, by: &str) -> Value {
    let reply = app.get(&format!("/v1/audits/next?by={by}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["cache-control"], "no-store");
    reply.json()["audit"].clone()
}

fn path(audit: &Value) -> String {
    format!("/v1/audits/{}", audit["id"].as_str().unwrap_or_else(|| panic!("{audit}")))
}

fn right(by: &str) -> Value {
    json!({ "tier": 1, "role": "billing_specialist", "by": by })
}

async fn execute(app: &TestApp, statement: &'static str) {
    let url = format!("sqlite:{}", app.folder.path().join("baton.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn an_auditor_sees_the_conversation_and_the_choices_and_never_the_decision() {
    let (app, decision) = audited().await;
    let reply = app.get("/v1/audits/next?by=ann").await;
    for hidden in [decision.as_str(), "c-1", "confidence", "candidates", "band", "jo@"] {
        assert!(!reply.text.contains(hidden), "{hidden}: {}", reply.text);
    }
    assert_eq!(reply.json()["waiting"], 1);
    let audit = reply.json()["audit"].clone();
    assert_eq!(audit["messages"][0]["role"], "customer");
    assert!(audit["messages"][0]["text"].as_str().unwrap().contains("<email>"));
    assert_eq!(audit["channel"], "email");
    assert_eq!(audit["tiers"].as_array().unwrap().len(), 5);
    assert!(audit["roles"].as_array().unwrap().contains(&json!("billing_specialist")));
    assert_eq!(audit["intents"].as_array().unwrap().len(), 29);
    assert_eq!(audit["until"], "2026-11-20T10:30:00Z");

    let shown = app.get(&format!("/v1/decisions/{decision}")).await;
    assert!(!shown.text.contains("audit"), "it does not tell: {}", shown.text);
}

#[tokio::test]
async fn an_answer_becomes_a_label_with_its_probability() {
    let (app, decision) = audited().await;
    let audit = next(&app, "ann").await;
    let reply = app.post(&path(&audit), &right("ann")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["verdict"], "accepted");
    assert_eq!(reply.json()["observed"], 1.0, "the first of a week are all drawn");
    assert_eq!(next(&app, "ann").await, Value::Null);

    let shown = app.get(&format!("/v1/decisions/{decision}")).await.json();
    let label = &shown["reviews"][0];
    assert_eq!((&label["source"], &label["shown"]), (&json!("audit"), &json!(false)));
    assert_eq!(label["observed"], 1.0);

    // The same again is the same; anything else is too late.
    assert_eq!(app.post(&path(&audit), &right("ann")).await.json(), reply.json());
    let other = json!({ "tier": 2, "role": "senior_specialist", "by": "ann" });
    let late = app.post(&path(&audit), &other).await;
    assert_eq!((late.status.as_u16(), &late.json()["title"]), (409, &json!("audit-closed")));
    assert_eq!(app.post(&path(&audit), &right("bob")).await.status, 409);
}

#[tokio::test]
async fn another_tier_or_role_overrides_and_another_intent_does_not() {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    for (n, answer, verdict) in [
        (1, json!({ "tier": 1, "role": "billing_specialist", "intent": "refund_request" }), true),
        (2, json!({ "tier": 2, "role": "billing_specialist" }), false),
        (3, json!({ "tier": 1, "role": "frontline_agent", "note": "mail a@b.com" }), false),
    ] {
        decided(&app, &format!("c-{n}")).await;
        let audit = next(&app, "ann").await;
        let mut answer = answer;
        answer["by"] = json!("ann");
        let reply = app.post(&path(&audit), &answer).await.json();
        let expected = if verdict { "accepted" } else { "overridden" };
        assert_eq!(reply["verdict"], expected, "{reply}");
    }
}

#[tokio::test]
async fn two_auditors_never_have_the_same_audit_and_a_lapsed_lease_comes_back() {
    let (app, _) = audited().await;
    let first = next(&app, "ann").await;
    assert_eq!(next(&app, "ann").await, first, "asked again, it is the same");
    assert_eq!(next(&app, "bob").await, Value::Null);
    assert_eq!(app.post(&path(&first), &right("bob")).await.status, 404, "it is not bob's");

    decided(&app, "c-2").await;
    let second = next(&app, "bob").await;
    assert_ne!(first["id"], second["id"]);

    // The clock of the test stands still, so the lease is moved instead.
    execute(&app, "UPDATE audits SET leased_until_ms = 1 WHERE leased_to = 'ann'").await;
    let again = next(&app, "cid").await;
    assert_eq!(again["id"], first["id"], "a lapsed lease comes back");
    assert_eq!(app.post(&path(&first), &right("ann")).await.status, 404, "it is cid's now");
    assert_eq!(app.post(&path(&first), &right("cid")).await.status, 200);
}

#[tokio::test]
async fn a_late_answer_counts_while_nobody_else_has_the_audit() {
    let (app, _) = audited().await;
    let audit = next(&app, "ann").await;
    execute(&app, "UPDATE audits SET leased_until_ms = 1").await;
    assert_eq!(app.post(&path(&audit), &right("ann")).await.status, 200);
}

#[tokio::test]
async fn many_auditors_at_once_get_one_each() {
    let app = TestApp::sure("billing_dispute", 0.99).await;
    for n in 0..8 {
        decided(&app, &format!("c-{n}")).await;
    }
    let names: Vec<String> = (0..10).map(|n| format!("auditor-{n}")).collect();
    let asked = names.iter().map(|name| next(&app, name));
    let given = futures::future::join_all(asked).await;
    let given: Vec<_> = given.iter().filter_map(|audit| audit["id"].as_str()).collect();
    assert_eq!(given.len(), 8, "two go away empty");
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 8, "nobody shares: {given:?}");
}

#[tokio::test]
async fn whoever_has_reviewed_a_decision_does_not_audit_it_nor_the_other_way_round() {
    let (app, decision) = audited().await;
    let review = format!("/v1/decisions/{decision}/review");
    let accepts = |by: &str| json!({ "verdict": "accepted", "by": by });
    app.post(&review, &accepts("ann")).await;
    assert_eq!(next(&app, "ann").await, Value::Null, "she has seen it");

    let audit = next(&app, "bob").await;
    app.post(&review, &accepts("bob")).await;
    let refused = app.post(&path(&audit), &right("bob")).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.json()["detail"].as_str().unwrap().contains("not be blind"));
    assert_eq!(next(&app, "bob").await, Value::Null, "nor is it offered to him again");

    execute(&app, "UPDATE audits SET leased_until_ms = 1").await;
    let audit = next(&app, "cid").await;
    let answered = app.post(&path(&audit), &right("cid")).await;
    assert_eq!(answered.status, 200);
    let overrides = json!({ "verdict": "overridden", "tier": 2, "by": "cid" });
    assert_eq!(
        app.post(&review, &overrides).await.status,
        409,
        "an audit's answer is not written over"
    );
}

#[tokio::test]
async fn erased_conversations_leave_the_queue_and_names_go() {
    let (app, _) = audited().await;
    decided(&app, "c-2").await;
    let audit = next(&app, "zoe-auditor").await;
    assert_eq!(app.delete("/v1/conversations/c-1").await.status, 200);
    let gone = app.post(&path(&audit), &right("zoe-auditor")).await;
    assert_eq!(gone.status, 404);
    assert!(gone.json()["detail"].as_str().unwrap().contains("erased"), "{}", gone.text);

    let other = next(&app, "zoe-auditor").await;
    assert_ne!(other["id"], audit["id"]);
    assert_eq!(app.post(&path(&other), &right("zoe-auditor")).await.status, 200);
    assert_eq!(app.delete("/v1/conversations/c-2").await.status, 200);
    assert_eq!(
        app.post(&path(&other), &right("zoe-auditor")).await.status,
        404,
        "after the erasure too"
    );
    assert_eq!(app.get("/v1/audits/next?by=bob").await.json()["waiting"], 0);
    assert_eq!(app.recorder.store().verify().await.unwrap().broken_at, None);
    for file in ["baton.db", "baton.db-wal"] {
        let bytes = std::fs::read(app.folder.path().join(file)).unwrap();
        assert!(!bytes.windows(11).any(|at| at == b"zoe-auditor"), "{file}");
    }
}

#[tokio::test]
async fn unknown_audits_and_answers_that_cannot_be_are_refused() {
    let (app, decision) = audited().await;
    let audit = next(&app, "ann").await;
    for id in ["x", "00ff00ff00ff00ff00ff00ff00ff00ff", decision.as_str()] {
        let reply = app.post(&format!("/v1/audits/{id}"), &right("ann")).await;
        assert_eq!(reply.status, 404, "{id}: {}", reply.text);
    }
    for (body, pointers) in [
        (json!({ "tier": 9, "role": "sales", "by": "" }), vec!["/by", "/tier"]),
        (json!({ "tier": 1, "role": "wizard", "by": "ann" }), vec!["/role"]),
        (json!({ "tier": 1, "role": "sales", "intent": "magic", "by": "ann" }), vec!["/intent"]),
        (json!({ "role": "sales", "by": "ann" }), vec![""]),
    ] {
        let reply = app.post(&path(&audit), &body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        let errors = reply.json()["errors"].as_array().unwrap().clone();
        let named: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(named, pointers, "{body}");
    }
    for query in ["", "?by=", "?by=ann&who=ann"] {
        assert_eq!(app.get(&format!("/v1/audits/next{query}")).await.status, 422, "{query}");
    }
    assert_eq!(app.post(&path(&audit), &right("ann")).await.status, 200, "it is still open");
}

#[tokio::test]
async fn only_automatic_decisions_that_can_be_read_are_audited() {
    let suggests = TestApp::sure("billing_dispute", 0.8).await;
    decided(&suggests, "c-1").await;
    assert_eq!(next(&suggests, "ann").await, Value::Null);
    let textless = TestApp::keeping("billing_dispute", StoreText::Nothing).await;
    decided(&textless, "c-1").await;
    assert_eq!(next(&textless, "ann").await, Value::Null);
}

#[tokio::test]
async fn the_option_turns_audits_off() {
    let audit =
        store::AuditOptions { rate: 0.0, weekly_minimum: 0, ..store::AuditOptions::default() };
    let app = TestApp::auditing(Fake::new(Answer::Sure("billing_dispute", 0.99)), audit).await;
    decided(&app, "c-1").await;
    assert_eq!(next(&app, "ann").await, Value::Null);
}

#[tokio::test]
async fn a_locked_database_says_so() {
    let (app, _) = audited().await;
    let lock = app.lock_database().await;
    assert_eq!(app.get("/v1/audits/next?by=ann").await.status, 503);
    drop(lock);
}

async fn of_record(app: &TestApp, decision: &str) -> bool {
    app.get(&format!("/v1/decisions/{decision}")).await.json()["of_record"] == json!(true)
}

#[tokio::test]
async fn one_decision_of_an_episode_counts_the_first_acted_on_else_the_last() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let first = decided(&app, "c-1").await;
    assert!(of_record(&app, &first).await);
    let second = decided(&app, "c-1").await;
    assert!(of_record(&app, &second).await && !of_record(&app, &first).await, "the last");

    // An agent acts on the first; what comes later changes that no more.
    let accepts = json!({ "verdict": "accepted", "by": "ann" });
    app.post(&format!("/v1/decisions/{first}/review"), &accepts).await;
    let third = decided(&app, "c-1").await;
    assert!(of_record(&app, &first).await);
    assert!(!of_record(&app, &second).await && !of_record(&app, &third).await);

    // A release begins an episode with a decision of its own.
    app.ask("/v1/conversations/c-1/release").await;
    let fourth = decided(&app, "c-1").await;
    assert!(of_record(&app, &fourth).await && of_record(&app, &first).await);
}

#[tokio::test]
async fn an_audit_is_no_act_of_an_agent() {
    let (app, first) = audited().await;
    let audit = next(&app, "ann").await;
    app.post(&path(&audit), &right("ann")).await;
    let second = decided(&app, "c-1").await;
    assert!(of_record(&app, &second).await && !of_record(&app, &first).await);
}

#[tokio::test]
async fn a_hand_over_is_acted_on_at_once() {
    let app = TestApp::sure("billing_dispute", 0.5).await;
    let first = decided(&app, "c-1").await;
    decided(&app, "c-1").await;
    assert!(of_record(&app, &first).await);
}
