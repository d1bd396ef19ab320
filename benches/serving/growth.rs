//! How cost grows: with the length of a message, of a conversation, and with what is stored.

use std::{fmt::Write as _, fs, path::PathBuf, process::Command, time::Duration};

use serde_json::{Value, json};

use super::{
    Bench, Error,
    contender::Contender,
    load::{Load, Target},
    measure::{Figures, measure},
    report::{Section, number, table},
    workload::{Kind, Material, Message},
};

/// Words of one message; a word is about 1.2 tokens.
const WORDS: &[usize] = &[10, 40, 160, 640, 2_560];

/// Messages of a conversation of 15 words each.
const MESSAGES: &[usize] = &[1, 10, 40, 160, 640];

/// Conversations in the database.
const STORED: &[usize] = &[1_000, 10_000, 100_000, 1_000_000];

const ONE_BY_ONE: Load = Load::Closed { connections: 1, pause: Duration::ZERO };

/// Measures all three, Baton's cache off, one connection.
///
/// # Errors
/// The service does not start, or the database cannot be filled.
pub(crate) async fn growth(bench: &Bench) -> Result<Section, Error> {
    let baton = Contender::Baton { cached: false };
    let mut markdown = "## Growth: one connection, cache off\n".to_owned();
    let mut json = json!({});

    let mut rows = Vec::new();
    for &words in WORDS {
        let (material, asked) = (bench.material.clone(), baton.clone());
        let target = Target::asking(&baton, move |number| {
            vec![asked.body(None, &[Message::customer(material.words(words, number))])]
        });
        let server = bench.start(&target).await?;
        rows.push((words, measure(&server, &target, ONE_BY_ONE, bench.times).await?.0));
    }
    add("words of the message", &rows, &mut markdown, &mut json);

    let mut rows = Vec::new();
    for &messages in MESSAGES {
        let (material, asked) = (bench.material.clone(), baton.clone());
        let target = Target::asking(&baton, move |number| {
            vec![asked.body(None, &talk(&material, messages, number))]
        });
        let server = bench.start(&target).await?;
        rows.push((messages, measure(&server, &target, ONE_BY_ONE, bench.times).await?.0));
    }
    add("messages of the conversation", &rows, &mut markdown, &mut json);

    let mut rows = Vec::new();
    let stored = if bench.quick { &STORED[..2] } else { STORED };
    for &conversations in stored {
        let file = Filled::new(bench, conversations).await?;
        let target = Target::new(&baton, &bench.material, Kind::Short);
        let server = bench.start_with(&target, Some(file.path())).await?;
        rows.push((conversations, measure(&server, &target, ONE_BY_ONE, bench.times).await?.0));
    }
    add("conversations stored before", &rows, &mut markdown, &mut json);
    Ok(Section { key: "growth", markdown, json })
}

fn talk(material: &Material, messages: usize, number: usize) -> Vec<Message> {
    let message = |at: usize| Message {
        role: if at.is_multiple_of(2) { "customer" } else { "bot" }.to_owned(),
        text: material.words(15, number * messages + at),
    };
    (0..messages).map(message).collect()
}

fn add(name: &str, rows: &[(usize, Figures)], markdown: &mut String, json: &mut Value) {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|(size, figures)| {
            vec![
                size.to_string(),
                number(figures.p50_ms, 2),
                number(figures.p99_ms, 2),
                number(figures.server_cpu_ms, 2),
                number(figures.server_cpu_ms / *size as f64, 4),
                number(figures.memory.peak_mb, 0),
                figures.not_answered().to_string(),
                number(figures.other_cores, 2),
            ]
        })
        .collect();
    let head = [
        name,
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "CPU ms by size",
        "MB peak",
        "not answered",
        "other cores",
    ];
    let _ = write!(markdown, "\n{}", table(&head, &cells));
    let values: Vec<Value> =
        rows.iter().map(|(size, figures)| json!({ "size": size, "figures": figures })).collect();
    json[name] = json!(values);
}

/// A database with so many conversations, removed with this value.
struct Filled(PathBuf);

impl Filled {
    async fn new(bench: &Bench, conversations: usize) -> Result<Self, Error> {
        let folder = bench.places.work.join("filled");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let filled = Self(folder);
        // One decision, so that there is something to copy.
        let baton = Contender::Baton { cached: false };
        let target = Target::new(&baton, &bench.material, Kind::Short);
        drop(bench.start_with(&target, Some(filled.path())).await?);
        let script = bench.places.root.join("benches/serving/fill_store.py");
        let status = Command::new("python3")
            .arg(script)
            .arg(filled.path())
            .arg(conversations.to_string())
            .status()?;
        if status.success() { Ok(filled) } else { Err("the database cannot be filled".into()) }
    }

    fn path(&self) -> PathBuf {
        self.0.join("baton.db")
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
