//! Idempotency keys at rest: only their digests are kept, and no longer than a day.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::{SqliteConnection, SqlitePool};

use super::chain::Digest;
use crate::domain::{IdempotencyKey, Timestamp};

/// How long an idempotency key is remembered after its use: a day.
pub(super) const LIFETIME_MS: i64 = 24 * HOUR_MS;

/// How long a key that nobody honours any more may still lie in the table.
const HOUR_MS: i64 = 3600 * 1000;

/// Old keys deleted in one go at most: a few milliseconds.
const SWEEP_KEYS: u32 = 1000;

/// An idempotency key as it is kept. Callers put order numbers and addresses into their keys, so
/// the key itself is never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// SHA-256 of the caller's key.
    pub digest: Digest,
    /// SHA-256 over key and body: the same key with another body is an error.
    pub body_digest: Digest,
}

impl From<IdempotencyKey> for Key {
    fn from(sent: IdempotencyKey) -> Self {
        Self { digest: digest(&sent.key), body_digest: sent.body_digest }
    }
}

/// What stands for a caller's key at rest.
pub(super) fn digest(key: &str) -> Digest {
    Sha256::digest(key).into()
}

/// The digest of the body, the identifier and the payload of the decision under a key.
pub(super) async fn find(
    readers: &SqlitePool,
    key: &str,
    now: Timestamp,
) -> sqlx::Result<Option<(Vec<u8>, String, String)>> {
    sqlx::query_as(
        "SELECT k.body_digest, d.id, d.payload FROM idempotency_keys k \
         JOIN decisions d ON d.id = k.decision_id \
         WHERE k.key_digest = ? AND k.at_ms > ? AND d.erased = 0",
    )
    .bind(digest(key).to_vec())
    .bind(now.as_millisecond() - LIFETIME_MS)
    .fetch_optional(readers)
    .await
}

/// A key's use by a decision.
pub(super) struct Use<'a> {
    pub(super) key: &'a Key,
    pub(super) decision: &'a str,
    pub(super) at_ms: i64,
}

impl Use<'_> {
    /// True if another decision holds the key: another process was faster.
    pub(super) async fn is_taken(&self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
        let taken: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM idempotency_keys \
             WHERE key_digest = ? AND decision_id <> ? AND at_ms > ?",
        )
        .bind(&self.key.digest[..])
        .bind(self.decision)
        .bind(self.at_ms - LIFETIME_MS)
        .fetch_optional(connection)
        .await?;
        Ok(taken.is_some())
    }

    /// Writes it down. A key that is still alive stays with the decision that had it first.
    pub(super) async fn insert(&self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO idempotency_keys (key_digest, body_digest, decision_id, at_ms) \
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key_digest) DO UPDATE SET \
             body_digest = ?2, decision_id = ?3, at_ms = ?4 WHERE at_ms <= ?4 - ?5",
        )
        .bind(&self.key.digest[..])
        .bind(&self.key.body_digest[..])
        .bind(self.decision)
        .bind(self.at_ms)
        .bind(LIFETIME_MS)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Says when old keys are swept out: at once at the start, then once an hour, and without a pause
/// while any are left.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    clean_at_ms: Option<i64>,
}

impl Sweep {
    pub(super) fn is_due(&self, now_ms: i64) -> bool {
        self.clean_at_ms.is_none_or(|clean_at_ms| (now_ms - clean_at_ms).abs() >= HOUR_MS)
    }

    /// Deletes the oldest of the old keys, a bounded number; give the answer to [`Sweep::learn`]
    /// once it is committed.
    pub(super) async fn delete(
        connection: &mut SqliteConnection,
        now_ms: i64,
    ) -> sqlx::Result<Swept> {
        let deleted = sqlx::query(
            "DELETE FROM idempotency_keys WHERE key_digest IN \
             (SELECT key_digest FROM idempotency_keys WHERE at_ms <= ? ORDER BY at_ms LIMIT ?)",
        )
        .bind(now_ms - LIFETIME_MS)
        .bind(SWEEP_KEYS)
        .execute(connection)
        .await?
        .rows_affected();
        Ok(Swept { all: deleted < u64::from(SWEEP_KEYS), at_ms: now_ms })
    }

    pub(super) fn learn(&mut self, swept: &Swept) {
        self.clean_at_ms = swept.all.then_some(swept.at_ms);
    }
}

/// What a sweep did.
pub(super) struct Swept {
    /// True if no old key is left.
    pub(super) all: bool,
    at_ms: i64,
}
