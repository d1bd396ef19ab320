//! `baton demo`: made-up weeks in a store, through the program itself.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    process::{Server, baton, run},
    support::root,
};

/// A Friday, so that the last days are working days.
const UNTIL: &str = "2026-11-20T18:00:00Z";

/// Runs the command; its exit, what it says, and why it fails.
fn demo(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    run(baton(folder).args(["demo", "--until", UNTIL]).args(arguments), "")
}

fn small(folder: &Path, seed: &str) -> String {
    let few = ["--conversations", "40", "--days", "5", "--seed", seed];
    let (ok, out, errors) = demo(folder, &few);
    assert!(ok, "{errors}");
    out
}

/// Every decision of the store, without the identifiers that the machine gives.
fn decisions(folder: &Path) -> Vec<Value> {
    let (ok, out, errors) =
        run(baton(folder).args(["export", "--what", "decisions", "--format", "jsonl"]), "");
    assert!(ok, "{errors}");
    let rows = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|mut row| {
        assert!(row.as_object_mut().unwrap().remove("decision_id").is_some());
        row
    })
    .collect()
}

#[test]
fn the_same_seed_tells_the_same_story_at_times_in_the_past() {
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let out = small(folders[0].path(), "7");
    assert!(out.contains("40 made-up conversations") && out.contains("demo-7-00001"), "{out}");
    small(folders[1].path(), "7");
    small(folders[2].path(), "8");
    let [first, same, other] = [0, 1, 2].map(|place| decisions(folders[place].path()));
    assert_eq!(first, same);
    assert_ne!(first, other);

    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let names: BTreeSet<_> = first.iter().map(|row| text(row, "conversation_id")).collect();
    assert_eq!(names.len(), 40);
    assert!(names.iter().all(|name| name.starts_with("demo-7-")), "{names:?}");
    let times: Vec<_> = first.iter().map(|row| text(row, "at")).collect();
    assert!(times.is_sorted(), "the chain grows as time does: {times:?}");
    assert!(times[0].as_str() >= "2026-11-15T18:00" && times.last().unwrap().as_str() <= UNTIL);
    let modes: BTreeSet<_> = first.iter().map(|row| text(row, "mode")).collect();
    assert_eq!(modes.into_iter().collect::<Vec<_>>(), ["live", "shadow"]);

    let (ok, out, errors) = run(baton(folders[0].path()).arg("doctor"), "");
    assert!(ok && out.contains("the chain verifies"), "{out} {errors}");
}

#[test]
fn records_that_are_there_are_left_alone_unless_asked_to_add() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path(), "7");
    let before = decisions(folder.path());
    let (ok, _, errors) = demo(folder.path(), &["--conversations", "5", "--days", "5"]);
    assert!(!ok && errors.contains("--add") && errors.contains("--store demo.db"), "{errors}");
    assert_eq!(decisions(folder.path()), before);

    let few = ["--conversations", "5", "--days", "5", "--add", "--seed"];
    let (ok, _, errors) = demo(folder.path(), &[&few[..], &["7"]].concat());
    assert!(!ok && errors.contains("another seed"), "{errors}");
    let (ok, _, errors) = demo(folder.path(), &[&few[..], &["8"]].concat());
    assert!(ok, "{errors}");
    assert!(decisions(folder.path()).len() >= before.len() + 5);
}

#[test]
fn what_cannot_be_told_is_refused_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], remedy: &str| {
        let (ok, _, errors) = demo(folder.path(), arguments);
        assert!(!ok && errors.contains(remedy), "{arguments:?}: {errors}");
    };
    refused(&["--set", "records.retention_days=7"], "--days 7");
    refused(&["--conversations", "0"], "1..=200000");
    let (ok, _, errors) =
        run(baton(folder.path()).args(["demo", "--until", "2999-01-01T00:00:00Z"]), "");
    assert!(!ok && errors.contains("not over yet"), "{errors}");

    // A pack without its corpus, as somebody may have copied it.
    let bare = folder.path().join("bare");
    fs::create_dir(&bare).unwrap();
    for entry in fs::read_dir(root().join("models/default")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, bare.join(path.file_name().unwrap())).unwrap();
        }
    }
    let (ok, _, errors) = run(baton(folder.path()).env("BATON_MODEL", &bare).arg("demo"), "");
    assert!(
        !ok && errors.contains("corpus/held_out") && errors.contains("scripts/install"),
        "{errors}"
    );
    assert!(!folder.path().join("baton.db").exists(), "nothing was begun");
}

/// Once, since it takes a while: enough of a story that everything that is told can be seen.
#[test]
fn a_newcomer_finds_people_at_work_a_drift_and_a_broken_promise() {
    let folder = tempfile::tempdir().unwrap();
    let many = ["demo", "--conversations", "900", "--days", "12"];
    // Up to now, since reports look at the present.
    let (ok, out, errors) = run(baton(folder.path()).args(many), "");
    assert!(ok, "{errors}");
    assert!(out.contains("baton serve --store sqlite:baton.db"), "{out}");
    assert!(out.contains("the promise breaks"), "{out}");

    let mut server = Server::start(&mut baton(folder.path()));
    let decisions = |filter: &str| -> Vec<Value> {
        let page = server.get(&format!("/v1/decisions?limit=200{filter}")).unwrap();
        page["decisions"].as_array().unwrap().clone()
    };
    for filter in ["band=auto", "band=suggest", "band=human", "reviewed=true", "tier=2"] {
        assert!(!decisions(&format!("&{filter}")).is_empty(), "{filter}");
    }
    // Newest first: those after the breach.
    let latest = decisions("");
    assert!(latest[..50].iter().all(|row| row["band"] != "auto"), "nothing is automatic any more");
    let promise = server.get("/v1/health/model").unwrap()["contract"].take();
    assert_eq!((&promise["standing"], &promise["ground"]), (&json!("broken"), &json!("overrides")));

    let drift = server.get("/v1/reports/drift").unwrap();
    let usual = &drift["references"][0];
    assert_eq!(usual["outcome"], "compared", "{drift:#}");
    let moved: Vec<_> =
        usual["findings"].as_array().unwrap().iter().filter(|f| f["moved"] == true).collect();
    let causes: Vec<_> = moved.iter().flat_map(|f| f["causes"].as_array().unwrap()).collect();
    assert!(causes.iter().any(|cause| cause["name"] == "out_of_scope"), "{drift:#}");

    let alarms = server.get("/v1/reports/alarms?limit=500").unwrap();
    let alarms = alarms["alarms"].as_array().unwrap();
    let broken = alarms.iter().find(|alarm| alarm["subject"] == "contract").unwrap();
    assert_eq!(broken["event"], "raised");

    let handoffs = server.get("/v1/reports/handoffs?by=group").unwrap();
    assert!(handoffs["not_acknowledged"]["count"].as_u64().unwrap() > 0, "{handoffs:#}");
    let groups = handoffs["divided"]["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["value"] == "Technical"), "{handoffs:#}");
    server.signal("TERM");
    assert!(server.ended());

    let rows = reviews(folder.path());
    let seen = |key: &str| -> BTreeSet<&str> {
        rows.iter().map(|row| row[key].as_str().unwrap_or_default()).collect()
    };
    assert_eq!(seen("verdict"), BTreeSet::from(["accepted", "overridden"]));
    assert_eq!(seen("source"), BTreeSet::from(["agent", "audit"]));
    assert!(seen("by").len() > 8, "{:?}", seen("by"));
}

fn reviews(folder: &Path) -> Vec<Value> {
    let (ok, out, errors) =
        run(baton(folder).args(["export", "--what", "reviews", "--format", "jsonl"]), "");
    assert!(ok, "{errors}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
