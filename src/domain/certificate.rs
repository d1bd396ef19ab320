//! How far a model may be trusted to act alone.

use serde::{Deserialize, Serialize};

use super::{intent::Intent, probability::Probability};

/// How far a model may be trusted to act alone: what labelled rows have proved of it.
///
/// By default nothing is proved, and nothing is automatic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// From this confidence on, nine in ten decisions are certified to be right; `None`: no
    /// threshold is certified.
    pub auto_from: Option<Probability>,
    /// Intents whose decisions are shown to be wrong too often to be automatic.
    pub vetoed: Vec<Intent>,
    /// The promise was broken in production: nothing is automatic until an operator puts a fresh
    /// certificate in force.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

impl Certificate {
    /// Certifies every confidence: for models that stand in for one in tests and probes.
    pub fn unrestricted() -> Self {
        Self { auto_from: Some(Probability::ZERO), ..Self::default() }
    }

    /// True if there is evidence against decisions of which this is the most probable intent.
    pub fn vetoes(&self, intent: &Intent) -> bool {
        self.vetoed.contains(intent)
    }
}
