//! What decides at present, replaced as one.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Error, Triage, offload, text_bytes};
use crate::{
    domain::{Conversation, Features, Prediction},
    features::Extractor,
    inference::{Call, Model, Unavailable, Urgency},
    policy::Policy,
};

/// What decides: a request that has begun ends with what it began with.
#[derive(Clone)]
pub struct InForce {
    /// Text → features, for the languages of the model.
    pub extractor: Arc<Extractor>,
    /// Features → prediction.
    pub model: Arc<dyn Model>,
    /// Prediction → decision.
    pub policy: Arc<Policy>,
}

impl InForce {
    /// Reads the words.
    pub(super) async fn features(
        &self,
        conversation: &Arc<Conversation>,
    ) -> Result<Arc<Features>, Error> {
        let (extractor, said) = (self.extractor.clone(), conversation.clone());
        let read = move || Arc::new(extractor.extract(&said));
        offload(text_bytes(conversation), read).await
    }

    /// Whether somebody who waits that long would be let in.
    pub(super) fn has_room(&self, wait: Duration) -> Result<(), Error> {
        self.model.has_room(Instant::now() + wait).map_err(Error::Busy)
    }

    /// Asks the model for a decision; its failure is an answer without prediction, and logged as
    /// such, its full queue an error.
    pub(super) async fn predict(
        &self,
        features: &Arc<Features>,
        wait: Duration,
        urgency: Urgency,
    ) -> Result<Option<Prediction>, Error> {
        let call = Call { deadline: Instant::now() + wait, urgency };
        match self.model.predict(features.clone(), call).await {
            Ok(prediction) => Ok(Some(prediction)),
            Err(cause @ (Unavailable::TimedOut | Unavailable::Failed)) => {
                tracing::warn!(%cause, "decided without the model");
                Ok(None)
            }
            Err(cause @ (Unavailable::Overloaded { .. } | Unavailable::Draining)) => {
                Err(Error::Busy(cause))
            }
        }
    }
}

impl Triage {
    /// What decides at present.
    pub fn in_force(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Puts another model or policy in force: requests that have begun end under the old ones.
    pub fn replace(&self, in_force: InForce) {
        self.in_force.store(Arc::new(in_force));
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.in_force.load().policy.clone()
    }

    /// The model in force.
    pub fn model(&self) -> Arc<dyn Model> {
        self.in_force.load().model.clone()
    }
}
