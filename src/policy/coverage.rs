//! Whether the probes of a document would notice if one of its rules changed.
//!
//! A rule is covered when one probe expects it by name and another one expects it to be absent.
//! That it merely held or did not hold in some probe would prove nothing: the probe would pass
//! without the rule as well. One everyday case that expects every rule to be absent is enough for
//! the second half; near misses are better, and cost as little.

use std::collections::HashSet;

use crate::domain::{Intent, ReasonCode};

use super::{
    bypass::Bypass,
    document::Document,
    notes::{About, Note, listed},
    roles::never_alone,
    routes::Routes,
};

/// The rules and intents that no probe protects; every probe has passed.
pub(super) fn notes(document: &Document, routes: &Routes) -> Vec<Note> {
    let probes = &document.probe;
    let expected: HashSet<_> = probes.iter().flat_map(|probe| &probe.expect.reasons).collect();
    let absent: HashSet<_> = probes.iter().flat_map(|probe| &probe.expect.absent).collect();
    let mut notes = Vec::new();
    let producible = producible(document, routes);
    for code in ReasonCode::ALL.iter().filter(|code| producible.contains(code)) {
        let mut note = |text: &str| notes.push(Note::new(About::Coverage, "probe", text));
        if !expected.contains(code) {
            note(&format!("no probe expects {code}; write one with it in reasons"));
        }
        if !absent.contains(code) {
            note(&format!("no probe expects {code} not to hold; write one with it in absent"));
        }
    }
    let given: HashSet<_> = probes.iter().filter_map(|probe| probe.given.intent.as_ref()).collect();
    let lacking = document.intent.keys().filter(|intent| !given.contains(intent));
    let lacking: Vec<_> = lacking.map(Intent::as_str).collect();
    if !lacking.is_empty() {
        let text = format!("no probe is given the intent {}; write one each", listed(&lacking));
        notes.push(Note::new(About::Coverage, "probe", text));
    }
    notes
}

/// The reasons that some case could have under this document.
fn producible(document: &Document, routes: &Routes) -> HashSet<ReasonCode> {
    let (rules, triggers) = (&document.route, &document.trigger);
    let bypasses: HashSet<_> =
        document.intent.values().filter_map(|rule| rule.get_ref().bypass).collect();
    let moves = [
        (ReasonCode::RouteConfirmedBug, rules.confirmed_bug.is_some()),
        (ReasonCode::RouteNextTier, rules.next_tier.is_some()),
        (ReasonCode::RouteFrontline, rules.frontline.is_some()),
    ];
    let any_move = moves.iter().any(|(_, on)| *on);
    let led_to: HashSet<_> = routes.roles().collect();
    let mut reached = document.role.iter().filter(|(name, _)| led_to.contains(name));
    let closes = reached.clone().any(|(_, role)| role.closes());
    let speaks_some = reached.clone().any(|(_, role)| !role.languages.is_empty());
    let staffed = never_alone(document);
    let alone = reached.any(|(name, _)| !staffed.contains(name));
    let vip = document.vip.as_ref().is_some_and(|vip| vip.marked || !vip.plans.is_empty());
    let contract = &triggers.contract;
    let out_of_scope = bypasses.contains(&Bypass::OutOfScope) || document.novelty.is_some();
    let conditional = [
        (ReasonCode::InputAmbiguous, document.bands.margin.get() > 0.0),
        (ReasonCode::InputOutOfScope, out_of_scope),
        (ReasonCode::BypassCancellation, bypasses.contains(&Bypass::Cancellation)),
        (ReasonCode::BypassLegal, bypasses.contains(&Bypass::Legal)),
        (ReasonCode::BypassVip, vip),
        (ReasonCode::TriggerFunctional, triggers.functional.is_some() && any_move),
        (ReasonCode::TriggerSeverity, triggers.severity.is_some()),
        (ReasonCode::TriggerTime, triggers.time.is_some()),
        (ReasonCode::TriggerContract, contract.dispute.is_some() || contract.sla.is_some()),
        (ReasonCode::TriggerImpact, triggers.impact.is_some()),
        (ReasonCode::TriggerSentiment, triggers.sentiment.is_some()),
        (ReasonCode::TriggerValue, triggers.value.is_some()),
        (ReasonCode::TriggerChannel, triggers.channel.is_some()),
        (ReasonCode::TriggerAcknowledgement, triggers.acknowledgement.is_some()),
        (ReasonCode::RoleClosed, closes),
        (ReasonCode::RoleLanguage, speaks_some),
        (ReasonCode::RoleUnavailable, alone),
        // A probe has no store that could fail, and its model is certified.
        (ReasonCode::DegradedStore, false),
        (ReasonCode::CertificateMissing, false),
        (ReasonCode::CertificateThreshold, false),
        (ReasonCode::CertificateVeto, false),
        (ReasonCode::ContractBroken, false),
    ];
    let switched_off = moves.iter().chain(&conditional).filter(|(_, on)| !*on);
    let switched_off: HashSet<_> = switched_off.map(|(code, _)| *code).collect();
    let all = ReasonCode::ALL.iter().copied();
    all.filter(|code| !switched_off.contains(code)).collect()
}
