//! Blind audits: a person judges a decision drawn at random without seeing what was decided.

use std::sync::Arc;

use super::Triage;
use crate::{
    domain::{Answer, AuditId, AuditState, Intent, Invalid, LabelSource, Review, kept_name},
    policy::Policy,
    store::{self, Audit, Offer},
    telemetry::metrics,
};

/// Why an answer to an audit was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unaudited {
    /// The auditor does not have this audit. The same is said of an identifier that names none, so
    /// that nobody learns which decisions are audited.
    #[error("no audit of this identifier is yours now; ask for the next one")]
    NotYours,
    /// Its conversation was erased meanwhile.
    #[error("the conversation of this audit was erased; there is nothing to answer any more")]
    Erased,
    /// Somebody has answered, or the auditor has answered otherwise.
    #[error("this audit has its answer, which stays as it was given")]
    Answered,
    /// The auditor has reviewed the decision, and so seen it.
    #[error("you have reviewed this decision, so that your answer would not be blind")]
    NotBlind,
    /// It does not fit the policy or the model.
    #[error("the answer does not fit policy or model")]
    Invalid(Vec<Invalid>),
    /// The store does not work.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What an auditor may choose from.
pub struct Choices {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The intents of the model in force.
    pub intents: Vec<Intent>,
}

impl Triage {
    /// Gives an auditor the audit they have, else the next one; `None` if none is left for them.
    ///
    /// - `by`: who, as the caller names them.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn next_audit(&self, by: &str) -> Result<Option<Offer>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(None) };
        recorder.store().next_audit(&self.auditor(by), self.now()).await
    }

    /// Audits that wait for an answer.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn audits_waiting(&self) -> Result<u64, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(0) };
        recorder.store().audits_waiting().await
    }

    /// What an auditor may choose from.
    pub fn choices(&self) -> Choices {
        let in_force = self.in_force();
        let intents = in_force.model.intents().to_vec();
        Choices { policy: in_force.policy.clone(), intents }
    }

    /// Keeps the answer of the auditor who has the audit, once; returns the label it makes. The
    /// same answer again gives the same label and changes nothing.
    ///
    /// # Errors
    /// The audit is not the auditor's or has its answer, or the answer names a role or an intent
    /// that nobody knows.
    pub async fn answer(&self, id: &AuditId, answer: Answer) -> Result<Review, Unaudited> {
        let recorder = self.recorder.as_ref().ok_or(Unaudited::NotYours)?;
        let store = recorder.store();
        let auditor = self.auditor(&answer.by);
        let audit = store.audit(id).await?.ok_or(Unaudited::NotYours)?;
        if audit.state == AuditState::Erased {
            return Err(Unaudited::Erased);
        }
        if audit.state == AuditState::Open && audit.holder.as_ref() != Some(&auditor) {
            return Err(Unaudited::NotYours);
        }
        let record = recorder.decision(audit.decision).await?.ok_or(Unaudited::Erased)?;
        let unknown = self.unknown(Some(&answer.role), answer.intent.as_ref(), &record);
        if !unknown.is_empty() {
            return Err(Unaudited::Invalid(unknown));
        }
        let extractor = self.in_force.load().extractor.clone();
        let label = answer.judge(&record, audit.drawn);
        let label = label.about(&record, |text| extractor.mask(text));
        if audit.state == AuditState::Open && store.answer(id, &label).await? {
            metrics::audited(label.verdict, &record.decision);
            self.learn_promise().await;
            return Ok(label);
        }
        self.answered_before(&audit, label).await
    }

    /// The label that the same auditor has given before, if it says the same.
    async fn answered_before(&self, audit: &Audit, label: Review) -> Result<Review, Unaudited> {
        let recorder = self.recorder.as_ref().ok_or(Unaudited::NotYours)?;
        let reviews = recorder.store().reviews(audit.decision).await?;
        let theirs = reviews.iter().find(|review| review.by == label.by);
        match theirs {
            Some(review) if review.source == LabelSource::Agent => Err(Unaudited::NotBlind),
            Some(review) if Review { at: label.at, ..review.clone() } == label => {
                Ok(review.clone())
            }
            Some(_) => Err(Unaudited::Answered),
            None if reviews.iter().any(|review| review.source == LabelSource::Audit) => {
                Err(Unaudited::Answered)
            }
            // The lease went to somebody else, or the conversation was erased, in between.
            None => Err(Unaudited::NotYours),
        }
    }

    /// The name under which an auditor is kept: as reviewers are.
    fn auditor(&self, by: &str) -> String {
        let extractor = self.in_force.load().extractor.clone();
        kept_name(by.to_owned(), |text| extractor.mask(text))
    }
}
