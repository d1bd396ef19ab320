//! How bad it is for the customer's work, and the place in the queue that follows from it.

use serde::Deserialize;

use crate::domain::{Priority, Probability, ReasonCode, Severity, SignalKind};

use super::{facts::Facts, trace::Trace};

/// `[severity]`: what the text says.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeverityRules {
    /// A severity of the intents holds if at least this much probability lies on it or above.
    pub(super) probability: Probability,
    /// Severity of a case in which work has stopped, questions and wishes excepted.
    pub(super) work_stopped: Option<Severity>,
}

/// True if the case is a question or a wish: nothing that is said in it makes it more severe.
pub(super) fn is_wish(facts: &Facts<'_>) -> bool {
    stated(facts) == Some(Severity::Low)
}

/// The severity that the intents say; `None` without a judgement.
///
/// An intent that states none is normal. It is the highest severity that holds, so with 0.5 the
/// severity of the most probable intent wherever that one has half of all probability. Text that
/// the model cannot read is normal at least: nobody knows that it is harmless.
fn stated(facts: &Facts<'_>) -> Option<Severity> {
    let least = facts.document.severity.probability.get();
    let mut highest_first = Severity::ALL.iter().rev().copied();
    let found = highest_first.find(|&severity| facts.at_least(severity) >= least);
    let lowest = if facts.is_readable() { Severity::Low } else { Severity::Normal };
    found.max(Some(lowest)).filter(|_| facts.judged())
}

/// The severity before the triggers: the highest of what caller, intents and text say.
pub(super) fn assess(facts: &Facts<'_>, trace: &mut Trace) -> Severity {
    let given = facts.case.conversation.ticket.severity;
    let stopped = facts.features.signal(SignalKind::WorkStopped).is_some() && !is_wish(facts);
    let text = facts.document.severity.work_stopped.filter(|_| stopped);
    let stated = stated(facts);
    let severity = given.max(stated).max(text).unwrap_or(Severity::Normal);
    trace.rule(ReasonCode::SeverityCritical, severity == Severity::Critical, || {
        let name = |severity: Option<Severity>| severity.map_or("none", Severity::as_str);
        let critical = facts.at_least(Severity::Critical);
        let (given, stated, text) = (name(given), name(stated), name(text));
        format!(
            "severity by the caller {given}, by the intents {stated} ({critical:.3} on critical \
             ones), by the text {text}"
        )
    });
    severity
}

/// The place in the queue: that of the severity, raised step by step.
pub(super) fn priority(severity: Severity, steps: usize) -> Priority {
    let start = match severity {
        Severity::Low => Priority::Low,
        Severity::Normal => Priority::Normal,
        Severity::High => Priority::High,
        Severity::Critical => Priority::Urgent,
    };
    let raised = Priority::ALL.get(start as usize + steps).copied();
    raised.unwrap_or(Priority::Urgent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_starts_from_severity_and_ends_at_urgent() {
        assert_eq!(priority(Severity::Low, 0), Priority::Low);
        assert_eq!(priority(Severity::Low, 2), Priority::High);
        assert_eq!(priority(Severity::Critical, 0), Priority::Urgent);
        assert_eq!(priority(Severity::High, 3), Priority::Urgent);
    }
}
