//! What holds for every case, whatever the model says.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static LIVE: LazyLock<Policy> =
    LazyLock::new(|| changed(&[("mode = \"shadow\"", "mode = \"live\"")]));
static SHADOW: LazyLock<Policy> = LazyLock::new(|| changed(&[]));

/// Probabilities over all intents of the default policy and one that it does not know.
fn distribution() -> impl Strategy<Value = Vec<(String, f32)>> {
    let mut names: Vec<_> = LIVE.document.intent.keys().map(ToString::to_string).collect();
    names.push("unheard_of".to_owned());
    // Powers make some distributions sharp and others flat.
    let weights = prop::collection::vec(0.0f64..1.0, names.len());
    (weights, 1i32..40).prop_map(move |(weights, power)| {
        let weights: Vec<_> = weights.iter().map(|weight| weight.powi(power) + 1e-9).collect();
        let sum: f64 = weights.iter().sum();
        #[expect(clippy::cast_possible_truncation, reason = "a probability fits")]
        let shares = weights.iter().map(|weight| (weight / sum) as f32);
        names.iter().cloned().zip(shares).collect()
    })
}

fn signals() -> impl Strategy<Value = Vec<SignalKind>> {
    prop::collection::vec(prop::sample::select(SignalKind::ALL), 0..4)
}

fn given(intents: &[(String, f32)], signals: &[SignalKind]) -> Given {
    let intents: Vec<_> = intents.iter().map(|(name, share)| (name.as_str(), *share)).collect();
    signals.iter().fold(Given::intents(&intents), |given, &kind| given.signal(kind))
}

/// True if the case must go to a human, said anew from the text of the rules.
fn must_bypass(given: &Given) -> bool {
    let prediction = given.prediction.as_ref().unwrap();
    let top = prediction.ranked()[0].label.as_str();
    let bypasses = ["cancellation", "legal_privacy", "out_of_scope", "human_request"];
    let intent = |name: &&str| top == *name || prediction.probability(name).get() >= 0.2;
    let kinds = [
        SignalKind::PersonRequested,
        SignalKind::RouterAddressed,
        SignalKind::HiddenCharacters,
        SignalKind::TooShort,
        SignalKind::CancellationAsked,
        SignalKind::LegalMatter,
        SignalKind::OutOfScope,
    ];
    bypasses.iter().any(intent)
        || kinds.iter().any(|&kind| given.features.signal(kind).is_some())
        || given.parts.customer.vip == Some(true)
        || !given.features.language.supported
}

proptest! {
    #[test]
    fn candidates_sum_to_1_and_the_first_is_the_confidence(
        intents in distribution(),
        signals in signals(),
    ) {
        let decision = given(&intents, &signals).decide(&LIVE);
        let sum: f32 = decision.candidates.iter().map(|c| c.probability.get()).sum();
        prop_assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let first = &decision.candidates[0];
        prop_assert_eq!(first.probability, decision.confidence);
        prop_assert_eq!((first.tier, &first.role), (decision.tier, &decision.role));
        prop_assert!(decision.candidates.is_sorted_by(|a, b| a.probability >= b.probability));
    }

    #[test]
    fn whenever_a_bypass_holds_the_band_is_human(
        intents in distribution(),
        signals in signals(),
        vip in any::<bool>(),
        supported in any::<bool>(),
    ) {
        let mut given = given(&intents, &signals);
        given.parts.customer.vip = Some(vip);
        given.features.language.supported = supported;
        for policy in [&*LIVE, &*SHADOW] {
            let decision = given.decide(policy);
            if must_bypass(&given) {
                prop_assert_eq!(decision.band, Band::Human);
            }
            prop_assert_eq!(decision.band == Band::Human, decision.action == Action::HandOff);
        }
    }

    #[test]
    fn without_a_bypass_the_band_is_that_of_the_confidence(intents in distribution()) {
        let given = given(&intents, &[]);
        prop_assume!(!must_bypass(&given));
        let decision = given.decide(&LIVE);
        prop_assert_eq!(decision.band, LIVE.document.bands.of(decision.confidence));
    }

    #[test]
    fn shadow_never_resolves_or_routes(intents in distribution(), signals in signals()) {
        let action = given(&intents, &signals).decide(&SHADOW).action;
        prop_assert!(matches!(action, Action::Suggest | Action::HandOff));
    }

    #[test]
    fn triggers_touch_neither_decision_nor_band(
        intents in distribution(),
        minutes in 0.0f64..500.0,
        tier in 0u8..=4,
        frustration in 0.0f32..=1.0,
    ) {
        let calm = given(&intents, &[]);
        let mut pressed = calm.clone();
        pressed.parts.ticket.current_tier = Some(tier);
        pressed.parts.ticket.open_minutes = Some(minutes);
        pressed.parts.ticket.sla_minutes_left = Some(1.0);
        pressed.parts.customer.mrr_usd = Some(minutes * 10.0);
        if let Some(prediction) = &mut pressed.prediction {
            prediction.sentiment.frustration = Probability::saturating(frustration);
        }
        let (calm, pressed) = (calm.decide(&LIVE), pressed.decide(&LIVE));
        prop_assert_eq!(&calm.candidates, &pressed.candidates);
        prop_assert_eq!((calm.tier, calm.role), (pressed.tier, pressed.role));
        prop_assert_eq!(calm.band, pressed.band);
        prop_assert_eq!(calm.confidence, pressed.confidence);
        prop_assert!(pressed.severity >= calm.severity && pressed.priority >= calm.priority);
        let escalation = pressed.escalation.as_ref();
        let not_down = escalation.is_none_or(|e| e.from_tier.is_none_or(|from| e.to_tier >= from));
        prop_assert!(not_down);
    }

    #[test]
    fn any_case_is_decided_the_same_way_twice(intents in distribution(), signals in signals()) {
        let given = given(&intents, &signals);
        prop_assert_eq!(given.decide(&LIVE), given.decide(&LIVE));
    }
}
