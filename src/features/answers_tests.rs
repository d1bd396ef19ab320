//! What bots and agents say, in many vendors' words.

use super::*;
use crate::features::properties::extract;

fn answer(text: &str) -> Answer {
    let turns = [(Speaker::Customer, "It does not sync"), (Speaker::Bot, text)];
    Answers::new().unwrap().read(&extract(&turns).messages[1])
}

/// Every text must be that kind of answer.
fn all_are(want: Answer, texts: &[&str]) {
    let wrong: Vec<_> = texts.iter().map(|text| (text, answer(text))).collect();
    let wrong: Vec<_> = wrong.into_iter().filter(|(_, got)| *got != want).collect();
    assert!(wrong.is_empty(), "{want:?}: {wrong:#?}");
}

#[test]
fn a_question_about_success_is_told_from_other_questions() {
    all_are(
        Answer::AsksIfHelped,
        &[
            "Please restart it. Did this help?",
            "Clear the cache. Was this helpful?",
            "Unplug it for a minute. Any better?",
            "Set the access point to a.net. Is data back?",
            "Cards take 7 days. Sorted?",
            "Try the other cable. How does it look?",
            "Restart the app and let me know how it goes!",
            "Has this answered your question?",
            "I trust this clarifies things.",
        ],
    );
    all_are(
        Answer::Asks { proposes: false },
        &[
            "Which browser do you use?",
            "Does the rest of the site work for you?",
            "Please provide your order number.",
            "Thanks! I just need your e-mail address.",
            "Could you send me a screenshot? This will help me look into it.",
            "Please let me know which order you mean.",
            "Have you tried another network?",
        ],
    );
}

#[test]
fn proposals_come_as_orders_questions_and_offers() {
    all_are(
        Answer::Proposes,
        &[
            "Please reset your password.",
            "You can resend it under Members. Anything else?",
            "Could you archive the closed sprints?",
            "Then let's power-cycle the router. I'll stay on the line.",
            "How about 50% off for two months?",
            "Go to Settings > Sync.",
        ],
    );
}

#[test]
fn holding_words_are_no_answer() {
    all_are(
        Answer::Holds,
        &[
            "One moment, please.",
            "Thank you, bear with me.",
            "I'm sorry about the trouble.",
            "Understood. Let me check.",
            "You're welcome! Feel free to ask if you need anything else.",
        ],
    );
    assert_eq!(answer("Your ticket has the status In progress."), Answer::States);
}
