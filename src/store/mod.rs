//! What is kept: decision records, append-only and hash-chained, and the spool for bad days.
//!
//! [`Recorder`] is what the pipeline writes to: it puts a [`Store`] and a [`Spool`] together.
//! [`Sqlite`] is the store; `chain.rs` says what is hashed and what the chain can show.

mod alarms;
mod archive;
mod aside;
mod audits;
mod chain;
mod contract;
mod draw;
mod entry;
mod episodes;
mod erase;
mod export;
mod file_id;
mod folder;
mod head;
mod job;
mod keys;
mod ledger;
mod listing;
mod memory;
mod open;
mod options;
mod outage;
mod policies;
mod receipts;
mod recorder;
mod retention;
mod reviews;
mod sampler;
mod spool;
mod sqlite;
mod stretch;
mod sums;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::error::Category;

use crate::{
    domain::{AuditId, ConversationId, DecisionId, Receipt, Record, Resolution, Review, Timestamp},
    monitor::Contract,
};

pub use alarms::{Alarms, Look, Unwatched, Wanted};
pub use archive::{Archive, Portion, Reviewed};
pub use audits::{Audit, Offer};
pub use contract::Promise;
pub use draw::AuditOptions;
pub use erase::Erased;
pub use export::{Cell, Choice, Export, Named, Table};
pub use keys::Key;
pub use ledger::Ledger;
pub use listing::{Cursor, Filter, Listing, Page, Summary};
pub use memory::{Event, EventKind, Remembered};
pub use open::OpenError;
pub use options::{Invalid, Options};
pub use policies::{Draft, Policies, Revision};
pub use recorder::{Durability, Recorder};
pub use retention::Retention;
pub use spool::Spool;
pub use sqlite::Sqlite;
pub use stretch::{Extent, Kept, Past, Stretch, Window};
pub use sums::Hour;

/// A place that keeps decision records.
#[async_trait]
pub trait Store: Alarms + Send + Sync {
    /// Keeps a record, and what its conversation is remembered by from now on; returns once both
    /// would survive a power cut.
    async fn append(
        &self,
        record: Arc<Record>,
        key: Option<Key>,
        memory: Option<Remembered>,
    ) -> Result<(), Error>;

    /// What is remembered of a conversation.
    async fn recall(&self, id: &ConversationId) -> Result<Option<Remembered>, Error>;

    /// Keeps what a person did with a conversation, and what is remembered from now on.
    async fn remember(
        &self,
        id: &ConversationId,
        memory: Remembered,
        event: Event,
    ) -> Result<(), Error>;

    /// Handoffs of high or critical severity that nobody has picked up since before that moment.
    async fn overdue(&self, before: Timestamp) -> Result<u64, Error>;

    /// The record of that decision.
    async fn decision(&self, id: DecisionId) -> Result<Option<Record>, Error>;

    /// True if that decision was taken and is erased since.
    async fn is_erased(&self, id: DecisionId) -> Result<bool, Error>;

    /// The decision that was taken under an idempotency key, with the digest of its body.
    async fn by_key(&self, key: &str) -> Result<Option<Keyed>, Error>;

    /// A page of summaries, newest first.
    async fn decisions(&self, filter: &Filter, page: Page) -> Result<Listing, Error>;

    /// What lies in a window of time now; with `at_most`, of its newest decisions.
    async fn extent(&self, window: &Window, at_most: Option<u32>) -> Result<Extent, Error>;

    /// The decisions of a window behind a place, up to the end of its extent: at most `limit`, in
    /// the order of the chain, with what people have said of them.
    async fn stretch(
        &self,
        window: &Window,
        places: (Cursor, Cursor),
        limit: u32,
    ) -> Result<Stretch, Error>;

    /// Walks the whole chain and checks every digest.
    async fn verify(&self) -> Result<ChainReport, Error>;

    /// Erases texts and identifiers of a conversation; returns how many records that were.
    async fn erase_conversation(&self, id: &ConversationId) -> Result<u64, Error>;

    /// Erases texts and identifiers of a customer; returns how many records that were.
    async fn erase_customer(&self, id: &str) -> Result<u64, Error>;

    /// Erases the oldest records taken before a time, as above, and the names of the oldest
    /// outcomes, at most so many of each; says whether more may be left.
    async fn erase_before(&self, before: Timestamp, at_most: u32) -> Result<Erased, Error>;

    /// Keeps what a receiver made of a packet: one receipt per person, the latest wins. Returns it
    /// with the time that counts, which is the earlier one if nothing has changed since; `None` if
    /// there is no such decision.
    async fn confirm(&self, id: DecisionId, receipt: &Receipt) -> Result<Option<Receipt>, Error>;

    /// What receivers made of a packet, in the order of their confirmations.
    async fn receipts(&self, id: DecisionId) -> Result<Vec<Receipt>, Error>;

    /// Keeps what a person says of a decision: one review per person, the latest wins. Returns it
    /// with the time that counts, which is the earlier one if nothing has changed since; `None` if
    /// there is no such decision, or if they have audited it.
    async fn review(&self, id: DecisionId, review: &Review) -> Result<Option<Review>, Error>;

    /// What people say of a decision, in the order they came.
    async fn reviews(&self, id: DecisionId) -> Result<Vec<Review>, Error>;

    /// True if a decision counts for its episode: the first that was acted on, else the last.
    async fn is_of_record(&self, id: DecisionId) -> Result<bool, Error>;

    /// Gives an audit to an auditor for the time of the lease: the one they have, else the one
    /// that was offered least and waits longest; `None` if none is left that they did not review.
    async fn next_audit(&self, by: &str, now: Timestamp) -> Result<Option<Offer>, Error>;

    /// How far an audit has come.
    async fn audit(&self, id: &AuditId) -> Result<Option<Audit>, Error>;

    /// Keeps the answer of the auditor who has the audit, once; false if it is not theirs or no
    /// longer open, or if they have reviewed the decision.
    async fn answer(&self, id: &AuditId, answer: &Review) -> Result<bool, Error>;

    /// Audits that wait for an answer.
    async fn audits_waiting(&self) -> Result<u64, Error>;

    /// Keeps what became of a conversation, whether a decision of it is known or not; later values
    /// win. Returns all that is known now.
    async fn resolve(
        &self,
        id: &ConversationId,
        resolution: &Resolution,
        at: Timestamp,
    ) -> Result<Resolution, Error>;

    /// What became of a conversation, as far as anybody has said.
    async fn resolution(&self, id: &ConversationId) -> Result<Option<Resolution>, Error>;

    /// Keeps a policy that is about to be in force, and the one that it replaces if that is not the
    /// latest already. Returns its place in the history.
    async fn keep_policy(&self, draft: Draft) -> Result<i64, Error>;

    /// The policies that were put in force.
    fn policies(&self) -> Policies;

    /// What the decisions of a model version add up to, hour by hour, oldest first, for the hours
    /// that began from the first time to before the second.
    async fn hours(&self, model: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Hour>, Error>;

    /// The promise about automatic decisions as it stands; `None` before the first.
    async fn contract(&self) -> Result<Option<Contract>, Error>;

    /// Promises anew, under another certificate than before; does nothing under the same one, or
    /// under one that was broken.
    async fn promise(&self, promise: Promise) -> Result<(), Error>;

    /// Counts automatic decisions taken before a time as overridden or not, each once, in order;
    /// true if there may be more.
    async fn settle(&self, before: Timestamp, now: Timestamp) -> Result<bool, Error>;

    /// What reports read.
    fn ledger(&self) -> Ledger;

    /// Writes what waits, then closes; later calls fail with [`Error::Closed`].
    async fn close(&self);
}

/// A decision taken under an idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    /// SHA-256 over key and body of the first request.
    pub body_digest: [u8; 32],
    /// Its record.
    pub record: Record,
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
    /// Digest of the last record that fits. Noted elsewhere, it shows even a chain that somebody
    /// computed anew.
    pub head: [u8; 32],
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database says no; everybody in the same commit gets the same cause.
    #[error("the database refused: {0}")]
    Database(Arc<sqlx::Error>),
    /// The database cannot be opened again after a failure.
    #[error(transparent)]
    Open(Arc<OpenError>),
    /// The database file is not the one that was opened.
    #[error("{} was deleted or replaced while it was open; put it back", .0.display())]
    Moved(PathBuf),
    /// The record was not written in time.
    #[error("the database did not answer within {0:?}")]
    TimedOut(Duration),
    /// The store failed a moment ago and is left alone.
    #[error("the database failed a moment ago and is left alone for now")]
    Unavailable,
    /// This decision has a record.
    #[error("decision {id} is stored already")]
    AlreadyStored {
        /// Which.
        id: String,
    },
    /// Somebody else has changed what is remembered of the conversation; nothing was written.
    #[error("the conversation has changed meanwhile; read it again")]
    Stale,
    /// Another decision was stored under this idempotency key; nothing was written.
    #[error("another decision holds this idempotency key")]
    KeyTaken,
    /// This one record is against the rules of the tables.
    #[error("the database does not take the record of decision {id}: {source}")]
    Refused {
        /// Which.
        id: String,
        /// Why.
        source: sqlx::Error,
    },
    /// A stored record cannot be read.
    #[error("the stored record of decision {id} cannot be read: {source}")]
    Unreadable {
        /// Which.
        id: String,
        /// Why.
        source: Malformed,
    },
    /// The spool cannot be read or written.
    #[error("the spool cannot be used: {0}")]
    Spool(#[source] io::Error),
    /// The machine gives no random bytes.
    #[error("no random bytes to salt a record with: {0}")]
    Random(getrandom::Error),
    /// The writer is gone.
    #[error("the store is closed")]
    Closed,
}

/// Where a text is no record. The parser's own message is left out: it quotes what it found, and
/// that may be a customer's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line}, column {column}; restore it from a backup")]
pub struct Malformed {
    kind: &'static str,
    line: usize,
    column: usize,
}

impl Malformed {
    /// A column holds what this version does not know.
    const VALUE: Self = Self { kind: "a value of the wrong kind", line: 0, column: 0 };
}

impl From<serde_json::Error> for Malformed {
    fn from(cause: serde_json::Error) -> Self {
        let kind = match cause.classify() {
            Category::Io => "an input or output error",
            Category::Syntax => "a syntax error",
            Category::Data => "a value of the wrong kind",
            Category::Eof => "an early end",
        };
        Self { kind, line: cause.line(), column: cause.column() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        Self::Database(Arc::new(cause))
    }
}

impl Error {
    /// True if the store as a whole does not work, rather than one record being at fault.
    fn is_outage(&self) -> bool {
        match self {
            Self::Database(_)
            | Self::Open(_)
            | Self::Moved(_)
            | Self::TimedOut(_)
            | Self::Unavailable => true,
            Self::AlreadyStored { .. }
            | Self::KeyTaken
            | Self::Stale
            | Self::Refused { .. }
            | Self::Unreadable { .. }
            | Self::Spool(_)
            | Self::Random(_)
            | Self::Closed => false,
        }
    }
}
