//! The queue of audits at rest. `sampler.rs` fills it, in the transaction of the decision.

use std::str::FromStr as _;

use async_trait::async_trait;
use sqlx::{Connection as _, FromRow, SqliteConnection, SqlitePool};

use super::{Error, Malformed, reviews::Label, writer::Note};
use crate::domain::{AuditId, AuditState, DecisionId, Record, Review, Timestamp};

/// An audit that was given to an auditor.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Which.
    pub id: AuditId,
    /// Until when nobody else gets it.
    pub until: Timestamp,
    /// The decision; the auditor must not see what was decided.
    pub record: Record,
}

/// How far an audit has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The decision it is about.
    pub decision: DecisionId,
    /// The probability with which it was drawn.
    pub drawn: f64,
    /// Open, answered or erased.
    pub state: AuditState,
    /// The auditor who has it, or who answered; the latest who had it, once the lease is over.
    pub holder: Option<String>,
}

/// Gives an audit to an auditor; answers with its place in the chain.
pub(super) struct Lease {
    pub(super) by: String,
    pub(super) now_ms: i64,
    pub(super) until_ms: i64,
}

/// Takes an audit back from an auditor who cannot be shown it.
pub(super) struct Withdrawal {
    pub(super) by: String,
    pub(super) seq: i64,
}

/// An answer on its way into the database.
pub(super) struct Answered {
    pub(super) id: AuditId,
    pub(super) label: Label,
}

/// An audit as it lies in the database.
#[derive(FromRow)]
pub(super) struct Row {
    id: String,
    pi: f64,
    state: String,
    leased_to: Option<String>,
}

/// An offer as it lies in the database.
#[derive(FromRow)]
pub(super) struct OfferRow {
    id: String,
    leased_until_ms: i64,
    decision_id: String,
    payload: String,
}

/// Open audits, less those of decisions that `?1` has reviewed.
macro_rules! open_to {
    () => {
        "FROM audits a JOIN decisions d ON d.seq = a.seq WHERE a.state = 'open' AND NOT EXISTS \
         (SELECT 1 FROM reviews r WHERE r.decision_id = d.id AND r.reviewer = ?1) AND "
    };
}

/// The audit that the auditor has.
const THEIRS: &str = concat!(
    "SELECT a.seq ",
    open_to!(),
    "a.leased_to = ?1 AND a.leased_until_ms > ?2 ORDER BY a.seq LIMIT 1"
);

/// The audit that was offered least, and of these the oldest: one that nobody can answer goes
/// behind those that somebody can.
const NEXT: &str = concat!(
    "UPDATE audits SET leased_to = ?1, leased_until_ms = ?3, offers = offers + 1 \
     WHERE seq = (SELECT a.seq ",
    open_to!(),
    "coalesce(a.leased_until_ms, 0) <= ?2 ORDER BY a.offers, a.seq LIMIT 1) RETURNING seq"
);

#[async_trait]
impl Note for Lease {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let theirs = sqlx::query_scalar(THEIRS)
            .bind(&self.by)
            .bind(self.now_ms)
            .fetch_optional(&mut *transaction)
            .await?;
        if theirs.is_some() {
            return Ok(theirs);
        }
        let next = sqlx::query_scalar(NEXT)
            .bind(&self.by)
            .bind(self.now_ms)
            .bind(self.until_ms)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(next)
    }
}

#[async_trait]
impl Note for Withdrawal {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let withdrawn = sqlx::query(
            "UPDATE audits SET leased_to = NULL, leased_until_ms = NULL \
             WHERE seq = ? AND leased_to = ? AND state = 'open'",
        )
        .bind(self.seq)
        .bind(&self.by)
        .execute(connection)
        .await?;
        Ok((withdrawn.rows_affected() > 0).then_some(self.seq))
    }
}

#[async_trait]
impl Note for Answered {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let answered = sqlx::query(
            "UPDATE audits SET state = 'answered', leased_until_ms = NULL WHERE id = ?1 \
             AND state = 'open' AND leased_to = ?2 AND NOT EXISTS (SELECT 1 FROM reviews \
             WHERE decision_id = ?3 AND reviewer = ?2)",
        )
        .bind(self.id.as_str())
        .bind(&self.label.review.by)
        .bind(&self.label.decision)
        .execute(&mut *transaction)
        .await?;
        if answered.rows_affected() == 0 {
            return Ok(None);
        }
        let at_ms = self.label.insert(&mut transaction).await?;
        // Dropped without a commit, the transaction leaves the audit open.
        if at_ms.is_some() {
            transaction.commit().await?;
        }
        Ok(at_ms)
    }
}

/// The audit at a place of the chain, as it was given to that auditor; `None` if it is theirs no
/// more.
pub(super) async fn offer(
    readers: &SqlitePool,
    seq: i64,
    by: &str,
) -> sqlx::Result<Option<OfferRow>> {
    sqlx::query_as(
        "SELECT a.id, a.leased_until_ms, d.id AS decision_id, d.payload FROM audits a \
         JOIN decisions d ON d.seq = a.seq \
         WHERE a.seq = ? AND a.leased_to = ? AND a.state = 'open' AND d.erased = 0",
    )
    .bind(seq)
    .bind(by)
    .fetch_optional(readers)
    .await
}

/// An audit, with the decision it is about.
pub(super) async fn find(readers: &SqlitePool, id: &AuditId) -> sqlx::Result<Option<Row>> {
    sqlx::query_as(
        "SELECT d.id, a.pi, a.state, a.leased_to FROM audits a \
         JOIN decisions d ON d.seq = a.seq WHERE a.id = ?",
    )
    .bind(id.as_str())
    .fetch_optional(readers)
    .await
}

/// How many audits wait for an answer.
pub(super) async fn waiting(readers: &SqlitePool) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM audits WHERE state = 'open'").fetch_one(readers).await
}

impl OfferRow {
    /// # Errors
    /// The row holds what this version does not know.
    pub(super) fn read(self) -> Result<Offer, Error> {
        let unreadable = |source| Error::Unreadable { id: self.decision_id.clone(), source };
        let record = serde_json::from_str(&self.payload).map_err(|cause| unreadable(cause.into()));
        Ok(Offer {
            id: AuditId::from_str(&self.id).map_err(|_| unreadable(Malformed::VALUE))?,
            until: Timestamp::from_millisecond(self.leased_until_ms)
                .map_err(|_| unreadable(Malformed::VALUE))?,
            record: record?,
        })
    }
}

impl Row {
    /// # Errors
    /// The row holds what this version does not know.
    pub(super) fn read(self) -> Result<Audit, Error> {
        let unknown = || Error::Unreadable { id: self.id.clone(), source: Malformed::VALUE };
        Ok(Audit {
            decision: DecisionId::from_str(&self.id).map_err(|_| unknown())?,
            drawn: self.pi,
            state: AuditState::parse(&self.state).ok_or_else(unknown)?,
            holder: self.leased_to,
        })
    }
}

/// An answer, ready to be written.
pub(super) fn answered(id: &AuditId, decision: DecisionId, answer: &Review) -> Answered {
    let label = Label { decision: decision.to_string(), review: answer.clone() };
    Answered { id: id.clone(), label }
}
