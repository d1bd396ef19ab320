//! How it sounds, and what only looks so.

use super::*;
use crate::{domain::Speaker, features::properties::extract};

fn check(kind: SignalKind, yes: &[&str], no: &[&str]) {
    let says = |text: &&&str| {
        extract(&[(Speaker::Customer, text)]).signals.iter().any(|signal| signal.kind == kind)
    };
    let missed: Vec<_> = yes.iter().filter(|text| !says(text)).collect();
    let wrong: Vec<_> = no.iter().filter(|text| says(text)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "{kind}: missed {missed:?}, wrong {wrong:?}");
}

#[test]
fn each_tone_is_told() {
    check(
        SignalKind::Shouting,
        &["WHY DOES NOBODY ANSWER", "It fails. FIX THE EXPORT NOW."],
        &["The API returns HTTP 500", "My PDF is OK", "ERR_SSL"],
    );
    check(SignalKind::RepeatedMarks, &["hello??", "fix it!!!", "what?!"], &["Really?", "Fix it!"]);
    check(
        SignalKind::Sarcasm,
        &["Great job, now nothing loads.", "Well done, it is broken again"],
        &["Great job, thank you!", "Good morning, I cannot log in"],
    );
    check(
        SignalKind::WaitingComplaint,
        &["I am still waiting", "nine days now", "third time I ask", "nobody called me back"],
        &["I can wait", "the first time I log in", "it takes two days"],
    );
    check(
        SignalKind::Deadline,
        &["we need it by Friday", "my essay is due tomorrow", "the audit is on Monday"],
        &["there is no deadline", "I bought it on Friday"],
    );
    check(
        SignalKind::MoneyAtStake,
        &["we are losing sales", "I was charged twice", "that costs us money"],
        &["what does it cost", "I don't want to lose my data"],
    );
}

proptest::proptest! {
    #[test]
    fn small_letters_never_shout(words in "[a-z ,.!?]{0,80}") {
        proptest::prop_assert!(!shouts(&words));
    }
}
