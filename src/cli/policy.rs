//! `baton policy`: check, show and explain.

use std::{fmt::Write as _, path::PathBuf};

use clap::Subcommand;

use super::{Error, input, print, runtime};
use crate::{
    api::{self, ApiError, TriageRequest},
    app,
    config::Config,
    inference::Pack,
    policy::Policy,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a policy file: keys, routes, thresholds, and that every probe is decided as expected.
    Check {
        /// The file; the policy in force if absent.
        file: Option<PathBuf>,
    },
    /// Print the policy in force.
    Show,
    /// Say rule by rule what the policy makes of the conversation on standard input.
    Explain,
}

/// Runs the subcommand.
pub(super) fn run(config: &Config, command: &Command) -> Result<(), Error> {
    match command {
        Command::Check { file } => check(config, file.clone()),
        Command::Show => print(&app::policy_text(config)?.0),
        Command::Explain => explain(config),
    }
}

fn check(config: &Config, file: Option<PathBuf>) -> Result<(), Error> {
    let config = Config { policy: file.or_else(|| config.policy.clone()), ..config.clone() };
    let (text, name) = app::policy_text(&config)?;
    let policy = Policy::parse(&text, &name).map_err(|faults| Error::Policy(app::all(&faults)))?;
    if let Ok(pack) = Pack::load(&config.model) {
        let covered = policy.check_covers(pack.intents());
        covered.map_err(|cause| Error::Policy(format!("{name}: {cause}")))?;
    }
    print(&format!("{name}: version {}, no fault found\n", policy.version()))
}

fn explain(config: &Config) -> Result<(), Error> {
    let request: TriageRequest = api::parse(&input()?)?;
    let conversation = request.into_conversation(&config.limits.conversation());
    let conversation = conversation.map_err(ApiError::from)?;
    let explained = runtime()?.block_on(async {
        let triage = app::offline(config)?;
        Ok::<_, Error>(triage.explain(conversation).await.map_err(ApiError::from)?)
    })?;
    let mut text = String::new();
    for rule in &explained {
        let mark = if rule.held { "✓" } else { "·" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark} {:28} {}", rule.rule, rule.saw);
    }
    print(&text)
}
