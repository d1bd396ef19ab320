//! Conversations of a file, decided under what is in force and under what is tried.

use std::sync::Arc;

use crate::{
    domain::{Conversation, Intent, Memory, RoleId, Tier, Timestamp},
    inference::Urgency,
    policy::{self, Case},
    replay::{Place, Replayed, Weight},
    triage::{Error, InForce, PATIENCE, keep::remember, meaning::leads_to},
};

/// A conversation of a file.
#[derive(Debug, Clone)]
pub struct Told {
    /// File and line.
    pub name: String,
    /// What was said.
    pub conversation: Conversation,
    /// Its labels, where it has any: each leads to a place that is right.
    pub labels: Vec<Intent>,
}

/// What is in force, and what is tried.
pub struct Verdicts {
    /// As it is.
    pub before: InForce,
    /// As it would be.
    pub after: InForce,
}

/// The moment of a conversation whose messages say no time, 2026-11-20T10:00:00Z in milliseconds:
/// a Friday morning, as for probes.
const MORNING_MS: i64 = 1_795_168_800_000;

impl Verdicts {
    /// Decides a conversation on both sides, as of its last message; `None` if a model does not
    /// answer. Nothing is kept.
    ///
    /// # Errors
    /// Nobody can take the request now.
    pub async fn of(&self, told: Told) -> Result<Option<Replayed>, Error> {
        let Told { name, conversation, labels } = told;
        let at = conversation.messages.iter().filter_map(|message| message.at).max();
        let at = at.or_else(|| Timestamp::from_millisecond(MORNING_MS).ok()).unwrap_or_default();
        let conversation = Arc::new(conversation);
        let features = self.before.features(&conversation).await?;
        let prediction = self.before.predict(&features, PATIENCE, Urgency::Batch).await?;
        let same_model = Arc::ptr_eq(&self.before.model, &self.after.model);
        let (read, said) = if same_model {
            (features.clone(), prediction.clone())
        } else {
            let read = self.after.features(&conversation).await?;
            let said = self.after.predict(&read, PATIENCE, Urgency::Batch).await?;
            (read, said)
        };
        let (Some(prediction), Some(said)) = (prediction, said) else { return Ok(None) };
        let mut sides = Vec::with_capacity(2);
        for (rules, features, prediction) in
            [(&self.before, &features, &prediction), (&self.after, &read, &said)]
        {
            let mut memory = Memory::default();
            remember(&mut memory, &conversation, features, Some(prediction));
            let standing = policy::settle(&mut memory, at);
            let case = Case {
                conversation: &conversation,
                features,
                prediction: Some(prediction),
                standing: &standing,
                now: at,
            };
            let right = labels.iter().filter_map(|label| leads_to(&rules.policy, &case, label));
            let right: Vec<Place> = right.map(place).collect();
            sides.push((rules.policy.decide(&case), right));
        }
        let (Some((after, right_after)), Some((before, right_before))) = (sides.pop(), sides.pop())
        else {
            return Ok(None);
        };
        let weight = Weight::Taken;
        let episode = None;
        Ok(Some(Replayed { name, at, episode, weight, before, after, right_before, right_after }))
    }
}

fn place((tier, role): (Tier, RoleId)) -> Place {
    Place { tier: Some(tier), role: Some(role) }
}
