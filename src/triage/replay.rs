//! What would have happened: decisions taken again under another policy, or by another model.
//!
//! Stored decisions are streamed in the order of the chain; under another policy alone no model is
//! asked, since a record keeps what the model said. Nothing is stored.

mod again;
#[cfg(test)]
mod tests;
mod told;

use std::{collections::BTreeMap, pin::pin, sync::Arc};

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

use self::again::{Again, again};
use super::{PATIENCE, Triage};
use crate::{
    domain::{Invalid, Prediction, StoreText, Timestamp},
    inference::{Call, Model, Urgency},
    policy::{self, Policy},
    replay::{About, Costs, LeftOut, Report, Source, Tally},
    store::{self, Cursor, Extent, Past, Store, Stretch, Window},
};

pub use self::told::{Told, Verdicts};

/// What stored decisions are tried under, and how the result is reported.
#[derive(Clone)]
pub struct Trial {
    /// Prediction → decision.
    pub policy: Arc<Policy>,
    /// Reads the masked texts again; `None`: predictions are those of the records.
    pub model: Option<Arc<dyn Model>>,
    /// Processors that read records at the same time, and texts that a model reads at the same
    /// time for each.
    pub workers: usize,
    /// Changed decisions that are listed.
    pub list: usize,
    /// What decisions cost.
    pub costs: Costs,
}

/// A replay that somebody asks the service for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The policy that is tried, as it is written (TOML).
    pub policy: String,
    /// Which stored decisions.
    pub window: Window,
    /// The newest of them, at most.
    pub at_most: u32,
    /// Changed decisions that are listed.
    pub list: usize,
    /// What decisions cost.
    pub costs: Costs,
}

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum Unreplayed {
    /// The policy does not load.
    #[error("the policy does not load")]
    Policy(Vec<policy::Error>),
    /// The window cannot be.
    #[error("the window holds nothing")]
    Window(Vec<Invalid>),
    /// Another replay runs.
    #[error("another replay runs; ask again when it has ended")]
    Busy,
    /// The store does not work.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A stage panicked on another thread.
    #[error("a stage of the replay failed")]
    Stage,
}

/// Records of one stretch: a few milliseconds of work.
const ROWS: u32 = 256;

/// Texts that a model reads at the same time, for each worker.
const TEXTS_EACH: usize = 4;

/// Checks a window of time against the present.
///
/// # Errors
/// It ends before it begins, or begins in the future; every fault with its JSON pointer.
pub fn check_window(window: &Window, now: Timestamp) -> Result<(), Vec<Invalid>> {
    let mut wrong = Vec::new();
    if let Some(from) = window.from.filter(|from| *from > now) {
        let detail = format!("{from} lies in the future: it is {now} now");
        wrong.push(Invalid::new("/from", detail));
    }
    if let (Some(from), Some(to)) = (window.from, window.to)
        && from >= to
    {
        wrong.push(Invalid::new("/to", format!("give a later time than from, which is {from}")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// What has come of the decisions so far.
struct Progress {
    tally: Tally,
    left: LeftOut,
    taken_under: BTreeMap<String, usize>,
}

/// Where predictions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Predictions {
    /// The records.
    Kept,
    /// A model that reads the texts again.
    Asked,
}

/// A stretch of the store, read: decisions taken again, or waiting for a model.
#[derive(Default)]
struct ReadStretch {
    again: Vec<Again>,
    waiting: Vec<Past>,
    erased: usize,
    unreadable: usize,
}

impl Trial {
    /// Takes the stored decisions of a window again, the newest `at_most` of them.
    ///
    /// The same store gives the same report; what is stored meanwhile is not looked at.
    ///
    /// # Errors
    /// The store does not work. Records that cannot be read are counted and left out.
    pub async fn stored(
        &self,
        store: &dyn Store,
        window: Window,
        at_most: Option<u32>,
    ) -> Result<Report, Unreplayed> {
        let extent = store.extent(&window, at_most).await?;
        let mut progress = Progress {
            tally: Tally::listing(self.list),
            left: LeftOut { older: count(extent.older), ..LeftOut::default() },
            taken_under: BTreeMap::new(),
        };
        {
            let read = stretches(store, window, extent).map(|stretch| {
                let (policy, predictions) = (self.policy.clone(), self.predictions());
                async move {
                    let stretch = stretch?;
                    let work = move || read(&policy, stretch, predictions);
                    tokio::task::spawn_blocking(work).await.map_err(|_| Unreplayed::Stage)
                }
            });
            let mut read = pin!(read.buffered(self.workers.max(1)));
            while let Some(stretch) = read.try_next().await? {
                self.take(&mut progress, stretch).await;
            }
        }
        let Progress { tally, left, taken_under } = progress;
        let source = match window {
            Window { from: None, to: None } => Source::Store,
            Window { from, to } => Source::Window { from, to },
        };
        let model = self.model.as_ref().map(|model| model.identity());
        let about = About {
            policy: (self.policy.name().to_owned(), self.policy.version().to_owned()),
            model: model.map(|model| (model.name, model.version)),
            source,
            taken_under,
            left_out: left,
        };
        Ok(tally.report(about, self.costs))
    }

    fn predictions(&self) -> Predictions {
        if self.model.is_some() { Predictions::Asked } else { Predictions::Kept }
    }

    /// Counts a stretch, in order, and lets the model read what waits for it.
    async fn take(&self, progress: &mut Progress, stretch: ReadStretch) {
        progress.left.erased += stretch.erased;
        progress.left.unreadable += stretch.unreadable;
        for again in stretch.again {
            progress.add(again);
        }
        let Some(model) = &self.model else { return };
        let said = stream::iter(stretch.waiting).map(|past| async move {
            let prediction = match past.record.store_text {
                StoreText::Nothing => None,
                StoreText::Masked | StoreText::Full => Some(reread(&**model, &past).await),
            };
            (past, prediction)
        });
        let mut said = pin!(said.buffered(self.workers.max(1) * TEXTS_EACH));
        while let Some((past, prediction)) = said.next().await {
            match prediction {
                None => progress.left.without_text += 1,
                Some(None) => progress.left.unanswered += 1,
                Some(prediction) => match again(&self.policy, &past, prediction.as_ref()) {
                    Ok(again) => progress.add(again),
                    Err(_) => progress.left.unreadable += 1,
                },
            }
        }
    }
}

impl Progress {
    fn add(&mut self, again: Again) {
        *self.taken_under.entry(again.policy).or_default() += 1;
        self.left.unknown_labels += usize::from(again.unknown_label);
        self.tally.add(again.replayed);
    }
}

/// The stretches of a window, each read when it is asked for.
fn stretches(
    store: &dyn Store,
    window: Window,
    extent: Extent,
) -> impl Stream<Item = Result<Stretch, store::Error>> {
    stream::try_unfold(Some(extent.before), move |after: Option<Cursor>| async move {
        let Some(after) = after else { return Ok(None) };
        let stretch = store.stretch(&window, (after, extent.last), ROWS).await?;
        let next = stretch.next;
        Ok(Some((stretch, next)))
    })
}

/// Reads the records of a stretch and, unless a model is to be asked first, takes their decisions
/// again.
fn read(policy: &Policy, stretch: Stretch, predictions: Predictions) -> ReadStretch {
    let mut done = ReadStretch { erased: count(stretch.erased), ..ReadStretch::default() };
    for kept in stretch.rows {
        let past = match kept.read() {
            Ok(past) => past,
            Err(cause) => {
                tracing::warn!(%cause, "a decision that cannot be read is not replayed");
                done.unreadable += 1;
                continue;
            }
        };
        if predictions == Predictions::Asked {
            done.waiting.push(past);
            continue;
        }
        match again(policy, &past, past.record.prediction.as_ref()) {
            Ok(again) => done.again.push(again),
            Err(_) => done.unreadable += 1,
        }
    }
    done
}

/// Lets a model read a masked conversation again; `None` if it does not answer.
async fn reread(model: &dyn Model, past: &Past) -> Option<Prediction> {
    let features = Arc::new(past.record.features.clone());
    let call = Call { deadline: Instant::now() + PATIENCE, urgency: Urgency::Batch };
    let answer = model.predict(features, call).await;
    answer
        .inspect_err(|cause| tracing::warn!(%cause, "replayed without an answer of the model"))
        .ok()
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Triage {
    /// Takes stored decisions again under another policy; one replay at a time, so that it costs
    /// the service one processor at most.
    ///
    /// # Errors
    /// The policy does not load, the window holds nothing, another replay runs, or the store does
    /// not work.
    pub async fn replay(&self, asked: Asked) -> Result<Report, Unreplayed> {
        let Ok(_alone) = self.replays.try_acquire() else { return Err(Unreplayed::Busy) };
        check_window(&asked.window, self.now()).map_err(Unreplayed::Window)?;
        let Asked { policy, window, at_most, list, costs } = asked;
        let model = self.model();
        let load = move || {
            let policy = Policy::parse(&policy, "the policy")?;
            policy.check_covers(model.intents()).map_err(|fault| vec![fault])?;
            Ok(policy)
        };
        let loaded = tokio::task::spawn_blocking(load).await.map_err(|_| Unreplayed::Stage)?;
        let policy = Arc::new(loaded.map_err(Unreplayed::Policy)?);
        let Some(recorder) = &self.recorder else {
            return Ok(Tally::default().report(About::default(), costs));
        };
        let trial = Trial { policy, model: None, workers: 1, list, costs };
        trial.stored(&**recorder.store(), window, Some(at_most)).await
    }
}
