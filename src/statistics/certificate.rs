//! Learn then Test: the lowest threshold for which a promise can be kept.

use serde::{Deserialize, Serialize};

use super::{
    Judged, at_most,
    missing::{enough, fewest},
};

/// What is promised of all decisions from a threshold on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// At least this share is right, in `(0, 1)`.
    pub precision: f64,
    /// The probability with which a certificate may be wrong, in `(0, 1)`.
    pub risk: f64,
}

/// One threshold with what the rows say about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// From this confidence on.
    pub threshold: f32,
    /// Rows from there on.
    pub rows: usize,
    /// How many of them were wrong.
    pub wrong: usize,
    /// How probable so few wrong ones are if the promise is just broken.
    pub p: f64,
}

/// How far down the promise can be kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// The lowest threshold that is certified: its `p` is at most the risk.
    pub certified: Option<Level>,
    /// The threshold whose test failed and ended the walk; `None` if none did.
    pub stopped: Option<Level>,
}

impl Promise {
    /// Of decisions in band `auto`, nine in ten are right.
    pub const AUTO: Self = Self { precision: 0.90, risk: 0.05 };
    /// Of decisions in band `suggest`, seven in ten are right.
    pub const SUGGEST: Self = Self { precision: 0.70, risk: 0.05 };

    /// How probable it is to see at most so many wrong ones if the promise is just broken.
    pub fn p(&self, wrong: usize, rows: usize) -> f64 {
        at_most(wrong, rows, 1.0 - self.precision)
    }
}

/// The highest threshold that is tried, in thousandths.
const STRICTEST: u16 = 995;
/// The step of the grid, in thousandths.
const STEP: usize = 5;

/// The lowest threshold that can be certified: whatever the model, and however its confidences
/// are made, it keeps the promise except with probability `risk` (over the drawing of the rows).
///
/// A fixed sequence of exact tests, from 0.995 down in steps of 0.005, until the first that
/// fails. Thresholds with too few rows to prove anything are passed over (see `first_rows`):
/// that depends on how many rows there are, not on whether they are right.
///
/// Source: Angelopoulos et al. 2021, "Learn then Test", <https://arxiv.org/abs/2110.01052>;
/// the special case of Geifman and El-Yaniv 2017, <https://arxiv.org/abs/1705.08500>.
pub fn certify(rows: &[Judged], promise: Promise) -> Walk {
    walk(rows, promise, STRICTEST)
}

/// The same for the decisions below another threshold: of those from the result on up to there.
pub fn certify_below(rows: &[Judged], promise: Promise, limit: f32) -> Walk {
    let below: Vec<Judged> = rows.iter().copied().filter(|row| row.confidence < limit).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (limit.clamp(0.0, 1.0) * 1_000.0).ceil() as u16;
    let first = (thousandths.saturating_sub(1) / 5 * 5).min(STRICTEST);
    walk(&below, promise, first)
}

fn walk(rows: &[Judged], promise: Promise, first: u16) -> Walk {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let first_rows = first_rows(sorted.len(), promise);
    let (mut taken, mut wrong) = (0, 0);
    let mut found = Walk::default();
    for threshold in (1..=first).rev().step_by(STEP).map(|level| f32::from(level) / 1_000.0) {
        while let Some(row) = sorted.get(taken).filter(|row| row.confidence >= threshold) {
            wrong += usize::from(!row.right);
            taken += 1;
        }
        if taken < first_rows {
            continue;
        }
        let level = Level { threshold, rows: taken, wrong, p: promise.p(wrong, taken) };
        if level.p > promise.risk {
            found.stopped = Some(level);
            break;
        }
        found.certified = Some(level);
    }
    found
}

/// With how many rows the tests begin.
///
/// The first test is the one that a single mistake can fail, and with it all others: it should
/// have enough rows to pass if half as many are wrong as the promise allows, but not take more
/// than a quarter of all rows, and at least as many as prove something if none is wrong.
fn first_rows(all: usize, promise: Promise) -> usize {
    let least = fewest(0, promise);
    let comfortable = enough((1.0 - promise.precision) / 2.0, promise).unwrap_or(least);
    (all / 4).clamp(least, comfortable.max(least))
}
