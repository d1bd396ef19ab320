//! The `baton` command: each subcommand in a file of its own.

mod config;
mod demo;
mod doctor;
mod evaluate;
mod export;
mod policy;
mod progress;
mod replay;
mod report;
mod score;
mod serve;
mod train;
mod triage;
mod vectors;

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand};

use crate::{
    api::ApiError,
    app,
    config::{self as options, Config, Flag, Settings},
    dataset,
};

/// Triage for support conversations: tier, role, a calibrated confidence, and a handoff packet.
#[derive(Debug, Parser)]
#[command(name = "baton", version, max_term_width = 100)]
struct Arguments {
    /// Options file; `baton.toml` in the working directory if it exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to serve on.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Folder of the model pack.
    #[arg(long, global = true, value_name = "FOLDER")]
    model: Option<String>,
    /// Policy file.
    #[arg(long, global = true, value_name = "FILE")]
    policy: Option<String>,
    /// Where records are kept, e.g. sqlite:baton.db.
    #[arg(long, global = true, value_name = "URL")]
    store: Option<String>,
    /// Any option by its key; may be given more than once. `baton config` lists all keys.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    sets: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve,
    /// Decide one conversation: a request body on standard input, the answer on standard output.
    Triage,
    /// Decide many: one request body a line in, one answer a line out, in the same order.
    Score(score::Arguments),
    /// Say what labelled conversations prove of the model: accuracy, calibration, certificate.
    Evaluate(evaluate::Arguments),
    /// Say what would have happened under another policy or model: changes, bands, load, cost.
    Replay(replay::Arguments),
    /// Write decisions or reviews as a table: CSV or JSON Lines.
    Export(export::Arguments),
    /// Say how the service does: overview, calibration, handoffs or scorecard.
    Report(report::Arguments),
    /// Check, show and explain policies.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Check library, model, policy and store, and say how to mend what is wrong.
    Doctor,
    /// Fill a store with made-up weeks of a support desk, to look at.
    Demo(demo::Arguments),
    /// Print the options in force and where each comes from.
    Config,
    /// Print the OpenAPI document.
    Openapi,
    /// Train a model on your own labelled conversations.
    Train(train::Arguments),
    /// Print the vectors that heads are trained on: one request body a line in, one object a line
    /// out.
    #[command(hide = true)]
    Vectors,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The options are wrong.
    #[error(transparent)]
    Options(#[from] options::Error),
    /// The service could not be put together.
    #[error(transparent)]
    App(#[from] app::Error),
    /// Standard input or output, or a file.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        cause: io::Error,
    },
    /// Labelled conversations cannot be read.
    #[error(transparent)]
    Data(#[from] dataset::Error),
    /// The conversation is refused.
    #[error("{}", describe(.0))]
    Refused(#[from] ApiError),
    /// The policy is refused.
    #[error("{0}")]
    Policy(String),
    /// Something that `doctor` or `score` has already reported in full.
    #[error("{0}")]
    Reported(String),
}

impl Error {
    /// Something about a file or a stream that failed.
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |cause| Self::Io { what, cause }
    }
}

/// A refusal as one line for the terminal.
fn describe(error: &ApiError) -> String {
    let problem = error.problem();
    let faults = problem.errors.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail));
    let all: Vec<_> = std::iter::once(problem.detail.clone()).chain(faults).collect();
    all.join("; ")
}

/// Runs the command that the process was started with.
///
/// # Errors
/// What went wrong, in one sentence with its remedy.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let (file, flags, rereads) =
        (arguments.config.clone(), flags(&arguments), arguments.model.is_some());
    let settings = settings_of(file.as_deref(), &flags)?;
    match arguments.command {
        Command::Config => config::run(&settings)?,
        Command::Openapi => openapi()?,
        Command::Serve => serve::run(Config::from_settings(&settings)?)?,
        Command::Triage => triage::run(&Config::from_settings(&settings)?)?,
        Command::Score(given) => score::run(&Config::from_settings(&settings)?, &given)?,
        Command::Evaluate(given) => evaluate::run(&Config::from_settings(&settings)?, &given)?,
        Command::Export(given) => export::run(&Config::from_settings(&settings)?, &given)?,
        Command::Replay(given) => {
            let tried = Config::from_settings(&settings)?;
            let in_force = settings_of(file.as_deref(), &beside(&flags))?;
            let in_force = Config::from_settings(&in_force)?;
            replay::run(&replay::Configs { in_force, tried, rereads }, &given)?;
        }
        Command::Report(given) => report::run(&Config::from_settings(&settings)?, &given)?,
        Command::Policy(command) => policy::run(&Config::from_settings(&settings)?, &command)?,
        Command::Demo(given) => demo::run(&Config::from_settings(&settings)?, &given)?,
        Command::Doctor => doctor::run(&Config::from_settings(&settings)?)?,
        Command::Train(given) => train::run(&Config::from_settings(&settings)?, &given)?,
        Command::Vectors => vectors::run(&Config::from_settings(&settings)?)?,
    }
    Ok(())
}

/// Reads the options: flag beats variable beats file beats default.
fn settings_of(named: Option<&Path>, flags: &[Flag]) -> Result<Settings, options::Error> {
    let mut settings = Settings::defaults()?;
    let file = named.unwrap_or(Path::new("baton.toml"));
    match std::fs::read_to_string(file) {
        Ok(text) => settings.file(file, &text)?,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && named.is_none() => {}
        Err(cause) => {
            return Err(options::Error::Unreadable { file: file.display().to_string(), cause });
        }
    }
    // A variable that is no text cannot be meant for us.
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    settings.variables(texts)?;
    settings.flags(flags)?;
    Ok(settings)
}

/// The flags that name nothing to try: a replay compares `--policy` and `--model` with the rest.
fn beside(flags: &[Flag]) -> Vec<Flag> {
    let tries = |flag: &&Flag| ["--policy", "--model"].contains(&flag.flag.as_str());
    flags.iter().filter(|flag| !tries(flag)).cloned().collect()
}

fn flags(arguments: &Arguments) -> Vec<Flag> {
    let named = [
        ("listen", &arguments.listen),
        ("model", &arguments.model),
        ("policy", &arguments.policy),
        ("store", &arguments.store),
    ];
    let named = named.into_iter().filter_map(|(key, value)| {
        let value = value.clone()?;
        Some(Flag { key: key.to_owned(), flag: format!("--{key}"), value })
    });
    let sets = arguments.sets.iter().map(|(key, value)| {
        let flag = format!("--set {key}");
        Flag { key: key.clone(), flag, value: value.clone() }
    });
    named.chain(sets).collect()
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn openapi() -> Result<(), Error> {
    let text = crate::api::openapi().to_pretty_json().unwrap_or_default();
    print(&format!("{text}\n"))
}

/// Writes to standard output.
fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::io("standard output cannot be written"))
}

/// Reads standard input to its end.
fn input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(Error::io("standard input cannot be read"))?;
    Ok(bytes)
}

/// The runtime of a command that is no service.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Runtime::new().map_err(Error::io("the runtime cannot be started"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_named_flag_is_a_key() {
        let settings = Settings::defaults().unwrap();
        for key in ["listen", "model", "policy", "store"] {
            assert!(settings.source_of(key).is_some(), "{key}");
        }
    }
}
