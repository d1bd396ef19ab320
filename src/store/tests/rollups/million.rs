//! How long reports take over a million decisions of record, and what counting one costs.
//!
//! `cargo test --release --lib store::tests::rollups::million -- --ignored --nocapture`

use std::time::Instant;

use crate::{
    domain::Timestamp,
    reports::Dimension,
    store::{
        Ledger,
        tests::fixtures::{Place, START_MS},
    },
    triage::reports::{Asked, calibration, handoffs, overview, scorecard},
};

const DECISIONS: i64 = 1_000_000;
const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// A year of decisions of 29 intents, 12 roles, 5 channels, 10 groups and 5 areas; a third was
/// labelled, a third handed over, half solved.
const FILL: &str = "
    PRAGMA foreign_keys = OFF;
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000),
    r AS (SELECT i, i * 2654435761 % 1000000007 AS x FROM n)
    INSERT INTO tallies (place, seq, hour_ms, intent, tier, role, band, channel, agent_group,
        product_area, confidence, is_escalated, lacks_context, overruled, wrong, weight,
        handed_ms, is_urgent, acknowledged_ms, resolved_tier, resolved_ms, csat, reassignments)
    SELECT i, i, 1795132800000 + i * 31536 / 3600000 * 3600000, 'intent-' || (x % 29), x % 5,
        'role-' || (x % 12), iif(x % 3 = 0, 'auto', iif(x % 3 = 1, 'suggest', 'human')),
        'channel-' || (x % 5), 'group-' || (x % 10), 'area-' || (x / 7 % 5), x % 1000 / 1000.0,
        x % 10 = 0, x % 7 = 0, iif(x % 11 < 4, x % 11 = 0, NULL), iif(x % 11 < 4, x % 11 = 0, NULL),
        iif(x % 11 < 4, 1000, NULL), iif(x % 3 = 2, 1795132800000 + i * 31536, NULL), x % 4 = 0,
        iif(x % 6 = 2, 1795132800000 + i * 31536 + 600000, NULL), iif(x % 2, x / 5 % 4, NULL),
        iif(x % 2, 1795132800000 + i * 31536, NULL), iif(x % 9 < 2, x % 5 + 1, NULL),
        iif(x % 8 < 3, x % 3, NULL)
    FROM r;
";

#[tokio::test]
#[ignore = "counts a million decisions, a few minutes"]
async fn reports_over_a_year_of_a_million_decisions_are_quick() {
    let place = Place::new();
    let store = place.store().await;
    let started = Instant::now();
    sqlx::raw_sql(FILL).execute(&mut place.intruder().await).await.unwrap();
    println!(
        "counting one took {:?} on average",
        started.elapsed() / u32::try_from(DECISIONS).unwrap()
    );
    let started = Instant::now();
    // A later turn of the latest 20,000: another confidence, another intent.
    sqlx::raw_sql(
        "PRAGMA foreign_keys = OFF; \
         UPDATE tallies SET seq = seq + 1000000, overruled = NULL, wrong = NULL, weight = NULL, \
         confidence = 0.99 - confidence / 2, intent = 'intent-' || (place % 29) \
         WHERE place > 980000",
    )
    .execute(&mut place.intruder().await)
    .await
    .unwrap();
    println!("moving one took {:?} on average", started.elapsed() / 20_000);
    let ledger = Ledger::open(&place.options).await.unwrap();
    let now = Timestamp::from_millisecond(START_MS + YEAR_MS - 1_234_567).unwrap();
    let mut times = Vec::new();
    // The last week, four weeks, a quarter, and all of it; none on the hour.
    for days in [7, 28, 90, 364] {
        let from = Timestamp::from_millisecond(now.as_millisecond() - days * 86_400_000).unwrap();
        for by in std::iter::once(None).chain(Dimension::BY.map(Some)) {
            let asked = Asked::new((Some(from), None), by, now).unwrap();
            for _ in 0..3 {
                let started = Instant::now();
                overview(&ledger, asked).await.unwrap();
                times.push((started.elapsed(), "overview", days, by));
                let started = Instant::now();
                calibration(&ledger, asked, None).await.unwrap();
                times.push((started.elapsed(), "calibration", days, by));
                let started = Instant::now();
                let patience = jiff::SignedDuration::from_mins(30);
                handoffs(&ledger, asked, patience).await.unwrap();
                times.push((started.elapsed(), "handoffs", days, by));
                let started = Instant::now();
                scorecard(&ledger, asked).await.unwrap();
                times.push((started.elapsed(), "scorecard", days, by));
            }
        }
    }
    times.sort_by_key(|(time, ..)| *time);
    let at = |share: usize| times[(times.len() - 1) * share / 100].0;
    println!(
        "{} reports: half {:?}, p95 {:?}, slowest {:?}",
        times.len(),
        at(50),
        at(95),
        times.last()
    );
    assert!(at(95) < std::time::Duration::from_millis(300));
    drop(store);
}
