//! A file → labelled conversations: CSV or JSON Lines, in one pass, every fault named by its line.
//!
//! ```text
//! file ─▶ records ─▶ columns ─▶ Row ─▶ Corpus
//!        separated    columns   rows   corpus
//!        objects
//! ```
//!
//! [`Reader`] keeps one row and the bad rows so far, of which there is a limit: a file of any
//! size is read in the memory of its longest row. [`Corpus`] keeps as many rows as its caps say,
//! whatever the size of the file.

mod columns;
mod corpus;
mod corrections;
mod objects;
mod reader;
mod rows;
mod separated;

use std::{io, path::PathBuf};

pub use self::{
    corpus::{Caps, Conflict, Corpus, Example, Gathering, normal},
    corrections::{Correction, LeftOut, Routes, correction, digest},
    reader::Reader,
};
use crate::domain::{self, Conversation};

/// How a file of labelled conversations is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Column or key of the customer's words; found by its name where absent.
    pub text_column: Option<String>,
    /// Column or key of the label; found by its name where absent.
    pub label_column: Option<String>,
    /// Whether a row must have a label.
    pub labels: Labels,
    /// Bad rows that are put up with; the next one ends the reading.
    pub bad_rows: usize,
    /// Bytes of the longest row, line ends within quotes included.
    pub row_bytes: usize,
    /// What a conversation may hold.
    pub conversation: domain::Limits,
}

/// Whether a row must have a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// A row without one is bad.
    #[default]
    Needed,
    /// A row without one has an empty label.
    Welcome,
}

/// A labelled conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// What was said.
    pub conversation: Conversation,
    /// What it is: one word or a few, without spaces around; empty where nobody has said, if
    /// labels are only welcome.
    pub label: String,
    /// Labels that are right, too: `also_acceptable` of a JSON row.
    pub also: Vec<String>,
}

/// A row that cannot be used, with the remedy; never repeats its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadRow {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is missing or cannot be opened or read on.
    #[error("{}: cannot be read: {cause}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Something about the file as a whole.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// So many rows are bad that the file, not the row, must be wrong.
    #[error("{}: more than {limit} rows cannot be used; the first: {}", file.display(), first(bad))]
    TooManyBad {
        /// The file.
        file: PathBuf,
        /// How many were put up with.
        limit: usize,
        /// All of them, in order.
        bad: Vec<BadRow>,
    },
}

/// Bad rows that an error names.
const NAMED: usize = 5;

fn first(bad: &[BadRow]) -> String {
    let named: Vec<_> = bad.iter().take(NAMED).map(ToString::to_string).collect();
    named.join("; ")
}

impl Default for Options {
    fn default() -> Self {
        Self {
            text_column: None,
            label_column: None,
            labels: Labels::Needed,
            bad_rows: 100,
            row_bytes: 2 * 1024 * 1024,
            conversation: domain::Limits::default(),
        }
    }
}

#[cfg(test)]
mod tests;
