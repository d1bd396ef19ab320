//! `labels.json`: what the rows of the heads mean.

use std::collections::HashSet;

use serde::Deserialize;

use crate::domain::{Act, Intent, SentimentLabel};

/// The format of packs that this program reads.
const FORMAT: u32 = 1;

/// What the rows of the heads mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    /// Version of the pack's format.
    format: u32,
    /// Name of the model.
    pub(super) name: String,
    /// Intents in the order of the rows.
    pub(super) intents: Vec<Intent>,
    /// Acts in the order of the rows: those of the program.
    acts: Vec<String>,
    /// Sentiments in the order of the rows: those of the program.
    sentiments: Vec<String>,
    /// ISO 639-1 codes of the languages that the model was trained for.
    pub(super) languages: Vec<String>,
}

impl Labels {
    /// Reads and checks the labels; `Err` says what is wrong with them.
    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let labels: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        labels.check()?;
        Ok(labels)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("format {} is not format {FORMAT}", self.format));
        }
        if self.name.is_empty() {
            return Err("name is empty".to_owned());
        }
        if self.intents.is_empty() {
            return Err("intents is empty".to_owned());
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.intents.iter().find(|intent| !seen.insert(intent.as_str())) {
            return Err(format!("the intent {twice} stands there twice"));
        }
        let acts: Vec<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        if self.acts != acts {
            return Err(format!("acts must be {acts:?}, in this order"));
        }
        let sentiments: Vec<_> = SentimentLabel::ALL.iter().map(|label| label.as_str()).collect();
        if self.sentiments != sentiments {
            return Err(format!("sentiments must be {sentiments:?}, in this order"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};

    #[test]
    fn labels_that_do_not_fit_the_program_are_refused_with_the_reason() {
        let fault = |from: &str, to: &str| {
            let json = tiny::LABELS.replace(from, to);
            assert_ne!(json, tiny::LABELS, "nothing replaced");
            Labels::from_json(json.as_bytes()).unwrap_err()
        };
        assert!(Labels::from_json(tiny::LABELS.as_bytes()).is_ok());
        assert_eq!(fault("\"format\": 1", "\"format\": 2"), "format 2 is not format 1");
        assert_eq!(fault("\"billing\"", "\"refund\""), "the intent refund stands there twice");
        assert!(fault("\"impact\"", "\"effect\"").contains("acts must be"));
        assert!(fault("\"neutral\", ", "").contains("sentiments must be"));
        assert!(fault("\"name\"", "\"nom\"").contains("nom"));
    }
}
