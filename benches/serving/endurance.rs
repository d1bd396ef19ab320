//! Half an hour at seven tenths of the capacity: errors, and memory from minute to minute.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{
    Bench, Error,
    contender::Contender,
    load::{self, Load, Target},
    machine::Memory,
    report::{Section, table},
    sample::{By, Tally},
    schedule::Arrivals,
    workload::Kind,
};

/// Share of the capacity.
const SHARE: f64 = 0.7;

/// The minute whose memory the end is held against.
const SETTLED_MINUTE: usize = 5;

/// Replays conversations to Baton as it ships, its cache on.
///
/// # Errors
/// The service does not start.
pub(crate) async fn endurance(bench: &Bench) -> Result<Section, Error> {
    let baton = Contender::Baton { cached: true };
    let full = Load::Closed { connections: bench.connections, pause: Duration::ZERO };
    let (full, _) = bench.window(&baton, Kind::Replay, full).await?;
    let per_s = SHARE * full.answered_per_s;

    let minutes = bench.minutes.max(1);
    let length = Duration::from_mins(1) * minutes;
    let target = Target::new(&baton, &bench.material, Kind::Replay);
    let server = bench.start(&target).await?;
    let cpu = server.cpu();
    let watch = async {
        let mut memory: Vec<Memory> = Vec::new();
        for minute in 1..=minutes {
            sleep(Duration::from_mins(1)).await;
            memory.push(server.memory());
            eprintln!("minute {minute}: {:.1} MB", memory[memory.len() - 1].resident_mb);
        }
        memory
    };
    let load = Load::Open { per_s, arrivals: Arrivals::Poisson };
    let (samples, memory) = tokio::join!(load::run(&server, &target, load, length), watch);
    let tally = Tally::of(&samples?, By::Due, &(Duration::ZERO..length));
    let other = server.cpu().since(cpu).other_s() / length.as_secs_f64();

    let end = memory[memory.len() - 1];
    let settled = memory[SETTLED_MINUTE.min(memory.len()) - 1];
    let rows = [
        ("rate", format!("{per_s:.1}/s of {:.1}/s", full.answered_per_s)),
        ("answered", tally.answered.to_string()),
        (
            "refused, degraded, failed",
            format!("{}, {}, {}", tally.refused, tally.degraded, tally.failed),
        ),
        (
            "p50, p99",
            format!("{:.1} ms, {:.1} ms", tally.quantile_ms(0.5), tally.quantile_ms(0.99)),
        ),
        (
            "resident memory at minute 5, at the end, most",
            format!(
                "{:.1} MB, {:.1} MB, {:.1} MB",
                settled.resident_mb, end.resident_mb, end.peak_mb
            ),
        ),
        ("growth", format!("{:+.1} MB", end.resident_mb - settled.resident_mb)),
        ("database", format!("{:.0} MB", server.store_bytes() as f64 / 1e6)),
        ("other cores", format!("{other:.2}")),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    let markdown = format!(
        "## Endurance: {minutes} minutes at 70 % of the capacity, ten-turn replay, cache on\n\n{}",
        table(&["figure", "value"], &rows)
    );
    let json = json!({
        "per_s": per_s, "minutes": minutes, "answered": tally.answered, "refused": tally.refused,
        "degraded": tally.degraded, "failed": tally.failed, "p99_ms": tally.quantile_ms(0.99),
        "memory_by_minute": memory, "other_cores": other,
    });
    Ok(Section { key: "endurance", markdown, json })
}
