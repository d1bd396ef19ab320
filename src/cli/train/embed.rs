//! Conversations → vectors, by the very path that serves.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use ndarray::{Array1, Array2};
use tokio::time::Instant;

use super::bar;
use crate::{
    app,
    cli::Error,
    config::Config,
    dataset::Corpus,
    domain::Conversation,
    features::Extractor,
    inference::{DIMENSIONS, Engine, Unavailable},
    triage::PATIENCE,
};

/// The encoder of the pack in force, with all that comes before it.
pub(super) struct Encoder {
    engine: Arc<Engine>,
    extractor: Extractor,
    /// Conversations that are under way at the same time.
    width: usize,
}

impl Encoder {
    /// Starts the pack in force.
    pub(super) fn start(config: &Config) -> Result<Self, Error> {
        let engine = app::engine(config)?;
        let extractor = app::extractor(&engine)?;
        // A full queue refuses, so that no more may be under way than it holds.
        let width = config.limits.batch_concurrency.min(config.inference.queue_capacity);
        Ok(Self { engine, extractor, width })
    }

    /// A vector for every example: `[examples, 384]`, in their order.
    pub(super) async fn vectors(
        &self,
        corpus: &Corpus,
        what: &'static str,
    ) -> Result<Array2<f32>, Error> {
        let conversations = corpus.examples.iter().map(|example| &example.conversation);
        let lines = corpus.examples.iter().map(|example| example.line);
        let bar = bar(corpus.examples.len() as u64, what);
        let found = stream::iter(conversations.zip(lines)).map(async |(conversation, line)| {
            let vector = self.vector(conversation).await;
            vector.map_err(|cause| Error::Reported(format!("line {line}: {cause}")))
        });
        let mut found = pin!(found.buffered(self.width));
        let mut vectors = Array2::zeros((corpus.examples.len(), DIMENSIONS));
        let mut row = 0;
        while let Some(vector) = found.next().await {
            vectors.row_mut(row).assign(&Array1::from(vector?));
            row += 1;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(vectors)
    }

    async fn vector(&self, conversation: &Conversation) -> Result<Vec<f32>, Unavailable> {
        let features = Arc::new(self.extractor.extract(conversation));
        Ok(self.engine.vectors(features, Instant::now() + PATIENCE).await?.conversation)
    }

    /// The vectors of the golden texts of the pack in force, in their order.
    pub(super) async fn golden(&self) -> Result<Array2<f32>, Error> {
        let found = self.engine.golden_vectors(Duration::from_mins(1)).await;
        let found = found.map_err(|cause| Error::Reported(format!("golden texts: {cause}")))?;
        let mut vectors = Array2::zeros((found.len(), DIMENSIONS));
        for (mut row, one) in vectors.rows_mut().into_iter().zip(found) {
            row.assign(&Array1::from(one.conversation));
        }
        Ok(vectors)
    }

    /// Ends the threads before the process ends, so that the library is not torn from them.
    pub(super) async fn end(self) {
        let engine = self.engine;
        let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
    }
}
