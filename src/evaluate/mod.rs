//! Labelled conversations with what the pipeline made of them → a report, a certificate.
//!
//! ```text
//! Judgement ─▶ Tally ─▶ Report ─▶ JSON, Markdown, HTML
//!                          └────▶ what `certificate.json` says
//! ```
//!
//! Every number is computed in the room `statistics`. A [`Tally`] keeps 24 bytes a row and each
//! name once, no text: a million conversations are 24 MB.

mod chart;
mod document;
mod findings;
mod format;
mod html;
mod markdown;
mod report;
mod tally;
#[cfg(test)]
mod tests;

pub use self::{
    findings::{Findings, Needed},
    markdown::escaped,
    report::{About, Report, Thresholds},
    tally::{Judgement, Tally},
};
