//! Sums over decisions at rest: one row an hour, model version and channel, written in the same
//! transaction as the decisions that it counts.

use std::collections::BTreeMap;

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::Malformed;
use crate::{
    domain::{Channel, Record, Timestamp},
    monitor::{Contribution, Sums},
};

/// What decisions of one hour, model version and channel add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Hour {
    /// When the hour began.
    pub begin: Timestamp,
    /// Where the customers wrote; `None` where nobody said.
    pub channel: Option<Channel>,
    /// The sums.
    pub sums: Sums,
}

/// Which row a decision is counted in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hour_ms: i64,
    pub(super) model: String,
    pub(super) channel: &'static str,
}

/// What one decision adds, and where.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) key: Key,
    pub(super) sums: Sums,
}

/// A row as its columns hold it.
#[derive(Debug, FromRow)]
pub(super) struct Cells {
    pub(super) counts: String,
    pub(super) vector: Vec<u8>,
}

/// Rows as this process wrote them last. They change only together with the end of the chain, so
/// they hold for as long as that is where this process left it.
#[derive(Debug, Default)]
pub(super) struct Recent(BTreeMap<Key, Sums>);

const HOUR_MS: i64 = 60 * 60 * 1000;

/// Rows that are remembered: the channels of the present hour, and some that came late.
const REMEMBERED: usize = 32;

/// Writes a row, given the names of the five parameters that hold it.
macro_rules! upsert {
    ($row:literal) => {
        concat!(
            "INSERT INTO sums (hour_ms, model, channel, counts, vector) VALUES (",
            $row,
            ") ON CONFLICT (hour_ms, model, channel) \
             DO UPDATE SET counts = excluded.counts, vector = excluded.vector"
        )
    };
}
pub(super) use upsert;

impl Share {
    /// What a record adds to the hour in which it was taken, however late it is stored.
    pub(super) fn of(record: &Record) -> Self {
        let at_ms = record.at.as_millisecond();
        let prediction = record.prediction.as_ref();
        let vector = prediction.and_then(|said| said.vector.as_deref());
        let mut sums = Sums::default();
        sums.add(&Contribution::of(prediction, &record.decision, vector));
        let key = Key {
            hour_ms: at_ms - at_ms.rem_euclid(HOUR_MS),
            model: record.model.1.clone(),
            channel: record.origin.channel.map_or("", Channel::as_str),
        };
        Self { key, sums }
    }
}

impl Cells {
    pub(super) fn of(sums: &mut Sums) -> serde_json::Result<Self> {
        let numbers = std::mem::take(&mut sums.vector);
        let counts = serde_json::to_string(sums);
        let vector = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        sums.vector = numbers;
        Ok(Self { counts: counts?, vector })
    }

    /// A damaged row is told in the log and begun anew: decisions must not stay unstored for it.
    fn read(&self) -> Sums {
        let mut sums: Sums = serde_json::from_str(&self.counts).unwrap_or_else(|source| {
            let cause = Malformed::from(source);
            tracing::error!(%cause, "the sums of an hour cannot be read and begin anew");
            Sums::default()
        });
        let (numbers, _) = self.vector.as_chunks();
        sums.vector = numbers.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect();
        sums
    }
}

impl Recent {
    /// The row of a share with the share added; `None` if this process does not know the row.
    pub(super) fn with(&self, share: &Share) -> Option<Sums> {
        let mut sums = self.0.get(&share.key)?.clone();
        sums.merge(&share.sums);
        Some(sums)
    }

    pub(super) fn put(&mut self, key: Key, sums: Sums) {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&key) {
            self.0.pop_first();
        }
        self.0.insert(key, sums);
    }

    /// Another process has written.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Adds what the decisions of a transaction add up to, one row after the other.
    pub(super) async fn add<'a>(
        &mut self,
        shares: impl IntoIterator<Item = &'a Share>,
        connection: &mut SqliteConnection,
    ) -> sqlx::Result<()> {
        let mut added: BTreeMap<&Key, Sums> = BTreeMap::new();
        for share in shares {
            added.entry(&share.key).or_default().merge(&share.sums);
        }
        for (key, more) in added {
            let mut sums = match self.0.get(key) {
                Some(known) => known.clone(),
                None => stored(key, connection).await?,
            };
            sums.merge(&more);
            let cells = Cells::of(&mut sums).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
            sqlx::query(upsert!("$1, $2, $3, $4, $5"))
                .bind(key.hour_ms)
                .bind(&key.model)
                .bind(key.channel)
                .bind(cells.counts)
                .bind(cells.vector)
                .execute(&mut *connection)
                .await?;
            self.put(key.clone(), sums);
        }
        Ok(())
    }
}

async fn stored(key: &Key, connection: &mut SqliteConnection) -> sqlx::Result<Sums> {
    let found: Option<Cells> = sqlx::query_as(
        "SELECT counts, vector FROM sums WHERE hour_ms = ? AND model = ? AND channel = ?",
    )
    .bind(key.hour_ms)
    .bind(&key.model)
    .bind(key.channel)
    .fetch_optional(connection)
    .await?;
    Ok(found.as_ref().map(Cells::read).unwrap_or_default())
}

/// The hours of a model that began from one time to before another, oldest first.
pub(super) async fn hours(
    readers: &SqlitePool,
    model: &str,
    (from, to): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<Hour>> {
    let rows: Vec<(i64, String, String, Vec<u8>)> = sqlx::query_as(
        "SELECT hour_ms, channel, counts, vector FROM sums \
         WHERE hour_ms >= ? AND hour_ms < ? AND model = ? ORDER BY hour_ms, channel",
    )
    .bind(from.as_millisecond())
    .bind(to.as_millisecond())
    .bind(model)
    .fetch_all(readers)
    .await?;
    let hours = rows.into_iter().filter_map(|(hour_ms, channel, counts, vector)| {
        let begin = Timestamp::from_millisecond(hour_ms).ok()?;
        let sums = Cells { counts, vector }.read();
        Some(Hour { begin, channel: Channel::parse(&channel), sums })
    });
    Ok(hours.collect())
}
