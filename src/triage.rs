//! The pipeline: request → Conversation → Features → Prediction → Decision → Packet → record.
//!
//! Read this file first. Service, batch and command line all go through [`Triage::assess`]; there
//! is no second pipeline.

mod audit;
mod confirm;
mod contract;
mod drift;
mod explain;
mod in_force;
mod in_progress;
mod keep;
mod meaning;
mod offload;
mod people;
mod policies;
mod rehearse;
mod replay;
pub mod reports;
mod review;
mod shadow;
mod stopwatch;
mod vigil;

use std::{sync::Arc, time::Duration};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use self::{
    audit::{Choices, Unaudited},
    confirm::{Confirmed, Unconfirmed},
    contract::Promised,
    drift::Drift,
    in_force::InForce,
    people::{Handled, Refused},
    policies::Change,
    replay::{Asked, Told, Trial, Unreplayed, Verdicts, check_window},
    review::Unreviewed,
    shadow::{Compared, Disagreement, Outcome, Shadow},
};
use self::{
    contract::Promise,
    in_progress::InProgress,
    keep::{Kept, Recalled, remember},
    offload::{offload, text_bytes},
    stopwatch::Stopwatch,
};
use crate::{
    domain::{
        Clock, Conversation, ConversationId, DecisionId, Features, IdempotencyKey, Memory, Origin,
        Packet, Prediction, Record, StoreText, Timestamp,
    },
    handoff::{self, Drafter},
    inference::{OnOverload, Unavailable, Urgency},
    policy,
    store::{Durability, Recorder},
    telemetry::metrics::{self, Stage},
};

/// Everything that a decision needs; one per process, shared by all requests.
pub struct Triage {
    in_force: ArcSwap<InForce>,
    shadow: ArcSwapOption<Shadow>,
    promise: ArcSwap<Promise>,
    drafter: Arc<Drafter>,
    recorder: Option<Arc<Recorder>>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
    on_overload: OnOverload,
    in_progress: InProgress,
    replays: Semaphore,
    tasks: TaskTracker,
}

/// What a [`Triage`] is made of.
pub struct Parts {
    /// What decides at first.
    pub in_force: InForce,
    /// Decision → packet.
    pub drafter: Drafter,
    /// Where records go; `None` keeps nothing, as the command line wants it.
    pub recorder: Option<Arc<Recorder>>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Longest time that the model may take for one conversation, waiting included.
    pub deadline: Duration,
    /// What becomes of a request for which the model has no place.
    pub on_overload: OnOverload,
}

/// The whole answer to one request.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// What is kept, personal data masked.
    pub record: Arc<Record>,
    /// The packet in the caller's own words.
    pub packet: Packet,
    /// True unless neither store nor spool could be written.
    pub durable: bool,
    /// Time spent in each stage, in order.
    pub timings: Vec<(Stage, Duration)>,
}

/// Why there is no assessment.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue before the model is full, or the service is shutting down.
    #[error(transparent)]
    Busy(Unavailable),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for another request; send a new key")]
    KeyReused,
    /// Another instance answers under this idempotency key just now.
    #[error("another instance is answering this request; send it again")]
    KeyTaken,
    /// The machine gives no random bytes, so no identifier can be made.
    #[error("no random bytes to make an identifier of: {0}")]
    Random(getrandom::Error),
    /// A stage panicked on another thread.
    #[error("a stage of the pipeline failed")]
    Stage,
}

/// How long a caller waits whom nobody waits for.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// How often a decision is taken anew because another request of the conversation came first;
/// after that it counts as taken without the store.
const REREADS: u32 = 16;

impl Triage {
    /// Puts the stages together.
    pub fn new(parts: Parts) -> Self {
        let watched = parts.recorder.is_some();
        let promise = if watched { Promise::Unknown } else { Promise::Unwatched };
        Self {
            promise: ArcSwap::from_pointee(promise),
            in_force: ArcSwap::from_pointee(parts.in_force),
            shadow: ArcSwapOption::empty(),
            drafter: Arc::new(parts.drafter),
            recorder: parts.recorder,
            clock: parts.clock,
            deadline: parts.deadline,
            on_overload: parts.on_overload,
            in_progress: InProgress::default(),
            replays: Semaphore::new(1),
            tasks: TaskTracker::new(),
        }
    }

    /// Decides where a conversation goes, drafts the packet, and keeps the record.
    ///
    /// The record is safe before the answer is given; with a key seen before, the first answer is
    /// given again and nothing is done twice, even if the first caller has left meanwhile.
    ///
    /// # Errors
    /// [`Error::Busy`] if nobody can take the request now, [`Error::KeyReused`] if the key belongs
    /// to another request. A model that fails or is too slow is no error: the decision then goes to
    /// a human.
    pub async fn assess(
        self: &Arc<Self>,
        conversation: Conversation,
        key: Option<IdempotencyKey>,
    ) -> Result<Assessment, Error> {
        let Some(key) = key else {
            return self.run(conversation, None, Urgency::Interactive).await;
        };
        // On a task of its own: a caller who leaves would else free the key while the record is
        // still on its way to the store, and a second attempt would make a second record.
        let triage = self.clone();
        let answer = self.tasks.spawn(async move { triage.once(conversation, key).await });
        answer.await.map_err(|_| Error::Stage)?
    }

    /// Decides like [`Triage::assess`] for callers whom nobody waits for: takes the time it needs,
    /// and lets those go ahead for whom somebody waits.
    ///
    /// # Errors
    /// As [`Triage::assess`].
    pub async fn assess_patiently(&self, conversation: Conversation) -> Result<Assessment, Error> {
        self.run(conversation, None, Urgency::Batch).await
    }

    /// Waits until no request with a key is being answered any more.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Answers a request with a key: one at a time, and from the record if there is one.
    async fn once(
        &self,
        conversation: Conversation,
        key: IdempotencyKey,
    ) -> Result<Assessment, Error> {
        let turn = self.in_progress.turn(&key.key);
        let _alone = turn.slot.lock().await;
        if let Some(answer) = self.earlier(&conversation, &key).await? {
            return Ok(answer);
        }
        match self.run(conversation.clone(), Some(key.clone()), Urgency::Interactive).await {
            // Another instance on the same store was faster: its answer is the one.
            Err(Error::KeyTaken) => self.earlier(&conversation, &key).await?.ok_or(Error::KeyTaken),
            answered => answered,
        }
    }

    /// The stages, in order.
    async fn run(
        &self,
        conversation: Conversation,
        key: Option<IdempotencyKey>,
        urgency: Urgency,
    ) -> Result<Assessment, Error> {
        let mut watch = Stopwatch::start();
        let now = self.now();
        let rules = self.in_force();
        let may_refuse = urgency == Urgency::Interactive && self.on_overload == OnOverload::Refuse;
        if may_refuse {
            // Before any work: what is refused must cost next to nothing.
            rules.has_room(self.deadline)?;
        }
        let conversation = Arc::new(conversation);

        let features = rules.features(&conversation).await?;
        watch.lap(Stage::Features);

        // The store is asked while the model thinks.
        let prediction = self.predict(&rules, &features, urgency);
        let (prediction, recalled) =
            tokio::join!(prediction, self.recall(conversation.id.as_ref()));
        watch.lap(Stage::Model);

        let id = DecisionId::new(now, random()?);
        let prediction = prediction?.map(|said| self.narrowed(&rules, said));
        let mut heard = Heard { id, now, conversation, features, prediction, recalled };
        let mut rereads = 0;
        loop {
            let conversation = heard.conversation.clone();
            let decided = self.decide(heard, rules.clone(), watch).await?;
            let packet = decided.packet.clone();
            watch = decided.watch.clone();
            match self.keep(decided, key.clone(), &rules.policy).await? {
                Kept::Safe(record, durability) => {
                    watch.lap(Stage::Store);
                    metrics::decision_served(&record.decision);
                    self.shadow(&conversation, &record, &rules.policy);
                    let durable = durability != Durability::Lost;
                    return Ok(Assessment { record, packet, durable, timings: watch.laps });
                }
                // Another request changed what is remembered of the conversation: decide again.
                Kept::Stale(record) => {
                    rereads += 1;
                    let recalled = if rereads < REREADS {
                        self.recall(conversation.id.as_ref()).await
                    } else {
                        Recalled::Unknown
                    };
                    // A record may keep no text, so the features are read anew.
                    let Record { id, at, prediction, .. } = *record;
                    let features = rules.features(&conversation).await?;
                    heard = Heard { id, now: at, conversation, features, prediction, recalled };
                }
            }
        }
    }

    /// Features → Prediction; none where the model fails, or where it has no place and the options
    /// say that the case then goes to a human.
    async fn predict(
        &self,
        rules: &InForce,
        features: &Arc<Features>,
        urgency: Urgency,
    ) -> Result<Option<Prediction>, Error> {
        let wait = match urgency {
            Urgency::Interactive => self.deadline,
            Urgency::Batch => PATIENCE,
        };
        match rules.predict(features, wait, urgency).await {
            Err(Error::Busy(Unavailable::Overloaded { .. }))
                if self.on_overload == OnOverload::Degrade =>
            {
                Ok(None)
            }
            answer => answer,
        }
    }

    /// Prediction → Decision → Packet, with what the conversation has seen before.
    async fn decide(
        &self,
        heard: Heard,
        rules: Arc<InForce>,
        mut watch: Stopwatch,
    ) -> Result<Decided, Error> {
        let (model, drafter) = (rules.model.identity(), self.drafter.clone());
        let store_text = self.store_text();
        let bytes = text_bytes(&heard.conversation);
        let work = move || {
            let Heard { id, now, conversation, features, prediction, recalled } = heard;
            let (facts, said) = (&conversation, prediction.as_ref());
            let (mut memory, version) = recalled.into_parts();
            remember(&mut memory, facts, &features, said);
            let standing = policy::settle(&mut memory, now);
            let decision = rules.policy.decide(&policy::Case {
                conversation: facts,
                features: &features,
                prediction: said,
                standing: &standing,
                now,
            });
            memory.decided(&decision, now);
            watch.lap(Stage::Policy);

            let packet = drafter.draft(&handoff::Case {
                conversation: facts,
                features: &features,
                prediction: said,
                decision: &decision,
            });
            watch.lap(Stage::Packet);

            let record = Record {
                id,
                conversation_id: facts.id.clone().unwrap_or(ConversationId::from(id)),
                at: now,
                origin: Origin::from(&**facts).masked(|text| rules.extractor.mask(text)),
                packet: packet.clone().masked(&features),
                store_text: StoreText::Masked,
                original: None,
                features: Arc::unwrap_or_clone(features),
                prediction,
                standing,
                decision,
                model: (model.name, model.version),
                policy: rules.policy.version().to_owned(),
            };
            let record = record.keeping(store_text, facts);
            if store_text == StoreText::Nothing {
                memory = memory.without_words();
            }
            Decided { record, packet, memory, version, watch }
        };
        offload(bytes, work).await
    }

    /// How much text of a conversation may be kept.
    fn store_text(&self) -> StoreText {
        self.recorder.as_ref().map_or(StoreText::Masked, |recorder| recorder.store_text())
    }

    /// The present moment in whole milliseconds, as the store keeps and finds it.
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// Everything that is known before the policy is asked.
struct Heard {
    id: DecisionId,
    now: Timestamp,
    conversation: Arc<Conversation>,
    features: Arc<Features>,
    prediction: Option<Prediction>,
    recalled: Recalled,
}

/// A decision with its packet, not kept yet.
struct Decided {
    record: Record,
    packet: Packet,
    /// What the conversation is remembered by from now on.
    memory: Memory,
    /// The version of what was remembered before; `None` if the store could not say.
    version: Option<i64>,
    watch: Stopwatch,
}

fn random() -> Result<[u8; 10], Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    Ok(bytes)
}
