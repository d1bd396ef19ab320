//! How long it takes to draft a packet: an everyday conversation, and pastes of a million
//! characters.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use std::hint::black_box;

use baton::{
    domain::{
        Action, Band, Conversation, Decision, Features, Language, Limits, Message, Mode, Parts,
        Priority, Probability, RoleId, Sentence, SentenceKind, Severity, Span, Speaker, Strikes,
        TextFeatures, Tier,
    },
    handoff::{Case, Drafter},
};
use criterion::{Criterion, criterion_group, criterion_main};

/// Ten messages of a usual length.
const EVERYDAY: [(Speaker, &str); 10] = [
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

fn conversation(turns: &[(Speaker, &str)]) -> Conversation {
    let message = |(speaker, text): &(Speaker, &str)| Message {
        id: None,
        speaker: *speaker,
        text: (*text).to_owned(),
        at: None,
        attachments: Vec::new(),
        outcome: None,
    };
    let messages = turns.iter().map(message).collect();
    let parts = Parts { messages, ..Parts::default() };
    Conversation::new(parts, &Limits::default()).expect("the bench's own conversation is valid")
}

/// Sentences at line breaks and full stops, as the stage before would cut them.
fn features(conversation: &Conversation) -> Features {
    let read = |message: &Message| {
        let mut sentences = Vec::new();
        let (mut start, mut at) = (0, 0);
        for c in message.text.chars().chain(['\n']) {
            if matches!(c, '\n' | '.' | '?' | '!') && at > start {
                let (span, kind) = (Span::new(start, at), SentenceKind::Prose);
                sentences.push(Sentence { span, masked: (0, 0), kind });
                start = at + 1;
            }
            at += 1;
        }
        let (masked, segments) = (String::new(), Vec::new());
        TextFeatures { speaker: message.speaker, masked, segments, sentences }
    };
    Features {
        subject: None,
        messages: conversation.messages.iter().map(read).collect(),
        language: Language { code: "en".to_owned(), supported: true },
        signals: Vec::new(),
    }
}

fn decision() -> Decision {
    Decision {
        mode: Mode::Shadow,
        band: Band::Suggest,
        action: Action::Suggest,
        tier: Tier::FRONTLINE,
        role: RoleId::from("frontline_agent"),
        queue: "Support".to_owned(),
        notify: Vec::new(),
        confidence: Probability::ONE,
        candidates: Vec::new(),
        severity: Severity::Normal,
        priority: Priority::Normal,
        strikes: Strikes { count: 0, limit: 3, tripped: false },
        escalation: None,
        reasons: Vec::new(),
        customer_message: None,
        degraded: Vec::new(),
    }
}

fn draft(criterion: &mut Criterion) {
    let drafter = Drafter::new().expect("the patterns compile");
    let decision = decision();
    let log = "2026-11-20T10:00:00Z ERROR 10.0.0.1 order 881234 failed: \"x\" at /a/b.log E403\n";
    let log = log.repeat(1_000_000 / log.len());
    let digits = "7".repeat(1_000_000);
    let marks = "@".repeat(1_000_000);
    let prose = EVERYDAY.map(|turn| turn.1).join("\n").repeat(1_300);
    let foreign = "Die Überweisung über 49,99 € ist nicht angekommen. ".repeat(20_000);
    let cases = [
        ("ten_messages", conversation(&EVERYDAY)),
        ("million_digits", conversation(&[(Speaker::Customer, &digits)])),
        ("million_at_signs", conversation(&[(Speaker::Customer, &marks)])),
        ("million_of_log", conversation(&[(Speaker::Customer, &log)])),
        ("million_of_prose", conversation(&[(Speaker::Customer, &prose[..1_000_000])])),
        ("million_not_ascii", conversation(&[(Speaker::Customer, &foreign)])),
    ];
    let mut group = criterion.benchmark_group("handoff");
    group.sample_size(20);
    for (name, conversation) in &cases {
        let features = features(conversation);
        let case =
            Case { conversation, features: &features, prediction: None, decision: &decision };
        group.bench_function(*name, |bencher| bencher.iter(|| black_box(drafter.draft(&case))));
    }
    group.finish();
}

criterion_group!(benches, draft);
criterion_main!(benches);
