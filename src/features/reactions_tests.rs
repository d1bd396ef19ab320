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
fn answers_that_ask_for_a_verdict_in_other_words_get_one() {
    for (answer, text) in [
        (
            "I've re-provisioned your port. Give it two mins and tell me what the light does?",
            "red.",
        ),
        ("I've moved your line. Drop me a line after a couple of evenings?", "Slow. So, no."),
        ("I'm restarting the broker from here. So. What is Ghent showing?", "Ghent is on KB-77."),
        ("Cards are listed here. Did you find what you were looking for?", "no, I know the list"),
        ("I've reset your attempt. Worth another go.", "Went in again, guess where I am. Slide 6."),
        ("Hold the reset for 15 seconds. Reply YES if you're back online.", "red light though"),
    ] {
        assert!(failed(Speaker::Agent, answer, text), "{answer}");
    }
    let refused = "It answers a question. Not mine. I want the 64.90 back.";
    assert!(failed(Speaker::Bot, ASKED, refused));
    let voucher = "I've issued a voucher, that should put things right.";
    assert!(failed(
        Speaker::Agent,
        voucher,
        "A voucher for a ride I did not take? Try again please."
    ));
    assert!(failed(
        Speaker::Agent,
        PROPOSAL,
        "Bronwen,\n\nTwo evenings: 1.3 and 0.9. So, no.\n\nCedric"
    ));
}

#[test]
fn nothing_more_is_wanted_is_no_failure() {
    let more = "Yes, walk-ins are welcome. Is there anything else I can do for you?";
    for text in ["lovely, no that was all, ta very much x", "no that's everything, ta"] {
        assert!(!failed(Speaker::Bot, more, text), "{text}");
    }
    let person = "is there anyone made of flesh and blood over there?? I've got a queue";
    assert!(!failed(Speaker::Bot, ASKED, person));
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
