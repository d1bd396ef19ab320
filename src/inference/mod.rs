//! Features → Prediction: the encoder, the heads, and the threads that run them.
//!
//! ```text
//! Features ─▶ Reading ─▶ rows ─▶ token vectors ─▶ Vectors ─▶ Prediction
//!         reading    windows  session       pool        predict
//! ```
//!
//! [`Engine`] owns the queue and the worker threads; each worker owns a session of the encoder
//! and walks the line above (`reader`) for one request at a time. What the line gives for one text
//! is kept (`cache`), so that a conversation sent again with one more message costs one text. A
//! [`Pack`] is everything that a model is.

mod acts;
mod cache;
mod calibrate;
mod certificate;
mod draft;
mod encode;
mod engine;
mod error;
mod golden;
mod head;
mod labels;
mod manner;
mod manner_words;
mod novelty;
mod options;
mod pack;
mod papers;
mod pool;
mod predict;
mod queue;
mod reader;
mod reading;
mod repeats;
mod session;
#[cfg(test)]
mod tiny;
mod tokenize;
mod windows;
mod worker;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;

pub use self::{
    certificate::Certified,
    draft::{Draft, Scale, Stored},
    engine::Engine,
    error::Error,
    golden::GoldenResult,
    head::DIMENSIONS,
    options::{InvalidOption, OnOverload, Options},
    pack::Pack,
    papers::Papers,
    pool::{SentenceVector, Vectors},
};
use crate::domain::{Certificate, Features, Intent, Prediction};

/// Something that predicts: the engine, or a fake in tests.
#[async_trait]
pub trait Model: Send + Sync {
    /// Predicts, or says why not; gives up at the deadline of the call.
    async fn predict(&self, features: Arc<Features>, call: Call)
    -> Result<Prediction, Unavailable>;

    /// Whether a request of somebody who waits until `deadline` would be taken now: asked before
    /// the words are read, so that refusing costs next to nothing.
    ///
    /// # Errors
    /// [`Unavailable::Overloaded`] or [`Unavailable::Draining`].
    fn has_room(&self, _deadline: Instant) -> Result<(), Unavailable> {
        Ok(())
    }

    /// Interactive requests that wait for it now.
    fn waiting(&self) -> usize {
        0
    }

    /// Name and version of the model in use.
    fn identity(&self) -> Identity;

    /// Every intent it knows, in the order of its labels.
    fn intents(&self) -> &[Intent];

    /// How far it may be trusted to act alone.
    fn certificate(&self) -> Certificate;

    /// What whoever trained it says of it.
    fn papers(&self) -> Arc<Papers> {
        Arc::default()
    }

    /// SHA-256 over the certificate's file; `None` if nothing is certified.
    fn certificate_digest(&self) -> Option<&str> {
        None
    }

    /// True while at least one worker can take a request.
    fn is_ready(&self) -> bool;
}

/// Who asks, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The answer is of no use after that.
    pub deadline: Instant,
    /// Who goes first.
    pub urgency: Urgency,
}

/// Who goes first where requests wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for the answer; refused where too many do.
    Interactive,
    /// One of many that nobody waits for: a batch, a candidate, training. It waits for a place and
    /// for a worker that starts again instead of being refused, and lets people go ahead.
    Batch,
}

/// Name and version of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name, e.g. `default`.
    pub name: String,
    /// Version: the first digits of the digest over the pack's checksums.
    pub version: String,
}

/// Why there is no prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The queue is full: the caller should come back later.
    #[error("all inference slots are taken, try again in {retry_after:?}")]
    Overloaded {
        /// When a slot is likely to be free.
        retry_after: Duration,
    },
    /// The deadline passed first.
    #[error("the model did not answer before the deadline")]
    TimedOut,
    /// The worker that held the request failed, or no worker is up for somebody who waits.
    #[error("no inference worker could answer")]
    Failed,
    /// The service is shutting down.
    #[error("the service is shutting down")]
    Draining,
}
