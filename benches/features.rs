//! Cost of reading features; the goal is half a millisecond for a conversation of ten messages.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use std::{hint::black_box, time::Duration};

use baton::{
    domain::{Conversation, Limits, Message, Parts, Speaker},
    features::Extractor,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Ten turns as they come in from a chat, with a stack trace and a quoted mail.
const TURNS: &[(Speaker, &str)] = &[
    (Speaker::Customer, "Hi, I can't log in to my account since the update this morning."),
    (
        Speaker::Bot,
        "Sorry to hear that! Please reset your password under Settings > Security. Did that help?",
    ),
    (
        Speaker::Customer,
        "No, that didn't help. I still get the same error, see \
            https://app.example.com/login?next=%2Fa#x",
    ),
    (Speaker::Bot, "I'm not sure I follow. Could you rephrase your question?"),
    (
        Speaker::Customer,
        "My e-mail is jo.miller@example.com and my phone is +1 (555) 123-4567, order 4823991. \
            The log says:\n\
         2024-05-01T10:22:33Z ERROR auth: token rejected\n\
         Caused by: java.lang.IllegalStateException: no session\n\
         at com.acme.Auth.check(Auth.java:42)\n\
         at com.acme.Auth.login(Auth.java:17)\nCan you look into it?",
    ),
    (
        Speaker::Agent,
        "Thanks Jo. I have looked at your account and could reproduce this. I don't have \
            access to the logs, so I need to pass this to the technical team.",
    ),
    (
        Speaker::Customer,
        "OK. All our users are locked out by now and we can't work.\n\nKind regards,\nJo Miller\n\n\
         On Mon, 3 May 2024 at 10:22, Ana <ana@example.com> wrote:\n> Thanks Jo. I have looked \
             at\n> your account.",
    ),
    (Speaker::System, "Chat transferred to queue technical."),
    (
        Speaker::Bot,
        "While you wait: have you tried clearing the cache? It helps in e.g. Chrome v2.3.1.",
    ),
    (Speaker::Customer, "already tried that, twice. I want to speak to a human now!!!"),
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
    Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).unwrap()
}

fn extract(criterion: &mut Criterion) {
    let extractor = Extractor::new(&["en"]).unwrap();
    let mut group = criterion.benchmark_group("features");
    group.measurement_time(Duration::from_secs(3)).sample_size(30);
    for (name, turns) in [("one message", &TURNS[..1]), ("ten messages", TURNS)] {
        let talk = conversation(turns);
        let bytes: usize = turns.iter().map(|(_, text)| text.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| bencher.iter(|| extractor.extract(black_box(&talk))));
    }
    for (name, piece) in
        [("a million letters", "a"), ("a million of prose", "It still fails, jo@x.io. ")]
    {
        let text = piece.repeat(1_000_000 / piece.len());
        let talk = conversation(&[(Speaker::Customer, &text)]);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
        group.bench_function(name, |bencher| bencher.iter(|| extractor.extract(black_box(&talk))));
    }
    group.finish();
    criterion
        .bench_function("features/compile", |bencher| bencher.iter(|| Extractor::new(&["en"])));
}

criterion_group!(benches, extract);
criterion_main!(benches);
