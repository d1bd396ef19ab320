//! One thread that runs the model, and starts again when it fails.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::{
    Urgency,
    encode::{Broken, Encoder, Stop},
    error::Error,
    pack::Pack,
    queue::{Job, Queue, Reply},
    reader::Reader,
};
use crate::telemetry::metrics;

/// Loads an encoder for one worker.
pub(super) type Load = dyn Fn() -> Result<Box<dyn Encoder>, Error> + Send + Sync;

/// One worker.
pub(super) struct Worker {
    pub(super) pack: Arc<Pack>,
    pub(super) load: Arc<Load>,
    pub(super) reader: Arc<Reader>,
    pub(super) queue: Arc<Queue>,
    /// Never sends; closes when the service drains, to end a pause.
    pub(super) closing: Receiver<()>,
    pub(super) ready: Arc<AtomicUsize>,
    /// First pause after a failure.
    pub(super) backoff: Duration,
}

/// Longest pause between two attempts to start again.
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);

/// Why a worker stopped serving.
enum End {
    /// No more jobs will come.
    Closed,
    /// The encoder cannot be trusted any more.
    Broken,
}

/// Counts a worker as ready for as long as it lives.
struct Ready<'a>(&'a AtomicUsize);

impl<'a> Ready<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Worker {
    /// Serves until the queue ends. The first attempt to load the encoder is reported to `started`
    /// and, if it fails, is the last.
    pub(super) fn run(&self, started: Sender<Result<(), Error>>) {
        let mut encoder = match self.load_caught() {
            Ok(encoder) => encoder,
            Err(error) => {
                let _ = started.send(Err(error));
                return;
            }
        };
        let mut ready = Ready::new(&self.ready);
        let _ = started.send(Ok(()));
        drop(started);
        let mut failures = 0;
        while let End::Broken = self.serve(encoder.as_mut(), &mut failures) {
            drop(ready);
            let Some(fresh) = self.restart(&mut failures) else { return };
            encoder = fresh;
            ready = Ready::new(&self.ready);
        }
    }

    /// Pauses and loads the encoder until that works; `None` once the service drains.
    fn restart(&self, failures: &mut u32) -> Option<Box<dyn Encoder>> {
        loop {
            *failures = failures.saturating_add(1);
            match self.closing.recv_timeout(pause(self.backoff, *failures)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return None,
            }
            match self.pack.check_encoder().and_then(|()| self.load_caught()) {
                Ok(encoder) => {
                    metrics::worker_restarted();
                    tracing::info!(worker.failures = *failures, "an inference worker is back");
                    return Some(encoder);
                }
                Err(error) => {
                    tracing::error!(%error, "an inference worker cannot start again yet");
                }
            }
        }
    }

    /// Loads the encoder; a panic in the library counts as a failure like any other.
    fn load_caught(&self) -> Result<Box<dyn Encoder>, Error> {
        let load = &self.load;
        catch_unwind(AssertUnwindSafe(|| load())).unwrap_or_else(|_| {
            Err(Error::Pack {
                file: self.pack.encoder.clone(),
                reason: "ONNX Runtime panicked while loading it".to_owned(),
                remedy: super::error::RESTORE,
            })
        })
    }

    fn serve(&self, encoder: &mut dyn Encoder, failures: &mut u32) -> End {
        while let Some(job) = self.queue.take() {
            // Whatever a panic leaves behind is thrown away with the encoder; the job goes with
            // it, and its caller sees that the worker failed.
            match catch_unwind(AssertUnwindSafe(|| self.answer(job, encoder))) {
                Ok(Ok(())) => *failures = 0,
                Ok(Err(broken)) => {
                    tracing::error!(error = %broken, "an inference worker starts again");
                    return End::Broken;
                }
                Err(_) => {
                    tracing::error!("an inference worker panicked and starts again");
                    return End::Broken;
                }
            }
        }
        End::Closed
    }

    /// Answers one job; in the middle of a batch's, those of people that have come meanwhile. A
    /// job that fails is dropped, which its caller sees.
    fn answer(&self, job: Job, encoder: &mut dyn Encoder) -> Result<(), Broken> {
        let (begun, urgency) = (Instant::now(), job.urgency);
        match self.read(job, encoder) {
            Ok(()) | Err(Stop::NotWanted) => {}
            Err(Stop::Broken(broken)) => return Err(broken),
            Err(stop @ (Stop::Tokenizer(_) | Stop::NotFinite(_))) => {
                tracing::error!(error = %stop, "a conversation could not be read");
            }
        }
        if urgency == Urgency::Interactive {
            self.queue.took(begun.elapsed());
        }
        Ok(())
    }

    fn read(&self, job: Job, encoder: &mut dyn Encoder) -> Result<(), Stop> {
        let between = &mut |encoder: &mut dyn Encoder| {
            if job.urgency == Urgency::Batch {
                while let Some(urgent) = self.queue.take_ahead() {
                    self.answer(urgent, encoder)?;
                }
            }
            if job.is_wanted() { Ok(()) } else { Err(Stop::NotWanted) }
        };
        let vectors = self.reader.vectors(&job.features, encoder, between)?;
        // A caller who left meanwhile needs no answer.
        match job.reply {
            Reply::Vectors(sender) => drop(sender.send(vectors)),
            Reply::Prediction(sender) => {
                drop(sender.send(self.reader.predict(&job.features, &vectors)?));
            }
            Reply::Both(sender) => {
                let prediction = self.reader.predict(&job.features, &vectors)?;
                drop(sender.send((vectors, prediction)));
            }
        }
        Ok(())
    }
}

/// The pause before the next attempt: doubles with every failure in a row, up to a minute.
fn pause(first: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(20);
    first.saturating_mul(1 << doublings).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let first = Duration::from_millis(100);
        assert_eq!(pause(first, 1), first);
        assert_eq!(pause(first, 3), first * 4);
        assert_eq!(pause(first, u32::MAX), LONGEST_BACKOFF);
    }
}
