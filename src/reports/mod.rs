//! Sums over decisions of record → what analysts read: every metric with its definition, its
//! denominator and an interval that holds at every look, or why there is none.
//!
//! Pure: the same sums give the same report.

mod asked;
mod calibration;
mod counts;
mod forecast;
mod markdown;
mod metric;
mod report;
mod risk;
mod rules;

pub use self::{
    asked::{Audits, Between, Dimension, Waiting},
    calibration::{Bin, Calibration, Certified, Point},
    counts::Counts,
    forecast::{Expected, forecast},
    markdown::Markdown,
    metric::{FEWEST, Metric},
    report::{Group, Handoffs, Overview, Page, Recurring, Scorecard, Sums},
    risk::{Case, Risk, risk},
};
