//! Store and spool together: what the pipeline writes to.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{sync::Mutex as AsyncMutex, time::sleep};

use super::{
    Erased, Error, Event, Key, Keyed, OpenError, Options, Remembered, Spool, Sqlite, Store, keys,
    outage::Outage,
    spool::{Of, Spooled},
};
use crate::domain::{
    Clock, ConversationId, DecisionId, IdempotencyKey, Memory, Receipt, Record, Review, StoreText,
    Timestamp,
};

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// In the store, safe from a power cut.
    Stored,
    /// In the spool, to be written later.
    Spooled,
    /// Nowhere.
    Lost,
}

/// Store and spool together: what the pipeline writes to.
pub struct Recorder {
    store: Arc<dyn Store>,
    spool: Spool,
    outage: Outage,
    store_text: StoreText,
    /// Held by a round of the refill and by an erasure: what a round has read must not reach the
    /// store after "erased" was said.
    moving: AsyncMutex<()>,
}

/// Spooled records that are given to the store together; up to 30, [`join_all`] polls in order.
const REFILL_RECORDS: usize = 30;

/// Pause after the first failed refill; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause between two refills that fail.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Recorder {
    /// Opens the store and the spool that the options name.
    ///
    /// # Errors
    /// Every message names the path and the way out.
    pub async fn open(options: &Options, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let store = Sqlite::open(options, clock).await?;
        let limit = options.spool_max_records.get();
        let spool = Spool::open(options.spool_dir.clone(), limit).await?;
        Ok(Self { store_text: options.store_text, ..Self::new(Arc::new(store), spool) })
    }

    /// Puts a store and a spool together.
    pub fn new(store: Arc<dyn Store>, spool: Spool) -> Self {
        let (outage, moving) = (Outage::default(), AsyncMutex::default());
        Self { store, spool, outage, store_text: StoreText::default(), moving }
    }

    /// How much text of a conversation may be kept; whoever makes a record obeys it.
    pub fn store_text(&self) -> StoreText {
        self.store_text
    }

    /// Keeps a record in the store.
    ///
    /// After a failure the store is left alone for a moment and records are refused at once, so
    /// that not every request waits for what does not come.
    ///
    /// # Errors
    /// The record is not in the store; give it to [`Recorder::spool`].
    pub async fn append(
        &self,
        record: Arc<Record>,
        key: Option<IdempotencyKey>,
        memory: Remembered,
    ) -> Result<(), Error> {
        if !self.outage.may_try() {
            return Err(Error::Unavailable);
        }
        let appended = self.store.append(record, key.map(Key::from), Some(memory)).await;
        self.outage.learn(&appended);
        appended
    }

    /// What is remembered of a conversation; nothing of one that was never seen.
    ///
    /// # Errors
    /// The store cannot be read, or is left alone after a failure.
    pub async fn recall(&self, id: &ConversationId) -> Result<Remembered, Error> {
        if self.outage.rests() {
            return Err(Error::Unavailable);
        }
        let recalled = self.store.recall(id).await;
        if recalled.as_ref().is_err_and(Error::is_outage) {
            self.outage.learn(&recalled);
        }
        Ok(recalled?.unwrap_or_default())
    }

    /// Keeps what a person did with a conversation.
    ///
    /// # Errors
    /// The store fails, or the conversation has changed since it was recalled.
    pub async fn remember(
        &self,
        id: &ConversationId,
        memory: Remembered,
        event: Event,
    ) -> Result<(), Error> {
        self.store.remember(id, memory, event).await
    }

    /// Keeps a record in the spool until the store takes it.
    pub async fn spool(
        &self,
        record: Arc<Record>,
        key: Option<IdempotencyKey>,
        memory: Memory,
    ) -> Durability {
        let (id, memory) = (record.id, Some(memory));
        match self.spool.put(Spooled { record, key: key.map(Key::from), memory }).await {
            Ok(()) => Durability::Spooled,
            Err(cause) => {
                tracing::error!(%cause, decision.id = %id, "the record is lost: no spool either");
                Durability::Lost
            }
        }
    }

    /// The decision that was taken under an idempotency key, with the digest of its body.
    ///
    /// # Errors
    /// The store or the spool cannot be read.
    pub async fn by_key(&self, key: &str) -> Result<Option<Keyed>, Error> {
        if let Some(id) = self.spool.by_key(key)
            && let Some(Spooled { record, key: Some(found), .. }) = self.spooled_record(id).await?
            && found.digest == keys::digest(key)
        {
            let record = Arc::unwrap_or_clone(record);
            return Ok(Some(Keyed { body_digest: found.body_digest, record }));
        }
        self.store.by_key(key).await
    }

    /// The record of that decision, in the store or on its way there.
    ///
    /// # Errors
    /// The store or the spool cannot be read.
    pub async fn decision(&self, id: DecisionId) -> Result<Option<Record>, Error> {
        if let Some(spooled) = self.spooled_record(id).await? {
            return Ok(Some(Arc::unwrap_or_clone(spooled.record)));
        }
        self.store.decision(id).await
    }

    /// Erases a conversation in store and spool; returns how many records that were.
    ///
    /// # Errors
    /// Not everything is erased; ask again.
    pub async fn erase_conversation(&self, id: &ConversationId) -> Result<u64, Error> {
        let _alone = self.moving.lock().await;
        let spooled = self.spool.erase(Of::Conversation(id)).await.map_err(Error::Spool)?;
        Ok(spooled + self.store.erase_conversation(id).await?)
    }

    /// Erases a customer in store and spool; returns how many records that were.
    ///
    /// # Errors
    /// Not everything is erased; ask again.
    pub async fn erase_customer(&self, id: &str) -> Result<u64, Error> {
        let _alone = self.moving.lock().await;
        let spooled = self.spool.erase(Of::Customer(id)).await.map_err(Error::Spool)?;
        Ok(spooled + self.store.erase_customer(id).await?)
    }

    /// Erases the oldest records that were taken before a time, at most so many of the store's;
    /// returns how many that were, store and spool together.
    ///
    /// # Errors
    /// Not everything is erased; ask again.
    pub async fn erase_before(&self, before: Timestamp, at_most: u32) -> Result<Erased, Error> {
        let _alone = self.moving.lock().await;
        let spooled = self.spool.erase(Of::Before(before)).await.map_err(Error::Spool)?;
        let stored = self.store.erase_before(before, at_most).await?;
        Ok(Erased { records: spooled + stored.records, ..stored })
    }

    /// Keeps what a receiver made of a packet, as [`Store::confirm`] does.
    ///
    /// # Errors
    /// The store does not work, or the decision is still on its way there.
    pub async fn confirm(
        &self,
        id: DecisionId,
        receipt: &Receipt,
    ) -> Result<Option<Receipt>, Error> {
        let kept = self.store.confirm(id, receipt).await?;
        if kept.is_none() && self.spool.holds(id) {
            return Err(Error::Unavailable);
        }
        Ok(kept)
    }

    /// What receivers made of a packet, in the order of their confirmations.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn receipts(&self, id: DecisionId) -> Result<Vec<Receipt>, Error> {
        // What has not reached the store was confirmed by nobody.
        if self.spool.holds(id) {
            return Ok(Vec::new());
        }
        self.store.receipts(id).await
    }

    /// Keeps what a person says of a decision, as [`Store::review`] does.
    ///
    /// # Errors
    /// The store does not work, or the decision is still on its way there.
    pub async fn review(&self, id: DecisionId, review: &Review) -> Result<Option<Review>, Error> {
        let kept = self.store.review(id, review).await?;
        if kept.is_none() && self.spool.holds(id) {
            return Err(Error::Unavailable);
        }
        Ok(kept)
    }

    /// Moves spooled records into the store for as long as the process runs; spawn it once.
    ///
    /// It may be dropped at any point: a record leaves the spool only after the store has it.
    pub async fn run_refill(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            self.spool.filled().await;
            match self.refill().await {
                Ok(moved) => {
                    tracing::info!(records = moved, "spooled records are in the store");
                    pause = FIRST_PAUSE;
                }
                Err(cause) => {
                    let records = self.spool.len();
                    tracing::warn!(%cause, records, "spooled records have to wait");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Moves what is in the spool into the store, oldest first; returns how many records.
    ///
    /// # Errors
    /// The store or the spool fails; what has not moved is still in the spool.
    pub async fn refill(&self) -> Result<usize, Error> {
        let mut moved = 0;
        while let Some(records) = self.refill_round().await? {
            moved += records;
        }
        Ok(moved)
    }

    /// Moves the oldest records in one commit; `None` if none wait.
    async fn refill_round(&self) -> Result<Option<usize>, Error> {
        let _alone = self.moving.lock().await;
        let ids = self.spool.oldest(REFILL_RECORDS);
        if ids.is_empty() {
            return Ok(None);
        }
        let mut records = Vec::with_capacity(ids.len());
        for id in ids {
            records.extend(self.spooled_record(id).await?);
        }
        let memories = self.memories(&records).await?;
        // Together they share a commit; in order, since each is queued when first polled.
        let appends = records.iter().zip(memories).map(|(spooled, memory)| {
            self.store.append(spooled.record.clone(), spooled.key, memory)
        });
        let outcomes = join_all(appends).await;
        let (mut moved, mut failure) = (0, None);
        for (spooled, outcome) in records.iter().zip(outcomes) {
            let outcome = match outcome {
                Err(Error::KeyTaken | Error::Stale) => self.move_alone(spooled).await,
                outcome => outcome,
            };
            let record = &spooled.record;
            self.outage.learn(&outcome);
            match outcome {
                Ok(()) | Err(Error::AlreadyStored { .. }) => {
                    self.spool.remove(record.id).await.map_err(Error::Spool)?;
                    moved += 1;
                }
                Err(Error::Refused { source, .. }) => {
                    tracing::error!(cause = %source, "the store refuses a spooled record");
                    self.spool.set_aside(record.id).await.map_err(Error::Spool)?;
                }
                Err(cause) => failure = Some(cause),
            }
        }
        failure.map_or(Ok(Some(moved)), Err)
    }

    /// What the conversations of some records are to be remembered by once these are stored, one
    /// after the other.
    async fn memories(&self, records: &[Spooled]) -> Result<Vec<Option<Remembered>>, Error> {
        let mut latest: HashMap<&ConversationId, Remembered> = HashMap::new();
        let mut memories = Vec::with_capacity(records.len());
        for Spooled { record, memory, .. } in records {
            let Some(memory) = memory else {
                memories.push(None);
                continue;
            };
            let id = &record.conversation_id;
            let mut remembered = match latest.remove(id) {
                Some(earlier) => earlier,
                None => self.store.recall(id).await?.unwrap_or_default(),
            };
            remembered.memory.absorb(memory.clone());
            memories.push(Some(remembered.clone()));
            remembered.version += 1;
            latest.insert(id, remembered);
        }
        Ok(memories)
    }

    /// Moves a record whose conversation somebody else writes to, or whose key somebody else has:
    /// its caller has the answer, so the record stays, and the key with whoever has it.
    async fn move_alone(&self, spooled: &Spooled) -> Result<(), Error> {
        let mut key = spooled.key;
        loop {
            let memory = self.memories(std::slice::from_ref(spooled)).await?.pop().flatten();
            match self.store.append(spooled.record.clone(), key, memory).await {
                Err(Error::KeyTaken) => key = None,
                Err(Error::Stale) => {}
                outcome => return outcome,
            }
        }
    }

    /// Writes what is waiting and closes the store; what is in the spool stays there.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// The store itself, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Records that wait in the spool.
    pub fn spooled(&self) -> usize {
        self.spool.len()
    }

    async fn spooled_record(&self, id: DecisionId) -> Result<Option<Spooled>, Error> {
        self.spool.get(id).await.map_err(Error::Spool)
    }
}
