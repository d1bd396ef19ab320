//! A store that somebody else writes: opened to read what people have said of decisions.

use std::str::FromStr as _;

use sqlx::{Connection as _, SqliteConnection};

use super::{
    Cursor, Error,
    open::{Connector, OpenError},
    options::Options,
    reviews,
};
use crate::domain::{DecisionId, Record, Review};

/// A store that is only read, while the service goes on writing it.
pub struct Archive {
    connection: SqliteConnection,
}

/// A decision that somebody has reviewed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewed {
    /// Which.
    pub id: DecisionId,
    /// Its record; `None` if it was erased, or has aged out.
    pub record: Option<Box<Record>>,
    /// What people say of it, one entry a person, in the order they came.
    pub reviews: Vec<Review>,
}

/// A page of reviewed decisions.
#[derive(Debug, Default)]
pub struct Portion {
    /// Newest first.
    pub reviewed: Vec<Reviewed>,
    /// Rows that this version cannot read.
    pub unreadable: usize,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// Decisions of one page: each may hold a long conversation.
const PORTION: i64 = 64;

impl Archive {
    /// Opens the database; it must be there, with the tables of this version.
    ///
    /// # Errors
    /// Every message names the file and the way out.
    pub async fn open(options: &Options) -> Result<Self, OpenError> {
        let connection = Connector::new(options)?.onlooker().await?;
        Ok(Self { connection })
    }

    /// The reviewed decisions before that place, newest first.
    ///
    /// Each page is a read of its own, so that the write-ahead log can be emptied in between.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn reviewed(&mut self, before: Option<Cursor>) -> Result<Portion, Error> {
        let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(
            "SELECT seq, id, payload FROM decisions INDEXED BY decisions_by_review \
             WHERE reviewed = 1 AND seq < ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(before.map_or(i64::MAX, |cursor| cursor.0))
        .bind(PORTION)
        .fetch_all(&mut self.connection)
        .await?;
        let full = i64::try_from(rows.len()) == Ok(PORTION);
        let next = rows.last().filter(|_| full).map(|(seq, ..)| Cursor(*seq));
        let mut portion = Portion { next, ..Portion::default() };
        for (_, id, payload) in rows {
            match self.read(&id, payload).await? {
                Some(reviewed) => portion.reviewed.push(reviewed),
                None => portion.unreadable += 1,
            }
        }
        Ok(portion)
    }

    /// `None` if the row holds what this version does not know.
    async fn read(&mut self, id: &str, payload: Option<String>) -> Result<Option<Reviewed>, Error> {
        let Ok(id) = DecisionId::from_str(id) else { return Ok(None) };
        let rows = reviews::of(&mut self.connection, id).await?;
        let Ok(reviews) = reviews::read(rows, id) else { return Ok(None) };
        let record = payload.map(|payload| serde_json::from_str::<Record>(&payload)).transpose();
        let Ok(record) = record else { return Ok(None) };
        Ok(Some(Reviewed { id, record: record.map(Box::new), reviews }))
    }

    /// Closes the connection.
    pub async fn close(self) {
        // Nothing was written that could fail to arrive.
        let _ = self.connection.close().await;
    }
}
