//! Vectors and labels → a head: logistic regression, prototypes, calibration.
//!
//! ```text
//! Task ─▶ folds ─▶ heads by penalty ─▶ scores out of fold ─▶ Calibration ─┐
//!   └───────────────────────────────▶ head of all rows, prototypes ────────┴▶ Model
//! ```
//!
//! Pure: the same task gives the same bits on one kind of processor, whatever the threads.

mod adapt;
mod adaptation;
mod added;
mod calibration;
mod comparison;
mod folds;
mod influence;
mod lbfgs;
mod logistic;
mod odds;
mod overlap;
mod parallel;
mod prototypes;
mod train;
mod verdict;

pub use self::{
    adapt::Known,
    adaptation::{Adaptation, Adapted, adapt_steps, adapted},
    added::{Added, added},
    calibration::{Calibration, Moments, Scored},
    comparison::{Called, Change, Comparison, Judgement, LabelChange, Measured, Pair, called},
    influence::{Anchor, BLIND, Limits, MOST, Told, Weighed, weigh},
    logistic::{Examples, Head},
    odds::Odds,
    overlap::{Overlap, overlaps},
    prototypes::EACH as PROTOTYPES,
    train::{FOLDS, Model, Task, steps, train},
    verdict::{Figures, Outside, Verdict, cross_fitted, verdicts},
};

#[cfg(test)]
mod tests;
