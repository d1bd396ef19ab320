//! What customers write after an answer: failures in many words, and what only looks like one.

use super::*;
use crate::features::properties::extract;

/// The signals about the attempt that `text` gives after `answer`.
fn after(speaker: Speaker, answer: &str, text: &str) -> Vec<SignalKind> {
    let turns =
        [(Speaker::Customer, "My sync is broken"), (speaker, answer), (Speaker::Customer, text)];
    let about = [SignalKind::AttemptFailed, SignalKind::AnswerRefused, SignalKind::AttemptWorked];
    let signals = extract(&turns).signals.into_iter();
    let last = signals.filter(|signal| signal.source.message == Some(2));
    last.map(|signal| signal.kind).filter(|kind| about.contains(kind)).collect()
}

fn failed(speaker: Speaker, answer: &str, text: &str) -> bool {
    after(speaker, answer, text).iter().any(|kind| *kind != SignalKind::AttemptWorked)
}

const PROPOSAL: &str = "Please remove tiles until there are 12 at most.";
const ASKED: &str = "Dashboards load faster with 12 tiles or fewer. Did this help?";

#[test]
fn what_is_no_thanks_question_or_plan_says_that_it_failed() {
    for text in [
        "It has 6 tiles.",
        "nope",
        "same",
        "no dice",
        "still spinning",
        "removed them all, 50 seconds",
        "I HAVE SIX TILES",
        "that page does not exist",
        "lol no. there are only six",
        "I literally just said that",
    ] {
        assert!(failed(Speaker::Bot, ASKED, text), "{text}");
        assert!(failed(Speaker::Agent, PROPOSAL, text) || text.len() < 6, "{text}");
    }
}

#[test]
fn harmless_reactions_are_none() {
    for answer in [ASKED, PROPOSAL] {
        for text in [
            "Thanks!",
            "that worked, thank you",
            "yes it did",
            "ok will try tonight",
            "perfect",
            "where do I find that?",
            "no thanks, all good",
            "how do i remove one",
            "never mind",
        ] {
            assert!(!failed(Speaker::Bot, answer, text), "{answer} {text}");
        }
    }
}

#[test]
fn after_a_question_or_holding_words_only_a_plain_failure_counts() {
    for (answer, text) in [
        ("Which browser is it?", "no idea, the blue one"),
        ("Do you use Windows?", "nope"),
        ("One moment please.", "it is quite urgent by the way"),
        ("Is it the display that is on?", "no"),
    ] {
        assert!(!failed(Speaker::Agent, answer, text), "{answer} {text}");
    }
}

#[test]
fn an_agents_remark_needs_a_complaint_and_a_bots_does_not() {
    let remark = "The invoice was made on the third of May.";
    assert!(!failed(Speaker::Agent, remark, "It has five seats that we gave back."));
    assert!(failed(Speaker::Agent, remark, "Nobody has sent it, and still no answer."));
    assert!(failed(Speaker::Bot, remark, "That's the date."));
}

#[test]
fn a_choice_goes_on_from_the_answer() {
    let options = "The red one costs 20 and the blue one 30.";
    assert!(!failed(Speaker::Bot, options, "I'd like the red one."));
    assert!(!failed(Speaker::Bot, options, "Can you put the blue one on my card?"));
}

#[test]
fn success_is_told() {
    for text in ["that worked", "it works now, thanks", "ah there it is, cheers", "yes it did"] {
        assert_eq!(after(Speaker::Bot, ASKED, text), [SignalKind::AttemptWorked], "{text}");
    }
}
