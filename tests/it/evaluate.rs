//! `baton evaluate`, on the model that ships: figures, bad input, and what a certificate changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    process::{Server, baton, run},
    support::{TestApp, root, says},
};

const ROWS: &str = "text,intent\r\n\
    \"I was charged twice for INV-2231, please refund it\",billing_dispute\r\n\
    \"How do I export all contacts to a spreadsheet?\",how_to\r\n\
    \"Someone logged in to our admin account from abroad\nand changed the password\",\
    security_incident\r\n\
    where is my parcel,tea\r\n";

fn evaluate(folder: &TempDir, data: &str, more: &[&str]) -> (bool, String, String) {
    let file = folder.path().join("data");
    fs::write(&file, data).unwrap();
    run(baton(folder.path()).args(["evaluate", "--data"]).arg(&file).args(more), "")
}

/// The figures of a run that succeeds.
fn figures(folder: &TempDir, data: &str, more: &[&str]) -> Value {
    let (ok, out, errors) = evaluate(folder, data, &[&["--json"], more].concat());
    assert!(ok, "{errors}");
    serde_json::from_str(&out).unwrap()
}

/// The held-out conversations of the model that ships.
fn held_out() -> Vec<PathBuf> {
    let folder = root().join("models/default/corpus/held_out");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_conversations = |path: &PathBuf| !path.ends_with("acts.jsonl");
    let mut files: Vec<_> = files.filter(of_conversations).collect();
    files.sort();
    assert!(files.len() > 20);
    files
}

/// The model that ships without its certificate, in a folder of its own.
fn uncertified(folder: &TempDir) -> PathBuf {
    let pack = folder.path().join("pack");
    fs::create_dir(&pack).unwrap();
    for entry in fs::read_dir(root().join("models/default")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !path.ends_with("certificate.json") {
            fs::copy(&path, pack.join(path.file_name().unwrap())).unwrap();
        }
    }
    let sums = pack.join("checksums.sha256");
    let list = fs::read_to_string(&sums).unwrap();
    let others = list.lines().filter(|line| !line.ends_with("certificate.json"));
    fs::write(&sums, others.flat_map(|line| [line, "\n"]).collect::<String>()).unwrap();
    pack
}

fn with(pack: &Path, folder: &TempDir) -> Command {
    let mut command = baton(folder.path());
    command.env("BATON_MODEL", pack);
    command
}

#[test]
fn a_table_is_judged_and_reported_in_three_forms() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/report");
    let more = ["--out", out.to_str().unwrap()];
    let got = figures(&folder, ROWS, &more);
    assert_eq!((&got["judged"], &got["about"]["skipped"]), (&json!(3), &json!(1)));
    assert_eq!(got["about"]["unknown_labels"], json!({ "tea": 1 }));
    assert_eq!(got["decisions"]["accuracy"]["right"], 3, "{got:#}");
    assert_eq!(got["findings"]["auto_from"], Value::Null, "three rows prove nothing");
    let json: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    assert_eq!(json, got);
    let markdown = fs::read_to_string(out.join("report.md")).unwrap();
    assert!(markdown.contains("Nothing can be certified") && markdown.contains("tea (1)"));
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Reliability diagram") && !page.contains("://"));
    assert_eq!(figures(&folder, ROWS, &more), got, "the same rows, the same report");
}

#[test]
fn every_accepted_label_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut row = says("I was charged twice for INV-2231 this month.");
    row["intent"] = json!("how_to");
    let got = figures(&folder, &row.to_string(), &[]);
    assert_eq!(got["decisions"]["accuracy"]["right"], 0);
    row["also_acceptable"] = json!(["billing_dispute"]);
    let got = figures(&folder, &row.to_string(), &[]);
    assert_eq!(got["intents"]["accuracy"]["right"], 1);
    // Refunds and disputes lead to one role: the decision is right, the intent is not.
    row["also_acceptable"] = json!(["refund_request"]);
    let got = figures(&folder, &row.to_string(), &[]);
    assert_eq!(got["intents"]["accuracy"]["right"], 0);
    assert_eq!(got["decisions"]["accuracy"]["right"], 1);
}

#[test]
fn input_that_says_nothing_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (data, says) in [
        ("", vec!["empty"]),
        ("text,intent\n", vec!["no labelled conversation"]),
        ("words,topic\nhello,tea\n", vec!["words", "topic"]),
        (
            "text,intent\nhello,tea\nhello,coffee\n",
            vec!["no row has a label", "coffee, tea", "account_access", "--model"],
        ),
    ] {
        let (ok, out, errors) = evaluate(&folder, data, &[]);
        assert!(!ok && out.is_empty(), "{data:?}: {out}");
        assert!(says.iter().all(|part| errors.contains(part)), "{data:?}: {errors}");
    }
    let none = folder.path().join("none.csv");
    let (ok, _, errors) = run(baton(folder.path()).args(["evaluate", "--data"]).arg(&none), "");
    assert!(!ok && errors.contains("none.csv"), "{errors}");
    let taken = folder.path().join("data");
    let (ok, _, errors) = evaluate(&folder, ROWS, &["--out", taken.to_str().unwrap()]);
    assert!(!ok && errors.contains("name another --out"), "{errors}");
    let (ok, _, errors) = evaluate(&folder, ROWS, &["--out-of-scope", "5"]);
    assert!(!ok && errors.contains("0.05"), "{errors}");
}

#[test]
fn bad_rows_are_named_by_line_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, errors) = evaluate(&folder, &format!("{ROWS}too,many,fields\n"), &["--json"]);
    assert!(ok, "{errors}");
    let got: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&got["judged"], &got["about"]["skipped"]), (&json!(3), &json!(2)));
    assert!(errors.contains("line 7") && errors.contains("left out"), "{errors}");
}

#[test]
fn what_is_not_for_the_desk_may_have_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [("how do I export my contacts?", "how_to"), ("what is the moon made of?", "oos")];
    let data: String = rows.map(|(text, intent)| format!("{}\n", labelled(text, intent))).concat();
    let got = figures(&folder, &data, &["--out-of-scope-label", "oos"]);
    assert_eq!((&got["judged"], &got["about"]["unknown_labels"]), (&json!(2), &json!({})));
    assert_eq!(got["out_of_scope"]["found"]["of"], 1, "{got:#}");
}

fn labelled(text: &str, intent: &str) -> Value {
    let mut row = says(text);
    row["intent"] = json!(intent);
    row
}

/// In service such conversations are decided, too, and perhaps automatically.
#[test]
fn nothing_is_certified_while_labels_are_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let pack = uncertified(&folder);
    let file = folder.path().join("rows.csv");
    fs::write(&file, format!("{ROWS}\"a cup of tea, please\",tea\r\nhello moon,oos\r\n")).unwrap();
    let mut command = with(&pack, &folder);
    let (ok, out, errors) = run(command.args(["evaluate", "--certify", "--data"]).arg(&file), "");
    assert!(!ok && out.contains("tea (2)"), "the report is printed all the same: {out}{errors}");
    for want in ["no certificate is written", "oos (1), tea (2)", "--out-of-scope-label", "--add"] {
        assert!(errors.contains(want), "{want}: {errors}");
    }
    assert!(!pack.join("certificate.json").exists());
}

/// The one long test: everything that a certificate changes, on all held-out conversations.
#[test]
fn what_is_proved_becomes_automatic() {
    let folder = tempfile::tempdir().unwrap();
    let pack = uncertified(&folder);
    let sure = says("Someone logged in to our admin account from abroad and changed the password.");
    let triage = || {
        let (ok, out, errors) = run(with(&pack, &folder).arg("triage"), &sure.to_string());
        assert!(ok, "{errors}");
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let has = |answer: &Value, code: &str| {
        answer["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == code)
    };

    let before = triage();
    assert_eq!(before["band"], "suggest", "{before:#}");
    assert!(has(&before, "certificate.missing") && before["confidence"].as_f64() > Some(0.9));
    let (ok, out, _) = run(with(&pack, &folder).arg("doctor"), "");
    assert!(ok && out.contains("no decision is automatic"), "{out}");

    let mut command = with(&pack, &folder);
    command.args(["evaluate", "--json", "--out-of-scope", "0.05", "--certify", "--data"]);
    let (ok, out, errors) = run(command.args(held_out()), "");
    assert!(ok, "{errors}");
    let got: Value = serde_json::from_str(&out).unwrap();
    assert!(got["judged"].as_u64() >= Some(1_000));
    let automatic = &got["findings"]["automatic"];
    assert!(automatic["share"].as_f64() >= Some(0.95), "{automatic}");
    let calibration = &got["decisions"];
    let error = calibration["reliability"]["error"].as_f64().unwrap();
    let floor = calibration["chance"]["mean"].as_f64().unwrap();
    assert!(error <= floor + 0.01, "{error} against {floor}");

    let after = triage();
    assert_eq!(after["band"], "auto", "{after:#}");
    assert!(!has(&after, "certificate.missing"));
    assert_ne!(after["model"]["version"], before["model"]["version"]);
    let server = Server::start(&mut with(&pack, &folder));
    let health = server.get("/v1/health/model").unwrap();
    assert!((health["auto_from"].as_f64().unwrap() - 0.9).abs() < 1e-6, "{health}");
    assert!(health["certificate"]["auto_from"].as_f64() <= Some(0.9));

    // Other heads are another model, of which nothing is proved.
    let calibration = pack.join("calibration.json");
    let text = fs::read_to_string(&calibration).unwrap();
    fs::write(&calibration, format!("{text}\n")).unwrap();
    sign(&pack, "calibration.json");
    let (ok, out, _) = run(with(&pack, &folder).arg("doctor"), "");
    assert!(!ok && out.contains("another model"), "{out}");
}

/// Puts the present checksum of a file into the list.
fn sign(pack: &Path, name: &str) {
    use sha2::{Digest as _, Sha256};
    let digest = hex::encode(Sha256::digest(fs::read(pack.join(name)).unwrap()));
    let sums = pack.join("checksums.sha256");
    let list = fs::read_to_string(&sums).unwrap();
    let signed = format!("{digest}  {name}");
    let lines = list.lines().map(|line| if line.ends_with(name) { &signed } else { line });
    fs::write(&sums, lines.flat_map(|line| [line, "\n"]).collect::<String>()).unwrap();
}

#[tokio::test]
async fn health_says_how_far_the_model_may_act() {
    let app = TestApp::sure("how_to", 0.9).await;
    let reply = app.get("/v1/health/model").await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!((&body["name"], &body["ready"]), (&json!("fake"), &json!(true)));
    assert_eq!(body["certificate"], json!({ "auto_from": 0.0, "vetoed": [] }));
    assert!(body["says"].as_str().unwrap().contains("automatic from 0.900"), "{body}");
}
