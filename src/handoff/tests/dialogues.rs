//! Every quote of a packet equals its source, on dialogues that people and shops really had.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::super::fixtures::Story;

/// Dialogues of one file that are read: the test must stay fast.
const MAX_DIALOGUES: usize = 150;

type Dialogue = Vec<(&'static str, String)>;

/// A data set beside the checkout; `None`, said aloud, where there is none.
fn beside(name: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        eprintln!("skipped: {} is not there", file.display());
    }
    text
}

/// One JSON object a line, the turns as "user: …" and "assistant: …" in one string.
fn displayed(text: &str) -> Vec<Dialogue> {
    let mut dialogues = Vec::new();
    for line in text.lines().take(MAX_DIALOGUES) {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut turns: Dialogue = Vec::new();
        for line in object["messages_display"].as_str().unwrap().lines() {
            match line.split_once(": ") {
                Some(("user", words)) => turns.push(("customer", words.to_owned())),
                Some(("assistant", words)) => turns.push(("bot", words.to_owned())),
                Some(("tool", words)) => turns.push(("system", words.to_owned())),
                _ => {
                    let Some((_, words)) = turns.last_mut() else { continue };
                    words.push('\n');
                    words.push_str(line);
                }
            }
        }
        dialogues.push(turns);
    }
    dialogues
}

/// Tab-separated rows of the customer's turns with the dialogue they belong to.
fn tabled(text: &str) -> Vec<Dialogue> {
    let mut dialogues: BTreeMap<&str, Dialogue> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let cells: Vec<_> = row.split('\t').collect();
        let [id, _, _, words, ..] = cells[..] else { continue };
        if dialogues.len() < MAX_DIALOGUES || dialogues.contains_key(id) {
            dialogues.entry(id).or_default().push(("customer", words.to_owned()));
        }
    }
    dialogues.into_values().collect()
}

#[test]
fn every_quote_of_a_real_dialogue_equals_its_source() {
    let shown = ["taubench/airline_few_shot.jsonl", "taubench/retail_few_shot.jsonl"];
    let tables = ["multidogo/airline/dev.tsv", "multidogo/finance/dev.tsv"];
    let shown = shown.into_iter().filter_map(beside).flat_map(|text| displayed(&text));
    let tables = tables.into_iter().filter_map(beside).flat_map(|text| tabled(&text));
    for dialogue in shown.chain(tables) {
        let turns = dialogue.iter().filter(|(_, words)| !words.trim().is_empty());
        let turns: Vec<_> = turns.map(|(role, words)| (*role, words.as_str())).collect();
        if turns.iter().any(|(role, _)| *role == "customer") {
            // `draft` compares every quote, step and piece of evidence with its source.
            Story::new(&turns).draft();
        }
    }
}
