//! `[records]`: where records are kept and how long anybody waits for it.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::draw::AuditOptions;
use crate::domain::StoreText;

/// `[records]`: where records are kept. Every default is in `config/default.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The database, `store` at the top of the file, e.g. `"sqlite:baton.db"`; the file is made if it is missing, its folder is
    /// not.
    pub url: String,
    /// Longest time to wait while another program holds the database, e.g. `"2s"`; after it the
    /// record goes to the spool.
    #[serde(with = "humantime_serde")]
    pub busy_timeout: Duration,
    /// Longest time a record may wait to be written; after it the record goes to the spool. A
    /// write that has begun is waited for to its end.
    #[serde(with = "humantime_serde")]
    pub append_timeout: Duration,
    /// Records written in one commit at most; more wait for the next.
    pub batch_records: NonZeroUsize,
    /// Records that may wait to be written; the next one waits for a place.
    pub queue_records: NonZeroUsize,
    /// Connections for reading; the next reader waits.
    pub readers: NonZeroUsize,
    /// Folder for records that the database does not take; best on another disk.
    pub spool_dir: PathBuf,
    /// Records that may wait in the spool; the next one is lost and its answer says so.
    pub spool_max_records: NonZeroUsize,
    /// How much text is kept; spool and packet receipts obey it too.
    pub store_text: StoreText,
    /// Days after which a record is erased; 0 keeps records for ever.
    pub retention_days: u32,
    /// How many automatic decisions are audited.
    pub audit: AuditOptions,
}

/// An option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", full_name(key))]
pub struct Invalid {
    /// The key to change, without the name of the table.
    pub key: &'static str,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// The longest time that any wait may be set to; the library counts it in 32-bit milliseconds.
const LONGEST: Duration = Duration::from_hours(1);

/// Nobody reads a conversation in less time than this.
const SHORTEST_LEASE: Duration = Duration::from_mins(1);

/// After a day nobody is still reading it.
const LONGEST_LEASE: Duration = Duration::from_hours(24);

/// A hundred years: nobody means more.
const MOST_DAYS: u32 = 36_500;

impl Default for Options {
    fn default() -> Self {
        Self {
            url: "sqlite:baton.db".to_owned(),
            busy_timeout: Duration::from_secs(2),
            append_timeout: Duration::from_secs(3),
            batch_records: at_least_one(256),
            queue_records: at_least_one(1024),
            readers: at_least_one(4),
            spool_dir: PathBuf::from("baton-spool"),
            spool_max_records: at_least_one(100_000),
            store_text: StoreText::Masked,
            retention_days: 365,
            audit: AuditOptions::default(),
        }
    }
}

impl Options {
    /// Checks what the types cannot.
    ///
    /// # Errors
    /// Names the first key to change.
    pub fn validate(&self) -> Result<(), Invalid> {
        self.file()?;
        if self.busy_timeout.is_zero() || self.busy_timeout > LONGEST {
            return Err(Invalid::new("busy_timeout", "give a time above zero, at most one hour"));
        }
        if self.append_timeout < self.busy_timeout || self.append_timeout > LONGEST {
            let reason = "give at least the time of busy_timeout, at most one hour";
            return Err(Invalid::new("append_timeout", reason));
        }
        if self.batch_records > self.queue_records {
            let reason = "a batch is taken from the queue: give at most queue_records";
            return Err(Invalid::new("batch_records", reason));
        }
        if self.readers.get() > 64 {
            return Err(Invalid::new("readers", "more than 64 readers only wait for each other"));
        }
        if self.spool_dir.as_os_str().is_empty() {
            return Err(Invalid::new("spool_dir", "give a folder, e.g. \"baton-spool\""));
        }
        if self.retention_days > MOST_DAYS {
            let reason = "give at most 36500 days, or 0 to keep records for ever";
            return Err(Invalid::new("retention_days", reason));
        }
        if !(0.0..=1.0).contains(&self.audit.rate) {
            return Err(Invalid::new("audit.rate", "give a share from 0.0 to 1.0"));
        }
        let lease = self.audit.lease;
        if lease < SHORTEST_LEASE || lease > LONGEST_LEASE {
            return Err(Invalid::new("audit.lease", "give at least one minute, at most one day"));
        }
        Ok(())
    }

    /// Days after which a record is erased, if ever.
    pub fn retention(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.retention_days)
    }

    /// The file that `url` names.
    ///
    /// # Errors
    /// `url` names no file.
    pub fn file(&self) -> Result<PathBuf, Invalid> {
        let path = match self.url.split_once(':') {
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            // A Windows drive or a relative name with a colon is no scheme that anybody uses.
            Some((scheme, _)) if !scheme.contains(['/', '.']) && scheme.len() > 1 => {
                let reason = format!("{scheme}: is not known here: give \"sqlite:FILE\"");
                return Err(Invalid::new("url", reason));
            }
            _ => &self.url,
        };
        if path.is_empty() || path.starts_with(':') || path.contains(['?', '\0']) {
            let reason = "name a file, e.g. \"sqlite:baton.db\"; a database in memory would lose \
                          every record, and parameters after a question mark are not read";
            return Err(Invalid::new("url", reason));
        }
        Ok(PathBuf::from(path))
    }
}

impl Invalid {
    fn new(key: &'static str, reason: impl Into<String>) -> Self {
        Self { key, reason: reason.into() }
    }
}

/// The key as it stands in the file: the database has one of its own at the top.
fn full_name(key: &str) -> String {
    if key == "url" { "store".to_owned() } else { format!("records.{key}") }
}

/// A default that is written down as a plain number.
const fn at_least_one(number: usize) -> NonZeroUsize {
    match NonZeroUsize::new(number) {
        Some(number) => number,
        None => NonZeroUsize::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(change: impl FnOnce(&mut Options)) -> &'static str {
        let mut options = Options::default();
        change(&mut options);
        options.validate().unwrap_err().key
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Options::default().validate(), Ok(()));
    }

    #[test]
    fn a_wrong_option_is_named() {
        assert_eq!(key_of(|o| o.busy_timeout = Duration::ZERO), "busy_timeout");
        assert_eq!(key_of(|o| o.append_timeout = Duration::from_millis(1)), "append_timeout");
        assert_eq!(key_of(|o| o.batch_records = at_least_one(9999)), "batch_records");
        assert_eq!(key_of(|o| o.readers = at_least_one(65)), "readers");
        assert_eq!(key_of(|o| o.retention_days = 36_501), "retention_days");
        assert_eq!(key_of(|o| o.audit.rate = 1.01), "audit.rate");
        assert_eq!(key_of(|o| o.audit.rate = f64::NAN), "audit.rate");
        assert_eq!(key_of(|o| o.audit.lease = Duration::from_secs(59)), "audit.lease");
        assert_eq!(key_of(|o| o.audit.lease = Duration::from_hours(25)), "audit.lease");
        assert_eq!(key_of(|o| o.spool_dir = PathBuf::new()), "spool_dir");
        for wrong in ["", "sqlite:", "sqlite::memory:", "postgres://x", "sqlite:a.db?mode=ro"] {
            assert_eq!(key_of(|o| o.url = wrong.to_owned()), "url", "{wrong}");
        }
    }

    #[test]
    fn a_message_names_the_key_as_it_stands_in_the_file() {
        let message = |key| Invalid::new(key, "wrong").to_string();
        assert_eq!(message("url"), "store: wrong");
        assert_eq!(message("spool_dir"), "records.spool_dir: wrong");
    }

    #[test]
    fn a_url_or_a_bare_path_names_the_file() {
        for (url, file) in [
            ("sqlite:baton.db", "baton.db"),
            ("sqlite://data/baton.db", "data/baton.db"),
            ("sqlite:///var/baton.db", "/var/baton.db"),
            ("/var/baton.db", "/var/baton.db"),
        ] {
            let options = Options { url: url.to_owned(), ..Options::default() };
            assert_eq!(options.file(), Ok(PathBuf::from(file)));
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<Options>("busy_timout = \"1s\"").is_err());
        let read: Options = toml::from_str("busy_timeout = \"1s\"").unwrap();
        assert_eq!(read.busy_timeout, Duration::from_secs(1));
    }
}
