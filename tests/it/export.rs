//! `baton export`: tables for other tools, read while the service writes.

use std::{fs, path::Path};

use baton::domain::StoreText;
use serde_json::{Value, json};

use crate::{
    process::{baton, run},
    support::{TestApp, says},
};

async fn decided(app: &TestApp, conversation: &str, text: &str) -> String {
    let mut request = says(text);
    request["conversation_id"] = json!(conversation);
    let reply = app.triage(&request).await;
    reply.json()["decision_id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

/// Runs the command beside the service that has the folder.
fn export(folder: &Path, arguments: &[&str]) -> String {
    let (ok, out, errors) = run(baton(folder).arg("export").args(arguments), "");
    assert!(ok, "{arguments:?}: {errors}");
    out
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let (ok, out, errors) = run(baton(folder).arg("export").args(arguments), "");
    assert!(!ok, "{arguments:?}: {out}");
    errors
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const DECISIONS: [&str; 4] = ["--what", "decisions", "--format", "jsonl"];
const REVIEWS: [&str; 4] = ["--what", "reviews", "--format", "jsonl"];

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_is_a_row_and_words_come_only_when_asked_for() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let folder = app.folder.path();
    let first = decided(&app, "c-1", "Charged twice, write to jo@example.com.").await;
    let second = decided(&app, "c-1", "Charged twice, write to jo@example.com.").await;
    decided(&app, "c-2", "Another thing.").await;
    app.delete("/v1/conversations/c-2").await;

    let text = export(folder, &DECISIONS);
    assert!(!text.contains("Charged") && !text.contains("jo@"), "{text}");
    let rows = objects(&text);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["decision_id"], first.as_str());
    assert_eq!(rows[0]["at"], "2026-11-20T10:00:00Z");
    let confidence = rows[0]["confidence"].as_f64().unwrap();
    assert!((0.8..0.82).contains(&confidence) && confidence.to_string().len() <= 8, "{confidence}");
    assert_eq!((&rows[0]["of_record"], &rows[1]["of_record"]), (&json!(false), &json!(true)));
    assert_eq!(rows[1]["decision_id"], second.as_str());
    assert_eq!(rows[1]["severity"], "normal");
    assert_eq!(rows[1]["episode"], 1);
    // Counts stay, names go.
    assert_eq!((&rows[2]["erased"], &rows[2]["conversation_id"]), (&json!(true), &Value::Null));
    assert_eq!(rows[2]["band"], "suggest");

    let rows = objects(&export(folder, &[&DECISIONS[..], &["--with-text"]].concat()));
    let said = &rows[0]["messages"][0];
    assert_eq!(said["role"], "customer");
    assert!(said["text"].as_str().unwrap().contains("<email>"), "{said}");
    assert_eq!(rows[2]["messages"], Value::Null, "erased");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_label_is_a_row_with_what_may_be_concluded_from_it() {
    let app = TestApp::keeping("billing_dispute", StoreText::Full).await;
    let folder = app.folder.path();
    let id = decided(&app, "c-1", "Charged twice.").await;
    let overrides = json!({ "verdict": "overridden", "tier": 2, "by": "=cmd|' /C calc'!A0",
        "note": "mail jo@example.com" });
    let reply = app.post(&format!("/v1/decisions/{id}/review"), &overrides).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let rows = objects(&export(folder, &REVIEWS));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["source"], "agent");
    assert_eq!((&rows[0]["tier"], &rows[0]["decided_tier"]), (&json!(2), &json!(1)));
    assert_eq!(rows[0]["of_record"], true);

    // A note that is kept as it was written is not masked, and so never leaves.
    let csv = export(folder, &["--what", "reviews", "--with-text"]);
    assert!(!csv.contains("jo@"), "{csv}");
    let line = csv.lines().nth(1).unwrap();
    assert!(line.contains(",'=cmd|' /C calc'!A0,"), "no formula: {line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_chosen_by_time_and_a_file_appears_once_it_is_whole() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let folder = app.folder.path();
    decided(&app, "c-1", "Charged twice.").await;
    let at = |from, to| ["--what", "decisions", "--from", from, "--to", to];
    let header = "decision_id,conversation_id,episode,at,mode,band,action,tier,role,intent,";
    for (from, to, rows) in [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z", 1),
        ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", 0),
        ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z", 0),
    ] {
        let csv = export(folder, &at(from, to));
        assert!(csv.starts_with(header), "{csv}");
        assert_eq!(csv.lines().count(), 1 + rows, "{from} {to}: {csv}");
    }
    assert_eq!(export(folder, &["--what", "decisions", "--out", "out.csv"]), "");
    let written = fs::read_to_string(folder.join("out.csv")).unwrap();
    assert_eq!(written, export(folder, &["--what", "decisions"]), "the same bytes again");
    assert!(!folder.join("out.csv.part").exists());

    let count = run(baton(folder).args(["export", "--what", "decisions"]), "").2;
    assert_eq!(count, "baton: rows written: 1\n");

    let errors = refused(folder, &at("2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z"));
    assert!(errors.contains("--from is not before --to"), "{errors}");
    assert!(refused(folder, &["--what", "secrets"]).contains("decisions"));
    let errors = refused(folder, &["--what", "decisions", "--out", "no/where.csv"]);
    assert!(errors.contains("--out"), "{errors}");
    let errors = refused(folder, &["--what", "decisions", "--store", "sqlite:none.db"]);
    assert!(errors.contains("holds no store"), "{errors}");
    assert!(!folder.join("none.db").exists(), "reading makes nothing");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_for_its_owner_alone_and_follows_no_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let app = TestApp::sure("billing_dispute", 0.8).await;
    let folder = app.folder.path();
    decided(&app, "c-1", "Charged twice.").await;
    fs::write(folder.join("precious"), "mine").unwrap();
    symlink(folder.join("precious"), folder.join("out.csv.part")).unwrap();
    export(folder, &["--what", "decisions", "--out", "out.csv"]);
    assert_eq!(fs::read_to_string(folder.join("precious")).unwrap(), "mine");
    let out = fs::symlink_metadata(folder.join("out.csv")).unwrap();
    assert!(out.is_file());
    assert_eq!(out.permissions().mode() & 0o777, 0o600);
}
