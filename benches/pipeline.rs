//! The whole pipeline in process, model and durable record included.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use std::{path::Path, sync::Arc, time::Duration};

use baton::{
    app::SystemClock,
    domain::{Conversation, Limits, Message, Parts, Speaker},
    features::Extractor,
    handoff::Drafter,
    inference::{Engine, OnOverload, Options, Pack},
    policy::Policy,
    store::{self, Recorder},
    triage::{self, InForce, Triage},
};
use criterion::{Criterion, criterion_group, criterion_main};

fn said(speaker: Speaker, text: &str) -> Message {
    let (id, at, outcome) = (None, None, None);
    Message { id, speaker, text: text.to_owned(), at, attachments: Vec::new(), outcome }
}

fn conversation(messages: Vec<Message>) -> Conversation {
    let parts = Parts { messages, ..Parts::default() };
    Conversation::new(parts, &Limits::default()).expect("a conversation")
}

fn short() -> Conversation {
    let text = "The invoice export fails with an error since yesterday morning.";
    conversation(vec![said(Speaker::Customer, text)])
}

fn ten_messages() -> Conversation {
    let turns = [
        "Hi, the invoice export fails since yesterday with error E1042.",
        "Please sign out and in again. Did this help?",
        "No, same error. We need the file for our auditor on Friday.",
        "Please clear the cache of your browser and try again.",
        "Did that too, it still fails. Order 4711 and invoice INV-2231 are missing.",
    ];
    let speakers = [Speaker::Customer, Speaker::Bot];
    let turns = turns.iter().cycle().zip(speakers.iter().cycle()).take(10);
    conversation(turns.map(|(text, speaker)| said(*speaker, text)).collect())
}

fn pipeline(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = root.join(".onnxruntime/libonnxruntime.so");
    if !library.is_file() {
        println!("skipped: {} is missing, run scripts/setup", library.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let options = store::Options {
        url: format!("sqlite:{}", folder.path().join("bench.db").display()),
        spool_dir: folder.path().join("spool"),
        ..store::Options::default()
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let clock = Arc::new(SystemClock);
    let recorder = runtime.block_on(Recorder::open(&options, clock.clone())).expect("a store");
    let pack = Pack::load(&root.join("models/default")).expect("the pack");
    // Without the cache, or nothing but the first round would read anything.
    let options = Options { cache_bytes: 0, ..Options::default() };
    let engine = Engine::start(pack, &library, &options).expect("the engine");
    let triage = Arc::new(Triage::new(triage::Parts {
        in_force: InForce {
            extractor: Arc::new(Extractor::new(&["en"]).expect("patterns")),
            model: Arc::new(engine),
            policy: Arc::new(Policy::parse(Policy::DEFAULT, "default").expect("the policy")),
        },
        drafter: Drafter::new().expect("patterns"),
        recorder: Some(Arc::new(recorder)),
        clock,
        deadline: Duration::from_secs(5),
        on_overload: OnOverload::Refuse,
    }));
    for (name, conversation) in [("15 tokens", short()), ("ten messages", ten_messages())] {
        criterion.bench_function(&format!("pipeline/{name}"), |bencher| {
            let run = || triage.assess(conversation.clone(), None);
            bencher.to_async(&runtime).iter(run);
        });
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
