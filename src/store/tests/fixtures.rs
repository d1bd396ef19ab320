//! A store in a folder of its own, and records to put into it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{
    domain::{
        Band, Clock, ConversationId, Decision, DecisionId, IdempotencyKey, Origin, Probability,
        Record, Tier, Timestamp, samples,
    },
    store::{Error, Key, Options, Recorder, Spool, Sqlite},
};

/// 2026-11-20T00:00:00Z.
pub(super) const START_MS: i64 = 1_795_132_800_000;

/// A clock that a test moves.
pub(super) struct Hand(pub(super) AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A folder with options for a store in it.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) options: Options,
    pub(super) clock: Arc<Hand>,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options {
            url: format!("sqlite:{}", folder.path().join("baton.db").display()),
            spool_dir: folder.path().join("spool"),
            // Longer than any pause of a busy machine: only a test about waiting may run into it.
            busy_timeout: Duration::from_secs(20),
            append_timeout: Duration::from_secs(30),
            ..Options::default()
        };
        Self { folder, options, clock: Arc::new(Hand(AtomicI64::new(START_MS))) }
    }

    /// Gives up soon, for tests about waiting.
    pub(super) fn impatient() -> Self {
        let mut place = Self::new();
        place.options.busy_timeout = Duration::from_millis(200);
        place.options.append_timeout = Duration::from_millis(500);
        place
    }

    pub(super) fn file(&self) -> PathBuf {
        self.options.file().unwrap()
    }

    pub(super) async fn store(&self) -> Sqlite {
        Sqlite::open(&self.options, self.clock.clone()).await.unwrap()
    }

    /// Store and spool; the store also by itself, to make it fail.
    pub(super) async fn recorder(&self) -> (Recorder, Arc<Sqlite>) {
        let store = Arc::new(self.store().await);
        let limit = self.options.spool_max_records.get();
        let spool = Spool::open(self.options.spool_dir.clone(), limit).await.unwrap();
        (Recorder::new(store.clone(), spool), store)
    }

    /// Another program's connection, bound by no rule of ours.
    pub(super) async fn intruder(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }
}

/// The `n`th record: one a second, band, tier, role and intent in turn.
pub(super) fn record(n: u32) -> Record {
    let at = Timestamp::from_millisecond(START_MS + i64::from(n) * 1000).unwrap();
    let mut random = [0; 10];
    random[6..].copy_from_slice(&n.to_be_bytes());
    Record {
        id: DecisionId::new(at, random),
        conversation_id: ConversationId::try_from(format!("c-{}", n % 7)).unwrap(),
        origin: Origin { customer_id: Some(format!("u-{}", n % 11)), ..Origin::default() },
        prediction: Some(samples::prediction(&format!("intent-{}", n % 4))),
        decision: Decision {
            band: Band::ALL[n as usize % 3],
            tier: Tier::try_from(u8::try_from(n % 5).unwrap()).unwrap(),
            role: format!("role-{}", n % 6).as_str().into(),
            confidence: Probability::saturating(0.7),
            ..samples::decision()
        },
        ..samples::record(at)
    }
}

/// A record too long for one page of the database.
pub(super) fn long_record(n: u32) -> Record {
    Record { policy: "x".repeat(300_000), ..record(n) }
}

/// A key as a request brings it.
pub(super) fn sent(name: &str) -> IdempotencyKey {
    IdempotencyKey { key: name.to_owned(), body_digest: [7; 32] }
}

/// A key as the store keeps it.
pub(super) fn key(name: &str) -> Key {
    Key::from(sent(name))
}

/// Stores a record that goes on with its conversation.
pub(super) async fn append_next(
    recorder: &Recorder,
    record: Arc<Record>,
    key: Option<IdempotencyKey>,
) {
    loop {
        let recalled = recorder.recall(&record.conversation_id).await.unwrap();
        match recorder.append(record.clone(), key.clone(), recalled).await {
            // Its memory was erased or written by somebody else in between.
            Err(Error::Stale) => {}
            outcome => return outcome.unwrap(),
        }
    }
}
