//! The policy edited while the program runs: tried, put in force, and gone back to.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    thread,
};

use baton::policy::Policy;
use serde_json::{Value, json};

use crate::{
    process::{Server, baton},
    support::says,
};

const POLICY: &str = "/v1/policy";
const TEXT: &str = "I was charged twice for my subscription this month.";

/// A service on a policy file of its own.
fn serving(folder: &Path) -> (Server, PathBuf) {
    let file = folder.join("policy.toml");
    fs::write(&file, Policy::DEFAULT).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    (Server::start(baton(folder).env("BATON_POLICY", &file)), file)
}

/// The default policy, less sure or surer.
fn from(auto: &str) -> String {
    Policy::DEFAULT.replacen("auto = 0.90", &format!("auto = {auto}"), 1)
}

fn put(server: &Server, body: &Value) -> (u16, Value) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.put(format!("{}{POLICY}", server.url)).send_json(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
}

fn save(server: &Server, text: &str, base: &str, by: &str) -> (u16, Value) {
    put(server, &json!({ "policy": text, "base": base, "by": by, "note": "a try" }))
}

fn version(server: &Server) -> String {
    server.get(POLICY).unwrap()["version"].as_str().unwrap().to_owned()
}

/// The version that decides.
fn deciding(server: &Server) -> Value {
    server.post("/v1/triage", &says(TEXT)).unwrap()["policy"]["version"].clone()
}

#[test]
fn a_policy_is_tried_saved_and_gone_back_to_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, file) = serving(folder.path());
    let first = server.get(POLICY).unwrap();
    assert_eq!(first["text"], Policy::DEFAULT);
    assert_eq!((&first["editable"], &first["read_only"]), (&json!(true), &Value::Null));
    assert_eq!(first["file"], file.display().to_string());
    let base = first["version"].as_str().unwrap();

    let wrong = from("0.60");
    let checked = server.post("/v1/policy/check", &json!({ "policy": wrong })).unwrap();
    assert_eq!((&checked["valid"], &checked["version"]), (&json!(false), &Value::Null));
    let line = 1 + wrong.lines().position(|line| line.starts_with("auto = 0.60")).unwrap();
    assert_eq!(checked["errors"][0]["line"], line);
    assert_eq!(checked["errors"][0]["key"], "bands.auto");
    let (status, problem) = save(&server, &wrong, base, "ann");
    assert_eq!((status, problem["title"].as_str()), (422, Some("invalid")));
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with(&format!("line {line}: bands.auto: ")), "{detail}");

    let strict = from("0.95");
    let checked = server.post("/v1/policy/check", &json!({ "policy": strict })).unwrap();
    assert_eq!((&checked["valid"], &checked["in_force"]), (&json!(true), &json!(false)));
    let probes = checked["probes"].as_array().unwrap();
    assert!(!probes.is_empty() && probes.iter().all(|probe| probe["passed"] == true));
    assert_eq!(deciding(&server), base, "nothing has changed so far");

    let (status, saved) = save(&server, &strict, base, "ann");
    assert_eq!((status, &saved["changed"], &saved["revision"]), (200, &json!(true), &json!(2)));
    assert_eq!(saved["version"], checked["version"]);
    assert_eq!(deciding(&server), saved["version"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), strict);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let (status, again) = save(&server, &strict, saved["version"].as_str().unwrap(), "ann");
    assert_eq!((status, &again["changed"], &again["revision"]), (200, &json!(false), &Value::Null));

    let history = server.get("/v1/policy/history").unwrap();
    let shown = |at: usize, part: &str| history["revisions"][at][part].clone();
    assert_eq!(history["revisions"].as_array().unwrap().len(), 2);
    assert_eq!((shown(0, "by"), shown(0, "note")), (json!("ann"), json!("a try")));
    assert_eq!((shown(0, "in_force"), shown(1, "in_force")), (json!(true), json!(false)));
    assert_eq!((shown(1, "by"), shown(1, "version")), (Value::Null, json!(base)));
    let page = server.get("/v1/policy/history?limit=1").unwrap();
    assert_eq!((&page["next"], &page["revisions"][0]), (&json!(2), &history["revisions"][0]));

    let old = server.get("/v1/policy/history/1").unwrap();
    let text = old["text"].as_str().unwrap();
    let (status, back) = save(&server, text, &version(&server), "bob");
    assert_eq!((status, back["version"].as_str()), (200, Some(base)));
    assert_eq!(deciding(&server), base);

    server.signal("TERM");
    assert!(server.ended(), "{}", server.log());
    drop(server);
    // What was saved is what a start finds, with its history.
    let server = Server::start(baton(folder.path()).env("BATON_POLICY", &file));
    assert_eq!(version(&server), base);
    let history = server.get("/v1/policy/history").unwrap();
    assert_eq!(history["revisions"].as_array().unwrap().len(), 3);
}

#[test]
fn of_two_who_edit_at_once_the_second_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (server, file) = serving(folder.path());
    let base = version(&server);
    let texts = ["0.92", "0.93", "0.94", "0.95"].map(from);
    let answers = thread::scope(|scope| {
        let saving = texts.each_ref().map(|text| scope.spawn(|| save(&server, text, &base, "ann")));
        saving.map(|thread| thread.join().unwrap())
    });
    let saved = answers.iter().position(|(status, _)| *status == 200).unwrap();
    let in_force = fs::read_to_string(&file).unwrap();
    assert_eq!(in_force, texts[saved]);
    for (at, (status, problem)) in answers.iter().enumerate().filter(|(at, _)| *at != saved) {
        assert_eq!((*status, problem["title"].as_str()), (409, Some("policy-changed")), "{at}");
        assert_eq!(problem["policy"]["text"], in_force.as_str(), "what to put the change into");
        assert_eq!(problem["policy"]["version"], version(&server));
    }
    let history = server.get("/v1/policy/history").unwrap();
    assert_eq!(history["revisions"].as_array().unwrap().len(), 2);
    // Told, the second puts the change into what is in force.
    let (status, _) = save(&server, &texts[(saved + 1) % 4], &version(&server), "bob");
    assert_eq!(status, 200);
}

#[test]
fn a_file_that_was_changed_by_hand_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (server, file) = serving(folder.path());
    let base = version(&server);
    fs::write(&file, from("0.93")).unwrap();
    let (status, problem) = save(&server, &from("0.95"), &base, "ann");
    assert_eq!((status, problem["title"].as_str()), (409, Some("policy-changed")));
    assert!(problem["detail"].as_str().unwrap().contains("reload"), "{problem}");
    assert_eq!(fs::read_to_string(&file).unwrap(), from("0.93"));
    server.post("/v1/admin/reload", &json!({})).unwrap();
    let (status, _) = save(&server, &from("0.95"), &version(&server), "ann");
    assert_eq!(status, 200);
    let history = server.get("/v1/policy/history").unwrap();
    let by_hand = &history["revisions"][1];
    assert_eq!(by_hand["by"], Value::Null, "what was written by hand is kept, too");
    let path = format!("/v1/policy/history/{}", by_hand["revision"]);
    assert_eq!(server.get(&path).unwrap()["text"], from("0.93").as_str());
}

#[test]
fn what_cannot_be_written_is_shown_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&mut baton(folder.path()));
    let shown = server.get(POLICY).unwrap();
    assert_eq!((&shown["editable"], &shown["file"]), (&json!(false), &Value::Null));
    assert!(shown["read_only"].as_str().unwrap().contains("baton policy show"), "{shown}");
    let (status, problem) = save(&server, &from("0.95"), &version(&server), "ann");
    assert_eq!((status, problem["title"].as_str()), (409, Some("policy-read-only")));
    drop(server);

    let folder = tempfile::tempdir().unwrap();
    let (server, file) = serving(folder.path());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    let shown = server.get(POLICY).unwrap();
    assert!(shown["read_only"].as_str().unwrap().contains("chmod u+w"), "{shown}");
    let (status, problem) = save(&server, &from("0.95"), &version(&server), "ann");
    assert_eq!((status, problem["title"].as_str()), (409, Some("policy-read-only")));
    assert_eq!(fs::read_to_string(&file).unwrap(), Policy::DEFAULT);
    assert!(server.get("/v1/policy/history").unwrap()["revisions"].as_array().unwrap().is_empty());
    // Made writable, it is editable at once.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(server.get(POLICY).unwrap()["editable"], true);
    assert_eq!(save(&server, &from("0.95"), &version(&server), "ann").0, 200);
}
