//! Texts with their problem, evidence and steps marked in place.

use std::ops::Range;

use crate::domain::EvidenceKind;

/// Something that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where, in bytes of the text.
    pub(super) range: Range<usize>,
    /// What.
    pub(super) kind: Kind,
}

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The problem, or a part of it.
    Problem,
    /// An identifier or another fact.
    Evidence(EvidenceKind),
    /// A step that was tried, counted from 1.
    Step(usize),
}

/// A run of a text that the same marks cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its words.
    pub(super) text: String,
    /// Classes of the style sheet; empty for what nothing marks.
    pub(super) class: String,
    /// What the marks say.
    pub(super) title: String,
}

/// Cuts a text where marks begin and end.
///
/// - `marks`: may overlap, and may point anywhere; what fits no character is left out.
/// - returns: the pieces in order, together the whole text.
pub(super) fn pieces(text: &str, marks: &[Mark]) -> Vec<Piece> {
    let fits = |mark: &&Mark| text.get(mark.range.clone()).is_some_and(|words| !words.is_empty());
    let marks: Vec<&Mark> = marks.iter().filter(fits).collect();
    let ends = marks.iter().flat_map(|mark| [mark.range.start, mark.range.end]);
    let mut ends: Vec<usize> = ends.chain([0, text.len()]).collect();
    ends.sort_unstable();
    ends.dedup();
    let runs = ends.windows(2).filter_map(|run| match run {
        [from, to] => Some(*from..*to),
        _ => None,
    });
    runs.map(|run| piece(text, run, &marks)).collect()
}

fn piece(text: &str, run: Range<usize>, marks: &[&Mark]) -> Piece {
    let covers = |mark: &&&Mark| mark.range.start <= run.start && run.end <= mark.range.end;
    let (mut classes, mut titles): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    for mark in marks.iter().filter(covers) {
        let (class, title) = match mark.kind {
            Kind::Problem => ("problem", "the problem".to_owned()),
            Kind::Evidence(kind) => ("evidence", kind.as_str().replace('_', " ")),
            Kind::Step(number) => ("step", format!("step {number}")),
        };
        if !classes.contains(&class) {
            classes.push(class);
        }
        titles.push(title);
    }
    let text = text.get(run).unwrap_or_default().to_owned();
    Piece { text, class: classes.join(" "), title: titles.join(", ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(range: Range<usize>, kind: Kind) -> Mark {
        Mark { range, kind }
    }

    #[test]
    fn marks_may_overlap() {
        let marks = [
            mark(0..12, Kind::Problem),
            mark(8..12, Kind::Evidence(EvidenceKind::Order)),
            mark(8..12, Kind::Evidence(EvidenceKind::Reference)),
        ];
        let found = pieces("missing A-12 today", &marks);
        let shown: Vec<_> =
            found.iter().map(|p| (p.text.as_str(), p.class.as_str(), p.title.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("missing ", "problem", "the problem"),
                ("A-12", "problem evidence", "the problem, order, reference"),
                (" today", "", ""),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_character_is_lost_or_doubled(
            text in "\\PC{0,30}", ends in prop::collection::vec((0usize..90, 0usize..90), 0..6)
        ) {
            let marks: Vec<_> =
                ends.into_iter().map(|(from, to)| mark(from..to, Kind::Problem)).collect();
            let joined: String = pieces(&text, &marks).into_iter().map(|p| p.text).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
