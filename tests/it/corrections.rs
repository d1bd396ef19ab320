//! `baton train --from-store`: a service that runs, people who review, a candidate that has learnt.

use std::{
    fs,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    bakery,
    process::{Server, baton, run},
    support::says,
};

/// Under which intent the desk of a bakery files what its customers write.
const SUBJECTS: [(&str, [&str; 4]); 3] = [
    ("feature_request", bakery::CAKES),
    ("performance", bakery::HOURS),
    ("legal_privacy", bakery::ALLERGIES),
];
/// One each that nobody has reviewed.
const UNSEEN: [(&str, &str); 3] = [
    ("feature_request", "two strawberry cakes for Saturday please"),
    ("performance", "at what time do you open tomorrow?"),
    ("legal_privacy", "is there any gluten or milk in it? I have an allergy"),
];

/// Has everything triaged and reviewed by four people in turn.
fn play(server: &Server, subjects: &[(&str, [&str; 4])]) {
    let mut place = 0;
    for (intent, things) in subjects {
        for text in bakery::texts(*things) {
            let by = format!("agent-{}", place % 4);
            place += 1;
            let said = server.post("/v1/triage", &says(&text)).unwrap();
            let verdict = if said["intents"][0]["label"] == *intent {
                json!({ "verdict": "accepted", "by": by })
            } else {
                json!({ "verdict": "overridden", "intent": intent, "by": by })
            };
            let id = said["decision_id"].as_str().unwrap();
            server.post(&format!("/v1/decisions/{id}/review"), &verdict).unwrap();
        }
    }
}

/// The intent that a pack gives a text.
fn intent(folder: &Path, model: Option<&str>, text: &str) -> String {
    let mut command = baton(folder);
    if let Some(model) = model {
        command.args(["--model", model]);
    }
    let (ok, out, errors) = run(command.arg("triage"), &says(text).to_string());
    assert!(ok, "{errors}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    answer["intents"][0]["label"].as_str().unwrap().to_owned()
}

fn train(folder: &Path, more: &[&str]) -> (bool, String) {
    let (ok, out, errors) = run(baton(folder).args(["train", "--from-store"]).args(more), "");
    (ok, out + &errors)
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn what_people_corrected_becomes_a_candidate_that_answers_better() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let server = Server::start(&mut baton(at));
    play(&server, &SUBJECTS);
    fs::write(at.join("test.csv"), test_file()).unwrap();

    // The service goes on running, with its model.
    let (ok, said) = train(at, &["--out", "own", "--threads", "1", "--test", "test.csv"]);
    assert!(ok, "{said}");
    for want in [
        "own: a candidate from corrections",
        "47 of 48 reviewed decisions in sqlite:baton.db",
        "1 left out: the same words stand in the test",
        "The candidate is better",
        "the old temperature stays",
        "shadow_model=own",
        "--certify",
    ] {
        assert!(said.contains(want), "{want}: {said}");
    }
    for (wanted, text) in UNSEEN {
        assert_ne!(intent(at, None, text), wanted, "the model in force knows {text:?}");
        assert_eq!(intent(at, Some("own"), text), wanted, "{text:?}: {said}");
    }
    let old = "I was charged twice for INV-2231 this month.";
    assert_eq!(intent(at, Some("own"), old), "billing_dispute");
    assert!(!at.join("own/certificate.json").exists(), "nothing is automatic before it is proved");
    let health = server.get("/v1/health/model").unwrap();
    assert_eq!(health["name"], "default", "nothing promotes itself: {health}");

    let compared = fs::read(at.join("own.comparison.json")).unwrap();
    let compared: Value = serde_json::from_slice(&compared).unwrap();
    assert_eq!(compared["test"]["rows"], 4);
    assert!(compared["reviews"]["decisions"]["p"].as_f64().unwrap() < 0.05, "{compared}");
    let changes = compared["reviews"]["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes[0]["decision"].is_string());
    assert!(!compared.to_string().contains("cake"), "no text of the store");

    fs::rename(at.join("own"), at.join("first")).unwrap();
    fs::rename(at.join("own.comparison.json"), at.join("first.json")).unwrap();
    let (ok, said) = train(at, &["--out", "own", "--threads", "4", "--test", "test.csv"]);
    assert!(ok, "{said}");
    let (first, second) = (files(&at.join("first")), files(&at.join("own")));
    assert_eq!(first.len(), second.len());
    for (before, after) in first.iter().zip(second) {
        assert!(*before == after, "{} differs", after.0);
    }
    // What stood in the test then is news now; all else is known, with a label added, too.
    fs::write(at.join("tea.txt"), "a pot of tea\ngreen tea, please\ndo you serve tea?\n").unwrap();
    let mut command = baton(at);
    command.args(["--model", "own", "train", "--add", "tea=tea.txt", "--out", "grown"]);
    let (ok, out, errors) = run(&mut command, "");
    assert!(ok, "{out}{errors}");
    for (model, policy) in [("own", None), ("grown", Some("grown.policy.toml"))] {
        let mut more = vec!["--out", "third", "--model", model];
        more.extend(policy.iter().flat_map(|file| ["--policy", *file]));
        let (ok, said) = train(at, &more);
        assert!(!ok && said.contains("1 of 48 reviewed decisions can be learnt from"), "{said}");
        assert!(said.contains("47: the model in force has learnt from them"), "{said}");
    }
    let (ok, said) = train(at, &["--out", "own"]);
    assert!(!ok && said.contains("own exists"), "{said}");
}

/// One text of the store, in other letters, and the unseen ones.
fn test_file() -> String {
    let unseen = UNSEEN.iter().map(|(intent, text)| format!("\"{text}\",{intent}\n"));
    let known = "\"I want to ask about GLUTEN!\",legal_privacy\n".to_owned();
    std::iter::once("text,intent\n".to_owned()).chain(unseen).chain([known]).collect()
}

#[test]
fn a_store_that_teaches_nothing_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let refused = |want: &str| {
        let (ok, said) = train(at, &["--out", "own"]);
        assert!(!ok && said.contains(want), "{want}: {said}");
        assert!(!at.join("own").exists() && !at.join("own.comparison.json").exists());
    };
    refused("baton.db holds no store; name the one that the service writes with --store");
    assert!(!at.join("baton.db").exists(), "nothing is made");
    let server = Server::start(&mut baton(at));
    refused("nobody has reviewed a decision in it");
    play(&server, &SUBJECTS[..1]);
    refused("all 16 reviewed decisions have the same intent");
    fs::write(at.join("own.comparison.json"), "{}").unwrap();
    let (ok, said) = train(at, &["--out", "own"]);
    assert!(!ok && said.contains("own.comparison.json exists"), "{said}");
    fs::remove_file(at.join("own.comparison.json")).unwrap();
    let (ok, said) = train(at, &["--out", "own", "--reviewer-share", "0"]);
    assert!(!ok && said.contains("give a share above 0"), "{said}");
}

#[test]
fn an_interrupted_training_from_the_store_leaves_no_half_pack() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    {
        let mut server = Server::start(&mut baton(at));
        play(&server, &SUBJECTS[..2]);
        server.signal("TERM");
        assert!(server.ended());
    }
    let mut command = baton(at);
    command.args(["train", "--from-store", "--out", "own"]).stdout(Stdio::null());
    let begun = Instant::now();
    assert!(command.status().unwrap().success());
    let whole = begun.elapsed();
    for part in [2, 4, 5] {
        fs::remove_dir_all(at.join("own")).unwrap_or_default();
        fs::remove_file(at.join("own.comparison.json")).unwrap_or_default();
        let mut child = command.spawn().unwrap();
        thread::sleep((whole * part / 6).max(Duration::from_millis(10)));
        let _ = child.kill();
        child.wait().unwrap();
        if at.join("own").exists() {
            // It was faster than before: then it is whole.
            assert!(at.join("own.comparison.json").exists());
            intent(at, Some("own"), "at what time do you open?");
        }
    }
}
