//! What whoever trained a pack says of it: its card and its figures, which decide nothing.

use std::{fs::File, io::Read as _, path::Path};

use super::pack::{CARD, FIGURES};

/// Card and figures of a pack, as they were when it was loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Papers {
    /// The model card, Markdown; `None` if the pack has none.
    pub card: Option<String>,
    /// Its figures, JSON; `None` if the pack has none.
    pub figures: Option<String>,
}

/// Bytes of a paper; what is longer is none that a person wrote.
const LIMIT_BYTES: u64 = 1024 * 1024;

impl Papers {
    /// Reads what is there; a pack without papers is as good a pack.
    pub(super) fn read(folder: &Path) -> Self {
        Self { card: text(&folder.join(CARD)), figures: text(&folder.join(FIGURES)) }
    }
}

fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    let mut file = File::open(path).ok()?.take(LIMIT_BYTES + 1);
    file.read_to_string(&mut text).ok()?;
    (text.len() as u64 <= LIMIT_BYTES).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_read_where_they_are_and_no_longer_than_a_paper() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Papers::read(folder.path()), Papers::default());
        std::fs::write(folder.path().join(CARD), "# A").unwrap();
        std::fs::write(folder.path().join(FIGURES), "x".repeat(1024 * 1024 + 1)).unwrap();
        let papers = Papers::read(folder.path());
        assert_eq!((papers.card.as_deref(), papers.figures), (Some("# A"), None));
    }
}
