//! Clauses: the parts of a sentence that can be a deed or a result of their own.

use std::ops::Range;

/// Words that open a clause and are no part of what it says.
const JOINTS: [&str; 32] = [
    "and",
    "but",
    "then",
    "so",
    "also",
    "or",
    "yes",
    "yeah",
    "yep",
    "no",
    "nope",
    "nah",
    "ok",
    "okay",
    "well",
    "right",
    "first",
    "second",
    "third",
    "next",
    "finally",
    "now",
    "just",
    "hi",
    "hello",
    "hey",
    "ah",
    "oh",
    "uh",
    "um",
    "lastly",
    "afterwards",
];

/// Where clauses stand in a sentence, white space and joints left out; none is empty.
///
/// Borders are commas and other marks before a space, and the words "and", "but" and "then";
/// what stands in brackets or quotation marks is never cut.
pub(super) fn clauses(words: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut depth = 0_u32;
    let mut quoted = false;
    for (at, c) in words.char_indices() {
        let next = at + c.len_utf8();
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            '“' => quoted = true,
            '”' => quoted = false,
            _ => {}
        }
        if depth > 0 || quoted {
            continue;
        }
        let ends = matches!(c, ',' | ';' | ':' | '—' | '–' | '\n' | '.' | '!' | '?' | '…')
            && words[next..].starts_with(|c: char| c.is_whitespace());
        let dash = words[at..].starts_with(" - ");
        let joins = c == ' '
            && [" and ", " but ", " then ", " & "].iter().any(|joint| {
                words[at..].get(..joint.len()).is_some_and(|here| here.eq_ignore_ascii_case(joint))
            });
        if ends || dash || joins {
            push(words, start..at, &mut out);
            start = if ends { next } else { at };
        }
    }
    push(words, start..words.len(), &mut out);
    out
}

fn push(words: &str, bytes: Range<usize>, out: &mut Vec<Range<usize>>) {
    let bytes = bare(words, bytes);
    if words[bytes.clone()].contains(char::is_alphanumeric) {
        out.push(bytes);
    }
}

/// Without marks at both ends and without joints in front.
fn bare(words: &str, bytes: Range<usize>) -> Range<usize> {
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(c, ',' | ';' | ':' | '.' | '-' | '–' | '—' | '&' | '*' | '•' | '>')
    };
    let (mut start, mut end) = (bytes.start, bytes.end);
    loop {
        let part = &words[start..end];
        start += part.len() - part.trim_start_matches(is_mark).len();
        let part = &words[start..end];
        let first = part.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let is_joint = JOINTS.iter().any(|joint| joint.eq_ignore_ascii_case(first));
        // "No change" denies, "no, I restarted it" only answers.
        let denies = first.eq_ignore_ascii_case("no") && part[first.len()..].starts_with(' ');
        if !is_joint || denies || first.len() == part.len() {
            break;
        }
        start += first.len();
    }
    end -= words[start..end].len() - words[start..end].trim_end_matches(is_mark).len();
    start..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clauses_end_at_marks_and_joints_but_not_in_brackets() {
        let cut = |words: &'static str| -> Vec<&str> {
            clauses(words).into_iter().map(|bytes| &words[bytes]).collect()
        };
        assert_eq!(
            cut("Logged out and in again, had a second admin set it (twice, slowly). No change."),
            ["Logged out", "in again", "had a second admin set it (twice, slowly)", "No change"]
        );
        assert_eq!(
            cut("yes, and then I restarted it - nothing"),
            ["yes", "and", "I restarted it", "nothing"]
        );
        assert_eq!(cut("says \"a, b\" on v1.2"), ["says \"a, b\" on v1.2"]);
        assert_eq!(cut(" , - "), [""; 0]);
    }

    proptest! {
        #[test]
        fn clauses_lie_inside_in_order_and_say_something(words in "[\\PC ,.;\\-andbut\\n]{0,80}") {
            let mut at = 0;
            for bytes in clauses(&words) {
                prop_assert!(bytes.start >= at && bytes.end <= words.len());
                prop_assert!(words[bytes.clone()].contains(char::is_alphanumeric));
                at = bytes.end;
            }
        }
    }
}
