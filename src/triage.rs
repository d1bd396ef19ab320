//! The pipeline: request → Conversation → Features → Prediction → Decision → Packet → record.
//!
//! Read this file first. Service, batch and command line all go through [`Triage::assess`]; there
//! is no second pipeline.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{sync::Mutex as AsyncMutex, time::Instant};

use crate::{
    domain::{
        Clock, Conversation, ConversationId, Decision, DecisionId, Features, IdempotencyKey,
        Origin, Packet, Prediction, Record,
    },
    features::Extractor,
    handoff::{self, Drafter},
    inference::{Model, Unavailable},
    policy::{self, Explained, Policy},
    store::{Durability, Recorder},
    telemetry::metrics::{self, Stage},
};

/// Everything that a decision needs; one per process, shared by all requests.
pub struct Triage {
    extractor: Arc<Extractor>,
    model: Arc<dyn Model>,
    policy: ArcSwap<Policy>,
    drafter: Arc<Drafter>,
    recorder: Option<Arc<Recorder>>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
    in_progress: InProgress,
}

/// What a [`Triage`] is made of.
pub struct Parts {
    /// Text → features.
    pub extractor: Extractor,
    /// Features → prediction.
    pub model: Arc<dyn Model>,
    /// Prediction → decision.
    pub policy: Policy,
    /// Decision → packet.
    pub drafter: Drafter,
    /// Where records go; `None` keeps nothing, as the command line wants it.
    pub recorder: Option<Arc<Recorder>>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Longest time that the model may take for one conversation, waiting included.
    pub deadline: Duration,
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
    /// The machine gives no random bytes, so no identifier can be made.
    #[error("no random bytes to make an identifier of: {0}")]
    Random(getrandom::Error),
    /// A stage panicked on another thread.
    #[error("a stage of the pipeline failed")]
    Stage,
}

/// Texts longer than this are read on a thread that may block, so that no other request waits.
const LONG_TEXT_BYTES: usize = 32 * 1024;

impl Triage {
    /// Puts the stages together.
    pub fn new(parts: Parts) -> Self {
        Self {
            extractor: Arc::new(parts.extractor),
            model: parts.model,
            policy: ArcSwap::from_pointee(parts.policy),
            drafter: Arc::new(parts.drafter),
            recorder: parts.recorder,
            clock: parts.clock,
            deadline: parts.deadline,
            in_progress: InProgress::default(),
        }
    }

    /// Decides where a conversation goes, drafts the packet, and keeps the record.
    ///
    /// The record is safe before the answer is given; with a key seen before, the first answer is
    /// given again and nothing is done twice.
    ///
    /// # Errors
    /// [`Error::Busy`] if nobody can take the request now, [`Error::KeyReused`] if the key belongs
    /// to another request. A model that fails or is too slow is no error: the decision then goes to
    /// a human.
    pub async fn assess(
        &self,
        conversation: Conversation,
        key: Option<IdempotencyKey>,
    ) -> Result<Assessment, Error> {
        let Some(key) = key else {
            return self.run(conversation, None).await;
        };
        let turn = self.in_progress.turn(&key.key);
        let _alone = turn.slot.lock().await;
        match self.earlier(&conversation, &key).await? {
            Some(answer) => Ok(answer),
            None => self.run(conversation, Some(key)).await,
        }
    }

    /// The stages, in order.
    async fn run(
        &self,
        conversation: Conversation,
        key: Option<IdempotencyKey>,
    ) -> Result<Assessment, Error> {
        let mut watch = Stopwatch::start();
        let now = self.clock.now();
        let policy = self.policy.load_full();
        let conversation = Arc::new(conversation);

        let features = self.features(&conversation).await?;
        watch.lap(Stage::Features);

        let prediction = self.predict(&features).await?;
        watch.lap(Stage::Model);

        let (facts, said) = (&conversation, prediction.as_ref());
        let case = policy::Case { conversation: facts, features: &features, prediction: said, now };
        let decision = policy.decide(&case);
        watch.lap(Stage::Policy);

        let draft = Draft { conversation, features, prediction, decision };
        let (draft, packet) = self.packet(draft).await?;
        watch.lap(Stage::Packet);

        let id = DecisionId::new(now, random()?);
        let model = self.model.identity();
        let record = Record {
            id,
            conversation_id: draft.conversation.id.clone().unwrap_or(ConversationId::from(id)),
            at: now,
            origin: origin(&draft.conversation),
            packet: packet.clone().masked(&draft.features),
            features: Arc::unwrap_or_clone(draft.features),
            prediction: draft.prediction,
            decision: draft.decision,
            model: (model.name, model.version),
            policy: policy.version().to_owned(),
        };
        let (record, durability) = self.keep(record, key, &policy).await;
        watch.lap(Stage::Store);

        metrics::decision_served(&record.decision);
        let durable = durability != Durability::Lost;
        Ok(Assessment { record, packet, durable, timings: watch.laps })
    }

    async fn features(&self, conversation: &Arc<Conversation>) -> Result<Arc<Features>, Error> {
        if text_bytes(conversation) <= LONG_TEXT_BYTES {
            return Ok(Arc::new(self.extractor.extract(conversation)));
        }
        let (extractor, conversation) = (self.extractor.clone(), conversation.clone());
        let read = tokio::task::spawn_blocking(move || extractor.extract(&conversation));
        read.await.map(Arc::new).map_err(|_| Error::Stage)
    }

    /// Asks the model; its failure is an answer without prediction, its full queue an error.
    async fn predict(&self, features: &Arc<Features>) -> Result<Option<Prediction>, Error> {
        let deadline = Instant::now() + self.deadline;
        match self.model.predict(features.clone(), deadline).await {
            Ok(prediction) => Ok(Some(prediction)),
            Err(cause @ (Unavailable::TimedOut | Unavailable::Failed)) => {
                tracing::warn!(%cause, "decided without the model");
                Ok(None)
            }
            Err(cause @ (Unavailable::Overloaded { .. } | Unavailable::Draining)) => {
                Err(Error::Busy(cause))
            }
        }
    }

    async fn packet(&self, draft: Draft) -> Result<(Draft, Packet), Error> {
        if text_bytes(&draft.conversation) <= LONG_TEXT_BYTES {
            let packet = self.drafter.draft(&draft.case());
            return Ok((draft, packet));
        }
        let drafter = self.drafter.clone();
        let written = tokio::task::spawn_blocking(move || {
            let packet = drafter.draft(&draft.case());
            (draft, packet)
        });
        written.await.map_err(|_| Error::Stage)
    }

    /// Stores the record; if that fails, spools it with the decision that a missing store allows.
    async fn keep(
        &self,
        record: Record,
        key: Option<IdempotencyKey>,
        policy: &Policy,
    ) -> (Arc<Record>, Durability) {
        let record = Arc::new(record);
        let Some(recorder) = &self.recorder else { return (record, Durability::Lost) };
        let Err(cause) = recorder.append(record.clone(), key.clone()).await else {
            return (record, Durability::Stored);
        };
        tracing::error!(%cause, decision.id = %record.id, "the record could not be stored");
        let mut record = Arc::unwrap_or_clone(record);
        record.decision = policy.without_store(record.decision);
        let record = Arc::new(record);
        let durability = recorder.spool(record.clone(), key).await;
        (record, durability)
    }

    /// The answer that was given under this key before, packet drafted anew from the same words.
    async fn earlier(
        &self,
        conversation: &Conversation,
        key: &IdempotencyKey,
    ) -> Result<Option<Assessment>, Error> {
        let Some(recorder) = &self.recorder else { return Ok(None) };
        let keyed = match recorder.by_key(&key.key).await {
            Ok(Some(keyed)) => keyed,
            Ok(None) => return Ok(None),
            Err(cause) => {
                // Without the store nobody knows of an earlier answer; a second decision is
                // better than none.
                tracing::error!(%cause, "the idempotency key could not be looked up");
                return Ok(None);
            }
        };
        if keyed.body_digest != key.body_digest {
            return Err(Error::KeyReused);
        }
        let record = Arc::new(keyed.record);
        let case = handoff::Case {
            conversation,
            features: &record.features,
            prediction: record.prediction.as_ref(),
            decision: &record.decision,
        };
        let packet = self.drafter.draft(&case);
        Ok(Some(Assessment { record, packet, durable: true, timings: Vec::new() }))
    }

    /// Says rule by rule what the policy makes of a conversation; keeps nothing.
    ///
    /// # Errors
    /// As [`Triage::assess`].
    pub async fn explain(&self, conversation: Conversation) -> Result<Vec<Explained>, Error> {
        let conversation = Arc::new(conversation);
        let features = self.features(&conversation).await?;
        let prediction = self.predict(&features).await?;
        Ok(self.policy.load().explain(&policy::Case {
            conversation: &conversation,
            features: &features,
            prediction: prediction.as_ref(),
            now: self.clock.now(),
        }))
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// Puts another policy in force: requests that have begun end under the one they began with.
    pub fn replace_policy(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
    }

    /// The model in use.
    pub fn model(&self) -> &Arc<dyn Model> {
        &self.model
    }
}

/// A decision on its way to a packet.
struct Draft {
    conversation: Arc<Conversation>,
    features: Arc<Features>,
    prediction: Option<Prediction>,
    decision: Decision,
}

impl Draft {
    fn case(&self) -> handoff::Case<'_> {
        handoff::Case {
            conversation: &self.conversation,
            features: &self.features,
            prediction: self.prediction.as_ref(),
            decision: &self.decision,
        }
    }
}

/// Requests with an idempotency key that are being answered: the second of two waits for the first.
#[derive(Default)]
struct InProgress(Mutex<HashMap<String, Arc<AsyncMutex<()>>>>);

/// A request's place among those with the same key; forgotten when the last of them is dropped.
struct Turn<'a> {
    all: &'a InProgress,
    key: String,
    slot: Arc<AsyncMutex<()>>,
}

impl InProgress {
    fn turn(&self, key: &str) -> Turn<'_> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(key.to_owned()).or_default().clone();
        Turn { all: self, key: key.to_owned(), slot }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut slots = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One reference is in the map and one is this turn's own.
        if Arc::strong_count(&self.slot) <= 2 {
            slots.remove(&self.key);
        }
    }
}

/// Measures the stages one after the other.
struct Stopwatch {
    last: std::time::Instant,
    laps: Vec<(Stage, Duration)>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { last: std::time::Instant::now(), laps: Vec::with_capacity(5) }
    }

    fn lap(&mut self, stage: Stage) {
        let now = std::time::Instant::now();
        let time = now - std::mem::replace(&mut self.last, now);
        metrics::stage_took(stage, time);
        self.laps.push((stage, time));
    }
}

fn text_bytes(conversation: &Conversation) -> usize {
    conversation.messages.iter().map(|message| message.text.len()).sum()
}

fn origin(conversation: &Conversation) -> Origin {
    Origin {
        channel: conversation.channel,
        stage: conversation.stage,
        customer_id: conversation.customer.id.clone(),
        plan: conversation.customer.plan.clone(),
        ticket_id: conversation.ticket.id.clone(),
        current_tier: conversation.ticket.current_tier,
    }
}

fn random() -> Result<[u8; 10], Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    Ok(bytes)
}
