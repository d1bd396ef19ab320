//! Plain values for the tests of all rooms, which change what their case is about.

use super::{
    Action, Band, ConversationId, Decision, DecisionId, Features, Intent, IntentScore, Language,
    Mode, Origin, Packet, Prediction, Priority, Probability, Record, RoleId, Sentiment,
    SentimentLabel, Severity, Standing, StoreText, Strikes, Tier, Timestamp,
};

/// A suggestion for a specialist at tier 1, not quite sure.
pub(crate) fn decision() -> Decision {
    Decision {
        mode: Mode::Shadow,
        band: Band::Suggest,
        action: Action::Suggest,
        tier: Tier::try_from(1).unwrap(),
        role: RoleId::from("billing_specialist"),
        queue: "Queue".to_owned(),
        notify: Vec::new(),
        confidence: Probability::saturating(0.8),
        candidates: Vec::new(),
        severity: Severity::Normal,
        priority: Priority::Normal,
        strikes: Strikes { count: 0, limit: 3, tripped: false },
        escalation: None,
        reasons: Vec::new(),
        customer_message: None,
        degraded: Vec::new(),
    }
}

/// One intent, said calmly.
pub(crate) fn prediction(intent: &str) -> Prediction {
    let probability = Probability::saturating(0.8);
    Prediction {
        intents: vec![IntentScore { label: Intent::from(intent), probability }],
        sentiment: Sentiment {
            label: SentimentLabel::Neutral,
            probability,
            frustration: Probability::ZERO,
        },
        novelty: 0.0,
        novelty_limit: 1.0,
        acts: Vec::new(),
        repeats: Vec::new(),
        left_out: Vec::new(),
        certificate: std::sync::Arc::default(),
        vector: None,
    }
}

/// Both of them about a conversation without a word.
pub(crate) fn record(at: Timestamp) -> Record {
    Record {
        id: DecisionId::new(at, [1; 10]),
        conversation_id: ConversationId::try_from("c".to_owned()).unwrap(),
        at,
        origin: Origin::default(),
        features: Features {
            subject: None,
            messages: Vec::new(),
            language: Language { code: "en".to_owned(), supported: true },
            signals: Vec::new(),
        },
        prediction: Some(prediction("billing_issue")),
        standing: Standing::default(),
        decision: decision(),
        packet: Packet::default(),
        store_text: StoreText::Masked,
        original: None,
        model: ("tiny".to_owned(), "1".to_owned()),
        policy: "p1".to_owned(),
    }
}
