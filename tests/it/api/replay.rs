//! `POST /v1/policy/replay`, and the command on the store that the service leaves behind.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, http::Request};
use baton::policy::Policy;
use serde_json::{Value, json};

use crate::{
    process::{baton, run},
    support::{Reply, TestApp, says},
};

const PROBLEM: &str = "I was charged twice for invoice INV-2231 this month.";
const PATH: &str = "/v1/policy/replay";

/// The default policy without its probes, one passage replaced.
fn policy(from: &str, to: &str) -> String {
    let end = Policy::DEFAULT.find("[[probe]]").unwrap();
    assert!(Policy::DEFAULT[..end].contains(from), "the default policy has no {from}");
    Policy::DEFAULT[..end].replacen(from, to, 1)
}

fn stricter() -> String {
    policy("auto = 0.90", "auto = 0.97")
}

async fn ask(app: &TestApp, body: &Value) -> Reply {
    let mut request = Request::post(PATH)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
    app.send(request).await
}

/// Three conversations: one reviewed, one with an outcome, one of two turns.
async fn filled() -> (TestApp, Vec<String>) {
    let app = TestApp::sure("billing_dispute", 0.95).await;
    let mut ids = Vec::new();
    for name in ["c-1", "c-2", "c-3", "c-3"] {
        let mut request = says(PROBLEM);
        request["conversation_id"] = json!(name);
        ids.push(app.triage(&request).await.json()["decision_id"].as_str().unwrap().to_owned());
    }
    let review = format!("/v1/decisions/{}/review", ids[0]);
    let reply = app.post(&review, &json!({ "verdict": "accepted", "by": "ann" })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let outcome = "/v1/conversations/c-2/outcome";
    assert_eq!(app.post(outcome, &json!({ "resolved_tier": 3 })).await.status, 200);
    (app, ids)
}

#[tokio::test]
async fn replay_under_the_policy_in_force_changes_nothing() {
    let (app, _) = filled().await;
    let reply = ask(&app, &json!({ "policy": Policy::DEFAULT })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let report = reply.json();
    assert_eq!(report["decisions"], 4);
    assert_eq!(report["of_record"], 3);
    assert_eq!(report["changes"]["decisions"], 0);
    assert_eq!(report["before"], report["after"]);
    assert_eq!(report["taken_under"][report["policy"]["version"].as_str().unwrap()], 4);
}

#[tokio::test]
async fn changes_bands_precision_and_cost_are_reported_with_the_labels_there_are() {
    let (app, ids) = filled().await;
    let body = json!({ "policy": stricter(), "costs": { "correction": 3 }, "list": 1 });
    let first = ask(&app, &body).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(ask(&app, &body).await.text, first.text, "the same input, the same bytes");
    let report = first.json();
    let changes = &report["changes"];
    assert_eq!((&changes["decisions"], &changes["unlisted"]), (&json!(4), &json!(3)));
    assert_eq!(changes["by_aspect"], json!({ "band": 4 }), "in shadow both are suggestions");
    assert_eq!(changes["listed"][0]["decision"], ids[0].as_str());
    assert_eq!(changes["listed"][0]["before"]["right"], true);
    assert_eq!(report["moves"], json!([{ "from": "auto", "to": "suggest", "decisions": 3 }]));
    assert_eq!(report["labelled"], 2);
    let figures = &report["figures"];
    assert_eq!(figures["auto_precision_before"], 0.5, "resolved at tier 3 was not tier 1");
    assert_eq!(figures["auto_precision"], Value::Null, "nothing is in band auto any more");
    assert_eq!(figures["suggest_precision"], 0.5);
    assert_eq!(figures["misroute_minutes"], 3.0);
    assert_eq!(report["after"]["tiers"][1]["decisions"], 3);
    assert_eq!(report["after"]["roles"][0]["role"], "billing_specialist");
}

#[tokio::test]
async fn erased_decisions_are_counted_and_left_out() {
    let (app, _) = filled().await;
    assert_eq!(app.delete("/v1/conversations/c-3").await.status, 200);
    let report = ask(&app, &json!({ "policy": Policy::DEFAULT })).await.json();
    assert_eq!((&report["decisions"], &report["left_out"]["erased"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn bad_requests_are_refused_with_their_place() {
    let (app, _) = filled().await;
    for (body, pointers) in [
        (json!({}), vec![""]),
        (json!({ "policy": "name = 1" }), vec!["/policy"]),
        (json!({ "policy": policy("suggest = 0.70", "suggest = 0.95") }), vec!["/policy"]),
        (json!({ "policy": stricter(), "from": "yesterday" }), vec!["/from"]),
        (json!({ "policy": stricter(), "from": "2026-11-21T00:00:00Z" }), vec!["/from"]),
        (
            json!({ "policy": stricter(), "from": "2026-11-02T00:00:00Z",
                "to": "2026-11-01T00:00:00Z" }),
            vec!["/to"],
        ),
        (
            json!({ "policy": stricter(), "costs": { "luck": 1, "triage": -1 }, "list": 1001 }),
            vec!["/costs/luck", "/costs/triage", "/list"],
        ),
        (json!({ "policy": stricter(), "model": "other" }), vec!["/model"]),
    ] {
        let reply = ask(&app, &body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        let errors = reply.json()["errors"].as_array().unwrap().clone();
        let named: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(named, pointers, "{}", reply.text);
    }
    let fault = ask(&app, &json!({ "policy": policy("auto = 0.90", "auto = 1.5") })).await;
    assert!(fault.text.contains("bands.auto"), "the key is named: {}", fault.text);
    // Only programs on the machine itself may ask.
    let reply = app.post(PATH, &json!({ "policy": stricter() })).await;
    assert_eq!(reply.status, 403, "{}", reply.text);
}

#[tokio::test]
async fn a_window_without_decisions_is_an_answer_with_nothing_in_it() {
    let (app, _) = filled().await;
    let body = json!({ "policy": stricter(), "to": "2026-01-01T00:00:00Z" });
    let report = ask(&app, &body).await.json();
    assert_eq!((&report["decisions"], &report["to"]), (&json!(0), &body["to"]));
    let inside = json!({ "policy": stricter(), "from": "2026-11-20T10:00:00Z" });
    assert_eq!(ask(&app, &inside).await.json()["decisions"], 4);
}

#[tokio::test]
async fn the_command_reads_the_store_and_fails_where_a_condition_holds() {
    let (app, ids) = filled().await;
    app.recorder.close().await;
    let folder = app.folder.path();
    std::fs::write(folder.join("stricter.toml"), stricter()).unwrap();
    let replay = |more: &[&str]| {
        let mut command = baton(folder);
        command.args(["replay", "--store", "sqlite:baton.db", "--policy", "stricter.toml"]);
        run(command.args(more), "")
    };
    let (ok, text, errors) = replay(&["--fail-if", "auto_share > 0.5"]);
    assert!(ok, "{errors}");
    assert!(text.contains("4 come out otherwise") && text.contains(&ids[0]), "{text}");
    assert_eq!(replay(&[]).1, text, "the same input, the same bytes");

    let (ok, text, errors) = replay(&["--fail-if", "auto_precision_before < 0.95", "--json"]);
    assert!(!ok && errors.contains("auto_precision_before < 0.95 holds: it is 0.5"), "{errors}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["changes"]["decisions"], 4);
    let (ok, _, errors) = replay(&["--fail-if", "auto_precision < 0.95"]);
    assert!(!ok && errors.contains("cannot be judged"), "nobody knows, so it fails: {errors}");
    for (more, says) in [
        (vec!["--fail-if", "luck < 1"], "auto_precision_low"),
        (vec!["--cost", "luck=1"], "wrong_role"),
        (vec!["--from", "2999-01-01T00:00:00Z"], "--from: 2999-01-01T00:00:00Z lies in the future"),
        (
            vec!["--from", "2026-11-02T00:00:00Z", "--to", "2026-11-01T00:00:00Z"],
            "--to: give a later time",
        ),
        (vec!["--to", "2026-01-01T00:00:00Z"], "no decision between"),
        (vec!["--store", "sqlite:nowhere.db"], "there is no store at"),
        (vec!["--policy", "nowhere.toml"], "nowhere.toml"),
    ] {
        let mut command = baton(folder);
        command.args(["replay", "--store", "sqlite:baton.db"]).args(&more);
        if more[0] == "--store" {
            command = baton(folder);
            command.arg("replay").args(&more);
        }
        let (ok, out, errors) = run(&mut command, "");
        assert!(!ok && errors.contains(says), "{more:?}: {out}{errors}");
    }
    assert!(!folder.join("nowhere.db").exists(), "nothing is made");
}

#[test]
fn files_go_through_the_whole_pipeline_and_keep_their_labels() {
    let folder = tempfile::tempdir().unwrap();
    let line = |text: &str, label: Option<&str>| {
        let mut request = says(text);
        if let Some(label) = label {
            request["intent"] = json!(label);
        }
        format!("{request}\n")
    };
    let said = [
        line(PROBLEM, None),
        line("I was charged twice for my invoice.", Some("billing_dispute")),
        line("My card was charged two times.", Some("magic")),
        "no conversation\n".to_owned(),
    ];
    std::fs::write(folder.path().join("said.ndjson"), said.concat()).unwrap();
    // With a threshold that nothing reaches, all of band auto becomes a suggestion.
    let never = policy("auto = 0.90", "auto = 1.0");
    std::fs::write(folder.path().join("never.toml"), never).unwrap();
    let mut command = baton(folder.path());
    command.args(["replay", "--policy", "never.toml", "--json", "--data", "said.ndjson"]);
    let (ok, text, errors) = run(&mut command, "");
    assert!(ok && errors.contains("line 4"), "{errors}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["decisions"], &report["labelled"]), (&json!(3), &json!(1)));
    assert_eq!(report["left_out"]["unreadable"], 1);
    assert_eq!(report["left_out"]["unknown_labels"], 1);
    assert_eq!(report["before"]["right"]["right"], 1, "an intent is right where it leads");
    assert_eq!(report["after"]["automatic"], 0);
    assert_eq!(report["figures"]["auto_share"], 0.0);
    assert!(!folder.path().join("baton.db").exists(), "nothing is stored");
}
