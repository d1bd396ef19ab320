//! The composition root: every part is made here and handed to the others.

mod policy_file;
mod save;
mod slots;

use std::{
    future::IntoFuture as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::slots::Slots;
use crate::{
    api::{self, App},
    config::Config,
    domain::{Clock, Timestamp},
    features::Extractor,
    handoff::Drafter,
    inference::{self, Engine, Model, Pack},
    lifecycle::{Request, Signals, Tasks},
    policy::{self, Policy},
    store::{self, Recorder, Retention},
    telemetry::metrics,
    triage::{self, InForce, Triage},
};

/// Why the service could not be put together, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model pack or the library.
    #[error(transparent)]
    Model(#[from] inference::Error),
    /// The policy file.
    #[error("{0}")]
    Policy(String),
    /// The policy file cannot be read.
    #[error("the policy file {file} cannot be read ({cause}); name another with --policy")]
    PolicyFile {
        /// The file.
        file: String,
        /// Why.
        cause: std::io::Error,
    },
    /// A model that is to take over does not answer as its pack says.
    #[error(
        "the golden texts of the new model do not come out as its pack says ({0}); restore the pack, \
         or train it again on this kind of processor"
    )]
    Golden(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// A pattern in the source.
    #[error("a built-in pattern is broken: {0}")]
    Pattern(#[from] regex::Error),
    /// The address.
    #[error("cannot serve on {address}: {cause}; choose another with --listen")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        cause: std::io::Error,
    },
    /// Metrics or signals.
    #[error("the process cannot be set up: {0}")]
    Process(String),
    /// Requests were cut off.
    #[error("requests were still running after shutdown.grace and were cut off")]
    CutOff,
}

/// The system's clock: the one place that asks the machine for the time of day.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the room where the time comes from")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Serves until the process is asked to end.
///
/// # Errors
/// A part cannot be made, each with its remedy; or requests had to be cut off at the end.
pub async fn serve(config: Config) -> Result<(), Error> {
    let began = std::time::Instant::now();
    let handle = metrics::install().map_err(|cause| Error::Process(cause.to_string()))?;
    let mut signals = Signals::listen().map_err(|cause| Error::Process(cause.to_string()))?;
    let tasks = Tasks::default();
    let engine = engine(&config)?;
    let recorder = Arc::new(Recorder::open(&config.records, Arc::new(SystemClock)).await?);
    let refill = recorder.clone();
    tasks.start(async move { refill.run_refill().await });
    if let Some(days) = config.records.retention() {
        let retention = Retention::new(recorder.clone(), Arc::new(SystemClock), days);
        tasks.start(async move { retention.run().await });
    }
    let clock = Arc::new(SystemClock);
    let triage = Arc::new(kept(&config, engine.clone(), recorder.clone(), clock)?);
    let slots = Arc::new(Slots::new(&config, tasks.clone(), triage.clone(), engine.clone())?);
    drop(engine);
    let promised = triage.promise("an operator, by starting the service").await;
    promised.map_err(|cause| Error::Process(cause.to_string()))?;
    let (render, gauged) = (handle.clone(), slots.clone());
    tasks.start(async move { upkeep(render, gauged).await });
    let watched = triage.clone();
    tasks.start(async move { watch_queues(watched).await });
    let watched = triage.clone();
    tasks.start(async move { watch_promise(watched).await });
    let watched = triage.clone();
    tasks.start(async move { watch_alarms(watched).await });
    let (identity, policy) = (triage.model().identity(), triage.policy());
    metrics::build_info(&identity.version, policy.version());
    let app = App::new(api::Parts {
        triage: triage.clone(),
        recorder: recorder.clone(),
        limits: config.limits,
        expose: config.expose,
        metrics: handle,
        reload: Arc::new(slots.clone()),
        policies: Arc::new(slots.clone()),
        draining: AtomicBool::new(false),
    });
    let listener = TcpListener::bind(config.listen).await;
    let address = config.listen.to_string();
    let refused = |cause| Error::Listen { address: address.clone(), cause };
    let listener = listener.map_err(refused)?;
    // The port that was given, where port 0 asked for any free one.
    let listen = listener.local_addr().map_err(refused)?;
    tracing::info!(
        %listen, model.version = identity.version, policy.version = policy.version(),
        wait_ms = began.elapsed().as_millis(), "ready"
    );

    let ended = run(&app, &slots, listener, &mut signals).await;
    let closing = async {
        triage.finish().await;
        // Joining threads blocks, and nothing else is left to do here.
        let draining = slots.clone();
        let drained = tokio::task::spawn_blocking(move || draining.drain()).await;
        tasks.stop().await;
        recorder.close().await;
        drained.map_err(|cause| Error::Process(cause.to_string()))
    };
    let closed = tokio::select! {
        closed = closing => closed,
        () = tokio::time::sleep(config.shutdown.grace) => Err(Error::CutOff),
        () = signals.end() => Err(Error::CutOff),
    };
    if closed.is_err() {
        // Dropping an engine would wait for what nobody waits for any more.
        std::mem::forget(slots);
    }
    tracing::info!("ended");
    ended.and(closed)
}

/// Takes requests until a signal; then ends softly, or hard after the grace or a second signal.
async fn run(
    app: &App,
    slots: &Arc<Slots>,
    listener: TcpListener,
    signals: &mut Signals,
) -> Result<(), Error> {
    let router: Router = api::router(app.clone());
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped);
    let mut serving = std::pin::pin!(serving.into_future());
    let shutdown = slots.config.shutdown;
    loop {
        tokio::select! {
            ended = &mut serving => return ended.map_err(|cause| Error::Process(cause.to_string())),
            request = signals.next() => match request {
                // What comes of it is in the log.
                Request::Reload => drop(slots.start_reload()),
                Request::End => break,
            },
        }
    }
    tracing::info!("asked to end; requests that have begun are finished");
    app.announce_end();
    tokio::select! {
        () = tokio::time::sleep(shutdown.notice) => {}
        () = signals.end() => return Err(Error::CutOff),
        _ = &mut serving => return Ok(()),
    }
    stop.cancel();
    tokio::select! {
        _ = &mut serving => Ok(()),
        () = tokio::time::sleep(shutdown.grace) => Err(Error::CutOff),
        () = signals.end() => Err(Error::CutOff),
    }
}

/// Keeps the histograms of the metrics small, which grow until somebody scrapes, and sets the
/// gauges of the model in force.
async fn upkeep(handle: metrics::Handle, slots: Arc<Slots>) {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    loop {
        every.tick().await;
        handle.run_upkeep();
        let engine = slots.engine();
        metrics::queue_depth(engine.queue_depth());
        metrics::workers_ready(engine.ready_workers());
        metrics::cache_bytes(engine.cache_bytes());
    }
}

/// Counts the handoffs that nobody picks up, so that an alert can call whom the policy names, and
/// the audits that nobody answers.
async fn watch_queues(triage: Arc<Triage>) {
    let mut every = tokio::time::interval(Duration::from_secs(30));
    loop {
        every.tick().await;
        match triage.handoffs_overdue().await {
            Ok(handoffs) => metrics::handoffs_overdue(handoffs),
            Err(cause) => tracing::warn!(%cause, "waiting handoffs could not be counted"),
        }
        match triage.audits_waiting().await {
            Ok(audits) => metrics::audits_waiting(audits),
            Err(cause) => tracing::warn!(%cause, "waiting audits could not be counted"),
        }
    }
}

/// Counts automatic decisions once nothing more is to be expected of them, which may break the
/// promise about them; learns what other instances have found.
async fn watch_promise(triage: Arc<Triage>) {
    let mut every = tokio::time::interval(Duration::from_mins(1));
    loop {
        every.tick().await;
        if let Err(cause) = triage.settle().await {
            tracing::warn!(%cause, "automatic decisions could not be counted");
        }
    }
}

/// Looks for alarms to begin or end.
async fn watch_alarms(triage: Arc<Triage>) {
    let mut every = tokio::time::interval(Duration::from_mins(1));
    loop {
        every.tick().await;
        if let Err(cause) = triage.look().await {
            tracing::warn!(%cause, "nobody could look for alarms; the next minute will");
        }
    }
}

/// The pipeline without a store: for the command line, which keeps nothing.
///
/// # Errors
/// A part cannot be made, each with its remedy.
pub fn offline(config: &Config) -> Result<Triage, Error> {
    assemble(config, engine(config)?, None, Arc::new(SystemClock))
}

/// The same around a model that is already there.
///
/// # Errors
/// A part cannot be made, each with its remedy.
pub fn offline_with(config: &Config, engine: Arc<Engine>) -> Result<Triage, Error> {
    assemble(config, engine, None, Arc::new(SystemClock))
}

/// The pipeline around a store that is open already, at the time that a clock says.
///
/// # Errors
/// A part cannot be made, each with its remedy.
pub fn kept(
    config: &Config,
    engine: Arc<Engine>,
    recorder: Arc<Recorder>,
    clock: Arc<dyn Clock>,
) -> Result<Triage, Error> {
    assemble(config, engine, Some(recorder), clock)
}

fn assemble(
    config: &Config,
    engine: Arc<Engine>,
    recorder: Option<Arc<Recorder>>,
    clock: Arc<dyn Clock>,
) -> Result<Triage, Error> {
    let policy = policy(config, &*engine)?;
    let extractor = Arc::new(extractor(&engine)?);
    let in_force = InForce { extractor, model: engine, policy: Arc::new(policy) };
    Ok(Triage::new(triage::Parts {
        in_force,
        drafter: Drafter::new()?,
        recorder,
        clock,
        deadline: config.inference.deadline,
        on_overload: config.inference.on_overload,
    }))
}

/// Loads the model pack and starts its workers.
///
/// # Errors
/// Library or pack is missing, corrupt or does not fit; names the file and the remedy.
pub fn engine(config: &Config) -> Result<Arc<Engine>, Error> {
    engine_of(Pack::load(&config.model)?, config)
}

fn engine_of(pack: Pack, config: &Config) -> Result<Arc<Engine>, Error> {
    Ok(Arc::new(Engine::start(pack, &library(config), &config.inference)?))
}

/// Starts the encoder alone, for training.
///
/// # Errors
/// Library or encoder is missing or does not fit; names the file and the remedy.
pub fn encoder(config: &Config) -> Result<Engine, Error> {
    let pack = Pack::load_encoder_only(&config.model)?;
    Ok(Engine::start(pack, &library(config), &config.inference)?)
}

/// The reader of features for what a model was trained on.
///
/// # Errors
/// A built-in pattern is broken.
pub fn extractor(engine: &Engine) -> Result<Extractor, Error> {
    let languages: Vec<&str> = engine.languages().iter().map(String::as_str).collect();
    Ok(Extractor::new(&languages)?)
}

/// Parses the policy in force and checks that it routes every intent of the model.
fn policy(config: &Config, model: &dyn Model) -> Result<Policy, Error> {
    let (text, file) = policy_text(config)?;
    let policy = Policy::parse(&text, &file).map_err(|faults| Error::Policy(all(&faults)))?;
    let covered = policy.check_covers(model.intents());
    covered.map_err(|cause| Error::Policy(cause.to_string()))?;
    Ok(policy)
}

/// Every fault of a policy in one line.
pub fn all(faults: &[policy::Error]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}

/// The text of the policy in force and the name of its file.
///
/// # Errors
/// The file cannot be read.
pub fn policy_text(config: &Config) -> Result<(String, String), Error> {
    let Some(path) = &config.policy else {
        return Ok((Policy::DEFAULT.to_owned(), "the built-in policy".to_owned()));
    };
    let file = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((text, file)),
        Err(cause) => Err(Error::PolicyFile { file, cause }),
    }
}

/// Where the ONNX Runtime library lies: as the option says, else the first of the usual places.
pub fn library(config: &Config) -> PathBuf {
    const NAME: &str = "libonnxruntime.so";
    if let Some(path) = &config.onnxruntime {
        return path.clone();
    }
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent).map(|folder| folder.join("../lib"));
    let fetched = PathBuf::from(".onnxruntime").join(NAME);
    let installed = beside.map(|folder| folder.join(NAME)).filter(|path| path.is_file());
    // Where neither exists, the error names the place that scripts/setup would fill.
    if fetched.is_file() { fetched } else { installed.unwrap_or(fetched) }
}
