//! A record on its way into the database: serialised, salted and digested by whoever brings it,
//! so that the one writer has little left to do.

use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

use super::{
    Error,
    chain::{Digest, Facts, Head, Personal, Salt},
    keys::{self, Key},
};
use crate::domain::Record;

/// Writes one record; what follows the name of the table is the same in both statements below.
macro_rules! insert {
    () => {
        "INSERT INTO decisions (seq, id, at_ms, mode, band, action, tier, role, intent, \
         confidence, payload_digest, chain, conversation_id, customer_id, salt, payload) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    };
}

/// Writes one record within a transaction.
const INSERT: &str = insert!();

/// Writes one record as a transaction of its own.
const ALONE: &str = concat!(
    "BEGIN IMMEDIATE; ",
    insert!(),
    "; UPDATE chain_head SET records = ?, digest = ? WHERE records < ?; COMMIT"
);

/// A record, ready to be written.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) facts: Facts,
    conversation: String,
    customer: Option<String>,
    salt: Salt,
    payload: String,
    payload_digest: Digest,
    pub(super) key: Option<Key>,
}

impl Entry {
    /// Seals a record with fresh salt.
    ///
    /// # Errors
    /// The machine gives no random bytes, or the record has no JSON form.
    pub(super) fn seal(record: &Record, key: Option<Key>) -> Result<Self, Error> {
        let mut salt = Salt::default();
        getrandom::fill(&mut salt).map_err(Error::Random)?;
        let payload = serde_json::to_string(record).map_err(|source| Error::Unreadable {
            id: record.id.to_string(),
            source: source.into(),
        })?;
        let conversation = record.conversation_id.as_str().to_owned();
        let customer = record.origin.customer_id.clone();
        let payload_digest = Personal {
            salt: &salt,
            conversation: &conversation,
            customer: customer.as_deref(),
            payload: &payload,
        }
        .digest();
        let facts = Facts::of(record);
        Ok(Self { facts, conversation, customer, salt, payload, payload_digest, key })
    }

    /// Writes the record as a transaction of its own at the end of the chain; returns the new end.
    ///
    /// An error may leave the transaction open.
    pub(super) async fn insert_alone(
        &self,
        connection: &mut SqliteConnection,
        head: Head,
    ) -> Result<Head, sqlx::Error> {
        let next = head.then(&self.facts, &self.payload_digest);
        let written = self.bound(ALONE, &next).bind(next.seq).bind(&next.digest[..]);
        written.bind(next.seq).execute(connection).await?;
        Ok(next)
    }

    /// Writes the record at the end of the chain; returns the new end.
    ///
    /// A statement that fails because of the record itself leaves the transaction usable.
    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
        head: Head,
    ) -> Result<Head, sqlx::Error> {
        let next = head.then(&self.facts, &self.payload_digest);
        self.bound(INSERT, &next).execute(connection).await?;
        Ok(next)
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
