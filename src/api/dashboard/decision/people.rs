//! What people have said of a decision, and what is done with its conversation.

use crate::{
    api::dashboard::view::{Moment, words},
    domain::{
        Completed, ConfirmedPacket, ConfirmedStep, HandOver, LabelSource, Memory, Receipt, Record,
        Review, Verdict,
    },
};

/// A review in words.
pub(super) struct Said {
    pub(super) by: String,
    pub(super) at: Moment,
    pub(super) verdict: Verdict,
    /// What it should have been; empty if it was right.
    pub(super) instead: String,
    pub(super) note: Option<String>,
    pub(super) is_audit: bool,
}

/// A packet as somebody completed it.
pub(super) struct Confirmed {
    pub(super) by: String,
    pub(super) at: Moment,
    pub(super) problem: Option<String>,
    pub(super) steps: Vec<ConfirmedStep>,
    pub(super) whats_needed: Option<String>,
    pub(super) customer_context: Option<String>,
}

/// How the conversation stands now.
pub(super) enum Handoff {
    /// It was never handed over, or was given back since.
    None,
    /// It waits for a person.
    Waits { since: Moment },
    /// A person has it.
    With { by: Option<String>, at: Moment },
}

impl From<Review> for Said {
    fn from(review: Review) -> Self {
        let tier = review.tier.map(|tier| format!("tier {tier}"));
        let role = review.role.map(|role| words(role.as_str()));
        let intent = review.intent.map(|intent| words(intent.as_str()));
        let instead: Vec<String> = [tier, role, intent].into_iter().flatten().collect();
        Self {
            by: review.by,
            at: Moment(review.at),
            verdict: review.verdict,
            instead: match review.verdict {
                Verdict::Overridden => instead.join(", "),
                Verdict::Accepted => String::new(),
            },
            note: review.note,
            is_audit: review.source == LabelSource::Audit,
        }
    }
}

impl Confirmed {
    pub(super) fn new(record: &Record, receipt: Receipt) -> Self {
        let completed: Completed = receipt.completed.unwrap_or_default();
        let packet = ConfirmedPacket::new(&record.packet, &completed);
        Self {
            by: receipt.confirmed_by,
            at: Moment(receipt.confirmed_at),
            problem: packet.problem.map(|quote| quote.text),
            steps: packet.whats_been_done,
            whats_needed: packet.whats_needed,
            customer_context: packet.customer_context,
        }
    }
}

impl From<&Memory> for Handoff {
    fn from(memory: &Memory) -> Self {
        match &memory.handed_over {
            None => Self::None,
            Some(HandOver { acknowledged: Some(by), .. }) => {
                Self::With { by: by.by.clone(), at: Moment(by.at) }
            }
            Some(HandOver { at, .. }) => Self::Waits { since: Moment(*at) },
        }
    }
}
