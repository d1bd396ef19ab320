//! Memories of conversations at rest: read before a decision, written together with its record.
//!
//! Every write names the version that was read. If somebody else has written meanwhile, nothing
//! is written and the caller reads again: no strike is lost and none counted twice, however many
//! instances share the database.

use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, SqliteConnection, SqlitePool, query::Query, sqlite::SqliteArguments};

use super::Malformed;
use crate::domain::{ConversationId, Memory, Severity, Timestamp};

/// A memory with its version in the store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// What is remembered.
    pub memory: Memory,
    /// How often it was written; 0 before the first time.
    pub version: i64,
}

/// What a person did with a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What it was.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who, as the caller names them.
    pub by: Option<String>,
}

/// What a person can do with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Picked the handoff up.
    Acknowledged,
    /// Gave the conversation back to automation.
    Released,
}

impl EventKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Released => "released",
        }
    }
}

/// A memory as its columns hold it.
#[derive(Debug)]
pub(super) struct Row {
    /// The version that was read; the row gets the next one.
    pub(super) version: i64,
    pub(super) waiting_since_ms: Option<i64>,
    pub(super) waiting_severity: Option<&'static str>,
    pub(super) memory: String,
}

impl Row {
    pub(super) fn of(remembered: &Remembered) -> Result<Self, serde_json::Error> {
        let waiting = remembered.memory.waiting();
        Ok(Self {
            version: remembered.version,
            waiting_since_ms: waiting.map(|handed| handed.at.as_millisecond()),
            waiting_severity: waiting.map(|handed| handed.severity.as_str()),
            memory: serde_json::to_string(&remembered.memory)?,
        })
    }
}

/// A change of a conversation by a person, ready to be written.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) conversation: ConversationId,
    pub(super) episode: u32,
    pub(super) row: Row,
    pub(super) event: Event,
}

impl Change {
    /// Writes memory and event together; false if the memory is no longer the one that was read.
    pub(super) async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let Self { conversation, episode, row, event } = self;
        let written = sqlx::query(
            "UPDATE conversations SET version = version + 1, waiting_since_ms = ?3, \
             waiting_severity = ?4, memory = ?5 WHERE conversation_id = ?1 AND version = ?2",
        )
        .bind(conversation.as_str())
        .bind(row.version)
        .bind(row.waiting_since_ms)
        .bind(row.waiting_severity)
        .bind(&row.memory)
        .execute(&mut *transaction)
        .await?;
        if written.rows_affected() == 0 {
            return Ok(false);
        }
        self.note(*episode, event).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    fn note<'a>(
        &'a self,
        episode: u32,
        event: &'a Event,
    ) -> Query<'a, sqlx::Sqlite, SqliteArguments> {
        sqlx::query(
            "INSERT INTO conversation_events (conversation_id, episode, kind, at_ms, by_whom) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(self.conversation.as_str())
        .bind(episode)
        .bind(event.kind.as_str())
        .bind(event.at.as_millisecond())
        .bind(&event.by)
    }
}

/// Reads what is remembered of a conversation.
pub(super) async fn recall(
    readers: &SqlitePool,
    id: &ConversationId,
) -> sqlx::Result<Option<(i64, String)>> {
    sqlx::query_as("SELECT version, memory FROM conversations WHERE conversation_id = ?")
        .bind(id.as_str())
        .fetch_optional(readers)
        .await
}

/// Understands what [`recall`] read. A damaged row is told in the log and begun anew from the
/// transcript: a conversation must not stay without memory because of it.
pub(super) fn parse((version, text): (i64, String)) -> Remembered {
    let memory = serde_json::from_str(&text).unwrap_or_else(|source| {
        let cause = Malformed::from(source);
        tracing::error!(%cause, "the memory of a conversation cannot be read and begins anew");
        Memory::default()
    });
    Remembered { memory, version }
}

/// How many handoffs of high or critical severity have waited since before that moment.
pub(super) async fn overdue(readers: &SqlitePool, before: Timestamp) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT count(*) FROM conversations WHERE waiting_since_ms IS NOT NULL \
         AND waiting_since_ms < ? AND waiting_severity IN (?, ?)",
    )
    .bind(before.as_millisecond())
    .bind(Severity::High.as_str())
    .bind(Severity::Critical.as_str())
    .fetch_one(readers)
    .await
}
