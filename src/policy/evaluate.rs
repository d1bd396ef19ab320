//! One evaluation of all rules, in order: it gives the decision and the trace at once.

use crate::domain::{Action, Decision, Degraded, Mode, ReasonCode};

use super::{
    Case,
    bands::{self, action},
    bypass,
    document::Document,
    escalate::{escalate, inform},
    facts::{Facts, Heard},
    roles::staff,
    routes::Routes,
    severity,
    trace::{Detail, Explained, Trace},
};

/// The rules in force for one evaluation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rulebook<'a> {
    pub(super) document: &'a Document,
    pub(super) routes: &'a Routes,
    /// What the service may do on its own, the kill switch considered.
    pub(super) mode: Mode,
}

impl Rulebook<'_> {
    /// The decision; its reasons are the rules that held.
    pub(super) fn decide(&self, case: &Case<'_>) -> Decision {
        let (mut decision, trace) = self.evaluate(case, Detail::Reasons);
        decision.reasons = trace.into_reasons();
        decision
    }

    /// Every rule, with what it saw.
    pub(super) fn explain(&self, case: &Case<'_>) -> Vec<Explained> {
        let (_, trace) = self.evaluate(case, Detail::Everything);
        trace.into_rules()
    }

    /// Asks every rule in order. What moves intents comes before the sum; nothing after the sum
    /// touches tier, role or confidence.
    fn evaluate(&self, case: &Case<'_>, detail: Detail) -> (Decision, Trace) {
        let trace = &mut Trace::new(detail);
        let heard = Heard::of(self.document, self.routes, case);
        let routed = self.routes.route(&heard, trace);
        let facts = Facts::new(heard, routed);
        let ceiling = bypass::check(&facts, trace);
        let band = bands::decide(&facts, ceiling, trace);
        let best = facts.routed.best.clone();
        let action = action(band, best.tier, self.mode);
        let shadow = self.mode == Mode::Shadow && action != Action::HandOff;
        trace.rule(ReasonCode::ModeShadow, shadow, || self.saw_mode());
        let stated = severity::assess(&facts, trace);
        let mut escalated = escalate(&facts, stated, trace);
        let staffed = staff(&facts, trace);
        if let Some(role) = &staffed.stand_in {
            inform(&mut escalated.notify, role);
        }
        let degraded = if facts.judged() { Vec::new() } else { vec![Degraded::Model] };
        let decision = Decision {
            mode: self.mode,
            band,
            action,
            tier: best.tier,
            role: best.role,
            queue: staffed.queue,
            notify: escalated.notify,
            confidence: facts.routed.confidence,
            candidates: facts.routed.candidates.clone(),
            severity: escalated.severity,
            priority: escalated.priority,
            strikes: facts.strikes,
            escalation: escalated.escalation,
            reasons: Vec::new(),
            customer_message: self.message(action, trace),
            degraded,
        };
        (decision, std::mem::replace(trace, Trace::new(detail)))
    }

    fn saw_mode(&self) -> String {
        match (self.mode, self.document.kill_switch) {
            (Mode::Live, _) => "the policy is live".to_owned(),
            (Mode::Shadow, true) => "the kill switch is on: nothing is automatic".to_owned(),
            (Mode::Shadow, false) => "the policy is in shadow: nothing is automatic".to_owned(),
        }
    }

    /// What the bot may say at a hand-over: the text for the first reason that has one. That
    /// nobody is there comes first, so that the bot never promises a person who is not.
    fn message(&self, action: Action, trace: &Trace) -> Option<String> {
        if action != Action::HandOff {
            return None;
        }
        let reasons = || trace.reasons().map(|rule| rule.rule);
        // What the customer can see for themselves comes before what the service thinks of it.
        let seen = [
            ReasonCode::RoleUnavailable,
            ReasonCode::HandoffRequested,
            ReasonCode::StrikesTripped,
            ReasonCode::LanguageUnsupported,
        ];
        let first = seen.into_iter().filter(|rule| reasons().any(|held| held == *rule));
        let mut asked = first.chain(reasons());
        asked.find_map(|rule| self.document.messages.get(&rule).cloned())
    }
}
