//! What people say of a decision, and what became of its conversation.

use super::Triage;
use crate::{
    domain::{ConversationId, DecisionId, Invalid, Record, Resolution, Review, Timestamp},
    store,
    telemetry::metrics,
};

/// Why a review or an outcome was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unreviewed {
    /// There is no such decision, or it was erased.
    #[error("there is no decision with this identifier")]
    NoDecision,
    /// It does not fit the decision, the policy or the model.
    #[error("the review does not fit the decision")]
    Invalid(Vec<Invalid>),
    /// The store does not work.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Triage {
    /// Keeps what a person says of a decision, once per person, the latest wins; returns it as it
    /// is kept. The same again changes nothing.
    ///
    /// # Errors
    /// There is no such decision, or the review does not fit it: a role that the policy does not
    /// have, an intent that the model does not know, a verdict that contradicts the rest.
    pub async fn review(&self, id: DecisionId, review: Review) -> Result<Review, Unreviewed> {
        let recorder = self.recorder.as_ref().ok_or(Unreviewed::NoDecision)?;
        let record = recorder.decision(id).await?.ok_or(Unreviewed::NoDecision)?;
        self.check(&review, &record).map_err(Unreviewed::Invalid)?;
        let extractor = self.in_force.load().extractor.clone();
        let review = review.about(&record, |text| extractor.mask(text));
        let kept = recorder.review(id, &review).await?.ok_or(Unreviewed::NoDecision)?;
        // A review that says nothing new keeps the time of the first.
        if kept.at == review.at {
            metrics::reviewed(kept.verdict, &record.decision);
        }
        self.learn_promise().await;
        Ok(kept)
    }

    fn check(&self, review: &Review, record: &Record) -> Result<(), Vec<Invalid>> {
        let in_force = self.in_force();
        let mut wrong = review.check(record).err().unwrap_or_default();
        if let Some(role) = &review.role
            && *role != record.decision.role
            && !in_force.policy.knows_role(role)
        {
            wrong.push(Invalid::new("/role", "the policy has no such role"));
        }
        if let Some(intent) = &review.intent
            && !in_force.model.intents().contains(intent)
        {
            wrong.push(Invalid::new("/intent", "the model has no such intent"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Keeps what became of a conversation; later values win. Returns all that is known now.
    ///
    /// # Errors
    /// A value is out of range, or the store does not work.
    pub async fn resolve(
        &self,
        id: &ConversationId,
        resolution: &Resolution,
    ) -> Result<(Resolution, Timestamp), Unreviewed> {
        let recorder = self.recorder.as_ref().ok_or(Unreviewed::NoDecision)?;
        let now = self.now();
        resolution.check(now).map_err(Unreviewed::Invalid)?;
        let known = recorder.store().resolve(id, resolution, now).await?;
        self.learn_promise().await;
        Ok((known, now))
    }

    /// What was said may have broken the promise; it is kept even if nobody can tell at once.
    async fn learn_promise(&self) {
        if let Err(cause) = self.recall_promise().await {
            tracing::warn!(%cause, "the contract could not be read; the next minute will tell");
        }
    }

    /// The present moment, for what people do.
    pub fn present(&self) -> Timestamp {
        self.now()
    }
}
