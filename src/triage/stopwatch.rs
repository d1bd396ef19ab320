//! Time spent in each stage of one decision.

use std::time::{Duration, Instant};

use crate::telemetry::metrics::{self, Stage};

/// Measures the stages one after the other.
#[derive(Clone)]
pub(super) struct Stopwatch {
    last: Instant,
    /// Time spent in each stage so far, in order.
    pub(super) laps: Vec<(Stage, Duration)>,
}

impl Stopwatch {
    /// Begins to measure.
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::with_capacity(5) }
    }

    /// Ends a stage.
    pub(super) fn lap(&mut self, stage: Stage) {
        let now = Instant::now();
        let time = now - std::mem::replace(&mut self.last, now);
        metrics::stage_took(stage, time);
        self.laps.push((stage, time));
    }
}
