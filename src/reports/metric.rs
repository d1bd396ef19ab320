//! A metric: sums → a value with its interval, or why there is none.

use super::counts::Counts;
use crate::statistics::{Interval, bounded_mean};

/// One metric of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// As the API spells it.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub definition: &'static str,
    /// What is usual, where anybody knows.
    pub healthy: Option<&'static str>,
    /// What is counted.
    pub numerator: f64,
    /// Of what.
    pub denominator: f64,
    /// Their quotient; `None` with the reason below.
    pub value: Option<f64>,
    /// A 95 % confidence sequence: it holds the value at every look, however often one looks.
    pub interval: Option<Interval>,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// How a metric is found.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) definition: &'static str,
    pub(super) healthy: Option<&'static str>,
    pub(super) measure: Measure,
}

/// Reads a sum.
type Sum = fn(&Counts) -> i64;

/// What a metric is made of.
#[derive(Clone, Copy)]
pub(super) enum Measure {
    /// A share of cases.
    Share { hits: Sum, of: Sum },
    /// The share of right decisions, of labels that count for the inverse of the probability of
    /// being looked at.
    Precision,
    /// A mean of numbers of which each is at most `most` units; a value counts `unit` of them.
    Mean { sum: Sum, of: Sum, most: f64, unit: f64 },
}

/// Fewest cases of which anything is said.
pub const FEWEST: i64 = 20;

/// What an interval may leave out.
pub(super) const RISK: f64 = 0.05;

/// Thousandths, as weights are summed.
const THOUSAND: f64 = 1000.0;

impl Rule {
    /// The metric of some decisions of record.
    pub(super) fn of(&self, counts: &Counts) -> Metric {
        let Parts { cases, numerator, denominator, interval } = self.measure.parts(counts);
        let is_enough = cases >= FEWEST;
        let reason = format!("not enough data: {cases} cases, and it takes {FEWEST}");
        Metric {
            name: self.name,
            definition: self.definition,
            healthy: self.healthy,
            numerator,
            denominator,
            value: is_enough.then(|| numerator / denominator),
            interval: is_enough.then_some(interval),
            reason: (!is_enough).then_some(reason),
        }
    }
}

/// What a metric is found from.
struct Parts {
    cases: i64,
    numerator: f64,
    denominator: f64,
    interval: Interval,
}

impl Measure {
    fn parts(self, counts: &Counts) -> Parts {
        match self {
            Self::Share { hits, of } => {
                let (numerator, denominator) = (real(hits(counts)), real(of(counts)));
                let interval = bounded_mean(numerator, denominator, RISK);
                Parts { cases: of(counts), numerator, denominator, interval }
            }
            Self::Precision => {
                let numerator = real(counts.label_right) / THOUSAND;
                let denominator = real(counts.label_weight) / THOUSAND;
                let as_many = as_many(counts);
                let share = if denominator > 0.0 { numerator / denominator } else { 0.0 };
                let interval = bounded_mean(share * as_many, as_many, RISK);
                Parts { cases: counts.labelled, numerator, denominator, interval }
            }
            Self::Mean { sum, of, most, unit } => {
                let (numerator, denominator) = (real(sum(counts)) / unit, real(of(counts)));
                let Interval { low, high } = bounded_mean(numerator / most, denominator, RISK);
                let interval = Interval { low: low * most, high: high * most };
                Parts { cases: of(counts), numerator, denominator, interval }
            }
        }
    }
}

/// As many labels of equal weight as are as sure as these (Kish 1965).
pub(super) fn as_many(counts: &Counts) -> f64 {
    let square = real(counts.label_square);
    if square > 0.0 { real(counts.label_weight).powi(2) / THOUSAND / square } else { 0.0 }
}

/// A sum as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "sums are far below 2^53")]
pub(super) fn real(sum: i64) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics::confidence_sequence;

    const SHARE: Rule = Rule {
        name: "share",
        definition: "",
        healthy: None,
        measure: Measure::Share { hits: |counts| counts.overridden, of: |counts| counts.reviewed },
    };
    const PRECISION: Rule = Rule { measure: Measure::Precision, ..SHARE };

    #[test]
    fn too_few_cases_give_a_reason_and_no_value() {
        let few = Counts { reviewed: 19, overridden: 3, ..Counts::default() };
        let metric = SHARE.of(&few);
        assert_eq!((metric.value, metric.interval), (None, None));
        assert!(metric.reason.unwrap().contains("19 cases"));
        let enough = SHARE.of(&Counts { reviewed: 20, ..few });
        assert!(enough.reason.is_none());
        assert!((enough.value.unwrap() - 0.15).abs() < 1e-12);
    }

    #[test]
    fn labels_of_equal_weight_give_what_a_share_gives_and_others_less() {
        // 40 labels of which 36 are right; then half of them drawn with probability 1/10.
        let equal = Counts {
            labelled: 40,
            label_weight: 40_000,
            label_right: 36_000,
            label_square: 40_000,
            ..Counts::default()
        };
        let plain = confidence_sequence(36, 40, RISK);
        let metric = PRECISION.of(&equal);
        let interval = metric.interval.unwrap();
        assert!(
            (interval.low - plain.low).abs() < 1e-9 && (interval.high - plain.high).abs() < 1e-9
        );
        let unequal = Counts {
            label_weight: 220_000,
            label_right: 198_000,
            label_square: 2_020_000,
            ..equal
        };
        assert!((as_many(&unequal) - 23.96).abs() < 0.01);
        let wider = PRECISION.of(&unequal).interval.unwrap();
        assert!(wider.low < interval.low && wider.high > interval.high);
    }

    proptest! {
        #[test]
        fn a_value_lies_in_its_interval(reviewed in 20_i64..5_000, share in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, reason = "a count")]
            let overridden = (real(reviewed) * share) as i64;
            let metric = SHARE.of(&Counts { reviewed, overridden, ..Counts::default() });
            let interval = metric.interval.unwrap();
            prop_assert!(interval.holds(metric.value.unwrap()));
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
        }
    }
}
