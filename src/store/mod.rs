//! What is kept: decision records, append-only and hash-chained, and the spool for bad days.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{
    Band, ConversationId, DecisionId, IdempotencyKey, Intent, Record, RoleId, Tier, Timestamp,
};

/// A place that keeps decision records.
#[async_trait]
pub trait Store: Send + Sync {
    /// Keeps a record; returns once it would survive a power cut.
    async fn append(&self, record: Arc<Record>, key: Option<IdempotencyKey>) -> Result<(), Error>;

    /// The record of that decision.
    async fn decision(&self, id: DecisionId) -> Result<Option<Record>, Error>;

    /// The decision that was taken under an idempotency key, with the digest of its body.
    async fn by_key(&self, key: &str) -> Result<Option<Keyed>, Error>;

    /// A page of records, newest first.
    async fn decisions(&self, filter: &Filter, page: Page) -> Result<Listing, Error>;

    /// Walks the whole chain and checks every digest.
    async fn verify(&self) -> Result<ChainReport, Error>;
}

/// A decision taken under an idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    /// SHA-256 over key and body of the first request.
    pub body_digest: [u8; 32],
    /// Its record.
    pub record: Record,
}

/// Which records are wanted; an absent field matches all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// With this band.
    pub band: Option<Band>,
    /// With this tier.
    pub tier: Option<Tier>,
    /// With this role.
    pub role: Option<RoleId>,
    /// With this most probable intent.
    pub intent: Option<Intent>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// Reviewed by an agent or not.
    pub reviewed: Option<bool>,
}

/// Which page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Continue after this cursor, as the previous page gave it.
    pub after: Option<Cursor>,
    /// At most this many records.
    pub limit: u32,
}

/// Where a page ended: the place of its last record in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub i64);

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Newest first.
    pub records: Vec<Record>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// What a walk over the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// Records in the chain.
    pub records: u64,
    /// Of these, erased: payload and salt are gone, the digest still stands.
    pub erased: u64,
    /// Place of the first record whose digest does not fit; `None` if all fit.
    pub broken_at: Option<i64>,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database says no.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored record cannot be read.
    #[error("the stored record of decision {id} cannot be read: {source}")]
    Unreadable {
        /// Which.
        id: String,
        /// Why.
        source: serde_json::Error,
    },
    /// The writer is gone.
    #[error("the store is closed")]
    Closed,
}

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
}

impl Recorder {
    /// Keeps a record in the store.
    pub async fn append(
        &self,
        record: Arc<Record>,
        key: Option<IdempotencyKey>,
    ) -> Result<(), Error> {
        self.store.append(record, key).await
    }

    /// Keeps a record in the spool until the store takes it.
    pub async fn spool(&self, record: Arc<Record>, key: Option<IdempotencyKey>) -> Durability {
        todo!("{record:?} {key:?}")
    }

    /// The decision that was taken under an idempotency key, with the digest of its body.
    pub async fn by_key(&self, key: &str) -> Result<Option<Keyed>, Error> {
        self.store.by_key(key).await
    }

    /// The record of that decision, from the store or from the spool.
    pub async fn decision(&self, id: DecisionId) -> Result<Option<Record>, Error> {
        self.store.decision(id).await
    }

    /// Records that wait in the spool.
    pub fn spooled(&self) -> usize {
        0
    }

    /// The store itself, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }
}
