//! Erasure: what is personal goes, what is counted and chained stays.

use sqlx::{Connection as _, SqliteConnection};

/// Whose records are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// All of one conversation.
    Conversation(String),
    /// All of one customer.
    Customer(String),
}

/// Erases and returns how many records that were; afterwards no copy is left in the log file.
///
/// # Errors
/// The database fails; then nothing is erased, or all is and only the log file still has a copy
/// until its next turn.
pub(super) async fn erase(
    connection: &mut SqliteConnection,
    whom: &Whom,
) -> Result<u64, sqlx::Error> {
    let (keys, notes, records, name) = match whom {
        Whom::Conversation(name) => (
            "DELETE FROM idempotency_keys WHERE decision_id IN \
             (SELECT id FROM decisions WHERE conversation_id = ?)",
            "UPDATE reviews SET note = NULL WHERE decision_id IN \
             (SELECT id FROM decisions WHERE conversation_id = ?)",
            "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, customer_id = NULL, \
             conversation_id = NULL WHERE conversation_id = ?",
            name,
        ),
        Whom::Customer(name) => (
            "DELETE FROM idempotency_keys WHERE decision_id IN \
             (SELECT id FROM decisions WHERE customer_id = ?)",
            "UPDATE reviews SET note = NULL WHERE decision_id IN \
             (SELECT id FROM decisions WHERE customer_id = ?)",
            "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, conversation_id = NULL, \
             customer_id = NULL WHERE customer_id = ?",
            name,
        ),
    };
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in [keys, notes] {
        sqlx::query(statement).bind(name).execute(&mut *transaction).await?;
    }
    let erased = sqlx::query(records).bind(name).execute(&mut *transaction).await?.rows_affected();
    transaction.commit().await?;
    if erased > 0 {
        // The write-ahead log still holds the old pages; emptying it removes them.
        let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(connection).await;
        if let Err(cause) = emptied {
            tracing::warn!(%cause, "erased text stays in the write-ahead log until its next turn");
        }
    }
    Ok(erased)
}
