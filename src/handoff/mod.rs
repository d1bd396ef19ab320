//! Decision → Packet: what whoever takes over should see first. Every word is a span of the text.

use crate::domain::{Conversation, Decision, Features, Packet, Prediction};

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
pub struct Drafter {}

impl Drafter {
    /// Compiles the patterns.
    ///
    /// # Errors
    /// A pattern of this module does not compile: a mistake in the source.
    pub fn new() -> Result<Self, regex::Error> {
        Ok(Self {})
    }

    /// Drafts the packet.
    pub fn draft(&self, case: &Case<'_>) -> Packet {
        todo!("{}", case.features.messages.len())
    }
}

/// Situation, Background, Assessment, Recommendation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sbar {
    /// What is wrong, for whom.
    pub situation: String,
    /// What was tried and is known.
    pub background: String,
    /// What the service makes of it.
    pub assessment: String,
    /// What should happen next.
    pub recommendation: String,
}

/// The packet as Situation, Background, Assessment, Recommendation.
pub fn sbar(packet: &Packet, decision: &Decision) -> Sbar {
    todo!("{packet:?} {decision:?}")
}

/// The packet as Markdown for a private note.
pub fn markdown(packet: &Packet, decision: &Decision) -> String {
    todo!("{packet:?} {decision:?}")
}
