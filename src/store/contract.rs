//! The promise about automatic decisions at rest: one row, moved in the same transaction as the
//! label that moves it.

use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection, SqliteExecutor};

use super::writer::Note;
use crate::{
    domain::{Band, LabelSource, Record, Resolution, Review, Timestamp},
    monitor::{Contract, Evidence, NotFresh, Renewal, Terms},
};

/// An operator puts a certificate in force.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What is promised the first time; the share of satisfied customers is measured.
    pub terms: Terms,
    /// The digest of the certificate.
    pub certificate: String,
    /// Who does it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Time to count automatic decisions as overridden or not, in the order of the chain.
pub(super) struct Settling {
    /// Decisions taken before this are settled.
    pub(super) before_ms: i64,
    /// The present.
    pub(super) now: Timestamp,
}

/// The row.
struct State {
    since_ms: i64,
    settled_seq: i64,
    contract: Contract,
}

/// Fewest ratings of automatic conversations that give a share to compare with.
const RATINGS: i64 = 200;
/// How far back they are counted.
const RATED_MS: i64 = 28 * 24 * 60 * 60 * 1000;
/// Decisions that are settled in one transaction.
const PORTION: i64 = 1_000;
/// A decision later than that by the present clock was taken by a clock that was wrong.
const AHEAD_MS: i64 = 60 * 60 * 1000;

impl State {
    /// # Errors
    /// [`sqlx::Error::Decode`] if the row is damaged.
    async fn read(reader: impl SqliteExecutor<'_>) -> sqlx::Result<Option<Self>> {
        let row: Option<(i64, i64, String)> =
            sqlx::query_as("SELECT since_ms, settled_seq, state FROM contract")
                .fetch_optional(reader)
                .await?;
        let Some((since_ms, settled_seq, state)) = row else { return Ok(None) };
        let contract =
            serde_json::from_str(&state).map_err(|cause| sqlx::Error::Decode(cause.into()))?;
        Ok(Some(Self { since_ms, settled_seq, contract }))
    }

    /// For those who bring a label, which must not be lost because the row is damaged.
    async fn read_or_tell(connection: &mut SqliteConnection) -> sqlx::Result<Option<Self>> {
        match Self::read(connection).await {
            Err(sqlx::Error::Decode(_)) => {
                tracing::error!("the state of the contract cannot be read; restore a backup");
                Ok(None)
            }
            read => read,
        }
    }

    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let state = serde_json::to_string(&self.contract)
            .map_err(|cause| sqlx::Error::Encode(cause.into()))?;
        sqlx::query(
            "INSERT INTO contract (one, since_ms, settled_seq, state) VALUES (1, ?1, ?2, ?3) \
             ON CONFLICT (one) DO UPDATE SET since_ms = ?1, settled_seq = ?2, state = ?3",
        )
        .bind(self.since_ms)
        .bind(self.settled_seq)
        .bind(state)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// The promise as it stands; `None` before the first.
pub(super) async fn contract(reader: impl SqliteExecutor<'_>) -> sqlx::Result<Option<Contract>> {
    Ok(State::read(reader).await?.map(|state| state.contract))
}

/// Takes an audit into account, once a decision; belongs into the transaction that writes it.
///
/// What agents say counts once the decision is settled: until then nobody knows how many of its
/// neighbours are not overridden.
pub(super) async fn audited(
    connection: &mut SqliteConnection,
    decision: &str,
    review: &Review,
) -> sqlx::Result<()> {
    if review.source != LabelSource::Audit {
        return Ok(());
    }
    let Some(mut state) = State::read_or_tell(connection).await? else { return Ok(()) };
    let payload: Option<String> =
        sqlx::query_scalar("SELECT payload FROM decisions WHERE id = ? AND erased = 0")
            .bind(decision)
            .fetch_optional(&mut *connection)
            .await?;
    let record = payload.and_then(|payload| serde_json::from_str::<Record>(&payload).ok());
    let Some(record) = record.filter(|record| record.at.as_millisecond() >= state.since_ms) else {
        return Ok(());
    };
    let Some(evidence) = Evidence::of(review, &record.decision) else { return Ok(()) };
    let counted = sqlx::query(
        "UPDATE reviews SET counted = 1 WHERE decision_id = ?1 AND reviewer = ?2 AND NOT EXISTS \
         (SELECT 1 FROM reviews WHERE decision_id = ?1 AND source = 'audit' AND counted = 1)",
    )
    .bind(decision)
    .bind(&review.by)
    .execute(&mut *connection)
    .await?;
    if counted.rows_affected() == 0 {
        return Ok(());
    }
    state.contract.observe(evidence, review.at);
    state.write(connection).await
}

/// Takes the first rating of a conversation into account whose last decision was automatic;
/// belongs into the transaction that writes it.
pub(super) async fn rated(
    connection: &mut SqliteConnection,
    conversation: &str,
    (before, now): (&Resolution, &Resolution),
    at_ms: i64,
) -> sqlx::Result<()> {
    let (None, Some(evidence)) = (before.csat, now.csat.and_then(Evidence::rated)) else {
        return Ok(());
    };
    let Some(mut state) = State::read_or_tell(connection).await? else { return Ok(()) };
    let last: Option<(String, i64)> = sqlx::query_as(
        "SELECT band, at_ms FROM decisions WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1",
    )
    .bind(conversation)
    .fetch_optional(&mut *connection)
    .await?;
    let counts =
        |(band, at_ms): (String, i64)| band == Band::Auto.as_str() && at_ms >= state.since_ms;
    if !last.is_some_and(counts) {
        return Ok(());
    }
    state.contract.observe(evidence, Timestamp::from_millisecond(at_ms).unwrap_or_default());
    state.write(connection).await
}

#[async_trait]
impl Note for Promise {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let known = State::read(&mut *transaction).await?;
        if known.as_ref().is_some_and(|known| known.contract.certificate() == self.certificate) {
            return Ok(None);
        }
        let since_ms = self.at.as_millisecond();
        let satisfied = satisfied(&mut transaction, since_ms - RATED_MS).await?;
        let contract = match known {
            None => {
                let terms = Terms { satisfied, ..self.terms };
                Contract::new(terms, &self.certificate)
                    .map_err(|cause| sqlx::Error::Encode(cause.into()))?
            }
            Some(State { mut contract, .. }) => {
                let (certificate, by) = (self.certificate.as_str(), self.by.as_str());
                match contract.renew(Renewal { certificate, by, satisfied }) {
                    Ok(()) => contract,
                    // The contract stays with the other certificate, so this one allows nothing.
                    Err(cause @ (NotFresh::Broken(_) | NotFresh::Nobody)) => {
                        tracing::error!(%cause, "nothing is automatic");
                        return Ok(None);
                    }
                    Err(cause @ NotFresh::Unwatchable(_)) => {
                        return Err(sqlx::Error::Encode(cause.into()));
                    }
                }
            }
        };
        let settled_seq = sqlx::query_scalar("SELECT records FROM chain_head")
            .fetch_one(&mut *transaction)
            .await?;
        State { since_ms, settled_seq, contract }.write(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Some(since_ms))
    }
}

/// The share of satisfied customers of automatic conversations; `None` if too few have rated.
async fn satisfied(connection: &mut SqliteConnection, from_ms: i64) -> sqlx::Result<Option<f64>> {
    let (ratings, share): (i64, Option<f64>) = sqlx::query_as(
        "SELECT count(*), avg(json_extract(payload, '$.csat') >= 4) FROM outcomes \
         WHERE at_ms >= ? AND json_extract(payload, '$.csat') IS NOT NULL AND EXISTS \
         (SELECT 1 FROM decisions WHERE band = 'auto' \
         AND decisions.conversation_id = outcomes.conversation_id)",
    )
    .bind(from_ms)
    .fetch_one(connection)
    .await?;
    Ok(share.filter(|_| ratings >= RATINGS))
}

#[async_trait]
impl Note for Settling {
    /// Settles one portion; returns where in the chain it ended if there may be more.
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let Some(mut state) = State::read(&mut *transaction).await? else { return Ok(None) };
        let rows: Vec<(i64, i64, Option<String>)> = sqlx::query_as(
            "SELECT seq, at_ms, (SELECT reviewer FROM reviews r WHERE r.decision_id = d.id \
             AND r.source = 'agent' AND r.verdict = 'overridden' \
             AND (r.tier <> d.tier OR r.role <> d.role) ORDER BY r.at_ms LIMIT 1) \
             FROM decisions d WHERE band = 'auto' AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(state.settled_seq)
        .bind(PORTION)
        .fetch_all(&mut *transaction)
        .await?;
        let full = i64::try_from(rows.len()) == Ok(PORTION);
        let too_late = self.now.as_millisecond() + AHEAD_MS;
        let before = state.settled_seq;
        for (seq, at_ms, overridden_by) in rows {
            if at_ms >= self.before_ms && at_ms <= too_late {
                break;
            }
            state.settled_seq = seq;
            if at_ms >= state.since_ms {
                let overridden_by = overridden_by.as_deref();
                state.contract.observe(Evidence::Settled { overridden_by }, self.now);
            }
        }
        if state.settled_seq == before {
            return Ok(None);
        }
        state.write(&mut transaction).await?;
        transaction.commit().await?;
        Ok(full.then_some(state.settled_seq))
    }
}
