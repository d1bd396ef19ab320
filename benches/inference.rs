//! How long the model takes for one message, from the call to the answer.
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
    inference::{Engine, Model, Options, Pack},
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::{runtime::Runtime, time::Instant};

/// Fifteen tokens.
const SHORT: &str = "I was charged twice for my subscription this month, please help.";

fn features(text: &str) -> Arc<Features> {
    let length = u32::try_from(text.len()).unwrap();
    let (span, masked) = (Span::new(0, length), (0, length));
    let message = TextFeatures {
        speaker: Speaker::Customer,
        masked: text.to_owned(),
        segments: vec![Segment { original: span, masked, verbatim: true }],
        sentences: vec![Sentence { span, masked, kind: SentenceKind::Prose }],
    };
    let language = Language { code: "en".to_owned(), supported: true };
    Arc::new(Features { subject: None, messages: vec![message], language, signals: Vec::new() })
}

/// The engine on the shipped pack, and whether the pack has heads.
fn engine() -> Option<(Engine, bool)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = env::var_os("BATON_ONNXRUNTIME")
        .map_or_else(|| root.join(".onnxruntime/libonnxruntime.so"), PathBuf::from);
    let folder = root.join("models/default");
    if !library.is_file() || !folder.join("encoder.onnx").is_file() {
        println!("skipped: ONNX Runtime or models/default is missing, run scripts/setup");
        return None;
    }
    let begun = Instant::now();
    let complete = folder.join("checksums.sha256").is_file();
    let loaded = if complete { Pack::load(&folder) } else { Pack::load_encoder_only(&folder) };
    let engine = Engine::start(loaded.unwrap(), &library, &Options::default()).unwrap();
    println!(
        "pack checked and ready in {:?}, of that workers {:?}; heads: {complete}; {}",
        begun.elapsed(),
        engine.load_time(),
        resident()
    );
    Some((engine, complete))
}

/// What the process holds in memory, where the system says so.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or("resident size unknown").to_owned()
}

fn bench(criterion: &mut Criterion) {
    let Some((engine, complete)) = engine() else { return };
    let runtime = Runtime::new().unwrap();
    let texts = [("message of 15 tokens", 1), ("message of 600 tokens", 40), ("full budget", 600)];
    for (name, times) in texts {
        // Numbered, since rows that are the same are encoded once.
        let text: Vec<_> = (1..=times).map(|number| format!("{SHORT} {number}")).collect();
        let features = features(&text.join(" "));
        criterion.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let deadline = Instant::now() + Duration::from_secs(10);
                if complete {
                    engine.predict(Arc::clone(&features), deadline).await.map(drop).unwrap();
                } else {
                    engine.vectors(Arc::clone(&features), deadline).await.map(drop).unwrap();
                }
            });
        });
    }
    println!("{}", resident());
}

criterion_group!(benches, bench);
criterion_main!(benches);
