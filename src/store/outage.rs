//! A store that fails is left alone for a moment, so that not every request waits for it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Error;

/// Remembers that the store failed a moment ago.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// How long the store is left alone after a failure.
    const REST: Duration = Duration::from_secs(1);

    /// True if the store works, or if it is time for one record to try.
    pub(super) fn may_try(&self) -> bool {
        let mut rests_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *rests_until {
            None => true,
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                *rests_until = Some(Instant::now() + Self::REST);
                true
            }
        }
    }

    /// True while the store is left alone.
    pub(super) fn rests(&self) -> bool {
        let rests_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rests_until.is_some_and(|until| Instant::now() < until)
    }

    /// Takes note of how a call ended.
    pub(super) fn learn<T>(&self, outcome: &Result<T, Error>) {
        let failed = outcome.as_ref().is_err_and(Error::is_outage);
        let rests_until = failed.then(|| Instant::now() + Self::REST);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rests_until;
    }
}
