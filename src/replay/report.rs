//! The report: every figure of a replay.

use std::collections::BTreeMap;

use super::{case::Aspect, costs::Costs, markdown, side::Side};
use crate::domain::{
    Action, Band, Decision, Priority, Probability, ReasonCode, RoleId, Severity, Tier, Timestamp,
};

/// Every figure of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was replayed.
    pub about: About,
    /// Decisions that were taken again.
    pub decisions: usize,
    /// Of these, of record: one for each episode of a conversation. Both sides count these.
    pub of_record: usize,
    /// Of these, with a label: somebody has said where the case should have gone.
    pub labelled: usize,
    /// Decisions that come out otherwise, of record or not.
    pub changes: Changes,
    /// From band to band, most sure first; what is not listed has none.
    pub moves: Vec<Move>,
    /// As it was.
    pub before: Side,
    /// As it would have been.
    pub after: Side,
    /// What the cost was computed with.
    pub costs: Costs,
}

/// What was replayed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// Name and version of the policy that was tried.
    pub policy: (String, String),
    /// Name and version of the model that read the texts again; `None` if none did.
    pub model: Option<(String, String)>,
    /// Where the decisions come from.
    pub source: Source,
    /// The policies that the decisions were taken under, by version, with their decisions.
    pub taken_under: BTreeMap<String, usize>,
    /// What could not be replayed.
    pub left_out: LeftOut,
}

/// Where decisions come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Source {
    /// All of the store.
    #[default]
    Store,
    /// A part of the store.
    Window {
        /// Not before; `None`: from the first.
        from: Option<Timestamp>,
        /// Before; `None`: to the last.
        to: Option<Timestamp>,
    },
    /// Files with conversations.
    Files(Vec<String>),
}

/// What could not be replayed, or only in part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Decisions whose payload was erased.
    pub erased: usize,
    /// Records that this version cannot read, and rows of a file that are no conversation.
    pub unreadable: usize,
    /// Decisions whose text is not kept, so that no model can read it.
    pub without_text: usize,
    /// Decisions that the model did not answer.
    pub unanswered: usize,
    /// Older decisions of the window beyond the limit of one request.
    pub older: usize,
    /// Labels that name an intent, or a role, that is unknown; their decisions are replayed.
    pub unknown_labels: usize,
}

/// Decisions that come out otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// How many.
    pub decisions: usize,
    /// With another tier or role.
    pub rerouted: usize,
    /// How many differ in what; one decision may differ in several things.
    pub by_aspect: Vec<(Aspect, usize)>,
    /// The first of them, in the order in which they were taken.
    pub listed: Vec<Listed>,
    /// How many more there are.
    pub unlisted: usize,
}

/// A decision that comes out otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Which: the identifier of a stored decision, or file and line of a conversation.
    pub name: String,
    /// When it was taken.
    pub at: Timestamp,
    /// What differs.
    pub differing: Vec<Aspect>,
    /// As it was.
    pub before: Short,
    /// As it would have been.
    pub after: Short,
    /// Rules that no longer hold.
    pub reasons_gone: Vec<ReasonCode>,
    /// Rules that hold now.
    pub reasons_new: Vec<ReasonCode>,
}

/// A decision in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Short {
    /// Who should act, by skill.
    pub tier: Tier,
    /// Who should act, by role.
    pub role: RoleId,
    /// The helpdesk's queue.
    pub queue: String,
    /// How sure the service is.
    pub band: Band,
    /// What may be done.
    pub action: Action,
    /// The probability that tier and role are right.
    pub confidence: Probability,
    /// Impact on the customer's work.
    pub severity: Severity,
    /// The place in the queue.
    pub priority: Priority,
    /// Whether it is right, where anybody has said.
    pub right: Option<bool>,
}

/// Decisions of record that went from one band to another, or stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The band as it was.
    pub from: Band,
    /// The band as it would have been.
    pub to: Band,
    /// How many.
    pub decisions: usize,
}

impl Report {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }
}

impl Short {
    pub(super) fn of(decision: &Decision, right: Option<bool>) -> Self {
        Self {
            tier: decision.tier,
            role: decision.role.clone(),
            queue: decision.queue.clone(),
            band: decision.band,
            action: decision.action,
            confidence: decision.confidence,
            severity: decision.severity,
            priority: decision.priority,
            right,
        }
    }
}
