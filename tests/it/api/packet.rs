//! The receiver completes and confirms the packet before it counts as reviewed.

use baton::domain::StoreText;
use serde_json::{Value, json};

use crate::support::TestApp;

/// A decision whose packet has steps and evidence; returns where its packet is confirmed.
async fn decided(app: &TestApp) -> (String, Value) {
    let request = json!({ "messages": [
        { "role": "customer", "text": "The sync fails for order A-77123, error E4032." },
        { "role": "bot", "text": "Please restart the agent.", "outcome": "failed" },
        { "role": "customer", "text": "I restarted it and the sync still fails." },
    ] });
    let reply = app.triage(&request).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let id = reply.json()["decision_id"].as_str().unwrap().to_owned();
    let drafted = reply.json()["handoff"].clone();
    assert_ne!(drafted["whats_been_done"], json!([]), "{drafted}");
    assert_ne!(drafted["evidence"], json!([]), "{drafted}");
    (id, drafted)
}

async fn confirm(app: &TestApp, id: &str, body: &Value) -> Value {
    let reply = app.post(&format!("/v1/decisions/{id}/packet"), body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

async fn shown(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/decisions/{id}")).await.json()["packet"].clone()
}

#[tokio::test]
async fn a_packet_counts_as_reviewed_once_somebody_has_confirmed_it() {
    let app = TestApp::sure("integration", 0.9).await;
    let (id, drafted) = decided(&app).await;
    assert_eq!(shown(&app, &id).await, json!({ "reviewed": false, "receipts": [] }));

    let confirmed = confirm(&app, &id, &json!({ "confirmed_by": "agent-7" })).await;

    assert_eq!(confirmed["reviewed"], true);
    assert_eq!(confirmed["confirmed_at"], "2026-11-20T10:00:00Z");
    assert_eq!(confirmed["packet"]["problem"], drafted["problem"]);
    assert_eq!(confirmed["packet"]["whats_been_done"], drafted["whats_been_done"]);
    let state = shown(&app, &id).await;
    assert_eq!(state["reviewed"], true);
    assert_eq!(state["receipts"][0]["confirmed_by"], "agent-7");
    let decision = app.get(&format!("/v1/decisions/{id}")).await.json()["decision"].clone();
    assert_eq!(decision["handoff"]["whats_needed"], Value::Null, "the draft stays a draft");
}

#[tokio::test]
async fn the_receivers_words_and_corrections_complete_the_packet() {
    let app = TestApp::sure("integration", 0.9).await;
    let (id, drafted) = decided(&app).await;
    let steps = drafted["whats_been_done"].as_array().unwrap().len();
    let body = json!({
        "whats_needed": "Re-run the sync.",
        "customer_context": "Calm.",
        "confirmed_by": "agent-7",
        "corrections": {
            "problem": "Sync fails since the update.",
            "change_steps": [{ "step": 0, "by": "agent", "outcome": "worked" }],
            "add_steps": [{ "by": "agent", "text": "Checked the logs", "outcome": "failed" }],
            "remove_evidence": [0],
            "add_evidence": [{ "kind": "ticket", "value": "T-9" }],
            "impact": { "who": "team" },
            "hypothesis": "An expired certificate.",
        },
    });

    let confirmed = confirm(&app, &id, &body).await;

    let packet = &confirmed["packet"];
    assert_eq!(packet["problem"], json!({ "text": "Sync fails since the update.", "sources": [] }));
    assert_eq!(packet["whats_needed"], "Re-run the sync.");
    assert_eq!(packet["whats_been_done"][0]["by"], "agent");
    assert_eq!(packet["whats_been_done"][0]["text"], drafted["whats_been_done"][0]["text"]);
    assert_eq!(packet["whats_been_done"][steps]["source"], Value::Null);
    assert_eq!(packet["evidence"].as_array().unwrap().last().unwrap()["value"], "T-9");
    assert_eq!(packet["impact"]["who"], "team");
    assert_eq!(packet["impact"]["work"], drafted["impact"]["work"]);
    let sections = json!([
        "problem",
        "whats_been_done",
        "whats_needed",
        "customer_context",
        "evidence",
        "impact",
        "hypothesis"
    ]);
    assert_eq!(confirmed["sections"], sections);
    let receipt = &shown(&app, &id).await["receipts"][0];
    assert_eq!(receipt["whats_needed"], "Re-run the sync.");
    assert_eq!(receipt["corrections"]["change_steps"][0]["outcome"], "worked");
}

#[tokio::test]
async fn the_same_body_gives_the_same_answer_and_another_one_replaces_it() {
    let app = TestApp::sure("integration", 0.9).await;
    let (id, _) = decided(&app).await;
    let body = |words: &str, by: &str| json!({ "whats_needed": words, "confirmed_by": by });
    let first = confirm(&app, &id, &body("A look.", "agent-7")).await;
    assert_eq!(confirm(&app, &id, &body("A look.", "agent-7")).await, first);
    confirm(&app, &id, &body("A fix.", "agent-7")).await;
    confirm(&app, &id, &body("A look.", "agent-8")).await;

    let state = shown(&app, &id).await;
    let receipts = state["receipts"].as_array().unwrap();
    let said: Vec<_> = receipts.iter().map(|r| (&r["confirmed_by"], &r["whats_needed"])).collect();
    let want = [("agent-7", "A fix."), ("agent-8", "A look.")];
    assert_eq!(
        said,
        want.map(|(by, words)| (json!(by), json!(words))).each_ref().map(|(a, b)| (a, b))
    );
}

#[tokio::test]
async fn what_does_not_fit_the_packet_is_refused_with_its_place() {
    let app = TestApp::sure("integration", 0.9).await;
    let (id, _) = decided(&app).await;
    let by = |mut body: Value| {
        body["confirmed_by"] = json!("agent-7");
        body
    };
    let cases = [
        (json!({}), ""),
        (json!({ "confirmed_by": " " }), "/confirmed_by"),
        (by(json!({ "whats_neded": "x" })), "/whats_neded"),
        (by(json!({ "whats_needed": " " })), "/whats_needed"),
        (by(json!({ "corrections": [] })), "/corrections"),
        (by(json!({ "corrections": { "steps": [] } })), "/corrections/steps"),
        (by(json!({ "corrections": { "remove_steps": [99] } })), "/corrections/remove_steps/0"),
        (
            by(json!({ "corrections": { "remove_evidence": [-1] } })),
            "/corrections/remove_evidence/0",
        ),
        (
            by(json!({ "corrections": { "change_steps": [{ "step": 99, "by": "bot" }] } })),
            "/corrections/change_steps/0/step",
        ),
        (
            by(json!({ "corrections": { "change_steps": [{ "step": 0 }] } })),
            "/corrections/change_steps/0",
        ),
        (
            by(json!({ "corrections": { "add_evidence": [{ "kind": "gossip", "value": "x" }] } })),
            "/corrections/add_evidence/0/kind",
        ),
        (by(json!({ "corrections": { "impact": { "who": "cats" } } })), "/corrections/impact/who"),
    ];
    for (body, pointer) in cases {
        let reply = app.post(&format!("/v1/decisions/{id}/packet"), &body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}: {}", reply.text);
    }
    assert_eq!(shown(&app, &id).await["reviewed"], false);
    for id in ["none", "%ff", "019aa3f2-6d1c-7c41-8b5e-3f6f0c1d2a3b"] {
        let path = format!("/v1/decisions/{id}/packet");
        assert_eq!(app.post(&path, &by(json!({}))).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn what_is_kept_of_a_receipt_follows_the_record() {
    let secret = "jo.public@example.com";
    let body = json!({
        "whats_needed": format!("Call {secret} back."),
        "corrections": { "hypothesis": format!("{secret} lost the key") },
        "confirmed_by": secret,
    });
    for (store_text, needed) in [
        (StoreText::Masked, json!("Call <email> back.")),
        (StoreText::Full, json!("Call jo.public@example.com back.")),
        (StoreText::Nothing, Value::Null),
    ] {
        let app = TestApp::keeping("integration", store_text).await;
        let (id, _) = decided(&app).await;
        let confirmed = confirm(&app, &id, &body).await;
        assert_eq!(confirmed["packet"]["whats_needed"], body["whats_needed"], "{store_text}");
        assert_eq!(confirmed["confirmed_by"], secret);
        assert_eq!(confirm(&app, &id, &body).await, confirmed);
        let receipt = &shown(&app, &id).await["receipts"][0];
        assert_eq!(receipt["whats_needed"], needed);
        assert_eq!(receipt["sections"], json!(["whats_needed", "hypothesis"]));
        assert!(receipt["confirmed_by"].as_str().unwrap().starts_with("sha256:"), "{receipt}");
    }
}
