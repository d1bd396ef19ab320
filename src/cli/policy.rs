//! `baton policy`: check, show, explain and draw.

use std::{fmt::Write as _, path::PathBuf};

use clap::Subcommand;
use jiff::tz::TimeZone;

use super::{Error, input, print, runtime};
use crate::{
    api::{self, ApiError, TriageRequest},
    app::{self, SystemClock},
    config::Config,
    domain::{Clock as _, Decision, RoleId, Timestamp},
    inference::Pack,
    policy::{About, Policy},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a policy file: keys, routes, thresholds, and that every probe is decided as expected.
    Check {
        /// The file; the policy in force if absent.
        file: Option<PathBuf>,
        /// Refuse a policy with a rule or an intent that no probe covers.
        #[arg(long)]
        strict: bool,
    },
    /// Print the policy in force.
    Show,
    /// Say rule by rule what the policy makes of the conversation on standard input.
    Explain {
        /// As of this moment instead of now, e.g. 2026-12-24T13:00:00Z.
        #[arg(long, value_name = "TIME", value_parser = moment)]
        at: Option<Timestamp>,
    },
    /// Print the escalation matrix as Markdown, drawn from the policy alone.
    Matrix {
        /// The file; the policy in force if absent.
        file: Option<PathBuf>,
    },
}

/// Runs the subcommand.
pub(super) fn run(config: &Config, command: &Command) -> Result<(), Error> {
    match command {
        Command::Check { file, strict } => match check(config, file.clone())? {
            gaps if *strict && gaps > 0 => {
                Err(Error::Policy(format!("{gaps} gaps that no probe covers, see the notes above")))
            }
            _ => Ok(()),
        },
        Command::Show => print(&app::policy_text(config)?.0),
        Command::Explain { at } => explain(config, *at),
        Command::Matrix { file } => print(&load(config, file.clone())?.0.matrix()),
    }
}

/// The policy of a file, or the one in force, with the name of its file.
pub(super) fn load(config: &Config, file: Option<PathBuf>) -> Result<(Policy, String), Error> {
    let config = Config { policy: file.or_else(|| config.policy.clone()), ..config.clone() };
    let (text, name) = app::policy_text(&config)?;
    let policy = Policy::parse(&text, &name).map_err(|faults| Error::Policy(app::all(&faults)))?;
    Ok((policy, name))
}

/// Prints the notes of a policy without a fault; says how many gaps its probes leave.
fn check(config: &Config, file: Option<PathBuf>) -> Result<usize, Error> {
    let (policy, name) = load(config, file)?;
    if let Ok(pack) = Pack::load(&config.model) {
        let covered = policy.check_covers(pack.intents());
        covered.map_err(|cause| Error::Policy(format!("{name}: {cause}")))?;
    }
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let notes = policy.notes(today);
    let mut text = String::new();
    for note in &notes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "note: {name}: {note}");
    }
    print(&format!("{text}{name}: version {}, no fault found\n", policy.version()))?;
    Ok(notes.iter().filter(|note| note.about == About::Coverage).count())
}

fn explain(config: &Config, at: Option<Timestamp>) -> Result<(), Error> {
    let request: TriageRequest = api::parse(&input()?)?;
    let conversation = request.into_conversation(&config.limits.conversation());
    let conversation = conversation.map_err(ApiError::from)?;
    let at = at.unwrap_or_else(|| SystemClock.now());
    let explanation = runtime()?.block_on(async {
        let triage = app::offline(config)?;
        Ok::<_, Error>(triage.explain(conversation, at).await.map_err(ApiError::from)?)
    })?;
    let mut text = String::new();
    for rule in &explanation.rules {
        let mark = if rule.held { "✓" } else { "·" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark} {:28} {}", rule.rule, rule.saw);
    }
    print(&format!("{text}→ {}\n", outcome(&explanation.decision)))
}

/// A decision in one line.
fn outcome(decision: &Decision) -> String {
    let Decision { tier, role, queue, band, action, mode, .. } = decision;
    let Decision { severity, priority, strikes, .. } = decision;
    let confidence = decision.confidence.get();
    let escalation = match &decision.escalation {
        Some(to) => format!("{} to tier {} {}", to.kind, to.to_tier, to.to_role),
        None => "none".to_owned(),
    };
    let notify: Vec<_> = decision.notify.iter().map(RoleId::as_str).collect();
    let notify = if notify.is_empty() { "nobody".to_owned() } else { notify.join(", ") };
    format!(
        "tier {tier} {role} (queue {queue}), confidence {confidence:.3}, band {band}, action \
         {action} (mode {mode}), severity {severity}, priority {priority}, strikes {}, escalation \
         {escalation}, notify {notify}",
        strikes.count
    )
}

/// Reads a moment.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let wrong = "not a moment; write date, time and offset, such as 2026-12-24T13:00:00Z";
    text.parse().map_err(|_| wrong.to_owned())
}
