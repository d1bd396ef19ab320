//! Which rules were looked at, and what each saw: the reasons of a decision, and its explanation.

use crate::domain::{Decision, Reason, ReasonCode};

/// A decision with the rules that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What came out.
    pub decision: Decision,
    /// Every rule that was asked, in order.
    pub rules: Vec<Explained>,
}

/// One rule that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Which rule.
    pub rule: ReasonCode,
    /// True if it shaped the decision.
    pub held: bool,
    /// What it saw; never text of the conversation.
    pub saw: String,
}

/// Whether a rule held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
}

impl From<bool> for Held {
    fn from(held: bool) -> Self {
        if held { Self::Yes } else { Self::No }
    }
}

/// How much is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The rules that held: the reasons of a decision.
    Reasons,
    /// Every rule, for an explanation.
    Everything,
}

/// The rules of one evaluation, in order.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    detail: Detail,
    rules: Vec<Explained>,
}

impl Trace {
    pub(super) fn new(detail: Detail) -> Self {
        Self { detail, rules: Vec::with_capacity(8) }
    }

    /// Writes a rule down and says whether it held; `saw` is called only if it is wanted.
    pub(super) fn rule(
        &mut self,
        rule: ReasonCode,
        held: impl Into<Held>,
        saw: impl FnOnce() -> String,
    ) -> bool {
        let held = held.into() == Held::Yes;
        if held || self.detail == Detail::Everything {
            self.rules.push(Explained { rule, held, saw: saw() });
        }
        held
    }

    /// The rules that held.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &Explained> {
        self.rules.iter().filter(|rule| rule.held)
    }

    /// The rules that held, as reasons of a decision.
    pub(super) fn into_reasons(self) -> Vec<Reason> {
        let held = self.rules.into_iter().filter(|rule| rule.held);
        held.map(|rule| Reason::new(rule.rule, rule.saw)).collect()
    }

    /// Every rule that was written down.
    pub(super) fn into_rules(self) -> Vec<Explained> {
        self.rules
    }
}
