//! Structured logs: text for people, JSON for machines.

use std::io::IsTerminal as _;

use serde::{Deserialize, Serialize};
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt,
};

/// `[log]`: how much is logged and in which form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Filter directives, e.g. `info` or `info,baton::store=debug`.
    pub level: String,
    /// Text for people or JSON for machines.
    pub format: Format,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Why the logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The filter is not understood.
    #[error("log.level is not a filter such as \"info\" or \"info,baton::store=debug\": {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// A word of the filter is no level.
    #[error("log.level: \"{0}\" is none of error, warn, info, debug, trace, off")]
    Word(String),
    /// Somebody else has set up logs in this process.
    #[error("the logs of this process are set up already: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sends the log lines of this process to standard error.
///
/// # Errors
/// The level is not a filter, or logs are set up already.
pub fn install(options: &Options) -> Result<(), Error> {
    // The filter would take a word that is no level for the name of a module, and log nothing.
    let bare = options.level.split(',').map(str::trim).filter(|part| !part.contains(['=', '[']));
    for word in bare {
        word.parse::<LevelFilter>().map_err(|_| Error::Word(word.to_owned()))?;
    }
    let filter = EnvFilter::try_new(&options.level)?;
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let layer = match options.format {
        Format::Text => layer.with_target(false).boxed(),
        Format::Json => layer.json().flatten_event(true).with_current_span(true).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(layer).try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs where a panic happened. Its message is left out: that of a string cut at a wrong place
/// repeats the string, which may be a customer's.
fn log_panic(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = std::backtrace::Backtrace::capture();
    tracing::error!(panic.place = place, panic.backtrace = %backtrace, "a thread panicked");
}
