//! Five times what the service can do, for two minutes, and how it comes back.

use std::time::Duration;

use serde_json::json;

use super::{
    Bench, Error,
    contender::Contender,
    load::{self, Load, Target},
    report::{Section, table},
    sample::{By, Sample, Tally},
    schedule::{Arrivals, schedule},
    server::Server,
    workload::Kind,
};

/// How much too much.
const TIMES_CAPACITY: f64 = 5.0;

/// The normal load, as a share of the capacity.
const NORMAL_SHARE: f64 = 0.7;

/// How long the normal load is put on after the overload.
const AFTER: Duration = Duration::from_secs(30);

/// Measures capacity, then a normal load, then the overload with the normal load after it.
///
/// # Errors
/// The service does not start.
pub(crate) async fn overload(bench: &Bench) -> Result<Section, Error> {
    let baton = Contender::Baton { cached: false };
    let full = Load::Closed { connections: bench.connections, pause: Duration::ZERO };
    let (full, _) = bench.window(&baton, Kind::Mixed, full).await?;
    let capacity = full.answered_per_s;
    let normal_per_s = NORMAL_SHARE * capacity;
    let normal = Load::Open { per_s: normal_per_s, arrivals: Arrivals::Poisson };
    let (normal, _) = bench.window(&baton, Kind::Mixed, normal).await?;

    let length = bench.overload;
    let mut times = schedule(Arrivals::Poisson, TIMES_CAPACITY * capacity, length, 2);
    let after = schedule(Arrivals::Poisson, normal_per_s, AFTER, 3);
    times.extend(after.into_iter().map(|due| length + due));
    let target = Target::new(&baton, &bench.material, Kind::Mixed);
    let server = bench.start(&target).await?;
    let cpu = server.cpu();
    let samples = load::open(&server, &target, times).await?;
    let other = server.cpu().since(cpu).other_s() / (length + AFTER).as_secs_f64();
    Ok(section(bench, &server, &samples, &[capacity, full.p99_ms, normal.p99_ms, other]))
}

fn section(bench: &Bench, server: &Server, samples: &[Sample], measured: &[f64; 4]) -> Section {
    let [capacity, full_p99_ms, normal_p99_ms, other_cores] = *measured;
    let length = bench.overload;
    let within = Tally::of(samples, By::Due, &(Duration::ZERO..length));
    let goodput = within.answered as f64 / length.as_secs_f64();
    let recovery = recovery_s(samples, length, normal_p99_ms);
    let p99_ms = within.quantile_ms(0.99);
    let recovered = recovery.map_or_else(|| "not within 30 s".to_owned(), |s| format!("{s} s"));
    let rows = [
        ("capacity (closed loop)", format!("{capacity:.1}/s")),
        (
            "answered while overloaded",
            format!("{goodput:.1}/s, {:.2} of capacity", goodput / capacity),
        ),
        ("refused with 503", within.refused.to_string()),
        ("a decision without the model", within.degraded.to_string()),
        ("failed", within.failed.to_string()),
        ("p99 at full load, closed loop", format!("{full_p99_ms:.1} ms")),
        ("p99 at 70 %, open loop", format!("{normal_p99_ms:.1} ms")),
        (
            "p99 of the answered while overloaded",
            format!(
                "{p99_ms:.1} ms: {:.2} times that at full load, {:.2} times that at 70 %",
                p99_ms / full_p99_ms,
                p99_ms / normal_p99_ms
            ),
        ),
        ("until a second like normal ones", recovered),
        ("resident memory at the end, most", {
            let memory = server.memory();
            format!("{:.0} MB, {:.0} MB", memory.resident_mb, memory.peak_mb)
        }),
        ("other cores", format!("{other_cores:.2}")),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    let markdown = format!(
        "## Overload: five times the capacity for {} s, mixed workload\n\n{}",
        length.as_secs(),
        table(&["figure", "value"], &rows)
    );
    let json = json!({
        "capacity_per_s": capacity, "goodput_per_s": goodput, "refused": within.refused,
        "degraded": within.degraded, "failed": within.failed, "p99_ms": p99_ms,
        "full_p99_ms": full_p99_ms, "normal_p99_ms": normal_p99_ms, "recovery_s": recovery,
        "other_cores": other_cores,
    });
    Section { key: "overload", markdown, json }
}

/// Seconds from the end of the overload to the end of the first second in which all were answered
/// and the p99 was at most twice the normal one.
fn recovery_s(samples: &[Sample], end: Duration, normal_p99_ms: f64) -> Option<u64> {
    (0..AFTER.as_secs()).find_map(|second| {
        let from = end + Duration::from_secs(second);
        let tally = Tally::of(samples, By::Due, &(from..from + Duration::from_secs(1)));
        let all = tally.refused + tally.degraded + tally.failed == 0 && tally.answered > 0;
        (all && tally.quantile_ms(0.99) <= 2.0 * normal_p99_ms).then_some(second + 1)
    })
}
