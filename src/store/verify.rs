//! The walk over the whole chain, in constant memory and without holding up the writer.

use futures::TryStreamExt as _;
use sqlx::{FromRow, Row as _, SqlitePool, sqlite::SqliteRow};

use super::{
    ChainReport,
    chain::{Digest, Facts, Head, Personal},
};

/// Rows of one statement. The walk is cut into many, so that the write-ahead log can be emptied
/// meanwhile.
const PORTION: i64 = 4096;

/// A stored row as it is, right or wrong.
#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    at_ms: i64,
    mode: String,
    band: String,
    action: String,
    tier: i64,
    role: String,
    intent: Option<String>,
    confidence: f64,
    reviewed: bool,
    has_review: bool,
    erased: bool,
    payload_digest: Vec<u8>,
    chain: Vec<u8>,
    conversation_id: Option<String>,
    customer_id: Option<String>,
    salt: Option<Vec<u8>>,
    payload: Option<String>,
}

/// Walks the chain as it stood when the walk began.
///
/// # Errors
/// The database cannot be read at all. A row that can be read but not understood is a break.
pub(super) async fn verify(readers: &SqlitePool) -> Result<ChainReport, sqlx::Error> {
    let (last, head, highest): (i64, Vec<u8>, i64) = sqlx::query_as(
        "SELECT records, digest, (SELECT coalesce(max(seq), 0) FROM decisions) FROM chain_head",
    )
    .fetch_one(readers)
    .await?;
    let mut at = Head { seq: 0, digest: [0; 32] };
    let mut report = ChainReport { records: 0, erased: 0, broken_at: None, head: at.digest };
    let (mut place, end) = (0, last.max(highest));
    while place < end {
        let mut rows = sqlx::query(ROWS).bind(place).bind(end).bind(PORTION).fetch(readers);
        let before = place;
        while let Some(row) = rows.try_next().await? {
            place = row.try_get("seq")?;
            report.records += 1;
            report.erased += u64::from(row.try_get("erased").unwrap_or(false));
            if report.broken_at.is_some() {
                continue;
            }
            match following(&row, at) {
                Some(next) => at = next,
                // A missing row breaks the chain at its own place, not at its successor's.
                None => report.broken_at = Some(at.seq + 1),
            }
        }
        if place == before {
            break;
        }
    }
    let complete = at.seq == last && at.digest[..] == head[..] && highest == last;
    if report.broken_at.is_none() && !complete {
        // Rows beyond the head break at the first of them, a wrong digest of the head at its row.
        report.broken_at = Some(if at.seq == last { last } else { at.seq.min(last) + 1 });
    }
    report.head = at.digest;
    Ok(report)
}

const ROWS: &str = "SELECT seq, id, at_ms, mode, band, action, tier, role, intent, confidence, \
    reviewed, EXISTS (SELECT 1 FROM reviews WHERE decision_id = id) AS has_review, erased, \
    payload_digest, chain, conversation_id, customer_id, salt, payload \
    FROM decisions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?";

/// The end of the chain with this row; `None` also for a row that cannot be understood.
fn following(row: &SqliteRow, at: Head) -> Option<Head> {
    Row::from_row(row).ok()?.follows(at)
}

impl Row {
    /// The end of the chain with this row, if the row belongs there and nothing in it was changed.
    fn follows(self, at: Head) -> Option<Head> {
        let digest: Digest = self.payload_digest.as_slice().try_into().ok()?;
        if !self.is_whole(&digest) {
            return None;
        }
        let facts = Facts {
            id: self.id,
            at_ms: self.at_ms,
            mode: self.mode,
            band: self.band,
            action: self.action,
            tier: self.tier,
            role: self.role,
            intent: self.intent,
            confidence: self.confidence,
        };
        let next = at.then(&facts, &digest);
        (next.seq == self.seq && next.digest[..] == self.chain[..]).then_some(next)
    }

    /// True if what is personal fits its digest, or is gone altogether, and the marks are right.
    fn is_whole(&self, digest: &Digest) -> bool {
        if self.reviewed != self.has_review {
            return false;
        }
        match (&self.payload, &self.salt, &self.conversation_id) {
            (Some(payload), Some(salt), Some(conversation)) => {
                let customer = self.customer_id.as_deref();
                let personal = Personal { salt, conversation, customer, payload };
                !self.erased && personal.digest() == *digest
            }
            (None, None, None) => self.erased && self.customer_id.is_none(),
            _ => false,
        }
    }
}
