//! The model in service: a queue, and workers that empty it.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use async_trait::async_trait;
use crossbeam_channel::{Sender, bounded};
use tokio::{
    sync::{Semaphore, oneshot},
    time::{Instant, timeout_at},
};

use super::{
    Call, Identity, Model, Unavailable, Urgency,
    error::Error,
    golden::GoldenResult,
    options::Options,
    pack::Pack,
    papers::Papers,
    pool::Vectors,
    queue::{Job, Queue, Reply},
    reader::Reader,
    session::Runtime,
    worker::{Load, Worker},
};
use crate::domain::{Certificate, Features, Intent, Prediction};

/// The model in service.
pub struct Engine {
    pack: Arc<Pack>,
    reader: Arc<Reader>,
    queue: Arc<Queue>,
    /// Places for requests of batches, which wait here until they may line up.
    batch_places: Semaphore,
    ready: Arc<AtomicUsize>,
    /// Dropped when the service drains: ends the pause of a worker that waits to start again.
    open: Mutex<Option<Sender<()>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    load_time: Duration,
}

/// Longest conversation that is answered from what was read before without getting in line.
const RECALL_BYTES: usize = 32 * 1024;

impl Engine {
    /// Starts the workers and returns once all of them are ready.
    ///
    /// `library` is the file of ONNX Runtime. The first engine of a process decides on it.
    ///
    /// # Errors
    /// An option, the library or the encoder cannot be used; the error says what to do.
    pub fn start(pack: Pack, library: &Path, options: &Options) -> Result<Self, Error> {
        let begun = Instant::now();
        let runtime = Runtime::load(library)?;
        let file = pack.encoder.clone();
        let load: Arc<Load> = Arc::new(move || Ok(Box::new(runtime.encoder(&file)?)));
        let mut engine = Self::start_with(pack, &load, options)?;
        engine.load_time = begun.elapsed();
        tracing::info!(
            model.name = engine.pack.identity().name,
            model.version = engine.pack.identity().version,
            model.workers = engine.ready_workers(),
            load_ms = engine.load_time.as_millis(),
            "the model is ready"
        );
        Ok(engine)
    }

    /// Starts workers that get their encoder from `load`.
    pub(super) fn start_with(
        pack: Pack,
        load: &Arc<Load>,
        options: &Options,
    ) -> Result<Self, Error> {
        options.validate()?;
        let count = options.worker_count();
        let (open, closing) = bounded(0);
        let (started, reports) = bounded(count);
        let pack = Arc::new(pack);
        let engine = Self {
            reader: Arc::new(Reader::new(Arc::clone(&pack), options)),
            pack,
            queue: Arc::new(Queue::new(options.queue_capacity, count)),
            batch_places: Semaphore::new(options.queue_capacity.min(Semaphore::MAX_PERMITS)),
            ready: Arc::default(),
            open: Mutex::new(Some(open)),
            threads: Mutex::default(),
            load_time: Duration::ZERO,
        };
        for number in 0..count {
            let worker = Worker {
                pack: Arc::clone(&engine.pack),
                load: Arc::clone(load),
                reader: Arc::clone(&engine.reader),
                queue: Arc::clone(&engine.queue),
                closing: closing.clone(),
                ready: Arc::clone(&engine.ready),
                backoff: options.restart_backoff,
            };
            let started = started.clone();
            let thread = thread::Builder::new().name(format!("inference-{number}"));
            let thread = thread.spawn(move || worker.run(started))?;
            engine.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        }
        // A worker that ends without a report must not be waited for.
        drop(started);
        for report in reports.iter().take(count) {
            report?;
        }
        Ok(engine)
    }

    /// How long it took from the call of [`Engine::start`] until all workers were ready.
    pub fn load_time(&self) -> Duration {
        self.load_time
    }

    /// Requests that wait for a worker now.
    pub fn queue_depth(&self) -> usize {
        self.queue.depth()
    }

    /// Workers that can take a request now.
    pub fn ready_workers(&self) -> usize {
        self.ready.load(Ordering::Acquire)
    }

    /// What is kept of texts that were read before, in bytes.
    pub fn cache_bytes(&self) -> u64 {
        self.reader.cache_bytes()
    }

    /// ISO 639-1 codes of the languages that the model was trained for.
    pub fn languages(&self) -> &[String] {
        self.pack.languages()
    }

    /// Which model it is: changes with all that makes it, not with its certificate.
    pub fn model_digest(&self) -> &str {
        self.pack.digest()
    }

    /// What the encoder makes of a conversation: what training learns from.
    ///
    /// # Errors
    /// As for a prediction; a pack without heads is enough.
    pub async fn vectors(
        &self,
        features: Arc<Features>,
        deadline: Instant,
    ) -> Result<Vectors, Unavailable> {
        self.ask(features, Call { deadline, urgency: Urgency::Batch }, Reply::Vectors).await
    }

    /// Reads the pack's golden texts on this machine and compares; each gets `each` of time.
    ///
    /// # Errors
    /// The model could not answer.
    pub async fn check_golden(&self, each: Duration) -> Result<Vec<GoldenResult>, Unavailable> {
        self.check_heads()?;
        let golden = &self.pack.golden;
        let mut results = Vec::with_capacity(golden.cases.len());
        for case in &golden.cases {
            let features = Arc::new(case.features());
            let call = Call { deadline: Instant::now() + each, urgency: Urgency::Batch };
            let answer = self.ask(features, call, Reply::Both).await?;
            results.push(golden.compare(case, &answer.0, &answer.1));
        }
        Ok(results)
    }

    /// What the encoder makes of the pack's golden texts, in their order; each gets `each` of time.
    ///
    /// # Errors
    /// The model could not answer.
    pub async fn golden_vectors(&self, each: Duration) -> Result<Vec<Vectors>, Unavailable> {
        let mut found = Vec::with_capacity(self.pack.golden.cases.len());
        for case in &self.pack.golden.cases {
            let deadline = Instant::now() + each;
            found.push(self.vectors(Arc::new(case.features()), deadline).await?);
        }
        Ok(found)
    }

    /// Takes no more requests, lets those that wait be served, and returns when all threads have
    /// ended; whom no worker is left to serve is told so. Blocks: call it from a thread that may
    /// wait.
    pub fn drain(&self) {
        self.queue.close();
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("an inference worker ended with a panic");
            }
        }
        while self.queue.take().is_some() {}
    }

    /// Lines up a request and waits for its answer.
    async fn ask<T>(
        &self,
        features: Arc<Features>,
        call: Call,
        reply: impl FnOnce(oneshot::Sender<T>) -> Reply,
    ) -> Result<T, Unavailable> {
        let Call { deadline, urgency } = call;
        let place = async { self.batch_places.acquire().await.map_err(|_| Unavailable::Draining) };
        let _place = match urgency {
            // Nobody is to wait for a worker that may not come back.
            Urgency::Interactive if self.ready_workers() == 0 && !self.queue.is_closed() => {
                return Err(Unavailable::Failed);
            }
            Urgency::Interactive => None,
            Urgency::Batch => {
                let place = timeout_at(deadline, place).await;
                Some(place.map_err(|_| Unavailable::TimedOut)??)
            }
        };
        let (sender, receiver) = oneshot::channel();
        let (reply, deadline_std) = (reply(sender), deadline.into_std());
        self.queue.push(Job { features, deadline: deadline_std, urgency, reply })?;
        match timeout_at(deadline, receiver).await {
            Ok(Ok(answer)) => Ok(answer),
            // The worker skips a job that is too late, and drops one that it fails at.
            Ok(Err(_)) if Instant::now() >= deadline => Err(Unavailable::TimedOut),
            Ok(Err(_)) => Err(Unavailable::Failed),
            Err(_) => Err(Unavailable::TimedOut),
        }
    }

    /// The answer to a conversation of which every text was read before: it waits for nobody.
    ///
    /// A longer one gets in line, since putting its vectors together would hold up other requests
    /// on this thread.
    fn recall(&self, features: &Features) -> Option<Prediction> {
        if self.queue.is_closed() || bytes(features) > RECALL_BYTES {
            return None;
        }
        let vectors = self.reader.recall(features)?;
        self.reader.predict(features, &vectors).ok()
    }

    /// A pack without heads can read, but not predict.
    fn check_heads(&self) -> Result<(), Unavailable> {
        if self.pack.predictor.is_some() { Ok(()) } else { Err(Unavailable::Failed) }
    }
}

impl Drop for Engine {
    /// No worker may outlive the process's end: it would lose the library while it runs it.
    fn drop(&mut self) {
        self.drain();
    }
}

#[async_trait]
impl Model for Engine {
    async fn predict(
        &self,
        features: Arc<Features>,
        call: Call,
    ) -> Result<Prediction, Unavailable> {
        self.check_heads()?;
        if let Some(prediction) = self.recall(&features) {
            return Ok(prediction);
        }
        self.ask(features, call, Reply::Prediction).await
    }

    fn has_room(&self, deadline: Instant) -> Result<(), Unavailable> {
        self.queue.has_room(deadline.into_std())
    }

    fn waiting(&self) -> usize {
        self.queue.people()
    }

    fn identity(&self) -> Identity {
        self.pack.identity().clone()
    }

    fn intents(&self) -> &[Intent] {
        self.pack.intents()
    }

    fn certificate(&self) -> Certificate {
        self.pack.certificate()
    }

    fn papers(&self) -> Arc<Papers> {
        self.pack.papers.clone()
    }

    fn certificate_digest(&self) -> Option<&str> {
        self.pack.certificate_digest()
    }

    fn is_ready(&self) -> bool {
        self.ready_workers() > 0 && !self.queue.is_closed()
    }
}

fn bytes(features: &Features) -> usize {
    features.messages.iter().map(|text| text.masked.len()).sum()
}

#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod tests;
