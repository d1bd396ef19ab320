//! The policy as people edit it: a text that is tried, and the history of those in force.

use super::{Error, Triage, offload};
use crate::{
    domain::kept_name,
    policy::{Examined, Policy},
    store::{self, Draft, Revision},
};

/// What people call a text that has no file yet.
const PROPOSED: &str = "the proposed policy";

/// A change of the policy that somebody asks for.
#[derive(Debug, Clone)]
pub struct Change {
    /// The document as it is to be (TOML).
    pub text: String,
    /// The version that they began with.
    pub base: String,
    /// Who.
    pub by: String,
    /// Why, in their words.
    pub note: Option<String>,
}

impl Triage {
    /// Reads a text as a policy for the models that run; changes nothing.
    ///
    /// # Errors
    /// [`Error::Stage`] if reading panicked; a fault of the text is no error.
    pub async fn examine(&self, text: String) -> Result<Examined, Error> {
        let in_force = self.in_force();
        let candidate = self.candidate();
        // A long one has thousands of probes, which take seconds.
        offload(text.len(), move || {
            let mut examined = Policy::examine(&text, PROPOSED);
            let candidate = candidate.as_ref().map(|candidate| candidate.intents());
            let models = [Some(in_force.model.intents()), candidate];
            for intents in models.into_iter().flatten() {
                let Some(policy) = &examined.policy else { break };
                if let Err(fault) = policy.check_covers(intents) {
                    examined.faults.push(fault);
                    examined.policy = None;
                }
            }
            examined
        })
        .await
    }

    /// Keeps a policy that is about to take the place of the one in force; returns its place in
    /// the history.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn keep_policy(&self, change: Change, policy: &Policy) -> Result<i64, store::Error> {
        let recorder = self.recorder.as_ref().ok_or(store::Error::Closed)?;
        let in_force = self.in_force();
        let mask = |text: &str| in_force.extractor.mask(text);
        let draft = Draft {
            version: policy.version().to_owned(),
            by: kept_name(change.by, mask),
            note: change.note.map(|note| mask(&note).unwrap_or(note)),
            at: self.now(),
            replaced: (in_force.policy.text().to_owned(), in_force.policy.version().to_owned()),
            text: change.text,
        };
        recorder.store().keep_policy(draft).await
    }

    /// The policies that were put in force before a place of the history, newest first.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn policies(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Revision>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(Vec::new()) };
        recorder.store().policies().list(before, limit).await
    }

    /// A policy of the history, with its text; `None` if there is no such place.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn past_policy(
        &self,
        place: i64,
    ) -> Result<Option<(Revision, String)>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(None) };
        recorder.store().policies().find(place).await
    }
}
