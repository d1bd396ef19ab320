//! Characters that nobody sees but a machine reads.

use crate::domain::Span;

use super::normalize::{is_direction_override, is_tag, is_zero_width, joinable};

/// A black flag may be followed by tags that make it the flag of a region.
const FLAG: char = '\u{1F3F4}';

/// The first place at which hidden characters stand inside words or change the direction.
///
/// Emoji sequences, a byte-order mark at the start and soft hyphens are harmless.
pub(super) fn first_hidden(original: &str) -> Option<Span> {
    // Byte by byte, since nearly every text is plain and some are long.
    if original.is_ascii() && !original.bytes().any(|byte| is_hidden_control(byte.into())) {
        return None;
    }
    let mut before = None;
    let mut chars = original.chars().zip(0_u32..).peekable();
    while let Some((found, at)) = chars.next() {
        if !is_hidden(found) {
            before = Some(found);
            continue;
        }
        let (mut end, mut last, mut strong) = (at + 1, found, is_strong(found, before));
        while let Some((next, _)) = chars.next_if(|(next, _)| is_hidden(*next)) {
            strong |= is_strong(next, before);
            (end, last) = (end + 1, next);
        }
        let next = chars.peek().map(|(next, _)| *next);
        let joins = matches!(last, '\u{200C}' | '\u{200D}')
            && end == at + 1
            && before.is_some_and(joinable)
            && next.is_some_and(joinable);
        let in_word =
            before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        if strong || (in_word && !joins) {
            return Some(Span::new(at, end));
        }
    }
    None
}

fn is_hidden(found: char) -> bool {
    is_zero_width(found)
        || is_direction_override(found)
        || is_tag(found)
        || is_hidden_control(found)
}

/// True for control characters that no keyboard puts into a word, e.g. NUL and backspace; the
/// escape character begins the colours of pasted terminal output and is harmless.
fn is_hidden_control(found: char) -> bool {
    found.is_control()
        && !matches!(found, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1b}' | '\u{85}')
}

/// True for what is never harmless: overrides, and tags that follow no flag.
fn is_strong(found: char, before: Option<char>) -> bool {
    is_direction_override(found) || (is_tag(found) && before != Some(FLAG))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_hidden_in_words_are_found() {
        let cases = [
            ("re\u{200b}fund", (2, 3)),
            ("pay\u{200d}pal", (3, 4)),
            ("a\u{2060}\u{feff}b", (1, 3)),
            ("see \u{202e}txt.exe", (4, 5)),
            ("\u{2067}abc\u{2069}", (0, 1)),
            ("hi\u{e0041}\u{e0042}", (2, 4)),
            ("1\u{200b}2", (1, 2)),
            ("pass\0word", (4, 5)),
        ];
        for (text, (start, end)) in cases {
            assert_eq!(first_hidden(text), Some(Span::new(start, end)), "{text:?}");
        }
    }

    #[test]
    fn harmless_characters_are_not() {
        let texts = [
            "\u{feff}Hello",
            "👩\u{200d}💻 works",
            "❤\u{fe0f}\u{200d}🔥",
            "so\u{ad}ft hy\u{ad}phen",
            "می\u{200c}خواهم",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "end \u{200b} of word",
            "end \0 of word",
            "\u{1b}[31merror\u{1b}[0m",
            "plain",
        ];
        for text in texts {
            assert_eq!(first_hidden(text), None, "{text:?}");
        }
    }
}
