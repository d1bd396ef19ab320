//! Comma-separated values (RFC 4180) that a spreadsheet takes for values, never for formulas.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

use csv_core::{Terminator, WriteResult, Writer, WriterBuilder};

use crate::store::Cell;

/// Rows on their way to an output.
pub(super) struct Rows<W> {
    output: W,
    core: Writer,
    buffer: [u8; 1024],
}

impl<W: Write> Rows<W> {
    pub(super) fn new(output: W) -> Self {
        let core = WriterBuilder::new().terminator(Terminator::CRLF).build();
        Self { output, core, buffer: [0; 1024] }
    }

    /// Writes one row.
    pub(super) fn write(&mut self, cells: &[Cell]) -> io::Result<()> {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                let (_, length) = self.core.delimiter(&mut self.buffer);
                self.output.write_all(&self.buffer[..length])?;
            }
            self.field(spelled(cell).as_bytes())?;
        }
        let (_, length) = self.core.terminator(&mut self.buffer);
        self.output.write_all(&self.buffer[..length])
    }

    fn field(&mut self, mut rest: &[u8]) -> io::Result<()> {
        loop {
            let (result, read, length) = self.core.field(rest, &mut self.buffer);
            self.output.write_all(&self.buffer[..length])?;
            rest = &rest[read..];
            match result {
                WriteResult::InputEmpty => return Ok(()),
                WriteResult::OutputFull => {}
            }
        }
    }
}

/// A value as it stands in its field; an absent one is empty.
fn spelled(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Absent => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Whole(number) => Cow::Owned(number.to_string()),
        Cell::Real(number) => Cow::Owned(number.to_string()),
        Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Cell::Json(value) => Cow::Owned(harmless_json(&value.to_string())),
    }
}

/// Characters with which spreadsheets begin a formula, wide forms included, and the byte order
/// mark, which readers skip.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠', '\u{feff}'];

/// Where a spreadsheet that is set up for another country, or that does not mind the quotes, begins
/// a new cell within a field.
const SPLITS: &[char] = &[';', '\t', '\r', '\n'];

/// A text that would be taken for a formula gets an apostrophe in front, which spreadsheets read
/// as "this is text"; so does one that begins with white space, which some of them skip, and every
/// part of it that would be a cell of its own and begin a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    let blank = text.starts_with(|first: char| first.is_whitespace() || first.is_control());
    if !blank && !text.split(SPLITS).any(begins_formula) {
        return Cow::Borrowed(text);
    }
    let mut guarded = String::with_capacity(text.len() + 8);
    for part in text.split_inclusive(SPLITS) {
        if (guarded.is_empty() && blank) || begins_formula(part) {
            guarded.push('\'');
        }
        guarded.push_str(part);
    }
    Cow::Owned(guarded)
}

/// True if the part would be a formula if it were a cell: quotes are taken off, and some
/// spreadsheets skip white space.
fn begins_formula(part: &str) -> bool {
    part.trim_start_matches(is_skipped).starts_with(FORMULA)
}

fn is_skipped(c: char) -> bool {
    c == '"' || c.is_whitespace() || c.is_control()
}

/// The same document, in which no part begins a formula: an apostrophe would change it, so the
/// character that would begin one is written by its number. The document itself begins with a
/// bracket, and has semicolons within its strings alone.
fn harmless_json(document: &str) -> String {
    let mut guarded = String::with_capacity(document.len());
    for part in document.split_inclusive(SPLITS) {
        let rest = part.trim_start_matches(is_skipped);
        match rest.chars().next().filter(|first| FORMULA.contains(first)) {
            // One of these characters is always within a string: none of the text outside one that
            // can follow a semicolon begins with it.
            Some(first) => {
                guarded.push_str(&part[..part.len() - rest.len()]);
                let _ = write!(guarded, "\\u{:04x}", u32::from(first));
                guarded.push_str(&rest[first.len_utf8()..]);
            }
            None => guarded.push_str(part),
        }
    }
    guarded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(rows: &[Vec<Cell>]) -> String {
        let mut output = Vec::new();
        let mut writer = Rows::new(&mut output);
        for row in rows {
            writer.write(row).unwrap();
        }
        String::from_utf8(output).unwrap()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let row = vec![
            text("plain"),
            text("a,b"),
            text("say \"hi\""),
            text("two\nlines"),
            Cell::Absent,
            Cell::Whole(-3),
            Cell::Real(0.87),
            Cell::Flag(true),
        ];
        let want = "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,-3,0.87,true\r\n";
        assert_eq!(written(&[row]), want);
    }

    #[test]
    fn a_text_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "\u{feff}=1", "\u{1}=1"] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        // White space at which a cell may be split leaves two beginnings.
        for (text, want) in [("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"), ("\n=1", "'\n'=1")] {
            assert_eq!(harmless(text), want, "{text:?}");
        }
        assert_eq!(harmless("1=1"), "1=1");
    }

    #[test]
    fn no_part_of_a_text_is_a_formula_where_it_is_split() {
        for (text, want) in [
            ("a;=1", "a;'=1"),
            ("a; =1", "a;' =1"),
            ("a;\"=1\"", "a;'\"=1\""),
            ("a\r\n=1;b\t@x", "a\r\n'=1;b\t'@x"),
            ("=1;=2", "'=1;'=2"),
            (" a;-1", "' a;'-1"),
            ("one; two\n\nthree", "one; two\n\nthree"),
            ("a;", "a;"),
        ] {
            assert_eq!(harmless(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_document_stays_the_same_for_whoever_reads_it() {
        let document = serde_json::json!([{ "role": "customer", "text": "see;=1; ＝2\n=3;" }]);
        let written = harmless_json(&document.to_string());
        assert_eq!(written, r#"[{"role":"customer","text":"see;\u003d1; \uff1d2\n=3;"}]"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), document);
    }

    proptest! {
        #[test]
        fn no_part_of_a_line_is_a_formula_whoever_splits_it(
            text_of in "[;=+@ \t\r\n\"'a,＝-]{0,16}", said in "[;=+@ \t\r\n\"'a,＝-]{0,16}",
        ) {
            let document = serde_json::json!([{ "role": "customer", "text": said }]);
            let line = written(&[vec![text("id"), text(&text_of), Cell::Json(document.clone())]]);
            for part in line.split(SPLITS) {
                let first = part.trim_start_matches(is_skipped).chars().next();
                prop_assert!(first.is_none_or(|first| !FORMULA.contains(&first)), "{:?}", part);
            }
            let back: serde_json::Value = serde_json::from_str(&spelled(&Cell::Json(
                document.clone(),
            ))).unwrap();
            prop_assert_eq!(back, document);
        }

        #[test]
        fn what_is_written_can_be_read(
            texts in prop::collection::vec(".{0,40}", 1..5), long in 0..3_000_usize,
        ) {
            let mut texts = texts;
            texts.push("\"x,".repeat(long));
            let row: Vec<Cell> = texts.iter().map(|t| text(t)).collect();
            let line = written(&[row]);
            let mut reader = csv_core::Reader::new();
            let (mut bytes, mut ends) = (vec![0; line.len() + 16], vec![0; 16]);
            let (_, _, _, fields) = reader.read_record(line.as_bytes(), &mut bytes, &mut ends);
            prop_assert_eq!(fields, texts.len());
            let mut start = 0;
            for (text, end) in texts.iter().zip(&ends) {
                let found = std::str::from_utf8(&bytes[start..*end]).unwrap();
                prop_assert_eq!(found, &*harmless(text));
                start = *end;
            }
        }
    }
}
