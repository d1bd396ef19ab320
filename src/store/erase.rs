//! Erasure: what is personal goes, what is counted and chained stays.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection, SqlitePool};
use tokio::time::sleep;

use crate::domain::{DecisionId, pseudonym};

/// Whose records are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// All of one conversation.
    Conversation(String),
    /// All of one customer.
    Customer(String),
    /// The oldest that were taken before a time in milliseconds, at most so many.
    Before(i64, u32),
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many records are gone.
    pub records: u64,
    /// False if there may be more of the same kind.
    pub all: bool,
}

/// How often the log is asked to empty itself; each time waits for readers up to `busy_timeout`.
pub(super) const ATTEMPTS: u32 = 3;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// What goes with a record, in order; `theirs` is a condition on the rows of `decisions`, `told`
/// names the conversations whose memory goes, `resolved` those whose outcome loses its name. The
/// decisions lose their names last; the last statement counts.
const STATEMENTS: &[&str] = &[
    "DELETE FROM idempotency_keys WHERE decision_id IN (SELECT id FROM decisions WHERE theirs)",
    "DELETE FROM packet_receipts WHERE decision_id IN (SELECT id FROM decisions WHERE theirs)",
    // The row stays, since the mark that a review has come in is a fact.
    "UPDATE reviews SET note = NULL, reviewer = 'erased ' || lower(hex(randomblob(8))) \
     WHERE decision_id IN (SELECT id FROM decisions WHERE theirs)",
    // An audit that waits leaves the queue; that one was drawn stays to be counted.
    "UPDATE audits SET state = iif(state = 'open', 'erased', state), leased_to = NULL, \
     leased_until_ms = NULL WHERE seq IN (SELECT seq FROM decisions WHERE theirs)",
    // Which decision counts for an episode stays to be counted.
    "UPDATE episodes SET conversation_id = NULL WHERE conversation_id IN (told)",
    // What became of a conversation stays to be counted.
    "UPDATE outcomes SET conversation_id = 'erased ' || lower(hex(randomblob(8))), erased = 1 \
     WHERE conversation_id IN (resolved)",
    // What people did with a conversation stays to be counted.
    "UPDATE conversation_events SET conversation_id = NULL, by_whom = NULL \
     WHERE conversation_id IN (told)",
    "DELETE FROM conversations WHERE conversation_id IN (told)",
    "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, customer_id = NULL, \
     conversation_id = NULL WHERE theirs",
];

/// True if that decision was taken and is erased since.
pub(super) async fn is_erased(readers: &SqlitePool, id: DecisionId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM decisions WHERE id = ? AND erased = 1)")
        .bind(id.to_string())
        .fetch_one(readers)
        .await
}

impl Whom {
    /// The condition on the rows of `decisions`; it has the two parameters of [`Whom::given`].
    fn condition(&self) -> &'static str {
        match self {
            Self::Conversation(_) => "conversation_id IN (?1, ?2)",
            // An identifier that is personal data is kept as a pseudonym.
            Self::Customer(_) => "customer_id IN (?1, ?2)",
            Self::Before(..) => {
                "seq IN (SELECT seq FROM decisions WHERE erased = 0 \
                 AND at_ms < CAST(?1 AS INTEGER) ORDER BY at_ms LIMIT CAST(?2 AS INTEGER))"
            }
        }
    }

    /// The names of the conversations whose memory goes; it has the same two parameters. With age
    /// a memory goes once its conversation has been silent for that long.
    fn told(&self) -> &'static str {
        match self {
            Self::Conversation(_) => "?1, ?2",
            Self::Customer(_) => {
                "SELECT conversation_id FROM decisions WHERE customer_id IN (?1, ?2) \
                 UNION SELECT conversation_id FROM conversations WHERE customer_id IN (?1, ?2)"
            }
            Self::Before(..) => {
                "SELECT conversation_id FROM (SELECT conversation_id FROM conversations \
                 WHERE at_ms < CAST(?1 AS INTEGER) \
                 ORDER BY at_ms, conversation_id LIMIT CAST(?2 AS INTEGER))"
            }
        }
    }

    /// The names of the conversations whose outcome loses its name; it has the same two parameters.
    fn resolved(&self) -> String {
        let told = self.told();
        match self {
            Self::Conversation(_) | Self::Customer(_) => told.to_owned(),
            // An outcome ages by itself too: nobody may ever have asked about its conversation.
            Self::Before(..) => format!(
                "{told} UNION SELECT conversation_id FROM (SELECT conversation_id FROM outcomes \
                 WHERE erased = 0 AND at_ms < CAST(?1 AS INTEGER) \
                 ORDER BY at_ms LIMIT CAST(?2 AS INTEGER))"
            ),
        }
    }

    /// A statement with what stands for the records of this erasure.
    fn statement(&self, pattern: &str) -> String {
        pattern
            .replace("theirs", self.condition())
            .replace("told", self.told())
            .replace("resolved", &self.resolved())
    }

    /// The parameters of the condition.
    fn given(&self) -> [String; 2] {
        match self {
            Self::Conversation(id) => [id.clone(), id.clone()],
            Self::Customer(id) => [id.clone(), pseudonym(id)],
            Self::Before(at_ms, at_most) => [at_ms.to_string(), at_most.to_string()],
        }
    }

    /// True if so many rows of a table are all that may go at once, so that there may be more.
    fn is_full(&self, rows: u64) -> bool {
        matches!(self, Self::Before(_, at_most) if rows >= u64::from(*at_most))
    }
}

/// Erases and returns how many records that were; after the last of them no copy is left in the
/// log file.
///
/// # Errors
/// The database fails; then nothing is erased, or all is and only the log file still has a copy
/// until its next turn.
pub(super) async fn erase(
    connection: &mut SqliteConnection,
    whom: &Whom,
) -> Result<Erased, sqlx::Error> {
    let [first, second] = whom.given();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut erased = Erased { records: 0, all: true };
    for pattern in STATEMENTS {
        // Safe: every part of it is written here; what callers send is bound.
        let statement = AssertSqlSafe(whom.statement(pattern));
        let statement = sqlx::query(statement).bind(&first).bind(&second);
        erased.records = statement.execute(&mut *transaction).await?.rows_affected();
        erased.all &= !whom.is_full(erased.records);
    }
    transaction.commit().await?;
    // Also where nothing was left to erase: the log may still hold what an earlier call erased.
    if erased.all {
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

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::store::{
        Options,
        open::{Connector, IfMissing},
    };

    #[tokio::test]
    async fn no_erasure_by_age_reads_a_whole_table() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("baton.db").display());
        let connector = Connector::new(&Options { url, ..Options::default() }).unwrap();
        let mut connection = connector.writer(IfMissing::Make).await.unwrap();
        let whom = Whom::Before(1, 100);
        let [first, second] = whom.given();
        for pattern in STATEMENTS {
            let statement = format!("EXPLAIN QUERY PLAN {}", whom.statement(pattern));
            let plan = sqlx::query(AssertSqlSafe(statement)).bind(&first).bind(&second);
            for step in plan.fetch_all(&mut connection).await.unwrap() {
                let step: String = step.get("detail");
                // What was found already, a bounded number, is read to its end.
                let bounded = ["SCAN (subquery", "SCAN CONSTANT ROW"];
                let bounded = bounded.iter().any(|start| step.starts_with(start));
                assert!(bounded || !step.starts_with("SCAN"), "{pattern}: {step}");
            }
        }
    }
}
