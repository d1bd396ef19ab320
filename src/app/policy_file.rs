//! The file of the policy in force: read, and replaced in one step.

use std::{
    fs::{self, File, Metadata},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, fchown},
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};
use tempfile::NamedTempFile;

/// A policy file that can be replaced.
#[derive(Debug)]
pub(super) struct PolicyFile {
    /// The file itself, links followed: a link that points to it stays one.
    path: PathBuf,
    folder: PathBuf,
}

/// A text on the disk beside the file that it is to replace; dropped, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Written {
    fresh: NamedTempFile,
    path: PathBuf,
    folder: PathBuf,
}

/// Why a policy cannot be written, and what makes it possible.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadOnly {
    /// There is no file.
    #[error(
        "the built-in policy is in force, which has no file: write it to one with `baton policy \
         show > policy.toml`, name that one with --policy, BATON_POLICY or policy in baton.toml, \
         and start again"
    )]
    BuiltIn,
    /// The file is not there.
    #[error("{} cannot be found ({cause}): put it back, or name another one with --policy", path.display())]
    Gone {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file must not be written.
    #[error("{} is read-only for this process: let its user write it (chmod u+w), or mount it writable", .0.display())]
    File(PathBuf),
    /// Nothing can be put beside the file.
    #[error("the folder {} is read-only for this process: let its user write it, since the new text is put beside the old one first", .0.display())]
    Folder(PathBuf),
}

impl PolicyFile {
    /// Of an option that names the file or none.
    ///
    /// # Errors
    /// It cannot be written, as far as can be told without writing.
    pub(super) fn of(option: Option<&Path>) -> Result<Self, ReadOnly> {
        let option = option.ok_or(ReadOnly::BuiltIn)?;
        let gone = |cause| ReadOnly::Gone { path: option.to_owned(), cause };
        let path = fs::canonicalize(option).map_err(gone)?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        // The owner of the machine may write anything, but a file without that mark is not meant
        // to be written.
        let marked = fs::metadata(&path).map_err(gone)?.permissions().readonly();
        if marked || access(&path, Access::WRITE_OK).is_err() {
            return Err(ReadOnly::File(path));
        }
        if access(&folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
            return Err(ReadOnly::Folder(folder));
        }
        Ok(Self { path, folder })
    }

    /// What the file says now.
    ///
    /// # Errors
    /// It cannot be read, or is no UTF-8.
    pub(super) fn text(&self) -> io::Result<String> {
        fs::read_to_string(&self.path)
    }

    /// Puts a text on the disk beside the file, with the mode of the file and, as far as this
    /// process may, its owner.
    ///
    /// # Errors
    /// The disk is full, or says no otherwise.
    pub(super) fn write_beside(&self, text: &str) -> io::Result<Written> {
        let old = fs::metadata(&self.path)?;
        let mut fresh =
            tempfile::Builder::new().prefix(".policy-").suffix(".new").tempfile_in(&self.folder)?;
        fresh.write_all(text.as_bytes())?;
        keep_owner(fresh.as_file(), &old);
        // Behind the owner: a change of owner may clear marks of the mode.
        fresh.as_file().set_permissions(old.permissions())?;
        fresh.as_file().sync_all()?;
        Ok(Written { fresh, path: self.path.clone(), folder: self.folder.clone() })
    }
}

impl Written {
    /// Replaces the file in one step: whoever reads it reads the old text or the new one.
    ///
    /// # Errors
    /// The file is as it was. A folder that cannot be flushed is logged, since the file is
    /// replaced already.
    pub(super) fn replace(self) -> io::Result<()> {
        let Self { fresh, path, folder } = self;
        fresh.persist(path).map_err(|refused| refused.error)?;
        if let Err(cause) = File::open(&folder).and_then(|folder| folder.sync_all()) {
            tracing::warn!(%cause, "a power cut now could bring back the old policy file");
        }
        Ok(())
    }
}

/// Gives a file the owner and group of another, or at least the group.
fn keep_owner(file: &File, old: &Metadata) {
    let same = file.metadata().is_ok_and(|new| (new.uid(), new.gid()) == (old.uid(), old.gid()));
    if !same && fchown(file, Some(old.uid()), Some(old.gid())).is_err() {
        // Only the owner of the machine may give files away; the text counts for more.
        let _ = fchown(file, None, Some(old.gid()));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::Permissions,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_behind_its_link_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real.toml"), folder.path().join("policy.toml"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink("real.toml", &link).unwrap();

        let file = PolicyFile::of(Some(&link)).unwrap();
        let written = file.write_beside("new").unwrap();
        assert_eq!(file.text().unwrap(), "old", "nothing is replaced yet");
        written.replace().unwrap();
        assert_eq!((file.text().unwrap().as_str(), mode(&path)), ("new", 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        drop(file.write_beside("given up").unwrap());
        assert_eq!(names(folder.path()), ["policy.toml", "real.toml"], "nothing is left behind");
        assert_eq!(file.text().unwrap(), "new");
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        let why = |option: Option<&Path>| PolicyFile::of(option).unwrap_err().to_string();
        assert!(why(None).contains("built-in policy") && why(None).contains("--policy"));
        assert!(why(Some(&path)).contains("cannot be found"), "{}", why(Some(&path)));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        assert!(why(Some(&path)).contains("policy.toml is read-only"), "{}", why(Some(&path)));
    }
}
