//! The offset map: which characters of the original became which bytes of the text that is read.

use std::ops::Range;

use crate::domain::{Segment, Span};

/// A text together with the way back to the original it was made from.
///
/// The segments cover `text` in order and without gaps; characters that were dropped stand in
/// none of them.
#[derive(Debug, Default)]
pub(super) struct Traced {
    /// What the original became.
    pub(super) text: String,
    /// Where each part of `text` came from.
    pub(super) segments: Vec<Segment>,
}

/// Bytes of a traced text that give way to a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replacement {
    /// What goes.
    pub(super) bytes: Range<usize>,
    /// What comes instead.
    pub(super) with: &'static str,
}

/// A place whose character is known, so that later ones are counted from there and not from the
/// start of the text: looking up every sentence stays linear.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Anchor {
    /// Byte of the text.
    pub(super) byte: usize,
    /// Character of the original that stands there.
    pub(super) char: u32,
}

impl Traced {
    /// Appends a character that stands for one of the original: itself, or its plain form.
    pub(super) fn keep(&mut self, kept: char, at: u32) {
        let from = offset(self.text.len());
        self.text.push(kept);
        self.extend_verbatim(Span::new(at, at + 1), from);
    }

    /// Appends ASCII characters that stand for themselves.
    pub(super) fn keep_ascii(&mut self, kept: &str, at: u32) {
        let from = offset(self.text.len());
        self.text.push_str(kept);
        self.extend_verbatim(Span::new(at, at + offset(kept.len())), from);
    }

    /// Appends what a range of the original was replaced by as a whole.
    pub(super) fn replace_whole(&mut self, original: Span, with: &str) {
        let from = offset(self.text.len());
        self.text.push_str(with);
        let masked = (from, offset(self.text.len()));
        self.segments.push(Segment { original, masked, verbatim: false });
    }

    /// Removes white space at the end.
    pub(super) fn trim_end(&mut self) {
        let keep = self.text.trim_end().len();
        self.text.truncate(keep);
        while let Some(last) = self.segments.last_mut() {
            let (from, to) = (last.masked.0 as usize, last.masked.1 as usize);
            if to <= keep {
                return;
            }
            if from >= keep {
                self.segments.pop();
                continue;
            }
            // White space is kept one by one only as a single-byte character.
            last.original.end -= offset(to - keep);
            last.masked.1 = offset(keep);
            return;
        }
    }

    /// The same text with some ranges replaced; they are in order and do not overlap.
    pub(super) fn with(self, replacements: &[Replacement]) -> Self {
        if replacements.is_empty() {
            return self;
        }
        let mut out = Self::default();
        let (mut segment, mut anchor) = (0, Anchor::default());
        for replacement in replacements {
            self.copy(&mut out, (anchor, replacement.bytes.start), &mut segment);
            let span = locate(&self.segments, &self.text, anchor, &replacement.bytes);
            out.replace_whole(span, replacement.with);
            anchor = Anchor { byte: replacement.bytes.end, char: span.end };
        }
        self.copy(&mut out, (anchor, self.text.len()), &mut segment);
        out
    }

    /// Copies everything from a place to a byte with its segments; `next` is the first segment
    /// that may touch it.
    fn copy(&self, out: &mut Self, range: (Anchor, usize), next: &mut usize) {
        let (start, end) = range;
        while let Some(segment) = self.segments.get(*next) {
            let (from, to) = (segment.masked.0 as usize, segment.masked.1 as usize);
            let (cut_from, cut_to) = (from.max(start.byte), to.min(end));
            if cut_from < cut_to {
                let text = &self.text[cut_from..cut_to];
                if segment.verbatim {
                    // Counting from the segment's start each time would be quadratic.
                    let inside = start.byte > from;
                    let first = if inside { start.char } else { segment.original.start };
                    let at = offset(out.text.len());
                    out.text.push_str(text);
                    out.extend_verbatim(Span::new(first, first + chars(text)), at);
                } else {
                    out.replace_whole(segment.original, text);
                }
            }
            if to > end {
                return;
            }
            *next += 1;
        }
    }

    /// Notes that everything from byte `from` on was kept one by one.
    fn extend_verbatim(&mut self, original: Span, from: u32) {
        let to = offset(self.text.len());
        match self.segments.last_mut() {
            Some(last) if last.verbatim && last.original.end == original.start => {
                last.original.end = original.end;
                last.masked.1 = to;
            }
            _ => self.segments.push(Segment { original, masked: (from, to), verbatim: true }),
        }
    }
}

/// The characters of the original behind a non-empty range of bytes.
///
/// `anchor` is a known place at or before the range. Cost: linear in the distance from there.
pub(super) fn locate(
    segments: &[Segment],
    text: &str,
    anchor: Anchor,
    bytes: &Range<usize>,
) -> Span {
    let holding = |byte: usize| {
        let next = segments.partition_point(|segment| segment.masked.0 as usize <= byte);
        segments.get(next.saturating_sub(1))
    };
    let count = |segment: &Segment, byte: usize| {
        let from = segment.masked.0 as usize;
        // Where a character is one byte each, no counting is needed.
        if segment.original.len() == segment.masked.1 - segment.masked.0 {
            return segment.original.start + offset(byte - from);
        }
        let known = Anchor { byte: from, char: segment.original.start };
        let known = if anchor.byte > from && anchor.byte <= byte { anchor } else { known };
        known.char + chars(&text[known.byte..byte])
    };
    let start = match holding(bytes.start) {
        Some(segment) if segment.verbatim => count(segment, bytes.start),
        Some(segment) => segment.original.start,
        None => 0,
    };
    let end = match holding(bytes.end.saturating_sub(1)) {
        Some(segment) if segment.verbatim => count(segment, bytes.end),
        Some(segment) => segment.original.end,
        None => 0,
    };
    Span::new(start, end)
}

/// A byte or character count as the domain stores it: texts are far below 4 GiB, being limited to
/// a set number of characters where a conversation is made.
pub(super) fn offset(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Characters of a text.
pub(super) fn chars(text: &str) -> u32 {
    offset(text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "é jo@x.io  é" with the two spaces squeezed.
    fn traced() -> Traced {
        let mut traced = Traced::default();
        for (at, kept) in "é jo@x.io".chars().enumerate() {
            traced.keep(kept, offset(at));
        }
        traced.replace_whole(Span::new(9, 11), " ");
        traced.keep('é', 11);
        traced
    }

    #[test]
    fn replaced_ranges_point_to_all_they_replace() {
        let masked = traced().with(&[Replacement { bytes: 3..10, with: "<email>" }]);
        assert_eq!(masked.text, "é <email> é");
        let spans: Vec<_> = masked.segments.iter().map(|s| (s.original, s.verbatim)).collect();
        let want = [(0, 2, true), (2, 9, false), (9, 11, false), (11, 12, true)];
        assert_eq!(spans, want.map(|(from, to, verbatim)| (Span::new(from, to), verbatim)));
        let mut end = 0;
        for segment in &masked.segments {
            assert_eq!(segment.masked.0, end);
            end = segment.masked.1;
        }
        assert_eq!(end as usize, masked.text.len());
    }

    #[test]
    fn bytes_lead_back_to_characters() {
        let traced = traced();
        let find = |bytes| locate(&traced.segments, &traced.text, Anchor::default(), &bytes);
        assert_eq!(find(3..5), Span::new(2, 4));
        assert_eq!(find(10..13), Span::new(9, 12));
        let anchor = Anchor { byte: 3, char: 2 };
        assert_eq!(locate(&traced.segments, &traced.text, anchor, &(8..10)), Span::new(7, 9));
    }

    #[test]
    fn white_space_at_the_end_goes_with_its_segments() {
        let mut traced = traced();
        traced.replace_whole(Span::new(12, 14), "\n\n");
        traced.trim_end();
        assert_eq!(traced.text, "é jo@x.io é");
        assert_eq!(traced.segments.last().unwrap().original, Span::new(11, 12));
    }
}
