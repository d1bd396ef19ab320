//! What a document must satisfy beyond its types: every fault is found, each with its key.

mod roles;
mod sentences;

use std::{collections::HashSet, fmt::Display, hash::Hash};

use crate::domain::{Intent, ReasonCode, RoleId, Tier};

use self::sentences::sentences;
use super::{
    document::Document,
    roles::never_alone,
    routes::Destination,
    triggers::{Contract, Triggers},
};

/// One fault: its dotted key, and what is wrong with the way out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) key: String,
    pub(super) reason: String,
}

/// Collects the faults of a document.
struct Checker<'a> {
    document: &'a Document,
    tiers: HashSet<Tier>,
    faults: Vec<Fault>,
}

/// Every fault of a document, in the order of its sections; linear in its size.
pub(super) fn check(document: &Document) -> Vec<Fault> {
    let tiers = document.tier.iter().map(|tier| tier.number).collect();
    let mut checker = Checker { document, tiers, faults: Vec::new() };
    checker.head();
    checker.messages();
    checker.tiers();
    checker.roles();
    checker.intents();
    checker.bands();
    checker.content_rules();
    checker.triggers();
    checker.faults
}

impl Checker<'_> {
    fn add(&mut self, key: impl Into<String>, reason: impl Into<String>) {
        self.faults.push(Fault { key: key.into(), reason: reason.into() });
    }

    fn head(&mut self) {
        let document = self.document;
        if document.name.trim().is_empty() {
            self.add("name", "is empty; write what people call the policy");
        }
        if document.strikes.limit == 0 {
            self.add("strikes.limit", "0 would hand over every conversation; write 1 or more");
        }
        self.destination("fallback", &document.fallback);
        if let Some(vip) = &document.vip {
            self.once("vip.plans", vip.plans.iter().map(|plan| plan.to_ascii_lowercase()));
        }
    }

    fn messages(&mut self) {
        let document = self.document;
        for (&reason, text) in &document.messages {
            let key = format!("messages.\"{reason}\"");
            if text.trim().is_empty() {
                self.add(key, "is empty; write what the bot may say, or leave the key out");
            } else if !hands_over(reason) {
                self.add(key, "this reason never hands over, so nobody would read the message");
            }
        }
        let lacks =
            |reason| !document.messages.is_empty() && !document.messages.contains_key(&reason);
        if lacks(ReasonCode::BandHuman) {
            let reason = "is missing beside other messages; write what the bot says at a \
                          hand-over whose reason has no text of its own";
            self.add("messages.\"band.human\"", reason);
        }
        let staffed = never_alone(document);
        let alone = document.role.keys().find(|name| !staffed.contains(name));
        if let Some(role) = alone.filter(|_| lacks(ReasonCode::RoleUnavailable)) {
            let reason = format!(
                "is missing, though nobody may be there for role.{role}; write what the bot says \
                 then, so that it promises nobody"
            );
            self.add("messages.\"role.unavailable\"", reason);
        }
    }

    fn tiers(&mut self) {
        let mut seen = HashSet::new();
        for (place, tier) in self.document.tier.iter().enumerate() {
            let key = format!("tier[{place}]");
            if !seen.insert(tier.number) {
                let reason = format!("tier {} is there twice; keep one", tier.number);
                self.add(format!("{key}.number"), reason);
            }
            match sentences(&tier.boundary) {
                1 => {}
                0 => self.add(
                    format!("{key}.boundary"),
                    "is empty; say in one sentence what belongs to the tier",
                ),
                many => {
                    let reason = format!(
                        "has {many} sentences; a tier exists only if one sentence says its boundary"
                    );
                    self.add(format!("{key}.boundary"), reason);
                }
            }
            self.role(format!("{key}.role"), &tier.role);
        }
        if self.document.tier.is_empty() {
            self.add("tier", "there is none; write a [[tier]] for every tier that a route names");
        }
    }

    fn intents(&mut self) {
        let document = self.document;
        for (name, rule) in &document.intent {
            let (key, rule) = (format!("intent.{name}"), rule.get_ref());
            self.tier(format!("{key}.tier"), rule.tier);
            self.role(format!("{key}.role"), &rule.role);
            self.notified(&format!("{key}.notify"), &rule.notify);
        }
        if document.intent.is_empty() {
            self.add("intent", "there is none; write an [intent.NAME] for every intent");
        }
    }

    fn bands(&mut self) {
        let bands = self.document.bands;
        let (auto, suggest) = (bands.auto.get(), bands.suggest.get());
        if suggest <= 0.0 {
            self.add("bands.suggest", "0 would leave nothing to a human; write more than 0");
        }
        if auto <= suggest {
            let reason =
                format!("{auto} is not above bands.suggest ({suggest}); write more than that");
            self.add("bands.auto", reason);
        }
        if bands.bypass_probability.get() <= 0.0 {
            let reason = "0 would leave every case to a human; write more than 0";
            self.add("bands.bypass_probability", reason);
        }
        if self.document.severity.probability.get() <= 0.0 {
            let reason = "0 would make every case critical; write more than 0, e.g. 0.5";
            self.add("severity.probability", reason);
        }
    }

    fn content_rules(&mut self) {
        let rules = &self.document.route;
        if let Some(rule) = &rules.confirmed_bug {
            self.tier("route.confirmed_bug.tier", rule.tier);
            self.role("route.confirmed_bug.role", &rule.role);
            self.known("route.confirmed_bug.intents", &rule.intents);
        }
        if let Some(rule) = &rules.next_tier {
            self.role("route.next_tier.from_role", &rule.from_role);
            self.tier("route.next_tier.tier", rule.tier);
            self.role("route.next_tier.role", &rule.role);
        }
        if let Some(rule) = &rules.frontline {
            self.destination("route.frontline", rule);
            if rule.tier == Tier::SELF_SERVICE {
                let reason = "0 would keep the case in self-service; write a tier with people";
                self.add("route.frontline.tier", reason);
            }
        }
    }

    fn triggers(&mut self) {
        let triggers = &self.document.trigger;
        for (key, value) in amounts(triggers) {
            if !value.is_finite() || value < 0.0 {
                self.add(key, format!("{value} is no amount; write a number of at least 0"));
            }
        }
        let Contract { dispute, sla } = &triggers.contract;
        if let Some(rule) = dispute {
            self.known("trigger.contract.dispute.intents", &rule.intents);
            self.destination("trigger.contract.dispute.to", &rule.to);
        }
        if let Some(rule) = sla {
            self.destination("trigger.contract.sla.to", &rule.to);
            self.notified("trigger.contract.sla.missed_notify", &rule.missed_notify);
        }
        if let Some(rule) = &triggers.sentiment {
            if !rule.intents.is_empty() {
                self.known("trigger.sentiment.intents", &rule.intents);
            }
            self.role("trigger.sentiment.role", &rule.role);
            if rule.negative_running == Some(0) {
                let reason = "0 would escalate every case; write 1 or more, or leave the key out";
                self.add("trigger.sentiment.negative_running", reason);
            }
        }
        if let Some(rule) = &triggers.acknowledgement {
            self.notified("trigger.acknowledgement.notify", &rule.notify);
            if rule.notify.is_empty() {
                let reason = "is empty, so nobody would know; write the roles to inform";
                self.add("trigger.acknowledgement.notify", reason);
            }
        }
        if let Some(rule) = &triggers.time {
            let plans = rule.enterprise_plans.iter().map(|plan| plan.to_ascii_lowercase());
            self.once("trigger.time.enterprise_plans", plans);
        }
        if let Some(rule) = &triggers.channel {
            self.once("trigger.channel.channels", &rule.channels);
        }
    }

    fn destination(&mut self, key: &str, to: &Destination) {
        self.tier(format!("{key}.tier"), to.tier);
        self.role(format!("{key}.role"), &to.role);
    }

    fn tier(&mut self, key: impl Into<String>, tier: Tier) {
        if !self.tiers.contains(&tier) {
            self.add(key, format!("no [[tier]] has number {tier}; write one, or another tier"));
        }
    }

    fn role(&mut self, key: impl Into<String>, role: &RoleId) {
        if !self.document.role.contains_key(role) {
            self.add(key, format!("there is no [role.{role}]; write one, or another role"));
        }
    }

    /// Roles to inform: each is there, and listed once.
    fn notified(&mut self, key: &str, roles: &[RoleId]) {
        for role in roles {
            self.role(key, role);
        }
        self.once(key, roles);
    }

    /// What is listed twice may be a slip for something else.
    fn once<T: Eq + Hash + Display>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let mut seen = HashSet::new();
        for value in values {
            if seen.contains(&value) {
                self.add(key, format!("lists {value} twice; keep one"));
            }
            seen.insert(value);
        }
    }

    fn known(&mut self, key: &str, intents: &[Intent]) {
        if intents.is_empty() {
            self.add(key, "is empty; write the intents that the rule is about");
        }
        for intent in intents.iter().filter(|&name| !self.document.intent.contains_key(name)) {
            let reason = format!("there is no [intent.{intent}]; write one, or another intent");
            self.faults.push(Fault { key: key.to_owned(), reason });
        }
        self.once(key, intents);
    }
}

/// The amounts among the triggers' parameters, with their keys.
fn amounts(triggers: &Triggers) -> Vec<(&'static str, f64)> {
    let mut amounts = Vec::new();
    if let Some(rule) = &triggers.time {
        amounts.push(("trigger.time.tier_1_minutes", rule.tier_1_minutes));
        amounts.push(("trigger.time.tier_2_minutes", rule.tier_2_minutes));
        let enterprise = rule.enterprise_tier_1_minutes;
        amounts.push(("trigger.time.enterprise_tier_1_minutes", enterprise));
    }
    if let Some(rule) = &triggers.contract.dispute {
        amounts.push(("trigger.contract.dispute.usd_over", rule.usd_over));
    }
    if let Some(rule) = &triggers.contract.sla {
        amounts.push(("trigger.contract.sla.minutes_left", rule.minutes_left));
    }
    if let Some(rule) = &triggers.value {
        amounts.push(("trigger.value.mrr_average_usd", rule.mrr_average_usd));
        amounts.push(("trigger.value.mrr_multiple", rule.mrr_multiple));
    }
    if let Some(rule) = &triggers.acknowledgement {
        amounts.push(("trigger.acknowledgement.minutes", rule.minutes));
    }
    amounts
}

/// True if a decision can be handed over for that reason.
fn hands_over(reason: ReasonCode) -> bool {
    matches!(
        reason,
        ReasonCode::BandHuman
            | ReasonCode::InputAmbiguous
            | ReasonCode::InputOutOfScope
            | ReasonCode::InputTooShort
            | ReasonCode::InputInstructions
            | ReasonCode::InputHiddenCharacters
            | ReasonCode::LanguageUnsupported
            | ReasonCode::BypassCancellation
            | ReasonCode::BypassLegal
            | ReasonCode::BypassVip
            | ReasonCode::HandoffRequested
            | ReasonCode::StrikesTripped
            | ReasonCode::RoleUnavailable
            | ReasonCode::DegradedModel
    )
}
