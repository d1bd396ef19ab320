//! What the policy makes of a conversation, rule by rule, without keeping anything.

use std::sync::Arc;

use super::{Error, PATIENCE, Triage, keep::remember};
use crate::{
    domain::{Conversation, Memory, Timestamp},
    inference::Urgency,
    policy::{self, Explanation},
};

impl Triage {
    /// Says rule by rule what the policy makes of a conversation at a moment; keeps nothing.
    ///
    /// # Errors
    /// As [`Triage::assess`].
    pub async fn explain(&self, said: Conversation, at: Timestamp) -> Result<Explanation, Error> {
        let in_force = self.in_force();
        let conversation = Arc::new(said);
        let features = in_force.features(&conversation).await?;
        let prediction = in_force.predict(&features, PATIENCE, Urgency::Batch).await?;
        let mut memory = Memory::default();
        remember(&mut memory, &conversation, &features, prediction.as_ref());
        let standing = policy::settle(&mut memory, at);
        Ok(in_force.policy.explain(&policy::Case {
            conversation: &conversation,
            features: &features,
            prediction: prediction.as_ref(),
            standing: &standing,
            now: at,
        }))
    }
}
