//! A record on its way into the database: serialised, salted and digested by whoever brings it,
//! so that the one writer has little left to do.

use std::sync::Arc;

use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

use super::{
    Error,
    chain::{Digest, Facts, Head, Personal, Salt},
    keys::{self, Key},
    memory::{Remembered, Row},
    sums::{Cells, Share, upsert},
};
use crate::domain::{Action, Band, Record, StoreText};

/// Writes one record, the memory of its conversation and whether it counts for its episode; none
/// of them, if the memory is no longer the one that was read (`$17`; null leaves memories alone).
///
/// For an episode counts the first decision that was acted on, else the last.
///
/// Parameters are `$N`, not `?N`: the library counts the gaps that `?N` leaves between the numbers
/// of one statement as parameters, and leaves the last of a later statement unbound.
macro_rules! insert {
    () => {
        "INSERT INTO decisions (seq, id, at_ms, mode, band, action, tier, role, intent, \
         confidence, payload_digest, chain, conversation_id, customer_id, salt, payload) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 \
         WHERE $17 IS NULL OR $17 = \
         coalesce((SELECT version FROM conversations WHERE conversation_id = $13), 0); \
         INSERT INTO conversations (conversation_id, customer_id, version, at_ms, \
         waiting_since_ms, waiting_severity, memory) \
         SELECT $13, $14, $17 + 1, $3, $18, $19, $20 WHERE $17 IS NOT NULL AND changes() = 1 \
         ON CONFLICT (conversation_id) DO UPDATE SET \
         customer_id = coalesce(excluded.customer_id, customer_id), version = excluded.version, \
         at_ms = excluded.at_ms, waiting_since_ms = excluded.waiting_since_ms, \
         waiting_severity = excluded.waiting_severity, memory = excluded.memory; \
         INSERT INTO episodes (conversation_id, episode, seq, acted) SELECT $13, $21, $1, $22 \
         WHERE EXISTS (SELECT 1 FROM decisions WHERE seq = $1 AND id = $2) \
         ON CONFLICT (conversation_id, episode) DO UPDATE SET seq = excluded.seq, \
         acted = excluded.acted WHERE acted = 0"
    };
}

/// Writes one record within a transaction.
const INSERT: &str = insert!();

/// Writes one record as a transaction of its own. Where it was not written, the head gets a null,
/// which the table refuses.
const ALONE: &str = concat!(
    "BEGIN IMMEDIATE; ",
    insert!(),
    "; ",
    upsert!("$23, $24, $25, $26, $27"),
    "; UPDATE chain_head SET digest = $12, \
     records = CASE WHEN EXISTS (SELECT 1 FROM decisions WHERE seq = $1) THEN $1 END \
     WHERE records < $1; COMMIT"
);

/// Texts longer than this are serialised on a thread that may block.
const LONG_TEXT_BYTES: usize = 64 * 1024;

/// A record, ready to be written.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) facts: Facts,
    conversation: String,
    customer: Option<String>,
    salt: Salt,
    payload: String,
    payload_digest: Digest,
    memory: Option<Row>,
    episode: u32,
    acted: bool,
    /// It is automatic, and a person can read it later.
    pub(super) may_be_audited: bool,
    /// What it adds to the sums of its hour.
    pub(super) share: Share,
    pub(super) key: Option<Key>,
}

impl Entry {
    /// Seals a record with fresh salt.
    ///
    /// # Errors
    /// The machine gives no random bytes, or the record has no JSON form.
    pub(super) fn seal(
        record: &Record,
        key: Option<Key>,
        memory: Option<&Remembered>,
    ) -> Result<Self, Error> {
        let mut salt = Salt::default();
        getrandom::fill(&mut salt).map_err(Error::Random)?;
        let unreadable = |source: serde_json::Error| Error::Unreadable {
            id: record.id.to_string(),
            source: source.into(),
        };
        let payload = serde_json::to_string(record).map_err(unreadable)?;
        let memory = memory.map(Row::of).transpose().map_err(unreadable)?;
        let conversation = record.conversation_id.as_str().to_owned();
        let customer = record.origin.customer_id.clone();
        let payload_digest = Personal {
            salt: &salt,
            conversation: &conversation,
            customer: customer.as_deref(),
            payload: &payload,
        }
        .digest();
        let is_readable = record.store_text != StoreText::Nothing;
        Ok(Self {
            facts: Facts::of(record),
            conversation,
            customer,
            salt,
            payload,
            payload_digest,
            memory,
            episode: record.standing.episode,
            // A suggestion is acted on once somebody has reviewed it.
            acted: record.decision.action != Action::Suggest,
            may_be_audited: record.decision.band == Band::Auto && is_readable,
            share: Share::of(record),
            key,
        })
    }

    /// Writes the record as a transaction of its own at the end of the chain, together with what
    /// its hour adds up to then; returns the new end.
    ///
    /// An error may leave the transaction open.
    pub(super) async fn insert_alone(
        &self,
        connection: &mut SqliteConnection,
        head: Head,
        hour: Cells,
    ) -> Result<Head, sqlx::Error> {
        let next = head.then(&self.facts, &self.payload_digest);
        let key = &self.share.key;
        self.bound(ALONE, &next)
            .bind(key.hour_ms)
            .bind(&key.model)
            .bind(key.channel)
            .bind(hour.counts)
            .bind(hour.vector)
            .execute(connection)
            .await?;
        Ok(next)
    }

    /// Writes the record at the end of the chain; returns the new end, or `None` if the memory of
    /// its conversation is no longer the one that was read.
    ///
    /// A statement that fails because of the record itself leaves the transaction usable.
    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
        head: Head,
    ) -> Result<Option<Head>, sqlx::Error> {
        let next = head.then(&self.facts, &self.payload_digest);
        let written = self.bound(INSERT, &next).execute(connection).await?;
        Ok((written.rows_affected() > 0).then_some(next))
    }

    /// A statement that begins with the columns of a record.
    fn bound<'a>(
        &'a self,
        statement: &'static str,
        at: &'a Head,
    ) -> Query<'a, Sqlite, SqliteArguments> {
        let facts = &self.facts;
        sqlx::query(statement)
            .bind(at.seq)
            .bind(&facts.id)
            .bind(facts.at_ms)
            .bind(&facts.mode)
            .bind(&facts.band)
            .bind(&facts.action)
            .bind(facts.tier)
            .bind(&facts.role)
            .bind(&facts.intent)
            .bind(facts.confidence)
            .bind(&self.payload_digest[..])
            .bind(&at.digest[..])
            .bind(&self.conversation)
            .bind(&self.customer)
            .bind(&self.salt[..])
            .bind(&self.payload)
            .bind(self.memory.as_ref().map(|row| row.version))
            .bind(self.memory.as_ref().and_then(|row| row.waiting_since_ms))
            .bind(self.memory.as_ref().and_then(|row| row.waiting_severity))
            .bind(self.memory.as_ref().map(|row| &row.memory))
            .bind(self.episode)
            .bind(self.acted)
    }

    /// Writes the idempotency key, if the request had one.
    pub(super) async fn insert_key(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        match self.key_use() {
            Some(used) => used.insert(connection).await,
            None => Ok(()),
        }
    }

    /// True if another decision was stored under the request's key.
    pub(super) async fn key_is_taken(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<bool, sqlx::Error> {
        match self.key_use() {
            Some(used) => used.is_taken(connection).await,
            None => Ok(false),
        }
    }

    fn key_use(&self) -> Option<keys::Use<'_>> {
        let (decision, at_ms) = (self.facts.id.as_str(), self.facts.at_ms);
        self.key.as_ref().map(|key| keys::Use { key, decision, at_ms })
    }
}

/// Seals a record, a long one where it holds up nobody.
pub(super) async fn sealed(
    record: Arc<Record>,
    key: Option<Key>,
    memory: Option<Remembered>,
) -> Result<Entry, Error> {
    let bytes: usize = record.features.messages.iter().map(|text| text.masked.len()).sum();
    if bytes <= LONG_TEXT_BYTES {
        return Entry::seal(&record, key, memory.as_ref());
    }
    let seal = move || Entry::seal(&record, key, memory.as_ref());
    tokio::task::spawn_blocking(seal).await.unwrap_or(Err(Error::Closed))
}
