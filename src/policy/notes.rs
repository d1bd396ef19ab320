//! What is worth knowing about a policy that loads all the same.

use jiff::civil::Date;

use super::document::Document;

/// Names that one note lists.
const NAMES_MAX: usize = 20;

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What kind of thing.
    pub about: About,
    /// The key, dotted, e.g. `review_by`.
    pub key: String,
    /// What was found, and what to do about it.
    pub text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A date has passed.
    Calendar,
    /// Two rules meet in one case; the document's order says which comes first.
    Overlap,
    /// No probe would notice if the rule changed.
    Coverage,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.key, self.text)
    }
}

impl Note {
    pub(super) fn new(about: About, key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { about, key: key.into(), text: text.into() }
    }
}

/// The dates of a document that have passed.
pub(super) fn calendar(document: &Document, today: Date) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(date) = document.review_by.map(|date| date.0).filter(|date| *date < today) {
        let text = format!("the review was due on {date}; review the policy and write a new date");
        notes.push(Note::new(About::Calendar, "review_by", text));
    }
    for (name, role) in &document.role {
        let past = role.exceptions.iter().map(|exception| exception.on.0);
        let past: Vec<_> = past.filter(|date| *date < today).map(|date| date.to_string()).collect();
        if !past.is_empty() {
            let text = format!("{} is past; it can go", past.join(", "));
            notes.push(Note::new(About::Calendar, format!("role.{name}.exceptions"), text));
        }
    }
    notes
}

/// Names in a row: the first ones, and how many more there are.
pub(super) fn listed<'a>(names: &[&'a str]) -> String {
    let shown: Vec<&'a str> = names.iter().copied().take(NAMES_MAX).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
