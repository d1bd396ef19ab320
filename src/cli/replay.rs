//! `baton replay`: what would have happened under another policy, or by another model.

mod told;

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, thread};

use clap::Args;

use super::{Error, policy, print, runtime};
use crate::{
    api::ReplayReport,
    app::{self, SystemClock},
    config::Config,
    domain::{Clock as _, Timestamp},
    inference::{Engine, Model, Pack},
    policy::Policy,
    replay::{Condition, Costs, Outcome, Report, figures},
    store::{Sqlite, Store as _, Window},
    triage::{Trial, Unreplayed, check_window},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Stored decisions not before this moment, e.g. 2026-11-01T00:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = policy::moment)]
    from: Option<Timestamp>,
    /// Stored decisions before this moment.
    #[arg(long, value_name = "TIME", value_parser = policy::moment)]
    to: Option<Timestamp>,
    /// Instead of the store: conversations, labelled or not, as `evaluate` and `score` read them.
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with_all = ["from", "to"])]
    data: Vec<PathBuf>,
    /// Column or key of the customer's words, where its name does not say so.
    #[arg(long, value_name = "NAME", requires = "data")]
    text_column: Option<String>,
    /// Column or key of the intent, where its name does not say so.
    #[arg(long, value_name = "NAME", requires = "data")]
    label_column: Option<String>,
    /// Ends with an error if this holds, e.g. `auto_precision < 0.95`; may be given repeatedly.
    #[arg(long, value_name = "CONDITION")]
    fail_if: Vec<Condition>,
    /// Minutes that something costs, e.g. `too_low=30`; may be given more than once.
    #[arg(long = "cost", value_name = "NAME=MINUTES", value_parser = cost)]
    costs: Vec<(String, f64)>,
    /// Changed decisions that are listed.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    list: usize,
    /// Prints the report as JSON instead of Markdown.
    #[arg(long)]
    json: bool,
}

/// What is in force, and what is tried.
pub(super) struct Configs {
    /// The options without the flags that name something to try.
    pub(super) in_force: Config,
    /// All of the options.
    pub(super) tried: Config,
    /// True if `--model` names a model to try.
    pub(super) rereads: bool,
}

fn cost(text: &str) -> Result<(String, f64), String> {
    let shape = "write it as NAME=MINUTES, such as too_low=30";
    let (name, minutes) = text.split_once('=').ok_or(shape)?;
    let minutes = minutes.trim().parse().map_err(|_| shape)?;
    Costs::default().set(name.trim(), minutes)?;
    Ok((name.trim().to_owned(), minutes))
}

impl Arguments {
    fn costs(&self) -> Result<Costs, Error> {
        let mut costs = Costs::default();
        for (name, minutes) in &self.costs {
            costs.set(name, *minutes).map_err(Error::Reported)?;
        }
        Ok(costs)
    }
}

/// Replays, prints the report, then looks whether a condition holds.
pub(super) fn run(configs: &Configs, given: &Arguments) -> Result<(), Error> {
    let report = runtime()?.block_on(async {
        if given.data.is_empty() {
            stored(configs, given).await
        } else {
            told::told(configs, given).await
        }
    })?;
    if given.json {
        let json = serde_json::to_string_pretty(&ReplayReport::from(&report));
        print(&(json.map_err(|cause| Error::Reported(cause.to_string()))? + "\n"))?;
    } else {
        print(&report.markdown())?;
    }
    judge(&report, &given.fail_if)
}

/// Says which conditions hold. A figure that cannot be computed fails, too: a check that nobody
/// can make has not passed.
fn judge(report: &Report, conditions: &[Condition]) -> Result<(), Error> {
    let figures = figures(report);
    let mut failed = Vec::new();
    for condition in conditions {
        match condition.check(&figures) {
            Outcome::Holds(value) => failed.push(format!("{condition} holds: it is {value}")),
            Outcome::Unknown => {
                failed.push(format!(
                    "{condition} cannot be judged: there is nothing to compute it of"
                ));
            }
            Outcome::Clear => {}
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Error::Reported(failed.join("; "))) }
}

async fn stored(configs: &Configs, given: &Arguments) -> Result<Report, Error> {
    let config = &configs.tried;
    let window = Window { from: given.from, to: given.to };
    check_window(&window, SystemClock.now()).map_err(|wrong| flags(&wrong))?;
    let policy = Arc::new(tried_policy(config)?);
    let store = open(config).await?;
    let engine = configs.rereads.then(|| app::engine(config)).transpose()?;
    if let Some(engine) = &engine {
        covers(&policy, engine)?;
    }
    let trial = Trial {
        policy,
        model: engine.clone().map(|engine| -> Arc<dyn Model> { engine }),
        workers: thread::available_parallelism().map_or(1, NonZeroUsize::get),
        list: given.list,
        costs: given.costs()?,
    };
    let report = trial.stored(&store, window, None).await;
    store.close().await;
    drop(trial);
    end(engine).await;
    let report = report.map_err(explain)?;
    if report.decisions == 0 {
        return Err(Error::Reported(nothing(config, &window, &report)));
    }
    Ok(report)
}

/// Opens the store, if there is one: a replay of nothing should make no file.
async fn open(config: &Config) -> Result<Sqlite, Error> {
    let file = config.records.file().map_err(|wrong| Error::Reported(wrong.to_string()))?;
    if !file.exists() {
        let file = file.display();
        let message = format!("there is no store at {file}; name another with --store, or --data");
        return Err(Error::Reported(message));
    }
    Ok(Sqlite::open(&config.records, Arc::new(SystemClock)).await.map_err(app::Error::from)?)
}

/// The policy that is tried; it routes every intent of the model, where that can be read.
fn tried_policy(config: &Config) -> Result<Policy, Error> {
    let (policy, name) = policy::load(config, None)?;
    if let Ok(pack) = Pack::load(&config.model) {
        let covered = policy.check_covers(pack.intents());
        covered.map_err(|cause| Error::Policy(format!("{name}: {cause}")))?;
    }
    Ok(policy)
}

fn covers(policy: &Policy, engine: &Engine) -> Result<(), Error> {
    policy.check_covers(engine.intents()).map_err(|cause| Error::Policy(cause.to_string()))
}

/// The threads of an engine end before the process does, so that the library is not torn from them.
async fn end(engine: Option<Arc<Engine>>) {
    if let Some(engine) = engine {
        let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
    }
}

/// Why there is nothing to report on.
fn nothing(config: &Config, window: &Window, report: &Report) -> String {
    let left = &report.about.left_out;
    let out = [
        (left.erased, "erased"),
        (left.unreadable, "not readable by this version"),
        (left.without_text, "kept without text"),
        (left.unanswered, "not answered by the model"),
    ];
    let out = out.into_iter().filter(|(count, _)| *count > 0);
    let out: Vec<_> = out.map(|(count, why)| format!("{count} {why}")).collect();
    let whole = *window == Window::default();
    let store = &config.records.url;
    match (out.is_empty(), whole) {
        (true, true) => format!("{store} holds no decision yet; replay files with --data"),
        (true, false) => format!("{store} holds no decision between --from and --to"),
        (false, _) => format!("{store}: no decision can be replayed ({})", out.join(", ")),
    }
}

/// Faults of a window, by the flags that they came from.
fn flags(wrong: &[crate::domain::Invalid]) -> Error {
    let named = wrong.iter().map(|wrong| {
        let flag = wrong.pointer.trim_start_matches('/');
        format!("--{flag}: {}", wrong.detail)
    });
    Error::Reported(named.collect::<Vec<_>>().join("; "))
}

fn explain(cause: Unreplayed) -> Error {
    match cause {
        Unreplayed::Policy(faults) => Error::Policy(app::all(&faults)),
        Unreplayed::Window(wrong) => flags(&wrong),
        other => Error::Reported(other.to_string()),
    }
}
