//! Where requests wait for a worker: bounded, first come, first served.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use super::{Unavailable, pool::Vectors};
use crate::domain::{Features, Prediction};

/// One request.
pub(super) struct Job {
    pub(super) features: Arc<Features>,
    pub(super) deadline: Instant,
    pub(super) reply: Reply,
}

/// What is asked for, and where the answer goes.
pub(super) enum Reply {
    Prediction(oneshot::Sender<Prediction>),
    Vectors(oneshot::Sender<Vectors>),
    Both(oneshot::Sender<(Vectors, Prediction)>),
}

/// The waiting line.
pub(super) struct Queue {
    /// `None` once the service drains: workers then see the end of the line.
    sender: RwLock<Option<Sender<Job>>>,
    service_time: Arc<ServiceTime>,
    workers: usize,
}

/// How long one request took lately: a moving mean, in microseconds.
pub(super) struct ServiceTime(AtomicU64);

/// What is assumed before the first request was served.
const FIRST_GUESS: Duration = Duration::from_millis(20);
/// Nobody is told to come back sooner.
const LEAST_RETRY: Duration = Duration::from_secs(1);

impl Job {
    /// False once the caller has left or the deadline has passed.
    pub(super) fn is_wanted(&self) -> bool {
        !self.reply.is_closed() && Instant::now() < self.deadline
    }
}

impl Reply {
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Prediction(sender) => sender.is_closed(),
            Self::Vectors(sender) => sender.is_closed(),
            Self::Both(sender) => sender.is_closed(),
        }
    }
}

impl Queue {
    /// A line for at most `capacity` requests, and the end that the workers take from.
    pub(super) fn new(capacity: usize, workers: usize) -> (Self, Receiver<Job>) {
        let (sender, receiver) = bounded(capacity);
        let service_time = Arc::new(ServiceTime::new());
        (Self { sender: RwLock::new(Some(sender)), service_time, workers }, receiver)
    }

    /// Where the workers note how long a request took.
    pub(super) fn service_time(&self) -> Arc<ServiceTime> {
        Arc::clone(&self.service_time)
    }

    /// Lines up a request.
    pub(super) fn push(&self, job: Job) -> Result<(), Unavailable> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref() else { return Err(Unavailable::Draining) };
        match sender.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                let retry_after = retry_after(sender.len(), self.workers, self.service_time.mean());
                Err(Unavailable::Overloaded { retry_after })
            }
            Err(TrySendError::Disconnected(_)) => Err(Unavailable::Failed),
        }
    }

    /// Takes no more requests; those that wait are still served.
    pub(super) fn close(&self) {
        self.sender.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// True once no more requests are taken.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Requests that wait now.
    pub(super) fn depth(&self) -> usize {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().map_or(0, Sender::len)
    }
}

impl ServiceTime {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(micros(FIRST_GUESS)))
    }

    /// Notes one more request; the newest counts an eighth.
    pub(super) fn note(&self, took: Duration) {
        // Two workers may note at once and one note be lost: the mean is a guess anyway.
        let mean = self.0.load(Ordering::Relaxed);
        let next = mean.saturating_sub(mean / 8).saturating_add(micros(took) / 8);
        self.0.store(next, Ordering::Relaxed);
    }

    fn mean(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// When the line is likely to be served: its length times the time of one, shared by the workers.
fn retry_after(waiting: usize, workers: usize, one: Duration) -> Duration {
    let rounds = waiting.div_ceil(workers.max(1));
    one.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX)).max(LEAST_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> (Job, oneshot::Receiver<Vectors>) {
        let (sender, receiver) = oneshot::channel();
        let features = Arc::new(super::super::tiny::features(&["hello"]));
        let deadline = Instant::now() + Duration::from_mins(1);
        (Job { features, deadline, reply: Reply::Vectors(sender) }, receiver)
    }

    #[test]
    fn a_full_line_says_when_to_come_back() {
        let (queue, _receiver) = Queue::new(1, 2);
        let (first, _kept) = job();
        assert_eq!(queue.push(first), Ok(()));
        let (second, _kept) = job();
        let retry_after = LEAST_RETRY;
        assert_eq!(queue.push(second), Err(Unavailable::Overloaded { retry_after }));
        assert_eq!(queue.depth(), 1);
    }

    #[test]
    fn the_longer_the_line_the_later_to_come_back() {
        let seconds = Duration::from_secs;
        assert_eq!(retry_after(0, 2, seconds(3)), seconds(1));
        assert_eq!(retry_after(5, 2, seconds(3)), seconds(9));
        assert_eq!(retry_after(64, 2, Duration::from_millis(20)), seconds(1));
    }

    #[test]
    fn the_service_time_follows_what_requests_take() {
        let time = ServiceTime::new();
        assert_eq!(time.mean(), FIRST_GUESS);
        for _ in 0..100 {
            time.note(Duration::from_millis(200));
        }
        assert!((195..=200).contains(&time.mean().as_millis()), "{:?}", time.mean());
    }

    #[test]
    fn a_closed_line_refuses_and_lets_the_rest_be_served() {
        let (queue, receiver) = Queue::new(2, 1);
        let (waiting, _kept) = job();
        queue.push(waiting).unwrap();
        queue.close();
        assert_eq!(queue.push(job().0), Err(Unavailable::Draining));
        assert!(receiver.recv().is_ok());
        assert!(receiver.recv().is_err());
    }

    #[test]
    fn a_job_is_not_wanted_once_its_caller_left_or_its_time_is_up() {
        let (here, kept) = job();
        assert!(here.is_wanted());
        drop(kept);
        assert!(!here.is_wanted());
        let (mut late, _kept) = job();
        late.deadline = Instant::now();
        assert!(!late.is_wanted());
    }
}
