//! `[inference]`: how much is read, and how requests wait for the model.

use std::{num::NonZeroUsize, thread, time::Duration};

use serde::Deserialize;

/// `[inference]`: how much is read, and how requests wait for the model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Threads that run the model, each with a session of its own; 0 means one per core.
    pub workers: usize,
    /// Requests that may wait; for the next one `on_overload` says what happens. As many of
    /// batches may wait beside them.
    pub queue_capacity: usize,
    /// What becomes of a request that finds no place, or whose turn would come after its deadline.
    pub on_overload: OnOverload,
    /// Longest time from arrival to answer, e.g. `"3s"`; then the answer goes out without the
    /// model. Reading all of `max_tokens` takes a core 1 to 1.5 s, so lower both together.
    #[serde(with = "humantime_serde")]
    pub deadline: Duration,
    /// Tokens read of one conversation, newest customer messages first; the rest is named in
    /// `left_out`.
    pub max_tokens: usize,
    /// Tokens in one run of the encoder, its two markers included; longer texts are cut into
    /// windows of that size.
    pub window_tokens: usize,
    /// Tokens that a window shares with the one before, so that no word loses its neighbours.
    pub window_overlap: usize,
    /// Tokens read of the log lines of one message; the rest is named in `left_out`.
    pub log_tokens_per_message: usize,
    /// Bytes in which vectors of texts are kept, so that no text is encoded twice; 0 keeps none.
    /// Answers are the same either way. A text takes up 2 to 6 KB, shared by all workers.
    pub cache_bytes: usize,
    /// First pause before a failed worker starts again, e.g. `"100ms"`; doubles with every failure
    /// in a row, up to a minute.
    #[serde(with = "humantime_serde")]
    pub restart_backoff: Duration,
}

/// What becomes of a request when too many wait already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOverload {
    /// 503 with `Retry-After`: the caller comes back, and nothing is spent on it now.
    #[default]
    Refuse,
    /// 200 without the model: the case goes to a human with `degraded: ["model"]`.
    Degrade,
}

/// An option that cannot be obeyed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("inference.{key}: {reason}")]
pub struct InvalidOption {
    /// The key to change.
    pub key: &'static str,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// Tokens that the encoder was trained to read at once: more positions it does not have.
const POSITIONS: usize = 512;

impl Default for Options {
    fn default() -> Self {
        Self {
            workers: 0,
            queue_capacity: 64,
            on_overload: OnOverload::Refuse,
            deadline: Duration::from_secs(5),
            max_tokens: 8_192,
            window_tokens: 256,
            window_overlap: 32,
            log_tokens_per_message: 64,
            cache_bytes: 16 * 1024 * 1024,
            restart_backoff: Duration::from_millis(100),
        }
    }
}

impl Options {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// Names the first key that cannot be obeyed.
    pub fn validate(&self) -> Result<(), InvalidOption> {
        let wrong = |key, reason: String| Err(InvalidOption { key, reason });
        if self.workers > 1_024 {
            return wrong("workers", "give at most 1024, or 0 for one per core".to_owned());
        }
        if self.queue_capacity == 0 {
            return wrong("queue_capacity", "give at least 1".to_owned());
        }
        if self.deadline.is_zero() {
            return wrong("deadline", "give more than 0, e.g. \"800ms\"".to_owned());
        }
        if !(16..=POSITIONS).contains(&self.window_tokens) {
            return wrong("window_tokens", format!("give 16 to {POSITIONS}"));
        }
        if self.window_overlap > self.window_tokens / 4 {
            let most = self.window_tokens / 4;
            return wrong("window_overlap", format!("give at most a quarter of a window: {most}"));
        }
        if self.max_tokens < self.window_tokens {
            let least = self.window_tokens;
            return wrong("max_tokens", format!("give at least one window: {least}"));
        }
        if self.restart_backoff.is_zero() {
            return wrong("restart_backoff", "give more than 0, e.g. \"100ms\"".to_owned());
        }
        Ok(())
    }

    /// How many workers that is on this machine.
    pub fn worker_count(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        if self.workers == 0 { cores() } else { self.workers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(options: &Options) -> &'static str {
        options.validate().unwrap_err().key
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Options::default().validate(), Ok(()));
        assert!(Options::default().worker_count() >= 1);
    }

    #[test]
    fn an_option_that_cannot_be_obeyed_is_named() {
        let default = Options::default;
        assert_eq!(key(&Options { workers: 5_000, ..default() }), "workers");
        assert_eq!(key(&Options { queue_capacity: 0, ..default() }), "queue_capacity");
        assert_eq!(key(&Options { deadline: Duration::ZERO, ..default() }), "deadline");
        assert_eq!(key(&Options { window_tokens: 15, ..default() }), "window_tokens");
        assert_eq!(key(&Options { window_tokens: 513, ..default() }), "window_tokens");
        assert_eq!(key(&Options { window_overlap: 65, ..default() }), "window_overlap");
        assert_eq!(key(&Options { max_tokens: 255, ..default() }), "max_tokens");
        let backoff = Options { restart_backoff: Duration::ZERO, ..default() };
        assert_eq!(key(&backoff), "restart_backoff");
    }

    #[test]
    fn unknown_keys_are_refused_and_durations_read_like_words() {
        let read = |json: &str| serde_json::from_str::<Options>(json);
        assert!(read(r#"{"worker": 2}"#).unwrap_err().to_string().contains("worker"));
        let options = read(r#"{"workers": 2, "deadline": "1s 500ms"}"#).unwrap();
        assert_eq!((options.workers, options.deadline), (2, Duration::from_millis(1_500)));
    }
}
