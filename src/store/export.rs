//! What is kept of decisions and reviews as a table, row by row, while the service writes.

use futures::TryStreamExt as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Error,
    open::{Connector, OpenError},
    options::Options,
};
use crate::domain::Timestamp;

/// A store that is only read, to be written out as a table.
pub struct Export {
    connection: SqliteConnection,
}

/// What is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One row per decision, in the order of the chain; erased ones without what was personal.
    Decisions,
    /// One row per decision and person, in the order of the decisions.
    Reviews,
}

/// Which rows of a table, and which columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Which table.
    pub table: Table,
    /// Not before: a decision's time, or a review's.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// With the columns that hold masked words.
    pub with_text: bool,
}

/// A column: its name, what its values are, and where they come from.
struct Column {
    name: &'static str,
    kind: Kind,
    sql: &'static str,
    is_text: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Real,
    Flag,
    /// Milliseconds, written as RFC 3339.
    Time,
    /// A JSON document.
    Json,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known, erased, or not kept.
    Absent,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// True or false.
    Flag(bool),
    /// A list or an object.
    Json(serde_json::Value),
}

/// A row with the names of its columns; serialises as an object in their order.
pub struct Named<'a> {
    /// One name per cell.
    pub names: &'a [&'static str],
    /// The row.
    pub cells: &'a [Cell],
}

const fn column(name: &'static str, kind: Kind, sql: &'static str) -> Column {
    Column { name, kind, sql, is_text: false }
}

const fn text(name: &'static str, kind: Kind, sql: &'static str) -> Column {
    Column { name, kind, sql, is_text: true }
}

/// docs/analysts.md says what each column means.
const DECISIONS: &[Column] = &[
    column("decision_id", Kind::Text, "d.id"),
    column("conversation_id", Kind::Text, "d.conversation_id"),
    column("episode", Kind::Whole, "json_extract(d.payload, '$.standing.episode')"),
    column("at", Kind::Time, "d.at_ms"),
    column("mode", Kind::Text, "d.mode"),
    column("band", Kind::Text, "d.band"),
    column("action", Kind::Text, "d.action"),
    column("tier", Kind::Whole, "d.tier"),
    column("role", Kind::Text, "d.role"),
    column("intent", Kind::Text, "d.intent"),
    column("confidence", Kind::Real, "round(d.confidence, 6)"),
    column("of_record", Kind::Flag, OF_RECORD),
    column("reviewed", Kind::Flag, "d.reviewed"),
    column("erased", Kind::Flag, "d.erased"),
    column("channel", Kind::Text, "json_extract(d.payload, '$.origin.channel')"),
    column("plan", Kind::Text, "json_extract(d.payload, '$.origin.plan')"),
    column("language", Kind::Text, "json_extract(d.payload, '$.features.language.code')"),
    column("severity", Kind::Text, "json_extract(d.payload, '$.decision.severity')"),
    column("priority", Kind::Text, "json_extract(d.payload, '$.decision.priority')"),
    column("strikes", Kind::Whole, "json_extract(d.payload, '$.decision.strikes.count')"),
    column("model_version", Kind::Text, "json_extract(d.payload, '$.model[1]')"),
    column("policy_version", Kind::Text, "json_extract(d.payload, '$.policy')"),
    text("subject", Kind::Text, "json_extract(d.payload, '$.features.subject.masked')"),
    text(
        "messages",
        Kind::Json,
        "iif(d.erased, NULL, (SELECT json_group_array(json_object( \
         'role', json_extract(m.value, '$.speaker'), 'text', json_extract(m.value, '$.masked'))) \
         FROM json_each(d.payload, '$.features.messages') m))",
    ),
];

const REVIEWS: &[Column] = &[
    column("decision_id", Kind::Text, "r.decision_id"),
    column("at", Kind::Time, "r.at_ms"),
    column("by", Kind::Text, "r.reviewer"),
    column("source", Kind::Text, "r.source"),
    column("shown", Kind::Flag, "r.shown"),
    column("observed", Kind::Real, "r.observed"),
    column("verdict", Kind::Text, "r.verdict"),
    column("tier", Kind::Whole, "r.tier"),
    column("role", Kind::Text, "r.role"),
    column("intent", Kind::Text, "r.intent"),
    column("decided_at", Kind::Time, "d.at_ms"),
    column("decided_band", Kind::Text, "d.band"),
    column("decided_tier", Kind::Whole, "d.tier"),
    column("decided_role", Kind::Text, "d.role"),
    column("decided_intent", Kind::Text, "d.intent"),
    column("decided_confidence", Kind::Real, "round(d.confidence, 6)"),
    column("of_record", Kind::Flag, OF_RECORD),
    // Where the words are kept as they were sent, the note is too: it is not masked.
    text("note", Kind::Text, "iif(json_extract(d.payload, '$.store_text') = 'full', NULL, r.note)"),
];

const OF_RECORD: &str = "EXISTS (SELECT 1 FROM episodes e WHERE e.seq = d.seq)";

impl Table {
    const fn columns(self) -> &'static [Column] {
        match self {
            Self::Decisions => DECISIONS,
            Self::Reviews => REVIEWS,
        }
    }

    /// Where the rows come from, in an order that needs no sorting; `?1` and `?2` bound the time.
    const fn rows(self) -> &'static str {
        match self {
            Self::Decisions => {
                "FROM decisions d WHERE d.at_ms >= ?1 AND d.at_ms < ?2 ORDER BY d.seq"
            }
            Self::Reviews => {
                "FROM reviews r JOIN decisions d ON d.id = r.decision_id \
                 WHERE r.at_ms >= ?1 AND r.at_ms < ?2 ORDER BY r.decision_id, r.reviewer"
            }
        }
    }
}

impl Choice {
    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let with_text = self.with_text;
        self.table.columns().iter().filter(move |column| with_text || !column.is_text)
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.columns().map(|column| column.name).collect()
    }

    /// One statement, and so one snapshot: what is written meanwhile is in it whole or not at all.
    fn statement(&self) -> String {
        let columns: Vec<_> = self.columns().map(|column| column.sql).collect();
        format!("SELECT {} {}", columns.join(", "), self.table.rows())
    }
}

impl Export {
    /// Opens the database; it must be there, with the tables of this version.
    ///
    /// # Errors
    /// Every message names the file and the way out.
    pub async fn open(options: &Options) -> Result<Self, OpenError> {
        let connection = Connector::new(options)?.onlooker().await?;
        Ok(Self { connection })
    }

    /// Gives every row to `take`, one after the other and none kept, as the store stood when it
    /// began; returns how many there were.
    ///
    /// # Errors
    /// The database cannot be read, or `take` fails.
    pub async fn each<E: From<Error>>(
        &mut self,
        choice: &Choice,
        mut take: impl FnMut(&[Cell]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let kinds: Vec<Kind> = choice.columns().map(|column| column.kind).collect();
        // Safe: every part of it is written here; what callers send is bound.
        let mut rows = sqlx::query(AssertSqlSafe(choice.statement()))
            .bind(choice.from.map_or(i64::MIN, first_ms))
            .bind(choice.to.map_or(i64::MAX, first_ms))
            .fetch(&mut self.connection);
        let (mut count, mut cells) = (0, Vec::with_capacity(kinds.len()));
        while let Some(row) = rows.try_next().await.map_err(Error::from)? {
            cells.clear();
            for (place, kind) in kinds.iter().enumerate() {
                cells.push(cell(&row, place, *kind).map_err(Error::from)?);
            }
            take(&cells)?;
            count += 1;
        }
        Ok(count)
    }

    /// Closes the connection.
    pub async fn close(self) {
        // Nothing was written that could fail to arrive.
        let _ = self.connection.close().await;
    }
}

fn cell(row: &SqliteRow, place: usize, kind: Kind) -> sqlx::Result<Cell> {
    let cell = match kind {
        Kind::Text => row.try_get::<Option<String>, _>(place)?.map(Cell::Text),
        Kind::Whole => row.try_get::<Option<i64>, _>(place)?.map(Cell::Whole),
        Kind::Real => row.try_get::<Option<f64>, _>(place)?.map(Cell::Real),
        Kind::Flag => row.try_get::<Option<bool>, _>(place)?.map(Cell::Flag),
        Kind::Time => {
            let ms: Option<i64> = row.try_get(place)?;
            let at = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            at.map(|at| Cell::Text(at.to_string()))
        }
        Kind::Json => {
            let json: Option<String> = row.try_get(place)?;
            json.and_then(|json| serde_json::from_str(&json).ok()).map(Cell::Json)
        }
    };
    Ok(cell.unwrap_or(Cell::Absent))
}

/// The first whole millisecond that is not before `at`: rows are stored in milliseconds.
fn first_ms(at: Timestamp) -> i64 {
    let ms = at.as_millisecond();
    if at.subsec_nanosecond() % 1_000_000 > 0 { ms + 1 } else { ms }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => output.serialize_none(),
            Self::Text(text) => output.serialize_str(text),
            Self::Whole(number) => output.serialize_i64(*number),
            Self::Real(number) => output.serialize_f64(*number),
            Self::Flag(flag) => output.serialize_bool(*flag),
            Self::Json(value) => value.serialize(output),
        }
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let mut object = output.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.names.iter().zip(self.cells) {
            object.serialize_entry(name, cell)?;
        }
        object.end()
    }
}
