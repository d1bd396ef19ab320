//! Whether the database is still the file that was opened.

use super::open::Connector;

/// Tells two databases of the same name apart: device and inode of the file and of its log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FileId([(u64, u64); 2]);

impl FileId {
    #[cfg(unix)]
    /// Of the files that exist now; `None` if one of them does not.
    pub(super) fn of(connector: &Connector) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let mut log = connector.path.clone().into_os_string();
        log.push("-wal");
        let (file, log) = (std::fs::metadata(&connector.path).ok()?, std::fs::metadata(log).ok()?);
        Some(Self([(file.dev(), file.ino()), (log.dev(), log.ino())]))
    }

    /// Elsewhere an open file cannot be deleted.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Connector) -> Option<Self> {
        Some(Self::default())
    }
}
