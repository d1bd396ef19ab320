//! What a comparison finds.

use serde::{Deserialize, Serialize};

/// What is compared; each shows another failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The share of texts unlike what the model was trained on: new topics.
    Novelty,
    /// The mean confidence, which estimates the accuracy: new topics, new words.
    Confidence,
    /// The shares of the intents: another demand.
    Intents,
    /// How confidences are distributed: where mass has moved to.
    Distribution,
    /// The mean vector: another wording, channel, template or language.
    Meaning,
}

/// Who should look at an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It acts by itself: the contract has narrowed a band.
    Act,
    /// An analyst is notified.
    Notify,
    /// It is shown, nobody is called.
    Show,
}

/// One comparison of a window with a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was compared.
    pub kind: Kind,
    /// Who should look, if it has moved in two windows running.
    pub level: Level,
    /// The window's value: a share, a mean confidence, or a size of the difference (debiased
    /// population stability index; squared distance over the one that chance lets expect).
    pub now: f64,
    /// The reference's value: a share or mean confidence; 0 or 1 for sizes, where nothing differs.
    pub usual: f64,
    /// The probability of a difference at least as large if nothing has changed.
    pub p: f64,
    /// The probability is at most the accepted risk of a false finding.
    pub moved: bool,
    /// What the difference is made of, the largest part first; at most ten.
    pub causes: Vec<Cause>,
}

/// A part of a difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// An intent, or a range of confidence, e.g. `0.85-0.90`.
    pub name: String,
    /// Its share of the window, or its mean confidence there.
    pub now: f64,
    /// The same of the reference.
    pub usual: f64,
    /// Its part of the whole difference, in `[0, 1]`.
    pub part: f64,
}

impl Level {
    /// The name in answers, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Notify => "notify",
            Self::Show => "show",
        }
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Novelty, Self::Confidence, Self::Intents, Self::Distribution, Self::Meaning];

    /// What is measured, as the beginning of a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Novelty => "share of new topics",
            Self::Confidence => "mean confidence",
            Self::Intents => "stability index of the intents",
            Self::Distribution => "stability index of the confidences",
            Self::Meaning => "distance of the mean vector",
        }
    }

    /// Who should look: nobody is called for what may be another demand or wording alone.
    pub const fn level(self) -> Level {
        match self {
            Self::Novelty | Self::Confidence => Level::Notify,
            Self::Intents | Self::Distribution | Self::Meaning => Level::Show,
        }
    }
}
