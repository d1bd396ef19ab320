use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::fixtures::{Story, assert_verbatim, drafter, features};
use super::*;
use crate::domain::{Act, SentenceKind};

mod dialogues;

/// Words with everything that finds are made of, between letters of many scripts.
fn messy() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[ \\n\\t.,;:!?\"'`“”‘’()@#$€/\\\\-]{1,4}",
        "[0-9]{1,12}",
        Just("order #W4923227 ".to_owned()),
        Just("I tried Chrome, same result. ".to_owned()),
        Just("Please restart the app. ".to_owned()),
        Just("Still fails with “Zugriff verweigert” ".to_owned()),
        Just("https://ex.example/ä?q=1 jo@ex.example ".to_owned()),
        Just("\nERROR x.y.FooException: ☠\n    at a.b(C.java:1)\n".to_owned()),
        Just("👩‍👩‍👧 Straße €49,99 2026-11-20 v1.2.3 ".to_owned()),
        Just("I think it's because of the update. ".to_owned()),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_word_of_a_packet_stands_in_the_conversation(
        subject in messy(),
        turns in prop::collection::vec((0usize..4, messy()), 1..6),
        acts in prop::collection::vec((0u32..6, 0u32..5, 0usize..9), 0..6),
    ) {
        const ROLES: [&str; 4] = ["customer", "bot", "agent", "system"];
        let mut all = vec![("customer", "Hallo, ich kann nicht…")];
        all.extend(turns.iter().map(|(role, text)| (ROLES[*role], text.as_str())));
        let mut story = Story::new(&all).subject(&subject);
        story.parts.stage = Stage::Closure;
        for (message, sentence, act) in acts {
            story = story.act(message, sentence, Act::ALL[act]);
        }
        // `draft` compares every quote, step and piece of evidence with its source.
        let packet = story.draft();
        let _ = (markdown(&packet, &story.decision), sbar(&packet, &story.decision));
        prop_assert!(packet.problem.is_none_or(|quote| quote.text.chars().count() <= 320));
    }

    #[test]
    fn the_same_case_gives_the_same_packet(text in messy()) {
        let story = Story::new(&[("customer", text.as_str())]);
        prop_assert_eq!(story.draft(), story.draft());
    }
}

#[test]
fn features_that_do_not_match_the_conversation_do_no_harm() {
    let story = Story::new(&[("customer", "I was charged twice, order 881234"), ("bot", "Hm")]);
    let conversation = story.conversation();
    let mut features = features(&conversation);
    features.messages.truncate(1);
    features.messages[0].sentences[0].span = crate::domain::Span::new(5, 9_999);
    features.messages[0].sentences[0].kind = SentenceKind::Log;
    let case = Case {
        conversation: &conversation,
        features: &features,
        prediction: None,
        decision: &story.decision,
    };
    assert_verbatim(&drafter().draft(&case), &conversation);
}

/// A cost that grew with the square of the length would take minutes, not seconds.
#[test]
fn a_million_characters_take_linear_time() {
    let log = "2026-11-20T10:00:00Z ERROR 10.0.0.1 order 881234 failed: \"x\" at /a/b.log E403\n";
    let texts = [
        "7".repeat(1_000_000),
        "@".repeat(1_000_000),
        "\"'`“".repeat(250_000),
        "a. ".repeat(300_000),
        "ä@ä.ä ".repeat(160_000),
        log.repeat(1_000_000 / log.len()),
    ];
    for text in &texts {
        let story = Story::new(&[("customer", text)]);
        let conversation = story.conversation();
        let features = features(&conversation);
        let case = Case {
            conversation: &conversation,
            features: &features,
            prediction: None,
            decision: &story.decision,
        };
        let start = Instant::now();
        drafter().draft(&case);
        assert!(start.elapsed() < Duration::from_secs(6), "{}", &text[..12]);
    }
}
