//! The stages without their end: what would be decided, kept nowhere.

use std::sync::Arc;

use super::{Assessment, Error, Heard, Triage, keep::Recalled, random, stopwatch::Stopwatch};
use crate::{
    domain::{Conversation, DecisionId},
    inference::Urgency,
    store::Remembered,
    telemetry::metrics::Stage,
};

impl Triage {
    /// Decides like [`Triage::assess`] and keeps nothing: no record, no memory, no metric. Nothing
    /// is remembered of the conversation either, whatever the store knows of it.
    ///
    /// # Errors
    /// As [`Triage::assess`].
    pub async fn rehearse(&self, conversation: Conversation) -> Result<Assessment, Error> {
        let mut watch = Stopwatch::start();
        let (rules, now) = (self.in_force(), self.now());
        rules.has_room(self.deadline)?;
        let conversation = Arc::new(conversation);
        let features = rules.features(&conversation).await?;
        watch.lap(Stage::Features);
        let prediction = self.predict(&rules, &features, Urgency::Interactive).await?;
        watch.lap(Stage::Model);
        let id = DecisionId::new(now, random()?);
        let recalled = Recalled::Known(Remembered::default());
        let heard = Heard { id, now, conversation, features, prediction, recalled };
        let decided = self.decide(heard, rules, watch).await?;
        Ok(Assessment {
            record: Arc::new(decided.record),
            packet: decided.packet,
            durable: false,
            timings: decided.watch.laps,
        })
    }
}
