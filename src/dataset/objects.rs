//! JSON Lines: objects of bounded length, with the line of each.

use std::io::{self, BufRead};

use bytes::BytesMut;
use serde_json::{Map, Value};
use tokio_util::codec::Decoder as _;

use crate::ndjson::{Line, Lines};

/// Objects of a file, one a line.
pub(super) struct Objects<R> {
    input: R,
    lines: Lines,
    waiting: BytesMut,
}

/// One line.
#[derive(Debug, PartialEq)]
pub(super) struct Object {
    /// Its number, from 1.
    pub(super) line: u64,
    /// Its keys, or what is wrong with it.
    pub(super) keys: Result<Map<String, Value>, String>,
}

impl<R: BufRead> Objects<R> {
    /// Objects of at most `limit_bytes`.
    pub(super) fn new(input: R, limit_bytes: usize) -> Self {
        Self { input, lines: Lines::new(limit_bytes), waiting: BytesMut::new() }
    }

    /// The next line that is not empty; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Object>> {
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            let keys = match &line.content {
                Ok(content) if content.trim_ascii().is_empty() => continue,
                Ok(content) => object(content),
                Err(long) => Err(format!("longer than {} bytes; shorten it", long.limit_bytes)),
            };
            return Ok(Some(Object { line: line.number, keys }));
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(line) = self.lines.decode(&mut self.waiting)? {
                return Ok(Some(line));
            }
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return self.lines.decode_eof(&mut self.waiting);
            }
            let read = chunk.len();
            self.waiting.extend_from_slice(chunk);
            self.input.consume(read);
        }
    }
}

fn object(line: &[u8]) -> Result<Map<String, Value>, String> {
    let value: Value = serde_json::from_slice(line).map_err(|fault| {
        // What serde says repeats no value of a text that is no JSON.
        format!("no JSON at column {}; write one object a line", fault.column())
    })?;
    match value {
        Value::Object(keys) => Ok(keys),
        _ => Err("no JSON object; write one object a line".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_object_or_named() {
        let text = "{\"a\":1}\r\n\n[1]\nxyz\n{\"b\":\"0123456789012345\"}\n{\"c\":2}";
        let mut objects = Objects::new(io::BufReader::with_capacity(3, text.as_bytes()), 12);
        let mut found = Vec::new();
        while let Some(object) = objects.next().unwrap() {
            found.push((object.line, object.keys.map(|keys| keys.len())));
        }
        let lines: Vec<_> = found.iter().map(|(line, keys)| (*line, keys.is_ok())).collect();
        assert_eq!(lines, [(1, true), (3, false), (4, false), (5, false), (6, true)]);
        assert!(found[2].1.as_ref().unwrap_err().contains("column 1"), "{found:?}");
    }
}
