//! Alarms as events: what began or ended, why, and which decisions are behind it.

use serde::{Deserialize, Serialize};

use super::{
    evidence::Ground,
    finding::{Cause, Kind, Level},
    reference::Basis,
};
use crate::domain::{DecisionId, Intent, Timestamp};

/// Something to look at begins or ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// When it was noticed.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// True at its beginning.
    pub raised: bool,
    /// Who should look.
    pub level: Level,
    /// Of which intent, where it is about one.
    pub intent: Option<Intent>,
    /// Against what, where a window was compared.
    pub basis: Option<Basis>,
    /// On which ground, where a promise was broken.
    pub ground: Option<Ground>,
    /// The window, where one was compared, begins there.
    pub from: Option<Timestamp>,
    /// What it is about happened before.
    pub to: Timestamp,
    /// What was found: a share, a mean confidence, a size of a difference, a count.
    pub now: f64,
    /// What is usual, or the highest that is in order.
    pub usual: f64,
    /// The same in a sentence, with the evidence.
    pub says: String,
    /// What a difference is made of, the largest part first; at most ten.
    pub causes: Vec<Cause>,
    /// Decisions that show it; at most ten.
    pub decisions: Vec<DecisionId>,
}

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The share of texts unlike what the model was trained on.
    Novelty,
    /// The mean confidence.
    Confidence,
    /// The shares of the intents.
    Intents,
    /// How confidences are distributed.
    Distribution,
    /// The mean vector.
    Meaning,
    /// The share of reviewed suggestions that agents overrode.
    Overrides,
    /// The promise about automatic decisions.
    Contract,
    /// Handoffs that nobody picks up.
    Handoffs,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 8] = [
        Self::Novelty,
        Self::Confidence,
        Self::Intents,
        Self::Distribution,
        Self::Meaning,
        Self::Overrides,
        Self::Contract,
        Self::Handoffs,
    ];

    /// The name in answers, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Novelty => "novelty",
            Self::Confidence => "confidence",
            Self::Intents => "intents",
            Self::Distribution => "distribution",
            Self::Meaning => "meaning",
            Self::Overrides => "overrides",
            Self::Contract => "contract",
            Self::Handoffs => "handoffs",
        }
    }
}

impl From<Kind> for Subject {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Novelty => Self::Novelty,
            Kind::Confidence => Self::Confidence,
            Kind::Intents => Self::Intents,
            Kind::Distribution => Self::Distribution,
            Kind::Meaning => Self::Meaning,
        }
    }
}
