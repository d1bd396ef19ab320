//! How long the model takes for one message, from the call to the answer, and for ten turns of a
//! conversation that is sent whole at each, with and without the cache.
//!
//! Needs the encoder in `models/default` and ONNX Runtime (`scripts/setup`); says so and measures
//! nothing where they are missing. A pack without heads is measured up to its vectors, which is
//! all but a few microseconds of the way.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
#![expect(clippy::unwrap_used, reason = "a bench may end with a panic")]
#![expect(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use baton::{
    domain::{Features, Language, Segment, Sentence, SentenceKind, Span, Speaker, TextFeatures},
    inference::{Call, Engine, Model, Options, Pack, Urgency},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tokio::{runtime::Runtime, time::Instant};

/// Fifteen tokens.
const SHORT: &str = "I was charged twice for my subscription this month, please help.";

/// What ten turns say, by turns of customer and bot; mean 16 tokens.
const TURNS: [&str; 10] = [
    "Hi, the invoice export fails since yesterday with error",
    "Please sign out and in again, then try the export once more. Did this help?",
    "No, same error. We need the file for our auditor on Friday.",
    "Please clear the cache of your browser and try again.",
    "Did that too, it still fails. Two invoices are missing from the list.",
    "I can see the failed jobs in the log, one moment please.",
    "Thanks. It affects our whole finance team, eight people.",
    "I restarted the export service for your account, please try again.",
    "Tried just now, it says that writing the batch timed out.",
    "I am passing this on to an engineer, who will write to you today.",
];

fn message(text: &str, speaker: Speaker) -> TextFeatures {
    let length = u32::try_from(text.len()).unwrap();
    let (span, masked) = (Span::new(0, length), (0, length));
    TextFeatures {
        speaker,
        masked: text.to_owned(),
        segments: vec![Segment { original: span, masked, verbatim: true }],
        sentences: vec![Sentence { span, masked, kind: SentenceKind::Prose }],
    }
}

fn conversation(messages: Vec<TextFeatures>) -> Arc<Features> {
    let language = Language { code: "en".to_owned(), supported: true };
    Arc::new(Features { subject: None, messages, language, signals: Vec::new() })
}

fn features(text: &str) -> Arc<Features> {
    conversation(vec![message(text, Speaker::Customer)])
}

/// A conversation as it is sent at each of its turns; no two conversations share a text.
fn turns(number: usize) -> Vec<Arc<Features>> {
    let speaker = |turn: usize| [Speaker::Customer, Speaker::Bot][turn % 2];
    let said: Vec<_> = TURNS
        .iter()
        .enumerate()
        .map(|(turn, text)| message(&format!("{text} {number}"), speaker(turn)))
        .collect();
    (1..=said.len()).map(|turns| conversation(said[..turns].to_vec())).collect()
}

/// The engine on the shipped pack.
struct Served {
    engine: Engine,
    /// The pack has heads.
    complete: bool,
}

impl Served {
    async fn read(&self, features: &Arc<Features>) {
        let deadline = Instant::now() + Duration::from_secs(30);
        if self.complete {
            let call = Call { deadline, urgency: Urgency::Interactive };
            self.engine.predict(Arc::clone(features), call).await.map(drop).unwrap();
        } else {
            self.engine.vectors(Arc::clone(features), deadline).await.map(drop).unwrap();
        }
    }
}

fn served(cache_bytes: usize) -> Option<Served> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = env::var_os("BATON_ONNXRUNTIME")
        .map_or_else(|| root.join(".onnxruntime/libonnxruntime.so"), PathBuf::from);
    let folder = root.join("models/default");
    if !library.is_file() || !folder.join("encoder.onnx").is_file() {
        println!("skipped: ONNX Runtime or models/default is missing, run scripts/setup");
        return None;
    }
    let options = Options { cache_bytes, ..Options::default() };
    let begun = Instant::now();
    let complete = folder.join("checksums.sha256").is_file();
    let loaded = if complete { Pack::load(&folder) } else { Pack::load_encoder_only(&folder) };
    let engine = Engine::start(loaded.unwrap(), &library, &options).unwrap();
    println!(
        "pack checked and ready in {:?}, of that workers {:?}; heads: {complete}; {}",
        begun.elapsed(),
        engine.load_time(),
        resident()
    );
    Some(Served { engine, complete })
}

/// What the process holds in memory, where the system says so.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or("resident size unknown").to_owned()
}

fn bench(criterion: &mut Criterion) {
    let Some(uncached) = served(0) else { return };
    let runtime = Runtime::new().unwrap();
    let texts = [("message of 15 tokens", 1), ("message of 600 tokens", 40), ("full budget", 600)];
    for (name, times) in texts {
        // Numbered, since rows that are the same are encoded once.
        let text: Vec<_> = (1..=times).map(|number| format!("{SHORT} {number}")).collect();
        let features = features(&text.join(" "));
        criterion.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter(|| uncached.read(&features));
        });
    }
    println!("{}", resident());
    replay(criterion, &runtime, "ten turns, cache off", &uncached);
    drop(uncached);
    let cached = served(Options::default().cache_bytes).unwrap();
    replay(criterion, &runtime, "ten turns, cache on", &cached);
    println!("{}, of that {} bytes of cache", resident(), cached.engine.cache_bytes());
}

/// Ten requests: a conversation, sent whole at each of its turns.
fn replay(criterion: &mut Criterion, runtime: &Runtime, name: &str, served: &Served) {
    let mut number = 0;
    let mut next = || {
        number += 1;
        turns(number)
    };
    criterion.bench_function(name, |bencher| {
        let replayed = |turns: Vec<Arc<Features>>| async move {
            for features in turns {
                served.read(&features).await;
            }
        };
        bencher.to_async(runtime).iter_batched(&mut next, replayed, BatchSize::PerIteration);
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
