//! The table of strikes of the domain page, row by row, on real words: features and count together.

use crate::{
    domain::{Conversation, Limits, Memory, Message, Parts, Speaker},
    features::Extractor,
    policy::{marks, strikes},
};

/// How many strikes a dialogue has; a line begins with `c`, `b` or `a` for who writes it.
fn count(lines: &[&str]) -> usize {
    let message = |line: &&str| {
        let (who, text) = line.split_once(' ').unwrap();
        let speaker = match who {
            "c" => Speaker::Customer,
            "b" => Speaker::Bot,
            _ => Speaker::Agent,
        };
        let (id, at, outcome) = (None, None, None);
        Message { id, speaker, text: text.to_owned(), at, attachments: Vec::new(), outcome }
    };
    let messages = lines.iter().map(message).collect();
    let talk =
        Conversation::new(Parts { messages, ..Parts::default() }, &Limits::default()).unwrap();
    thread_local!(static EXTRACTOR: Extractor = Extractor::new(&["en"]).unwrap());
    let features = EXTRACTOR.with(|extractor| extractor.extract(&talk));
    let mut memory = Memory::default();
    memory.learn(marks(&talk, &features, None));
    strikes(&memory.messages).len()
}

const PROBLEM: &str = "c The label printer in goods-in is offline";
const ANSWER: &str = "b Please switch it off and on again. Did that help?";

#[test]
fn every_row_that_is_a_strike_is_one() {
    for (row, lines) in [
        ("did not help", vec![PROBLEM, ANSWER, "c nope, not helping"]),
        ("did not help, implied", vec![PROBLEM, ANSWER, "c The lamp is red now."]),
        ("an agent's", vec![PROBLEM, "a Could you pull the plug?", "c Pulled it, dead as before"]),
        ("fallback", vec![PROBLEM, "b I didn't quite get that. Could you rephrase?"]),
        ("fallback", vec![PROBLEM, "b Hmm, that one went over my head."]),
        ("fallback", vec![PROBLEM, "b I'm afraid that's gone over my head."]),
        ("fallback", vec![PROBLEM, "b Mind rewording it?"]),
        ("fallback", vec![PROBLEM, "b Sorry, I'm having trouble understanding you."]),
        (
            "restated",
            vec![PROBLEM, "b Printers are under Settings.", "c the label printer is offline"],
        ),
        ("refused", vec![PROBLEM, "b You can buy ink here.", "c That's not what I asked."]),
        ("refused", vec![PROBLEM, "b How about a new printer at 20% off?", "c no. just fix it"]),
    ] {
        assert_eq!(count(&lines), 1, "{row}: {lines:?}");
    }
}

#[test]
fn every_row_that_is_none_is_none() {
    for (row, lines) in [
        ("thanks", vec![PROBLEM, ANSWER, "c that did it, thank you!"]),
        ("greeting", vec!["b Hello! How can I help?", PROBLEM]),
        ("clarifying", vec![PROBLEM, "a Which model is it?", "c no idea, the grey one"]),
        ("resend", vec![PROBLEM, PROBLEM, ANSWER]),
        ("before writing", vec!["c I tried a restart, no luck", "b Which model is it?", "c X200"]),
        ("person", vec![PROBLEM, "b I can help with that!", "c put me through to a person"]),
        ("nobody reacted", vec![PROBLEM, ANSWER]),
        ("a plan", vec![PROBLEM, ANSWER, "c will try after lunch"]),
        ("patience", vec![PROBLEM, "a Bear with me, please.", "c sure"]),
        ("found", vec![PROBLEM, "a I reproduced it, a defect on our side.", "c Good to know."]),
    ] {
        assert_eq!(count(&lines), 0, "{row}: {lines:?}");
    }
}

#[test]
fn a_turn_and_a_fallback_count_once() {
    let fallback = "b Sorry, I didn't catch that.";
    assert_eq!(count(&[PROBLEM, fallback, "c you have got to be kidding me"]), 1);
    assert_eq!(count(&[PROBLEM, ANSWER, "c no", "c the label printer is offline!!"]), 1);
    let late = [PROBLEM, ANSWER, "c ok, one sec", "b Take your time.", "c still offline"];
    assert_eq!(count(&late), 1);
}
