//! How long each stage takes.

use std::time::{Duration, Instant};

use crate::telemetry::metrics::{self, Stage};

/// Measures the stages one after the other.
pub(super) struct Stopwatch {
    last: Instant,
    pub(super) laps: Vec<(Stage, Duration)>,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::with_capacity(5) }
    }

    pub(super) fn lap(&mut self, stage: Stage) {
        let now = Instant::now();
        let time = now - std::mem::replace(&mut self.last, now);
        metrics::stage_took(stage, time);
        self.laps.push((stage, time));
    }
}
