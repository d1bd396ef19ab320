//! The triggers in words, each with its numbers.

use crate::domain::RoleId;

use super::{
    super::triggers::{Contract, OpenTime, Triggers},
    code, codes, destination, texts,
};

/// One row a trigger: its name, when it fires, what it does.
pub(super) fn rows(triggers: &Triggers) -> Vec<[String; 3]> {
    let mut rows = Rows(Vec::new());
    if triggers.functional.is_some() {
        let when = "a content rule leads to a higher tier than the case stands at";
        rows.add("functional", when, "functional, to the routed tier and role");
    }
    if triggers.severity.is_some() {
        let when = "critical severity at a tier below the routed one";
        rows.add("severity", when, "functional, to the routed tier and role");
    }
    contract(&triggers.contract, &mut rows);
    if let Some(rule) = &triggers.time {
        rows.add("time", open_for(rule), "functional, one tier up");
    }
    if let Some(rule) = &triggers.impact {
        let when = format!("the text says that many are affected, or {} users are", rule.users);
        rows.add("impact", format!("{when}; never for questions and wishes"), "severity high");
    }
    mood(triggers, &mut rows);
    if let Some(rule) = &triggers.value {
        let least = rule.mrr_average_usd * rule.mrr_multiple;
        let days = rule.renewal_days;
        let when = format!("revenue from ${least:.0} a month, or renewal within {days} days");
        rows.add("value", when, "priority one step up");
    }
    if let Some(rule) = &triggers.channel {
        let when = format!("written on {}", codes(&rule.channels));
        rows.add("channel", when, "priority one step up");
    }
    if let Some(rule) = &triggers.acknowledgement {
        let minutes = rule.minutes;
        let when = format!(
            "a handoff of high or critical severity that nobody picks up for {minutes} minutes"
        );
        rows.add("acknowledgement", when, informs(&rule.notify));
    }
    rows.0
}

struct Rows(Vec<[String; 3]>);

impl Rows {
    fn add(&mut self, name: &str, when: impl Into<String>, effect: impl Into<String>) {
        self.0.push([code(format_args!("trigger.{name}")), when.into(), effect.into()]);
    }
}

fn contract(contract: &Contract, rows: &mut Rows) {
    if let Some(rule) = &contract.dispute {
        let when = format!("{}: more than ${} in dispute", codes(&rule.intents), rule.usd_over);
        let effect = format!("severity high; functional, to {}", destination(&rule.to));
        rows.add("contract", when, effect);
    }
    if let Some(rule) = &contract.sla {
        let when = format!("at most {} minutes until the SLA is missed", rule.minutes_left);
        let mut effect = format!("severity high; functional, to {}", destination(&rule.to));
        if !rule.missed_notify.is_empty() {
            effect = format!("{effect}; once missed, {}", informs(&rule.missed_notify));
        }
        rows.add("contract", when, effect);
    }
}

fn open_for(rule: &OpenTime) -> String {
    let (tier_1, tier_2) = (rule.tier_1_minutes, rule.tier_2_minutes);
    let mut when = format!("open for more than {tier_1} minutes at tier 1, {tier_2} at tier 2");
    if !rule.enterprise_plans.is_empty() {
        let (minutes, plans) = (rule.enterprise_tier_1_minutes, texts(&rule.enterprise_plans));
        when = format!("{when}; {minutes} at tier 1 on plan {plans}");
    }
    when
}

fn mood(triggers: &Triggers, rows: &mut Rows) {
    let Some(rule) = &triggers.sentiment else { return };
    let to = format!("hierarchical, to {}", code(&rule.role));
    let strong = format!("frustration from {}", rule.frustration.get());
    rows.add("sentiment", strong, format!("{to}; priority one step up"));
    let mut others = Vec::new();
    if let Some(times) = rule.negative_running {
        others.push(format!("negative {times} times running"));
    }
    if !rule.intents.is_empty() {
        others.push(codes(&rule.intents));
    }
    if !others.is_empty() {
        rows.add("sentiment", others.join(", or "), to);
    }
}

fn informs(roles: &[RoleId]) -> String {
    format!("informs {}", codes(roles))
}
