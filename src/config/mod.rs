//! Every option of the service. `default.toml` beside this file is the manual.

mod layers;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer};

use crate::{domain, inference, store, telemetry};

pub use layers::{Flag, Setting, Settings, Source, variable};

/// The manual: every key with its default, unit and advice.
pub const MANUAL: &str = include_str!("default.toml");

/// All options, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to serve on.
    pub listen: SocketAddr,
    /// Folder of the model pack.
    pub model: PathBuf,
    /// Policy file; `None` is the built-in policy.
    #[serde(deserialize_with = "none_if_empty")]
    pub policy: Option<PathBuf>,
    /// Where records are kept.
    pub store: String,
    /// The ONNX Runtime library; `None` looks in the usual places.
    #[serde(deserialize_with = "none_if_empty")]
    pub onnxruntime: Option<PathBuf>,
    /// The largest requests that are accepted.
    pub limits: Limits,
    /// How requests wait for the model.
    pub inference: inference::Options,
    /// How records are written.
    pub records: store::Options,
    /// How the service ends.
    pub shutdown: Shutdown,
    /// What is logged.
    pub log: telemetry::logs::Options,
}

/// `[limits]`: the largest requests that are accepted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one request body.
    pub body_bytes: usize,
    /// Messages in one conversation.
    pub messages: usize,
    /// Characters (Unicode scalar values) in one message.
    pub message_chars: usize,
    /// Lines of one batch that are worked on at the same time.
    pub batch_concurrency: usize,
}

impl Limits {
    /// The part that the conversation itself is checked against.
    pub const fn conversation(&self) -> domain::Limits {
        domain::Limits { messages: self.messages, message_chars: self.message_chars }
    }
}

/// `[shutdown]`: how the service ends.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    /// How long `/readyz` says no while requests are still taken.
    #[serde(with = "humantime_serde")]
    pub notice: Duration,
    /// How long requests that have begun may take after that.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

/// Why the options were refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not TOML.
    #[error("{file} is not valid TOML: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, column and cause.
        reason: String,
    },
    /// The file cannot be read.
    #[error("the options file {file} cannot be read ({cause}); name another with --config")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        cause: std::io::Error,
    },
    /// No such key.
    #[error("{key} ({source_of}) is no option; `baton config` lists all of them")]
    Unknown {
        /// The key or variable.
        key: String,
        /// Where it was given.
        source_of: Source,
    },
    /// Another type than the key's default.
    #[error("{key} ({source_of}) must be of type {wanted}")]
    Type {
        /// The key.
        key: String,
        /// Where it was given.
        source_of: Source,
        /// TOML's name of the type.
        wanted: &'static str,
    },
    /// A value that does not fit.
    #[error("{key} ({source_of}): {reason}")]
    Value {
        /// The key.
        key: String,
        /// Where it was given.
        source_of: String,
        /// What is wrong and what to write instead.
        reason: String,
    },
}

impl Config {
    /// Checks settings and makes the options of them.
    ///
    /// # Errors
    /// Names the key whose value does not fit, and where that value comes from.
    pub fn from_settings(settings: &Settings) -> Result<Self, Error> {
        let table = toml::Value::Table(settings.table());
        let config: Self = serde_path_to_error::deserialize(table).map_err(|cause| {
            let key = cause.path().to_string();
            refused(settings, &key, cause.into_inner().to_string().trim_end())
        })?;
        config.validate().map_err(|(key, reason)| refused(settings, key, &reason))?;
        Ok(config)
    }

    /// Checks what no type can say.
    fn validate(&self) -> Result<(), (&'static str, String)> {
        let positive = [
            ("limits.body_bytes", self.limits.body_bytes),
            ("limits.messages", self.limits.messages),
            ("limits.message_chars", self.limits.message_chars),
            ("limits.batch_concurrency", self.limits.batch_concurrency),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err((key, "must be at least 1".to_owned()));
            }
        }
        if !self.listen.ip().is_loopback() {
            let reason = "only loopback addresses (127.0.0.1, ::1) are served: there are no keys \
                          yet, so anybody who reaches the port could read every conversation";
            return Err(("listen", reason.to_owned()));
        }
        Ok(())
    }
}

fn refused(settings: &Settings, key: &str, reason: &str) -> Error {
    let source = settings.source_of(key).map_or_else(|| "default".to_owned(), ToString::to_string);
    Error::Value { key: key.to_owned(), source_of: source, reason: reason.to_owned() }
}

fn none_if_empty<'de, D: Deserializer<'de>>(input: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(input)?;
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}
