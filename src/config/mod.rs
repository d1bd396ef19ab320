//! Every option of the service. `default.toml` beside this file is the manual.

mod layers;

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Deserializer};

use crate::{api, inference, lifecycle, store, telemetry};

pub use layers::{Flag, Setting, Settings, Source, variable};

/// The manual: every key with its default, unit and advice.
pub const MANUAL: &str = include_str!("default.toml");

/// All options, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to serve on.
    pub listen: SocketAddr,
    /// Serve on an address that other machines can reach.
    pub expose: bool,
    /// Folder of the model pack.
    pub model: PathBuf,
    /// Folder of a candidate pack that is compared and decides nothing; `None` is none.
    #[serde(deserialize_with = "none_if_empty")]
    pub shadow_model: Option<PathBuf>,
    /// Policy file; `None` is the built-in policy.
    #[serde(deserialize_with = "none_if_empty")]
    pub policy: Option<PathBuf>,
    /// Where records are kept.
    pub store: String,
    /// The ONNX Runtime library; `None` looks in the usual places.
    #[serde(deserialize_with = "none_if_empty")]
    pub onnxruntime: Option<PathBuf>,
    /// The largest requests that are accepted.
    pub limits: api::Limits,
    /// How requests wait for the model.
    pub inference: inference::Options,
    /// How records are written.
    pub records: store::Options,
    /// How the service ends.
    pub shutdown: lifecycle::Options,
    /// What is logged.
    pub log: telemetry::logs::Options,
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
        let mut config: Self = serde_path_to_error::deserialize(table).map_err(|cause| {
            let key = cause.path().to_string();
            // The deserialiser repeats the key on a line of its own.
            let reason = cause.into_inner().to_string();
            refused(settings, &key, reason.lines().next().unwrap_or_default())
        })?;
        config.records.url.clone_from(&config.store);
        config.validate().map_err(|(key, reason)| refused(settings, &key, &reason))?;
        Ok(config)
    }

    /// Checks what no type can say.
    fn validate(&self) -> Result<(), (String, String)> {
        self.limits.validate().map_err(|key| (key.to_owned(), "must be at least 1".to_owned()))?;
        let inference = self.inference.validate();
        inference.map_err(|wrong| (format!("inference.{}", wrong.key), wrong.reason))?;
        let records = self.records.validate();
        records.map_err(|wrong| (records_key(wrong.key), wrong.reason))?;
        if !self.listen.ip().is_loopback() && !self.expose {
            let reason = "only loopback addresses (127.0.0.1, ::1) are served: there are no keys \
                          yet, so anybody who reaches the port could read every decision; set \
                          expose = true if a proxy or a container guards it";
            return Err(("listen".to_owned(), reason.to_owned()));
        }
        Ok(())
    }
}

/// The database has a key of its own at the top, since everybody sets it.
fn records_key(key: &str) -> String {
    if key == "url" { "store".to_owned() } else { format!("records.{key}") }
}

fn refused(settings: &Settings, key: &str, reason: &str) -> Error {
    let source = settings.source_of(key).map_or_else(|| "default".to_owned(), ToString::to_string);
    Error::Value { key: key.to_owned(), source_of: source, reason: reason.to_owned() }
}

fn none_if_empty<'de, D: Deserializer<'de>>(input: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(input)?;
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rooms have defaults of their own for tests and tools; the manual must not differ.
    #[test]
    fn the_manual_says_what_the_rooms_say() {
        let config = Config::from_settings(&Settings::defaults().unwrap()).unwrap();
        assert_eq!(config.inference, inference::Options::default());
        assert_eq!(config.records, store::Options::default());
        assert_eq!(config.limits.conversation(), crate::domain::Limits::default());
    }
}
