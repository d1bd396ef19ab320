//! What may be automatic: a desk goes live queue by queue.

use super::*;

const BILLING: &str = "queue = \"Billing\"";
const BILLING_LIVE: (&str, &str) = (BILLING, "queue = \"Billing\"\nmode = \"live\"");
const LIVE: (&str, &str) = ("mode = \"shadow\"", "mode = \"live\"");
const SWITCH: (&str, &str) = ("kill_switch = false", "kill_switch = true");

/// Mode and action of a sure case, and what the rule says about it.
fn decided(policy: &Policy, intent: &str) -> (Mode, Action, String) {
    let explained = Given::intents(&[(intent, 1.0)]).ask(|case| policy.explain(case));
    let rule = explained.rules.into_iter().find(|rule| rule.rule == ReasonCode::ModeShadow);
    (explained.decision.mode, explained.decision.action, rule.unwrap().saw)
}

#[test]
fn a_role_goes_live_before_the_others() {
    let policy = changed(&[BILLING_LIVE]);
    let live = (Mode::Live, Action::Route, "billing_specialist is live".to_owned());
    assert_eq!(decided(&policy, "refund_request"), live);
    let (mode, action, saw) = decided(&policy, "integration");
    assert_eq!((mode, action), (Mode::Shadow, Action::Suggest));
    assert!(saw.starts_with("the policy is in shadow"), "{saw}");
}

#[test]
fn a_role_stays_in_shadow_after_the_others() {
    let policy = changed(&[LIVE, (BILLING, "queue = \"Billing\"\nmode = \"shadow\"")]);
    let (mode, action, saw) = decided(&policy, "refund_request");
    assert_eq!((mode, action), (Mode::Shadow, Action::Suggest));
    assert!(saw.starts_with("billing_specialist is in shadow"), "{saw}");
    assert_eq!(decided(&policy, "integration").1, Action::Route);
}

#[test]
fn the_kill_switch_stops_every_role() {
    let (mode, action, saw) = decided(&changed(&[BILLING_LIVE, SWITCH]), "refund_request");
    assert_eq!((mode, action), (Mode::Shadow, Action::Suggest));
    assert!(saw.starts_with("the kill switch is on"), "{saw}");
}

#[test]
fn nothing_lands_by_itself_with_a_stand_in_that_is_in_shadow() {
    let absent = "mode = \"live\"\nlanguages = [\"fr\"]\nfallback = \"frontline_agent\"";
    let billing = format!("{BILLING}\n{absent}");
    let (mode, action, saw) = decided(&changed(&[(BILLING, &billing)]), "refund_request");
    assert_eq!((mode, action), (Mode::Shadow, Action::Suggest));
    assert!(saw.starts_with("the policy is in shadow"), "{saw}");
    let frontline = ("queue = \"Frontline\"", "queue = \"Frontline\"\nmode = \"shadow\"");
    let (mode, _, saw) =
        decided(&changed(&[LIVE, (BILLING, &billing), frontline]), "refund_request");
    assert_eq!(mode, Mode::Shadow);
    assert!(saw.starts_with("frontline_agent, which takes over, is in shadow"), "{saw}");
    let frontline = ("queue = \"Frontline\"", "queue = \"Frontline\"\nmode = \"live\"");
    let both = changed(&[(BILLING, &billing), frontline]);
    assert_eq!(decided(&both, "refund_request").1, Action::Route);
}

#[test]
fn a_probe_can_ask_for_the_modes_as_written() {
    let probe = |mode: &str, expect: &str| {
        let given = format!("given = {{ intent = \"refund_request\", mode = \"{mode}\" }}");
        let probe = format!("[[probe]]\nname = \"p\"\n{given}\nexpect = {{ mode = \"{expect}\" }}");
        let text = format!("{}\n{probe}", text(&[BILLING_LIVE]));
        Policy::parse(&text, "policy.toml").err()
    };
    assert_eq!(probe("as_written", "live"), None);
    assert_eq!(probe("shadow", "shadow"), None);
    assert_eq!(probe("live", "live"), None);
    let told = probe("as_written", "shadow").unwrap()[0].to_string();
    assert!(told.contains("expect.mode: expected shadow, came live"), "{told}");
}
