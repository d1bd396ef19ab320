//! Reviews at rest, one row per decision and person, and outcomes, one row per conversation.

use async_trait::async_trait;
use sqlx::{Connection as _, FromRow, SqliteConnection, SqliteExecutor, SqlitePool};

use super::{Error, Malformed, contract, episodes, writer::Note};
use crate::domain::{
    ConversationId, DecisionId, Intent, LabelSource, Resolution, Review, RoleId, Tier, Timestamp,
    Verdict,
};

/// A review on its way into the database.
pub(super) struct Label {
    pub(super) decision: String,
    pub(super) review: Review,
}

/// A review as it lies in the database.
#[derive(Debug, FromRow)]
pub(super) struct Row {
    reviewer: String,
    verdict: String,
    tier: Option<i64>,
    role: Option<String>,
    intent: Option<String>,
    note: Option<String>,
    at_ms: i64,
    source: String,
    shown: bool,
    observed: Option<f64>,
}

/// An outcome on its way into the database.
pub(super) struct News {
    pub(super) conversation: String,
    pub(super) at_ms: i64,
    pub(super) resolution: Resolution,
}

impl Label {
    /// Writes it within a transaction; returns the time that counts, `None` if there is no such
    /// decision or if the person has given a label of another source.
    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
    ) -> sqlx::Result<Option<i64>> {
        let Review { verdict, tier, role, intent, note, by, at, source, shown, observed } =
            &self.review;
        sqlx::query(
            "INSERT INTO reviews (decision_id, reviewer, verdict, tier, role, intent, note, at_ms, \
             source, shown, observed) \
             SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM decisions \
             WHERE id = ?1 AND erased = 0 \
             ON CONFLICT (decision_id, reviewer) DO UPDATE SET verdict = ?3, tier = ?4, role = ?5, \
             intent = ?6, note = ?7, at_ms = ?8, shown = ?10, observed = ?11 \
             WHERE source = ?9 AND (verdict, tier, role, intent, note, shown, observed) \
             IS NOT (?3, ?4, ?5, ?6, ?7, ?10, ?11)",
        )
        .bind(&self.decision)
        .bind(by)
        .bind(verdict.as_str())
        .bind(tier.map(|tier| i64::from(tier.get())))
        .bind(role.as_ref().map(RoleId::as_str))
        .bind(intent.as_ref().map(Intent::as_str))
        .bind(note)
        .bind(at.as_millisecond())
        .bind(source.as_str())
        .bind(shown)
        .bind(observed)
        .execute(&mut *connection)
        .await?;
        contract::audited(connection, &self.decision, &self.review).await?;
        sqlx::query_scalar(
            "SELECT at_ms FROM reviews WHERE decision_id = ? AND reviewer = ? AND source = ?",
        )
        .bind(&self.decision)
        .bind(by)
        .bind(source.as_str())
        .fetch_optional(connection)
        .await
    }
}

#[async_trait]
impl Note for Label {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let at_ms = self.insert(&mut transaction).await?;
        if at_ms.is_some() {
            episodes::acted_on(&mut transaction, &self.decision).await?;
        }
        transaction.commit().await?;
        Ok(at_ms)
    }
}

#[async_trait]
impl Note for News {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let known: Option<String> =
            sqlx::query_scalar("SELECT payload FROM outcomes WHERE conversation_id = ?")
                .bind(&self.conversation)
                .fetch_optional(&mut *transaction)
                .await?;
        // What cannot be read any more is replaced by what is known now.
        let known = known.and_then(|known| serde_json::from_str::<Resolution>(&known).ok());
        let known = known.unwrap_or_default();
        let all = known.clone().then(&self.resolution);
        contract::rated(&mut transaction, &self.conversation, (&known, &all), self.at_ms).await?;
        let payload =
            serde_json::to_string(&all).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
        sqlx::query(
            "INSERT INTO outcomes (conversation_id, at_ms, payload) VALUES (?1, ?2, ?3) \
             ON CONFLICT (conversation_id) DO UPDATE SET at_ms = ?2, payload = ?3",
        )
        .bind(&self.conversation)
        .bind(self.at_ms)
        .bind(payload)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Some(self.at_ms))
    }
}

impl Row {
    /// # Errors
    /// The row holds what this version does not know.
    fn read(self, id: DecisionId) -> Result<Review, Error> {
        let unknown = || Error::Unreadable { id: id.to_string(), source: Malformed::VALUE };
        let tier =
            self.tier.map(|tier| u8::try_from(tier).ok().and_then(|t| Tier::try_from(t).ok()));
        let tier = tier.map(|tier| tier.ok_or_else(unknown)).transpose()?;
        Ok(Review {
            verdict: Verdict::parse(&self.verdict).ok_or_else(unknown)?,
            tier,
            role: self.role.as_deref().map(RoleId::from),
            intent: self.intent.as_deref().map(Intent::from),
            note: self.note,
            by: self.reviewer,
            at: Timestamp::from_millisecond(self.at_ms).map_err(|_| unknown())?,
            source: LabelSource::parse(&self.source).ok_or_else(unknown)?,
            shown: self.shown,
            observed: self.observed,
        })
    }
}

/// The reviews of a decision, in the order they came.
pub(super) async fn of(reader: impl SqliteExecutor<'_>, id: DecisionId) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT reviewer, verdict, tier, role, intent, note, at_ms, source, shown, observed \
         FROM reviews WHERE decision_id = ? ORDER BY at_ms, reviewer",
    )
    .bind(id.to_string())
    .fetch_all(reader)
    .await
}

/// Reads rows of one decision.
pub(super) fn read(rows: Vec<Row>, id: DecisionId) -> Result<Vec<Review>, Error> {
    rows.into_iter().map(|row| row.read(id)).collect()
}

/// What became of a conversation, as far as anybody has said.
pub(super) async fn outcome(
    readers: &SqlitePool,
    id: &ConversationId,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT payload FROM outcomes WHERE conversation_id = ?")
        .bind(id.as_str())
        .fetch_optional(readers)
        .await
}
