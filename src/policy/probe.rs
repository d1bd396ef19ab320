//! `[[probe]]`: cases with the decision they must get. A policy whose probe fails does not load.
//!
//! A probe runs in the mode that it names (`shadow` if none), whatever document and roles say, and
//! with the kill switch off, so that no switch can keep a policy from loading.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::{
    Action, Band, Channel, Decision, EscalationKind, FieldValue, Intent, Mode, Priority,
    Probability, ReasonCode, RoleId, Severity, SignalKind, Tier, Timestamp,
};

use super::mode::Modes;

/// A case and what must become of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    /// The rule it protects.
    pub(super) name: String,
    /// The case.
    pub(super) given: Given,
    /// The decision, as far as it matters.
    pub(super) expect: Expect,
}

/// The case of a probe.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the document by itself")]
pub(super) struct Given {
    /// The most probable intent, with `probability`; the rest is spread over intents that lead
    /// elsewhere and carry no bypass.
    pub(super) intent: Option<Intent>,
    /// Its probability; 1 if absent.
    pub(super) probability: Option<Probability>,
    /// Instead of `intent`: several intents with their probabilities, which sum to 1.
    pub(super) intents: BTreeMap<Intent, Probability>,
    /// Instead of both: the model did not answer.
    pub(super) model_absent: bool,
    /// Novelty; the model's limit counts as 1.
    pub(super) novelty: f32,
    /// Part of the text was not read.
    pub(super) left_out: bool,
    /// Probability that the customer is strongly frustrated.
    pub(super) frustration: Probability,
    /// What the text says.
    pub(super) signals: Vec<SignalKind>,
    /// What the customer writes; needed only for amounts.
    pub(super) text: String,
    /// Failed answers.
    pub(super) strikes: u32,
    /// The 3-strike rule handed the conversation over before, and nobody has released it.
    pub(super) handed_over: bool,
    /// Assessments in a row in which the customer was negative.
    pub(super) negative_running: u32,
    /// Minutes for which nobody has picked up a handoff of high or critical severity.
    pub(super) waiting_minutes: Option<u32>,
    /// The language the customer writes; `en` if absent.
    pub(super) language: Option<String>,
    /// The model was not trained for it.
    pub(super) language_unsupported: bool,
    /// How the customer writes.
    pub(super) channel: Option<Channel>,
    /// What the caller knows of the customer.
    pub(super) customer: GivenCustomer,
    /// What the caller knows of the ticket.
    pub(super) ticket: GivenTicket,
    /// The moment, e.g. `"2026-11-20T10:00:00Z"`; that one if absent.
    pub(super) at: Option<Timestamp>,
    /// What the service may do on its own.
    pub(super) mode: GivenMode,
}

/// The mode of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GivenMode {
    /// Shadow everywhere.
    #[default]
    Shadow,
    /// Live everywhere.
    Live,
    /// As the document and its roles say.
    AsWritten,
}

impl From<GivenMode> for Modes {
    fn from(given: GivenMode) -> Self {
        match given {
            GivenMode::Shadow => Self::Fixed(Mode::Shadow),
            GivenMode::Live => Self::Fixed(Mode::Live),
            GivenMode::AsWritten => Self::AsWritten,
        }
    }
}

/// The customer of a probe.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GivenCustomer {
    pub(super) plan: Option<String>,
    pub(super) mrr_usd: Option<f64>,
    pub(super) renewal_in_days: Option<i64>,
    pub(super) vip: Option<bool>,
    pub(super) language: Option<String>,
}

/// The ticket of a probe.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GivenTicket {
    pub(super) current_tier: Option<u8>,
    pub(super) open_minutes: Option<f64>,
    pub(super) sla_minutes_left: Option<f64>,
    pub(super) severity: Option<Severity>,
    pub(super) impacted_users: Option<u64>,
    pub(super) fields: BTreeMap<String, FieldValue>,
}

/// What a probe expects; what is absent does not matter, but something must be there.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expect {
    pub(super) mode: Option<Mode>,
    pub(super) band: Option<Band>,
    pub(super) action: Option<Action>,
    pub(super) tier: Option<Tier>,
    pub(super) role: Option<RoleId>,
    pub(super) queue: Option<String>,
    pub(super) confidence: Option<Probability>,
    pub(super) severity: Option<Severity>,
    pub(super) priority: Option<Priority>,
    pub(super) strikes: Option<u32>,
    pub(super) escalation: Option<ExpectEscalation>,
    /// Roles that must be informed.
    pub(super) notify: Vec<RoleId>,
    /// Reasons that must be there.
    pub(super) reasons: Vec<ReasonCode>,
    /// Reasons that must not be there.
    pub(super) absent: Vec<ReasonCode>,
    /// What the bot may say.
    pub(super) customer_message: Option<String>,
}

/// The escalation that a probe expects: a table, or the word `"none"`.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum ExpectEscalation {
    /// No escalation.
    None(NoEscalation),
    /// This one.
    Some(ExpectedEscalation),
}

/// The word `none`.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) enum NoEscalation {
    #[serde(rename = "none")]
    None,
}

/// An escalation, as far as it matters.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ExpectedEscalation {
    pub(super) kind: Option<EscalationKind>,
    pub(super) to_tier: Option<Tier>,
    pub(super) to_role: Option<RoleId>,
    pub(super) triggers: Vec<ReasonCode>,
}

/// One thing that came out otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// Key below `expect`.
    pub(super) key: &'static str,
    /// What was expected and what came.
    pub(super) detail: String,
}

/// How far a confidence may lie from the expected one: the spread of the rest is rounded.
const CONFIDENCE_TOLERANCE: f32 = 0.005;

impl Expect {
    /// Everything that came out otherwise.
    pub(super) fn compare(&self, got: &Decision) -> Vec<Mismatch> {
        let mut found = Found(Vec::new());
        found.equal("mode", self.mode.as_ref(), &got.mode);
        found.equal("band", self.band.as_ref(), &got.band);
        found.equal("action", self.action.as_ref(), &got.action);
        found.equal("tier", self.tier.as_ref(), &got.tier);
        found.equal("role", self.role.as_ref(), &got.role);
        found.equal("queue", self.queue.as_ref(), &got.queue);
        found.equal("severity", self.severity.as_ref(), &got.severity);
        found.equal("priority", self.priority.as_ref(), &got.priority);
        found.equal("strikes", self.strikes.as_ref(), &got.strikes.count);
        if let Some(want) = self.confidence {
            let (want, got) = (want.get(), got.confidence.get());
            if (want - got).abs() > CONFIDENCE_TOLERANCE {
                found.add("confidence", format!("expected {want:.3}, came {got:.3}"));
            }
        }
        let message = got.customer_message.as_ref();
        let none = String::new();
        found.equal("customer_message", self.customer_message.as_ref(), message.unwrap_or(&none));
        self.compare_escalation(got, &mut found);
        self.compare_reasons(got, &mut found);
        found.0
    }

    fn compare_escalation(&self, got: &Decision, found: &mut Found) {
        match (&self.escalation, &got.escalation) {
            (Some(ExpectEscalation::None(_)), Some(came)) => {
                let (tier, role) = (came.to_tier, &came.to_role);
                found.add("escalation", format!("expected none, came one to tier {tier} {role}"));
            }
            (Some(ExpectEscalation::Some(_)), None) => {
                found.add("escalation", "expected one, came none".to_owned());
            }
            (Some(ExpectEscalation::Some(want)), Some(came)) => {
                found.equal("escalation.kind", want.kind.as_ref(), &came.kind);
                found.equal("escalation.to_tier", want.to_tier.as_ref(), &came.to_tier);
                found.equal("escalation.to_role", want.to_role.as_ref(), &came.to_role);
                for trigger in want.triggers.iter().filter(|want| !came.triggers.contains(want)) {
                    let came = listed(came.triggers.iter().copied());
                    found.add("escalation.triggers", format!("expected {trigger}, came {came}"));
                }
            }
            (None, _) | (Some(ExpectEscalation::None(_)), None) => {}
        }
    }

    fn compare_reasons(&self, got: &Decision, found: &mut Found) {
        let came = || listed(got.reasons.iter().map(|reason| reason.code));
        for want in self.reasons.iter().filter(|&&want| !got.has(want)) {
            found.add("reasons", format!("expected {want}, came {}", came()));
        }
        for unwanted in self.absent.iter().filter(|&&unwanted| got.has(unwanted)) {
            found.add("absent", format!("expected no {unwanted}, came {}", came()));
        }
        for role in self.notify.iter().filter(|role| !got.notify.contains(role)) {
            found.add("notify", format!("expected {role}, came {}", listed(&got.notify)));
        }
    }
}

/// Collects what came out otherwise.
struct Found(Vec<Mismatch>);

impl Found {
    fn add(&mut self, key: &'static str, detail: String) {
        self.0.push(Mismatch { key, detail });
    }

    fn equal<T: PartialEq + std::fmt::Display>(
        &mut self,
        key: &'static str,
        want: Option<&T>,
        got: &T,
    ) {
        if let Some(want) = want.filter(|&want| want != got) {
            self.add(key, format!("expected {want}, came {got}"));
        }
    }
}

fn listed<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}
