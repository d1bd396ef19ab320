//! The spool: a folder of records that the store did not take, one file each.
//!
//! A file is written under another name, flushed, renamed, and the folder flushed: a file with
//! its final name is whole and survives a power cut. Its first line holds a digest of the rest,
//! so damage shows.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::{sync::Notify, task::spawn_blocking};

use super::{
    Malformed,
    aside::Aside,
    chain::Digest,
    folder::{self, Folder},
    keys::{self, Key},
    open::OpenError,
};
use crate::{
    domain::{ConversationId, DecisionId, Memory, Record, Timestamp, pseudonym},
    telemetry::metrics,
};

/// A record out of the spool.
#[derive(Debug, Clone)]
pub(super) struct Spooled {
    pub(super) record: Arc<Record>,
    /// The key of its request.
    pub(super) key: Option<Key>,
    /// What its conversation was remembered by, without the store.
    pub(super) memory: Option<Memory>,
}

/// Records that wait for the store.
#[derive(Clone)]
pub struct Spool(Arc<Inner>);

struct Inner {
    folder: Folder,
    max_records: usize,
    waiting: Mutex<Waiting>,
    filled: Notify,
}

/// What is in the folder, without the records themselves.
#[derive(Default)]
struct Waiting {
    /// In the order of their decisions: identifiers sort by time.
    slips: BTreeMap<DecisionId, Slip>,
    keys: HashMap<Digest, DecisionId>,
    /// Places promised to files that are being written.
    reserved: usize,
}

struct Slip {
    conversation: ConversationId,
    customer: Option<String>,
    key: Option<Key>,
}

/// The content of a file after its first line.
#[derive(Serialize, Deserialize)]
struct Content<R, K, M> {
    record: R,
    key: K,
    #[serde(default)]
    memory: M,
}

/// Which records are erased.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Conversation(&'a ConversationId),
    Customer(&'a str),
    /// Taken before that time.
    Before(Timestamp),
}

impl Of<'_> {
    fn chooses(self, id: DecisionId, slip: &Slip) -> bool {
        match self {
            Self::Conversation(name) => slip.conversation == *name,
            Self::Customer(name) => {
                let kept = slip.customer.as_deref();
                // An identifier that is personal data is kept as a pseudonym.
                kept.is_some_and(|kept| kept == name || kept == pseudonym(name))
            }
            // Identifiers sort by time, and this is the first of that time.
            Self::Before(time) => id < DecisionId::new(time, [0; 10]),
        }
    }
}

const EXTENSION: &str = "record";
pub(super) const SET_ASIDE: &str = "bad";
const UNFINISHED: &str = "part";

impl Spool {
    /// Opens the folder, makes it if it is missing, and takes stock of what waits in it.
    ///
    /// # Errors
    /// Another process uses the folder, or it cannot be made, read or written.
    pub async fn open(folder: PathBuf, max_records: usize) -> Result<Self, OpenError> {
        let path = folder.clone();
        let opened = spawn_blocking(move || Inner::open(folder, max_records)).await;
        let opened = opened.unwrap_or_else(|cause| {
            Err(OpenError::Spool { path, source: io::Error::other(cause) })
        });
        Ok(Self(Arc::new(opened?)))
    }

    /// How many records wait.
    pub fn len(&self) -> usize {
        self.0.waiting().slips.len()
    }

    /// True if none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps a record; it survives a power cut once this returns.
    pub(super) async fn put(&self, spooled: Spooled) -> io::Result<()> {
        let spool = self.0.clone();
        on_disk(move || spool.put(&spooled)).await
    }

    /// The record of that decision, if it waits here.
    pub(super) async fn get(&self, id: DecisionId) -> io::Result<Option<Spooled>> {
        if !self.holds(id) {
            return Ok(None);
        }
        let spool = self.0.clone();
        on_disk(move || spool.get(id)).await
    }

    /// The decision that waits here under an idempotency key.
    pub(super) fn by_key(&self, key: &str) -> Option<DecisionId> {
        self.0.waiting().keys.get(&keys::digest(key)).copied()
    }

    /// The oldest that wait, at most `count`.
    pub(super) fn oldest(&self, count: usize) -> Vec<DecisionId> {
        self.0.waiting().slips.keys().take(count).copied().collect()
    }

    /// Forgets a record that the store has.
    pub(super) async fn remove(&self, id: DecisionId) -> io::Result<()> {
        let spool = self.0.clone();
        on_disk(move || spool.remove(id)).await
    }

    /// Keeps a file that cannot be stored out of the way, for a person to look at.
    pub(super) async fn set_aside(&self, id: DecisionId) -> io::Result<()> {
        let spool = self.0.clone();
        on_disk(move || spool.set_aside(id)).await
    }

    /// Deletes every record of a conversation or customer; returns how many.
    pub(super) async fn erase(&self, of: Of<'_>) -> io::Result<u64> {
        let ids: Vec<_> = {
            let waiting = self.0.waiting();
            let chosen = waiting.slips.iter().filter(|(id, slip)| of.chooses(**id, slip));
            chosen.map(|(id, _)| *id).collect()
        };
        let mut erased = 0;
        for id in ids {
            self.remove(id).await?;
            erased += 1;
        }
        let (spool, names) = (self.0.clone(), Aside::of(of));
        Ok(erased + on_disk(move || names.erase(&spool.folder)).await?)
    }

    /// True if the record of that decision waits here.
    pub(super) fn holds(&self, id: DecisionId) -> bool {
        self.0.waiting().slips.contains_key(&id)
    }

    /// Returns once a record waits.
    pub(super) async fn filled(&self) {
        while self.is_empty() {
            self.0.filled.notified().await;
        }
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|cause| Err(io::Error::other(cause)))
}

impl Inner {
    fn open(folder: PathBuf, max_records: usize) -> Result<Self, OpenError> {
        let folder = Folder::open(folder)?;
        let inner = Self { folder, max_records, waiting: Mutex::default(), filled: Notify::new() };
        match inner.take_stock() {
            Ok(()) => Ok(inner),
            Err(source) => Err(OpenError::Spool { path: inner.folder.path, source }),
        }
    }

    fn take_stock(&self) -> io::Result<()> {
        for file in fs::read_dir(&self.folder.path)? {
            let path = file?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                // Never finished, so its caller was never told that it is safe; the folder is
                // locked, so nobody is still writing it.
                Some(UNFINISHED) => folder::remove(&path)?,
                Some(EXTENSION) => self.load(&path)?,
                _ => {}
            }
        }
        metrics::spooled(self.waiting().slips.len());
        Ok(())
    }

    /// Takes note of a file, or sets it aside if it is damaged.
    fn load(&self, path: &Path) -> io::Result<()> {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        match read(path) {
            Ok(Spooled { record, key, .. }) if record.id.to_string() == stem => {
                self.note(&record, key);
                Ok(())
            }
            // Somebody tidied up between the listing and now.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(cause) if cause.kind() != io::ErrorKind::InvalidData => Err(cause),
            _ => rename_bad(path),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, spooled: &Spooled) -> io::Result<()> {
        self.reserve()?;
        let written = self.write(spooled);
        self.waiting().reserved -= 1;
        written?;
        self.note(&spooled.record, spooled.key);
        self.filled.notify_one();
        Ok(())
    }

    fn reserve(&self) -> io::Result<()> {
        let mut waiting = self.waiting();
        if waiting.slips.len() + waiting.reserved >= self.max_records {
            let limit = self.max_records;
            let reason = format!("{limit} records wait already; raise records.spool_max_records");
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, reason));
        }
        waiting.reserved += 1;
        Ok(())
    }

    fn write(&self, spooled: &Spooled) -> io::Result<()> {
        let Spooled { record, key, memory } = spooled;
        let content = serde_json::to_vec(&Content { record, key, memory })?;
        let unfinished = self.folder.path.join(format!("{}.{UNFINISHED}", record.id));
        let written = write_whole(&unfinished, &content)
            .and_then(|()| fs::rename(&unfinished, self.path(record.id)))
            .and_then(|()| self.folder.sync());
        if written.is_err() {
            // A full disk has more use for the space; a failure here changes nothing.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn note(&self, record: &Record, key: Option<Key>) {
        let mut waiting = self.waiting();
        if let Some(key) = &key {
            // The first answer under a key is the one that counts.
            waiting.keys.entry(key.digest).or_insert(record.id);
        }
        let (conversation, customer) =
            (record.conversation_id.clone(), record.origin.customer_id.clone());
        waiting.slips.insert(record.id, Slip { conversation, customer, key });
        metrics::spooled(waiting.slips.len());
    }

    fn get(&self, id: DecisionId) -> io::Result<Option<Spooled>> {
        match read(&self.path(id)) {
            Ok(spooled) => Ok(Some(spooled)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                self.forget(id);
                Ok(None)
            }
            Err(cause) if cause.kind() == io::ErrorKind::InvalidData => {
                self.set_aside(id)?;
                Ok(None)
            }
            Err(cause) => Err(cause),
        }
    }

    fn remove(&self, id: DecisionId) -> io::Result<()> {
        folder::remove(&self.path(id))?;
        self.forget(id);
        Ok(())
    }

    fn set_aside(&self, id: DecisionId) -> io::Result<()> {
        rename_bad(&self.path(id))?;
        self.forget(id);
        Ok(())
    }

    fn forget(&self, id: DecisionId) {
        let mut waiting = self.waiting();
        let slip = waiting.slips.remove(&id);
        if let Some(key) = slip.and_then(|slip| slip.key)
            && waiting.keys.get(&key.digest) == Some(&id)
        {
            waiting.keys.remove(&key.digest);
        }
        metrics::spooled(waiting.slips.len());
    }

    fn path(&self, id: DecisionId) -> PathBuf {
        self.folder.path.join(format!("{id}.{EXTENSION}"))
    }
}

fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = folder::private_file(path)?;
    writeln!(file, "{}", hex::encode(Sha256::digest(content)))?;
    file.write_all(content)?;
    file.sync_all()
}

/// Reads a file; damage is [`io::ErrorKind::InvalidData`].
fn read(path: &Path) -> io::Result<Spooled> {
    let bytes = fs::read(path)?;
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the digest does not fit");
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
    let (digest, content) = (&bytes[..end], &bytes[end + 1..]);
    if digest != hex::encode(Sha256::digest(content)).as_bytes() {
        return Err(damaged());
    }
    let invalid = |cause| io::Error::new(io::ErrorKind::InvalidData, Malformed::from(cause));
    let content: Content<Arc<Record>, Option<Key>, Option<Memory>> =
        serde_json::from_slice(content).map_err(invalid)?;
    let Content { record, key, memory } = content;
    Ok(Spooled { record, key, memory })
}

fn rename_bad(path: &Path) -> io::Result<()> {
    let aside = path.with_extension(SET_ASIDE);
    tracing::error!(
        file = %aside.display(),
        "a spooled record cannot be stored and was set aside; look at the file, then delete it"
    );
    match fs::rename(path, aside) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}
