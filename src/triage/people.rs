//! What people do with a conversation that was handed to them: pick it up, give it back.

use super::{REREADS, Triage};
use crate::{
    domain::{Acknowledged, ConversationId, Memory, Timestamp},
    store::{self, Event, EventKind},
};

/// A conversation after a person has done something with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Handled {
    /// Number of the episode, from 1.
    pub episode: u32,
    /// True if this call changed something; false if it had been done before.
    pub changed: bool,
    /// When the conversation was handed over; `None` if it was not.
    pub handed_over_at: Option<Timestamp>,
    /// Who picked the handoff up, and when; `None` if nobody has.
    pub acknowledged: Option<Acknowledged>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody has ever asked about this conversation.
    #[error("there is no conversation with this identifier")]
    Unknown,
    /// The moment lies before the handoff or after the present.
    #[error("the handoff was at {handed_over_at} and it is {now} now: give a time between the two")]
    Untimely {
        /// When the conversation was handed over.
        handed_over_at: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// The store fails.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Triage {
    /// Gives a handed-off conversation back to automation: strikes start anew, and only messages
    /// that are not known yet count. Doing it twice is the same as once.
    ///
    /// # Errors
    /// Nobody knows the conversation, or the store fails; then nothing has changed.
    pub async fn release(
        &self,
        id: &ConversationId,
        by: Option<String>,
    ) -> Result<Handled, Refused> {
        let at = self.now();
        let event = Event { kind: EventKind::Released, at, by };
        self.change(id, event, |memory| {
            let handed_over_at = memory.handed_over.as_ref().map(|handed| handed.at);
            let changed = memory.release();
            Ok(Handled { episode: memory.episode, changed, handed_over_at, acknowledged: None })
        })
        .await
    }

    /// Notes that a person has picked a handoff up; the first one counts.
    ///
    /// # Errors
    /// Nobody knows the conversation, the moment is not between handoff and present, or the store
    /// fails; then nothing has changed.
    pub async fn acknowledge(
        &self,
        id: &ConversationId,
        by: Option<String>,
        at: Option<Timestamp>,
    ) -> Result<Handled, Refused> {
        let now = self.now();
        let at = at.unwrap_or(now);
        let event = Event { kind: EventKind::Acknowledged, at, by: by.clone() };
        self.change(id, event, |memory| {
            let episode = memory.episode;
            let Some(handed) = &mut memory.handed_over else {
                let (handed_over_at, acknowledged) = (None, None);
                return Ok(Handled { episode, changed: false, handed_over_at, acknowledged });
            };
            if at < handed.at || at > now {
                return Err(Refused::Untimely { handed_over_at: handed.at, now });
            }
            let changed = handed.acknowledged.is_none();
            let by = by.clone();
            let acknowledged = handed.acknowledged.get_or_insert(Acknowledged { at, by }).clone();
            let (handed_over_at, acknowledged) = (Some(handed.at), Some(acknowledged));
            Ok(Handled { episode, changed, handed_over_at, acknowledged })
        })
        .await
    }

    /// How many high and critical handoffs nobody has picked up in the time of the policy.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn handoffs_overdue(&self) -> Result<u64, store::Error> {
        let (Some(recorder), Some(due)) = (&self.recorder, self.handoffs_due()) else {
            return Ok(0);
        };
        recorder.store().overdue(due).await
    }

    /// Changes what is remembered of a conversation, and notes the event if that changed anything.
    async fn change(
        &self,
        id: &ConversationId,
        event: Event,
        change: impl Fn(&mut Memory) -> Result<Handled, Refused>,
    ) -> Result<Handled, Refused> {
        let Some(recorder) = &self.recorder else { return Err(Refused::Unknown) };
        // What was said before a release must not reach the store after it: it would count anew.
        if recorder.spooled() > 0 {
            recorder.refill().await?;
        }
        for _ in 0..REREADS {
            let mut remembered = recorder.recall(id).await?;
            if remembered.version == 0 {
                return Err(Refused::Unknown);
            }
            let handled = change(&mut remembered.memory)?;
            if !handled.changed {
                return Ok(handled);
            }
            match recorder.remember(id, remembered, event.clone()).await {
                // A request of the conversation came first: read again.
                Err(store::Error::Stale) => {}
                kept => return Ok(kept.map(|()| handled)?),
            }
        }
        Err(Refused::Store(store::Error::Stale))
    }
}
