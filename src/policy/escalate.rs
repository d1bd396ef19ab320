//! The escalation triggers: they raise severity and priority, name who should take over and whom
//! to inform, and never touch tier, role or confidence.

use crate::domain::{
    Escalation, EscalationKind, FieldValue, Priority, Probability, ReasonCode, RoleId, Severity,
    SignalKind, Speaker, Tier,
};

use super::{
    amount::largest_usd,
    facts::Facts,
    routes::{Destination, List},
    severity::{self, is_wish},
    trace::Trace,
    triggers::Dispute,
};

/// What the triggers make of a case.
#[derive(Debug)]
pub(super) struct Escalated {
    pub(super) severity: Severity,
    pub(super) priority: Priority,
    pub(super) escalation: Option<Escalation>,
    pub(super) notify: Vec<RoleId>,
}

/// What has fired so far.
struct Fired {
    severity: Severity,
    /// Steps by which the priority rises.
    steps: usize,
    /// The strongest functional trigger's destination.
    functional: Option<Destination>,
    functional_triggers: Vec<ReasonCode>,
    hierarchical: Option<RoleId>,
    notify: Vec<RoleId>,
}

/// Asks every trigger, given the severity that caller, intents and text say.
///
/// Where several functional triggers fire, the first of the order functional, severity,
/// contract, time says where to; all of them are named.
pub(super) fn escalate(facts: &Facts<'_>, severity: Severity, trace: &mut Trace) -> Escalated {
    let mut fired = Fired {
        severity,
        steps: 0,
        functional: None,
        functional_triggers: Vec::new(),
        hierarchical: None,
        notify: Vec::new(),
    };
    by_route(facts, &mut fired, trace);
    by_contract(facts, &mut fired, trace);
    by_time(facts, &mut fired, trace);
    by_impact(facts, &mut fired, trace);
    by_sentiment(facts, &mut fired, trace);
    by_value_and_channel(facts, &mut fired, trace);
    by_acknowledgement(facts, &mut fired, trace);
    if let Some(top) = facts.top.and_then(|top| facts.routes.rule(&top.label)) {
        for role in &top.notify {
            inform(&mut fired.notify, role);
        }
    }
    finish(facts, fired)
}

/// Where the case stands, if somebody works on it and the caller says so.
fn stands_at(facts: &Facts<'_>) -> Option<Tier> {
    Tier::try_from(facts.case.conversation.ticket.current_tier?).ok()
}

/// Adds a role once.
pub(super) fn inform(notify: &mut Vec<RoleId>, role: &RoleId) {
    if !notify.contains(role) {
        notify.push(role.clone());
    }
}

impl Fired {
    fn functional(&mut self, trigger: ReasonCode, to: Destination) {
        self.functional.get_or_insert(to);
        self.functional_triggers.push(trigger);
    }
}

fn by_route(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let (from, to) = (stands_at(facts), &facts.routed.best);
    let below = from.is_some_and(|from| from < to.tier);
    let saw = || {
        let from = from.map_or_else(|| "an unknown tier".to_owned(), |from| format!("tier {from}"));
        format!("the case stands at {from}, the route is tier {} {}", to.tier, to.role)
    };
    let triggers = &facts.document.trigger;
    let moved = triggers.functional.is_some() && below && facts.routed.moved;
    if trace.rule(ReasonCode::TriggerFunctional, moved, saw) {
        fired.functional(ReasonCode::TriggerFunctional, to.clone());
    }
    let critical = fired.severity == Severity::Critical;
    let severe = triggers.severity.is_some() && below && critical;
    let severity = fired.severity;
    if trace.rule(ReasonCode::TriggerSeverity, severe, || format!("severity {severity}; {}", saw()))
    {
        fired.functional(ReasonCode::TriggerSeverity, to.clone());
    }
}

fn by_contract(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let contract = &facts.document.trigger.contract;
    let least = facts.document.severity.probability.get();
    let is_dispute = facts.top_is(List::Dispute) || facts.probability(List::Dispute) >= least;
    let disputed = contract.dispute.as_ref().filter(|_| is_dispute);
    let amount = disputed.and_then(|rule| amount(facts, rule));
    let dispute = disputed.filter(|rule| amount.is_some_and(|amount| amount > rule.usd_over));
    let left = facts.case.conversation.ticket.sla_minutes_left;
    let sla = contract.sla.as_ref();
    let sla = sla.filter(|rule| left.is_some_and(|left| left <= rule.minutes_left));
    let held = trace.rule(ReasonCode::TriggerContract, dispute.is_some() || sla.is_some(), || {
        let disputed = disputed.map_or("not disputed".to_owned(), |rule| {
            let amount = amount.map_or("unknown".to_owned(), |amount| format!("${amount:.2}"));
            format!("{amount} (limit ${:.2})", rule.usd_over)
        });
        let left = left.map_or("unknown".to_owned(), |left| format!("{left:.0}"));
        format!("amount in dispute: {disputed}; minutes until the SLA is missed: {left}")
    });
    if !held {
        return;
    }
    fired.severity = fired.severity.max(Severity::High);
    if let Some(to) = dispute.map(|rule| &rule.to).or(sla.map(|rule| &rule.to)) {
        fired.functional(ReasonCode::TriggerContract, not_below(facts, to));
    }
    if let Some(rule) = sla.filter(|_| left.is_some_and(|left| left <= 0.0)) {
        for role in &rule.missed_notify {
            inform(&mut fired.notify, role);
        }
    }
}

/// The destination, or where the case stands if that is higher: no trigger sends a case down.
fn not_below(facts: &Facts<'_>, to: &Destination) -> Destination {
    match stands_at(facts).filter(|&from| from > to.tier) {
        Some(tier) => Destination { tier, role: role_at(facts, tier) },
        None => to.clone(),
    }
}

/// Who takes a case at a tier: the routed role where it is routed there, else the tier's own.
fn role_at(facts: &Facts<'_>, tier: Tier) -> RoleId {
    let routed = &facts.routed.best;
    let own = facts.document.tier.iter().find(|rule| rule.number == tier);
    own.filter(|_| routed.tier != tier).map_or_else(|| routed.role.clone(), |own| own.role.clone())
}

/// The amount in dispute, in US dollars: as the helpdesk says, else the largest that the
/// customer writes.
fn amount(facts: &Facts<'_>, rule: &Dispute) -> Option<f64> {
    let fields = &facts.case.conversation.ticket.fields;
    match rule.field.as_ref().and_then(|field| fields.get(field)) {
        Some(FieldValue::Number(amount)) => return Some(*amount),
        Some(FieldValue::Text(text)) => {
            // "inf" is a number to the parser and an amount to nobody.
            let amount = text.trim().parse().ok().filter(|amount: &f64| amount.is_finite());
            if amount.is_some() {
                return amount;
            }
        }
        Some(FieldValue::Flag(_)) | None => {}
    }
    let texts = facts.features.messages.iter().chain(&facts.features.subject);
    let own = texts.filter(|text| text.speaker == Speaker::Customer);
    own.filter_map(|text| largest_usd(&text.masked)).max_by(f64::total_cmp)
}

fn by_time(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let conversation = facts.case.conversation;
    let rule = facts.document.trigger.time.as_ref();
    let from = stands_at(facts);
    let plan = conversation.customer.plan.as_deref();
    let limit = rule.zip(from).and_then(|(rule, from)| rule.limit(from, plan));
    let open = conversation.ticket.open_minutes;
    let late = open.zip(limit).is_some_and(|(open, limit)| open > limit);
    let held = trace.rule(ReasonCode::TriggerTime, late, || {
        let minutes = |value: Option<f64>| value.map_or("?".to_owned(), |value| format!("{value}"));
        let tier = from.map_or("?".to_owned(), |from| from.to_string());
        let (open, limit) = (minutes(open), minutes(limit));
        format!("open for {open} minutes at tier {tier}, which allows {limit}")
    });
    let up = from.and_then(|from| Tier::try_from(u8::from(from) + 1).ok());
    if let Some(tier) = up.filter(|_| held) {
        fired.functional(ReasonCode::TriggerTime, Destination { tier, role: role_at(facts, tier) });
    }
}

fn by_impact(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let rule = facts.document.trigger.impact.as_ref();
    let said = facts.features.signal(SignalKind::ManyAffected).is_some();
    let users = facts.case.conversation.ticket.impacted_users;
    let held = rule.is_some_and(|rule| {
        (said || users.is_some_and(|users| users >= rule.users)) && !is_wish(facts)
    });
    if trace.rule(ReasonCode::TriggerImpact, held, || {
        let said = if said { "says" } else { "does not say" };
        let users = users.map_or("unknown".to_owned(), |users| users.to_string());
        let wish = if is_wish(facts) { "; it is a question or a wish" } else { "" };
        format!("the text {said} that many are affected; users affected: {users}{wish}")
    }) {
        fired.severity = fired.severity.max(Severity::High);
    }
}

fn by_sentiment(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let rule = facts.document.trigger.sentiment.as_ref();
    let frustration = facts.case.prediction.map(|prediction| prediction.sentiment.frustration);
    let strong = rule.zip(frustration).is_some_and(|(rule, value)| value >= rule.frustration);
    let times = facts.case.standing.negative_running;
    let limit = rule.and_then(|rule| rule.negative_running);
    let running = limit.is_some_and(|limit| times >= limit);
    let complaint = facts.top_is(List::Sentiment);
    let held = trace.rule(ReasonCode::TriggerSentiment, strong || running || complaint, || {
        let value = frustration.map_or(0.0, Probability::get);
        let strongest = rule.map_or(1.0, |rule| rule.frustration.get());
        let limit = limit.map_or("never".to_owned(), |limit| format!("at {limit}"));
        let top = facts.top.map_or("none", |top| top.label.as_str());
        format!(
            "frustration {value:.3}, it fires at {strongest:.3}; negative {times} times running, it \
             fires {limit}; the most probable intent is {top}"
        )
    });
    if let Some(rule) = rule.filter(|_| held) {
        fired.hierarchical = Some(rule.role.clone());
    }
    // Only frustration moves a case ahead in the queue.
    fired.steps += usize::from(strong);
}

fn by_value_and_channel(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let conversation = facts.case.conversation;
    let (mrr, renewal) = (conversation.customer.mrr_usd, conversation.customer.renewal_in_days);
    let valuable = facts.document.trigger.value.as_ref().is_some_and(|rule| {
        let least = rule.mrr_average_usd * rule.mrr_multiple;
        mrr.is_some_and(|mrr| mrr >= least)
            || renewal.is_some_and(|days| (0..=rule.renewal_days).contains(&days))
    });
    let valuable = trace.rule(ReasonCode::TriggerValue, valuable, || {
        let mrr = mrr.map_or("unknown".to_owned(), |mrr| format!("${mrr:.0}"));
        let renewal = renewal.map_or("unknown".to_owned(), |days| days.to_string());
        format!("revenue a month: {mrr}; days until the contract renews: {renewal}")
    });
    let channel = conversation.channel;
    let rule = facts.document.trigger.channel.as_ref();
    let public = channel.is_some_and(|is| rule.is_some_and(|rule| rule.channels.contains(&is)));
    let public = trace.rule(ReasonCode::TriggerChannel, public, || {
        format!("channel: {}", channel.map_or("unknown", |channel| channel.as_str()))
    });
    fired.steps += usize::from(valuable) + usize::from(public);
}

/// Nobody has picked the handoff up: whoever answers for that is informed.
fn by_acknowledgement(facts: &Facts<'_>, fired: &mut Fired, trace: &mut Trace) {
    let rule = facts.document.trigger.acknowledgement.as_ref();
    let waiting = facts.case.standing.waiting_minutes;
    let late =
        rule.filter(|rule| waiting.is_some_and(|minutes| f64::from(minutes) >= rule.minutes));
    trace.rule(ReasonCode::TriggerAcknowledgement, late.is_some(), || {
        let limit = rule.map_or("never".to_owned(), |rule| format!("at {} minutes", rule.minutes));
        match waiting {
            Some(minutes) => {
                format!("nobody has picked the handoff up for {minutes} minutes, it fires {limit}")
            }
            None => "no handoff of high or critical severity waits to be picked up".to_owned(),
        }
    });
    for role in late.into_iter().flat_map(|rule| &rule.notify) {
        inform(&mut fired.notify, role);
    }
}

/// Functional beats hierarchical: whoever has the authority is then informed instead.
fn finish(facts: &Facts<'_>, mut fired: Fired) -> Escalated {
    let from_tier = stands_at(facts);
    let escalation = match (fired.functional, fired.hierarchical) {
        (Some(to), authority) => {
            if let Some(role) = &authority {
                inform(&mut fired.notify, role);
            }
            Some(Escalation {
                kind: EscalationKind::Functional,
                from_tier,
                to_tier: to.tier,
                to_role: to.role,
                triggers: fired.functional_triggers,
            })
        }
        (None, Some(to_role)) => Some(Escalation {
            kind: EscalationKind::Hierarchical,
            from_tier,
            to_tier: from_tier.unwrap_or(facts.routed.best.tier),
            to_role,
            triggers: vec![ReasonCode::TriggerSentiment],
        }),
        (None, None) => None,
    };
    Escalated {
        severity: fired.severity,
        priority: severity::priority(fired.severity, fired.steps),
        escalation,
        notify: fired.notify,
    }
}
