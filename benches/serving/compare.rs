//! Baton and its peers side by side: one server at a time, in interleaved rounds.

use std::{fmt::Write as _, time::Duration};

use serde::Serialize;
use serde_json::json;

use super::{
    Bench, Error,
    contender::Contender,
    load::Load,
    measure::Figures,
    report::{QUIET_CORES, Section, number, table},
    sample::median,
    workload::Kind,
};

/// Pause between requests of the idle points, so that the server is idle when one comes.
const IDLE_PAUSE: Duration = Duration::from_millis(5);

/// Share of the best peer's capacity at which the open loop runs.
const OPEN_SHARE: f64 = 0.7;

/// A load that every contender gets.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    kind: Kind,
    load: Load,
}

/// The figures of one contender at one point in one round.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    round: usize,
    contender: String,
    #[serde(flatten)]
    figures: Figures,
}

/// The medians of a contender's rounds.
#[derive(Debug)]
struct Middle<'a> {
    contender: &'a Contender,
    rows: Vec<&'a Figures>,
}

impl Middle<'_> {
    fn of(&self, value: impl Fn(&Figures) -> f64) -> f64 {
        median(self.rows.iter().map(|figures| value(figures)).collect())
    }

    fn per_s(&self) -> f64 {
        self.of(|figures| figures.answered_per_s)
    }

    fn p99_ms(&self) -> f64 {
        self.of(|figures| figures.p99_ms)
    }

    fn cells(&self) -> Vec<String> {
        let rates = self.rows.iter().map(|figures| figures.answered_per_s);
        let (least, most) = (rates.clone().fold(f64::MAX, f64::min), rates.fold(0.0, f64::max));
        let other = self.rows.iter().map(|figures| figures.other_cores).fold(0.0, f64::max);
        vec![
            self.contender.name(),
            number(self.per_s(), 1),
            format!("{least:.1} to {most:.1}"),
            number(self.of(|figures| figures.p50_ms), 2),
            number(self.of(|figures| figures.p95_ms), 1),
            number(self.p99_ms(), 1),
            number(self.of(|figures| figures.server_cpu_ms), 2),
            number(self.of(|figures| figures.generator_cpu_ms), 2),
            number(self.of(|figures| figures.memory.resident_mb), 0),
            number(self.of(|figures| figures.memory.peak_mb), 0),
            format!("{:.2}", self.of(|figures| figures.cold_start_ms) / 1e3),
            self.rows.iter().map(|figures| figures.not_answered()).sum::<u64>().to_string(),
            format!("{other:.2}"),
        ]
    }
}

const HEAD: &[&str] = &[
    "server",
    "answers/s",
    "rounds",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU ms each",
    "generator ms each",
    "MB",
    "MB peak",
    "cold start s",
    "not answered",
    "other cores, most",
];

/// Full load: every kind of workload with so many connections.
///
/// # Errors
/// A server does not start.
pub(crate) async fn full_load(bench: &Bench) -> Result<Section, Error> {
    let load = Load::Closed { connections: bench.connections, pause: Duration::ZERO };
    let points: Vec<Point> = bench.workloads.iter().map(|&kind| Point { kind, load }).collect();
    let title = format!("## Full load: {} connections, closed loop", bench.connections);
    run(bench, "full_load", title, &points).await
}

/// One request after the other with a pause between them.
///
/// # Errors
/// A server does not start.
pub(crate) async fn idle(bench: &Bench) -> Result<Section, Error> {
    let load = Load::Closed { connections: 1, pause: IDLE_PAUSE };
    let points = [Kind::Message, Kind::TenMessages].map(|kind| Point { kind, load });
    let title = "## Idle: one connection, 5 ms between requests".to_owned();
    run(bench, "idle", title, &points).await
}

/// A rate that nothing slows down: the same for all, as a share of the best peer's capacity.
///
/// # Errors
/// A server does not start.
pub(crate) async fn open_loop(bench: &Bench) -> Result<Section, Error> {
    let per_s = match bench.rate {
        Some(rate) => rate,
        None => OPEN_SHARE * best_peer(bench).await?,
    };
    let point = Point { kind: Kind::Mixed, load: Load::Open { per_s, arrivals: bench.arrivals } };
    let title = format!(
        "## Open loop: {per_s:.0} requests/s due, {:?} arrivals\n\n\
         Latencies count from the time a request was due.",
        bench.arrivals
    );
    run(bench, "open_loop", title, &[point]).await
}

/// Answers per second of the best unmodified peer under full load; of Baton if there is no peer.
async fn best_peer(bench: &Bench) -> Result<f64, Error> {
    let load = Load::Closed { connections: bench.connections, pause: Duration::ZERO };
    let mut best = 0.0_f64;
    let peers: Vec<&Contender> =
        bench.contenders.iter().filter(|contender| contender.is_unmodified()).collect();
    let baton = Contender::Baton { cached: false };
    for contender in if peers.is_empty() { vec![&baton] } else { peers } {
        let (figures, _) = bench.window(contender, Kind::Mixed, load).await?;
        best = best.max(figures.answered_per_s);
    }
    Ok(best)
}

async fn run(
    bench: &Bench,
    key: &'static str,
    title: String,
    points: &[Point],
) -> Result<Section, Error> {
    let mut rows: Vec<(Kind, Row)> = Vec::new();
    for round in 0..bench.rounds {
        for point in points {
            for at in 0..bench.contenders.len() {
                // Each round begins with another, so that none always comes after the same.
                let contender = &bench.contenders[(at + round) % bench.contenders.len()];
                // Texts that come round again would all be answered from the cache.
                let repeats = point.kind != Kind::Replay;
                if repeats && *contender == (Contender::Baton { cached: true }) {
                    continue;
                }
                let (figures, _) = bench.window(contender, point.kind, point.load).await?;
                eprintln!(
                    "round {}, {}, {}: {:.1}/s, p99 {:.1} ms, other cores {:.2}",
                    round + 1,
                    point.kind.name(),
                    contender.name(),
                    figures.answered_per_s,
                    figures.p99_ms,
                    figures.other_cores,
                );
                rows.push((point.kind, Row { round, contender: contender.name(), figures }));
            }
        }
    }
    Ok(section(bench, (key, title), points, &rows))
}

fn section(
    bench: &Bench,
    (key, title): (&'static str, String),
    points: &[Point],
    rows: &[(Kind, Row)],
) -> Section {
    let (mut markdown, mut json) = (title + "\n", json!({}));
    for point in points {
        let middles: Vec<Middle<'_>> = bench
            .contenders
            .iter()
            .map(|contender| Middle {
                contender,
                rows: rows
                    .iter()
                    .filter(|(kind, row)| *kind == point.kind && row.contender == contender.name())
                    .map(|(_, row)| &row.figures)
                    .collect(),
            })
            .filter(|middle| !middle.rows.is_empty())
            .collect();
        let cells: Vec<Vec<String>> = middles.iter().map(Middle::cells).collect();
        let _ = write!(markdown, "\n### {}\n\n{}", point.kind.name(), table(HEAD, &cells));
        markdown.push_str(&ratios(&middles));
        let of_kind: Vec<&Row> =
            rows.iter().filter(|(kind, _)| *kind == point.kind).map(|(_, row)| row).collect();
        json[point.kind.name()] = json!(of_kind);
    }
    let disturbed = rows.iter().filter(|(_, row)| row.figures.other_cores > QUIET_CORES).count();
    if disturbed > 0 {
        let _ = writeln!(
            markdown,
            "\nOther programs took more than {QUIET_CORES} cores in {disturbed} of {} windows: \
             provisional.",
            rows.len()
        );
    }
    Section { key, markdown, json }
}

/// Baton against the best of the peers with the published encoder, and against the best with its
/// own.
fn ratios(middles: &[Middle<'_>]) -> String {
    let mut text = String::new();
    let unmodified = || middles.iter().filter(|middle| middle.contender.is_unmodified());
    let own = || {
        let is_own = |c: &Contender| !c.is_baton() && !c.is_unmodified();
        middles.iter().filter(move |middle| is_own(middle.contender))
    };
    for baton in middles.iter().filter(|middle| middle.contender.is_baton()) {
        let name = baton.contender.name();
        let fastest = |a: &&Middle<'_>, b: &&Middle<'_>| a.per_s().total_cmp(&b.per_s());
        if let Some(best) = unmodified().max_by(fastest) {
            let _ = writeln!(
                text,
                "\n{name} against the fastest with the published encoder, {}: {} times the answers/s",
                best.contender.name(),
                number(baton.per_s() / best.per_s(), 2)
            );
        }
        if let Some(best) = unmodified().min_by(|a, b| a.p99_ms().total_cmp(&b.p99_ms())) {
            let _ = writeln!(
                text,
                "\n{name} against the lowest p99 with the published encoder, {}: {} times the p99",
                best.contender.name(),
                number(baton.p99_ms() / best.p99_ms(), 2)
            );
        }
        if let Some(best) = own().max_by(fastest) {
            let _ = writeln!(
                text,
                "\n{name} against the fastest with Baton's encoder, {}: {} times the answers/s",
                best.contender.name(),
                number(baton.per_s() / best.per_s(), 2)
            );
        }
    }
    text
}
