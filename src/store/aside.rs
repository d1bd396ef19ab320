//! Spool files that were set aside because they cannot be stored: they hold text all the same, so
//! an erasure must reach them too.

use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

use super::{
    folder::{self, Folder},
    spool::{Of, SET_ASIDE},
};
use crate::domain::{DecisionId, pseudonym};

/// Which files that were set aside are deleted.
pub(super) enum Aside {
    /// Those with one of these texts in them. A damaged file has no fields any more, so that more
    /// files may go than have to: nobody could store them anyway.
    Holding(Vec<String>),
    /// Those of decisions before the first one of that time, and damaged ones as old.
    Before(DecisionId, SystemTime),
}

impl Aside {
    pub(super) fn of(of: Of<'_>) -> Self {
        match of {
            Of::Conversation(id) => Self::Holding(vec![quoted(id.as_str())]),
            Of::Customer(id) => Self::Holding(vec![quoted(id), quoted(&pseudonym(id))]),
            Of::Before(time) => {
                let ms = u64::try_from(time.as_millisecond()).unwrap_or(0);
                let time_of_day = SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
                Self::Before(DecisionId::new(time, [0; 10]), time_of_day)
            }
        }
    }

    /// Deletes the files; returns how many.
    pub(super) fn erase(&self, folder: &Folder) -> io::Result<u64> {
        let mut erased = 0;
        let files = match fs::read_dir(&folder.path) {
            // Somebody deleted the folder: nothing is left to erase.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(0),
            files => files?,
        };
        for file in files {
            let path = file?.path();
            if path.extension().is_some_and(|found| found == SET_ASIDE) && self.chooses(&path)? {
                folder::remove(&path)?;
                erased += 1;
            }
        }
        Ok(erased)
    }

    fn chooses(&self, path: &Path) -> io::Result<bool> {
        match self {
            Self::Holding(texts) => {
                let content = fs::read(path)?;
                Ok(texts.iter().any(|text| contains(&content, text.as_bytes())))
            }
            Self::Before(first, time_of_day) => {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                match stem.parse::<DecisionId>() {
                    Ok(id) => Ok(id < *first),
                    Err(_) => Ok(fs::metadata(path)?.modified()? < *time_of_day),
                }
            }
        }
    }
}

/// The text as it stands in JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn contains(content: &[u8], text: &[u8]) -> bool {
    content.windows(text.len()).any(|window| window == text)
}
