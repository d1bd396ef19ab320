//! Erasure: what is personal goes, what is counted and chained stays.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tokio::time::sleep;

/// Whose records are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// All of one conversation.
    Conversation(String),
    /// All of one customer.
    Customer(String),
}

/// How often the log is asked to empty itself; each time waits for readers up to `busy_timeout`.
pub(super) const ATTEMPTS: u32 = 3;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

impl Whom {
    /// The column that says whose a record is, and whose it has to be.
    fn condition(&self) -> (&'static str, &str) {
        match self {
            Self::Conversation(name) => ("conversation_id", name),
            Self::Customer(name) => ("customer_id", name),
        }
    }
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
    let (column, name) = whom.condition();
    let theirs = format!("decision_id IN (SELECT id FROM decisions WHERE {column} = ?)");
    let told = format!(
        "conversation_id IN (SELECT conversation_id FROM decisions WHERE {column} = ?1 \
         UNION SELECT conversation_id FROM conversations WHERE {column} = ?1)"
    );
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut erased = 0;
    for statement in [
        format!("DELETE FROM idempotency_keys WHERE {theirs}"),
        format!("UPDATE reviews SET note = NULL WHERE {theirs}"),
        format!(
            "UPDATE conversation_events SET conversation_id = NULL, by_whom = NULL WHERE {told}"
        ),
        format!("DELETE FROM conversations WHERE {told}"),
        format!(
            "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, customer_id = NULL, \
             conversation_id = NULL WHERE {column} = ?"
        ),
    ] {
        // Safe: the only part that is not written here is the name of a column, from above.
        let statement = sqlx::query(AssertSqlSafe(statement)).bind(name);
        // The last one counts the records.
        erased = statement.execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    if erased > 0 {
        match empty_log(connection).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                attempts = ATTEMPTS,
                "erased text stays in the write-ahead log until its next turn: somebody reads"
            ),
            Err(cause) => {
                tracing::warn!(%cause, "erased text stays in the write-ahead log until its next turn");
            }
        }
    }
    Ok(erased)
}

/// Empties the write-ahead log, which still holds the old pages; false if readers were in the way
/// each time. The library reports that in its answer, not as an error.
pub(super) async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    for attempt in 1..=ATTEMPTS {
        let (busy, _pages, _moved): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        if busy == 0 {
            return Ok(true);
        }
        if attempt < ATTEMPTS {
            sleep(PAUSE).await;
        }
    }
    Ok(false)
}
