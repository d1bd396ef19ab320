//! A record that waits for the writer, and the caller who waits for the record.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use super::{Error, entry::Entry};

/// A record that waits to be written.
pub(super) struct Job {
    pub(super) entry: Box<Entry>,
    pub(super) claim: Arc<Claim>,
    pub(super) reply: oneshot::Sender<Result<(), Error>>,
}

/// The caller's end of a [`Job`].
pub(super) struct Ticket {
    claim: Arc<Claim>,
    reply: oneshot::Receiver<Result<(), Error>>,
}

/// Settles who decides: the writer that begins to write, or the caller who gives up before that.
///
/// Without it, a record could be stored after its caller was told that it was not.
#[derive(Default)]
pub(super) struct Claim(AtomicU8);

impl Claim {
    pub(super) const TAKEN: u8 = 1;
    const ABANDONED: u8 = 2;

    pub(super) fn settle(&self, as_what: u8) -> bool {
        self.0.compare_exchange(0, as_what, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Job {
    pub(super) fn new(entry: Entry) -> (Self, Ticket) {
        let (reply, answer) = oneshot::channel();
        let claim = Arc::new(Claim::default());
        (
            Self { entry: Box::new(entry), claim: claim.clone(), reply },
            Ticket { claim, reply: answer },
        )
    }
}

impl Ticket {
    /// Waits until the record is safe: `patience` for its turn, and to the end once it is being
    /// written, so that the answer never contradicts the record. The writer sets the bound then:
    /// no statement of its waits for a lock longer than `busy_timeout`.
    pub(super) async fn outcome(mut self, patience: Duration) -> Result<(), Error> {
        if let Ok(answer) = timeout(patience, &mut self.reply).await {
            return answer.unwrap_or(Err(Error::Closed));
        }
        if self.claim.settle(Claim::ABANDONED) {
            return Err(Error::TimedOut(patience));
        }
        self.reply.await.unwrap_or(Err(Error::Closed))
    }
}
