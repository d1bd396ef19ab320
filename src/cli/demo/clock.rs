//! The time of the story: set by whoever tells it, read by pipeline and store.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::{Clock, Timestamp};

/// A clock that stands where it was put, in milliseconds since 1970.
pub(super) struct StoryClock(AtomicI64);

impl StoryClock {
    pub(super) fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_millisecond()))
    }

    pub(super) fn set(&self, at: Timestamp) {
        self.0.store(at.as_millisecond(), Ordering::Release);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Acquire)).unwrap_or_default()
    }
}
