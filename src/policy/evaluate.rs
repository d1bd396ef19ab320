//! One evaluation of all rules, in order: it gives the decision and the trace at once.

use crate::domain::{Action, Decision, Degraded, Mode, ReasonCode};

use super::{
    Case,
    bands::{self, action},
    bypass,
    document::Document,
    escalate::{escalate, inform},
    facts::{Facts, Heard},
    mode::Modes,
    roles::staff,
    routes::Routes,
    severity,
    trace::{Detail, Explanation, Trace},
};

/// The rules in force for one evaluation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rulebook<'a> {
    pub(super) document: &'a Document,
    pub(super) routes: &'a Routes,
    /// Whose modes count.
    pub(super) modes: Modes,
}

impl Rulebook<'_> {
    /// The decision; its reasons are the rules that held.
    pub(super) fn decide(&self, case: &Case<'_>) -> Decision {
        let mut trace = Trace::new(Detail::Reasons);
        let decision = self.evaluate(case, &mut trace);
        Decision { reasons: trace.into_reasons(), ..decision }
    }

    /// The same decision with every rule that was asked, and what each saw.
    pub(super) fn explain(&self, case: &Case<'_>) -> Explanation {
        let mut trace = Trace::new(Detail::Everything);
        let decision = self.evaluate(case, &mut trace);
        let rules = trace.clone().into_rules();
        Explanation { decision: Decision { reasons: trace.into_reasons(), ..decision }, rules }
    }

    /// Asks every rule in order. What moves intents comes before the sum; nothing after the sum
    /// touches tier, role or confidence.
    fn evaluate(&self, case: &Case<'_>, trace: &mut Trace) -> Decision {
        let heard = Heard::of(self.document, self.routes, case);
        let routed = self.routes.route(&heard, trace);
        let facts = Facts::new(heard, routed);
        let ceiling = bypass::check(&facts, trace);
        let band = bands::decide(&facts, ceiling, trace);
        let best = facts.routed.best.clone();
        let staffed = staff(&facts, trace);
        let (document, role) = (self.document, &best.role);
        let mode = self.modes.of(document, role, &staffed);
        let action = action(band, best.tier, mode);
        let shadow = mode == Mode::Shadow && action != Action::HandOff;
        trace.rule(ReasonCode::ModeShadow, shadow, || self.modes.saw(document, role, &staffed));
        let stated = severity::assess(&facts, trace);
        let mut escalated = escalate(&facts, stated, trace);
        if let Some(role) = &staffed.stand_in {
            inform(&mut escalated.notify, role);
        }
        let degraded = if facts.judged() { Vec::new() } else { vec![Degraded::Model] };
        Decision {
            mode,
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
        }
    }

    /// What the bot may say at a hand-over: the text for the first reason that has one, else that
    /// for a hand-over as such. That nobody is there comes first, so that the bot never promises
    /// a person who is not.
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
        let mut asked = first.chain(reasons()).chain([ReasonCode::BandHuman]);
        asked.find_map(|rule| self.document.messages.get(&rule).cloned())
    }
}
