//! A policy that is edited while the service runs: on the disk, in the history, and in force.

use std::{io, sync::Arc};

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::{
    policy_file::{PolicyFile, ReadOnly, Written},
    slots::{Attempt, Read, Slots, note},
};
use crate::{
    api::{Policies, PolicySource, SavedPolicy, Unsaved},
    policy::Policy,
    triage::Change,
};

impl Slots {
    /// Puts a text in force and in the place of the policy file, or leaves all as it was.
    ///
    /// The text is on the disk beside the old one before the history names it, and the history
    /// names it before it is in force, so that nothing was ever in force that cannot be found.
    async fn save(self: &Arc<Self>, change: Change) -> Result<SavedPolicy, Unsaved> {
        let _turn = self.turn.lock().await;
        let in_force = self.triage.policy();
        if change.base != in_force.version() {
            return Err(Unsaved::Changed(in_force));
        }
        let examined = self.triage.examine(change.text.clone()).await;
        let examined = examined.map_err(|cause| Unsaved::Broken(cause.to_string()))?;
        let Some(policy) = examined.policy else { return Err(Unsaved::Refused(examined.faults)) };
        if policy.version() == in_force.version() {
            return Ok(SavedPolicy { version: policy.version().to_owned(), place: None });
        }
        let (slots, text) = (self.clone(), change.text.clone());
        let write = move || slots.write_beside(&text, &in_force);
        let written = blocking(write).await??;
        let place = self.triage.keep_policy(change, &policy).await.map_err(Unsaved::Store)?;
        blocking(move || written.replace()).await?.map_err(|cause| unwritten(&cause))?;
        let (model, shadow) = self.running();
        let version = policy.version().to_owned();
        let policy = Arc::new(policy);
        note(&Attempt::default(), &Ok(self.put_in_force(Read { model, shadow, policy })));
        Ok(SavedPolicy { version, place: Some(place) })
    }

    /// Puts the text beside the policy file, if that is what is in force.
    fn write_beside(&self, text: &str, in_force: &Arc<Policy>) -> Result<Written, Unsaved> {
        let file = PolicyFile::of(self.config.policy.as_deref());
        let file = file.map_err(|cause| Unsaved::ReadOnly(cause.to_string()))?;
        let found = file.text().map_err(|cause| unwritten(&cause))?;
        if found != in_force.text() {
            return Err(Unsaved::Edited(in_force.clone()));
        }
        file.write_beside(text).map_err(|cause| unwritten(&cause))
    }
}

#[async_trait]
impl Policies for Arc<Slots> {
    async fn source(&self) -> PolicySource {
        let slots = self.clone();
        let look = move || {
            let option = slots.config.policy.as_deref();
            let file = option.map(|path| path.display().to_string());
            let read_only = PolicyFile::of(option).err().as_ref().map(ReadOnly::to_string);
            PolicySource { file, read_only }
        };
        let broken =
            |cause: Unsaved| PolicySource { file: None, read_only: Some(cause.to_string()) };
        blocking(look).await.unwrap_or_else(broken)
    }

    async fn save(&self, change: Change) -> Result<SavedPolicy, Unsaved> {
        // A task of its own: a caller who leaves would else end it half way.
        let (answer, answered) = oneshot::channel();
        let slots = self.clone();
        self.tasks.start(async move {
            drop(answer.send(slots.save(change).await));
        });
        answered.await.unwrap_or(Err(Unsaved::Ending))
    }
}

/// Runs what waits for the disk where that holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unsaved> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| Unsaved::Broken(cause.to_string()))
}

fn unwritten(cause: &io::Error) -> Unsaved {
    Unsaved::Disk(cause.to_string())
}
