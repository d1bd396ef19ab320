//! Around a decision: what the store remembers before it, and keeping its record after it.

use std::sync::Arc;

use super::{Assessment, Decided, Error, Triage, offload, text_bytes};
use crate::{
    domain::{
        Conversation, ConversationId, Features, IdempotencyKey, Memory, Prediction, Record,
        StoreText,
    },
    handoff,
    policy::{self, Policy},
    store::{self, Durability, Remembered},
};

/// What is known of a conversation's earlier requests.
pub(super) enum Recalled {
    /// What the store says; nothing, for a conversation that it has never seen.
    Known(Remembered),
    /// The store cannot say: the transcript alone has to do.
    Unknown,
}

impl Recalled {
    /// The memory with its version, where the store has said it.
    pub(super) fn into_parts(self) -> (Memory, Option<i64>) {
        match self {
            Self::Known(Remembered { memory, version }) => (memory, Some(version)),
            Self::Unknown => (Memory::default(), None),
        }
    }
}

/// What became of a record.
pub(super) enum Kept {
    /// It is as safe as it can be.
    Safe(Arc<Record>, Durability),
    /// The conversation has changed since its memory was read; nothing was written.
    Stale(Box<Record>),
}

impl Triage {
    /// Asks the store what it remembers of a conversation; nothing of one without a name.
    pub(super) async fn recall(&self, id: Option<&ConversationId>) -> Recalled {
        let (Some(recorder), Some(id)) = (&self.recorder, id) else {
            return Recalled::Known(Remembered::default());
        };
        match recorder.recall(id).await {
            Ok(remembered) => Recalled::Known(remembered),
            Err(cause) => {
                tracing::error!(%cause, "decided without what the store remembers");
                Recalled::Unknown
            }
        }
    }

    /// Stores the record; if that fails, spools it with the decision that a missing store allows.
    pub(super) async fn keep(
        &self,
        decided: Decided,
        key: Option<IdempotencyKey>,
        policy: &Policy,
    ) -> Result<Kept, Error> {
        let Decided { record, memory, version, .. } = decided;
        let mut record = Arc::new(record);
        let Some(recorder) = &self.recorder else {
            return Ok(Kept::Safe(record, Durability::Lost));
        };
        if let Some(version) = version {
            let remembered = Remembered { memory: memory.clone(), version };
            let cause = match recorder.append(record.clone(), key.clone(), remembered).await {
                Ok(()) => return Ok(Kept::Safe(record, Durability::Stored)),
                Err(store::Error::KeyTaken) => return Err(Error::KeyTaken),
                Err(store::Error::Stale) => {
                    return Ok(Kept::Stale(Box::new(Arc::unwrap_or_clone(record))));
                }
                Err(cause) => cause,
            };
            tracing::error!(%cause, decision.id = %record.id, "the record could not be stored");
        }
        let lowered = Arc::make_mut(&mut record);
        lowered.decision = policy.without_store(lowered.decision.clone());
        let durability = recorder.spool(record.clone(), key, memory).await;
        Ok(Kept::Safe(record, durability))
    }

    /// The answer that was given under this key before, packet drafted anew from the same words.
    pub(super) async fn earlier(
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
        let (drafter, said, kept) = (self.drafter.clone(), conversation.clone(), record.clone());
        let extractor = self.in_force.load().extractor.clone();
        let draft = move || {
            // A record without text has no features to draft from; the same words give them again.
            let read = (kept.store_text == StoreText::Nothing).then(|| extractor.extract(&said));
            drafter.draft(&handoff::Case {
                conversation: &said,
                features: read.as_ref().unwrap_or(&kept.features),
                prediction: kept.prediction.as_ref(),
                decision: &kept.decision,
            })
        };
        let packet = offload(text_bytes(conversation), draft).await?;
        Ok(Some(Assessment { record, packet, durable: true, timings: Vec::new() }))
    }
}

/// Takes a transcript into what is remembered.
pub(super) fn remember(
    memory: &mut Memory,
    conversation: &Conversation,
    features: &Features,
    prediction: Option<&Prediction>,
) {
    let is_news = memory.learn(policy::marks(conversation, features, prediction));
    if let Some(prediction) = prediction.filter(|_| is_news) {
        memory.feel(prediction.sentiment.label);
    }
}
