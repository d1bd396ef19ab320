//! Everything but the model: features, memory, policy and packet of one request, together.
//!
//! The goal is one millisecond for ten messages, a cost linear in their number, and 50 ms for a
//! log of a million bytes.
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;

use baton::{
    domain::{
        Conversation, Intent, IntentScore, Limits, Memory, Message, Packet, Parts, Prediction,
        Probability, Sentiment, SentimentLabel, Speaker, Timestamp,
    },
    features::Extractor,
    handoff::{self, Drafter},
    policy::{self, Policy},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const TURNS: [(Speaker, &str); 10] = [
    (Speaker::Customer, "Hi, the export of report R-7781 fails with E403 since Monday. I need it."),
    (Speaker::Bot, "Sorry to hear that. Please clear your browser cache. Then log in again."),
    (Speaker::Customer, "Cleared the cache, same result. It says \"Access denied\" at 14:05."),
    (Speaker::Bot, "Could you try another browser? See https://help.example.com/export?id=4."),
    (Speaker::Customer, "I tried Chrome 120 and Firefox, no luck. We pay $1,299.50 a month!"),
    (Speaker::Agent, "I checked the permissions and everything looks fine. Looks like a bug."),
    (Speaker::Customer, "Still broken. My order is #W4923227, mail jo.doe@mail.example.com."),
    (Speaker::Agent, "I've reset your role. Please set `max_rows` to 500 and try again."),
    (Speaker::Customer, "That didn't help.\nERROR x.y.FooException: denied\n    at a.b(C.java:1)"),
    (Speaker::Agent, "I will escalate this to our engineers. Thank you for your patience."),
];

const LOG: &str = "2026-11-20T10:22:33.123Z ERROR worker[17] export R-7781 failed: \
    com.acme.ExportException: quota exceeded (limit 500) for 10.0.0.7 at /srv/app/export.rs:42\n";

fn conversation<'t>(turns: impl IntoIterator<Item = (Speaker, &'t str)>) -> Conversation {
    let message = |(speaker, text): (Speaker, &str)| Message {
        id: None,
        speaker,
        text: text.to_owned(),
        at: None,
        attachments: Vec::new(),
        outcome: None,
    };
    let messages = turns.into_iter().map(message).collect();
    Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).expect("valid")
}

fn prediction() -> Prediction {
    let score = |(label, probability): (&str, f32)| IntentScore {
        label: Intent::from(label),
        probability: Probability::saturating(probability),
    };
    let scores = [("software_bug", 0.8), ("integration", 0.15), ("how_to", 0.05)];
    let json = serde_json::json!({
        "intents": scores.map(score),
        "sentiment": Sentiment {
            label: SentimentLabel::Negative,
            probability: Probability::saturating(0.8),
            frustration: Probability::saturating(0.4),
        },
        "novelty": 0.1, "novelty_limit": 1.0, "acts": [], "left_out": [],
    });
    serde_json::from_value(json).expect("a prediction")
}

/// The stages around the model.
struct Stages {
    extractor: Extractor,
    policy: Policy,
    drafter: Drafter,
    prediction: Prediction,
}

impl Stages {
    fn run(&self, conversation: &Conversation) -> Packet {
        let features = self.extractor.extract(conversation);
        let mut memory = Memory::default();
        memory.learn(policy::marks(conversation, &features, Some(&self.prediction)));
        let standing = policy::settle(&mut memory, Timestamp::UNIX_EPOCH);
        let prediction = Some(&self.prediction);
        let decision = self.policy.decide(&policy::Case {
            conversation,
            features: &features,
            prediction,
            standing: &standing,
            now: Timestamp::UNIX_EPOCH,
        });
        let (features, decision) = (&features, &decision);
        self.drafter.draft(&handoff::Case { conversation, features, prediction, decision })
    }
}

fn rules(criterion: &mut Criterion) {
    let stages = Stages {
        extractor: Extractor::new(&["en"]).expect("patterns"),
        policy: Policy::parse(Policy::DEFAULT, "default").expect("the policy"),
        drafter: Drafter::new().expect("patterns"),
        prediction: prediction(),
    };
    let mut group = criterion.benchmark_group("rules");
    for count in [10, 100, 1_000] {
        let talk = conversation(TURNS.iter().copied().cycle().take(count));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("{count} messages"), |bencher| {
            bencher.iter(|| stages.run(black_box(&talk)));
        });
    }
    let log = LOG.repeat(1_000_000 / LOG.len());
    let talk = conversation([
        (Speaker::Customer, "The export fails, here is the log:"),
        (Speaker::Customer, log.as_str()),
    ]);
    group.throughput(Throughput::Bytes(log.len() as u64)).sample_size(20);
    group.bench_function("a log of 1 MB", |bencher| {
        bencher.iter(|| stages.run(black_box(&talk)));
    });
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
