//! The spool's folder: one process at a time, and nobody else reads in it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::open::OpenError;

/// A folder that belongs to this process for as long as the value lives.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// The system lifts the lock when the file is closed, even if the process is killed.
    _lock: File,
}

/// The file whose lock says that the folder is in use; it stays, since deleting it would let two
/// processes lock two files of the same name.
const LOCK: &str = "lock";

/// Written and deleted at the start.
const PROBE: &str = "probe.part";

impl Folder {
    /// Opens the folder, makes it if it is missing, and locks it.
    ///
    /// # Errors
    /// Another process uses the folder, or it cannot be made or written.
    pub(super) fn open(path: PathBuf) -> Result<Self, OpenError> {
        let lock = match locked(&path) {
            Ok(lock) => lock,
            Err(TryLockError::WouldBlock) => return Err(OpenError::SpoolTaken(path)),
            Err(TryLockError::Error(source)) => return Err(OpenError::Spool { path, source }),
        };
        match probe(&path) {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(source) => Err(OpenError::Spool { path, source }),
        }
    }

    /// Flushes the names in the folder.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// Makes a file that only this user may read, empty.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    private().truncate(true).open(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn locked(folder: &Path) -> Result<File, TryLockError> {
    make(folder).map_err(TryLockError::Error)?;
    let lock = private().open(folder.join(LOCK)).map_err(TryLockError::Error)?;
    lock.try_lock()?;
    Ok(lock)
}

/// Makes the folder, readable by this user alone: texts are masked, but they are still texts.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file: what is not allowed is found out now rather than on the day of need.
fn probe(folder: &Path) -> io::Result<()> {
    let probe = folder.join(PROBE);
    remove(&probe)?;
    let file = private_file(&probe)?;
    let tightened = tighten(folder, &file);
    remove(&probe)?;
    tightened
}

/// Takes the folder away from other users if it is this user's own; `mine` is a file that this
/// process made. A folder with the sticky bit, such as `/tmp`, is shared on purpose.
#[cfg(unix)]
fn tighten(folder: &Path, mine: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let found = fs::metadata(folder)?;
    let (open, shared) = (found.mode() & 0o077 != 0, found.mode() & 0o1000 != 0);
    if !open || shared || found.uid() != mine.metadata()?.uid() {
        return Ok(());
    }
    tracing::info!(folder = %folder.display(), "the spool folder is closed to other users now");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn tighten(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

/// Deletes a file that may be gone already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}
