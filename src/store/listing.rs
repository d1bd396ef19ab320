//! Listings in SQL: one statement per filter, every value bound, every scan inside one index.

use sqlx::{QueryBuilder, Sqlite};

use super::{Filter, Page};

/// The statement for one page; it yields `seq`, `id` and `payload`, newest first, one row more
/// than the page holds if there is another page.
pub(super) fn statement(filter: &Filter, page: &Page) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT seq, id, payload FROM decisions WHERE seq IN (SELECT seq FROM decisions INDEXED BY ",
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
fn first_ms(at: crate::domain::Timestamp) -> i64 {
    let ms = at.as_millisecond();
    if at.subsec_nanosecond() % 1_000_000 > 0 { ms + 1 } else { ms }
}
