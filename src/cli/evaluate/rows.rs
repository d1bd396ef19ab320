//! The rows of several files, one after the other.

use std::{collections::VecDeque, path::PathBuf};

use crate::dataset::{Error, Options, Reader, Row};

/// The rows of several files; keeps one row, and the bad ones of which there is a limit.
pub(in crate::cli) struct Rows {
    files: VecDeque<PathBuf>,
    options: Options,
    reading: Option<(PathBuf, Reader)>,
    /// Rows that could not be used, each with file, line and remedy.
    pub(in crate::cli) bad: Vec<String>,
}

impl Rows {
    /// Opens the first file when the first row is asked for.
    pub(in crate::cli) fn of(files: &[PathBuf], options: Options) -> Self {
        let files = files.iter().cloned().collect();
        Self { files, options, reading: None, bad: Vec::new() }
    }

    /// The same rows, each with the name of its file.
    pub(in crate::cli) fn named(&mut self) -> impl Iterator<Item = Result<(String, Row), Error>> {
        std::iter::from_fn(move || {
            let row = self.next()?;
            let file = self.reading.as_ref().map(|(file, _)| file.display().to_string());
            Some(row.map(|row| (file.unwrap_or_default(), row)))
        })
    }

    fn next_row(&mut self) -> Result<Option<Row>, Error> {
        loop {
            let Some((file, reader)) = &mut self.reading else {
                let Some(file) = self.files.pop_front() else { return Ok(None) };
                let reader = Reader::open(&file, &self.options)?;
                self.reading = Some((file, reader));
                continue;
            };
            if let Some(row) = reader.next() {
                return row.map(Some);
            }
            let file = file.display();
            self.bad.extend(reader.bad().iter().map(|bad| format!("{file}, {bad}")));
            self.reading = None;
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.next_row().transpose();
        if matches!(row, Some(Err(_))) {
            // What comes after a file that cannot be read is not worth reading.
            self.files.clear();
            self.reading = None;
        }
        row
    }
}
