//! What reports read: sums over decisions of record by hour, never the records themselves.
//!
//! `migrations/0009_rollups.sql` keeps them, with triggers: whatever moves a count moves it in its
//! own transaction.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use sqlx::{AssertSqlSafe, FromRow, Row as _, SqlitePool};
use tokio::time::timeout;

use super::{Error, OpenError, contract, open::Connector, options::Options};
use crate::{
    domain::{Severity, Timestamp},
    monitor::Contract,
    reports::{Audits, Between, Case, Counts, Dimension, Waiting},
};

/// The store as reports read it.
#[derive(Debug, Clone)]
pub struct Ledger {
    readers: SqlitePool,
    patience: Duration,
}

/// A case as it lies in the database.
#[derive(FromRow)]
struct CaseRow {
    id: String,
    tier: u8,
    confidence: f64,
    severity: Option<String>,
    frustration: Option<f64>,
    strikes: Option<u32>,
    is_escalated: bool,
    lacks_context: bool,
    resolved_tier: Option<i64>,
}

/// Solved cases; their names are not needed.
const CASES_SOLVED: &str = "SELECT '' AS id, tier, confidence, severity, frustration, strikes, \
     is_escalated, lacks_context, resolved_tier FROM tallies \
     WHERE resolved_tier IS NOT NULL ORDER BY seq DESC LIMIT 2000";

/// Cases that nobody has solved yet.
const CASES_OPEN: &str = "SELECT d.id, t.tier, t.confidence, t.severity, t.frustration, \
     t.strikes, t.is_escalated, t.lacks_context, t.resolved_tier \
     FROM (SELECT * FROM tallies WHERE resolved_tier IS NULL ORDER BY seq DESC LIMIT 500) t \
     JOIN decisions d ON d.seq = t.seq WHERE d.erased = 0";

impl CaseRow {
    fn read(self) -> Case {
        Case {
            decision: self.id,
            tier: self.tier,
            confidence: self.confidence,
            severity: self.severity.as_deref().and_then(Severity::parse),
            frustration: self.frustration.unwrap_or(0.0),
            strikes: self.strikes.unwrap_or(0),
            escalated: self.is_escalated,
            lacks_context: self.lacks_context,
            reached: self.resolved_tier.map(|tier| tier >= 3),
        }
    }
}

/// A window as its rows lie, in milliseconds: hours, whole days, hours.
struct Spans {
    from: i64,
    days_from: i64,
    days_to: i64,
    to: i64,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Spans {
    fn of(between: Between) -> Self {
        let (from, to) = between.hours_ms();
        let begin = |ms: i64| ms - ms.rem_euclid(DAY_MS);
        let (days_from, days_to) = (begin(from.saturating_add(DAY_MS - 1)), begin(to));
        // Not one whole day: hours alone.
        let none = days_from > days_to;
        let (days_from, days_to) = if none { (to, to) } else { (days_from, days_to) };
        Self { from, days_from, days_to, to }
    }
}

/// The sums of a table by value. Parameters: the dimension, and the four times of [`Spans`].
fn statement(table: &str, names: &[&str]) -> String {
    let mut statement = "SELECT value".to_owned();
    for name in names {
        let _ = write!(statement, ", sum({name})");
    }
    let all = format!("SELECT * FROM {table} WHERE dimension = ?1 AND grain_ms =");
    let _ = write!(
        statement,
        " FROM ({all} 3600000 AND begin_ms >= ?2 AND begin_ms < ?3 \
         UNION ALL {all} 86400000 AND begin_ms >= ?3 AND begin_ms < ?4 \
         UNION ALL {all} 3600000 AND begin_ms >= ?4 AND begin_ms < ?5) GROUP BY value"
    );
    statement
}

impl Ledger {
    pub(super) fn new(readers: SqlitePool, patience: Duration) -> Self {
        Self { readers, patience }
    }

    /// Opens a database that somebody else may be writing; it must be there, with the tables of
    /// this version.
    ///
    /// # Errors
    /// Every message names the file and the way out.
    pub async fn open(options: &Options) -> Result<Self, OpenError> {
        let connector = Connector::new(options)?;
        // Checks file, owner and schema.
        drop(connector.onlooker().await?);
        Ok(Self::new(connector.readers(), options.append_timeout))
    }

    async fn read<T>(
        &self,
        read: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        let patience = self.patience;
        Ok(timeout(patience, read).await.map_err(|_| Error::TimedOut(patience))??)
    }

    /// The sums of a window by the values of a dimension, in the order of these.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn sums(
        &self,
        dimension: Dimension,
        between: Between,
    ) -> Result<Vec<(String, Counts)>, Error> {
        let mut found = BTreeMap::new();
        for (table, names) in [("rollups", Counts::DECIDED), ("rollups_after", Counts::AFTER)] {
            let spans = Spans::of(between);
            // Safe: every part of it is written here; what callers send is bound.
            let rows = sqlx::query(AssertSqlSafe(statement(table, names)))
                .bind(dimension.as_str())
                .bind(spans.from)
                .bind(spans.days_from)
                .bind(spans.days_to)
                .bind(spans.to)
                .fetch_all(&self.readers);
            for row in self.read(rows).await? {
                let counts: &mut Counts = found.entry(row.try_get(0)?).or_default();
                for (place, name) in names.iter().enumerate() {
                    if let Some(sum) = counts.named(name) {
                        *sum = row.try_get(place + 1)?;
                    }
                }
            }
        }
        // What was moved elsewhere leaves zeros.
        Ok(found.into_iter().filter(|(_, counts)| *counts != Counts::default()).collect())
    }

    /// Decisions of record by the hour, oldest first; hours without any are left out.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn volume(&self, between: Between) -> Result<Vec<(Timestamp, u64)>, Error> {
        let (from, to) = between.hours_ms();
        let rows = sqlx::query_as(
            "SELECT begin_ms, decisions FROM rollups WHERE dimension = 'all' AND grain_ms = 3600000 \
             AND begin_ms >= ? AND begin_ms < ? AND decisions > 0 ORDER BY begin_ms",
        )
        .bind(from)
        .bind(to)
        .fetch_all(&self.readers);
        let rows: Vec<(i64, i64)> = self.read(rows).await?;
        let hours = rows.into_iter().filter_map(|(hour, count)| {
            Some((Timestamp::from_millisecond(hour).ok()?, u64::try_from(count).ok()?))
        });
        Ok(hours.collect())
    }

    /// Handoffs that have waited since before a moment, the longest first, at most so many; and how
    /// many there are in all.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn waiting(
        &self,
        before: Timestamp,
        at_most: u32,
    ) -> Result<(Vec<Waiting>, u64), Error> {
        let before_ms = before.as_millisecond();
        let rows = sqlx::query_as(
            "SELECT conversation_id, waiting_since_ms, waiting_severity FROM conversations \
             WHERE waiting_since_ms IS NOT NULL AND waiting_since_ms < ? \
             ORDER BY waiting_since_ms LIMIT ?",
        )
        .bind(before_ms)
        .bind(at_most)
        .fetch_all(&self.readers);
        let rows: Vec<(String, i64, String)> = self.read(rows).await?;
        let all = sqlx::query_scalar(
            "SELECT count(*) FROM conversations \
             WHERE waiting_since_ms IS NOT NULL AND waiting_since_ms < ?",
        )
        .bind(before_ms)
        .fetch_one(&self.readers);
        let all: i64 = self.read(all).await?;
        let waiting = rows.into_iter().filter_map(|(conversation, since_ms, severity)| {
            let since = Timestamp::from_millisecond(since_ms).ok()?;
            Some(Waiting { conversation, since, severity })
        });
        Ok((waiting.collect(), u64::try_from(all).unwrap_or(0)))
    }

    /// Audits of decisions taken in a window.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn audits(&self, between: Between) -> Result<Audits, Error> {
        let (from, to) = between.hours_ms();
        let rows = sqlx::query_as(
            "SELECT count(*), coalesce(sum(state = 'answered'), 0), \
             coalesce(sum(state = 'open'), 0) FROM audits WHERE at_ms >= ? AND at_ms < ?",
        )
        .bind(from)
        .bind(to)
        .fetch_one(&self.readers);
        let (drawn, answered, open): (i64, i64, i64) = self.read(rows).await?;
        let [drawn, answered, open] =
            [drawn, answered, open].map(|count| u64::try_from(count).unwrap_or(0));
        Ok(Audits { drawn, answered, open, erased: drawn.saturating_sub(answered + open) })
    }

    /// The latest decisions with that intent that tier 2 or 3 solved, newest first; what was erased
    /// is left out.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn solved_by_experts(
        &self,
        intent: &str,
        between: Between,
        at_most: u32,
    ) -> Result<Vec<String>, Error> {
        let (from, to) = between.hours_ms();
        let rows = sqlx::query_scalar(
            "SELECT d.id FROM (SELECT seq, hour_ms FROM tallies WHERE intent = ? \
             AND hour_ms >= ? AND hour_ms < ? AND resolved_tier IN (2, 3) \
             ORDER BY hour_ms DESC LIMIT 100) t JOIN decisions d ON d.seq = t.seq \
             WHERE d.erased = 0 ORDER BY t.hour_ms DESC LIMIT ?",
        )
        .bind(intent)
        .bind(from)
        .bind(to)
        .bind(at_most)
        .fetch_all(&self.readers);
        self.read(rows).await
    }

    /// The latest cases: 2,000 that were solved, 500 that nobody has solved yet. What was erased is
    /// left out of the latter.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn cases(&self) -> Result<Vec<Case>, Error> {
        let solved = sqlx::query_as(CASES_SOLVED).fetch_all(&self.readers);
        let mut rows: Vec<CaseRow> = self.read(solved).await?;
        let open = sqlx::query_as(CASES_OPEN).fetch_all(&self.readers);
        rows.extend(self.read(open).await?);
        Ok(rows.into_iter().map(CaseRow::read).collect())
    }

    /// The promise about automatic decisions as it stands; `None` before the first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn contract(&self) -> Result<Option<Contract>, Error> {
        self.read(contract::contract(&self.readers)).await
    }

    /// Closes the connections.
    pub async fn close(self) {
        self.readers.close().await;
    }
}
