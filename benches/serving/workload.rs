//! What is asked: texts from a file or from the corpus of the repository, and ten-turn
//! conversations that grow by a message from request to request.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use baton::statistics::Random;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokenizers::Tokenizer;

use super::{Error, contender::Contender};

/// Turns of a replayed conversation.
pub(crate) const TURNS: usize = 10;

/// Words up to which a text of the corpus counts as short.
const SHORT_WORDS: usize = 20;

/// Words of a long text that is put together from the corpus: 100 to 200 tokens.
const LONG_WORDS: usize = 110;

/// The kinds of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Single messages.
    Short,
    /// Short and long ones as the file has them, or three to two.
    Mixed,
    /// Whole conversations as one text.
    Long,
    /// Conversations of ten turns, a request after every turn.
    Replay,
    /// One message of 15 tokens, again and again.
    Message,
    /// One conversation of ten messages, again and again.
    TenMessages,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Mixed => "mixed",
            Self::Long => "long",
            Self::Replay => "ten-turn replay",
            Self::Message => "one 15-token message",
            Self::TenMessages => "ten messages",
        }
    }
}

/// A turn of a conversation, as Baton's API takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) role: String,
    pub(crate) text: String,
}

impl Message {
    pub(crate) fn customer(text: impl Into<String>) -> Self {
        Self { role: "customer".to_owned(), text: text.into() }
    }
}

/// The texts.
#[derive(Debug)]
pub(crate) struct Material {
    /// Where they come from, for the report.
    pub(crate) source: String,
    short: Vec<String>,
    long: Vec<String>,
    mixed: Vec<String>,
    /// Conversations of at least three messages, the customer first.
    conversations: Vec<Vec<Message>>,
    /// Words that make a message unlike all others.
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    kind: String,
    text: String,
}

#[derive(Deserialize)]
struct Labelled {
    messages: Vec<Message>,
}

impl Material {
    /// Reads `data` (JSON Lines of `kind`, `short` or `conv`, and `text`), or derives texts from
    /// the held-out corpus below `root`.
    ///
    /// # Errors
    /// A file that cannot be read or has too few texts of a kind.
    pub(crate) fn read(data: Option<&Path>, root: &Path) -> Result<Self, Error> {
        let conversations = corpus(&root.join("models/default/corpus/held_out"))?;
        let words: BTreeSet<String> = conversations
            .iter()
            .flatten()
            .flat_map(|message| message.text.split_whitespace())
            .filter(|word| (4..=8).contains(&word.len()))
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase()))
            .map(str::to_owned)
            .collect();
        let ((short, long, mixed), source) = if let Some(path) = data {
            (file(path)?, format!("the file {}", path.display()))
        } else {
            let source = "models/default/corpus/held_out, put together to the same mix";
            (derive(&conversations), source.to_owned())
        };
        if short.is_empty() || long.is_empty() {
            return Err(format!("{source} has no short or no long texts").into());
        }
        let conversations = conversations.into_iter().filter(|talk| talk.len() >= 3).collect();
        Ok(Self { source, short, long, mixed, conversations, words: words.into_iter().collect() })
    }

    /// What the texts are and how long, in tokens of the tokenizer in `pack`.
    ///
    /// # Errors
    /// The tokenizer cannot be read.
    pub(crate) fn describe(&self, pack: &Path) -> Result<String, Error> {
        let tokenizer = Tokenizer::from_file(pack.join("tokenizer.json"))?;
        let mut text = self.source.clone();
        for kind in [Kind::Short, Kind::Mixed, Kind::Long] {
            let mut tokens = Vec::new();
            for text in self.texts(kind) {
                tokens.push(tokenizer.encode(text.as_str(), true)?.len() as f64);
            }
            let (mean, most) = (
                tokens.iter().sum::<f64>() / tokens.len() as f64,
                tokens.iter().copied().fold(0.0, f64::max),
            );
            let _ = write!(
                text,
                "; {} {} texts of {mean:.1} tokens, at most {most}",
                tokens.len(),
                kind.name()
            );
        }
        Ok(text)
    }

    /// The requests of a kind that go one after the other: one, or ten turns of a conversation.
    /// `number` counts them; texts come round again, conversations never do.
    pub(crate) fn requests(&self, kind: Kind, contender: &Contender, number: usize) -> Vec<Bytes> {
        let alone = |text: &str| vec![contender.body(None, &[Message::customer(text)])];
        match kind {
            Kind::Short | Kind::Mixed | Kind::Long => {
                let texts = self.texts(kind);
                alone(&texts[number % texts.len()])
            }
            Kind::Message => {
                alone("The invoice export fails with an error since yesterday morning.")
            }
            Kind::TenMessages => vec![contender.body(None, &self.conversation(0))],
            Kind::Replay => {
                let talk = self.conversation(number);
                let id = format!("replay-{number}");
                (1..=talk.len()).map(|turns| contender.body(Some(&id), &talk[..turns])).collect()
            }
        }
    }

    /// The texts of a kind that has some.
    pub(crate) fn texts(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Short => &self.short,
            Kind::Long => &self.long,
            _ => &self.mixed,
        }
    }

    /// So many words of the corpus in a random order, another for each number.
    pub(crate) fn words(&self, count: usize, number: usize) -> String {
        let mut random = Random::new(number as u64);
        let words: Vec<&str> =
            (0..count).map(|_| self.words[random.below(self.words.len())].as_str()).collect();
        words.join(" ")
    }

    /// Ten turns, put together from conversations of the corpus. Every message gets two words of
    /// its own, so that no text comes twice except in the transcript of its own conversation.
    pub(crate) fn conversation(&self, number: usize) -> Vec<Message> {
        let mut random = Random::new(number as u64);
        let mut talk: Vec<Message> = Vec::new();
        while talk.len() < TURNS {
            let next = &self.conversations[random.below(self.conversations.len())];
            talk.extend(next.iter().take(TURNS - talk.len()).cloned());
        }
        for message in &mut talk {
            let mut word = || &self.words[random.below(self.words.len())];
            let (one, two) = (word(), word());
            let _ = write!(message.text, " ({one} {two})");
        }
        talk
    }
}

/// The conversations of all files of a folder, in the order of their names.
fn corpus(folder: &Path) -> Result<Vec<Vec<Message>>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut all = Vec::new();
    for path in paths.iter().filter(|path| path.to_string_lossy().contains("conversations")) {
        for line in fs::read_to_string(path)?.lines() {
            let Labelled { messages } = serde_json::from_str(line)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            if messages.first().is_some_and(|message| message.role == "customer") {
                all.push(messages);
            }
        }
    }
    Ok(all)
}

type Texts = (Vec<String>, Vec<String>, Vec<String>);

fn file(path: &Path) -> Result<Texts, Error> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut short, mut long, mut mixed) = (Vec::new(), Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| format!("{}, line {}: {error}", path.display(), at + 1))?;
        if line.kind == "short" { &mut short } else { &mut long }.push(line.text.clone());
        mixed.push(line.text);
    }
    Ok((short, long, mixed))
}

/// Short texts, long ones put together from what customers say, and three to two of them.
fn derive(conversations: &[Vec<Message>]) -> Texts {
    let said: Vec<&str> = conversations
        .iter()
        .flatten()
        .filter(|message| message.role == "customer")
        .map(|message| message.text.as_str())
        .collect();
    let length = |text: &str| text.split_whitespace().count();
    let short: Vec<String> = said
        .iter()
        .filter(|text| length(text) <= SHORT_WORDS)
        .map(|&text| text.to_owned())
        .collect();
    let (mut long, mut joined) = (Vec::new(), String::new());
    for text in said {
        joined.push_str(text);
        joined.push(' ');
        if length(&joined) >= LONG_WORDS {
            long.push(std::mem::take(&mut joined).trim_end().to_owned());
        }
    }
    if short.is_empty() || long.is_empty() {
        return (short, long, Vec::new());
    }
    let mixed = (0..5 * long.len())
        .map(|at| if at % 5 < 3 { &short[at % short.len()] } else { &long[at % long.len()] })
        .cloned()
        .collect();
    (short, long, mixed)
}
