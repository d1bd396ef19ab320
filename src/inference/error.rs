//! Why the model cannot be loaded or started.

use std::{io, path::PathBuf};

use super::options::InvalidOption;

/// Why the model cannot be loaded or started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ONNX Runtime library is missing, too old, or not such a library.
    #[error(
        "{}: {reason}; run scripts/setup, or set BATON_ONNXRUNTIME to a newer libonnxruntime",
        path.display()
    )]
    Library {
        /// The file that was tried.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the model pack is missing, damaged, or does not fit the others.
    #[error("{}: {reason}; {remedy}", file.display())]
    Pack {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// An option cannot be obeyed.
    #[error(transparent)]
    Option(#[from] InvalidOption),
    /// The system gave no thread for a worker.
    #[error("no thread for an inference worker, lower inference.workers: {0}")]
    Thread(#[from] io::Error),
}

/// What to do about a damaged or incomplete pack.
pub(super) const RESTORE: &str = "restore the model pack from its release";
/// What to do about a certificate that does not fit its pack.
pub(super) const CERTIFY: &str =
    "delete its line in checksums.sha256, then run `baton evaluate --certify` on labelled rows";
/// What to do about a pack that cannot be changed.
pub(super) const WRITABLE: &str = "name a pack in a folder that you may write to";
/// What to do about a pack that does not fit this version of the program.
pub(super) const RETRAIN: &str = "write the model pack again with scripts/train";
