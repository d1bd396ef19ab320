//! Prediction → Decision: the rules of a support desk, as one typed document.
//!
//! Pure and total: what could fail was checked when the document was loaded.

use crate::domain::{Conversation, Decision, Features, Intent, Prediction, Timestamp};

/// A policy that was parsed, checked and probed.
#[derive(Debug)]
pub struct Policy {}

/// Everything a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What came in.
    pub conversation: &'a Conversation,
    /// What the text says.
    pub features: &'a Features,
    /// What the model says; `None` if it did not answer in time.
    pub prediction: Option<&'a Prediction>,
    /// The present moment.
    pub now: Timestamp,
}

/// Why a policy was refused.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {key}: {reason}")]
pub struct Error {
    /// The file.
    pub file: String,
    /// The key, dotted, e.g. `bands.auto`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub reason: String,
}

impl Policy {
    /// The policy that ships with the service.
    pub const DEFAULT: &str = "";

    /// Parses, checks and probes a policy document (TOML); `file` is named in errors.
    ///
    /// # Errors
    /// Names file, key and reason.
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        todo!("{text} {file}")
    }

    /// Checks that every intent of a model has a route.
    ///
    /// # Errors
    /// Names the intents without one.
    pub fn check_covers(&self, intents: &[Intent]) -> Result<(), Error> {
        todo!("{}", intents.len())
    }

    /// The first digits of the document's digest.
    pub fn version(&self) -> &str {
        todo!()
    }

    /// Decides where a case goes.
    pub fn decide(&self, case: &Case<'_>) -> Decision {
        todo!("{}", case.now)
    }

    /// The same decision for a case whose record could not be stored: the band at most `suggest`.
    #[must_use]
    pub fn without_store(&self, decision: Decision) -> Decision {
        decision
    }
}

/// What one rule saw.
pub struct Explained {
    /// rule
    pub rule: String,
    /// held
    pub held: bool,
    /// saw
    pub saw: String,
}
impl Policy {
    /// x
    pub fn explain(&self, _case: &Case<'_>) -> Vec<Explained> {
        todo!()
    }
}
