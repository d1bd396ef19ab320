//! The store in one `SQLite` file: a task that writes, a few connections that read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use sqlx::SqlitePool;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Audit, ChainReport, Cursor, Draft, Error, Event, Extent, Filter, Hour, Keyed, Ledger, Listing,
    Offer, Page, Policies, Promise, Remembered, Store, Stretch, Window,
    audits::{self, Lease, Withdrawal},
    contract::{self, Settling},
    entry::Entry,
    episodes,
    erase::{self, ATTEMPTS, Erased, Whom},
    job::Job,
    keys::{self, Key, Sweep},
    listing,
    memory::{self, Change, Row},
    open::{Connector, IfMissing, OpenError},
    options::Options,
    receipts::{self, Slip},
    reviews::{self, Label, News},
    sampler::Sampler,
    stretch, sums, verify,
    writer::{Command, Note, Open, Writer},
};
use crate::{
    domain::{
        AuditId, Clock, ConversationId, DecisionId, Receipt, Record, Resolution, Review, Timestamp,
    },
    monitor::Contract,
};

/// Texts longer than this are serialised on a thread that may block.
const LONG_TEXT_BYTES: usize = 64 * 1024;

/// Audits that cannot be read and are passed over for one auditor at most; the next call goes on
/// behind them.
const UNREADABLE_AUDITS: usize = 8;

/// Decision records in a `SQLite` file.
pub struct Sqlite {
    queue: mpsc::Sender<Command>,
    readers: Arc<ArcSwap<SqlitePool>>,
    clock: Arc<dyn Clock>,
    append_timeout: Duration,
    busy_timeout: Duration,
    lease: Duration,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens the database, makes it if it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// Every message names the file and the way out.
    pub async fn open(options: &Options, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let connector = Connector::new(options)?;
        let connection = connector.writer(IfMissing::Make).await?;
        let readers = Arc::new(ArcSwap::from_pointee(connector.readers()));
        let (queue, waiting) = mpsc::channel(options.queue_records.get());
        let writer = Writer {
            queue: waiting,
            batch_records: options.batch_records.get(),
            open: Some(Open::new(connection, &connector)),
            connector,
            readers: readers.clone(),
            clock: clock.clone(),
            sweep: Sweep::default(),
            sampler: Sampler::new(options.audit),
        };
        #[expect(clippy::disallowed_methods, reason = "close() waits for this task")]
        let writer = tokio::spawn(writer.run());
        Ok(Self {
            queue,
            readers,
            clock,
            append_timeout: options.append_timeout,
            busy_timeout: options.busy_timeout,
            lease: options.audit.lease,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Reopens the writer's connection with one more setting, to make it fail.
    #[cfg(test)]
    pub(super) async fn set(&self, name: &'static str, value: &str) {
        let (done, wait) = oneshot::channel();
        self.queue.send(Command::Set(name, value.to_owned(), done)).await.ok().unwrap();
        wait.await.unwrap();
    }

    pub(super) fn readers(&self) -> Arc<SqlitePool> {
        self.readers.load_full()
    }

    /// A read that comes back in bounded time.
    pub(super) async fn read<T>(
        &self,
        read: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        let patience = self.append_timeout;
        Ok(timeout(patience, read).await.map_err(|_| Error::TimedOut(patience))??)
    }

    /// Hands a command to the writer and waits for its answer, once it has its turn for `work` at
    /// most.
    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Command,
        work: Duration,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let patience = self.append_timeout;
        let sent = timeout(patience, self.queue.send(command(reply))).await;
        sent.map_err(|_| Error::TimedOut(patience))?.map_err(|_| Error::Closed)?;
        let patience = patience + work;
        let answer = timeout(patience, answer).await.map_err(|_| Error::TimedOut(patience))?;
        answer.unwrap_or(Err(Error::Closed))
    }

    /// One lock at most, and the disk.
    pub(super) async fn note(&self, note: Box<dyn Note>) -> Result<Option<i64>, Error> {
        self.ask(|reply| Command::Note(note, reply), self.busy_timeout).await
    }

    async fn erase(&self, whom: Whom) -> Result<Erased, Error> {
        // Emptying the log takes as long as the disk does, so this wait is a generous one: a lock
        // for the erasure, one for each attempt, one to spare.
        let work = self.busy_timeout * (ATTEMPTS + 2);
        self.ask(|reply| Command::Erase(whom, reply), work).await
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn append(
        &self,
        record: Arc<Record>,
        key: Option<Key>,
        memory: Option<Remembered>,
    ) -> Result<(), Error> {
        let (job, ticket) = Job::new(sealed(record, key, memory).await?);
        let started = tokio::time::Instant::now();
        let patience = self.append_timeout;
        // Once it is queued, the record is written even if the caller leaves.
        let sent = timeout(patience, self.queue.send(Command::Append(job))).await;
        sent.map_err(|_| Error::TimedOut(patience))?.map_err(|_| Error::Closed)?;
        ticket.outcome(patience.saturating_sub(started.elapsed())).await
    }

    async fn recall(&self, id: &ConversationId) -> Result<Option<Remembered>, Error> {
        let readers = self.readers.load_full();
        Ok(self.read(memory::recall(&readers, id)).await?.map(memory::parse))
    }

    async fn remember(
        &self,
        id: &ConversationId,
        memory: Remembered,
        event: Event,
    ) -> Result<(), Error> {
        let row = Row::of(&memory).map_err(unreadable(id))?;
        let (conversation, episode) = (id.clone(), memory.memory.episode);
        let change = Box::new(Change { conversation, episode, row, event });
        let kept = self.ask(|reply| Command::Remember(change, reply), self.busy_timeout).await?;
        if kept { Ok(()) } else { Err(Error::Stale) }
    }

    async fn overdue(&self, before: Timestamp) -> Result<u64, Error> {
        let readers = self.readers.load_full();
        let count = self.read(memory::overdue(&readers, before)).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn decision(&self, id: DecisionId) -> Result<Option<Record>, Error> {
        let readers = self.readers.load_full();
        let found = sqlx::query_as("SELECT id, payload FROM decisions WHERE id = ? AND erased = 0")
            .bind(id.to_string())
            .fetch_optional(&*readers);
        let found: Option<(String, String)> = self.read(found).await?;
        found.map(|(id, payload)| parse(id, &payload)).transpose()
    }

    async fn is_erased(&self, id: DecisionId) -> Result<bool, Error> {
        self.read(erase::is_erased(&self.readers.load_full(), id)).await
    }

    async fn by_key(&self, key: &str) -> Result<Option<Keyed>, Error> {
        let (readers, now) = (self.readers.load_full(), self.clock.now());
        let found = self.read(keys::find(&readers, key, now)).await?;
        let Some((digest, id, payload)) = found else { return Ok(None) };
        // The table holds 32 bytes here; anything else can only be the key of another request.
        let body_digest = digest.try_into().unwrap_or([0; 32]);
        Ok(Some(Keyed { body_digest, record: parse(id, &payload)? }))
    }

    async fn decisions(&self, filter: &Filter, page: Page) -> Result<Listing, Error> {
        let readers = self.readers.load_full();
        let mut statement = listing::statement(filter, &page);
        let rows = self.read(statement.build().fetch_all(&*readers)).await?;
        Ok(listing::listing(&rows, &page)?)
    }

    async fn extent(&self, window: &Window, at_most: Option<u32>) -> Result<Extent, Error> {
        let readers = self.readers.load_full();
        self.read(stretch::extent(&readers, window, at_most)).await
    }

    async fn stretch(
        &self,
        window: &Window,
        places: (Cursor, Cursor),
        limit: u32,
    ) -> Result<Stretch, Error> {
        let readers = self.readers.load_full();
        self.read(stretch::stretch(&readers, window, places, limit)).await
    }

    async fn verify(&self) -> Result<ChainReport, Error> {
        Ok(verify::verify(&self.readers.load_full()).await?)
    }

    async fn erase_conversation(&self, id: &ConversationId) -> Result<u64, Error> {
        Ok(self.erase(Whom::Conversation(id.as_str().to_owned())).await?.records)
    }

    async fn erase_customer(&self, id: &str) -> Result<u64, Error> {
        Ok(self.erase(Whom::Customer(id.to_owned())).await?.records)
    }

    async fn erase_before(&self, before: Timestamp, at_most: u32) -> Result<Erased, Error> {
        self.erase(Whom::Before(before.as_millisecond(), at_most)).await
    }

    async fn confirm(&self, id: DecisionId, receipt: &Receipt) -> Result<Option<Receipt>, Error> {
        let at_ms = self.note(Box::new(Slip::new(id, receipt)?)).await?;
        Ok(at_ms.map(|at_ms| receipts::at(receipt, at_ms)))
    }

    async fn receipts(&self, id: DecisionId) -> Result<Vec<Receipt>, Error> {
        let readers = self.readers.load_full();
        let rows = self.read(receipts::of(&readers, id)).await?;
        rows.into_iter().map(|row| row.read(id)).collect()
    }

    async fn review(&self, id: DecisionId, review: &Review) -> Result<Option<Review>, Error> {
        let label = Label { decision: id.to_string(), review: review.clone() };
        let at_ms = self.note(Box::new(label)).await?;
        let at = at_ms.and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
        Ok(at.map(|at| Review { at, ..review.clone() }))
    }

    async fn reviews(&self, id: DecisionId) -> Result<Vec<Review>, Error> {
        let readers = self.readers.load_full();
        reviews::read(self.read(reviews::of(&*readers, id)).await?, id)
    }

    async fn is_of_record(&self, id: DecisionId) -> Result<bool, Error> {
        let readers = self.readers.load_full();
        self.read(episodes::is_of_record(&readers, id)).await
    }

    async fn next_audit(&self, by: &str, now: Timestamp) -> Result<Option<Offer>, Error> {
        let now_ms = now.as_millisecond();
        let lease_ms = i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX);
        let mut unreadable = Vec::new();
        loop {
            let until_ms = now_ms.saturating_add(lease_ms);
            let lease = Box::new(Lease { by: by.to_owned(), now_ms, until_ms });
            let Some(seq) = self.note(lease).await? else { return Ok(None) };
            let readers = self.readers.load_full();
            // One that was erased in between is no longer in the queue: the next, then.
            let Some(row) = self.read(audits::offer(&readers, seq, by)).await? else { continue };
            let cause = match row.read() {
                Ok(offer) => return Ok(Some(offer)),
                Err(cause) => cause,
            };
            tracing::warn!(%cause, "an audit cannot be shown and goes behind the others");
            self.note(Box::new(Withdrawal { by: by.to_owned(), seq })).await?;
            // The queue has come round: no other is left.
            if unreadable.contains(&seq) {
                return Ok(None);
            }
            unreadable.push(seq);
            if unreadable.len() == UNREADABLE_AUDITS {
                return Err(cause);
            }
        }
    }

    async fn audit(&self, id: &AuditId) -> Result<Option<Audit>, Error> {
        let readers = self.readers.load_full();
        self.read(audits::find(&readers, id)).await?.map(audits::Row::read).transpose()
    }

    async fn answer(&self, id: &AuditId, answer: &Review) -> Result<bool, Error> {
        let Some(audit) = self.audit(id).await? else { return Ok(false) };
        let answered = audits::answered(id, audit.decision, answer);
        Ok(self.note(Box::new(answered)).await?.is_some())
    }

    async fn audits_waiting(&self) -> Result<u64, Error> {
        let readers = self.readers.load_full();
        let count = self.read(audits::waiting(&readers)).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn resolve(
        &self,
        id: &ConversationId,
        resolution: &Resolution,
        at: Timestamp,
    ) -> Result<Resolution, Error> {
        let news = News {
            conversation: id.as_str().to_owned(),
            at_ms: at.as_millisecond(),
            resolution: resolution.clone(),
        };
        self.note(Box::new(news)).await?;
        Ok(self.resolution(id).await?.unwrap_or_default())
    }

    async fn resolution(&self, id: &ConversationId) -> Result<Option<Resolution>, Error> {
        let readers = self.readers.load_full();
        let payload = self.read(reviews::outcome(&readers, id)).await?;
        payload.map(|payload| serde_json::from_str(&payload).map_err(unreadable(id))).transpose()
    }

    async fn keep_policy(&self, draft: Draft) -> Result<i64, Error> {
        Ok(self.note(Box::new(draft)).await?.unwrap_or_default())
    }

    fn policies(&self) -> Policies {
        Policies::new(self.readers.load_full(), self.append_timeout)
    }

    async fn hours(&self, model: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Hour>, Error> {
        let readers = self.readers.load_full();
        self.read(sums::hours(&readers, model, (from, to))).await
    }

    async fn contract(&self) -> Result<Option<Contract>, Error> {
        let readers = self.readers.load_full();
        self.read(contract::contract(&*readers)).await
    }

    async fn promise(&self, promise: Promise) -> Result<(), Error> {
        self.note(Box::new(promise)).await.map(|_| ())
    }

    async fn settle(&self, before: Timestamp, now: Timestamp) -> Result<bool, Error> {
        let settling = Settling { before_ms: before.as_millisecond(), now };
        Ok(self.note(Box::new(settling)).await?.is_some())
    }

    fn ledger(&self) -> Ledger {
        Ledger::new((**self.readers.load()).clone(), self.append_timeout)
    }

    async fn close(&self) {
        // Readers first: whoever closes last tidies up the log file.
        self.readers.load_full().close().await;
        let _ = self.queue.send(Command::Close).await;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && let Err(cause) = writer.await
        {
            tracing::error!(%cause, "the writer of the store ended early");
        }
    }
}

/// Seals a record, a long one where it holds up nobody.
async fn sealed(
    record: Arc<Record>,
    key: Option<Key>,
    memory: Option<Remembered>,
) -> Result<Entry, Error> {
    let bytes: usize = record.features.messages.iter().map(|text| text.masked.len()).sum();
    if bytes <= LONG_TEXT_BYTES {
        return Entry::seal(&record, key, memory.as_ref());
    }
    let seal = move || Entry::seal(&record, key, memory.as_ref());
    tokio::task::spawn_blocking(seal).await.unwrap_or(Err(Error::Closed))
}

fn parse(id: String, payload: &str) -> Result<Record, Error> {
    serde_json::from_str(payload).map_err(|source| Error::Unreadable { id, source: source.into() })
}

fn unreadable(id: &ConversationId) -> impl Fn(serde_json::Error) -> Error {
    |source| Error::Unreadable { id: id.to_string(), source: source.into() }
}
