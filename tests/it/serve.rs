//! `baton serve`: reload, shutdown, logs, faults at start.

use std::{fs, thread, time::Duration};

use baton::policy::Policy;
use serde_json::json;

use crate::{
    process::{Server, baton, run},
    support::says,
};

const TEXT: &str = "I was charged twice for my subscription this month.";

#[test]
fn requests_that_have_begun_are_finished_at_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&mut baton(folder.path()));
    let url = server.url.clone();
    let asking = thread::spawn(move || {
        // Long enough to be still running when the signal comes.
        let long = says(&"The export of the monthly report fails since this morning. ".repeat(400));
        ureq::post(format!("{url}/v1/triage")).send_json(&long).unwrap().status().as_u16()
    });
    thread::sleep(Duration::from_millis(30));
    server.signal("TERM");
    assert_eq!(asking.join().unwrap(), 200);
    assert!(server.ended(), "{}", server.log());
}

#[test]
fn a_reload_takes_a_good_policy_and_refuses_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    fs::write(&file, Policy::DEFAULT).unwrap();
    let server = Server::start(baton(folder.path()).env("BATON_POLICY", &file));
    let version = |server: &Server| {
        let answer = server.post("/v1/triage", &says(TEXT)).unwrap();
        answer["policy"]["version"].as_str().unwrap().to_owned()
    };
    let first = version(&server);

    fs::write(&file, Policy::DEFAULT.replace("auto = 0.90", "auto = 0.50")).unwrap();
    server.signal("HUP");
    server.logged("the reload was refused");
    assert!(server.log().contains("bands.auto"), "{}", server.log());
    assert_eq!(version(&server), first);

    fs::write(&file, Policy::DEFAULT.replace("auto = 0.90", "auto = 0.93")).unwrap();
    server.signal("HUP");
    server.logged("reloaded");
    assert_ne!(version(&server), first);
}

#[test]
fn text_of_a_conversation_is_in_no_log_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = baton(folder.path());
    command.env("BATON_LOG_LEVEL", "trace").env("BATON_LOG_FORMAT", "json");
    let mut server = Server::start(&mut command);
    let marker = "zanzibarquux";
    let text = format!("The {marker} export fails, mail jo@{marker}.example about {marker}-9.");
    let body = json!({ "conversation_id": "c-1", "subject": text,
        "messages": [{ "role": "customer", "text": text }] });
    server.post("/v1/triage", &body).unwrap();
    let wrong = json!({ "messages": [{ "role": marker, "text": text }] });
    assert!(server.post("/v1/triage", &wrong).is_err());
    let traced = ureq::post(format!("{}/v1/triage", server.url))
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .send_json(&body)
        .unwrap();
    assert!(traced.headers()["traceparent"].to_str().unwrap().contains("4bf92f3577b34da6"));
    server.signal("TERM");
    assert!(server.ended());
    let log = server.log();
    assert!(log.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "the trace is on the line:\n{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
        assert!(!line.contains(marker), "{line}");
    }
}

#[test]
fn what_is_wrong_at_the_start_is_named_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("broken.toml"), "mode = \"shadowy\"").unwrap();
    fs::write(path("not.db"), "this is no database, it is a text file of some length".repeat(50))
        .unwrap();
    fs::write(path("lib.so"), "this is no library").unwrap();
    let cases = [
        ("BATON_MODEL", path("nowhere"), "nowhere"),
        ("BATON_ONNXRUNTIME", path("nowhere.so"), "scripts/setup"),
        ("BATON_ONNXRUNTIME", path("lib.so"), "scripts/setup"),
        ("BATON_POLICY", path("nowhere.toml"), "--policy"),
        ("BATON_POLICY", path("broken.toml"), "mode"),
        ("BATON_STORE", format!("sqlite:{}", path("not.db")), "not.db"),
        ("BATON_STORE", format!("sqlite:{}", path("no/folder/x.db")), "no/folder"),
        ("BATON_LISTEN", "0.0.0.0:0".to_owned(), "expose"),
        ("BATON_LISTEN", "nonsense".to_owned(), "listen"),
        ("BATON_LOG_LEVEL", "banana".to_owned(), "log.level"),
        ("BATON_INFERENCE_DEADLINE", "soon".to_owned(), "inference.deadline"),
        ("BATON_INFRENCE_DEADLINE", "1s".to_owned(), "BATON_INFRENCE_DEADLINE"),
    ];
    for (variable, value, named) in cases {
        let (ok, out, errors) = run(baton(folder.path()).env(variable, &value).arg("serve"), "");
        assert!(!ok, "{variable}={value} started: {out}");
        assert!(errors.contains("baton: ") && errors.contains(named), "{variable}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
}
