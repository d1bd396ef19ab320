use super::*;
use crate::domain::{SentenceKind, Speaker};

fn line(words: &str) -> Line<'_> {
    let (kind, speaker) = (SentenceKind::Prose, Speaker::Customer);
    Line { text: 0, message: Some(0), speaker, kind, words, bytes: 0..words.len(), acts: None }
}

#[test]
fn greetings_say_nothing_else() {
    let wording = Wording::new().unwrap();
    for text in ["Hi", "Hello team,", "Thanks in advance!", "Good morning Anna.", "ok thanks"] {
        assert!(wording.is_greeting(&line(text)), "{text}");
    }
    for text in ["Hi, my invoice is wrong", "Hello, E403", "No internet since Monday", "ERR_1"] {
        assert!(!wording.is_greeting(&line(text)), "{text}");
    }
}

#[test]
fn deeds_of_the_customer_are_told_from_events_and_plans() {
    let wording = Wording::new().unwrap();
    for text in ["I restarted the router twice", "tried Chrome and Firefox", "We’ve cleared it"] {
        assert_eq!(wording.own_deed(text, false), Some(true), "{text}");
    }
    for text in ["My plan was updated yesterday", "I want my password reset", "put your boss on"] {
        assert_eq!(wording.own_deed(text, false), None, "{text}");
    }
    assert!(wording.is_not_yet("I haven't tried that yet"));
}

#[test]
fn the_later_verdict_counts() {
    let wording = Wording::new().unwrap();
    let cases = [
        ("That didn’t help.", StepOutcome::Failed),
        ("No luck", StepOutcome::Failed),
        ("It did not work at first but works now", StepOutcome::Worked),
        ("That fixed it, thanks", StepOutcome::Worked),
        ("It worked for a minute, then the same error", StepOutcome::Failed),
        ("The printer is on the second floor", StepOutcome::Unknown),
        ("Did that work?", StepOutcome::Unknown),
    ];
    for (text, want) in cases {
        assert_eq!(wording.verdict(&line(text)), want, "{text}");
    }
}

#[test]
fn suggestions_are_told_from_questions_for_information() {
    let wording = Wording::new().unwrap();
    for text in ["Please clear your cache.", "Have you tried restarting it?", "Go to Settings."] {
        assert!(wording.is_suggestion(&line(text)), "{text}");
    }
    for text in ["Could you provide your email address?", "Which browser do you use?"] {
        assert!(!wording.is_suggestion(&line(text)), "{text}");
    }
}

#[test]
fn causes_are_told_from_opinions() {
    let wording = Wording::new().unwrap();
    for text in [
        "I think it's because of the proxy",
        "Looks like a DNS issue.",
        "probably since the update",
        "Could it be related to the new firewall?",
        "My guess is DNS",
        "could be a permissions thing",
        "Looks like the token expired",
    ] {
        assert!(wording.states_cause(text), "{text}");
    }
    for text in ["I think you are rude", "Looks like rain", "I was charged twice"] {
        assert!(!wording.states_cause(text), "{text}");
    }
}
