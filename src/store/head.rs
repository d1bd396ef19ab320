//! The end of the chain in the database: a transaction of the writer begins and ends with it.

use sqlx::SqliteConnection;

use super::chain::Head;

/// Begins to write; returns where the chain ends, since another process may have written.
///
/// Two statements in one go: each trip to the connection's thread and back costs more than either.
pub(super) async fn begin(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let (seq, digest): (i64, Vec<u8>) =
        sqlx::query_as("BEGIN IMMEDIATE; SELECT records, digest FROM chain_head")
            .fetch_one(connection)
            .await?;
    let digest = digest.try_into().map_err(|_| sqlx::Error::RowNotFound)?;
    Ok(Head { seq, digest })
}

/// Moves the head and makes everything durable.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    head: Head,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE chain_head SET records = ?1, digest = ?2 WHERE records < ?1; COMMIT")
        .bind(head.seq)
        .bind(&head.digest[..])
        .execute(connection)
        .await?;
    Ok(())
}
