//! Stored decisions in the order of the chain, a stretch at a time, for whoever goes over many.
//!
//! Each stretch is a statement of its own, so that no reader keeps the log from being emptied, and
//! gives rows as they lie: to read their payloads takes a processor, and whoever asks has several.

use std::collections::HashMap;

use sqlx::{FromRow, SqlitePool};

use super::{Cursor, Error, reviews};
use crate::domain::{Record, Resolution, Review, Timestamp};

/// Which decisions: those that were taken in a window of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// What lies in a window at a moment; what is written later lies behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Decisions, erased ones included.
    pub decisions: u64,
    /// Of these, older than the newest that were asked for.
    pub older: u64,
    /// The place before the first that was asked for.
    pub before: Cursor,
    /// The place of the last.
    pub last: Cursor,
}

/// Decisions one after the other.
#[derive(Debug)]
pub struct Stretch {
    /// In the order of the chain.
    pub rows: Vec<Kept>,
    /// Decisions in between whose payload was erased.
    pub erased: u64,
    /// The place of the last; `None` if there are no more.
    pub next: Option<Cursor>,
}

/// A decision as it lies in the store, with what people have said since.
#[derive(Debug)]
pub struct Kept {
    id: String,
    payload: String,
    reviews: Vec<reviews::Row>,
    outcome: Option<String>,
}

/// A decision with what people have said since.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// What was decided.
    pub record: Record,
    /// What people say of it, in the order they came.
    pub reviews: Vec<Review>,
    /// What became of its conversation, as far as anybody has said.
    pub resolution: Option<Resolution>,
}

impl Kept {
    /// Reads the payload; takes as long as its text is.
    ///
    /// # Errors
    /// The record, a review or the outcome is not of this version.
    pub fn read(self) -> Result<Past, Error> {
        let unreadable = |source: serde_json::Error| Error::Unreadable {
            id: self.id.clone(),
            source: source.into(),
        };
        let record: Record = serde_json::from_str(&self.payload).map_err(unreadable)?;
        let resolution = self.outcome.as_deref().map(serde_json::from_str).transpose();
        let resolution = resolution.map_err(unreadable)?;
        let reviews = reviews::read(self.reviews, record.id)?;
        Ok(Past { record, reviews, resolution })
    }
}

/// A row of the table of decisions.
#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    reviewed: bool,
    payload: Option<String>,
    outcome: Option<String>,
}

/// A review with its decision.
#[derive(FromRow)]
struct Reviewed {
    decision_id: String,
    #[sqlx(flatten)]
    review: reviews::Row,
}

impl Window {
    /// The window in milliseconds; rows are stored in whole ones, rounded down.
    fn bounds(&self) -> (i64, i64) {
        let first_ms = |at: Timestamp| {
            let ms = at.as_millisecond();
            if at.subsec_nanosecond() % 1_000_000 > 0 { ms + 1 } else { ms }
        };
        (self.from.map_or(i64::MIN, first_ms), self.to.map_or(i64::MAX, first_ms))
    }
}

/// What lies in a window now; of the newest `at_most` decisions, where that is given.
pub(super) async fn extent(
    readers: &SqlitePool,
    window: &Window,
    at_most: Option<u32>,
) -> sqlx::Result<Extent> {
    let (from, to) = window.bounds();
    let (decisions, last): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(max(seq), 0) FROM decisions INDEXED BY decisions_by_seq \
         WHERE at_ms >= ? AND at_ms < ?",
    )
    .bind(from)
    .bind(to)
    .fetch_one(readers)
    .await?;
    let Some(at_most) = at_most.map(i64::from).filter(|at_most| decisions > *at_most) else {
        let decisions = u64::try_from(decisions).unwrap_or(0);
        return Ok(Extent { decisions, older: 0, before: Cursor(0), last: Cursor(last) });
    };
    let before: Option<i64> = sqlx::query_scalar(
        "SELECT seq FROM decisions INDEXED BY decisions_by_seq \
         WHERE at_ms >= ? AND at_ms < ? AND seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ?",
    )
    .bind(from)
    .bind(to)
    .bind(last)
    .bind(at_most)
    .fetch_optional(readers)
    .await?;
    Ok(Extent {
        decisions: u64::try_from(decisions).unwrap_or(0),
        older: u64::try_from(decisions - at_most).unwrap_or(0),
        before: Cursor(before.unwrap_or(0)),
        last: Cursor(last),
    })
}

/// The decisions of a window behind a place, up to the end of an extent; at most `limit`.
pub(super) async fn stretch(
    readers: &SqlitePool,
    window: &Window,
    (after, last): (Cursor, Cursor),
    limit: u32,
) -> sqlx::Result<Stretch> {
    let (from, to) = window.bounds();
    // The rows are found in an index alone, so that those outside of the window cost nothing.
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT d.seq, d.id, d.reviewed, d.payload, o.payload AS outcome FROM decisions d \
         LEFT JOIN outcomes o ON o.conversation_id = d.conversation_id \
         WHERE d.seq IN (SELECT seq FROM decisions INDEXED BY decisions_by_seq \
         WHERE seq > ?1 AND seq <= ?2 AND at_ms >= ?3 AND at_ms < ?4 ORDER BY seq LIMIT ?5) \
         ORDER BY d.seq",
    )
    .bind(after.0)
    .bind(last.0)
    .bind(from)
    .bind(to)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await?;
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|row| Cursor(row.seq));
    let mut said = said(readers, &rows).await?;
    let mut stretch = Stretch { rows: Vec::with_capacity(rows.len()), erased: 0, next };
    for row in rows {
        let Some(payload) = row.payload else {
            stretch.erased += 1;
            continue;
        };
        let reviews = said.remove(&row.id).unwrap_or_default();
        stretch.rows.push(Kept { id: row.id, payload, reviews, outcome: row.outcome });
    }
    Ok(stretch)
}

/// What people say of some decisions, by decision.
async fn said(
    readers: &SqlitePool,
    rows: &[Row],
) -> sqlx::Result<HashMap<String, Vec<reviews::Row>>> {
    let mut said: HashMap<String, Vec<reviews::Row>> = HashMap::new();
    let reviewed: Vec<&str> =
        rows.iter().filter(|row| row.reviewed).map(|row| row.id.as_str()).collect();
    if reviewed.is_empty() {
        return Ok(said);
    }
    let mut statement = sqlx::QueryBuilder::new(
        "SELECT decision_id, reviewer, verdict, tier, role, intent, note, at_ms, source, shown, \
         observed FROM reviews WHERE decision_id IN (",
    );
    let mut list = statement.separated(", ");
    for id in reviewed {
        list.push_bind(id);
    }
    statement.push(") ORDER BY decision_id, at_ms, reviewer");
    let found: Vec<Reviewed> = statement.build_query_as().fetch_all(readers).await?;
    for Reviewed { decision_id, review } in found {
        said.entry(decision_id).or_default().push(review);
    }
    Ok(said)
}
