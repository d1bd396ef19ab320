//! Opening the database: what is set on every connection, and what to tell whoever cannot open it.

use std::{
    cmp::Ordering,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::time::{Instant, sleep};

use super::options::{Invalid, Options};

/// Why the store cannot be opened; every message names the path and the way out.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An option is wrong.
    #[error(transparent)]
    Option(#[from] Invalid),
    /// The folder of the database is missing.
    #[error("{} cannot be made: its folder does not exist; make the folder or change store", .0.display())]
    NoFolder(PathBuf),
    /// The database was there and is gone.
    #[error("{} is gone; put it back, or restart to begin a new one", .0.display())]
    Gone(PathBuf),
    /// There is nothing to read.
    #[error("{} holds no store; name the one that the service writes with --store, or store in baton.toml", .0.display())]
    Missing(PathBuf),
    /// An older version of this program wrote the database, and who only reads changes nothing.
    #[error("{} was written by an older version of this program (schema {schema}); start this version's service on it once, which brings its tables up to date", path.display())]
    Older {
        /// The database.
        path: PathBuf,
        /// The schema in it.
        schema: i64,
    },
    /// The process may not write there.
    #[error("{} cannot be written; let this user write the file and its folder, or change store", .0.display())]
    NotAllowed(PathBuf),
    /// The file is something else.
    #[error("{} is not a database, or a damaged one; restore a backup or name another file in store", .0.display())]
    NotADatabase(PathBuf),
    /// The database belongs to another program.
    #[error("{} is a database of another program; name another file in store", .0.display())]
    Foreign(PathBuf),
    /// Another process holds the database.
    #[error("{} is locked by another process; stop it, or give it more time with records.busy_timeout", .0.display())]
    Locked(PathBuf),
    /// A newer version of this program wrote the database.
    #[error("{} was written by a newer version of this program (schema {schema}); run that version, or restore a backup", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The schema in it.
        schema: i64,
    },
    /// The tables could not be set up.
    #[error("the tables of {} could not be set up: {source}; restore a backup or name another file in store", path.display())]
    Schema {
        /// The database.
        path: PathBuf,
        /// Why.
        source: MigrateError,
    },
    /// The spool folder cannot be used.
    #[error("the spool folder {} cannot be used: {source}; let this user write it or change records.spool_dir", path.display())]
    Spool {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process uses the spool folder.
    #[error("the spool folder {} is in use by another process; stop it, or name another folder in records.spool_dir", .0.display())]
    SpoolTaken(PathBuf),
    /// Anything else.
    #[error("{} cannot be opened: {source}; check the disk and store", path.display())]
    Other {
        /// The database.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
}

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// "BATN", as the first migration writes it.
const APPLICATION_ID: i64 = 1_111_577_678;

/// Pause before a database that was locked is asked again.
const PAUSE: Duration = Duration::from_millis(10);

/// Opens connections to one file, all with the same settings.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    pub(super) path: PathBuf,
    pub(super) settings: SqliteConnectOptions,
    readers: u32,
    patience: Duration,
}

/// Whether a missing file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    /// At the start of the program.
    Make,
    /// While it runs: a database that vanished must not be replaced by an empty one.
    Fail,
}

impl Connector {
    pub(super) fn new(options: &Options) -> Result<Self, OpenError> {
        options.validate()?;
        let path = options.file()?;
        let settings = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(options.busy_timeout)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode only FULL survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("temp_store", "MEMORY")
            // KiB when negative.
            .pragma("cache_size", "-16384")
            .pragma("journal_size_limit", "67108864")
            // What is erased is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            // Without it, INSERT OR REPLACE would not fire the triggers that refuse deletion.
            .pragma("recursive_triggers", "ON")
            .disable_statement_logging();
        let readers = u32::try_from(options.readers.get()).unwrap_or(1);
        Ok(Self { path, settings, readers, patience: options.busy_timeout })
    }

    /// Opens the writer's connection and brings the tables up to date.
    pub(super) async fn writer(
        &self,
        if_missing: IfMissing,
    ) -> Result<SqliteConnection, OpenError> {
        self.check_folder(if_missing)?;
        if if_missing == IfMissing::Make {
            self.make_private();
        }
        let settings = self.settings.clone().create_if_missing(if_missing == IfMissing::Make);
        let mut connection = self.connect(&settings).await?;
        self.check_owner(&mut connection).await?;
        self.migrate(&mut connection).await?;
        Ok(connection)
    }

    /// Connects; a database that somebody else is just turning to WAL is asked again, since SQLite
    /// does not wait for that by itself.
    async fn connect(
        &self,
        settings: &SqliteConnectOptions,
    ) -> Result<SqliteConnection, OpenError> {
        let deadline = Instant::now() + self.patience;
        loop {
            match settings.connect().await.map_err(|cause| self.explain(cause)) {
                Err(OpenError::Locked(_)) if Instant::now() < deadline => sleep(PAUSE).await,
                connected => return connected,
            }
        }
    }

    /// A pool of connections that cannot write; none is opened before it is needed.
    pub(super) fn readers(&self) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(self.readers)
            .acquire_timeout(self.patience)
            .test_before_acquire(false)
            .connect_lazy_with(self.settings.clone().read_only(true))
    }

    /// Opens a connection that cannot write, to a database that must be there with the tables of
    /// this version; nothing is made or changed, whoever else has it open.
    pub(super) async fn onlooker(&self) -> Result<SqliteConnection, OpenError> {
        if !self.path.is_file() {
            return Err(OpenError::Missing(self.path.clone()));
        }
        let settings = SqliteConnectOptions::new()
            .filename(&self.path)
            .busy_timeout(self.patience)
            .read_only(true)
            .disable_statement_logging();
        let mut connection = self.connect(&settings).await?;
        self.check_owner(&mut connection).await?;
        self.check_schema(&mut connection).await?;
        Ok(connection)
    }

    /// The newest migration in the database must be the newest that this version knows.
    async fn check_schema(&self, connection: &mut SqliteConnection) -> Result<(), OpenError> {
        let made = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
        let made: i64 = sqlx::query_scalar(made)
            .fetch_one(&mut *connection)
            .await
            .map_err(|cause| self.explain(cause))?;
        if made == 0 {
            return Err(OpenError::Missing(self.path.clone()));
        }
        let schema = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
        let schema: i64 = sqlx::query_scalar(schema)
            .fetch_one(connection)
            .await
            .map_err(|cause| self.explain(cause))?;
        let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        let path = self.path.clone();
        match schema.cmp(&known) {
            Ordering::Less => Err(OpenError::Older { path, schema }),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(OpenError::Newer { path, schema }),
        }
    }

    /// The library says "unable to open" for all of these; people need to know which.
    fn check_folder(&self, if_missing: IfMissing) -> Result<(), OpenError> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(OpenError::NoFolder(self.path.clone()));
        }
        if self.path.is_dir() {
            return Err(OpenError::NotADatabase(self.path.clone()));
        }
        if if_missing == IfMissing::Fail && !self.path.exists() {
            return Err(OpenError::Gone(self.path.clone()));
        }
        Ok(())
    }

    /// Makes a missing file, readable by this user alone; the library gives its log files the same
    /// permissions. A file that is there is not even opened: closing it would lift the locks that
    /// this process holds on it.
    fn make_private(&self) {
        if self.path.exists() {
            return;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // A failure here is the library's too, and is explained there.
        let _ = options.open(&self.path);
    }

    async fn check_owner(&self, connection: &mut SqliteConnection) -> Result<(), OpenError> {
        let read = sqlx::query_as(
            "SELECT application_id, (SELECT count(*) FROM sqlite_schema) \
             FROM pragma_application_id",
        )
        .fetch_one(connection)
        .await;
        let (owner, tables): (i64, i64) = read.map_err(|cause| self.explain(cause))?;
        let new = owner == 0 && tables == 0;
        if new || owner == APPLICATION_ID {
            Ok(())
        } else {
            Err(OpenError::Foreign(self.path.clone()))
        }
    }

    async fn migrate(&self, connection: &mut SqliteConnection) -> Result<(), OpenError> {
        // One transaction around all of it: two processes that start at once take turns.
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(|cause| self.explain(cause))?;
        // Not `run`: the compiler cannot tell that its future may change threads.
        match MIGRATIONS.run_direct(None, &mut *transaction, false).await {
            Ok(()) => {}
            Err(MigrateError::VersionMissing(schema)) => {
                return Err(OpenError::Newer { path: self.path.clone(), schema });
            }
            Err(MigrateError::Execute(cause)) => return Err(self.explain(cause)),
            Err(source) => return Err(OpenError::Schema { path: self.path.clone(), source }),
        }
        transaction.commit().await.map_err(|cause| self.explain(cause))
    }

    /// Says what an error of the library means to whoever starts the program.
    fn explain(&self, cause: sqlx::Error) -> OpenError {
        let path = self.path.clone();
        match primary_code(&cause) {
            Some(code::BUSY | code::LOCKED) => OpenError::Locked(path),
            Some(code::PERMISSION | code::READONLY | code::CANTOPEN | code::AUTHORISATION) => {
                OpenError::NotAllowed(path)
            }
            Some(code::NOT_A_DATABASE | code::CORRUPT) => OpenError::NotADatabase(path),
            _ => OpenError::Other { path, source: cause },
        }
    }
}

/// Result codes of the library, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const PERMISSION: u32 = 3;
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const CANTOPEN: u32 = 14;
    pub(super) const TOO_BIG: u32 = 18;
    pub(super) const CONSTRAINT: u32 = 19;
    pub(super) const AUTHORISATION: u32 = 23;
    pub(super) const NOT_A_DATABASE: u32 = 26;
}

/// The primary result code: the low byte of the extended one.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// True if the record itself is at fault, so that others can still be written.
pub(super) fn is_about_the_record(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(code::TOO_BIG | code::CONSTRAINT))
}
