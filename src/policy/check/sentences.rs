//! Sentences of a boundary.

/// How many sentences a text has: an end mark counts where another sentence begins after it.
pub(super) fn sentences(text: &str) -> usize {
    let text = text.trim();
    if !text.contains(char::is_alphanumeric) {
        return 0;
    }
    let mut count = 1;
    let mut ended = false;
    let mut spaced = false;
    for c in text.chars() {
        match c {
            '.' | '!' | '?' => (ended, spaced) = (true, false),
            '\n' | ' ' | '\t' => spaced = ended,
            // A small letter goes on after an abbreviation such as "e.g.".
            _ if spaced && (c.is_uppercase() || c.is_numeric()) => {
                count += 1;
                (ended, spaced) = (false, false);
            }
            _ => (ended, spaced) = (false, false),
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_counted_past_abbreviations() {
        for (text, count) in [
            ("", 0),
            (" . ", 0),
            ("A generalist can finish it.", 1),
            ("It needs access, e.g. logs or version 2.1, but no change.", 1),
            ("It is hard. Ask an expert.", 2),
            ("Why? Because! So.", 3),
        ] {
            assert_eq!(sentences(text), count, "{text}");
        }
    }
}
