//! Listings in SQL: one statement per filter, every value bound, every scan inside one index.

use std::str::FromStr as _;

use sqlx::{QueryBuilder, Row as _, Sqlite, sqlite::SqliteRow};

use crate::domain::{
    Action, Band, ConversationId, DecisionId, Intent, Mode, Probability, RoleId, Tier, Timestamp,
};

/// Which records are wanted; an absent field matches all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// With this band.
    pub band: Option<Band>,
    /// With this tier.
    pub tier: Option<Tier>,
    /// With this role.
    pub role: Option<RoleId>,
    /// With this most probable intent.
    pub intent: Option<Intent>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// Reviewed by an agent or not.
    pub reviewed: Option<bool>,
}

/// Which page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Continue after this cursor, as the previous page gave it.
    pub after: Option<Cursor>,
    /// At most this many records.
    pub limit: u32,
}

/// Where a page ended: the place of its last record in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub i64);

/// A page of decisions.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Newest first. A row that cannot be understood is left out, so a page may hold fewer than
    /// its limit though there is a next one.
    pub summaries: Vec<Summary>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// What a listing says of one decision: no text, so a page costs the same however long its
/// conversations are.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Which decision.
    pub id: DecisionId,
    /// Of this conversation.
    pub conversation_id: ConversationId,
    /// When it was taken, in whole milliseconds.
    pub at: Timestamp,
    /// Live or shadow.
    pub mode: Mode,
    /// How sure it was.
    pub band: Band,
    /// What is done.
    pub action: Action,
    /// Where the conversation goes.
    pub tier: Tier,
    /// Who takes it there.
    pub role: RoleId,
    /// The most probable intent; `None` if the model did not answer.
    pub intent: Option<Intent>,
    /// How sure, as a probability.
    pub confidence: Probability,
}

/// The statement for one page; it yields what a [`Summary`] needs, newest first, one row more
/// than the page holds if there is another page. No payload is read.
pub(super) fn statement(filter: &Filter, page: &Page) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT seq, id, conversation_id, at_ms, mode, band, action, tier, role, intent, \
         confidence FROM decisions WHERE seq IN (SELECT seq FROM decisions INDEXED BY ",
    );
    sql.push(index(filter)).push(" WHERE erased = 0");
    if let Some(conversation) = &filter.conversation {
        sql.push(" AND conversation_id = ").push_bind(conversation.as_str().to_owned());
    }
    if let Some(intent) = &filter.intent {
        sql.push(" AND intent = ").push_bind(intent.as_str().to_owned());
    }
    if let Some(role) = &filter.role {
        sql.push(" AND role = ").push_bind(role.as_str().to_owned());
    }
    if let Some(tier) = filter.tier {
        sql.push(" AND tier = ").push_bind(i64::from(tier.get()));
    }
    if let Some(band) = filter.band {
        sql.push(" AND band = ").push_bind(band.as_str());
    }
    match filter.reviewed {
        // Written out, because a partial index is used only where its condition can be seen.
        Some(true) => _ = sql.push(" AND reviewed = 1"),
        Some(false) => _ = sql.push(" AND reviewed = 0"),
        None => {}
    }
    if let Some(from) = filter.from {
        sql.push(" AND at_ms >= ").push_bind(first_ms(from));
    }
    if let Some(to) = filter.to {
        sql.push(" AND at_ms < ").push_bind(first_ms(to));
    }
    if let Some(after) = page.after {
        sql.push(" AND seq < ").push_bind(after.0);
    }
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(i64::from(page.limit) + 1);
    sql.push(") ORDER BY seq DESC");
    sql
}

/// The page that the rows of [`statement`] make.
///
/// # Errors
/// A row has no place, so nobody could say where the next page begins.
pub(super) fn listing(rows: &[SqliteRow], page: &Page) -> Result<Listing, sqlx::Error> {
    let limit = page.limit as usize;
    let shown = &rows[..rows.len().min(limit)];
    let mut summaries = Vec::with_capacity(shown.len());
    for row in shown {
        let Some(summary) = summary(row) else {
            let seq: i64 = row.try_get("seq")?;
            tracing::warn!(decision.seq = seq, "a decision that cannot be read is not listed");
            continue;
        };
        summaries.push(summary);
    }
    let next = match shown.last() {
        Some(last) if rows.len() > limit => Some(Cursor(last.try_get("seq")?)),
        _ => None,
    };
    Ok(Listing { summaries, next })
}

/// `None` if any column holds what this version does not know.
fn summary(row: &SqliteRow) -> Option<Summary> {
    let text = |name: &str| row.try_get::<&str, _>(name).ok();
    let tier: u8 = row.try_get("tier").ok()?;
    let intent: Option<&str> = row.try_get("intent").ok()?;
    Some(Summary {
        id: DecisionId::from_str(text("id")?).ok()?,
        conversation_id: ConversationId::try_from(text("conversation_id")?.to_owned()).ok()?,
        at: Timestamp::from_millisecond(row.try_get("at_ms").ok()?).ok()?,
        mode: Mode::parse(text("mode")?)?,
        band: Band::parse(text("band")?)?,
        action: Action::parse(text("action")?)?,
        tier: Tier::try_from(tier).ok()?,
        role: RoleId::from(text("role")?),
        intent: intent.map(Intent::from),
        confidence: Probability::try_from(row.try_get::<f32, _>("confidence").ok()?).ok()?,
    })
}

/// The index that leaves the fewest rows to look at. All but the first hold every fact, so that
/// even a filter that matches nothing reads a few dozen bytes a row.
fn index(filter: &Filter) -> &'static str {
    match filter {
        Filter { conversation: Some(_), .. } => "decisions_by_conversation",
        Filter { reviewed: Some(true), .. } => "decisions_by_review",
        Filter { intent: Some(_), .. } => "decisions_by_intent",
        Filter { role: Some(_), .. } => "decisions_by_role",
        Filter { tier: Some(_), .. } => "decisions_by_tier",
        Filter { band: Some(_), .. } => "decisions_by_band",
        _ => "decisions_by_seq",
    }
}

/// The first whole millisecond that is not before `at`: rows are stored in milliseconds, rounded
/// down.
fn first_ms(at: Timestamp) -> i64 {
    let ms = at.as_millisecond();
    if at.subsec_nanosecond() % 1_000_000 > 0 { ms + 1 } else { ms }
}
