//! What always goes to a human, whatever the confidence.

use serde::Deserialize;

use crate::domain::{Band, Probability, ReasonCode, SignalKind};

use super::{bands::Ceiling, certificate, facts::Facts, trace::Trace};

/// Why automation may not decide about an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bypass {
    /// The customer wants to leave.
    Cancellation,
    /// A legal or privacy matter.
    Legal,
    /// Not for this support desk.
    OutOfScope,
    /// The customer asks for a person.
    Person,
}

impl Bypass {
    /// Every value, in order.
    pub(super) const ALL: &[Self] =
        &[Self::Cancellation, Self::Legal, Self::OutOfScope, Self::Person];

    /// The signal that holds it, whatever the model says.
    fn signal(self) -> SignalKind {
        match self {
            Self::Cancellation => SignalKind::CancellationAsked,
            Self::Legal => SignalKind::LegalMatter,
            Self::OutOfScope => SignalKind::OutOfScope,
            Self::Person => SignalKind::PersonRequested,
        }
    }
}

/// `[vip]`: customers that always go to a human.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vip {
    /// Those whom the caller marks as high-value.
    pub(super) marked: bool,
    /// Those on one of these plans, in any case of letters.
    #[serde(default)]
    pub(super) plans: Vec<String>,
}

/// `[novelty]`: text unlike anything in training.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Novelty {
    /// Novel text goes to a human unless the confidence is at least this.
    pub(super) certain: Probability,
}

/// Asks every rule that leaves the case to a human; says which bands stay open.
pub(super) fn check(facts: &Facts<'_>, trace: &mut Trace) -> Ceiling {
    let mut held = intent(facts, Bypass::Cancellation, ReasonCode::BypassCancellation, trace);
    held |= intent(facts, Bypass::Legal, ReasonCode::BypassLegal, trace);
    held |= out_of_scope(facts, trace);
    held |= vip(facts, trace);
    held |= person(facts, trace);
    held |= trace.rule(ReasonCode::StrikesTripped, facts.strikes.tripped, || {
        let (count, limit) = (facts.strikes.count, facts.strikes.limit);
        let kept = if facts.case.standing.handed_over && count < limit {
            "; handed over before and not released"
        } else {
            ""
        };
        format!("{count} failed attempts, the limit is {limit}{kept}")
    });
    let language = &facts.features.language;
    held |= trace.rule(ReasonCode::LanguageUnsupported, !language.supported, || {
        let known = if language.supported { "can be read" } else { "was not trained for" };
        format!("the language {} is one that the model {known}", language.code)
    });
    for (kind, code, what) in [
        (SignalKind::RouterAddressed, ReasonCode::InputInstructions, "gives orders to the triage"),
        (SignalKind::HiddenCharacters, ReasonCode::InputHiddenCharacters, "hides characters"),
        (SignalKind::TooShort, ReasonCode::InputTooShort, "is too short to decide on"),
    ] {
        let signal = facts.features.signal(kind).is_some();
        held |= trace.rule(code, signal, || {
            if signal { format!("the text {what}") } else { format!("nothing in the text {what}") }
        });
    }
    held |= trace.rule(ReasonCode::DegradedModel, !facts.judged(), || {
        let fallback = &facts.document.fallback;
        if facts.judged() {
            "the model answered".to_owned()
        } else {
            let to = format!("tier {} {}", fallback.tier, fallback.role);
            format!("the model did not answer; the policy's fallback is {to}")
        }
    });
    let ceiling = unclear(facts, trace).min(left_out(facts, trace));
    let ceiling = ceiling.min(certificate::check(facts, trace));
    if held { Ceiling(Band::Human) } else { Ceiling(ceiling) }
}

fn intent(facts: &Facts<'_>, bypass: Bypass, code: ReasonCode, trace: &mut Trace) -> bool {
    let held = said(facts, bypass) || facts.bypass_holds(bypass);
    trace.rule(code, held, || saw(facts, bypass))
}

/// True if the text says so itself, whatever the model reads in it.
fn said(facts: &Facts<'_>, bypass: Bypass) -> bool {
    facts.features.signal(bypass.signal()).is_some()
}

fn saw(facts: &Facts<'_>, bypass: Bypass) -> String {
    if said(facts, bypass) {
        return "the text says so itself".to_owned();
    }
    saw_intents(facts, bypass)
}

fn saw_intents(facts: &Facts<'_>, bypass: Bypass) -> String {
    let limit = facts.document.bands.bypass_probability.get();
    let probability = facts.bypass_probability(bypass);
    let top = facts.top.map_or("none", |top| top.label.as_str());
    format!(
        "such intents have {probability:.3} and hold from {limit:.3} on or as the most probable \
         one, which is {top}"
    )
}

fn out_of_scope(facts: &Facts<'_>, trace: &mut Trace) -> bool {
    let intent = said(facts, Bypass::OutOfScope) || facts.bypass_holds(Bypass::OutOfScope);
    let unsure = |rule: &Novelty| facts.is_novel() && facts.routed.confidence < rule.certain;
    let novel = facts.document.novelty.filter(unsure).zip(facts.case.prediction);
    trace.rule(ReasonCode::InputOutOfScope, intent || novel.is_some(), || match novel {
        Some((rule, prediction)) if !intent => format!(
            "novelty {:.2} is above the model's {:.2} with confidence {:.3} below {:.3}",
            prediction.novelty,
            prediction.novelty_limit,
            facts.routed.confidence.get(),
            rule.certain.get()
        ),
        _ => saw(facts, Bypass::OutOfScope),
    })
}

fn vip(facts: &Facts<'_>, trace: &mut Trace) -> bool {
    let customer = &facts.case.conversation.customer;
    let rule = facts.document.vip.as_ref();
    let marked = rule.is_some_and(|rule| rule.marked && customer.vip == Some(true));
    let plan = rule.zip(customer.plan.as_ref()).is_some_and(|(rule, plan)| {
        rule.plans.iter().any(|listed| listed.eq_ignore_ascii_case(plan))
    });
    trace.rule(ReasonCode::BypassVip, marked || plan, || {
        let saw = match (marked, plan) {
            (true, _) => "the caller marks the customer as high-value",
            (_, true) => "the customer's plan is one that always goes to a human",
            _ => "neither a mark of the caller nor the plan makes this a high-value customer",
        };
        saw.to_owned()
    })
}

fn person(facts: &Facts<'_>, trace: &mut Trace) -> bool {
    let said = facts.case.standing.person_requested;
    trace.rule(ReasonCode::HandoffRequested, facts.person_requested(), || {
        if said {
            "the customer asks for a person".to_owned()
        } else {
            saw_intents(facts, Bypass::Person)
        }
    })
}

/// What was not read may say anything: the band is then at most `suggest`.
fn left_out(facts: &Facts<'_>, trace: &mut Trace) -> Band {
    let count = facts.case.prediction.map_or(0, |prediction| prediction.left_out.len());
    let held = trace.rule(ReasonCode::InputLeftOut, count > 0, || match count {
        0 => "everything was read".to_owned(),
        1 => "one piece of the text was not read: the band is at most suggest".to_owned(),
        _ => format!("{count} pieces of the text were not read: the band is at most suggest"),
    });
    if held { Band::Suggest } else { Band::Auto }
}

/// Words that may be of any language may mean anything: the band is then at most `suggest`.
fn unclear(facts: &Facts<'_>, trace: &mut Trace) -> Band {
    let signal = facts.features.signal(SignalKind::LanguageUnclear).is_some();
    let held = trace.rule(ReasonCode::LanguageUnclear, signal, || {
        let saw = if signal {
            "the language cannot be told from so few words: at most suggest"
        } else {
            "the words are enough to tell the language"
        };
        saw.to_owned()
    });
    if held { Band::Suggest } else { Band::Auto }
}
