//! The one task that writes. It takes whatever is waiting and commits it together, so a lone
//! record never waits for company and many share one flush to disk.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    Error,
    chain::Head,
    entry::Entry,
    erase::{self, Erased, Whom},
    file_id::FileId,
    head,
    job::Job,
    keys::Sweep,
    memory::Change,
    open::{Connector, IfMissing, OpenError, is_about_the_record},
    sampler::Sampler,
    sums::{Cells, Recent},
};
use crate::{domain::Clock, telemetry::metrics};

#[cfg(test)]
mod tests;

/// How long the writer waits for work before it looks for old keys.
const IDLE: Duration = Duration::from_hours(1);

/// What the writer can be asked to do.
pub(super) enum Command {
    /// Write a record.
    Append(Job),
    /// Erase what is personal.
    Erase(Whom, oneshot::Sender<Result<Erased, Error>>),
    /// Keep what a person did with a conversation; false if it has changed meanwhile.
    Remember(Box<Change>, oneshot::Sender<Result<bool, Error>>),
    /// Keep what a person says of a decision or a conversation; answers with the time that counts,
    /// in milliseconds, `None` if there is no such decision.
    Note(Box<dyn Note>, oneshot::Sender<Result<Option<i64>, Error>>),
    /// Finish what is waiting, then stop.
    Close,
    /// Reopen the connection with one more setting, to make it fail in a test.
    #[cfg(test)]
    Set(&'static str, String, oneshot::Sender<()>),
}

/// What a person says of a decision or a conversation, on its way into the database.
#[async_trait]
pub(super) trait Note: Send + Sync {
    /// Writes it; returns the time that counts, `None` if there is no such decision.
    async fn write(&self, connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>>;
}

/// Why a whole batch failed; told to everybody in it.
#[derive(Debug, Clone)]
enum Failure {
    Database(Arc<sqlx::Error>),
    Open(Arc<OpenError>),
    Moved(PathBuf),
}

impl From<sqlx::Error> for Failure {
    fn from(cause: sqlx::Error) -> Self {
        Self::Database(Arc::new(cause))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(cause) => Self::Database(cause),
            Failure::Open(cause) => Self::Open(cause),
            Failure::Moved(path) => Self::Moved(path),
        }
    }
}

/// What became of each record of a batch, in order.
type Outcomes = Vec<Result<(), Error>>;

/// What the writer works with.
pub(super) struct Writer {
    pub(super) queue: mpsc::Receiver<Command>,
    pub(super) batch_records: usize,
    pub(super) connector: Connector,
    /// `None` after a failure, until the next batch opens it anew.
    pub(super) open: Option<Open>,
    /// Replaced together with the connection, so that no reader keeps a file that was replaced.
    pub(super) readers: Arc<ArcSwap<SqlitePool>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sweep: Sweep,
    pub(super) sampler: Sampler,
}

/// An open connection and the file it belongs to.
pub(super) struct Open {
    connection: SqliteConnection,
    file: Option<FileId>,
    /// Where the chain ended after the last commit of this process.
    head: Option<Head>,
    /// The sums as they were then.
    sums: Recent,
}

impl Open {
    pub(super) fn new(connection: SqliteConnection, connector: &Connector) -> Self {
        Self { connection, file: FileId::of(connector), head: None, sums: Recent::default() }
    }
}

impl Writer {
    /// Writes until the store is closed or dropped and nothing waits any more.
    pub(super) async fn run(mut self) {
        self.sweep().await;
        let mut commands = Vec::new();
        loop {
            match timeout(IDLE, self.queue.recv_many(&mut commands, self.batch_records)).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => self.sweep().await,
            }
            let mut jobs = Vec::with_capacity(commands.len());
            for command in std::mem::take(&mut commands) {
                match command {
                    Command::Append(job) => jobs.push(job),
                    other => {
                        // Order is kept: what was asked before an erasure is written before it.
                        self.commit(std::mem::take(&mut jobs)).await;
                        self.obey(other).await;
                    }
                }
            }
            self.commit(jobs).await;
        }
        let Some(open) = self.open.take() else { return };
        if let Err(cause) = open.connection.close().await {
            tracing::warn!(%cause, "the database was not closed cleanly; nothing is lost");
        }
    }

    /// Sweeps out old keys for as long as there are any and nobody waits.
    async fn sweep(&mut self) {
        let now_ms = self.clock.now().as_millisecond();
        loop {
            let Some(open) = &mut self.open else { return };
            match Sweep::delete(&mut open.connection, now_ms).await {
                Ok(swept) => {
                    self.sweep.learn(&swept);
                    if swept.all || !self.queue.is_empty() {
                        return;
                    }
                }
                Err(cause) => {
                    tracing::warn!(%cause, "old idempotency keys stay until the next commit");
                    return;
                }
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Append(job) => self.commit(vec![job]).await,
            Command::Erase(whom, reply) => {
                let erased = self.erase(&whom).await.map_err(|failure| self.give_up(failure));
                // A caller who left does not undo the erasure.
                let _ = reply.send(erased.map_err(Error::from));
            }
            Command::Remember(change, reply) => {
                let kept = self.remember(&change).await.map_err(|failure| self.give_up(failure));
                let _ = reply.send(kept.map_err(Error::from));
            }
            Command::Note(note, reply) => {
                let noted = self.note(&*note).await.map_err(|failure| self.give_up(failure));
                let _ = reply.send(noted.map_err(Error::from));
            }
            Command::Close => self.queue.close(),
            #[cfg(test)]
            Command::Set(name, value, done) => self.set(name, value, done),
        }
    }

    #[cfg(test)]
    fn set(&mut self, name: &'static str, value: String, done: oneshot::Sender<()>) {
        self.connector.settings = self.connector.settings.clone().pragma(name, value);
        self.open = None;
        let _ = done.send(());
    }

    /// Writes the records in one transaction and tells every caller what became of theirs.
    async fn commit(&mut self, mut jobs: Vec<Job>) {
        jobs.retain(Job::take);
        if jobs.is_empty() {
            return;
        }
        let started = Instant::now();
        match self.write(&jobs).await {
            Ok(outcomes) => {
                let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
                metrics::committed(written, started.elapsed());
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    let _ = job.reply.send(outcome);
                }
            }
            Err(failure) => {
                let failure = self.give_up(failure);
                for job in jobs {
                    let _ = job.reply.send(Err(failure.clone().into()));
                }
                self.turn_away(&failure);
            }
        }
    }

    /// Closes the connection, so that the next batch begins with a fresh one.
    fn give_up(&mut self, failure: Failure) -> Failure {
        self.open = None;
        self.sampler.forget();
        failure
    }

    /// Whatever queued up behind a failed batch has waited as long: it is told the same at once.
    fn turn_away(&mut self, failure: &Failure) {
        for _ in 0..self.queue.len() {
            match self.queue.try_recv() {
                Ok(Command::Append(job)) if job.take() => {
                    let _ = job.reply.send(Err(failure.clone().into()));
                }
                Ok(Command::Append(_)) => {}
                Ok(Command::Erase(_, reply)) => {
                    let _ = reply.send(Err(failure.clone().into()));
                }
                Ok(Command::Remember(_, reply)) => {
                    let _ = reply.send(Err(failure.clone().into()));
                }
                Ok(Command::Note(_, reply)) => {
                    let _ = reply.send(Err(failure.clone().into()));
                }
                Ok(Command::Close) => self.queue.close(),
                #[cfg(test)]
                Ok(Command::Set(name, value, done)) => self.set(name, value, done),
                Err(_) => return,
            }
        }
    }

    /// Writes a lone record in one go, if nothing else is to be done and the end of the chain is
    /// known; false if it is not where it was, because another process has written.
    ///
    /// The connection works on a thread of its own: every statement less saves two changes of
    /// threads, which is most of what a lone record costs.
    async fn write_alone(&mut self, entry: &Entry, now_ms: i64) -> Result<bool, Failure> {
        let Some(open) = self.open.as_mut() else { return Ok(false) };
        // The end of the chain stays untaken, so that the long way sees that nobody else wrote.
        if entry.key.is_some() || !self.sampler.passes_over(entry, now_ms) {
            return Ok(false);
        }
        let Some(mut sums) = open.sums.with(&entry.share) else { return Ok(false) };
        let Some(head) = open.head.take() else { return Ok(false) };
        let hour = Cells::of(&mut sums).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
        match entry.insert_alone(&mut open.connection, head, hour).await {
            Ok(next) => {
                open.head = Some(next);
                open.sums.put(entry.share.key.clone(), sums);
            }
            Err(cause) if is_about_the_record(&cause) => {
                sqlx::raw_sql("ROLLBACK").execute(&mut open.connection).await?;
                return Ok(false);
            }
            Err(cause) => return Err(cause.into()),
        }
        self.sampler.count(entry);
        self.check_in_place()?;
        Ok(true)
    }

    /// A failure leaves the transaction open; closing the connection rolls it back.
    async fn write(&mut self, jobs: &[Job]) -> Result<Outcomes, Failure> {
        let now_ms = self.clock.now().as_millisecond();
        let sweep_is_due = self.sweep.is_due(now_ms);
        if let [job] = jobs
            && !sweep_is_due
            && self.write_alone(&job.entry, now_ms).await?
        {
            return Ok(vec![Ok(())]);
        }
        self.opened().await?;
        let Some(open) = &mut self.open else { return Err(sqlx::Error::WorkerCrashed.into()) };
        let known = open.head.take();
        let (connection, sampler) = (&mut open.connection, &mut self.sampler);
        let mut head = head::begin(connection).await?;
        if known != Some(head) {
            sampler.forget();
            open.sums.forget();
        }
        let mut outcomes = Vec::with_capacity(jobs.len());
        for Job { entry, .. } in jobs {
            if entry.key_is_taken(connection).await? {
                outcomes.push(Err(Error::KeyTaken));
                continue;
            }
            sampler.prepare(connection, entry, (head.seq + 1, now_ms)).await?;
            match entry.insert(connection, head).await {
                Ok(None) => outcomes.push(Err(Error::Stale)),
                Ok(Some(next)) => {
                    head = next;
                    sampler.draw(connection, entry, head.seq).await?;
                    entry.insert_key(connection).await?;
                    outcomes.push(Ok(()));
                }
                Err(cause) if is_about_the_record(&cause) => {
                    outcomes.push(Err(refusal(entry, cause)));
                }
                Err(cause) => return Err(cause.into()),
            }
        }
        if outcomes.iter().all(Result::is_err) {
            // A share that was found for a decision must not be in force without it.
            sqlx::raw_sql("ROLLBACK").execute(connection).await?;
            sampler.forget();
            open.head = Some(head);
            self.check_in_place()?;
            return Ok(outcomes);
        }
        let written = jobs.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        open.sums.add(written.map(|(job, _)| &job.entry.share), connection).await?;
        let swept =
            if sweep_is_due { Some(Sweep::delete(connection, now_ms).await?) } else { None };
        head::commit(connection, head).await?;
        sampler.committed();
        open.head = Some(head);
        self.check_in_place()?;
        if let Some(swept) = swept {
            self.sweep.learn(&swept);
        }
        Ok(outcomes)
    }

    async fn erase(&mut self, whom: &Whom) -> Result<Erased, Failure> {
        let open = self.opened().await?;
        let erased = erase::erase(&mut open.connection, whom).await?;
        self.check_in_place()?;
        Ok(erased)
    }

    async fn remember(&mut self, change: &Change) -> Result<bool, Failure> {
        let open = self.opened().await?;
        let kept = change.write(&mut open.connection).await?;
        self.check_in_place()?;
        Ok(kept)
    }

    async fn note(&mut self, note: &dyn Note) -> Result<Option<i64>, Failure> {
        let open = self.opened().await?;
        let at_ms = note.write(&mut open.connection).await?;
        self.check_in_place()?;
        Ok(at_ms)
    }

    async fn opened(&mut self) -> Result<&mut Open, Failure> {
        if self.open.is_none() {
            let opened = self.connector.writer(IfMissing::Fail).await;
            let connection = opened.map_err(|cause| Failure::Open(Arc::new(cause)))?;
            self.readers.store(Arc::new(self.connector.readers()));
            self.open = Some(Open::new(connection, &self.connector));
            tracing::info!(path = %self.connector.path.display(), "the database is open again");
        }
        self.open.as_mut().ok_or_else(|| sqlx::Error::WorkerCrashed.into())
    }

    /// A file that was deleted or replaced while open takes writes and keeps nothing.
    fn check_in_place(&self) -> Result<(), Failure> {
        let opened = self.open.as_ref().and_then(|open| open.file);
        if opened.is_some() && opened == FileId::of(&self.connector) {
            return Ok(());
        }
        Err(Failure::Moved(self.connector.path.clone()))
    }
}

/// A record that the tables do not take: stored already, or against a rule of theirs.
fn refusal(entry: &Entry, cause: sqlx::Error) -> Error {
    let id = entry.facts.id.clone();
    let taken =
        cause.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
    if taken { Error::AlreadyStored { id } } else { Error::Refused { id, source: cause } }
}
