//! Requests with an idempotency key take turns.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Mutex as AsyncMutex;

/// Requests with an idempotency key that are being answered: the second of two waits for the first.
#[derive(Default)]
pub(super) struct InProgress(Mutex<HashMap<String, Arc<AsyncMutex<()>>>>);

/// A request's place among those with the same key; forgotten when the last of them is dropped.
pub(super) struct Turn<'a> {
    all: &'a InProgress,
    key: String,
    /// Held by the one whose turn it is.
    pub(super) slot: Arc<AsyncMutex<()>>,
}

impl InProgress {
    /// Takes a place among the requests with that key.
    pub(super) fn turn(&self, key: &str) -> Turn<'_> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(key.to_owned()).or_default().clone();
        Turn { all: self, key: key.to_owned(), slot }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut slots = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One reference is in the map and one is this turn's own.
        if Arc::strong_count(&self.slot) <= 2 {
            slots.remove(&self.key);
        }
    }
}
