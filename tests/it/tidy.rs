//! The house rules that no compiler checks: who may import whom, where border crates are named,
//! how long files, functions and lines may be.

use std::{collections::BTreeSet, fs, path::Path};

/// One source file.
struct Source {
    /// Path below `src`, e.g. `policy/bands.rs`.
    path: String,
    text: String,
}

impl Source {
    /// The module at the top, e.g. `policy`.
    fn room(&self) -> &str {
        let name = self.path.split('/').next().unwrap_or_default();
        name.strip_suffix(".rs").unwrap_or(name)
    }

    /// True for files that are compiled for tests only.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.contains("/tests/")
            || name.ends_with("tests.rs")
            || ["properties.rs", "fixtures.rs", "tiny.rs"].contains(&name)
    }

    /// The lines outside of unit tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let lines = if self.is_test() { 0 } else { usize::MAX };
        // Modules of tests stand at the end of a file, or are files of their own.
        let unit_tests = |line: &str| line.trim() == "mod tests {";
        numbered.take(lines).take_while(move |(_, line)| !unit_tests(line))
    }

    /// Every `crate::room` that the code names, and every one that it uses through a glob of
    /// braces: `use crate::{a::…, b::…}`.
    fn imports(&self) -> BTreeSet<String> {
        let code: Vec<&str> = self.code().map(|(_, line)| without_comment(line)).collect();
        let code = code.join("\n");
        let mut rooms = BTreeSet::new();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                None => rooms.extend(first_word(rest)),
                Some(group) => rooms.extend(outer_words(group)),
            }
        }
        rooms
    }
}

fn without_comment(line: &str) -> &str {
    let line = line.trim_start();
    if line.starts_with("//") { "" } else { line }
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The first words of the items of a brace group, nested groups left out.
fn outer_words(group: &str) -> Vec<String> {
    let (mut depth, mut words, mut fresh) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if c.is_whitespace() => {}
            _ if fresh && depth == 0 => {
                words.extend(first_word(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    words
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            sources.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Which rooms a room may import; the order is that of the data.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("telemetry", &["domain"]),
    ("features", &["domain"]),
    ("policy", &["domain"]),
    ("handoff", &["domain"]),
    ("inference", &["domain", "telemetry"]),
    ("store", &["domain", "monitor", "reports", "telemetry"]),
    ("statistics", &[]),
    ("evaluate", &["domain", "statistics"]),
    ("replay", &["domain", "statistics"]),
    ("monitor", &["domain", "statistics"]),
    ("reports", &["domain", "learn", "statistics"]),
    ("ndjson", &[]),
    (
        "triage",
        &[
            "domain",
            "features",
            "inference",
            "monitor",
            "policy",
            "handoff",
            "replay",
            "reports",
            "store",
            "telemetry",
        ],
    ),
    (
        "api",
        &[
            "domain",
            "handoff",
            "inference",
            "monitor",
            "ndjson",
            "policy",
            "replay",
            "reports",
            "store",
            "telemetry",
            "triage",
        ],
    ),
    ("dataset", &["api", "domain", "ndjson"]),
    ("learn", &["statistics"]),
    ("lifecycle", &[]),
    ("config", &["api", "inference", "lifecycle", "store", "telemetry"]),
];

/// Rooms that wire everything and may import everything.
const WIRING: &[&str] = &["app", "cli", "main", "lib"];

#[test]
fn imports_follow_the_arrows() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room().to_owned();
        if WIRING.contains(&room.as_str()) {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: say in ARROWS what the room {room} may import", source.path));
            continue;
        };
        for import in source.imports() {
            if import != room && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports crate::{import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Border crates and the one room (folder or file) that may name each.
const BORDERS: &[(&str, &[&str])] = &[
    ("axum", &["api/", "app.rs"]),
    ("askama", &["api/dashboard/"]),
    ("utoipa", &["api/", "cli/mod.rs"]),
    ("ort", &["inference/session.rs"]),
    ("tokenizers", &["inference/tokenize.rs"]),
    ("sqlx", &["store/"]),
    ("clap", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("whatlang", &["features/language.rs"]),
    ("statrs", &["statistics/tails.rs"]),
    ("pulldown_cmark", &["api/dashboard/markup.rs"]),
    ("csv_core", &["dataset/separated.rs", "cli/export/separated.rs"]),
    ("metrics_exporter_prometheus", &["telemetry/metrics.rs", "api/mod.rs"]),
    ("opentelemetry", &["telemetry/trace_context.rs"]),
    ("opentelemetry_sdk", &["telemetry/trace_context.rs"]),
];

#[test]
fn border_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, rooms) in BORDERS {
            let allowed = rooms.iter().any(|room| source.path.starts_with(room));
            let named = source.code().map(|(_, line)| without_comment(line)).any(|line| {
                line.match_indices(&format!("{name}::")).any(|(at, _)| {
                    // The end of a longer name is no name.
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            });
            if named && !allowed {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
        let emits = ["counter!(", "gauge!(", "histogram!("];
        let emits = source.code().any(|(_, line)| emits.iter().any(|m| line.contains(m)));
        if emits && source.path != "telemetry/metrics.rs" {
            wrong.push(format!(
                "{} emits a metric; add a function to telemetry/metrics.rs",
                source.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Words that a pure room does not say: no I/O, clock, randomness, async or metrics.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::time::Instant",
    "SystemTime",
    "Timestamp::now",
    "getrandom",
    "tokio::",
    "async fn",
    "metrics::",
    "tracing::",
    "std::env",
];

#[test]
fn pure_rooms_do_not_touch_the_world() {
    let mut wrong = Vec::new();
    for source in sources() {
        if ![
            "domain",
            "features",
            "policy",
            "handoff",
            "statistics",
            "evaluate",
            "monitor",
            "replay",
        ]
        .contains(&source.room())
        {
            continue;
        }
        for (number, line) in source.code() {
            let line = without_comment(line);
            for word in IMPURE.iter().filter(|word| line.contains(*word)) {
                wrong.push(format!("{}:{number} says {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_and_lines_stay_short() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > 400 {
            wrong.push(format!("{} has {lines} lines, more than 400", source.path));
        }
        for (at, line) in source.text.lines().enumerate() {
            let width = line.chars().count();
            // A long literal cannot be broken without changing it.
            if width > 100 && !line.contains('"') {
                wrong.push(format!("{}:{} is {width} characters wide", source.path, at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo!(", "unimplemented!(", "FIXME", "TODO", "dbg!("];
    let mut wrong = Vec::new();
    for source in sources() {
        for (at, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                wrong.push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
