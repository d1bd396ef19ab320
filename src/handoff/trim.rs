//! Cutting a long sentence to the clauses around what matters, still as one span.

use std::ops::Range;

/// The part of `words` around the byte `key`, at most `limit` characters, at clause borders.
///
/// Without a border near enough the cut falls between words, and without a space, between
/// characters. Returns bytes of `words`.
pub(super) fn around(words: &str, key: usize, limit: usize) -> Range<usize> {
    if fits(words, limit) {
        return 0..words.len();
    }
    let borders = clause_borders(words);
    let at = borders.partition_point(|&border| border <= key).saturating_sub(1);
    let mut first = at;
    let mut last = (at + 1).min(borders.len() - 1);
    let within = |from: usize, to: usize| fits(words[borders[from]..borders[to]].trim(), limit);
    if !within(first, last) {
        return around_words(words, key.min(words.len()), limit);
    }
    // What follows explains more often than what goes before.
    loop {
        if last + 1 < borders.len() && within(first, last + 1) {
            last += 1;
        } else if first > 0 && within(first - 1, last) {
            first -= 1;
        } else {
            break;
        }
    }
    tidy(words, borders[first]..borders[last])
}

fn fits(words: &str, limit: usize) -> bool {
    words.len() <= limit || words.chars().nth(limit).is_none()
}

/// Where clauses begin, from 0 to the length.
pub(super) fn clause_borders(words: &str) -> Vec<usize> {
    const JOINTS: [&str; 7] =
        [" and ", " but ", " because ", " so that ", " which ", " when ", " then "];
    let mut borders = vec![0];
    for (at, c) in words.char_indices() {
        let next = at + c.len_utf8();
        let rest = &words[at..];
        let stops = matches!(c, ',' | ';' | ':' | '—' | '–' | '\n' | '.')
            && words[next..].starts_with(char::is_whitespace);
        if stops {
            borders.push(next);
        } else if c == ' ' && JOINTS.iter().any(|joint| rest.starts_with(joint)) {
            borders.push(at);
        }
    }
    borders.push(words.len());
    borders.dedup();
    borders
}

/// A window of whole words that holds the byte `key`.
fn around_words(words: &str, key: usize, limit: usize) -> Range<usize> {
    let key = words.floor_char_boundary(key);
    let lead = words[..key].char_indices().rev().take(limit / 4).last();
    let mut start = lead.map_or(key, |(at, _)| at);
    if start > 0 {
        let skipped = words[start..key].find(char::is_whitespace);
        start += skipped.unwrap_or(0);
    }
    start += words[start..].len() - words[start..].trim_start().len();
    let end = words[start..].char_indices().nth(limit).map_or(words.len(), |(at, _)| start + at);
    let cut = words[start..end].rfind(char::is_whitespace).filter(|_| end < words.len());
    tidy(words, start..cut.map_or(end, |cut| start + cut))
}

/// Without joints and white space at the ends.
fn tidy(words: &str, bytes: Range<usize>) -> Range<usize> {
    let part = &words[bytes.clone()];
    let start = bytes.start + (part.len() - part.trim_start().len());
    let part = part.trim();
    start..start + part.trim_end_matches([',', ';', ':', '—', '–']).trim_end().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_sentence_is_cut_to_the_clauses_around_the_key() {
        let text = "We have been customers for nine years and always paid on time, which I \
            mention only because, since Monday, the export of report R-7781 fails with E403, \
            and nobody here can close the books before the auditors arrive on Thursday morning";
        let key = text.find("E403").unwrap();
        let part = &text[around(text, key, 120)];
        assert!(part.contains("fails with E403"), "{part}");
        assert!(part.chars().count() <= 120, "{part}");
    }

    proptest! {
        #[test]
        fn a_part_is_short_enough_and_lies_inside(
            text in "[\\PC ,.]{0,400}", key in 0usize..400, limit in 20usize..240
        ) {
            let part = &text[around(&text, key, limit)];
            prop_assert!(part.chars().count() <= limit);
        }
    }
}
