//! A file of labelled conversations, row by row.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
};

use super::{
    BadRow, Error, Options, Row,
    objects::Objects,
    rows::{Keys, Places},
    separated::{Records, separator},
};

/// Reads a file row by row; what cannot be used is counted and named.
///
/// Kept in memory are one row, a buffer of 64 KiB and the bad rows so far.
pub struct Reader {
    file: PathBuf,
    options: Options,
    source: Source,
    bad: Vec<BadRow>,
    ended: bool,
}

type Input = BufReader<Box<dyn Read + Send>>;

enum Source {
    Separated(Box<Records<Input>>, Places),
    /// The keys are found in the first object that is one.
    Objects(Objects<Input>, Option<Keys>),
}

/// Bytes that are looked at to find out what the file is.
const BUFFER_BYTES: usize = 64 * 1024;

impl Reader {
    /// Opens a file and finds its form, its separator and its columns.
    ///
    /// # Errors
    /// The file is missing or empty, no CSV and no JSON Lines, or its columns are not clear.
    pub fn open(file: &Path, options: &Options) -> Result<Self, Error> {
        let opened = File::open(file).map_err(|cause| Error::Io { file: file.into(), cause })?;
        Self::of(file, Box::new(opened), options)
    }

    /// The same for what is not a file; `name` is how errors call it.
    ///
    /// # Errors
    /// As for [`Reader::open`].
    pub fn of(name: &Path, input: Box<dyn Read + Send>, options: &Options) -> Result<Self, Error> {
        let file = name.to_owned();
        let broken = |cause| Error::Io { file: file.clone(), cause };
        let wrong = |reason: String| Error::File { file: file.clone(), reason };
        let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
        let start = begin(&mut input).map_err(broken)?.map_err(&wrong)?;
        let source = match start {
            Form::Objects => Source::Objects(Objects::new(input, options.row_bytes), None),
            Form::Separated(by) => {
                let mut records = Records::new(input, by, options.row_bytes);
                let header = records.next().map_err(broken)?;
                let header = header.map_or(Ok(Vec::new()), |header| header.fields);
                let header = header.map_err(|reason| wrong(format!("line 1: {reason}")))?;
                let places = Places::of(&header, options).map_err(&wrong)?;
                Source::Separated(Box::new(records), places)
            }
        };
        let options = options.clone();
        Ok(Self { file, options, source, bad: Vec::new(), ended: false })
    }

    /// The rows that could not be used so far, in order.
    pub fn bad(&self) -> &[BadRow] {
        &self.bad
    }

    fn next_row(&mut self) -> Result<Option<Row>, Error> {
        let broken = |cause| Error::Io { file: self.file.clone(), cause };
        loop {
            let (line, row) = match &mut self.source {
                Source::Separated(records, places) => {
                    let Some(record) = records.next().map_err(broken)? else { return Ok(None) };
                    let line = record.line;
                    let row = |fields| places.row(line, fields, &self.options);
                    (line, record.fields.and_then(row))
                }
                Source::Objects(objects, keys) => {
                    let Some(object) = objects.next().map_err(broken)? else { return Ok(None) };
                    let line = object.line;
                    if let (None, Ok(first)) = (&keys, &object.keys) {
                        let found = Keys::of(first, &self.options);
                        *keys = Some(found.map_err(|reason| Error::File {
                            file: self.file.clone(),
                            reason: format!("line {line}: {reason}"),
                        })?);
                    }
                    let row = object.keys.and_then(|object| match &keys {
                        Some(keys) => keys.row(line, object, &self.options),
                        None => Err("no JSON object; write one object a line".to_owned()),
                    });
                    (line, row)
                }
            };
            match row {
                Ok(row) => return Ok(Some(row)),
                Err(reason) => self.bad.push(BadRow { line, reason }),
            }
            if self.bad.len() > self.options.bad_rows {
                let (file, limit) = (self.file.clone(), self.options.bad_rows);
                return Err(Error::TooManyBad { file, limit, bad: std::mem::take(&mut self.bad) });
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Row, Error>;

    /// The next row that can be used; nothing comes after an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.next_row().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

enum Form {
    Objects,
    Separated(u8),
}

/// Looks at the first bytes and drops a byte order mark; the inner `Err` says what is wrong.
fn begin(input: &mut Input) -> io::Result<Result<Form, String>> {
    let start = input.fill_buf()?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Ok(Err("the file is UTF-16; save it as UTF-8".to_owned()));
    }
    if start.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.fill_buf()?;
    if start.contains(&0) {
        return Ok(Err("this is no text; give CSV or JSON Lines in UTF-8".to_owned()));
    }
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(match first {
        None => Err("the file is empty; give a line of column names and one conversation a row, \
                     or JSON Lines"
            .to_owned()),
        Some(b'{') => Ok(Form::Objects),
        Some(b'[') => Err("a JSON array; write one object a line (jq -c '.[]')".to_owned()),
        Some(_) => Ok(Form::Separated(separator(start.trim_ascii_start()))),
    })
}
