//! Draws audits while records are written: in the same transaction, so that a crash neither loses
//! nor doubles one.

use sqlx::SqliteConnection;

use super::{
    draw::{AuditOptions, Secret},
    entry::Entry,
};

const HOUR_MS: i64 = 3_600 * 1_000;
const WEEK_MS: i64 = 7 * 24 * HOUR_MS;

/// Automatic decisions after which the share is found anew: a tenth of the week's, at least so
/// many.
const BLOCK: i64 = 10;

/// Knows which automatic decisions are audited.
///
/// The share in force stands in the database before a decision is taken under it; this is a copy,
/// good as long as nobody else writes.
pub(super) struct Sampler {
    options: AuditOptions,
    share: Option<Share>,
    /// Options may have changed since the share in the database was found; until a share of these
    /// options is committed.
    is_new: bool,
}

#[derive(Debug, Clone, Copy)]
struct Share {
    secret: Secret,
    rate: f64,
    at_ms: i64,
    /// Automatic decisions until it is found anew.
    left: i64,
}

/// The share in force, as it lies in the database.
#[derive(sqlx::FromRow)]
struct Row {
    at_ms: i64,
    /// Automatic decisions until now.
    automatic: i64,
    renew_at: i64,
    rate: f64,
}

impl Sampler {
    pub(super) fn new(options: AuditOptions) -> Self {
        Self { options, share: None, is_new: true }
    }

    /// Forgets what is in the database: somebody else may have written there, or a commit failed.
    pub(super) fn forget(&mut self) {
        self.share = None;
    }

    /// True if the entry can be written without a word to the tables of audits.
    pub(super) fn passes_over(&self, entry: &Entry, now_ms: i64) -> bool {
        if !entry.may_be_audited {
            return true;
        }
        let Some(share) = self.share.filter(|share| share.holds(now_ms)) else { return false };
        !share.secret.draws(&entry.facts.id, share.rate)
    }

    /// Takes note of an entry that was passed over.
    pub(super) fn count(&mut self, entry: &Entry) {
        if let Some(share) = self.share.as_mut().filter(|_| entry.may_be_audited) {
            share.left -= 1;
        }
    }

    /// Finds the share for the entry that gets that place, before it is written.
    pub(super) async fn prepare(
        &mut self,
        connection: &mut SqliteConnection,
        entry: &Entry,
        (seq, now_ms): (i64, i64),
    ) -> sqlx::Result<()> {
        if !entry.may_be_audited || self.share.is_some_and(|share| share.holds(now_ms)) {
            return Ok(());
        }
        let (secret,): (Vec<u8>,) =
            sqlx::query_as("SELECT secret FROM audit_secret").fetch_one(&mut *connection).await?;
        let secret = secret.try_into().map_err(|_| sqlx::Error::RowNotFound)?;
        let row = self.row(connection, seq, now_ms).await?;
        let (rate, at_ms) = (row.rate, row.at_ms);
        let left = row.renew_at - row.automatic;
        self.share = Some(Share { secret: Secret(secret), rate, at_ms, left });
        Ok(())
    }

    /// Takes note that everything since the last [`Sampler::prepare`] is in the database.
    pub(super) fn committed(&mut self) {
        if self.share.is_some() {
            self.is_new = false;
        }
    }

    /// Writes the audit of an entry that has just been written at that place, if it is drawn.
    pub(super) async fn draw(
        &mut self,
        connection: &mut SqliteConnection,
        entry: &Entry,
        seq: i64,
    ) -> sqlx::Result<()> {
        let Some(share) = self.share.filter(|_| entry.may_be_audited) else { return Ok(()) };
        self.count(entry);
        if !share.secret.draws(&entry.facts.id, share.rate) {
            return Ok(());
        }
        sqlx::query("INSERT INTO audits (seq, id, at_ms, pi) VALUES (?, ?, ?, ?)")
            .bind(seq)
            .bind(share.secret.names(&entry.facts.id).as_str())
            .bind(entry.facts.at_ms)
            .bind(share.rate)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The share in force at that place; a new one is written if the last is used up.
    async fn row(
        &self,
        connection: &mut SqliteConnection,
        seq: i64,
        now_ms: i64,
    ) -> sqlx::Result<Row> {
        let last: Option<Row> = sqlx::query_as(
            "SELECT at_ms, renew_at, rate, automatic + (SELECT count(*) FROM decisions \
             INDEXED BY decisions_by_band WHERE band = 'auto' AND seq >= r.seq) AS automatic \
             FROM audit_rates r ORDER BY seq DESC LIMIT 1",
        )
        .fetch_optional(&mut *connection)
        .await?;
        let automatic = last.as_ref().map_or(0, |row| row.automatic);
        if let Some(row) = last
            && !self.is_new
            && row.automatic < row.renew_at
            && hour(row.at_ms) == hour(now_ms)
        {
            return Ok(row);
        }
        let (before, drawn): (i64, i64) = sqlx::query_as(
            "SELECT coalesce((SELECT automatic FROM audit_rates WHERE at_ms > ?1 AND at_ms <= ?2 \
             ORDER BY seq LIMIT 1), ?3), \
             (SELECT count(*) FROM audits WHERE at_ms > ?1 AND at_ms <= ?2)",
        )
        .bind(now_ms - WEEK_MS)
        .bind(now_ms)
        .bind(automatic)
        .fetch_one(&mut *connection)
        .await?;
        let week = automatic - before;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let rate = self.options.share(count(week), count(drawn));
        let renew_at = automatic + BLOCK.max(week / 10);
        sqlx::query(
            "INSERT INTO audit_rates (seq, at_ms, automatic, renew_at, rate) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (seq) DO UPDATE SET at_ms = ?2, \
             automatic = ?3, renew_at = ?4, rate = ?5",
        )
        .bind(seq)
        .bind(now_ms)
        .bind(automatic)
        .bind(renew_at)
        .bind(rate)
        .execute(connection)
        .await?;
        Ok(Row { at_ms: now_ms, automatic, renew_at, rate })
    }
}

impl Share {
    fn holds(&self, now_ms: i64) -> bool {
        self.left > 0 && hour(self.at_ms) == hour(now_ms)
    }
}

fn hour(at_ms: i64) -> i64 {
    at_ms.div_euclid(HOUR_MS)
}
