//! How precise decisions are if only the surest are taken.

use serde::{Deserialize, Serialize};

use super::{Judged, Proportion, real};

/// One point of the curve: what a threshold would give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// From this confidence on.
    pub threshold: f32,
    /// The share of all rows that is taken.
    pub coverage: f64,
    /// How many of them were right, with exact bounds.
    pub right: Proportion,
}

/// The coverage-precision curve in at most `points` points, the surest rows first; the last point
/// covers all. Rows of one confidence are taken together, as a threshold would.
pub fn coverage(rows: &[Judged], points: usize) -> Vec<Point> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let every = sorted.len().div_ceil(points.max(1)).max(1);
    let (mut right, mut due) = (0, every);
    let mut found = Vec::new();
    for (at, row) in sorted.iter().enumerate() {
        right += usize::from(row.right);
        let taken = at + 1;
        let tied = sorted.get(taken).is_some_and(|next| next.confidence >= row.confidence);
        if tied || (taken < due && taken < sorted.len()) {
            continue;
        }
        let coverage = real(taken) / real(sorted.len());
        let right = Proportion::of(right, taken);
        found.push(Point { threshold: row.confidence, coverage, right });
        due = taken + every;
    }
    found
}
