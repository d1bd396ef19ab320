//! Comma-separated values (RFC 4180) that a spreadsheet takes for values, never for formulas.

use std::{
    borrow::Cow,
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
        // It begins with a bracket, which starts no formula.
        Cell::Json(value) => Cow::Owned(value.to_string()),
    }
}

/// Characters with which spreadsheets begin a formula, wide forms included, and the byte order
/// mark, which readers skip.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠', '\u{feff}'];

/// A text that would be taken for a formula gets an apostrophe in front, which spreadsheets read
/// as "this is text"; so does one that begins with white space, which some of them skip.
fn harmless(text: &str) -> Cow<'_, str> {
    let begins = text.chars().next().is_some_and(|first| {
        FORMULA.contains(&first) || first.is_whitespace() || first.is_control()
    });
    if begins { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
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
        for text in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u{feff}=1"]
        {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        assert_eq!(harmless("1=1"), "1=1");
    }

    proptest! {
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
