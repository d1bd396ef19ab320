//! Policies that were put in force from the service, at rest: append-only, with their texts.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, FromRow, SqliteConnection, SqlitePool};
use tokio::time::timeout;

use super::{Error, Malformed, writer::Note};
use crate::domain::Timestamp;

/// A policy that somebody puts in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The document as it is written.
    pub text: String,
    /// Its version, as decisions name it.
    pub version: String,
    /// Who.
    pub by: String,
    /// Why, in their words.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Text and version of the policy that it replaces.
    pub replaced: (String, String),
}

/// A policy that was in force, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its place in the history, from 1.
    pub place: i64,
    /// Its version, as decisions name it.
    pub version: String,
    /// SHA-256 of its text.
    pub digest: [u8; 32],
    /// When it was saved; for one without `by`, when it was replaced.
    pub at: Timestamp,
    /// Who saved it; `None` for one that was found in its file when it was replaced.
    pub by: Option<String>,
    /// Why, in their words.
    pub note: Option<String>,
}

/// The history, to be read.
#[derive(Debug, Clone)]
pub struct Policies {
    readers: Arc<SqlitePool>,
    patience: Duration,
}

/// A revision as it lies in the database.
#[derive(FromRow)]
struct Row {
    place: i64,
    at_ms: i64,
    version: String,
    digest: Vec<u8>,
    by: Option<String>,
    note: Option<String>,
}

#[async_trait]
impl Note for Draft {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let latest: Option<String> =
            sqlx::query_scalar("SELECT version FROM policies ORDER BY place DESC LIMIT 1")
                .fetch_optional(&mut *transaction)
                .await?;
        let (text, version) = &self.replaced;
        // Written by hand, it would else be lost with its file.
        if latest.as_ref() != Some(version) {
            self.insert(&mut transaction, (text, version), None).await?;
        }
        let place =
            self.insert(&mut transaction, (&self.text, &self.version), Some(&self.by)).await?;
        transaction.commit().await?;
        Ok(Some(place))
    }
}

impl Draft {
    async fn insert(
        &self,
        connection: &mut SqliteConnection,
        (text, version): (&str, &str),
        by: Option<&str>,
    ) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "INSERT INTO policies (at_ms, version, digest, origin, by, note, text) \
             VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING place",
        )
        .bind(self.at.as_millisecond())
        .bind(version)
        .bind(Sha256::digest(text).to_vec())
        .bind(if by.is_some() { "saved" } else { "found" })
        .bind(by)
        .bind(by.and(self.note.as_deref()))
        .bind(text)
        .fetch_one(connection)
        .await
    }
}

impl Policies {
    pub(super) fn new(readers: Arc<SqlitePool>, patience: Duration) -> Self {
        Self { readers, patience }
    }

    /// The newest revisions before a place of the history, newest first.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn list(&self, before: Option<i64>, limit: u32) -> Result<Vec<Revision>, Error> {
        let rows = sqlx::query_as(
            "SELECT place, at_ms, version, digest, by, note FROM policies WHERE place < ? \
             ORDER BY place DESC LIMIT ?",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&*self.readers);
        let rows: Vec<Row> = self.read(rows).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// A revision with its text; `None` if there is no such place.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn find(&self, place: i64) -> Result<Option<(Revision, String)>, Error> {
        let columns =
            "SELECT place, at_ms, version, digest, by, note FROM policies WHERE place = ?";
        let row = sqlx::query_as(columns).bind(place).fetch_optional(&*self.readers);
        let row: Option<Row> = self.read(row).await?;
        let text = sqlx::query_scalar("SELECT text FROM policies WHERE place = ?");
        let text = self.read(text.bind(place).fetch_optional(&*self.readers)).await?;
        row.zip(text).map(|(row, text)| Ok((row.read()?, text))).transpose()
    }

    /// A read that comes back in bounded time.
    async fn read<T>(&self, read: impl Future<Output = sqlx::Result<T>>) -> Result<T, Error> {
        let patience = self.patience;
        Ok(timeout(patience, read).await.map_err(|_| Error::TimedOut(patience))??)
    }
}

impl Row {
    /// # Errors
    /// The row holds what this version does not know.
    fn read(self) -> Result<Revision, Error> {
        let unknown =
            || Error::Unreadable { id: format!("policy {}", self.place), source: Malformed::VALUE };
        Ok(Revision {
            place: self.place,
            digest: self.digest.as_slice().try_into().map_err(|_| unknown())?,
            at: Timestamp::from_millisecond(self.at_ms).map_err(|_| unknown())?,
            version: self.version,
            by: self.by,
            note: self.note,
        })
    }
}
