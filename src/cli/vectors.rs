//! `baton vectors`: what the heads are trained on, by the very path that serves.

use std::sync::Arc;

use futures::StreamExt as _;
use serde::Serialize;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use tokio_util::codec::FramedRead;

use super::{Error, runtime};
use crate::{
    api::{self, ApiError, TriageRequest},
    app,
    config::Config,
    domain::Features,
    features::Extractor,
    inference::{Engine, Vectors},
    ndjson::{Line, Lines},
    triage::PATIENCE,
};

/// The vectors of one conversation.
#[derive(Serialize)]
struct Answer {
    /// `[384]`, length 1.
    conversation: Vec<f32>,
    /// `[384]`, length 1: how the customer sounds.
    tone: Vec<f32>,
    /// How the customer writes, numbers in `[0, 1]`.
    manner: Vec<f32>,
    sentences: Vec<Sentence>,
}

/// One sentence that was read.
#[derive(Serialize)]
struct Sentence {
    /// Place of the message; null is the subject line.
    message: Option<u32>,
    /// Place in its message.
    #[serde(rename = "sentence")]
    place: u32,
    /// Its masked words.
    text: String,
    /// `[384]`, length 1.
    vector: Vec<f32>,
}

/// Reads request bodies line by line, prints their vectors in the same order.
pub(super) fn run(config: &Config) -> Result<(), Error> {
    runtime()?.block_on(async {
        let engine = app::encoder(config)?;
        let extractor = app::extractor(&engine)?;
        let lines = FramedRead::new(tokio::io::stdin(), Lines::new(config.limits.body_bytes));
        let answers = lines.map(|line| {
            let line = line.map_err(Error::io("standard input cannot be read"));
            async { answer(config, &engine, &extractor, line?).await }
        });
        let mut answers = std::pin::pin!(answers.buffered(config.limits.batch_concurrency));
        let mut output = BufWriter::new(tokio::io::stdout());
        while let Some(answer) = answers.next().await {
            let mut text = serde_json::to_vec(&answer?).unwrap_or_default();
            text.push(b'\n');
            let written = output.write_all(&text).await;
            written.map_err(Error::io("standard output cannot be written"))?;
        }
        output.flush().await.map_err(Error::io("standard output cannot be written"))
    })
}

async fn answer(
    config: &Config,
    engine: &Engine,
    extractor: &Extractor,
    line: Line,
) -> Result<Answer, Error> {
    let number = line.number;
    let here = |cause: String| Error::Reported(format!("line {number}: {cause}"));
    let content = line.content.map_err(|long| {
        here(format!("longer than {} bytes (limits.body_bytes)", long.limit_bytes))
    })?;
    let request: TriageRequest = api::parse(&content).map_err(|cause| here(cause.to_string()))?;
    let conversation = request.into_conversation(&config.limits.conversation());
    let conversation = conversation.map_err(|wrong| here(ApiError::from(wrong).to_string()))?;
    let features = Arc::new(extractor.extract(&conversation));
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let vectors = engine.vectors(features.clone(), deadline).await;
    let vectors = vectors.map_err(|cause| here(cause.to_string()))?;
    Ok(Answer {
        sentences: sentences(&features, &vectors),
        conversation: vectors.conversation,
        tone: vectors.tone,
        manner: vectors.manner.to_vec(),
    })
}

fn sentences(features: &Features, vectors: &Vectors) -> Vec<Sentence> {
    let read = vectors.sentences.iter();
    read.map(|read| {
        let text = features.text(read.message);
        let words = text.and_then(|text| {
            let sentence = text.sentences.get(read.sentence as usize)?;
            Some(text.words(sentence).to_owned())
        });
        Sentence {
            message: read.message,
            place: read.sentence,
            text: words.unwrap_or_default(),
            vector: read.vector.clone(),
        }
    })
    .collect()
}
