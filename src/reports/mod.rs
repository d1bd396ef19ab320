//! Sums over decisions of record → what analysts read: every metric with its definition, its
//! denominator and an interval that holds at every look, or why there is none.

mod counts;

pub use self::counts::Counts;
