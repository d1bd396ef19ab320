//! Alarms at rest: what is watched, what came of it, and the decisions behind it.

use std::str::FromStr as _;

use async_trait::async_trait;
use sqlx::{Connection as _, QueryBuilder, Sqlite as Database, SqliteConnection};

use super::{Cursor, Error, Malformed, Sqlite, writer::Note};
use crate::{
    domain::{Band, DecisionId, Intent, LabelSource, Severity, Timestamp, Verdict},
    monitor::{Alarm, Ground, Judged, Sighting, Subject, Vigil},
};

/// A place that keeps what is watched and the alarms that come of it.
#[async_trait]
pub trait Alarms: Send + Sync {
    /// What is watched, with the version that was read; 0 before the first time.
    async fn vigil(&self) -> Result<(Vigil, i64), Error>;

    /// The oldest reviews of suggestions by agents that nobody has counted yet; at most so many.
    async fn unwatched(&self, most: u32) -> Result<Vec<Unwatched>, Error>;

    /// Keeps what came of a look, all of it or nothing; false if another instance came first.
    async fn looked(&self, look: Look) -> Result<bool, Error>;

    /// The latest alarms, newest first, each with its place.
    async fn alarms(&self, wanted: Wanted) -> Result<Vec<(Cursor, Alarm)>, Error>;

    /// Decisions that show what an alarm is about; at most ten.
    async fn behind(&self, alarm: &Alarm) -> Result<Vec<DecisionId>, Error>;
}

/// A review that nobody has counted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Unwatched {
    /// Of which decision.
    pub decision: String,
    /// Who gave it.
    pub reviewer: String,
    /// What it says; `None` if it says nothing new: the decision has another review that counts,
    /// or it was no suggestion.
    pub judged: Option<Judged>,
}

/// What came of a look.
#[derive(Debug, Clone)]
pub struct Look {
    /// What is watched from now on.
    pub vigil: Vigil,
    /// The version that was read.
    pub version: i64,
    /// The reviews that have been counted, by decision and reviewer.
    pub watched: Vec<(String, String)>,
    /// What began or ended.
    pub alarms: Vec<Alarm>,
}

/// Which alarms are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Older than this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// Decisions that are named with an alarm.
const NAMED: i64 = 10;

#[async_trait]
impl Alarms for Sqlite {
    async fn vigil(&self) -> Result<(Vigil, i64), Error> {
        let readers = self.readers();
        let found = sqlx::query_as("SELECT state, version FROM vigil").fetch_optional(&*readers);
        let Some((state, version)): Option<(String, i64)> = self.read(found).await? else {
            return Ok((Vigil::default(), 0));
        };
        let vigil = serde_json::from_str(&state).unwrap_or_else(|source| {
            let cause = Malformed::from(source);
            tracing::error!(%cause, "what was watched cannot be read and begins anew");
            Vigil::default()
        });
        Ok((vigil, version))
    }

    async fn unwatched(&self, most: u32) -> Result<Vec<Unwatched>, Error> {
        let readers = self.readers();
        let rows = sqlx::query_as(
            "SELECT r.decision_id, r.reviewer, d.intent, r.verdict, \
             r.source = ? AND d.band <> ? AND NOT EXISTS (SELECT 1 FROM reviews o \
             WHERE o.decision_id = r.decision_id AND o.source = r.source AND (o.watched = 1 \
             OR (o.at_ms, o.reviewer) < (r.at_ms, r.reviewer))) \
             FROM reviews r INDEXED BY reviews_unwatched JOIN decisions d ON d.id = r.decision_id \
             WHERE r.watched = 0 ORDER BY r.at_ms, r.decision_id, r.reviewer LIMIT ?",
        )
        .bind(LabelSource::Agent.as_str())
        .bind(Band::Human.as_str())
        .bind(most)
        .fetch_all(&*readers);
        let rows: Vec<(String, String, Option<String>, String, bool)> = self.read(rows).await?;
        let unwatched = rows.into_iter().map(|(decision, reviewer, intent, verdict, counts)| {
            let intent = intent.as_deref().map(Intent::from);
            let overridden = verdict == Verdict::Overridden.as_str();
            let sighting = if overridden { Sighting::Bad } else { Sighting::Good };
            let judged = counts.then_some(Judged { intent, sighting });
            Unwatched { decision, reviewer, judged }
        });
        Ok(unwatched.collect())
    }

    async fn looked(&self, look: Look) -> Result<bool, Error> {
        Ok(self.note(Box::new(look)).await?.is_some())
    }

    async fn alarms(&self, wanted: Wanted) -> Result<Vec<(Cursor, Alarm)>, Error> {
        let readers = self.readers();
        let mut sql = QueryBuilder::<Database>::new("SELECT id, payload FROM alarms WHERE 1");
        if let Some(from) = wanted.from {
            sql.push(" AND at_ms >= ").push_bind(from.as_millisecond());
        }
        if let Some(to) = wanted.to {
            sql.push(" AND at_ms < ").push_bind(to.as_millisecond());
        }
        if let Some(after) = wanted.after {
            sql.push(" AND id < ").push_bind(after.0);
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(wanted.limit));
        let rows: Vec<(i64, String)> = self.read(sql.build_query_as().fetch_all(&*readers)).await?;
        let mut alarms = Vec::with_capacity(rows.len());
        for (id, payload) in rows {
            match serde_json::from_str(&payload) {
                Ok(alarm) => alarms.push((Cursor(id), alarm)),
                Err(source) => {
                    let cause = Malformed::from(source);
                    tracing::warn!(%cause, alarm.id = id, "an alarm that cannot be read is left out");
                }
            }
        }
        Ok(alarms)
    }

    async fn behind(&self, alarm: &Alarm) -> Result<Vec<DecisionId>, Error> {
        let readers = self.readers();
        let mut sql = decisions(alarm);
        sql.push(" LIMIT ").push_bind(NAMED);
        let ids: Vec<String> = self.read(sql.build_query_scalar().fetch_all(&*readers)).await?;
        Ok(ids.iter().filter_map(|id| DecisionId::from_str(id).ok()).collect())
    }
}

/// The statement that finds the decisions behind an alarm, the most telling first.
fn decisions(alarm: &Alarm) -> QueryBuilder<Database> {
    match alarm.subject {
        Subject::Overrides => overridden(alarm.intent.as_ref(), None),
        Subject::Contract => match alarm.ground {
            Some(Ground::Overrides) => overridden(None, Some(Band::Auto)),
            Some(Ground::Satisfaction) => {
                let mut sql = QueryBuilder::new(
                    "SELECT d.id FROM outcomes o JOIN decisions d \
                     ON d.conversation_id = o.conversation_id AND d.erased = 0 \
                     WHERE json_extract(o.payload, '$.csat') < 4 AND d.band = ",
                );
                sql.push_bind(Band::Auto.as_str()).push(" ORDER BY o.at_ms DESC, d.seq DESC");
                sql
            }
            Some(Ground::Audits) | None => QueryBuilder::new(
                "SELECT decision_id FROM reviews WHERE source = 'audit' AND counted = 1 \
                 AND verdict = 'overridden' ORDER BY at_ms DESC, decision_id",
            ),
        },
        Subject::Handoffs => {
            let mut sql = QueryBuilder::new(
                "SELECT (SELECT id FROM decisions d WHERE d.conversation_id = c.conversation_id \
                 AND erased = 0 ORDER BY seq DESC LIMIT 1) AS id FROM conversations c \
                 WHERE id IS NOT NULL AND waiting_since_ms < ",
            );
            sql.push_bind(alarm.to.as_millisecond()).push(" AND waiting_severity IN (");
            sql.push_bind(Severity::High.as_str()).push(", ");
            sql.push_bind(Severity::Critical.as_str()).push(") ORDER BY waiting_since_ms");
            sql
        }
        Subject::Novelty
        | Subject::Confidence
        | Subject::Intents
        | Subject::Distribution
        | Subject::Meaning => of_the_window(alarm),
    }
}

fn overridden(intent: Option<&Intent>, band: Option<Band>) -> QueryBuilder<Database> {
    let mut sql = QueryBuilder::new(
        "SELECT d.id FROM reviews r JOIN decisions d ON d.id = r.decision_id \
         WHERE r.source = 'agent' AND r.verdict = 'overridden'",
    );
    if let Some(intent) = intent {
        sql.push(" AND d.intent = ").push_bind(intent.as_str().to_owned());
    }
    if let Some(band) = band {
        sql.push(" AND d.band = ").push_bind(band.as_str());
    }
    sql.push(" GROUP BY d.seq ORDER BY max(r.at_ms) DESC, d.seq DESC");
    sql
}

fn of_the_window(alarm: &Alarm) -> QueryBuilder<Database> {
    let mut sql = QueryBuilder::new("SELECT id FROM decisions WHERE erased = 0 AND at_ms < ");
    sql.push_bind(alarm.to.as_millisecond());
    if let Some(from) = alarm.from {
        sql.push(" AND at_ms >= ").push_bind(from.as_millisecond());
    }
    sql.push(" AND intent IS NOT NULL");
    let grown = alarm.causes.iter().find(|cause| cause.now > cause.usual);
    match (alarm.subject, grown) {
        (Subject::Intents, Some(cause)) => {
            sql.push(" AND intent = ").push_bind(cause.name.clone()).push(" ORDER BY seq DESC");
        }
        (Subject::Distribution, Some(cause)) => {
            if let Some((low, high)) = range(&cause.name) {
                sql.push(" AND confidence >= ").push_bind(low);
                sql.push(" AND confidence < ").push_bind(high);
            }
            sql.push(" ORDER BY seq DESC");
        }
        (Subject::Novelty, _) => {
            sql.push(" ORDER BY json_extract(payload, '$.prediction.novelty') DESC, seq DESC");
        }
        (Subject::Confidence, _) => _ = sql.push(" ORDER BY confidence, seq DESC"),
        _ => _ = sql.push(" ORDER BY seq DESC"),
    }
    sql
}

/// A range of confidence as a cause names it; the highest one holds its end.
fn range(name: &str) -> Option<(f64, f64)> {
    let (low, high) = name.split_once('-')?;
    let (low, high): (f64, f64) = (low.parse().ok()?, high.parse().ok()?);
    Some((low, if high >= 1.0 { f64::INFINITY } else { high }))
}

#[async_trait]
impl Note for Look {
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
        let encode = |cause: serde_json::Error| sqlx::Error::Encode(cause.into());
        let state = serde_json::to_string(&self.vigil).map_err(encode)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let written = sqlx::query(
            "INSERT INTO vigil (one, version, state) SELECT 1, ?1 + 1, ?2 WHERE ?1 = \
             coalesce((SELECT version FROM vigil), 0) \
             ON CONFLICT (one) DO UPDATE SET version = excluded.version, state = excluded.state",
        )
        .bind(self.version)
        .bind(state)
        .execute(&mut *transaction)
        .await?;
        if written.rows_affected() == 0 {
            return Ok(None);
        }
        for (decision, reviewer) in &self.watched {
            sqlx::query("UPDATE reviews SET watched = 1 WHERE decision_id = ? AND reviewer = ?")
                .bind(decision)
                .bind(reviewer)
                .execute(&mut *transaction)
                .await?;
        }
        for alarm in &self.alarms {
            let payload = serde_json::to_string(alarm).map_err(encode)?;
            sqlx::query("INSERT INTO alarms (at_ms, subject, raised, payload) VALUES (?, ?, ?, ?)")
                .bind(alarm.at.as_millisecond())
                .bind(alarm.subject.as_str())
                .bind(alarm.raised)
                .bind(payload)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Some(self.version + 1))
    }
}
