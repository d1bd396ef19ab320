//! One window: a load on a server that has warmed up, and what it cost.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::time::sleep;

use super::{
    Error,
    load::{self, Load, Target},
    machine::{Cpu, Memory},
    sample::{By, Sample, Tally},
    server::Server,
};

/// How long a load lasts: first without being looked at, then measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) warm_up: Duration,
    pub(crate) length: Duration,
}

/// The figures of a window.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figures {
    pub(crate) answered_per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) worst_ms: f64,
    /// CPU of all processes of the server for one answered request.
    pub(crate) server_cpu_ms: f64,
    pub(crate) generator_cpu_ms: f64,
    /// Cores that other programs, or the host, took meanwhile.
    pub(crate) other_cores: f64,
    pub(crate) memory: Memory,
    pub(crate) cold_start_ms: f64,
    pub(crate) answered: u64,
    pub(crate) degraded: u64,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
}

/// Puts the load on for `times` and measures the second part of it.
///
/// # Errors
/// As [`load::run`].
pub(crate) async fn measure(
    server: &Server,
    target: &Target,
    load: Load,
    times: Times,
) -> Result<(Figures, Vec<Sample>), Error> {
    let meter = async {
        sleep(times.warm_up).await;
        let (before, began) = (server.cpu(), Instant::now());
        sleep(times.length).await;
        (server.cpu().since(before), began.elapsed(), server.memory())
    };
    let (samples, spent) =
        tokio::join!(load::run(server, target, load, times.warm_up + times.length), meter);
    let samples = samples?;
    let by = match load {
        Load::Closed { .. } => By::Ended,
        Load::Open { .. } => By::Due,
    };
    let tally = Tally::of(&samples, by, &(times.warm_up..times.warm_up + times.length));
    Ok((Figures::new(server, &tally, spent), samples))
}

impl Figures {
    fn new(server: &Server, tally: &Tally, (cpu, took, memory): (Cpu, Duration, Memory)) -> Self {
        let seconds = took.as_secs_f64();
        // Without an answer the cost of one is unknown, not nothing.
        let each_ms = |cpu_s: f64| cpu_s * 1e3 / tally.answered as f64;
        Self {
            answered_per_s: tally.answered as f64 / seconds,
            p50_ms: tally.quantile_ms(0.5),
            p95_ms: tally.quantile_ms(0.95),
            p99_ms: tally.quantile_ms(0.99),
            worst_ms: tally.quantile_ms(1.0),
            server_cpu_ms: each_ms(cpu.server_s),
            generator_cpu_ms: each_ms(cpu.generator_s),
            other_cores: cpu.other_s() / seconds,
            memory,
            cold_start_ms: server.cold_start.as_secs_f64() * 1e3,
            answered: tally.answered,
            degraded: tally.degraded,
            refused: tally.refused,
            failed: tally.failed,
        }
    }

    /// Requests that were not answered in full.
    pub(crate) fn not_answered(&self) -> u64 {
        self.degraded + self.refused + self.failed
    }
}
