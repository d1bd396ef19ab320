//! Decision → Packet: what whoever takes over should see first. Every word is a span of the text.

use crate::domain::{Conversation, Decision, Features, Packet, Prediction, Stage};

mod context;
mod evidence;
#[cfg(test)]
mod fixtures;
mod numbers;
mod render;
mod steps;
mod summary;
mod transcript;
mod trim;
mod wording;

pub use render::{Sbar, markdown, sbar};

/// Everything a packet is drafted from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What came in.
    pub conversation: &'a Conversation,
    /// What the text says.
    pub features: &'a Features,
    /// What the model says; `None` if it did not answer in time.
    pub prediction: Option<&'a Prediction>,
    /// Where the case goes.
    pub decision: &'a Decision,
}

/// Drafts handoff packets; made once, shared by all threads.
#[derive(Debug)]
pub struct Drafter {
    wording: wording::Wording,
    evidence: evidence::Finder,
    context: context::Patterns,
}

impl Drafter {
    /// Compiles the patterns.
    ///
    /// # Errors
    /// A pattern of this module does not compile: a mistake in the source.
    pub fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            wording: wording::Wording::new()?,
            evidence: evidence::Finder::new()?,
            context: context::Patterns::new()?,
        })
    }

    /// Drafts the packet.
    pub fn draft(&self, case: &Case<'_>) -> Packet {
        let transcript = transcript::Transcript::new(case);
        let (evidence, evidence_left_out) = self.evidence.evidence(&transcript);
        let mut packet = Packet {
            problem: summary::problem(&transcript, &self.wording, &evidence),
            whats_been_done: steps::steps(case, &transcript, &self.wording),
            hints: context::hints(case),
            hypothesis: context::hypothesis(&transcript, &self.wording),
            evidence,
            evidence_left_out,
            attachments: context::attachments(case),
            impact: context::impact(case, &transcript, &self.context),
            communication_owner: Some(context::communication_owner(case)),
            ..Packet::default()
        };
        packet.missing_context = context::missing(case, &transcript, &self.context, &packet);
        if case.conversation.stage == Stage::Closure {
            let steps = &packet.whats_been_done;
            packet.knowledge_draft = context::knowledge_draft(packet.problem.as_ref(), steps);
        }
        packet
    }
}

#[cfg(test)]
mod tests;
