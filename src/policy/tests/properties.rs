//! What holds for every case, whatever the model says.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::domain::{Certificate, Channel, Severity, Ticket};

/// A plan that always goes to a human.
const GOLD: (&str, &str) = ("plans = []", "plans = [\"gold\"]");

static LIVE: LazyLock<Policy> =
    LazyLock::new(|| changed(&[("mode = \"shadow\"", "mode = \"live\""), GOLD]));
static SHADOW: LazyLock<Policy> = LazyLock::new(|| changed(&[GOLD]));

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

/// Everything else that a case can have: how it was read, where it came from, and what the
/// conversation and its customer have been through.
#[derive(Debug, Clone)]
struct Around {
    signals: Vec<SignalKind>,
    standing: Standing,
    vip: Option<bool>,
    plan: Option<&'static str>,
    novelty: f32,
    language: (&'static str, bool),
    frustration: f32,
    channel: Option<Channel>,
    ticket: Ticket,
    mrr_usd: Option<f64>,
}

fn standing() -> impl Strategy<Value = Standing> {
    let waiting = prop::option::of(0u32..100);
    let strikes = prop::sample::select(vec![0, 0, 0, 1, 2, 3, 4]);
    let rarely = || prop::bool::weighted(0.1);
    (strikes, rarely(), rarely(), 0u32..5, waiting).prop_map(
        |(strikes, handed_over, person_requested, negative_running, waiting_minutes)| Standing {
            episode: 1,
            strikes,
            handed_over,
            person_requested,
            negative_running,
            waiting_minutes,
        },
    )
}

fn ticket() -> impl Strategy<Value = Ticket> {
    let minutes = || prop::option::of(-100.0f64..500.0);
    let severity = prop::option::of(prop::sample::select(Severity::ALL));
    let tier = prop::option::of(0u8..=4);
    (tier, minutes(), minutes(), severity, prop::option::of(0u64..50)).prop_map(
        |(current_tier, open, sla_minutes_left, severity, impacted_users)| Ticket {
            current_tier,
            open_minutes: open.map(f64::abs),
            sla_minutes_left,
            severity,
            impacted_users,
            ..Ticket::default()
        },
    )
}

fn around() -> impl Strategy<Value = Around> {
    let signals = prop::collection::vec(prop::sample::select(SignalKind::ALL), 0..4);
    let customer = (
        prop::option::of(prop::bool::weighted(0.2)),
        prop::sample::select(vec![None, None, None, Some("GOLD"), Some("free")]),
        prop::option::of(0.0f64..5000.0),
    );
    let language = (prop::sample::select(vec!["en", "de", "unknown"]), prop::bool::weighted(0.9));
    let novelty = prop::sample::select(vec![0.0, 0.0, 0.0, 1.0, 1.5, f32::NAN]);
    let channel = prop::option::of(prop::sample::select(Channel::ALL));
    (signals, standing(), customer, novelty, language, 0.0f32..=1.0, channel, ticket()).prop_map(
        |(signals, standing, customer, novelty, language, frustration, channel, ticket)| {
            let (vip, plan, mrr_usd) = customer;
            Around {
                signals,
                standing,
                vip,
                plan,
                novelty,
                language,
                frustration,
                channel,
                ticket,
                mrr_usd,
            }
        },
    )
}

fn given(intents: &[(String, f32)]) -> Given {
    let intents: Vec<_> = intents.iter().map(|(name, share)| (name.as_str(), *share)).collect();
    Given::intents(&intents)
}

impl Around {
    /// The case of these intents with all of this around it.
    fn case(&self, intents: &[(String, f32)]) -> Given {
        let mut given = self.read(intents);
        given.parts.channel = self.channel;
        given.parts.ticket = self.ticket.clone();
        given.parts.customer.mrr_usd = self.mrr_usd;
        let standing = given.standing.get_or_insert_default();
        standing.negative_running = self.standing.negative_running;
        standing.waiting_minutes = self.standing.waiting_minutes;
        if let Some(prediction) = &mut given.prediction {
            prediction.sentiment.frustration = Probability::saturating(self.frustration);
        }
        given
    }

    /// The same case as far as routing and bands may look: without what escalates.
    fn read(&self, intents: &[(String, f32)]) -> Given {
        let mut given = given(intents);
        for &kind in &self.signals {
            given = given.signal(kind);
        }
        given.standing =
            Some(Standing { negative_running: 0, waiting_minutes: None, ..self.standing });
        given.parts.customer.vip = self.vip;
        given.parts.customer.plan = self.plan.map(str::to_owned);
        let (code, supported) = self.language;
        given.features.language = Language { code: code.to_owned(), supported };
        if let Some(prediction) = &mut given.prediction {
            prediction.novelty = self.novelty;
        }
        given
    }
}

/// True if the case must go to a human, said anew from the text of the rules.
fn must_bypass(given: &Given, confidence: Probability) -> bool {
    let prediction = given.prediction.as_ref().unwrap();
    let top = prediction.ranked()[0].label.as_str();
    let bypasses = ["cancellation", "legal_privacy", "out_of_scope", "human_request"];
    let intent = |name: &&str| top == *name || prediction.probability(name).get() >= 0.2;
    let kinds = [
        SignalKind::RouterAddressed,
        SignalKind::HiddenCharacters,
        SignalKind::TooShort,
        SignalKind::CancellationAsked,
        SignalKind::LegalMatter,
        SignalKind::OutOfScope,
    ];
    let standing = given.standing.unwrap_or_default();
    let novel = prediction.novelty.is_nan() || prediction.novelty > prediction.novelty_limit;
    bypasses.iter().any(intent)
        || kinds.iter().any(|&kind| given.features.signal(kind).is_some())
        || given.parts.customer.vip == Some(true)
        || given.parts.customer.plan.as_deref() == Some("GOLD")
        || !given.features.language.supported
        || standing.person_requested
        || standing.handed_over
        || standing.strikes >= 3
        || (novel && confidence.get() < 0.9)
}

proptest! {
    #[test]
    fn candidates_sum_to_1_and_the_first_is_the_confidence(
        intents in distribution(),
        around in around(),
    ) {
        let decision = around.case(&intents).decide(&LIVE);
        let sum: f32 = decision.candidates.iter().map(|c| c.probability.get()).sum();
        prop_assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let first = &decision.candidates[0];
        prop_assert_eq!(first.probability, decision.confidence);
        prop_assert_eq!((first.tier, &first.role), (decision.tier, &decision.role));
        prop_assert!(decision.candidates.is_sorted_by(|a, b| a.probability >= b.probability));
    }

    #[test]
    fn the_band_is_what_confidence_rules_and_certificate_leave(
        intents in distribution(),
        around in around(),
        auto_from in prop::option::of(0.0f32..=1.0),
        vetoed in prop::sample::select(vec!["how_to", "software_bug", "refund_request"]),
    ) {
        let mut given = around.case(&intents);
        let prediction = given.prediction.as_mut().unwrap();
        let auto_from = auto_from.map(Probability::saturating);
        let vetoed = vec![vetoed.into()];
        prediction.certificate = Arc::new(Certificate { auto_from, vetoed, broken: false });
        let doubted = prediction.certificate.vetoes(&prediction.ranked()[0].label);
        let decision = given.decide(&LIVE);
        let certified = auto_from.is_some_and(|from| decision.confidence >= from) && !doubted;
        let proved = if certified { Band::Auto } else { Band::Suggest };
        let rules = decision.reasons.iter().map(|reason| reason.code.ceiling()).min();
        let own = LIVE.document.bands.of(decision.confidence);
        let expected = own.min(rules.unwrap_or(Band::Auto)).min(proved);
        prop_assert_eq!(decision.band, expected, "{:?}", decision.reasons);
        let named = codes(&decision).iter().any(|code| code.as_str().starts_with("certificate."));
        prop_assert_eq!(named, own == Band::Auto && !certified, "it is named where it matters");
    }

    #[test]
    fn whenever_a_bypass_holds_the_band_is_human_and_the_action_hand_off(
        intents in distribution(),
        around in around(),
        answered in prop::bool::weighted(0.9),
    ) {
        let mut given = around.case(&intents);
        let must = must_bypass(&given, given.decide(&LIVE).confidence) || !answered;
        given.prediction = given.prediction.filter(|_| answered);
        for policy in [&*LIVE, &*SHADOW] {
            let decision = given.decide(policy);
            if must {
                prop_assert_eq!((decision.band, decision.action), (Band::Human, Action::HandOff));
            } else {
                let unclear = given.features.signal(SignalKind::LanguageUnclear).is_some();
                let most = if unclear { Band::Suggest } else { Band::Auto };
                let own = policy.document.bands.of(decision.confidence);
                prop_assert_eq!(decision.band, own.min(most));
            }
            let handed = decision.action == Action::HandOff;
            prop_assert_eq!(decision.band == Band::Human, handed);
            prop_assert_eq!(decision.customer_message.is_some(), handed, "words at a hand-over");
        }
    }

    #[test]
    fn without_a_bypass_the_band_is_that_of_the_confidence(intents in distribution()) {
        let given = given(&intents);
        let decision = given.decide(&LIVE);
        prop_assume!(!must_bypass(&given, decision.confidence));
        prop_assert_eq!(decision.band, LIVE.document.bands.of(decision.confidence));
    }

    #[test]
    fn shadow_never_resolves_or_routes(intents in distribution(), around in around()) {
        let action = around.case(&intents).decide(&SHADOW).action;
        prop_assert!(matches!(action, Action::Suggest | Action::HandOff));
    }

    #[test]
    fn the_confidence_is_the_sum_over_the_intents_that_lead_there(
        intents in distribution(),
        around in around(),
    ) {
        // Said anew, intent by intent: nothing after the sum touches it.
        let given = around.case(&intents);
        let decision = given.decide(&LIVE);
        let has = |kind| given.features.signal(kind).is_some();
        let standing = given.standing.unwrap();
        let prediction = given.prediction.as_ref().unwrap();
        let asks = standing.person_requested
            || prediction.probability("human_request").get() >= 0.2
            || prediction.ranked()[0].label.as_str() == "human_request";
        let leaves = asks || standing.handed_over || standing.strikes >= 3;
        let mut sum = 0.0;
        for (name, share) in &intents {
            let rule = LIVE.routes.rule(&name.as_str().into());
            let home = rule.map_or((1, "frontline_agent"), |rule| (rule.tier.get(), rule.role.as_str()));
            let to = match home {
                _ if name == "software_bug" && has(SignalKind::BugConfirmed) => (3, "engineering"),
                (_, "frontline_agent") if has(SignalKind::NextTierNeeded) => (2, "senior_specialist"),
                (0, _) if leaves => (1, "frontline_agent"),
                _ => home,
            };
            if to == (decision.tier.get(), decision.role.as_str()) {
                sum += share;
            }
        }
        prop_assert!((sum - decision.confidence.get()).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn triggers_touch_neither_decision_nor_band(
        intents in distribution(),
        around in around(),
    ) {
        let (calm, pressed) = (around.read(&intents), around.case(&intents));
        let (calm, pressed) = (calm.decide(&LIVE), pressed.decide(&LIVE));
        prop_assert_eq!(&calm.candidates, &pressed.candidates);
        prop_assert_eq!((calm.tier, calm.role), (pressed.tier, pressed.role));
        prop_assert_eq!(calm.band, pressed.band);
        prop_assert_eq!(calm.action, pressed.action);
        prop_assert_eq!(calm.confidence, pressed.confidence);
        prop_assert!(pressed.severity >= calm.severity && pressed.priority >= calm.priority);
        let escalation = pressed.escalation.as_ref();
        let not_down = escalation.is_none_or(|e| e.from_tier.is_none_or(|from| e.to_tier >= from));
        prop_assert!(not_down);
    }

    #[test]
    fn any_case_is_decided_the_same_way_twice(intents in distribution(), around in around()) {
        let given = around.case(&intents);
        prop_assert_eq!(given.decide(&LIVE), given.decide(&LIVE));
        let explained = given.ask(|case| LIVE.explain(case));
        prop_assert_eq!(explained.decision, given.decide(&LIVE));
    }
}
