//! CSV: records of bounded length, with the line on which each starts.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, ReaderBuilder};

/// Records of a file with separated values, one after the other.
pub(super) struct Records<R> {
    input: R,
    core: csv_core::Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// The line on which the next byte stands.
    line: u64,
    limit_bytes: usize,
}

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The line on which it starts, from 1.
    pub(super) line: u64,
    /// Its fields, or what is wrong with it.
    pub(super) fields: Result<Vec<String>, String>,
}

/// What one record is made of, before it is looked at.
#[derive(Default)]
struct Raw {
    bytes: usize,
    ends: usize,
    quotes: u64,
    lines: u64,
    too_long: bool,
    at_end: bool,
}

/// Columns of the widest record.
const COLUMNS: usize = 4_096;
/// Bytes of the first buffer; it grows up to the limit.
const FIRST_BYTES: usize = 4_096;

impl<R: BufRead> Records<R> {
    /// Records of at most `limit_bytes`, separated by `separator`.
    pub(super) fn new(input: R, separator: u8, limit_bytes: usize) -> Self {
        let core = ReaderBuilder::new().delimiter(separator).build();
        let fields = vec![0; FIRST_BYTES.min(limit_bytes)];
        Self { input, core, fields, ends: vec![0; 64], line: 1, limit_bytes }
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        self.skip_line_ends()?;
        let line = self.line;
        let Some(raw) = self.read()? else { return Ok(None) };
        self.line += raw.lines;
        Ok(Some(Record { line, fields: self.fields(&raw) }))
    }

    /// Empty lines, and the second half of `\r\n`.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else { return Ok(()) };
            if byte != b'\n' && byte != b'\r' {
                return Ok(());
            }
            self.line += u64::from(byte == b'\n');
            self.input.consume(1);
        }
    }

    fn read(&mut self) -> io::Result<Option<Raw>> {
        let mut raw = Raw::default();
        loop {
            let input = self.input.fill_buf()?;
            raw.at_end = input.is_empty();
            let (result, read, wrote, ended) = self.core.read_record(
                input,
                &mut self.fields[raw.bytes..],
                &mut self.ends[raw.ends..],
            );
            for byte in &input[..read] {
                raw.lines += u64::from(*byte == b'\n');
                raw.quotes += u64::from(*byte == b'"');
            }
            self.input.consume(read);
            raw.bytes += wrote;
            raw.ends += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.fields.len() < self.limit_bytes => {
                    let longer = (self.fields.len() * 2).min(self.limit_bytes);
                    self.fields.resize(longer, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < COLUMNS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                // What is too long is read to its end, but not kept.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    raw.too_long = true;
                    (raw.bytes, raw.ends) = (0, 0);
                }
                ReadRecordResult::Record => return Ok(Some(raw)),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn fields(&self, raw: &Raw) -> Result<Vec<String>, String> {
        // Quotes of a whole record come in pairs.
        if raw.at_end && raw.quotes % 2 == 1 && raw.lines > 0 {
            return Err(format!(
                "a quote is opened and never closed, so that the {} lines up to the end are one \
                 row; close it, or write it twice (\"\") where it belongs to the text",
                raw.lines + 1
            ));
        }
        if raw.too_long {
            return Err(format!(
                "the row is longer than {} bytes; shorten it, and look for a quote that is opened \
                 and not closed",
                self.limit_bytes
            ));
        }
        let mut start = 0;
        let mut fields = Vec::with_capacity(raw.ends);
        for &end in &self.ends[..raw.ends] {
            let field = std::str::from_utf8(&self.fields[start..end]);
            let field = field.map_err(|_| "it is not UTF-8; save the file as UTF-8")?;
            fields.push(field.to_owned());
            start = end;
        }
        Ok(fields)
    }
}

/// What separates the values: whatever of comma, semicolon and tab stands most often in the line
/// of column names, outside of quotes; a comma where there is none.
pub(super) fn separator(header: &[u8]) -> u8 {
    const SEPARATORS: [u8; 3] = *b",;\t";
    let (mut counts, mut quoted) = ([0_usize; SEPARATORS.len()], false);
    for &byte in header {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some(place) = SEPARATORS.iter().position(|known| *known == byte) {
                    counts[place] += 1;
                }
            }
            _ => {}
        }
    }
    let best = (0..SEPARATORS.len()).rev().max_by_key(|&place| counts[place]);
    SEPARATORS[best.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, limit_bytes: usize) -> Vec<(u64, Result<Vec<String>, String>)> {
        // A buffer of one byte: nothing may depend on where a chunk ends.
        let input = io::BufReader::with_capacity(1, text.as_bytes());
        let mut records = Records::new(input, b',', limit_bytes);
        let mut found = Vec::new();
        while let Some(record) = records.next().unwrap() {
            found.push((record.line, record.fields));
        }
        found
    }

    fn lines(text: &str) -> Vec<(u64, Vec<String>)> {
        records(text, 99).into_iter().map(|(line, fields)| (line, fields.unwrap())).collect()
    }

    #[test]
    fn every_record_knows_its_line() {
        let want = [(1, vec!["a", "b"]), (2, vec!["c\nd\"", "e"]), (5, vec!["f", ""])];
        let want = want.map(|(line, fields)| {
            (line, fields.into_iter().map(str::to_owned).collect::<Vec<_>>())
        });
        assert_eq!(lines("a,b\n\"c\nd\"\"\",e\n\nf,\n"), want);
        let crlf = lines("a,b\r\n\"c\r\nd\"\"\",e\r\n\r\nf,");
        assert_eq!(crlf[1], (2, vec!["c\r\nd\"".to_owned(), "e".to_owned()]));
        assert_eq!(crlf[2], want[2]);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn what_is_too_long_or_never_closed_costs_itself_alone() {
        let long = format!("a,b\n{},x\nc,d\n", "y".repeat(300));
        let found = records(&long, 20);
        assert!(found[1].1.as_ref().unwrap_err().contains("longer than 20 bytes"), "{found:?}");
        assert_eq!(found[2], (3, Ok(vec!["c".to_owned(), "d".to_owned()])));
        let found = records("a,b\n\"c,d\ne,f\n", 99);
        assert_eq!(found[1].0, 2);
        assert!(found[1].1.as_ref().unwrap_err().contains("never closed"), "{found:?}");
        let wide = ",".repeat(5_000);
        assert!(records(&wide, 99)[0].1.is_err());
    }

    #[test]
    fn the_separator_is_the_most_frequent_one() {
        assert_eq!(separator(b"text;label\na,b,c"), b';');
        assert_eq!(separator(b"text\tlabel\n"), b'\t');
        assert_eq!(separator(b"\"a;b;c\",label\n"), b',');
        assert_eq!(separator(b"text\n"), b',');
    }
}
