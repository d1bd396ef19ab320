//! What differs between two texts, line by line, with a few lines around.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline, group_diff_ops};

/// A stretch of lines with a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) lines: Vec<Line>,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// `same`, `gone` or `new`.
    pub(super) kind: &'static str,
    /// Its number in the old text, else in the new one.
    pub(super) number: usize,
    pub(super) text: String,
}

/// Lines around a change.
const AROUND: usize = 3;

/// Lines that are shown at most; nobody reads more.
const SHOWN: usize = 1_000;

/// Longest search for the shortest difference; after it, a longer one will do.
const PATIENCE: Duration = Duration::from_millis(500);

/// The differences, in order; none if the texts are the same.
pub(super) fn between(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let until = Some(Instant::now() + PATIENCE);
    let changes = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, until);
    let (mut hunks, mut left) = (Vec::new(), SHOWN);
    for group in group_diff_ops(changes, AROUND) {
        let mut lines: Vec<_> = group.iter().flat_map(|part| shown(part, &old, &new)).collect();
        lines.truncate(left);
        left -= lines.len();
        if lines.is_empty() {
            break;
        }
        hunks.push(Hunk { lines });
    }
    hunks
}

fn shown(part: &DiffOp, old: &[&str], new: &[&str]) -> Vec<Line> {
    let (before, after) = (part.old_range(), part.new_range());
    if matches!(part, DiffOp::Equal { .. }) {
        return lines("same", after, new);
    }
    let mut both = lines("gone", before, old);
    both.extend(lines("new", after, new));
    both
}

fn lines(kind: &'static str, range: std::ops::Range<usize>, text: &[&str]) -> Vec<Line> {
    let line = |at: usize| {
        let text = text.get(at).copied().unwrap_or_default().to_owned();
        Line { kind, number: at + 1, text }
    };
    range.map(line).collect()
}

impl Line {
    /// For whoever cannot see the colour.
    pub(super) fn sign(&self) -> &'static str {
        match self.kind {
            "gone" => "−",
            "new" => "+",
            _ => " ",
        }
    }

    /// The same in words.
    pub(super) fn spoken(&self) -> &'static str {
        match self.kind {
            "gone" => "removed: ",
            "new" => "added: ",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_with_its_surroundings() {
        let old: Vec<_> = (1..=20).map(|line| format!("line {line}\n")).collect();
        let old = old.concat();
        let new = old.replace("line 9\n", "nine\n").replace("line 20\n", "");
        let hunks = between(&old, &new);
        assert_eq!(hunks.len(), 2);
        let kinds: Vec<_> = hunks[0].lines.iter().map(|line| (line.kind, line.number)).collect();
        let expected =
            [("same", 6), ("same", 7), ("same", 8), ("gone", 9), ("new", 9), ("same", 10)];
        assert_eq!(kinds[..6], expected);
        assert_eq!(hunks[1].lines.last().map(|line| line.text.as_str()), Some("line 20"));
        assert_eq!(between(&old, &old), []);
    }

    #[test]
    fn texts_that_share_nothing_are_shown_in_bounded_time_and_size() {
        let lines = |word: &str| (0..50_000).map(|n| format!("{word} {n}\n")).collect::<Vec<_>>();
        let text = |word: &str| lines(word).concat();
        let began = Instant::now();
        let hunks = between(&text("old"), &text("new"));
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert_eq!(hunks.iter().map(|hunk| hunk.lines.len()).sum::<usize>(), SHOWN);
    }
}
