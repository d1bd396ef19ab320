//! Tests of the rules together, on the policy that ships with the service.

mod coverage;
mod examined;
mod large;
mod matrix;
mod modes;
mod properties;
mod reading;
mod refusals;
mod staffing;

use std::sync::Arc;

use super::*;
use crate::domain::{
    Action, IntentScore, Language, Limits, Memory, Message, Parts, Probability, Sentiment,
    SentimentLabel, Signal, SignalKind, Source, Span, Speaker, TextFeatures,
};

/// A case with everything it owns; tests change what matters to them.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) parts: Parts,
    pub(super) features: Features,
    pub(super) prediction: Option<Prediction>,
    pub(super) now: Timestamp,
    /// What the conversation has seen; `None`: what its messages say.
    pub(super) standing: Option<Standing>,
}

impl Given {
    /// One customer message and these probabilities.
    pub(super) fn intents(intents: &[(&str, f32)]) -> Self {
        let text = "It says so.".to_owned();
        let message = Message {
            id: None,
            speaker: Speaker::Customer,
            text: text.clone(),
            at: None,
            attachments: Vec::new(),
            outcome: None,
        };
        let score = |&(label, probability): &(&str, f32)| IntentScore {
            label: label.into(),
            probability: Probability::saturating(probability),
        };
        let (label, probability) = (SentimentLabel::Neutral, Probability::ONE);
        Self {
            parts: Parts { messages: vec![message], ..Parts::default() },
            features: Features {
                subject: None,
                messages: vec![TextFeatures {
                    speaker: Speaker::Customer,
                    masked: text,
                    segments: Vec::new(),
                    sentences: Vec::new(),
                }],
                language: Language { code: "en".to_owned(), supported: true },
                signals: Vec::new(),
            },
            prediction: Some(Prediction {
                intents: intents.iter().map(score).collect(),
                sentiment: Sentiment { label, probability, frustration: Probability::ZERO },
                novelty: 0.0,
                novelty_limit: 1.0,
                acts: Vec::new(),
                repeats: Vec::new(),
                left_out: Vec::new(),
                certificate: Arc::new(Certificate::unrestricted()),
                vector: None,
            }),
            now: "2026-11-20T10:00:00Z".parse().unwrap(),
            standing: None,
        }
    }

    pub(super) fn signal(mut self, kind: SignalKind) -> Self {
        let source = Source { message: Some(0), span: Span::new(0, 2) };
        self.features.signals.push(Signal { kind, source });
        self
    }

    /// Calls `ask` with the case.
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Case<'_>) -> T) -> T {
        let conversation = Conversation::new(self.parts.clone(), &Limits::default()).unwrap();
        let mut memory = Memory::default();
        memory.learn(marks(&conversation, &self.features, None));
        ask(&Case {
            standing: &self.standing.unwrap_or_else(|| settle(&mut memory, self.now)),
            conversation: &conversation,
            features: &self.features,
            prediction: self.prediction.as_ref(),
            now: self.now,
        })
    }

    pub(super) fn decide(&self, policy: &Policy) -> Decision {
        self.ask(|case| policy.decide(case))
    }
}

/// The default policy without its probes, changed by a test.
pub(super) fn changed(change: &[(&str, &str)]) -> Policy {
    Policy::parse(&text(change), "policy.toml").unwrap()
}

/// The text of the default policy without its probes, with passages replaced; each is there.
pub(super) fn text(change: &[(&str, &str)]) -> String {
    let end = Policy::DEFAULT.find("[[probe]]").unwrap();
    let mut text = Policy::DEFAULT[..end].to_owned();
    for (from, to) in change {
        assert!(text.contains(from), "the default policy has no {from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn codes(decision: &Decision) -> Vec<ReasonCode> {
    decision.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn the_default_policy_loads_in_shadow_with_its_probes() {
    let policy = Policy::parse(Policy::DEFAULT, "default.toml").unwrap();
    assert_eq!((policy.name(), policy.mode()), ("default", Mode::Shadow));
    assert_eq!(policy.tiers().len(), 5);
    assert_eq!(policy.acknowledgement().map(|rule| rule.minutes), Some(30.0));
}

#[test]
fn the_version_ignores_line_ends_and_nothing_else() {
    let unix = Policy::parse(Policy::DEFAULT, "a").unwrap();
    let windows = Policy::parse(&Policy::DEFAULT.replace('\n', "\r\n"), "b").unwrap();
    assert_eq!(unix.version(), windows.version());
    assert_eq!(unix.version().len(), 12);
    assert_ne!(unix.version(), changed(&[]).version());
}

#[test]
fn the_kill_switch_stops_a_live_policy_and_lets_it_load() {
    let live = ("mode = \"shadow\"", "mode = \"live\"");
    let switch = ("kill_switch = false", "kill_switch = true");
    let given = Given::intents(&[("refund_request", 1.0)]);
    assert_eq!(given.decide(&changed(&[live])).action, Action::Route);
    let stopped = given.decide(&changed(&[live, switch]));
    assert_eq!((stopped.mode, stopped.action), (Mode::Shadow, Action::Suggest));
    let whole = Policy::DEFAULT.replace(live.0, live.1).replace(switch.0, switch.1);
    assert!(Policy::parse(&whole, "policy.toml").is_ok());
}

#[test]
fn ties_go_to_the_decision_that_stands_first_in_the_document() {
    // Alphabetically the two would stand the other way round.
    let given = Given::intents(&[("integration", 0.5), ("refund_request", 0.5)]);
    assert_eq!(given.decide(&changed(&[])).role.as_str(), "billing_specialist");
}

#[test]
fn an_intent_without_a_route_goes_to_the_fallback() {
    let policy = changed(&[]);
    let decision = Given::intents(&[("unheard_of", 1.0)]).decide(&policy);
    assert_eq!(decision.role.as_str(), "frontline_agent");
    let known: Vec<Intent> = ["how_to", "refund_request"].map(Intent::from).to_vec();
    assert!(policy.check_covers(&known).is_ok());
    let error = policy.check_covers(&["how_to".into(), "unheard_of".into()]).unwrap_err();
    assert!(error.to_string().contains("unheard_of"), "{error}");
    assert!(!error.to_string().contains("how_to"), "{error}");
}

#[test]
fn without_the_model_the_fallback_is_the_only_candidate_and_nobody_is_sure() {
    let mut given = Given::intents(&[]);
    for prediction in [None, given.prediction.clone()] {
        given.prediction = prediction;
        let decision = given.decide(&changed(&[]));
        assert_eq!(decision.band, Band::Human);
        assert_eq!(decision.confidence, Probability::ZERO);
        assert_eq!(decision.candidates.len(), 1);
        assert_eq!(decision.candidates[0].probability, Probability::ONE);
        assert_eq!(decision.degraded, [Degraded::Model]);
        assert!(decision.has(ReasonCode::DegradedModel));
    }
}

#[test]
fn without_the_store_nothing_is_automatic() {
    let policy = changed(&[("mode = \"shadow\"", "mode = \"live\"")]);
    let decided = Given::intents(&[("how_to", 1.0)]).decide(&policy);
    assert_eq!((decided.band, decided.action), (Band::Auto, Action::Resolve));
    let spooled = policy.without_store(decided.clone());
    assert_eq!((spooled.band, spooled.action), (Band::Suggest, Action::Suggest));
    assert_eq!(codes(&spooled), [ReasonCode::DegradedStore]);
    assert_eq!(spooled.degraded, [Degraded::Store]);
    assert_eq!(spooled.confidence, decided.confidence);
    assert_eq!(policy.without_store(spooled.clone()), spooled);
    let human = Given::intents(&[("cancellation", 1.0)]).decide(&policy);
    assert_eq!(policy.without_store(human).action, Action::HandOff);
}

#[test]
fn an_explanation_names_every_rule_and_holds_where_the_decision_does() {
    let policy = changed(&[]);
    let given = Given::intents(&[("software_bug", 0.6), ("cancellation", 0.4)])
        .signal(SignalKind::BugConfirmed);
    let Explanation { decision, rules: explained } = given.ask(|case| policy.explain(case));
    assert_eq!(decision, given.decide(&policy));
    let held: Vec<_> = explained.iter().filter(|rule| rule.held).map(|rule| rule.rule).collect();
    assert_eq!(held, codes(&decision));
    // Whether the store can be written shows only after the decision.
    for rule in ReasonCode::ALL.iter().filter(|rule| **rule != ReasonCode::DegradedStore) {
        let times = explained.iter().filter(|explained| explained.rule == *rule).count();
        assert_eq!(times, 1, "{rule}");
    }
    assert!(explained.iter().all(|rule| !rule.saw.is_empty()));
}

#[test]
fn a_bypass_explains_a_low_band_and_the_confidence_does_not() {
    let decision = Given::intents(&[("cancellation", 1.0)]).decide(&changed(&[]));
    assert_eq!(codes(&decision), [ReasonCode::BypassCancellation]);
}

#[test]
fn a_plan_can_make_a_customer_high_value() {
    let mut given = Given::intents(&[("how_to", 1.0)]);
    given.parts.customer.plan = Some("GOLD".to_owned());
    let policy = changed(&[("plans = []", "plans = [\"gold\"]")]);
    assert!(given.decide(&policy).has(ReasonCode::BypassVip));
    assert!(!given.decide(&changed(&[])).has(ReasonCode::BypassVip));
}

#[test]
fn no_reason_repeats_what_the_customer_wrote() {
    let mut given = Given::intents(&[("billing_dispute", 1.0)]).signal(SignalKind::TooShort);
    given.features.messages[0].masked = "xyzzy plugh $5000".to_owned();
    for rule in given.ask(|case| changed(&[]).explain(case)).rules {
        assert!(!rule.saw.contains("xyzzy") && !rule.saw.contains("plugh"), "{rule:?}");
    }
}
