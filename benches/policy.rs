//! Prediction → Decision for ten messages, under the built-in policy and under one of ten thousand
//! rules, and loading the built-in policy with all its probes.
#![allow(clippy::expect_used, missing_docs)]

use std::{hint::black_box, sync::Arc};

use baton::{
    domain::{
        Certificate, Conversation, Intent, IntentScore, Limits, Message, Parts, Prediction,
        Probability, Sentiment, SentimentLabel, Speaker, Standing, Timestamp,
    },
    features::Extractor,
    policy::{Case, Policy},
};
use criterion::{Criterion, criterion_group, criterion_main};

const TURNS: [(Speaker, &str); 5] = [
    (Speaker::Customer, "Hi, the invoice export fails since yesterday with error E1042."),
    (Speaker::Bot, "Please sign out and in again. Did this help?"),
    (Speaker::Customer, "No, same error. We need the file for our auditor on Friday."),
    (Speaker::Agent, "I restarted the export service for your account, please try again."),
    (Speaker::Customer, "Still the same, order 4711 and invoice INV-2231 are missing."),
];

fn ten_messages() -> Conversation {
    let message = |(speaker, text): &(Speaker, &str)| {
        let (id, at, outcome) = (None, None, None);
        let (speaker, text) = (*speaker, (*text).to_owned());
        Message { id, speaker, text, at, attachments: Vec::new(), outcome }
    };
    let messages = TURNS.iter().cycle().take(10).map(message).collect();
    Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).expect("valid")
}

/// Four intents that compete; the others of the model only add to the sums.
fn prediction() -> Prediction {
    let scores =
        [("software_bug", 0.6), ("integration", 0.2), ("refund_request", 0.15), ("how_to", 0.05)];
    let score = |(label, probability): (&str, f32)| IntentScore {
        label: Intent::from(label),
        probability: Probability::saturating(probability),
    };
    Prediction {
        intents: scores.into_iter().map(score).collect(),
        sentiment: Sentiment {
            label: SentimentLabel::Negative,
            probability: Probability::saturating(0.8),
            frustration: Probability::saturating(0.4),
        },
        novelty: 0.1,
        novelty_limit: 1.0,
        acts: Vec::new(),
        repeats: Vec::new(),
        left_out: Vec::new(),
        certificate: Arc::new(Certificate::unrestricted()),
        vector: None,
    }
}

/// The built-in policy with ten thousand roles and intents more, each leading somewhere else.
fn large() -> Policy {
    let mut text = Policy::DEFAULT.to_owned();
    for number in 0..10_000 {
        let role = format!("[role.r{number}]\nqueue = \"q\"\n");
        let intent = format!("[intent.i{number}]\ntier = 2\nrole = \"r{number}\"\n");
        text.push_str(&role);
        text.push_str(&intent);
    }
    Policy::parse(&text, "large").expect("the large policy loads")
}

fn policy(criterion: &mut Criterion) {
    let policy = Policy::parse(Policy::DEFAULT, "default").expect("the built-in policy loads");
    let conversation = ten_messages();
    let features = Extractor::new(&["en"]).expect("patterns").extract(&conversation);
    let prediction = prediction();
    let case = Case {
        conversation: &conversation,
        features: &features,
        prediction: Some(&prediction),
        standing: &Standing::default(),
        now: Timestamp::UNIX_EPOCH,
    };
    criterion.bench_function("policy/ten messages", |bencher| {
        bencher.iter(|| policy.decide(black_box(&case)));
    });
    let large = large();
    criterion.bench_function("policy/ten messages, ten thousand rules", |bencher| {
        bencher.iter(|| large.decide(black_box(&case)));
    });
    criterion.bench_function("policy/load", |bencher| {
        bencher.iter(|| Policy::parse(black_box(Policy::DEFAULT), "default"));
    });
}

criterion_group!(benches, policy);
criterion_main!(benches);
