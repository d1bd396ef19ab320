//! Requests with their times, and what a span of them comes to.

use std::{ops::Range, time::Duration};

use hdrhistogram::Histogram;

use super::client::Outcome;

/// One request; times count from the start of the load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// When it was to be sent: in an open loop its time in the schedule, however late it went out.
    pub(crate) due: Duration,
    pub(crate) ended: Duration,
    pub(crate) outcome: Outcome,
}

/// What takes longer counts as this: ten minutes.
const LONGEST_US: u64 = 600_000_000;

/// Which time says that a request belongs to a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Closed loops: what ended in it, so that long requests count as often as they should.
    Ended,
    /// Open loops: what was due in it, so that none is left out for being slow.
    Due,
}

/// Counts and latencies.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    latency_us: Histogram<u64>,
    pub(crate) answered: u64,
    pub(crate) degraded: u64,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Of the samples that belong to `span`; latencies are those of answered requests.
    pub(crate) fn of(samples: &[Sample], by: By, span: &Range<Duration>) -> Self {
        let mut tally = Self {
            latency_us: Histogram::new_with_bounds(1, LONGEST_US, 3)
                .expect("the bounds are apart and three digits are allowed"),
            answered: 0,
            degraded: 0,
            refused: 0,
            failed: 0,
        };
        for sample in samples {
            let time = if by == By::Ended { sample.ended } else { sample.due };
            if !span.contains(&time) {
                continue;
            }
            match sample.outcome {
                Outcome::Answered => {
                    tally.answered += 1;
                    let micros = (sample.ended.saturating_sub(sample.due)).as_micros();
                    tally.latency_us.saturating_record(u64::try_from(micros).unwrap_or(u64::MAX));
                }
                Outcome::Degraded => tally.degraded += 1,
                Outcome::Refused => tally.refused += 1,
                Outcome::Failed => tally.failed += 1,
            }
        }
        tally
    }

    /// The latency in milliseconds that a share of the answered requests did not exceed; not a
    /// number if none was answered.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        if self.latency_us.is_empty() {
            return f64::NAN;
        }
        self.latency_us.value_at_quantile(share) as f64 / 1e3
    }
}

/// The middle value, or the mean of the two middle ones; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
