//! What holds a bypass by its words, and what only names them.

use super::*;
use crate::{domain::Speaker, features::properties::extract};

fn says(kind: SignalKind, text: &str) -> bool {
    extract(&[(Speaker::Customer, text)]).signals.iter().any(|signal| signal.kind == kind)
}

fn check(kind: SignalKind, yes: &[&str], no: &[&str]) {
    let missed: Vec<_> = yes.iter().filter(|text| !says(kind, text)).collect();
    let wrong: Vec<_> = no.iter().filter(|text| says(kind, text)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "{kind}: missed {missed:?}, wrong {wrong:?}");
}

#[test]
fn legal_steps_are_told_from_legal_words() {
    check(
        SignalKind::LegalMatter,
        &[
            "Under Article 17 GDPR I ask you to erase my data.",
            "This is a GDPR request.",
            "My lawyer will contact you.",
            "We will take you to court.",
            "You have been served with a subpoena.",
            "I shall complain to the ombudsman.",
        ],
        &[
            "Are you GDPR compliant?",
            "We are a law firm and our legal team needs more seats.",
            "The voltage regulator is broken.",
            "Where is the GDPR settings page?",
        ],
    );
}

#[test]
fn leaving_is_told_from_cancelling_things() {
    check(
        SignalKind::CancellationAsked,
        &[
            "please cancel my subscription",
            "I want to cancel.",
            "We have decided not to renew for the coming year.",
            "close my account",
            "just cancel it",
        ],
        &[
            "cancel my order please",
            "please cancel 3 of our 20 seats",
            "how do I cancel a scheduled report",
            "can I cancel my plan at any time?",
            "I don't want to cancel my subscription",
            "our account manager left",
            "my licence did not renew",
        ],
    );
}

#[test]
fn advertising_and_random_keys_are_out_of_scope() {
    check(
        SignalKind::OutOfScope,
        &[
            "Dear business owner, we offer quality backlinks and bring you to page one, \
             guaranteed. Get a free audit.",
            "asdfgh jkhgfd qwrtzp",
        ],
        &[
            "The backlinks report of my site shows nothing",
            "DNS and SSL via VPN",
            "cannot login",
            "Witam, mam problem z kontem",
        ],
    );
}
