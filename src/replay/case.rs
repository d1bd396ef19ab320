//! One decision under two policies, and where it should have gone.

use std::fmt;

use crate::domain::{ConversationId, Decision, RoleId, Tier, Timestamp};

/// One decision under two policies.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// Which: the identifier of a stored decision, or file and line of a conversation.
    pub name: String,
    /// When it was taken.
    pub at: Timestamp,
    /// The conversation and the number of its episode, of which one decision is of record; `None`:
    /// it stands alone.
    pub episode: Option<(ConversationId, u32)>,
    /// What speaks for this decision as the one of record.
    pub weight: Weight,
    /// As it was taken.
    pub before: Decision,
    /// As it would have been taken.
    pub after: Decision,
    /// Where it should have gone, for the decision as it was taken; empty where nobody has said.
    pub right_before: Vec<Place>,
    /// Where it should have gone, for the decision as it would have been taken.
    pub right_after: Vec<Place>,
}

/// What speaks for a decision as the one of record of its episode: more outranks less, and of two
/// equal ones the later counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing but that it may be the last.
    Taken,
    /// It was routed, resolved or handed off.
    ActedOn,
    /// Somebody has confirmed or overridden it.
    Reviewed,
}

/// A place that is right for a case, as far as anybody has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The tier; `None` where any is right.
    pub tier: Option<Tier>,
    /// The role; `None` where any is right.
    pub role: Option<RoleId>,
}

/// What of a decision can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// Who should act, by skill.
    Tier,
    /// Who should act, by role.
    Role,
    /// How sure the service is.
    Band,
    /// What may be done.
    Action,
    /// The probability that tier and role are right.
    Confidence,
    /// The helpdesk's queue.
    Queue,
    /// Impact on the customer's work.
    Severity,
    /// The place in the queue.
    Priority,
    /// A deliberate handoff.
    Escalation,
    /// Roles to inform.
    Notify,
    /// What the bot may say.
    CustomerMessage,
}

impl Aspect {
    /// Every value, in order.
    pub const ALL: &[Self] = &[
        Self::Tier,
        Self::Role,
        Self::Band,
        Self::Action,
        Self::Confidence,
        Self::Queue,
        Self::Severity,
        Self::Priority,
        Self::Escalation,
        Self::Notify,
        Self::CustomerMessage,
    ];

    /// The spelling in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Role => "role",
            Self::Band => "band",
            Self::Action => "action",
            Self::Confidence => "confidence",
            Self::Queue => "queue",
            Self::Severity => "severity",
            Self::Priority => "priority",
            Self::Escalation => "escalation",
            Self::Notify => "notify",
            Self::CustomerMessage => "customer_message",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What differs between two decisions, in the order of [`Aspect::ALL`]. Their reasons alone are no
/// difference: nobody acts otherwise because of another sentence.
pub fn aspects(before: &Decision, after: &Decision) -> Vec<Aspect> {
    let differs = |aspect: &Aspect| match aspect {
        Aspect::Tier => before.tier != after.tier,
        Aspect::Role => before.role != after.role,
        Aspect::Band => before.band != after.band,
        Aspect::Action => before.action != after.action,
        Aspect::Confidence => before.confidence != after.confidence,
        Aspect::Queue => before.queue != after.queue,
        Aspect::Severity => before.severity != after.severity,
        Aspect::Priority => before.priority != after.priority,
        Aspect::Escalation => before.escalation != after.escalation,
        Aspect::Notify => before.notify != after.notify,
        Aspect::CustomerMessage => before.customer_message != after.customer_message,
    };
    Aspect::ALL.iter().copied().filter(differs).collect()
}

impl Place {
    /// True if a decision leads there.
    fn takes(&self, decision: &Decision) -> bool {
        self.tier.is_none_or(|tier| tier == decision.tier)
            && self.role.as_ref().is_none_or(|role| *role == decision.role)
    }
}

/// How a decision compares with where it should have gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody has said.
    Unknown,
    /// It leads there.
    Right,
    /// It leads elsewhere: so many tiers too high, or too low where negative.
    Wrong(i16),
}

impl Verdict {
    /// Compares a decision with the places that are right; the first one says how far it is off.
    pub(super) fn of(decision: &Decision, right: &[Place]) -> Self {
        let Some(first) = right.first() else { return Self::Unknown };
        if right.iter().any(|place| place.takes(decision)) {
            return Self::Right;
        }
        let tier = first.tier.unwrap_or(decision.tier);
        Self::Wrong(i16::from(decision.tier.get()) - i16::from(tier.get()))
    }

    /// Whether it is right, where anybody has said.
    pub(super) fn is_right(self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Right => Some(true),
            Self::Wrong(_) => Some(false),
        }
    }
}
