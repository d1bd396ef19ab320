//! `baton demo`: a store full of made-up weeks, for those who want to see what all of it is for.
//!
//! The conversations are real ones that the model never learnt, every decision comes from the
//! pipeline that serves requests, and only the time is told to it. What people do about them is
//! made up, by chance that repeats with its seed.

mod calendar;
mod chance;
mod clock;
mod corpus;
mod desk;
mod made;
mod month;
mod script;

use std::sync::Arc;

use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use self::{
    calendar::Calendar,
    chance::Chance,
    clock::StoryClock,
    corpus::Corpus,
    made::{Made, Place},
    month::{Month, Stage},
    script::Script,
};
use super::{Error, policy::moment, print, progress::spinner, runtime};
use crate::{
    api::ApiError,
    app::{self, SystemClock},
    config::Config,
    domain::{Clock as _, Timestamp},
    inference::Engine,
    policy::Policy,
    store::{self, Filter, Page, Recorder},
    triage::Triage,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many conversations are told.
    #[arg(long, value_name = "N", default_value_t = 2_000,
          value_parser = clap::value_parser!(u32).range(1..=200_000))]
    conversations: u32,
    /// Over how many days.
    #[arg(long, value_name = "N", default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(4..=366))]
    days: u16,
    /// The same seed tells the same story.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u32,
    /// Where the story ends, e.g. 2026-11-24T12:00:00Z; now if absent.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
    /// Tell it into a store that has records already.
    #[arg(long)]
    add: bool,
}

/// Fills the store, and says what to look at.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    let now = SystemClock.now();
    let end = given.until.unwrap_or(now);
    if end > now {
        let reason = format!("--until {end} is not over yet; give a time up to {now}");
        return Err(Error::Reported(reason));
    }
    let kept = config.records.retention().map_or(u32::MAX, std::num::NonZero::get);
    if u32::from(given.days) > kept {
        return Err(Error::Reported(format!(
            "records.retention_days = {kept} erases what is older; give --days {kept}, or raise it"
        )));
    }
    let calendar = Calendar::new(end, given.days);
    let text = runtime()?.block_on(async {
        let engine = app::engine(config)?;
        let told = tell(config, given, calendar, engine.clone()).await;
        // The threads end before the process does, so that the library is not torn from them.
        let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
        told
    })?;
    print(&text)
}

async fn tell(
    config: &Config,
    given: &Arguments,
    calendar: Calendar,
    engine: Arc<Engine>,
) -> Result<String, Error> {
    let seed = u64::from(given.seed);
    let mut corpus = Corpus::read(config, &mut Chance::new(seed, 0))?;
    let clock = Arc::new(StoryClock::at(calendar.begin));
    let recorder =
        Recorder::open(&config.records, clock.clone()).await.map_err(app::Error::from)?;
    let recorder = Arc::new(recorder);
    let triage = app::kept(config, engine.clone(), recorder.clone(), clock.clone())?;
    let triage = Arc::new(triage);
    check_labels(&corpus, &triage)?;

    let name = format!("demo-{seed}");
    let scripts = scripts(&name, given, &calendar, &mut corpus);
    let told = async {
        check_store(config, given, &scripts, &recorder).await?;
        warm(config, engine, &scripts).await?;
        let bar = spinner("decisions");
        let limits = config.limits.conversation();
        let live = live(config)?;
        let stage = Stage { triage: &triage, clock: &clock, limits, calendar, live, bar: &bar };
        let told = Month::new(stage, scripts, seed).play().await;
        bar.finish_and_clear();
        told
    };
    let made: Result<Made, Error> = told.await;
    recorder.close().await;
    let place = Place {
        store: &config.records.url,
        listen: config.listen.to_string(),
        name: &name,
        conversations: given.conversations as usize,
    };
    Ok(made?.report(&place, &calendar))
}

fn scripts(name: &str, given: &Arguments, calendar: &Calendar, corpus: &mut Corpus) -> Vec<Script> {
    let seed = u64::from(given.seed);
    let arrivals = calendar.arrivals(given.conversations as usize, &mut Chance::new(seed, 1));
    let scripts = arrivals.into_iter().zip(1..).filter_map(|(began, number)| {
        let mut chance = Chance::new(seed, 1 + number as u64);
        Script::write((name, number), began, calendar, (corpus, &mut chance))
    });
    scripts.collect()
}

/// The story knows where its conversations belong only in the words of the model that ships.
fn check_labels(corpus: &Corpus, triage: &Triage) -> Result<(), Error> {
    let model = triage.model();
    let Some(unknown) = corpus.labels().find(|label| !model.intents().contains(label)) else {
        return Ok(());
    };
    Err(Error::Reported(format!(
        "the model does not know the intent {unknown} of the conversations that are told; \
         take the one that ships (--model models/default)"
    )))
}

/// Made-up records never come between real ones unasked, and never twice.
async fn check_store(
    config: &Config,
    given: &Arguments,
    scripts: &[Script],
    recorder: &Recorder,
) -> Result<(), Error> {
    let broken = |cause: store::Error| Error::Reported(cause.to_string());
    let store = recorder.store();
    let all = Filter::default();
    let any = store.decisions(&all, Page { after: None, limit: 1 }).await.map_err(broken)?;
    let is_empty = any.summaries.is_empty() && any.next.is_none() && recorder.spooled() == 0;
    let url = &config.records.url;
    if !is_empty && !given.add {
        return Err(Error::Reported(format!(
            "{url} has records already, and made-up ones between them would spoil every figure; \
             name a file of its own, e.g. --store demo.db, or say --add"
        )));
    }
    let Some(first) = scripts.first().and_then(Script::id) else { return Ok(()) };
    if recorder.recall(first).await.map_err(broken)?.version > 0 {
        let seed = given.seed;
        let reason = format!("{url} holds the story of --seed {seed} already; give another seed");
        return Err(Error::Reported(reason));
    }
    Ok(())
}

/// Lets all workers read every conversation once, so that the story, which happens one thing after
/// the other, finds its texts read.
async fn warm(config: &Config, engine: Arc<Engine>, scripts: &[Script]) -> Result<(), Error> {
    let triage = app::offline_with(config, engine)?;
    let limits = config.limits.conversation();
    let bar = spinner("conversations read");
    stream::iter(scripts.iter().filter_map(|script| script.whole(&limits).ok()))
        .map(|said| triage.assess_patiently(said))
        .buffer_unordered(config.limits.batch_concurrency)
        .try_for_each(|_| {
            bar.inc(1);
            futures::future::ok(())
        })
        .await
        .map_err(ApiError::from)?;
    bar.finish_and_clear();
    Ok(())
}

/// The policy in force once the desk lets the service act: the one that is configured, live.
fn live(config: &Config) -> Result<Arc<Policy>, Error> {
    let (text, file) = app::policy_text(config)?;
    let mut in_table = false;
    let lines = text.lines().map(|line| {
        in_table |= line.trim_start().starts_with('[');
        let key = line.split_once('=').map(|(key, _)| key.trim());
        if !in_table && key == Some("mode") { "mode = \"live\"" } else { line }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let policy = Policy::parse(&text, &file);
    Ok(Arc::new(policy.map_err(|faults| Error::Policy(app::all(&faults)))?))
}
