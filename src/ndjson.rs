//! Reads newline-delimited JSON line by line; a line that is too long costs itself alone.

use bytes::{Buf, Bytes, BytesMut};
use tokio_util::codec::Decoder;

/// Cuts a stream into lines of bounded length.
#[derive(Debug)]
pub struct Lines {
    limit_bytes: usize,
    searched: usize,
    skipping: bool,
    number: u64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1; empty lines count.
    pub number: u64,
    /// What stands in it; `Err` if it is longer than the limit.
    pub content: Result<Bytes, TooLong>,
}

/// The line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The limit.
    pub limit_bytes: usize,
}

impl Lines {
    /// Cuts into lines of at most `limit_bytes`, the line end not counted.
    pub const fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, searched: 0, skipping: false, number: 0 }
    }

    /// Takes the line that ends at `end`, then drops `after` bytes of line end.
    fn take(&mut self, input: &mut BytesMut, end: usize, after: usize) -> Line {
        let mut content = input.split_to(end).freeze();
        input.advance(after);
        self.searched = 0;
        self.number += 1;
        let too_long = std::mem::take(&mut self.skipping) || content.len() > self.limit_bytes + 1;
        if content.last() == Some(&b'\r') {
            content.truncate(content.len() - 1);
        }
        let limit_bytes = self.limit_bytes;
        let content = if too_long || content.len() > limit_bytes {
            Err(TooLong { limit_bytes })
        } else {
            Ok(content)
        };
        Line { number: self.number, content }
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = std::io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Line>, std::io::Error> {
        let found = input[self.searched..].iter().position(|&byte| byte == b'\n');
        if let Some(at) = found {
            let end = self.searched + at;
            return Ok(Some(self.take(input, end, 1)));
        }
        self.searched = input.len();
        if self.searched > self.limit_bytes + 1 {
            // Nothing of a line that is too long is kept, so that memory stays bounded.
            self.skipping = true;
            self.searched = 0;
            input.clear();
        }
        Ok(None)
    }

    fn decode_eof(&mut self, input: &mut BytesMut) -> Result<Option<Line>, std::io::Error> {
        if let Some(line) = self.decode(input)? {
            return Ok(Some(line));
        }
        if input.is_empty() && !self.skipping {
            return Ok(None);
        }
        let end = input.len();
        Ok(Some(self.take(input, end, 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(limit_bytes: usize, chunks: &[&str]) -> Vec<Option<String>> {
        let mut codec = Lines::new(limit_bytes);
        let mut input = BytesMut::new();
        let mut lines = Vec::new();
        let text = |line: Line| line.content.ok().map(|b| String::from_utf8_lossy(&b).into_owned());
        for chunk in chunks {
            input.extend_from_slice(chunk.as_bytes());
            while let Some(line) = codec.decode(&mut input).unwrap() {
                lines.push(text(line));
            }
        }
        while let Some(line) = codec.decode_eof(&mut input).unwrap() {
            lines.push(text(line));
        }
        lines
    }

    fn some(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn lines_are_cut_wherever_the_chunks_end() {
        assert_eq!(lines(9, &["a\nb", "b\r\n", "\n", "c"]), some(&["a", "bb", "", "c"]));
        assert_eq!(lines(9, &["a\n"]), some(&["a"]));
        assert_eq!(lines(9, &[]), some(&[]));
    }

    #[test]
    fn a_line_that_is_too_long_costs_itself_alone() {
        let got = lines(3, &["abc\nabcd\nabcdefgh", "ijk", "l\nxyz\r\n", "abcdef"]);
        let want = [Some("abc"), None, None, Some("xyz"), None];
        assert_eq!(got, want.map(|line| line.map(str::to_owned)));
    }
}
