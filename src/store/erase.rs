//! Erasure: what is personal goes, what is counted and chained stays.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tokio::time::sleep;

use crate::domain::pseudonym;

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

/// How often the log is asked to empty itself; each time waits for readers up to `busy_timeout`.
pub(super) const ATTEMPTS: u32 = 3;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// What goes with a record, in order; `theirs` is a condition on the rows of `decisions`, `told`
/// names the conversations whose memory goes. The decisions lose their names last; the last
/// statement counts.
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
    "UPDATE outcomes SET conversation_id = 'erased ' || lower(hex(randomblob(8))) \
     WHERE conversation_id IN (told)",
    // What people did with a conversation stays to be counted.
    "UPDATE conversation_events SET conversation_id = NULL, by_whom = NULL \
     WHERE conversation_id IN (told)",
    "DELETE FROM conversations WHERE conversation_id IN (told)",
    "UPDATE decisions SET erased = 1, payload = NULL, salt = NULL, customer_id = NULL, \
     conversation_id = NULL WHERE theirs",
];

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
                // What became of a conversation that nobody has ever asked about ages by itself.
                "SELECT conversation_id FROM (SELECT conversation_id FROM conversations \
                 WHERE at_ms < CAST(?1 AS INTEGER) \
                 ORDER BY at_ms, conversation_id LIMIT CAST(?2 AS INTEGER)) \
                 UNION SELECT conversation_id FROM outcomes WHERE at_ms < CAST(?1 AS INTEGER) \
                 AND conversation_id NOT LIKE 'erased %' \
                 AND conversation_id NOT IN (SELECT conversation_id FROM conversations)"
            }
        }
    }

    /// The parameters of the condition.
    fn given(&self) -> [String; 2] {
        match self {
            Self::Conversation(id) => [id.clone(), id.clone()],
            Self::Customer(id) => [id.clone(), pseudonym(id)],
            Self::Before(at_ms, at_most) => [at_ms.to_string(), at_most.to_string()],
        }
    }

    /// True if there may be more of the same, so that emptying the log can wait for the last.
    fn goes_on(&self, erased: u64) -> bool {
        matches!(self, Self::Before(_, at_most) if erased == u64::from(*at_most))
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
    let [first, second] = whom.given();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut erased = 0;
    for statement in STATEMENTS {
        let statement = statement.replace("theirs", whom.condition()).replace("told", whom.told());
        // Safe: every part of it is written here; what callers send is bound.
        let statement = sqlx::query(AssertSqlSafe(statement)).bind(&first).bind(&second);
        erased = statement.execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    // Also where nothing was left to erase: the log may still hold what an earlier call erased.
    if !whom.goes_on(erased) {
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
