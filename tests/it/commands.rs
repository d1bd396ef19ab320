//! The command line, on the model that ships.

use std::fs;

use serde_json::{Value, json};

use crate::{
    process::{baton, run},
    support::says,
};

const TEXT: &str = "I was charged twice for INV-2231 this month.";

#[test]
fn triage_prints_the_decision() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, errors) = run(baton(folder.path()).arg("triage"), &says(TEXT).to_string());
    assert!(ok, "{errors}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["role"], "billing_specialist");
    assert_eq!(answer["durable"], false, "nothing is kept on the command line");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "no file was left behind");
}

#[test]
fn a_bad_conversation_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, _, errors) = run(baton(folder.path()).arg("triage"), r#"{"messages":[{}]}"#);
    assert!(!ok);
    assert!(errors.contains("/messages/0"), "{errors}");
}

#[test]
fn score_keeps_order_names_bad_lines_and_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: &str| {
        let mut request = says(TEXT);
        request["conversation_id"] = json!(id);
        request.to_string()
    };
    let input = format!("{}\nbroken\n{}\n", line("a"), line("b"));
    let (ok, out, errors) = run(baton(folder.path()).arg("score"), &input);
    assert!(!ok && errors.contains("1 lines could not be scored"), "{errors}");
    let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines[0]["conversation_id"], "a");
    assert_eq!(lines[1]["line"], 2);
    assert_eq!(lines[2]["conversation_id"], "b");

    let (ok, _, errors) = {
        let same = folder.path().join("same.ndjson");
        fs::write(&same, line("a")).unwrap();
        let mut command = baton(folder.path());
        command.args(["score", "--input"]).arg(&same).arg("--output").arg(&same);
        let ran = run(&mut command, "");
        assert_eq!(fs::read_to_string(&same).unwrap(), line("a"), "the input is whole");
        ran
    };
    assert!(!ok && errors.contains("another output"), "{errors}");

    // An interruption left one complete line and half of another.
    let (from, to) = (folder.path().join("in.ndjson"), folder.path().join("out.ndjson"));
    fs::write(&from, format!("{}\n{}\n{}\n", line("a"), line("b"), line("c"))).unwrap();
    fs::write(&to, "{\"conversation_id\":\"kept\"}\n{\"conversa").unwrap();
    let mut command = baton(folder.path());
    command.args(["score", "--resume", "--input"]).arg(&from).arg("--output").arg(&to);
    let (ok, _, errors) = run(&mut command, "");
    assert!(ok, "{errors}");
    let text = fs::read_to_string(&to).unwrap();
    let ids: Vec<String> = text
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["conversation_id"].to_string())
        .collect();
    assert_eq!(ids, ["\"kept\"", "\"b\"", "\"c\""]);
}

#[test]
fn policies_are_checked_shown_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, shown, _) = run(baton(folder.path()).args(["policy", "show"]), "");
    assert!(ok && shown.contains("[bands]"));
    let file = folder.path().join("mine.toml");
    fs::write(&file, &shown).unwrap();
    let (ok, out, errors) = run(baton(folder.path()).args(["policy", "check"]).arg(&file), "");
    assert!(ok && out.contains("no fault"), "{errors}");
    fs::write(&file, shown.replace("suggest = 0.70", "suggest = 0.95")).unwrap();
    let (ok, _, errors) = run(baton(folder.path()).args(["policy", "check"]).arg(&file), "");
    assert!(!ok && errors.contains("mine.toml") && errors.contains("bands"), "{errors}");
    let (ok, out, errors) =
        run(baton(folder.path()).args(["policy", "explain"]), &says(TEXT).to_string());
    assert!(ok, "{errors}");
    assert!(out.lines().count() > 30, "{out}");
    let outcome = out.lines().last().unwrap();
    for part in ["tier 1 billing_specialist", "band ", "escalation none", "notify nobody"] {
        assert!(outcome.contains(part), "{part} is missing: {outcome}");
    }
}

#[test]
fn explain_can_look_at_another_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (_, shown, _) = run(baton(folder.path()).args(["policy", "show"]), "");
    let hours = "queue = \"Billing\"\ntime_zone = \"UTC\"\n\
                 hours = [{ days = [\"fri\"], from = \"08:00\", to = \"18:00\" }]";
    let file = folder.path().join("mine.toml");
    fs::write(&file, shown.replacen("queue = \"Billing\"", hours, 1)).unwrap();
    let explain = |moment: &str| {
        let mut command = baton(folder.path());
        command.args(["policy", "explain", "--at", moment, "--policy"]).arg(&file);
        run(&mut command, &says(TEXT).to_string())
    };
    // Thursday 24 December 2026.
    let (ok, closed, errors) = explain("2026-12-24T10:00:00Z");
    assert!(ok && closed.contains("billing_specialist is closed"), "{closed}{errors}");
    let (ok, open, _) = explain("2026-12-25T10:00:00+01:00");
    assert!(ok && open.contains("billing_specialist is there"), "{open}");
    let (ok, _, errors) = explain("Christmas");
    assert!(!ok && errors.contains("write date, time and offset"), "{errors}");
}

#[test]
fn check_notes_what_is_no_fault_and_strict_refuses_gaps_in_the_probes() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, strict: &[&str]| {
        let file = folder.path().join("mine.toml");
        fs::write(&file, text).unwrap();
        run(baton(folder.path()).args(["policy", "check"]).arg(&file).args(strict), "")
    };
    let (_, shown, _) = run(baton(folder.path()).args(["policy", "show"]), "");
    let (ok, out, errors) = check(&shown, &["--strict"]);
    assert!(ok && !out.contains("note:"), "{out}{errors}");

    let overdue = shown.replace("# review_by = \"2027-01-31\"", "review_by = \"2020-01-31\"");
    let (ok, out, _) = check(&overdue, &["--strict"]);
    assert!(ok && out.contains("note: ") && out.contains("due on 2020-01-31"), "{out}");
    let file = folder.path().join("mine.toml");
    let (ok, out, _) = run(baton(folder.path()).arg("doctor").arg("--policy").arg(&file), "");
    assert!(!ok && out.contains("its review was due on 2020-01-31"), "{out}");

    let bare = &shown[..shown.find("[[probe]]").unwrap()];
    let (ok, out, _) = check(bare, &[]);
    assert!(ok && out.contains("no probe expects bypass.legal"), "{out}");
    let (ok, out, errors) = check(bare, &["--strict"]);
    assert!(!ok && out.contains("no probe is given the intent"), "{out}");
    assert!(errors.contains("no probe covers"), "{errors}");
}

#[test]
fn the_matrix_is_drawn_from_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, matrix, errors) = run(baton(folder.path()).args(["policy", "matrix"]), "");
    assert!(ok && matrix.starts_with("# Escalation matrix: default"), "{errors}");
    assert!(matrix.contains("| `refund_request` | 1 | `billing_specialist` |"), "{matrix}");
    let (ok, _, errors) = run(baton(folder.path()).args(["policy", "matrix", "none.toml"]), "");
    assert!(!ok && errors.contains("none.toml"), "{errors}");
}

#[test]
fn doctor_finds_what_is_wrong_and_says_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, errors) = run(baton(folder.path()).arg("doctor"), "");
    assert!(ok, "{out}{errors}");
    let (ok, out, errors) =
        run(baton(folder.path()).env("BATON_ONNXRUNTIME", "/nowhere.so").arg("doctor"), "");
    assert!(!ok && out.contains("scripts/setup"), "{out}{errors}");

    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    for entry in fs::read_dir(crate::support::root().join("models/default")).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), model.join(entry.file_name())).unwrap();
        }
    }
    let heads = model.join("heads.safetensors");
    let mut bytes = fs::read(&heads).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&heads, bytes).unwrap();
    let (ok, out, errors) = run(baton(folder.path()).env("BATON_MODEL", &model).arg("doctor"), "");
    assert!(!ok && out.contains("heads.safetensors"), "{out}{errors}");
}

#[test]
fn config_prints_every_option_with_its_source() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("baton.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
    let mut command = baton(folder.path());
    command.args(["config", "--set", "limits.messages=7"]);
    let (ok, out, errors) = run(&mut command, "");
    assert!(ok, "{errors}");
    for part in
        ["file baton.toml", "flag --set limits.messages", "variable BATON_LISTEN", "default"]
    {
        assert!(out.contains(part), "{part} is missing:\n{out}");
    }
}
