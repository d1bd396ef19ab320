//! Sums over decisions → what has drifted and why; labels → whether a promise still holds.
//!
//! Pure: no clock, file or random number. What is kept of the decisions of an hour is a
//! [`Sums`], counts without a word of text; sums of several instances or hours add up to what one
//! would have counted. `docs/monitoring.md` says what each alarm means.

mod alarm;
mod bucket;
mod contract;
mod drift;
mod evidence;
mod finding;
mod pulls;
mod rate;
mod reference;
mod sums;
#[cfg(test)]
mod tests;
mod vigil;
mod watch;

pub use self::{
    alarm::{Alarm, Subject},
    bucket::{Bucket, Period},
    contract::{Breach, Contract, NotFresh, Renewal, Response, Standing, Terms},
    drift::{Comparison, Outcome, compare},
    evidence::{Evidence, Ground},
    finding::{Cause, Finding, Kind, Level},
    pulls::{Pull, pulls},
    rate::{Rate, Sighting, Stage},
    reference::{Basis, Reference, Window},
    sums::{BINS, Contribution, Judgement, PART, STEP, Sums, Tally},
    vigil::{Judged, Span, Vigil},
    watch::{Change, Watch},
};
