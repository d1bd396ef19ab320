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
    domain::{Conversation, Features},
    features::Extractor,
    inference::Engine,
    triage::PATIENCE,
};

/// The encoder of the pack in force, with all that comes before it.
pub(super) struct Encoder {
    engine: Arc<Engine>,
    extractor: Extractor,
    /// Conversations that are under way at the same time.
    width: usize,
    /// Numbers of a vector.
    columns: usize,
}

impl Encoder {
    /// Starts the pack in force; its vectors will have so many numbers.
    pub(super) fn start(config: &Config, columns: usize) -> Result<Self, Error> {
        let engine = app::engine(config)?;
        let extractor = app::extractor(&engine)?;
        // A full queue refuses, so that no more may be under way than it holds.
        let width = config.limits.batch_concurrency.min(config.inference.queue_capacity);
        Ok(Self { engine, extractor, width, columns })
    }

    /// What is read of a conversation before the encoder.
    pub(super) fn read(&self, conversation: &Conversation) -> Features {
        self.extractor.extract(conversation)
    }

    /// A vector for every example: `[examples, columns]`, in their order.
    pub(super) async fn vectors(
        &self,
        corpus: &Corpus,
        what: &'static str,
    ) -> Result<Array2<f32>, Error> {
        let bar = bar(corpus.examples.len() as u64, what);
        let texts = corpus.examples.iter().map(|example| {
            bar.inc(1);
            (format!("line {}", example.line), self.read(&example.conversation))
        });
        let vectors = self.vectors_of(texts).await?;
        bar.finish_and_clear();
        Ok(vectors)
    }

    /// A vector for every text, each with the name that an error gives it: `[texts, columns]`,
    /// in their order.
    pub(super) async fn vectors_of(
        &self,
        texts: impl Iterator<Item = (String, Features)>,
    ) -> Result<Array2<f32>, Error> {
        let found = stream::iter(texts).map(async |(name, features)| {
            let answer = self.engine.vectors(Arc::new(features), Instant::now() + PATIENCE).await;
            let vector = answer.map(|vectors| vectors.topic(self.columns));
            vector.map_err(|cause| Error::Reported(format!("{name}: {cause}")))
        });
        let mut found = pin!(found.buffered(self.width));
        let mut numbers = Vec::new();
        let mut rows = 0;
        while let Some(vector) = found.next().await {
            numbers.extend(vector?);
            rows += 1;
        }
        let vectors = Array2::from_shape_vec((rows, self.columns), numbers);
        vectors.map_err(|cause| Error::Reported(cause.to_string()))
    }

    /// The vectors of the golden texts of the pack in force, in their order.
    pub(super) async fn golden(&self) -> Result<Array2<f32>, Error> {
        let found = self.engine.golden_vectors(Duration::from_mins(1)).await;
        let found = found.map_err(|cause| Error::Reported(format!("golden texts: {cause}")))?;
        let mut vectors = Array2::zeros((found.len(), self.columns));
        for (mut row, one) in vectors.rows_mut().into_iter().zip(found) {
            row.assign(&Array1::from(one.topic(self.columns)));
        }
        Ok(vectors)
    }

    /// Ends the threads before the process ends, so that the library is not torn from them.
    pub(super) async fn end(self) {
        let engine = self.engine;
        let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
    }
}
