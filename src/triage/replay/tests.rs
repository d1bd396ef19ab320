//! Stored decisions taken again: what a record keeps is enough, and what people say is heard.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::{again::again, *};
use crate::{
    domain::{
        Band, Certificate, Channel, Conversation, ConversationId, Customer, DecisionId, Degraded,
        Features, Intent, IntentScore, Language, Limits, Message, Origin, Packet, Parts,
        Probability, Record, Resolution, Review, Sentiment, SentimentLabel, Severity, Signal,
        SignalKind, Span, Speaker, Standing, TextFeatures, Ticket, Tier, Verdict,
    },
    policy::Case,
    replay::{Place, aspects},
};

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| Policy::parse(Policy::DEFAULT, "default.toml").unwrap());

fn prediction(intents: &[(&str, f32)]) -> Prediction {
    let score = |&(label, probability): &(&str, f32)| IntentScore {
        label: label.into(),
        probability: Probability::saturating(probability),
    };
    let (label, probability) = (SentimentLabel::Neutral, Probability::ONE);
    Prediction {
        intents: intents.iter().map(score).collect(),
        sentiment: Sentiment { label, probability, frustration: Probability::ZERO },
        novelty: 0.0,
        novelty_limit: 1.0,
        acts: Vec::new(),
        repeats: Vec::new(),
        left_out: Vec::new(),
        vector: None,
        certificate: Arc::new(Certificate::unrestricted()),
        vector: None,
    }
}

fn said(text: &str) -> Parts {
    let message = Message {
        id: Some("m1".to_owned()),
        speaker: Speaker::Customer,
        text: text.to_owned(),
        at: None,
        attachments: Vec::new(),
        outcome: None,
    };
    Parts { messages: vec![message], ..Parts::default() }
}

fn features(text: &str) -> Features {
    Features {
        subject: None,
        messages: vec![TextFeatures {
            speaker: Speaker::Customer,
            masked: text.to_owned(),
            segments: Vec::new(),
            sentences: Vec::new(),
        }],
        language: Language { code: "en".to_owned(), supported: true },
        signals: Vec::new(),
    }
}

/// What was decided under the default policy, through the store's own JSON.
fn taken(parts: Parts, read: Features, said: Option<Prediction>, standing: Standing) -> Record {
    let conversation = Conversation::new(parts, &Limits::default()).unwrap();
    let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let decision = POLICY.decide(&Case {
        conversation: &conversation,
        features: &read,
        prediction: said.as_ref(),
        standing: &standing,
        now: at,
    });
    let id = DecisionId::new(at, [7; 10]);
    let record = Record {
        id,
        conversation_id: ConversationId::from(id),
        at,
        origin: Origin::from(&conversation),
        features: read,
        prediction: said,
        standing,
        decision,
        packet: Packet::default(),
        store_text: StoreText::Masked,
        original: None,
        model: ("tiny".to_owned(), "1".to_owned()),
        policy: POLICY.version().to_owned(),
    };
    serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap()
}

fn simple(intents: &[(&str, f32)]) -> Record {
    let text = "I was charged twice.";
    taken(said(text), features(text), Some(prediction(intents)), Standing::default())
}

fn past(record: Record) -> Past {
    Past { record, reviews: Vec::new(), resolution: None }
}

fn once_more(policy: &Policy, past: &Past) -> again::Again {
    again(policy, past, past.record.prediction.as_ref()).unwrap()
}

fn review(verdict: Verdict) -> Review {
    Review {
        verdict,
        tier: None,
        role: None,
        intent: None,
        note: None,
        by: "ann".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        source: crate::domain::LabelSource::Agent,
        shown: true,
        observed: Some(1.0),
    }
}

fn place(number: u8, role: &str) -> Vec<Place> {
    vec![Place { tier: Some(Tier::try_from(number).unwrap()), role: Some(role.into()) }]
}

#[test]
fn a_label_is_what_the_latest_audit_says_else_the_latest_review_else_the_outcome() {
    let tier = |number| Some(Tier::try_from(number).unwrap());
    let resolution = || Some(Resolution { resolved_tier: tier(2), ..Resolution::default() });
    let label = |reviews: Vec<Review>, resolution: Option<Resolution>| {
        let record = simple(&[("billing_dispute", 0.9)]);
        once_more(&POLICY, &Past { record, reviews, resolution })
    };
    let by = |reviews, resolution| label(reviews, resolution).replayed.right_after;
    let accepted = review(Verdict::Accepted);
    let to_tier = Review { tier: tier(2), ..review(Verdict::Overridden) };
    let to_intent =
        Review { intent: Some("security_incident".into()), ..review(Verdict::Overridden) };
    let audit = Review { source: crate::domain::LabelSource::Audit, ..to_tier.clone() };
    assert_eq!(by(vec![], None), []);
    assert_eq!(by(vec![], resolution()), [Place { tier: tier(2), role: None }]);
    assert_eq!(by(vec![accepted.clone()], resolution()), place(1, "billing_specialist"));
    assert_eq!(by(vec![to_tier.clone()], None), [Place { tier: tier(2), role: None }]);
    assert_eq!(by(vec![to_intent], None), place(4, "security_team"));
    assert_eq!(by(vec![to_tier, accepted.clone()], None), place(1, "billing_specialist"));
    assert_eq!(by(vec![audit, accepted], None), [Place { tier: tier(2), role: None }]);
    let wizard = Review { role: Some("wizard".into()), ..review(Verdict::Overridden) };
    let unknown = label(vec![wizard], None);
    assert!(unknown.unknown_label && unknown.replayed.right_after.is_empty());
}

#[test]
fn a_record_that_could_not_be_stored_at_once_is_still_a_suggestion_at_most() {
    let mut record = simple(&[("billing_dispute", 0.99)]);
    assert_eq!(record.decision.band, Band::Auto);
    record.decision = POLICY.without_store(record.decision);
    let replayed = once_more(&POLICY, &past(record)).replayed;
    assert_eq!(replayed.after.degraded, [Degraded::Store]);
    assert_eq!(replayed.after, replayed.before);
}

#[test]
fn another_policy_decides_otherwise() {
    let end = Policy::DEFAULT.find("[[probe]]").unwrap();
    let text = Policy::DEFAULT[..end].replace("auto = 0.90", "auto = 0.97");
    let strict = Policy::parse(&text, "strict.toml").unwrap();
    let replayed = once_more(&strict, &past(simple(&[("billing_dispute", 0.95)]))).replayed;
    assert_eq!((replayed.before.band, replayed.after.band), (Band::Auto, Band::Suggest));
}

#[test]
fn a_window_is_checked_against_the_present() {
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let now = at("2026-11-20T10:00:00Z").unwrap();
    let wrong = |from, to| {
        let wrong = check_window(&Window { from, to }, now).err().unwrap_or_default();
        wrong.into_iter().map(|wrong| wrong.pointer).collect::<Vec<_>>()
    };
    let (early, late) = (at("2026-11-01T00:00:00Z"), at("2026-11-20T11:00:00Z"));
    assert_eq!(wrong(None, None), Vec::<String>::new());
    assert_eq!(wrong(early, late), Vec::<String>::new());
    assert_eq!(wrong(late, None), ["/from"]);
    assert_eq!(wrong(early, early), ["/to"]);
    assert_eq!(wrong(late, early), ["/from", "/to"]);
}

fn intents() -> impl Strategy<Value = Vec<(&'static str, f32)>> {
    let names = [
        "how_to",
        "billing_dispute",
        "cancellation",
        "software_bug",
        "data_integrity",
        "security_incident",
        "human_request",
        "out_of_scope",
        "unheard_of",
    ];
    prop::collection::vec(0.0f32..1.0, names.len()).prop_map(move |weights| {
        let sharp: Vec<f32> = weights.iter().map(|weight| weight.powi(12) + 1e-6).collect();
        let sum: f32 = sharp.iter().sum();
        names.iter().copied().zip(sharp.into_iter().map(|weight| weight / sum)).collect()
    })
}

fn parts() -> impl Strategy<Value = Parts> {
    let minutes = || prop::option::of(-50.0f64..300.0);
    let ticket = (prop::option::of(0u8..=4), minutes(), minutes(), prop::option::of(0u64..40));
    let customer = (
        prop::option::of(any::<bool>()),
        prop::sample::select(vec![None, Some("enterprise")]),
        prop::option::of(0.0f64..9000.0),
        prop::option::of(-5i64..60),
    );
    let severity = prop::option::of(prop::sample::select(Severity::ALL));
    let channel = prop::option::of(prop::sample::select(Channel::ALL));
    (ticket, customer, severity, channel).prop_map(|(ticket, customer, severity, channel)| Parts {
        channel,
        customer: Customer {
            vip: customer.0,
            plan: customer.1.map(str::to_owned),
            mrr_usd: customer.2,
            renewal_in_days: customer.3,
            ..Customer::default()
        },
        ticket: Ticket {
            current_tier: ticket.0,
            open_minutes: ticket.1.map(f64::abs),
            sla_minutes_left: ticket.2,
            impacted_users: ticket.3,
            severity,
            ..Ticket::default()
        },
        ..said("You took $1,250.50 twice.")
    })
}

proptest! {
    /// What a record keeps is all that the policy looks at.
    #[test]
    fn replay_under_the_same_policy_changes_nothing(
        (parts, intents) in (parts(), prop::option::of(intents())),
        signals in prop::collection::vec(prop::sample::select(SignalKind::ALL), 0..4),
        (strikes, handed_over, waiting) in (0u32..5, any::<bool>(), prop::option::of(0u32..90)),
        language in prop::sample::select(vec![("en", true), ("de", false), ("unknown", true)]),
    ) {
        let mut read = features("You took $1,250.50 twice.");
        let source = crate::domain::Source { message: Some(0), span: Span::new(0, 2) };
        read.signals = signals.into_iter().map(|kind| Signal { kind, source }).collect();
        read.language = Language { code: language.0.to_owned(), supported: language.1 };
        let standing =
            Standing { strikes, handed_over, waiting_minutes: waiting, ..Standing::default() };
        let record = taken(parts, read, intents.as_deref().map(prediction), standing);
        let replayed = once_more(&POLICY, &past(record)).replayed;
        prop_assert_eq!(aspects(&replayed.before, &replayed.after), Vec::new());
        // Their words may differ in the last digit of a number, which JSON does not always keep.
        let codes = |decision: &crate::domain::Decision| -> Vec<_> {
            decision.reasons.iter().map(|reason| reason.code).collect()
        };
        prop_assert_eq!(codes(&replayed.before), codes(&replayed.after));
    }
}

#[test]
fn a_record_without_an_intent_of_this_policy_takes_its_fallback() {
    let record = simple(&[("unheard_of", 1.0)]);
    let replayed = once_more(&POLICY, &past(record)).replayed;
    assert_eq!(replayed.after.role.as_str(), "frontline_agent");
    assert!(POLICY.check_covers(&[Intent::from("unheard_of")]).is_err());
}
