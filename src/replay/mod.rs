//! Decisions under two policies → what would have happened: changes, bands, precision, load, cost.
//!
//! Pure and total: the same decisions in the same order give the same report, byte for byte.
//!
//! ```text
//! Replayed ─▶ Tally ─▶ Report ─▶ Markdown, figures ─▶ conditions
//! ```

mod case;
mod condition;
mod costs;
mod figures;
mod markdown;
mod report;
mod side;
mod tally;
#[cfg(test)]
mod tests;

pub use self::{
    case::{Aspect, Place, Replayed, Weight, aspects},
    condition::{Condition, Outcome},
    costs::{Bill, Costs},
    figures::{Figure, figures, names},
    report::{About, Changes, LeftOut, Listed, Move, Report, Short, Source},
    side::{BandFigures, Load, Side, Staffing, staffing},
    tally::Tally,
};
pub use crate::statistics::Proportion;
