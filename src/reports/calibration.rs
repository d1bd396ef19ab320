//! Whether confidences mean what they say.

use super::{
    asked::Audits,
    counts::Counts,
    metric::{Metric, real},
    report::{Page, Sums},
    rules::{CALIBRATION, PRECISION},
};
use crate::domain::Certificate;

/// Whether confidences mean what they say, and what automatic decisions are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The metrics.
    pub page: Page,
    /// Twentieths of confidence with decisions in them, from the least to the most sure.
    pub bins: Vec<Bin>,
    /// The mean distance of confidence and precision over all labelled decisions, or why there is
    /// none.
    pub error: Result<f64, String>,
    /// What a threshold would give, from the surest decisions to all of them.
    pub coverage: Vec<Point>,
    /// Automatic decisions by their most probable intent, the most frequent first.
    pub intents: Vec<Certified>,
    /// The audits of the window.
    pub audits: Audits,
}

/// Decisions of record of similar confidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// From this confidence on.
    pub from: f64,
    /// How many there are.
    pub decisions: i64,
    /// Their mean confidence.
    pub confidence: f64,
    /// How many of them were right.
    pub precision: Metric,
}

/// One point of the coverage-precision curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// From this confidence on.
    pub threshold: f64,
    /// The share of all decisions of record that is taken.
    pub coverage: f64,
    /// How many of these were right.
    pub precision: Metric,
}

/// Automatic decisions of one intent.
#[derive(Debug, Clone, PartialEq)]
pub struct Certified {
    /// The intent.
    pub intent: String,
    /// How many there are.
    pub decisions: i64,
    /// How many of them were right, by audits.
    pub precision: Metric,
    /// The certificate in force keeps the intent from being automatic; `None` where no model is at
    /// hand to say.
    pub vetoed: Option<bool>,
}

/// Bins of confidence.
const BINS: f64 = 20.0;
/// Fewest labels of which an error is found: with fewer, chance alone makes a large one.
const FEWEST_LABELS: i64 = 100;

impl Calibration {
    /// - `confidences`: the sums by twentieths of confidence, `00` to `19`.
    /// - `intents`: the sums of automatic decisions by intent.
    /// - `certificate`: the one in force, where it is known.
    pub fn of(
        sums: Sums,
        confidences: &[(String, Counts)],
        (intents, certificate): (&[(String, Counts)], Option<&Certificate>),
        audits: Audits,
    ) -> Self {
        let mut sorted: Vec<(f64, Counts)> = confidences
            .iter()
            .filter_map(|(bin, counts)| Some((bin.parse::<f64>().ok()? / BINS, *counts)))
            .collect();
        sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut intents: Vec<_> = intents
            .iter()
            .map(|(intent, counts)| Certified {
                intent: intent.clone(),
                decisions: counts.decisions,
                precision: PRECISION.of(counts),
                vetoed: certificate.map(|certificate| certificate.vetoes(&intent.as_str().into())),
            })
            .collect();
        intents.sort_by(|a, b| b.decisions.cmp(&a.decisions).then(a.intent.cmp(&b.intent)));
        Self {
            page: Page::of(sums, CALIBRATION),
            bins: sorted.iter().map(bin).collect(),
            error: error(&sorted),
            coverage: coverage(&sorted),
            intents,
            audits,
        }
    }
}

fn bin((from, counts): &(f64, Counts)) -> Bin {
    let confidence = real(counts.confidence_sum) / 1e6 / real(counts.decisions).max(1.0);
    let (from, decisions) = (*from, counts.decisions);
    Bin { from, decisions, confidence, precision: PRECISION.of(counts) }
}

fn error(bins: &[(f64, Counts)]) -> Result<f64, String> {
    let labelled: i64 = bins.iter().map(|(_, counts)| counts.labelled).sum();
    if labelled < FEWEST_LABELS {
        return Err(format!("not enough data: {labelled} labels, and it takes {FEWEST_LABELS}"));
    }
    let weight: f64 = bins.iter().map(|(_, counts)| real(counts.label_weight)).sum();
    let apart = bins.iter().map(|(_, counts)| {
        // Millionths against thousandths.
        (real(counts.label_confidence) / 1000.0 - real(counts.label_right)).abs()
    });
    Ok(apart.sum::<f64>() / weight)
}

fn coverage(bins: &[(f64, Counts)]) -> Vec<Point> {
    let all: f64 = bins.iter().map(|(_, counts)| real(counts.decisions)).sum();
    let mut taken = Counts::default();
    let surest = bins.iter().rev().map(|(threshold, counts)| {
        taken.add(counts);
        let coverage = real(taken.decisions) / all.max(1.0);
        Point { threshold: *threshold, coverage, precision: PRECISION.of(&taken) }
    });
    surest.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decisions of one confidence, each labelled with that weight.
    fn counts(decisions: i64, right: i64, confidence: f64, weight: i64) -> Counts {
        #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
        let millionths = (confidence * 1e6) as i64;
        Counts {
            decisions,
            confidence_sum: millionths * decisions,
            labelled: decisions,
            label_weight: 1000 * weight * decisions,
            label_right: 1000 * weight * right,
            label_square: 1000 * weight * weight * decisions,
            label_confidence: millionths * weight * decisions,
            ..Counts::default()
        }
    }

    #[test]
    fn labels_count_for_the_inverse_of_their_probability() {
        // 100 seen for sure and 20 of 200 at random: the latter stand for all 200.
        let bins = [(0.75, counts(100, 80, 0.8, 1)), (0.95, counts(20, 18, 0.96, 10))];
        let found = error(&bins).unwrap();
        assert!((found - (0.0 * 100.0 + 0.06 * 200.0) / 300.0).abs() < 1e-9, "{found}");
        let curve = coverage(&bins);
        let points: Vec<_> = curve.iter().map(|p| (p.threshold, p.coverage)).collect();
        assert_eq!(points, [(0.95, 20.0 / 120.0), (0.75, 1.0)]);
        let all = curve[1].precision.value.unwrap();
        assert!((all - 260.0 / 300.0).abs() < 1e-9, "{all}");
        assert!(error(&bins[1..]).unwrap_err().starts_with("not enough data: 20 labels"));
    }
}
