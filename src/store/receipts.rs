//! Packet receipts at rest: one row per decision and person.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, FromRow, SqliteConnection, SqlitePool};

use super::{Error, writer::Note};
use crate::domain::{Completed, DecisionId, Receipt, Section, Timestamp};

/// A receipt on its way into the database.
pub(super) struct Slip {
    decision: String,
    confirmed_by: String,
    at_ms: i64,
    payload: String,
}

/// A receipt as it lies in the database.
#[derive(FromRow)]
pub(super) struct Row {
    confirmed_by: String,
    at_ms: i64,
    payload: String,
}

/// What is kept besides the columns.
#[derive(Serialize, Deserialize)]
struct Payload {
    sections: Vec<Section>,
    completed: Option<Completed>,
}

impl Slip {
    /// # Errors
    /// The receipt has no JSON form.
    pub(super) fn new(id: DecisionId, receipt: &Receipt) -> Result<Self, Error> {
        let (sections, completed) = (receipt.sections.clone(), receipt.completed.clone());
        let payload = serde_json::to_string(&Payload { sections, completed })
            .map_err(|source| unreadable(id, source))?;
        Ok(Self {
            decision: id.to_string(),
            confirmed_by: receipt.confirmed_by.clone(),
            at_ms: receipt.confirmed_at.as_millisecond(),
            payload,
        })
    }
}

#[async_trait]
impl Note for Slip {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO packet_receipts (decision_id, confirmed_by, at_ms, payload) \
             SELECT id, ?2, ?3, ?4 FROM decisions WHERE id = ?1 AND erased = 0 \
             ON CONFLICT (decision_id, confirmed_by) DO UPDATE SET at_ms = ?3, payload = ?4 \
             WHERE payload <> ?4",
        )
        .bind(&self.decision)
        .bind(&self.confirmed_by)
        .bind(self.at_ms)
        .bind(&self.payload)
        .execute(&mut *transaction)
        .await?;
        let at_ms = sqlx::query_scalar(
            "SELECT at_ms FROM packet_receipts WHERE decision_id = ? AND confirmed_by = ?",
        )
        .bind(&self.decision)
        .bind(&self.confirmed_by)
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(at_ms)
    }
}

impl Row {
    /// # Errors
    /// The row holds what this version does not know.
    pub(super) fn read(self, id: DecisionId) -> Result<Receipt, Error> {
        let payload: Payload =
            serde_json::from_str(&self.payload).map_err(|source| unreadable(id, source))?;
        let receipt = Receipt {
            confirmed_by: self.confirmed_by,
            confirmed_at: Timestamp::UNIX_EPOCH,
            sections: payload.sections,
            completed: payload.completed,
        };
        Ok(at(&receipt, self.at_ms))
    }
}

/// The receipts of a decision, in the order of their confirmations.
pub(super) async fn of(readers: &SqlitePool, id: DecisionId) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT confirmed_by, at_ms, payload FROM packet_receipts WHERE decision_id = ? \
         ORDER BY at_ms, confirmed_by",
    )
    .bind(id.to_string())
    .fetch_all(readers)
    .await
}

/// The same receipt at that time, in milliseconds.
pub(super) fn at(receipt: &Receipt, at_ms: i64) -> Receipt {
    let confirmed_at = Timestamp::from_millisecond(at_ms).unwrap_or(receipt.confirmed_at);
    Receipt { confirmed_at, ..receipt.clone() }
}

fn unreadable(id: DecisionId, source: serde_json::Error) -> Error {
    Error::Unreadable { id: id.to_string(), source: source.into() }
}
