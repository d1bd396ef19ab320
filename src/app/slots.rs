//! What is read from files and can be replaced while the service runs: the model in force, a
//! candidate beside it, and the policy. All of it is replaced, or nothing.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use async_trait::async_trait;
use tokio::{sync::oneshot, task::JoinError};

use super::{Error, engine_of, extractor, policy};
use crate::{
    api::{Reload, Reloaded},
    config::Config,
    features::Extractor,
    inference::{Engine, Model as _, Options, Pack},
    lifecycle::Tasks,
    policy::Policy,
    telemetry::metrics::{self, Slot},
    triage::{InForce, Shadow, Triage},
};

/// The engines that run, and how they are replaced.
pub(super) struct Slots {
    pub(super) config: Config,
    pub(super) tasks: Tasks,
    pub(super) triage: Arc<Triage>,
    in_force: ArcSwap<Loaded>,
    shadow: ArcSwapOption<Loaded>,
    /// Threads that wait until nobody uses a replaced engine any more.
    retiring: Mutex<Vec<JoinHandle<()>>>,
    /// Held by the reload or the save whose turn it is.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// An engine, and the reader of words in its languages.
pub(super) struct Loaded {
    engine: Arc<Engine>,
    extractor: Arc<Extractor>,
}

/// What a reload has read, before anything of it is in force.
pub(super) struct Read {
    pub(super) model: Arc<Loaded>,
    pub(super) shadow: Option<Arc<Loaded>>,
    pub(super) policy: Arc<Policy>,
}

/// The slots that a reload gives another model: what is counted when it ends.
#[derive(Default)]
pub(super) struct Attempt {
    in_force: bool,
    shadow: bool,
}

/// Longest time for one golden text of a model that is to take over.
const GOLDEN_PATIENCE: Duration = Duration::from_secs(10);
/// How often a thread looks whether a replaced engine is still in use.
const RETIRE_PAUSE: Duration = Duration::from_millis(50);

impl Slots {
    /// Around a pipeline that `engine` serves already; starts the candidate, where there is one.
    pub(super) fn new(
        config: &Config,
        tasks: Tasks,
        triage: Arc<Triage>,
        engine: Arc<Engine>,
    ) -> Result<Self, Error> {
        let extractor = triage.in_force().extractor.clone();
        let slots = Self {
            config: config.clone(),
            tasks,
            triage,
            in_force: ArcSwap::from_pointee(Loaded { engine, extractor }),
            shadow: ArcSwapOption::empty(),
            retiring: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        let candidate = slots.read_shadow(&slots.triage.policy())?;
        slots.put_in_shadow(candidate);
        Ok(slots)
    }

    /// The engine in force.
    pub(super) fn engine(&self) -> Arc<Engine> {
        self.in_force.load().engine.clone()
    }

    /// The model in force and the candidate, as they run.
    pub(super) fn running(&self) -> (Arc<Loaded>, Option<Arc<Loaded>>) {
        (self.in_force.load_full(), self.shadow.load_full())
    }

    /// Starts a reload, whose end is in the log as well, and closes the channel only if the service
    /// ends first.
    ///
    /// It is a task of its own: a caller who leaves would else end it half way, and unsaid.
    pub(super) fn start_reload(self: &Arc<Self>) -> oneshot::Receiver<Result<Reloaded, Error>> {
        let (answer, answered) = oneshot::channel();
        let slots = self.clone();
        self.tasks.start(async move {
            // Nobody need wait for it.
            drop(answer.send(slots.reload().await));
        });
        answered
    }

    /// Reads the model, the candidate and the policy again. A fault leaves all as it was.
    async fn reload(self: &Arc<Self>) -> Result<Reloaded, Error> {
        let _turn = self.turn.lock().await;
        let slots = self.clone();
        // Loading a model takes a second, which requests must not pay.
        let read = move || {
            let mut attempt = Attempt::default();
            let read = slots.read(&mut attempt);
            (attempt, read)
        };
        let broken = |cause: JoinError| {
            let attempt = Attempt { in_force: true, ..Attempt::default() };
            (attempt, Err(Error::Process(cause.to_string())))
        };
        let (attempt, read) = tokio::task::spawn_blocking(read).await.unwrap_or_else(broken);
        let accepted = match read {
            Ok(read) => self.checked(read).await,
            Err(cause) => Err(cause),
        };
        let done = accepted.map(|read| self.put_in_force(read));
        if done.is_ok()
            && let Err(cause) = self.triage.promise("an operator, by a reload").await
        {
            tracing::error!(%cause, "nothing is automatic: reload again once the store works");
        }
        note(&attempt, &done);
        done
    }

    /// Reads everything; `attempt` says, also after a fault, which models are not those that run.
    fn read(&self, attempt: &mut Attempt) -> Result<Read, Error> {
        let running = self.in_force.load_full();
        attempt.in_force = true;
        let model = loaded(&self.config.model, Some(running.clone()), &self.config)?;
        attempt.in_force = !Arc::ptr_eq(&model, &running);
        let policy = Arc::new(policy(&self.config, &*model.engine)?);
        attempt.shadow = self.config.shadow_model.is_some();
        let shadow = self.read_shadow(&policy)?;
        attempt.shadow = !self.is_in_shadow(shadow.as_ref());
        Ok(Read { model, shadow, policy })
    }

    /// The candidate that the options name; one thread is enough for it, since nobody waits.
    fn read_shadow(&self, policy: &Policy) -> Result<Option<Arc<Loaded>>, Error> {
        let Some(folder) = &self.config.shadow_model else { return Ok(None) };
        let options = Options { workers: 1, ..self.config.inference.clone() };
        let config = Config { inference: options, ..self.config.clone() };
        let candidate = loaded(folder, self.shadow.load_full(), &config)?;
        let covered = policy.check_covers(candidate.engine.intents());
        covered.map_err(|cause| Error::Policy(format!("shadow_model: {cause}")))?;
        Ok(Some(candidate))
    }

    /// Lets a model that is to take over read its golden texts first.
    async fn checked(&self, read: Read) -> Result<Read, Error> {
        if Arc::ptr_eq(&read.model, &self.in_force.load()) {
            return Ok(read);
        }
        let golden = read.model.engine.check_golden(GOLDEN_PATIENCE).await;
        let golden = golden.map_err(|cause| Error::Golden(cause.to_string()))?;
        let failed = golden.iter().filter(|result| !result.passed).count();
        if failed == 0 {
            return Ok(read);
        }
        Err(Error::Golden(format!("{failed} of {} come out otherwise", golden.len())))
    }

    /// Cannot fail: what could was done while everything was as it was.
    pub(super) fn put_in_force(&self, read: Read) -> Reloaded {
        let Read { model, shadow, policy } = read;
        let (old, old_policy) = (self.in_force.load_full(), self.triage.policy());
        let is_new = !Arc::ptr_eq(&model, &old);
        let (identity, version) = (model.engine.identity(), policy.version().to_owned());
        let changed = is_new || version != old_policy.version();
        metrics::build_info_gone(&old.engine.identity().version, old_policy.version());
        metrics::build_info(&identity.version, &version);
        self.triage.replace(model.deciding_by(policy));
        if is_new {
            self.in_force.store(model);
            self.retire(old);
        }
        let candidate = shadow.as_ref().map(|candidate| candidate.engine.identity());
        let shadow_changed = self.put_in_shadow(shadow);
        Reloaded {
            model: identity,
            policy: version,
            shadow: candidate,
            changed: changed || shadow_changed,
        }
    }

    /// Compares with another candidate from now on; true if it is another.
    fn put_in_shadow(&self, candidate: Option<Arc<Loaded>>) -> bool {
        if self.is_in_shadow(candidate.as_ref()) {
            return false;
        }
        let shadow = candidate.as_ref().map(|candidate| {
            let in_force = candidate.deciding_by(self.triage.policy());
            Shadow::new(in_force, self.config.inference.deadline)
        });
        self.triage.set_shadow(shadow);
        if let Some(old) = self.shadow.swap(candidate) {
            self.retire(old);
        }
        true
    }

    /// True for the candidate that is compared already; for none where there is none.
    fn is_in_shadow(&self, candidate: Option<&Arc<Loaded>>) -> bool {
        self.shadow.load().as_ref().map(Arc::as_ptr) == candidate.map(Arc::as_ptr)
    }

    /// Ends an engine once the last request that began with it has ended.
    fn retire(&self, old: Arc<Loaded>) {
        let engine = old.engine.clone();
        drop(old);
        let wait = move || {
            while Arc::strong_count(&engine) > 1 {
                thread::sleep(RETIRE_PAUSE);
            }
            engine.drain();
        };
        let mut retiring = self.retiring.lock().unwrap_or_else(PoisonError::into_inner);
        retiring.retain(|thread| !thread.is_finished());
        retiring.push(thread::spawn(wait));
    }

    /// Ends every engine; blocks until the last request has been answered.
    pub(super) fn drain(&self) {
        self.triage.set_shadow(None);
        self.engine().drain();
        if let Some(shadow) = self.shadow.swap(None) {
            shadow.engine.drain();
        }
        let mut retiring = self.retiring.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in retiring.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a replaced model did not end cleanly");
            }
        }
    }
}

impl Loaded {
    fn deciding_by(&self, policy: Arc<Policy>) -> InForce {
        InForce { extractor: self.extractor.clone(), model: self.engine.clone(), policy }
    }
}

#[async_trait]
impl Reload for Arc<Slots> {
    async fn reload(&self) -> Result<Reloaded, String> {
        let ending = |_| "the service is about to end".to_owned();
        let done = self.start_reload().await.map_err(ending)?;
        done.map_err(|cause| cause.to_string())
    }
}

/// The engine for a folder: the one that runs, if the folder still holds its pack.
fn loaded(
    folder: &Path,
    running: Option<Arc<Loaded>>,
    config: &Config,
) -> Result<Arc<Loaded>, Error> {
    let pack = Pack::load(folder)?;
    if let Some(running) = running.filter(|old| old.engine.identity() == *pack.identity()) {
        return Ok(running);
    }
    let engine = engine_of(pack, config)?;
    let extractor = Arc::new(extractor(&engine)?);
    Ok(Arc::new(Loaded { engine, extractor }))
}

/// One line in the log, and the counts of models and policies.
pub(super) fn note(attempt: &Attempt, done: &Result<Reloaded, Error>) {
    let result = if done.is_ok() { metrics::Reload::Accepted } else { metrics::Reload::Refused };
    for (slot, is_other) in [(Slot::InForce, attempt.in_force), (Slot::Shadow, attempt.shadow)] {
        if is_other {
            metrics::model_reloaded(slot, result);
        }
    }
    match done {
        Ok(Reloaded { model, policy, shadow, changed }) => {
            let shadow = shadow.as_ref().map(|shadow| &shadow.version);
            tracing::info!(
                model.version,
                policy.version = policy,
                shadow.version = shadow,
                changed,
                "reloaded"
            );
            metrics::policy_reloaded(metrics::Reload::Accepted);
        }
        Err(cause) => {
            tracing::error!(%cause, "the reload was refused; everything stays as it was");
            if matches!(cause, Error::Policy(_) | Error::PolicyFile { .. }) {
                metrics::policy_reloaded(metrics::Reload::Refused);
            }
        }
    }
}
