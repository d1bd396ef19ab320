//! Sums by the hour: whatever happens in whatever order, they are what a scan of everything says.

mod million;
mod scan;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use proptest::prelude::*;

use self::scan::count;
use super::fixtures::{Place, START_MS, record};
use crate::{
    domain::{
        Action, Band, Channel, ConversationId, DecisionId, Escalation, EscalationKind, LabelSource,
        Memory, MissingContext, Origin, Record, Resolution, Review, Severity, Tier, Timestamp,
        Verdict,
    },
    reports::{Between, Counts, Dimension},
    store::{Error, Event, EventKind, Remembered, Sqlite, Store as _},
};

/// What happens to one of four conversations.
#[derive(Debug, Clone, Copy)]
struct Step {
    kind: u8,
    who: u8,
    with: u32,
}

/// A hand-over as the test remembers it.
#[derive(Debug, Clone, Copy)]
struct Handed {
    at_ms: i64,
    urgent: bool,
    withdrawn: bool,
    taken_ms: Option<i64>,
}

/// What is known of an episode.
#[derive(Debug, Clone, Default)]
struct Episode {
    records: Vec<Record>,
    reviews: Vec<(DecisionId, Review)>,
    handed: Option<Handed>,
}

/// A conversation as the test remembers it.
#[derive(Debug, Clone, Default)]
struct Known {
    memory: Memory,
    version: i64,
    episodes: BTreeMap<u32, Episode>,
    outcome: Resolution,
}

type Sums = BTreeMap<(&'static str, String), Counts>;

struct World {
    place: Place,
    store: Sqlite,
    known: BTreeMap<u8, Known>,
    /// What was erased, as it was counted.
    erased: Sums,
    decisions: u32,
}

const DIMENSIONS: [(Dimension, &str); 10] = [
    (Dimension::All, "all"),
    (Dimension::Intent, "intent"),
    (Dimension::Tier, "tier"),
    (Dimension::Role, "role"),
    (Dimension::Band, "band"),
    (Dimension::Channel, "channel"),
    (Dimension::Group, "group"),
    (Dimension::ProductArea, "product_area"),
    (Dimension::Confidence, "confidence"),
    (Dimension::AutoIntent, "auto_intent"),
];

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn name(who: u8) -> ConversationId {
    ConversationId::try_from(format!("k-{who}")).unwrap()
}

/// True or not, by a bit of a number.
fn bit(with: u32, place: u32) -> bool {
    with >> place & 1 == 1
}

impl World {
    async fn new() -> Self {
        let place = Place::new();
        let store = place.store().await;
        let (known, erased) = (BTreeMap::new(), BTreeMap::new());
        Self { place, store, known, erased, decisions: 0 }
    }

    /// Twelve minutes pass.
    fn tick(&self) -> i64 {
        self.place.clock.0.fetch_add(720_000, Ordering::Relaxed) + 720_000
    }

    async fn take(&mut self, Step { kind, who, with }: Step) {
        match kind {
            0..=3 => self.decide(who, with).await,
            4 | 5 => self.review(who, with).await,
            6 => self.resolve(who, with).await,
            7 => self.change(who, EventKind::Acknowledged).await,
            8 => self.change(who, EventKind::Released).await,
            9 => self.erase(who).await,
            _ => {
                self.store.close().await;
                self.store = self.place.store().await;
            }
        }
    }

    async fn decide(&mut self, who: u8, with: u32) {
        let now_ms = self.tick();
        self.decisions += 1;
        let known = self.known.entry(who).or_default();
        let mut record =
            Record { at: at(now_ms), conversation_id: name(who), ..record(self.decisions) };
        record.decision.action = Action::ALL[with as usize % 4];
        record.decision.severity = Severity::ALL[with as usize / 4 % 4];
        record.decision.queue = format!("queue-{}", with % 2);
        record.standing.episode = known.memory.episode;
        record.origin = Origin {
            channel: bit(with, 5).then_some(Channel::Email),
            group: bit(with, 6).then(|| "EMEA".to_owned()),
            product_area: bit(with, 7).then(|| "Billing".to_owned()),
            ..Origin::default()
        };
        record.decision.escalation = bit(with, 8).then(|| Escalation {
            kind: EscalationKind::Functional,
            from_tier: None,
            to_tier: record.decision.tier,
            to_role: record.decision.role.clone(),
            triggers: Vec::new(),
        });
        if bit(with, 9) {
            record.packet.missing_context = vec![MissingContext::ALL[0]];
        }
        if bit(with, 10) {
            record.prediction = None;
        }
        let waited = known.memory.waiting().is_some();
        known.memory.decided(&record.decision, record.at);
        let memory = known.memory.clone();
        let episode = known.episodes.entry(known.memory.episode).or_default();
        match (memory.waiting(), &mut episode.handed) {
            (Some(waiting), handed) => {
                let urgent = waiting.severity >= Severity::High;
                let at_ms = waiting.at.as_millisecond();
                let fresh = Handed { at_ms, urgent, withdrawn: false, taken_ms: None };
                let handed = handed.get_or_insert(fresh);
                if handed.taken_ms.is_none() {
                    *handed = fresh;
                }
            }
            (None, Some(handed)) if waited => handed.withdrawn = true,
            (None, _) => {}
        }
        let remembered = Remembered { memory, version: known.version };
        known.version += 1;
        let record = Arc::new(record);
        self.store.append(record.clone(), None, Some(remembered.clone())).await.unwrap();
        // The same once more, as a spool that was read twice would bring it.
        let again = self.store.append(record.clone(), None, None).await;
        assert!(matches!(again, Err(Error::AlreadyStored { .. })), "{again:?}");
        let stale = self.store.append(Arc::new(super::fixtures::record(9_999)), None, {
            let conversation = Remembered { version: 7_777, ..remembered };
            Some(conversation)
        });
        assert!(matches!(stale.await, Err(Error::Stale)));
        episode.records.push(Arc::unwrap_or_clone(record));
    }

    async fn review(&mut self, who: u8, with: u32) {
        let now_ms = self.tick();
        let Some(known) = self.known.get_mut(&who) else { return };
        let episodes = known.episodes.len();
        let Some(episode) = known.episodes.values_mut().nth(with as usize % episodes.max(1)) else {
            return;
        };
        let records = episode.records.len().max(1);
        let Some(record) = episode.records.get(with as usize / 8 % records) else { return };
        let tier = Tier::try_from(u8::try_from(with % 5).unwrap()).unwrap();
        let is_other = tier != record.decision.tier;
        let observed = if record.decision.band == Band::Auto { None } else { Some(1.0) };
        let review = Review {
            verdict: if is_other { Verdict::Overridden } else { Verdict::Accepted },
            tier: Some(tier),
            role: None,
            intent: None,
            note: None,
            by: format!("agent-{}", with / 64 % 2),
            at: at(now_ms),
            source: LabelSource::Agent,
            shown: true,
            observed,
        };
        let kept = self.store.review(record.id, &review).await.unwrap().unwrap();
        let id = record.id;
        episode.reviews.retain(|(of, other)| *of != id || other.by != review.by);
        episode.reviews.push((id, kept));
    }

    async fn resolve(&mut self, who: u8, with: u32) {
        let now_ms = self.tick();
        let known = self.known.entry(who).or_default();
        let some = |place: u32| bit(with, place);
        let news = Resolution {
            resolved_tier: some(0)
                .then(|| Tier::try_from(u8::try_from(with / 512 % 5).unwrap()).unwrap()),
            resolved_at: some(1).then(|| at(now_ms - 60_001)),
            reopened_at: some(2).then(|| at(now_ms)),
            csat: some(3).then_some(u8::try_from(with % 5).unwrap() + 1),
            reassignments: some(4).then_some(with / 32 % 13),
            bounced_back: some(5).then_some(some(10)),
            repeat_explanation: some(6).then_some(some(11)),
            asked_again: some(7).then_some(some(12)),
            picked_up_at: some(8).then(|| at(now_ms)),
            sla_breached: some(9).then_some(some(13)),
        };
        known.outcome = self.store.resolve(&name(who), &news, at(now_ms)).await.unwrap();
    }

    async fn change(&mut self, who: u8, kind: EventKind) {
        let now_ms = self.tick();
        let Some(known) = self.known.get_mut(&who).filter(|known| known.version > 0) else {
            return;
        };
        let episode = known.memory.episode;
        let event = Event { kind, at: at(now_ms), by: None };
        match kind {
            EventKind::Acknowledged => {
                let Some(handed) = &mut known.memory.handed_over else { return };
                if handed.acknowledged.is_some() {
                    return;
                }
                let by = crate::domain::Acknowledged { at: at(now_ms), by: None };
                handed.acknowledged = Some(by);
            }
            EventKind::Released => {
                if !known.memory.release() {
                    return;
                }
            }
        }
        if let Some(handed) = known.episodes.get_mut(&episode).and_then(|e| e.handed.as_mut()) {
            // Who gives a conversation back that had been withdrawn has it taken all the same.
            handed.withdrawn |= kind == EventKind::Released && handed.taken_ms.is_none();
            handed.taken_ms.get_or_insert(now_ms);
        }
        let memory = Remembered { memory: known.memory.clone(), version: known.version };
        known.version += 1;
        self.store.remember(&name(who), memory, event).await.unwrap();
    }

    async fn erase(&mut self, who: u8) {
        let Some(known) = self.known.remove(&who) else { return };
        count(&known, &mut self.erased);
        self.store.erase_conversation(&name(who)).await.unwrap();
    }

    async fn check(&self) {
        let mut wanted = self.erased.clone();
        for known in self.known.values() {
            count(known, &mut wanted);
        }
        let between = Between { from: at(START_MS), to: at(START_MS + 1_000_000_000_000) };
        let mut found = Sums::new();
        for (dimension, name) in DIMENSIONS {
            for (value, counts) in self.store.ledger().sums(dimension, between).await.unwrap() {
                found.insert((name, value), counts);
            }
        }
        assert_eq!(found, wanted);
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..11, 0_u8..4, any::<u32>());
    prop::collection::vec(step.prop_map(|(kind, who, with)| Step { kind, who, with }), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_what_a_scan_says_after_whatever_happens(steps in steps()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world.take(step).await;
            }
            world.check().await;
        });
    }
}
