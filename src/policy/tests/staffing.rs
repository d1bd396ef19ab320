//! Closed roles, languages and who takes over: the queue changes, the decision does not.

use super::*;

const BILLING: &str = "queue = \"Billing\"\n";

/// Billing is there on weekdays and speaks English; `more` goes to its role.
fn policy(more: &str) -> Policy {
    let hours = "days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], from = \"08:00\"";
    let role = format!(
        "{BILLING}languages = [\"en\"]\ntime_zone = \"America/New_York\"\n\
         hours = [{{ {hours}, to = \"18:00\" }}]\n{more}\n"
    );
    changed(&[(BILLING, &role)])
}

fn at(time: &str) -> Given {
    let given = Given::intents(&[("refund_request", 1.0)]);
    Given { now: time.parse().unwrap(), ..given }
}

const OPEN: &str = "2026-11-20T15:00:00Z";
const CLOSED: &str = "2026-11-21T15:00:00Z";
const FALLBACK: &str = "fallback = \"frontline_agent\"";

#[test]
fn an_open_role_keeps_its_queue() {
    let decision = at(OPEN).decide(&policy(FALLBACK));
    assert_eq!((decision.queue.as_str(), decision.notify.len()), ("Billing", 0));
}

#[test]
fn a_closed_role_hands_its_queue_to_the_fallback_and_stays_the_decision() {
    let decision = at(CLOSED).decide(&policy(FALLBACK));
    assert_eq!(decision.queue, "Frontline");
    assert_eq!(decision.notify, ["frontline_agent".into()]);
    assert_eq!(decision.role.as_str(), "billing_specialist");
    let reason = decision.reasons.iter().find(|reason| reason.code == ReasonCode::RoleClosed);
    assert!(reason.unwrap().text.contains("frontline_agent"));
    assert!(!decision.has(ReasonCode::RoleUnavailable));
    let open = at(OPEN).decide(&policy(FALLBACK));
    assert_eq!((decision.tier, decision.confidence), (open.tier, open.confidence));
}

#[test]
fn a_known_language_that_is_not_spoken_goes_to_the_fallback() {
    let mut given = at(OPEN);
    given.features.language.code = "de".to_owned();
    let decision = given.decide(&policy(FALLBACK));
    assert!(decision.has(ReasonCode::RoleLanguage));
    assert_eq!(decision.queue, "Frontline");
    given.features.language.code = "unknown".to_owned();
    assert!(!given.decide(&policy(FALLBACK)).has(ReasonCode::RoleLanguage));
    given.parts.customer.language = Some("de-AT".to_owned());
    assert!(given.decide(&policy(FALLBACK)).has(ReasonCode::RoleLanguage));
    given.parts.customer.language = Some("en-GB".to_owned());
    assert!(!given.decide(&policy(FALLBACK)).has(ReasonCode::RoleLanguage));
}

#[test]
fn nobody_is_promised_when_nobody_is_there() {
    let mut given = at(CLOSED).signal(SignalKind::PersonRequested);
    let decision = given.decide(&policy(""));
    assert!(decision.has(ReasonCode::RoleUnavailable));
    assert_eq!((decision.queue.as_str(), decision.notify.len()), ("Billing", 0));
    assert!(decision.customer_message.unwrap().starts_with("Nobody is available"));
    given.now = OPEN.parse().unwrap();
    let open = given.decide(&policy(""));
    assert!(open.customer_message.unwrap().starts_with("Of course"));
}

#[test]
fn the_line_of_fallbacks_is_walked_until_somebody_is_there() {
    let sales = "queue = \"Sales\"\n";
    let silent = format!("{sales}languages = [\"fr\"]\nfallback = \"team_lead\"\n");
    let billing = format!("{BILLING}languages = [\"fr\"]\nfallback = \"sales\"\n");
    let policy = changed(&[(sales, &silent), (BILLING, &billing)]);
    let decision = at(OPEN).decide(&policy);
    assert_eq!(decision.queue, "Team leads");
    assert_eq!(decision.notify, ["team_lead".into()]);
}

#[test]
fn the_message_is_that_of_the_first_reason_that_has_one() {
    let policy = changed(&[]);
    let given = Given::intents(&[("cancellation", 0.6), ("legal_privacy", 0.4)]);
    let message = given.decide(&policy).customer_message;
    assert!(message.unwrap().contains("contract"));
    assert_eq!(at(OPEN).decide(&policy).customer_message, None);
}

#[test]
fn a_reason_without_words_of_its_own_takes_those_of_any_hand_over() {
    let text = text(&[]);
    let vip = text.lines().find(|line| line.starts_with("\"bypass.vip\"")).unwrap();
    let policy = changed(&[(vip, "")]);
    let mut given = at(OPEN);
    given.parts.customer.vip = Some(true);
    let message = given.decide(&policy).customer_message.unwrap();
    assert!(message.starts_with("I am passing this on to a colleague, together"), "{message}");
}

#[test]
fn on_a_holiday_the_fallback_takes_over() {
    let holiday = "exceptions = [{ on = \"2026-11-20\", hours = [] }]\n";
    let policy = policy(&format!("{holiday}{FALLBACK}"));
    let decision = at(OPEN).decide(&policy);
    assert_eq!(decision.queue, "Frontline");
    assert!(decision.has(ReasonCode::RoleClosed));
    assert_eq!(at("2026-11-23T15:00:00Z").decide(&policy).queue, "Billing");
}
