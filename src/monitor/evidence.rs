//! What says something about whether automatic decisions are right.

use serde::{Deserialize, Serialize};

use crate::domain::{Band, CSAT, Decision, LabelSource, Review, Verdict};

/// One thing that was learnt of an automatic decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence<'a> {
    /// Somebody judged it who was asked at random and did not see what had been decided: the only
    /// label that may be taken for the share of errors.
    Audit {
        /// Tier or role was wrong.
        wrong: bool,
        /// How probable it was, before the decision was taken, that somebody would be asked.
        observed: f64,
        /// Who judged it.
        by: &'a str,
    },
    /// Nothing more is to be expected of it. Not every error is noticed, so the share that was
    /// overridden is at most the share of errors.
    Settled {
        /// Who overrode it, if somebody did.
        overridden_by: Option<&'a str>,
    },
    /// The customer was satisfied (rated 4 or 5), or not.
    Rating {
        /// They were.
        satisfied: bool,
    },
}

/// On which ground a promise is found broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Too many audited decisions were wrong.
    Audits,
    /// Too many decisions were overridden.
    Overrides,
    /// Satisfaction has dropped.
    Satisfaction,
}

impl<'a> Evidence<'a> {
    /// What a review says; `None` where it says nothing that can be relied on.
    ///
    /// An agent who accepts what the service did says little, since people follow what they see,
    /// and nobody knows how often such a decision is looked at at all. A correction of the intent
    /// alone says nothing against tier and role, which are what is promised.
    pub fn of(review: &'a Review, decision: &Decision) -> Option<Self> {
        if decision.band != Band::Auto {
            return None;
        }
        let other_tier = review.tier.is_some_and(|tier| tier != decision.tier);
        let other_role = review.role.as_ref().is_some_and(|role| *role != decision.role);
        let wrong = review.verdict == Verdict::Overridden && (other_tier || other_role);
        let by = review.by.as_str();
        match (review.source, review.observed) {
            (LabelSource::Audit, Some(observed)) if !review.shown && observed > 0.0 => {
                Some(Self::Audit { wrong, observed, by })
            }
            (LabelSource::Agent, _) if wrong => Some(Self::Settled { overridden_by: Some(by) }),
            _ => None,
        }
    }

    /// What a rating says; `None` for one that does not exist.
    pub fn rated(csat: u8) -> Option<Self> {
        CSAT.contains(&csat).then_some(Self::Rating { satisfied: csat >= 4 })
    }
}

impl Ground {
    /// In words, as part of a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Audits => "audited decisions that were wrong",
            Self::Overrides => "decisions that were overridden",
            Self::Satisfaction => "customers who were not satisfied",
        }
    }
}
