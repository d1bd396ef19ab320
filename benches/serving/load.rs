//! Load: a closed loop of so many connections, or an open loop at a rate that nothing slows down.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::sleep,
};

use super::{
    Error,
    bodies::Bodies,
    client::Client,
    contender::Contender,
    sample::Sample,
    schedule::{Arrivals, schedule},
    server::Server,
    workload::{Kind, Material},
};

/// Connections that an open loop opens at most. With all in use a request waits, and its wait
/// counts.
const MOST_CONNECTIONS: usize = 512;

/// How requests follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Load {
    /// Each connection sends its next request when it has the answer, after a pause.
    Closed { connections: usize, pause: Duration },
    /// Requests are due at times fixed beforehand.
    Open { per_s: f64, arrivals: Arrivals },
}

/// Who is asked what.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) contender: Contender,
    /// The bodies of the requests that go one after the other, by number.
    requests: Arc<dyn Fn(usize) -> Vec<Bytes> + Send + Sync>,
}

impl Target {
    pub(crate) fn new(contender: &Contender, material: &Arc<Material>, kind: Kind) -> Self {
        let (material, asked) = (material.clone(), contender.clone());
        Self::asking(contender, move |number| material.requests(kind, &asked, number))
    }

    pub(crate) fn asking(
        contender: &Contender,
        requests: impl Fn(usize) -> Vec<Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self { contender: contender.clone(), requests: Arc::new(requests) }
    }

    /// The first request, for a server that is not known to answer yet.
    pub(crate) fn probe(&self) -> Bytes {
        (self.requests)(0).into_iter().next().unwrap_or_default()
    }
}

/// Puts a load on the server from now on for `length`; returns every request with its times.
///
/// # Errors
/// A task of the load fails, which is a fault of this program.
pub(crate) async fn run(
    server: &Server,
    target: &Target,
    load: Load,
    length: Duration,
) -> Result<Vec<Sample>, Error> {
    match load {
        Load::Closed { connections, pause } => {
            closed(server, target, (connections, pause), length).await
        }
        Load::Open { per_s, arrivals } => {
            open(server, target, schedule(arrivals, per_s, length, 1)).await
        }
    }
}

async fn closed(
    server: &Server,
    target: &Target,
    (connections, pause): (usize, Duration),
    length: Duration,
) -> Result<Vec<Sample>, Error> {
    let (began, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (target, next) = (target.clone(), next.clone());
        let mut client = Client::new(server.address, &target.contender);
        tasks.spawn(async move {
            let mut samples = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                for body in (target.requests)(number) {
                    if !pause.is_zero() {
                        sleep(pause).await;
                    }
                    if began.elapsed() >= length {
                        return samples;
                    }
                    let due = began.elapsed();
                    let outcome = client.ask(body).await;
                    samples.push(Sample { due, ended: began.elapsed(), outcome });
                }
            }
        });
    }
    let mut samples = Vec::new();
    while let Some(done) = tasks.join_next().await {
        samples.append(&mut done?);
    }
    Ok(samples)
}

/// An open loop with a request at each of `times`, which count from now and are in order.
///
/// # Errors
/// As [`run`].
pub(crate) async fn open(
    server: &Server,
    target: &Target,
    times: Vec<Duration>,
) -> Result<Vec<Sample>, Error> {
    let (sender, mut due_requests) = mpsc::unbounded_channel();
    let began = Instant::now();
    // A thread of its own: its sleep is exact to 0.1 ms, that of the runtime to 1 ms.
    thread::spawn(move || {
        for due in times {
            thread::sleep(due.saturating_sub(began.elapsed()));
            if sender.send(due).is_err() {
                return;
            }
        }
    });
    let idle: Arc<Mutex<Vec<Client>>> = Arc::default();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (mut tasks, mut bodies) = (JoinSet::new(), Bodies::new(&*target.requests));
    let mut samples = Vec::new();
    while let Some(due) = due_requests.recv().await {
        let (idle, places) = (idle.clone(), places.clone());
        let (address, contender) = (server.address, target.contender.clone());
        let body = bodies.next();
        tasks.spawn(async move {
            let _place = places.acquire().await;
            let waiting = idle.lock().ok().and_then(|mut idle| idle.pop());
            let mut client = waiting.unwrap_or_else(|| Client::new(address, &contender));
            let outcome = client.ask(body).await;
            let sample = Sample { due, ended: began.elapsed(), outcome };
            if let Ok(mut idle) = idle.lock() {
                idle.push(client);
            }
            sample
        });
        while let Some(done) = tasks.try_join_next() {
            samples.push(done?);
        }
    }
    while let Some(done) = tasks.join_next().await {
        samples.push(done?);
    }
    Ok(samples)
}
