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

use super::{Error, engine_of, extractor, policy};
use crate::{
    api::{Reload, Reloaded},
    config::Config,
    inference::{Engine, Model as _, Options, Pack},
    lifecycle::Tasks,
    policy::Policy,
    telemetry::metrics::{self, Slot},
    triage::{InForce, Shadow, Triage},
};

/// The engines that run, and how they are replaced.
pub(super) struct Slots {
    pub(super) config: Config,
    tasks: Tasks,
    triage: Arc<Triage>,
    engine: ArcSwap<Engine>,
    shadow: ArcSwapOption<Engine>,
    /// Threads that wait until nobody uses a replaced engine any more.
    retiring: Mutex<Vec<JoinHandle<()>>>,
    /// Held by the reload whose turn it is.
    turn: tokio::sync::Mutex<()>,
}

/// What a reload has read, before anything of it is in force.
struct Read {
    engine: Arc<Engine>,
    shadow: Option<Arc<Engine>>,
    policy: Policy,
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
        let slots = Self {
            config: config.clone(),
            tasks,
            triage,
            engine: ArcSwap::from(engine),
            shadow: ArcSwapOption::empty(),
            retiring: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        if let Some(candidate) = slots.read_shadow(&slots.triage.policy())? {
            slots.put_in_shadow(Some(candidate))?;
        }
        Ok(slots)
    }

    /// The engine in force.
    pub(super) fn engine(&self) -> Arc<Engine> {
        self.engine.load_full()
    }

    /// Reloads without anybody who waits; what comes of it is in the log.
    pub(super) fn reload_soon(self: &Arc<Self>) {
        let slots = self.clone();
        self.tasks.start(async move {
            let _ = slots.reload().await;
        });
    }

    /// Reads the model, the candidate and the policy again. A fault leaves all as it was.
    pub(super) async fn reload(self: &Arc<Self>) -> Result<Reloaded, Error> {
        let _turn = self.turn.lock().await;
        let slots = self.clone();
        // Loading a model takes a second, which requests must not pay.
        let read = tokio::task::spawn_blocking(move || slots.read()).await;
        let read = read.map_err(|cause| Error::Process(cause.to_string()));
        let accepted = match read.and_then(|read| read) {
            Ok(read) => self.checked(read).await,
            Err(cause) => Err(cause),
        };
        let done = accepted.and_then(|read| self.put_in_force(read));
        if done.is_ok()
            && let Err(cause) = self.triage.promise("an operator, by a reload").await
        {
            tracing::error!(%cause, "nothing is automatic: reload again once the store works");
        }
        note(&done);
        done
    }

    fn read(&self) -> Result<Read, Error> {
        let engine = loaded(&self.config.model, Some(self.engine()), &self.config, Slot::InForce)?;
        let policy = policy(&self.config, &*engine)?;
        let shadow = self.read_shadow(&policy)?;
        Ok(Read { engine, shadow, policy })
    }

    /// The candidate that the options name; one thread is enough for it, since nobody waits.
    fn read_shadow(&self, policy: &Policy) -> Result<Option<Arc<Engine>>, Error> {
        let Some(folder) = &self.config.shadow_model else { return Ok(None) };
        let options = Options { workers: 1, ..self.config.inference.clone() };
        let config = Config { inference: options, ..self.config.clone() };
        let engine = loaded(folder, self.shadow.load_full(), &config, Slot::Shadow)?;
        let covered = policy.check_covers(engine.intents());
        covered.map_err(|cause| Error::Policy(format!("shadow_model: {cause}")))?;
        Ok(Some(engine))
    }

    /// Lets a model that is to take over read its golden texts first.
    async fn checked(&self, read: Read) -> Result<Read, Error> {
        if Arc::ptr_eq(&read.engine, &self.engine()) {
            return Ok(read);
        }
        let golden = read.engine.check_golden(GOLDEN_PATIENCE).await;
        let golden = golden.map_err(|cause| Error::Golden(cause.to_string()))?;
        let failed = golden.iter().filter(|result| !result.passed).count();
        if failed == 0 {
            return Ok(read);
        }
        metrics::model_reloaded(Slot::InForce, metrics::Reload::Refused);
        Err(Error::Golden(format!("{failed} of {} come out otherwise", golden.len())))
    }

    fn put_in_force(&self, read: Read) -> Result<Reloaded, Error> {
        let Read { engine, shadow, policy } = read;
        let (old_model, old_policy) = (self.engine(), self.triage.policy());
        let is_new = !Arc::ptr_eq(&engine, &old_model);
        let in_force = InForce {
            extractor: Arc::new(extractor(&engine)?),
            model: engine.clone(),
            policy: Arc::new(policy),
        };
        let version = in_force.policy.version().to_owned();
        let changed = is_new || version != old_policy.version();
        metrics::build_info_gone(&old_model.identity().version, old_policy.version());
        metrics::build_info(&engine.identity().version, &version);
        self.triage.replace(in_force);
        if is_new {
            self.engine.store(engine.clone());
            self.retire(old_model);
            metrics::model_reloaded(Slot::InForce, metrics::Reload::Accepted);
        }
        let candidate = shadow.as_ref().map(|engine| engine.identity());
        let shadow_changed = self.put_in_shadow(shadow)?;
        Ok(Reloaded {
            model: engine.identity(),
            policy: version,
            shadow: candidate,
            changed: changed || shadow_changed,
        })
    }

    /// Compares with another candidate from now on; true if it is another.
    fn put_in_shadow(&self, engine: Option<Arc<Engine>>) -> Result<bool, Error> {
        let old = self.shadow.load_full();
        let same = match (&old, &engine) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if same {
            return Ok(false);
        }
        let shadow = engine.as_ref().map(|engine| {
            let (extractor, policy) = (Arc::new(extractor(engine)?), self.triage.policy());
            let candidate = InForce { extractor, model: engine.clone(), policy };
            Ok::<_, Error>(Shadow::new(candidate, self.config.inference.deadline))
        });
        self.triage.set_shadow(shadow.transpose()?);
        self.shadow.store(engine);
        metrics::model_reloaded(Slot::Shadow, metrics::Reload::Accepted);
        if let Some(old) = old {
            self.retire(old);
        }
        Ok(true)
    }

    /// Ends an engine once the last request that began with it has ended.
    fn retire(&self, engine: Arc<Engine>) {
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
            shadow.drain();
        }
        let mut retiring = self.retiring.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in retiring.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a replaced model did not end cleanly");
            }
        }
    }
}

#[async_trait]
impl Reload for Arc<Slots> {
    async fn reload(&self) -> Result<Reloaded, String> {
        Slots::reload(self).await.map_err(|cause| cause.to_string())
    }
}

/// The engine for a folder: the one that runs, if the folder still holds its pack.
fn loaded(
    folder: &Path,
    running: Option<Arc<Engine>>,
    config: &Config,
    slot: Slot,
) -> Result<Arc<Engine>, Error> {
    let pack = refused(slot, Pack::load(folder).map_err(Error::from))?;
    match running {
        Some(engine) if engine.identity() == *pack.identity() => Ok(engine),
        _ => refused(slot, engine_of(pack, config)),
    }
}

/// Counts a model that cannot be loaded.
fn refused<T>(slot: Slot, result: Result<T, Error>) -> Result<T, Error> {
    if result.is_err() {
        metrics::model_reloaded(slot, metrics::Reload::Refused);
    }
    result
}

/// One line in the log, and the count of policies.
fn note(done: &Result<Reloaded, Error>) {
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
