//! `baton train` on the encoder that ships.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use serde_json::Value;

use crate::{
    bakery,
    process::{baton, run},
    support::says,
};

const SUBJECTS: [(&str, [&str; 4]); 3] =
    [("cake", bakery::CAKES), ("opening", bakery::HOURS), ("allergy", bakery::ALLERGIES)];

fn rows(labels: usize) -> Vec<(String, &'static str)> {
    let rows = |&(label, things)| bakery::texts(things).into_iter().map(move |text| (text, label));
    SUBJECTS[..labels].iter().flat_map(rows).collect()
}

fn csv(labels: usize) -> String {
    let mut text = "text,label\n".to_owned();
    for (words, label) in rows(labels) {
        writeln!(text, "\"{words}\",{label}").unwrap();
    }
    text
}

/// Trains in a folder; whether it went well, and what was printed.
fn train(folder: &Path, data: &str, more: &[&str]) -> (bool, String) {
    fs::write(folder.join("data.csv"), data).unwrap();
    let mut command = baton(folder);
    command.args(["train", "--data", "data.csv", "--out", "own"]).args(more);
    let (ok, out, errors) = run(&mut command, "");
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

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether `doctor` loads the pack and finds that it gives what it should.
fn is_whole(report: &str) -> bool {
    ["model", "golden vectors"].iter().all(|check| {
        report
            .lines()
            .any(|line| line.strip_prefix("ok    ").is_some_and(|rest| rest.starts_with(check)))
    })
}

/// The intent that a pack gives a text, under the policy that was written beside it.
fn intent(folder: &Path, pack: &str, text: &str) -> String {
    let policy = format!("{pack}.policy.toml");
    let mut command = baton(folder);
    command.args(["--model", pack, "--policy", &policy, "triage"]);
    let (ok, out, errors) = run(&mut command, &says(text).to_string());
    assert!(ok, "{errors}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    answer["intents"][0]["label"].as_str().unwrap().to_owned()
}

#[test]
fn own_labels_become_a_pack_that_serves_and_is_the_same_at_any_thread_count() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (ok, said) = train(at, &csv(3), &["--threads", "1"]);
    assert!(ok, "{said}");
    assert!(said.contains("own: 3 labels, 48 texts"), "{said}");
    assert!(said.contains("own.policy.toml") && said.contains("out_of_scope"), "{said}");
    assert_eq!(names(at), ["data.csv", "own", "own.policy.toml"]);
    assert_eq!(intent(at, "own", "can you bake a cake for Saturday?"), "cake");
    assert_eq!(intent(at, "own", "at what time do you open?"), "opening");

    // A policy without the labels is refused, so that nothing is misrouted in silence.
    let (ok, _, errors) = run(baton(at).args(["--model", "own", "triage"]), &says("x").to_string());
    assert!(!ok && errors.contains("allergy") && errors.contains("[intent.*]"), "{errors}");
    let (_, report, _) = run(baton(at).args(["--model", "own", "doctor"]), "");
    assert!(is_whole(&report), "{report}");

    let first = files(&at.join("own"));
    fs::rename(at.join("own"), at.join("before")).unwrap();
    let (ok, said) = train(at, &csv(3), &["--threads", "4", "--set", "inference.workers=1"]);
    assert!(ok && said.contains("is left as it is"), "{said}");
    let second = files(&at.join("own"));
    assert_eq!(first.len(), second.len());
    for (before, after) in first.iter().zip(second) {
        assert!(*before == after, "{} differs", after.0);
    }
    let (ok, said) = train(at, &csv(3), &[]);
    assert!(!ok && said.contains("own exists"), "{said}");
}

#[test]
fn a_test_file_is_measured_and_leaks_are_not_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let data = csv(3).replace("text,label\n", "text,label\nbuns?,cake\nbuns!,opening\nrare,odd\n");
    let held = "text,label\na wedding CAKE???,cake\nwhat are your hours,opening\nx,unknown\n";
    fs::write(folder.path().join("held.csv"), held).unwrap();
    let (ok, said) = train(folder.path(), &data, &["--test", "held.csv"]);
    assert!(ok, "{said}");
    let wanted = [
        "1 texts of data.csv stand in held.csv, too",
        "cake (line 2) and opening (line 3), left out",
        "fewer than two different texts: odd (line 4)",
        "1 labels of the test are not learnt, and their rows are left out: unknown",
        "test: right label, in scope: 100.0 %",
    ];
    for want in wanted {
        assert!(said.contains(want), "{want}: {said}");
    }
    let card = fs::read_to_string(folder.path().join("own/card.md")).unwrap();
    assert!(card.contains("| cake | 15 |"), "{card}");
    let figures = fs::read(folder.path().join("own/figures.json")).unwrap();
    let figures: Value = serde_json::from_slice(&figures).unwrap();
    assert_eq!(figures["test"]["accuracy"]["of"], 2);
}

#[test]
fn data_that_teaches_nothing_is_refused_with_the_reason() {
    let cases = [
        ("", "the file is empty"),
        ("a,b\nx,y\n", "the columns are \"a\", \"b\""),
        ("text,label\n", "there is no row that can be used"),
        ("text,label\na,x\nb,x\nc,x\n", "at least two labels"),
        ("text,label\na,x\nb,y\n", "x (line 2), y (line 3)"),
        ("text,label\na,x\n\"b,y\nc,y\n", "line 3: a quote is opened and never closed"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (data, want) in cases {
        let (ok, said) = train(folder.path(), data, &[]);
        assert!(!ok && said.contains("data.csv") && said.contains(want), "{want}: {said}");
    }
    let (ok, said) = train(folder.path(), "text,label\n,x\n,x\n", &["--bad-rows", "1"]);
    assert!(!ok && said.contains("more than 1 rows cannot be used"), "{said}");
    assert_eq!(names(folder.path()), ["data.csv"]);
}

#[test]
fn many_labels_in_several_languages_are_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let mut data = "\u{feff}body;topic\r\n".to_owned();
    for number in 0..40 {
        let (a, b) = (number * 37 % 1_009, number * 91 % 997);
        write!(data, "\"order {a} of\r\nbox {b}\";box {number}\r\n").unwrap();
        write!(data, "où est le paquet {a} {b} ?;box {number}\r\n").unwrap();
    }
    let (ok, said) = train(folder.path(), &data, &[]);
    assert!(ok && said.contains("40 labels, 80 texts"), "{said}");
    let labels = fs::read(folder.path().join("own/labels.json")).unwrap();
    let labels: Value = serde_json::from_slice(&labels).unwrap();
    assert_eq!(labels["intents"].as_array().unwrap().len(), 40);
}

#[test]
fn an_interrupted_training_leaves_no_pack() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.csv"), csv(3)).unwrap();
    let mut command = baton(folder.path());
    command.args(["train", "--data", "data.csv", "--out", "own"]);
    let begun = Instant::now();
    assert!(command.stdout(std::process::Stdio::null()).status().unwrap().success());
    let whole = begun.elapsed();
    fs::remove_dir_all(folder.path().join("own")).unwrap();
    for part in 1..6 {
        let mut child = command.spawn().unwrap();
        thread::sleep(whole * part / 6);
        let _ = child.kill();
        child.wait().unwrap();
        let own: PathBuf = folder.path().join("own");
        if own.exists() {
            // It was faster than before: then it is whole.
            let (_, report, _) = run(baton(folder.path()).args(["--model", "own", "doctor"]), "");
            assert!(is_whole(&report), "{report}");
            fs::remove_dir_all(own).unwrap();
        }
    }
}

#[test]
fn a_pack_that_was_changed_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, said) = train(folder.path(), &csv(2), &[]);
    assert!(ok, "{said}");
    let triage = || {
        let mut command = baton(folder.path());
        command.args(["--model", "own", "--policy", "own.policy.toml", "triage"]);
        let (ok, _, errors) = run(&mut command, &says("x").to_string());
        assert!(!ok);
        errors
    };
    let labels = folder.path().join("own/labels.json");
    let text = fs::read_to_string(&labels).unwrap();
    fs::write(&labels, text.replace("\"cake\"", "\"pie\"")).unwrap();
    let errors = triage();
    assert!(errors.contains("labels.json") && errors.contains("checksum"), "{errors}");
}

#[test]
fn a_label_is_added_from_a_few_examples() {
    let folder = tempfile::tempdir().unwrap();
    let examples = "my suitcase did not arrive\nthe airline lost my luggage\nwhere is my bag, it \
                    was on the plane\nI cannot find my checked baggage\nlost luggage after my \
                    flight\nmy bags never came off the belt\n";
    fs::write(folder.path().join("lost.txt"), examples).unwrap();
    let mut command = baton(folder.path());
    command.args(["train", "--add", "lost_luggage=lost.txt", "--out", "grown"]);
    let (ok, out, errors) = run(&mut command, "");
    assert!(ok && out.contains("grown: 30 labels, new: lost_luggage"), "{out}{errors}");
    assert_eq!(intent(folder.path(), "grown", "they have lost my luggage"), "lost_luggage");
    let old = "I was charged twice for INV-2231 this month.";
    assert_eq!(intent(folder.path(), "grown", old), "billing_dispute");

    let mut command = baton(folder.path());
    command.args(["train", "--add", "how_to=lost.txt", "--out", "other"]);
    let (ok, _, errors) = run(&mut command, "");
    assert!(!ok && errors.contains("has the label \"how_to\" already"), "{errors}");
    fs::write(folder.path().join("lost.txt"), "one\n\ntwo\n").unwrap();
    let mut command = baton(folder.path());
    command.args(["train", "--add", "lost=lost.txt", "--out", "other"]);
    let (ok, _, errors) = run(&mut command, "");
    assert!(!ok && errors.contains("2 different examples are too few"), "{errors}");
}

#[test]
fn a_missing_policy_is_named_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("data.csv"), csv(2)).unwrap();
    fs::write(at.join("lost.txt"), "one bag\ntwo bags\nthree bags\n").unwrap();
    let lessons = [["--data", "data.csv"], ["--add", "lost=lost.txt"]];
    for lesson in lessons {
        let mut command = baton(at);
        // Without the library no text is read: an error that names the policy comes before that.
        command.env("BATON_ONNXRUNTIME", at.join("none.so"));
        command.args(["train", "--policy", "none.toml", "--out", "own"]).args(lesson);
        let (ok, _, errors) = run(&mut command, "");
        assert!(!ok && errors.contains("none.toml"), "{lesson:?}: {errors}");
    }
}
