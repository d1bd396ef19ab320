use super::super::fixtures::Story;
use crate::domain::{Outcome, SignalKind};

fn steps(story: &Story) -> Vec<(&'static str, String, &'static str)> {
    let steps = story.draft().whats_been_done.into_iter();
    steps.map(|step| (step.by.as_str(), step.text, step.outcome.as_str())).collect()
}

fn check(story: &Story, want: &[(&str, &str, &str)]) {
    let got = steps(story);
    let got: Vec<_> = got.iter().map(|(by, text, came)| (*by, text.as_str(), *came)).collect();
    assert_eq!(got, want);
}

#[test]
fn the_customers_own_steps_come_in_order_with_their_outcome() {
    let text = "The export is broken. I tried Chrome and Firefox, same result. \
        I also cleared the cache. Nothing helped.";
    check(
        &Story::new(&[("customer", text)]),
        &[
            ("customer", "I tried Chrome and Firefox, same result.", "failed"),
            ("customer", "I also cleared the cache.", "failed"),
        ],
    );
}

#[test]
fn a_suggestion_and_its_report_are_one_step_of_the_customers() {
    check(
        &Story::new(&[
            ("customer", "I can't sign in."),
            ("bot", "Sorry to hear that. Please reset your password using the link."),
            ("customer", "Did the reset, got the mail, but the link says expired."),
        ]),
        &[("customer", "Did the reset, got the mail, but the link says expired.", "failed")],
    );
    check(
        &Story::new(&[
            ("customer", "The app is blank."),
            ("bot", "Please clear your browser cache. Then log in again."),
            ("customer", "That didn't help."),
        ]),
        &[("bot", "Please clear your browser cache. Then log in again.", "failed")],
    );
    check(
        &Story::new(&[
            ("customer", "No sound."),
            ("agent", "Have you tried restarting the headset?"),
            ("customer", "Yes, that fixed it, thanks!"),
        ]),
        &[("agent", "Have you tried restarting the headset?", "worked")],
    );
}

#[test]
fn a_suggestion_put_off_is_closed_by_a_later_report() {
    check(
        &Story::new(&[
            ("customer", "Wi-Fi drops."),
            ("agent", "Please restart the router."),
            ("customer", "Ok, I'll try."),
            ("agent", "Sure."),
            ("customer", "Restarted the router, no change."),
        ]),
        &[("customer", "Restarted the router, no change.", "failed")],
    );
}

#[test]
fn a_suggestion_that_nobody_reacted_to_is_no_step() {
    check(&Story::new(&[("customer", "No sound."), ("bot", "Please restart the app.")]), &[]);
}

#[test]
fn questions_for_information_are_no_steps() {
    check(
        &Story::new(&[
            ("customer", "The export fails."),
            ("agent", "Could you share the report id? Which browser do you use?"),
            ("customer", "R-7781, Chrome."),
        ]),
        &[],
    );
}

#[test]
fn deeds_and_checks_of_the_answerer_are_theirs() {
    check(
        &Story::new(&[
            ("customer", "I can't sign in."),
            (
                "agent",
                "I checked the mail log and everything looks fine. I've reset your password.",
            ),
            ("customer", "Still can't log in."),
        ]),
        &[
            ("agent", "I checked the mail log and everything looks fine.", "worked"),
            ("agent", "I've reset your password.", "failed"),
        ],
    );
    check(
        &Story::new(&[
            ("customer", "Where is my refund?"),
            ("agent", "I can see in the logs that the payment was declined. I'll check again."),
        ]),
        &[("agent", "I can see in the logs that the payment was declined.", "unknown")],
    );
}

#[test]
fn an_answer_that_did_not_help_is_a_step_of_the_bots() {
    let turns = [
        ("customer", "I was charged twice for INV-2231"),
        ("bot", "Your last invoice is paid."),
        ("customer", "That's not what I asked."),
    ];
    let story = Story::new(&turns).signal(SignalKind::AnswerRefused, 2);
    check(&story, &[("bot", "Your last invoice is paid.", "failed")]);
    check(&Story::new(&turns[..2]), &[]);
}

#[test]
fn the_callers_outcome_outranks_the_text() {
    let mut story = Story::new(&[
        ("customer", "I was charged twice for INV-2231"),
        ("bot", "Your last invoice is paid."),
    ]);
    story.parts.messages[1].outcome = Some(Outcome::Failed);
    check(&story, &[("bot", "Your last invoice is paid.", "failed")]);
    let mut story = Story::new(&[
        ("customer", "No sound."),
        ("bot", "Please restart the app."),
        ("customer", "That didn't help."),
    ]);
    story.parts.messages[1].outcome = Some(Outcome::Worked);
    check(&story, &[("bot", "Please restart the app.", "worked")]);
}

#[test]
fn a_bot_that_did_not_understand_did_nothing() {
    let turns = [
        ("customer", "Gizmo kaput"),
        ("bot", "I did not understand. Please check your wording."),
        ("customer", "That didn't help."),
    ];
    check(&Story::new(&turns).signal(SignalKind::BotFallback, 1), &[]);
}

#[test]
fn an_enumeration_of_deeds_is_one_step_each() {
    let text = "Logged out and in again, had a second admin set it, gave it the whole weekend. \
        No change.";
    check(
        &Story::new(&[("customer", text)]),
        &[
            ("customer", "Logged out and in again", "failed"),
            ("customer", "had a second admin set it", "failed"),
            ("customer", "gave it the whole weekend.", "failed"),
        ],
    );
    let text = "It hangs. Things I did: updated the firmware, different usb port, a new cable.";
    check(
        &Story::new(&[("customer", text)]),
        &[
            ("customer", "updated the firmware", "failed"),
            ("customer", "different usb port", "failed"),
            ("customer", "a new cable", "failed"),
        ],
    );
}

#[test]
fn the_helpdesks_deeds_in_the_customers_words_are_the_helpdesks() {
    let text = "The run stops. Your consultant doubled the shard size, no difference.";
    check(
        &Story::new(&[("customer", text)]),
        &[("agent", "Your consultant doubled the shard size, no difference.", "failed")],
    );
}

#[test]
fn a_check_that_passes_worked() {
    let text = "Webhooks are gone. curl from three networks gets a 200.";
    check(
        &Story::new(&[("customer", text)]),
        &[("customer", "curl from three networks gets a 200.", "worked")],
    );
}

#[test]
fn the_same_step_told_twice_is_one() {
    check(
        &Story::new(&[
            ("customer", "I restarted the router."),
            ("agent", "Thanks for your patience."),
            ("customer", "As I said, I restarted the router, no change."),
        ]),
        &[("customer", "I restarted the router.", "failed")],
    );
}

#[test]
fn events_and_wishes_are_no_steps() {
    let text = "My plan was updated yesterday. I want my password reset. I haven't tried that yet.";
    check(&Story::new(&[("customer", text)]), &[]);
}

#[test]
fn any_deed_is_known_by_the_form_of_its_verb() {
    check(
        &Story::new(&[
            ("customer", "The imports are all red."),
            ("agent", "Flip the resolver from lenient to strict."),
            ("customer", "Resolver flipped. No change."),
            ("agent", "I've rehung the index on the second node."),
            ("customer", "Still red."),
        ]),
        &[
            ("customer", "Resolver flipped.", "failed"),
            ("agent", "I've rehung the index on the second node.", "failed"),
        ],
    );
}

#[test]
fn a_condition_is_no_deed_and_an_offer_before_the_matter_no_step() {
    check(
        &Story::new(&[
            ("bot", "Ask me anything about your policy."),
            ("customer", "The encoder stopped."),
            ("agent", "Such errors clear when the hub is unplugged for a minute."),
            ("customer", "Unplugged the hub. Same error."),
        ]),
        &[("customer", "Unplugged the hub.", "failed")],
    );
}

#[test]
fn a_deed_counts_however_its_verb_and_object_are_turned() {
    for text in [
        "reinstall i have done, nothing changed.",
        "Cache cleared twice, no change.",
        "I gave them the role again this morning but the tab stays grey.",
        "Had them sign out and back in, but the tab stays grey.",
    ] {
        let text = format!("The tab is missing. {text}");
        let got = steps(&Story::new(&[("customer", &text)]));
        assert!(got.iter().any(|step| step.0 == "customer"), "{text}: {got:?}");
    }
    let order = "Put your boss on, I have had enough.";
    let story =
        [("customer", "My bill is wrong."), ("bot", "Bills come monthly."), ("customer", order)];
    let got = steps(&Story::new(&story));
    assert!(got.iter().all(|step| step.0 != "customer"), "{got:?}");
}
