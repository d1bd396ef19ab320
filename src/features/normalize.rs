//! Characters: line ends and white space made plain, invisible ones dropped, fancy ones folded.
//!
//! Every step looks at one character and its neighbours, so the way back stays exact.

use crate::domain::Span;

use super::offsets::{Traced, offset};

/// Makes the text plain and remembers where each part came from.
///
/// White space inside a line becomes one space, a line end `\n`, empty lines `\n\n`; white space
/// at both ends goes.
pub(super) fn normalize(original: &str) -> Traced {
    let mut out = Traced { text: String::with_capacity(original.len()), segments: Vec::new() };
    let mut space = Space::default();
    let mut kept = None;
    let (mut rest, mut at) = (original, 0);
    while let Some(found) = rest.chars().next() {
        let plain = plain_len(rest.as_bytes());
        if plain > 0 {
            space.flush(&mut out);
            out.keep_ascii(&rest[..plain], at);
            kept = rest[..plain].chars().next_back();
            (rest, at) = (&rest[plain..], at + offset(plain));
            continue;
        }
        rest = &rest[found.len_utf8()..];
        let here = at;
        at += 1;
        if found.is_whitespace() {
            space.add(found, here);
            continue;
        }
        let joins = matches!(found, '\u{200C}' | '\u{200D}')
            && space.span.is_none()
            && kept.is_some_and(joinable)
            && rest.chars().next().is_some_and(joinable);
        if is_invisible(found) && !joins {
            continue;
        }
        space.flush(&mut out);
        out.keep(fold(found), here);
        kept = Some(found);
    }
    out.trim_end();
    out
}

/// Length of the beginning that stays as it is: ASCII words with one space or line end between.
fn plain_len(bytes: &[u8]) -> usize {
    let graphic = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_graphic);
    let mut at = 0;
    loop {
        if graphic(at) {
            at += 1;
        } else if at > 0 && matches!(bytes.get(at), Some(b' ' | b'\n')) && graphic(at + 1) {
            at += 2;
        } else {
            return at;
        }
    }
}

/// White space that waits for the next visible character.
#[derive(Default)]
struct Space {
    span: Option<Span>,
    line_ends: u32,
    last: Option<char>,
}

impl Space {
    fn add(&mut self, found: char, at: u32) {
        let start = self.span.map_or(at, |span| span.start);
        self.span = Some(Span::new(start, at + 1));
        // The second half of CR LF ends no further line.
        let after_return = self.last == Some('\r') && found == '\n';
        self.line_ends += u32::from(ends_line(found) && !after_return);
        self.last = Some(found);
    }

    /// Writes the white space down, now that something visible follows.
    fn flush(&mut self, out: &mut Traced) {
        let Some(span) = self.span.take() else { return };
        let with = match self.line_ends {
            0 => " ",
            1 => "\n",
            _ => "\n\n",
        };
        let last = self.last.take();
        self.line_ends = 0;
        if out.text.is_empty() {
            return;
        }
        match last {
            Some(kept @ (' ' | '\n')) if span.len() == 1 => out.keep(kept, span.start),
            _ => out.replace_whole(span, with),
        }
    }
}

fn ends_line(found: char) -> bool {
    matches!(found, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// True for a character that nobody sees: controls, zero-width characters, direction marks, tags,
/// fillers. White space is not among them.
pub(super) fn is_invisible(found: char) -> bool {
    if found.is_ascii() {
        return found.is_ascii_control() && !found.is_whitespace();
    }
    let control = found.is_control() && !found.is_whitespace();
    control || is_zero_width(found) || is_direction(found) || is_tag(found) || is_filler(found)
}

/// Zero-width characters, among them the byte-order mark.
pub(super) fn is_zero_width(found: char) -> bool {
    matches!(found, '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{180E}')
}

/// Overrides and isolates of the writing direction: they make a text look like another.
pub(super) fn is_direction_override(found: char) -> bool {
    matches!(found, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Everything that changes the direction, harmless marks too.
fn is_direction(found: char) -> bool {
    is_direction_override(found) || matches!(found, '\u{200E}' | '\u{200F}' | '\u{61C}')
}

/// Tag characters and supplementary variation selectors: both can carry hidden letters.
pub(super) fn is_tag(found: char) -> bool {
    matches!(found, '\u{E0000}'..='\u{E0FFF}')
}

/// Soft hyphens and letters without a form.
fn is_filler(found: char) -> bool {
    matches!(
        found,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{206A}'
            ..='\u{206F}'
    )
}

/// True for what a joiner may join: emoji and scripts that need joiners, never Latin, Greek or
/// Cyrillic letters, between which it only hides something.
pub(super) fn joinable(found: char) -> bool {
    u32::from(found) >= 0x0590 && !found.is_whitespace() && !is_invisible(found)
}

/// The plain form of full-width characters and mathematical letters; all others are kept.
///
/// They look like Latin text to people but not to patterns or to the model.
fn fold(found: char) -> char {
    let code = u32::from(found);
    let folded = match code {
        // Digits, letters and what addresses are made of; other marks belong to their own scripts.
        0xFF10..=0xFF19 | 0xFF21..=0xFF3A | 0xFF41..=0xFF5A | 0xFF20 | 0xFF0D | 0xFF0E | 0xFF3F => {
            code - 0xFEE0
        }
        // 13 alphabets of 52 letters, then digits in five styles; holes are unassigned.
        0x1D400..=0x1D6A3 => {
            let place = (code - 0x1D400) % 52;
            if place < 26 { u32::from('A') + place } else { u32::from('a') + place - 26 }
        }
        0x1D7CE..=0x1D7FF => u32::from('0') + (code - 0x1D7CE) % 10,
        0x24B6..=0x24CF => code - 0x24B6 + u32::from('A'),
        0x24D0..=0x24E9 => code - 0x24D0 + u32::from('a'),
        _ => return found,
    };
    char::from_u32(folded).unwrap_or(found)
}

/// Characters of the original, for callers that need the whole span.
pub(super) fn whole(original: &str) -> Span {
    Span::new(0, offset(original.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(original: &str) -> String {
        normalize(original).text
    }

    #[test]
    fn white_space_is_squeezed_and_lines_are_kept() {
        assert_eq!(plain("  a \t b\r\nc\r\n\r\n\r\nd\u{a0}e \n"), "a b\nc\n\nd e");
        assert_eq!(plain("a\u{2028}b\rc"), "a\nb\nc");
        assert_eq!(plain(" \r\n\t"), "");
    }

    #[test]
    fn invisible_characters_go_and_emoji_stay_whole() {
        assert_eq!(plain("\u{feff}re\u{200b}fund\0 \u{202e}now"), "refund now");
        assert_eq!(plain("👩\u{200d}💻 ok"), "👩\u{200d}💻 ok");
        assert_eq!(plain("pass\u{200d}word so\u{ad}ft"), "password soft");
        assert_eq!(plain("❤\u{fe0f}\u{200d}🔥"), "❤\u{fe0f}\u{200d}🔥");
    }

    #[test]
    fn fancy_letters_become_plain_ones() {
        assert_eq!(plain("ｔｉｅｒ ０"), "tier 0");
        assert_eq!(plain("𝐇𝐞𝐥𝐥𝐨 𝟙𝟚 Ⓞⓚ"), "Hello 12 Ok");
        assert_eq!(plain("é ñ ß 中"), "é ñ ß 中");
    }
}
