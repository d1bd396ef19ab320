//! Where requests wait for a worker: people before machines, bounded, the hopeless dropped first.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{Unavailable, Urgency, pool::Vectors};
use crate::domain::{Features, Prediction};

/// One request.
pub(super) struct Job {
    pub(super) features: Arc<Features>,
    pub(super) deadline: Instant,
    pub(super) urgency: Urgency,
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
    lanes: Mutex<Lanes>,
    /// Something has come, or nothing will any more.
    news: Condvar,
    service_time: ServiceTime,
    capacity: usize,
    workers: usize,
}

/// Who waits, in the order in which they came.
#[derive(Default)]
struct Lanes {
    interactive: VecDeque<Job>,
    batch: VecDeque<Job>,
    /// Requests that went ahead of a batch that waits, since one of it was served.
    ahead: u32,
    closed: bool,
}

/// How long one request took lately: a moving mean, in microseconds.
struct ServiceTime(AtomicU64);

/// So many interactive requests may go ahead of a batch, then it is its turn: a batch is slow while
/// people are served, but it never stands still.
const AHEAD_MAX: u32 = 7;
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
    fn is_closed(&self) -> bool {
        match self {
            Self::Prediction(sender) => sender.is_closed(),
            Self::Vectors(sender) => sender.is_closed(),
            Self::Both(sender) => sender.is_closed(),
        }
    }
}

impl Lanes {
    /// The next that is still wanted: an interactive request, unless a batch has waited its turn.
    fn next(&mut self) -> Option<Job> {
        loop {
            let ahead = if self.batch.is_empty() { None } else { self.next_ahead() };
            let job =
                ahead.or_else(|| self.next_of_batch()).or_else(|| self.interactive.pop_front())?;
            if job.is_wanted() {
                return Some(job);
            }
        }
    }

    /// The next interactive request, if it may go ahead of a batch that waits or is being served.
    fn next_ahead(&mut self) -> Option<Job> {
        if self.ahead >= AHEAD_MAX {
            self.ahead = 0;
            return None;
        }
        let job = self.interactive.pop_front()?;
        self.ahead += 1;
        Some(job)
    }

    fn next_of_batch(&mut self) -> Option<Job> {
        let job = self.batch.pop_front()?;
        self.ahead = 0;
        Some(job)
    }
}

impl Queue {
    /// A line for at most `capacity` interactive requests. Those of batches are not counted:
    /// whoever sends them waits for a place before.
    pub(super) fn new(capacity: usize, workers: usize) -> Self {
        Self {
            lanes: Mutex::default(),
            news: Condvar::new(),
            service_time: ServiceTime::new(),
            capacity,
            workers,
        }
    }

    /// Lines up a request.
    pub(super) fn push(&self, job: Job) -> Result<(), Unavailable> {
        let mut lanes = self.lanes();
        match job.urgency {
            Urgency::Interactive => {
                self.check(&mut lanes, job.deadline)?;
                lanes.interactive.push_back(job);
            }
            Urgency::Batch if lanes.closed => return Err(Unavailable::Draining),
            Urgency::Batch => lanes.batch.push_back(job),
        }
        self.news.notify_one();
        Ok(())
    }

    /// Whether an interactive request with this deadline would be taken now.
    pub(super) fn has_room(&self, deadline: Instant) -> Result<(), Unavailable> {
        self.check(&mut self.lanes(), deadline)
    }

    /// Waits for the next request that is still wanted; `None` once no more will come.
    pub(super) fn take(&self) -> Option<Job> {
        let mut lanes = self.lanes();
        loop {
            if let Some(job) = lanes.next() {
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.news.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// An interactive request that may be served in the middle of a batch's, if one waits.
    pub(super) fn take_ahead(&self) -> Option<Job> {
        let mut lanes = self.lanes();
        loop {
            let job = lanes.next_ahead()?;
            if job.is_wanted() {
                return Some(job);
            }
        }
    }

    /// Notes how long an interactive request took.
    pub(super) fn took(&self, time: Duration) {
        self.service_time.note(time);
    }

    /// Takes no more requests; those that wait are still served.
    pub(super) fn close(&self) {
        self.lanes().closed = true;
        self.news.notify_all();
    }

    /// True once no more requests are taken.
    pub(super) fn is_closed(&self) -> bool {
        self.lanes().closed
    }

    /// Interactive requests that wait now.
    pub(super) fn people(&self) -> usize {
        self.lanes().interactive.len()
    }

    /// Requests that wait now.
    pub(super) fn depth(&self) -> usize {
        let lanes = self.lanes();
        lanes.interactive.len() + lanes.batch.len()
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a place is free, and whether its turn would come before the deadline. Where not,
    /// those whom nobody waits for any more make room first.
    fn check(&self, lanes: &mut Lanes, deadline: Instant) -> Result<(), Unavailable> {
        if lanes.closed {
            return Err(Unavailable::Draining);
        }
        if self.fits(lanes, deadline) {
            return Ok(());
        }
        lanes.interactive.retain(Job::is_wanted);
        if self.fits(lanes, deadline) {
            return Ok(());
        }
        let retry_after = self.wait(lanes).max(LEAST_RETRY);
        Err(Unavailable::Overloaded { retry_after })
    }

    fn fits(&self, lanes: &Lanes, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        // Whoever comes to an empty line is served, however little time is left.
        let in_time = lanes.interactive.is_empty() || self.wait(lanes) < left;
        lanes.interactive.len() < self.capacity && in_time
    }

    /// When the line will have been served: its length, and the share of a batch that waits,
    /// times the time of one, divided among the workers.
    fn wait(&self, lanes: &Lanes) -> Duration {
        let people = lanes.interactive.len();
        let machines = lanes.batch.len().min(people / AHEAD_MAX as usize);
        let rounds = (people + machines).div_ceil(self.workers.max(1));
        self.service_time.mean().saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }
}

impl ServiceTime {
    fn new() -> Self {
        Self(AtomicU64::new(micros(FIRST_GUESS)))
    }

    /// Notes one more request; the newest counts an eighth.
    fn note(&self, took: Duration) {
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

#[cfg(test)]
mod tests {
    use super::*;

    type Answer = oneshot::Receiver<Vectors>;

    /// A request that can be told from others by how many messages it has.
    fn numbered(number: usize, urgency: Urgency) -> (Job, Answer) {
        let (sender, receiver) = oneshot::channel();
        let message = super::super::tiny::features(&["hello"]).messages;
        let features = super::super::tiny::conversation(vec![message[0].clone(); number]);
        let deadline = Instant::now() + Duration::from_mins(1);
        let (features, reply) = (Arc::new(features), Reply::Vectors(sender));
        (Job { features, deadline, urgency, reply }, receiver)
    }

    fn job() -> (Job, Answer) {
        numbered(1, Urgency::Interactive)
    }

    #[test]
    fn a_full_line_says_when_to_come_back() {
        let queue = Queue::new(1, 2);
        let (first, _kept) = job();
        assert_eq!(queue.push(first), Ok(()));
        let (second, _kept) = job();
        let refused = Err(Unavailable::Overloaded { retry_after: LEAST_RETRY });
        assert_eq!(queue.has_room(second.deadline), refused);
        assert_eq!(queue.push(second), refused);
        assert_eq!(queue.depth(), 1);
    }

    #[test]
    fn the_longer_the_line_the_later_to_come_back() {
        let queue = Queue::new(5, 2);
        for _ in 0..100 {
            queue.took(Duration::from_secs(3));
        }
        let line: Vec<_> = (0..5).map(|_| job()).collect();
        let kept: Vec<_> = line.into_iter().map(|(job, kept)| (queue.push(job), kept)).collect();
        let Err(Unavailable::Overloaded { retry_after }) = queue.push(job().0) else { panic!() };
        assert_eq!(kept.len(), 5);
        assert!((8.9..9.1).contains(&retry_after.as_secs_f64()), "three rounds: {retry_after:?}");
    }

    #[test]
    fn whoever_would_come_too_late_is_told_at_once() {
        let queue = Queue::new(64, 1);
        for _ in 0..100 {
            queue.took(Duration::from_secs(40));
        }
        let (first, _kept) = job();
        assert_eq!(queue.push(first), Ok(()), "nobody is before it");
        let (second, _kept) = job();
        assert_eq!(queue.push(second), Ok(()), "a minute is enough for one before it");
        let third = queue.push(job().0);
        assert!(matches!(third, Err(Unavailable::Overloaded { .. })), "{third:?}");
    }

    #[test]
    fn those_whom_nobody_waits_for_make_room() {
        let queue = Queue::new(2, 1);
        let (left, caller) = job();
        let (mut late, _kept) = job();
        late.deadline = Instant::now();
        assert_eq!((queue.push(late), queue.push(left)), (Ok(()), Ok(())));
        drop(caller);
        let (here, _kept) = numbered(3, Urgency::Interactive);
        assert_eq!(queue.push(here), Ok(()));
        assert_eq!(queue.depth(), 1);
        assert_eq!(queue.take().unwrap().features.messages.len(), 3);
    }

    #[test]
    fn people_go_ahead_of_batches_which_still_get_their_turn() {
        let queue = Queue::new(64, 1);
        let mut kept = Vec::new();
        for number in 1..=20 {
            for (urgency, number) in
                [(Urgency::Batch, 100 + number), (Urgency::Interactive, number)]
            {
                let (job, answer) = numbered(number, urgency);
                queue.push(job).unwrap();
                kept.push(answer);
            }
        }
        queue.close();
        let order: Vec<usize> =
            std::iter::from_fn(|| queue.take()).map(|job| job.features.messages.len()).collect();
        assert_eq!(order[..9], [1, 2, 3, 4, 5, 6, 7, 101, 8]);
        assert_eq!(order[15], 102);
        assert_eq!(order.len(), 40, "nobody is forgotten: {order:?}");
    }

    #[test]
    fn in_the_middle_of_a_batch_seven_go_ahead_at_most() {
        let queue = Queue::new(64, 1);
        let jobs: Vec<_> = (0..20).map(|_| job()).collect();
        let mut kept = Vec::new();
        for (job, answer) in jobs {
            queue.push(job).unwrap();
            kept.push(answer);
        }
        let ahead = || std::iter::from_fn(|| queue.take_ahead()).count();
        assert_eq!((ahead(), ahead(), ahead(), ahead()), (7, 7, 6, 0));
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
        let queue = Queue::new(2, 1);
        let (waiting, _kept) = job();
        queue.push(waiting).unwrap();
        queue.close();
        for urgency in [Urgency::Interactive, Urgency::Batch] {
            assert_eq!(queue.push(numbered(1, urgency).0), Err(Unavailable::Draining));
        }
        assert!(queue.take().is_some());
        assert!(queue.take().is_none());
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
