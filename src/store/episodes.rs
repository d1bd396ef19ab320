//! Decisions of record: which decision of an episode counts. The first that was acted on, by the
//! service or by an agent, else the last. `entry.rs` keeps it with every decision.

use sqlx::{SqliteConnection, SqlitePool};

use crate::domain::DecisionId;

/// Takes note that an agent has reviewed a decision, and so acted on it.
pub(super) async fn acted_on(
    connection: &mut SqliteConnection,
    decision: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE episodes SET acted = 1, seq = d.seq FROM \
         (SELECT seq, conversation_id, coalesce(json_extract(payload, '$.standing.episode'), 1) \
         AS episode FROM decisions WHERE id = ?1 AND erased = 0) AS d \
         WHERE episodes.conversation_id = d.conversation_id AND episodes.episode = d.episode \
         AND (episodes.acted = 0 OR episodes.seq > d.seq)",
    )
    .bind(decision)
    .execute(connection)
    .await?;
    Ok(())
}

/// True if the decision is the one that counts for its episode.
pub(super) async fn is_of_record(readers: &SqlitePool, id: DecisionId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM decisions d JOIN episodes e ON e.seq = d.seq WHERE d.id = ?)",
    )
    .bind(id.to_string())
    .fetch_one(readers)
    .await
}
