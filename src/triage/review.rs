//! What people say of a decision, and what became of its conversation.

use super::Triage;
use crate::{
    domain::{
        ConversationId, DecisionId, Intent, Invalid, Record, Resolution, Review, RoleId, Timestamp,
    },
    store,
    telemetry::metrics,
};

/// Why a review or an outcome was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unreviewed {
    /// There is no such decision, or it was erased.
    #[error("there is no decision with this identifier")]
    NoDecision,
    /// They have audited it, which counts only as it was given.
    #[error("you have audited this decision; the answer to an audit stays as it was given")]
    Audited,
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
        let Some(kept) = recorder.review(id, &review).await? else {
            let others = recorder.store().reviews(id).await?;
            let audited = others.iter().any(|other| other.by == review.by);
            return Err(if audited { Unreviewed::Audited } else { Unreviewed::NoDecision });
        };
        // A review that says nothing new keeps the time of the first.
        if kept.at == review.at {
            metrics::reviewed(kept.verdict, &record.decision);
        }
        self.learn_promise().await;
        Ok(kept)
    }

    fn check(&self, review: &Review, record: &Record) -> Result<(), Vec<Invalid>> {
        let mut wrong = review.check(record).err().unwrap_or_default();
        wrong.extend(self.unknown(review.role.as_ref(), review.intent.as_ref(), record));
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// What a label names that neither policy nor model knows.
    pub(super) fn unknown(
        &self,
        role: Option<&RoleId>,
        intent: Option<&Intent>,
        record: &Record,
    ) -> Vec<Invalid> {
        let in_force = self.in_force();
        let mut wrong = Vec::new();
        // A role that the policy has lost since can still be the right one.
        let other = role.filter(|role| **role != record.decision.role);
        if other.is_some_and(|role| !in_force.policy.knows_role(role)) {
            wrong.push(Invalid::new("/role", "the policy has no such role"));
        }
        if intent.is_some_and(|intent| !in_force.model.intents().contains(intent)) {
            wrong.push(Invalid::new("/intent", "the model has no such intent"));
        }
        wrong
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
    pub(super) async fn learn_promise(&self) {
        if let Err(cause) = self.recall_promise().await {
            tracing::warn!(%cause, "the contract could not be read; the next minute will tell");
        }
    }

    /// The present moment, for what people do.
    pub fn present(&self) -> Timestamp {
        self.now()
    }
}
