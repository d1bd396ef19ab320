//! Which reviewed decisions a model has learnt from, over all its generations.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::{
    cli::Error,
    domain::{DecisionId, Timestamp},
};

/// Decisions, each with the moment of the latest of its reviews that was learnt from.
///
/// One moment for all would not do: what was left out before it, such as an intent that the model
/// did not have, may teach the next one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Learnt(BTreeMap<DecisionId, Timestamp>);

impl Learnt {
    /// What `figures.json` of a pack says; nothing where it says nothing of it.
    pub(super) fn of(figures: &Value) -> Result<Self, Error> {
        let decisions = &figures["corrections"]["decisions"];
        if decisions.is_null() {
            return Ok(Self::default());
        }
        let read = BTreeMap::deserialize(decisions).map(Self);
        read.map_err(|cause| {
            Error::Reported(format!(
                "figures.json of the model in force, corrections.decisions: {cause}; restore it, \
                 since without it everything would be learnt again"
            ))
        })
    }

    /// The same with further ones.
    pub(super) fn with(&self, more: impl Iterator<Item = (DecisionId, Timestamp)>) -> Self {
        let mut all = self.clone();
        all.0.extend(more);
        all
    }

    /// True if no review of the decision is later than what was learnt from.
    pub(super) fn knows(&self, id: DecisionId, at: Timestamp) -> bool {
        self.0.get(&id).is_some_and(|until| at <= *until)
    }

    /// `corrections` of `figures.json`, with what else is said of them.
    pub(super) fn figures(&self, mut said: Value) -> Value {
        said["decisions"] = json!(self.0);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_is_read_again_and_grows() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let id = |byte| DecisionId::new(at(1), [byte; 10]);
        let first = Learnt::default().with([(id(1), at(5)), (id(2), at(6))].into_iter());
        let figures = json!({ "corrections": first.figures(json!({ "learnt": 2 })) });
        assert_eq!(figures["corrections"]["learnt"], 2);
        let read = Learnt::of(&figures).map_err(|error| error.to_string()).unwrap();
        assert_eq!(read, first);
        let next = read.with(std::iter::once((id(1), at(9))));
        let known = [(1, 9), (1, 10), (2, 6), (2, 7), (3, 1)];
        let known = known.map(|(byte, second)| next.knows(id(byte), at(second)));
        assert_eq!(known, [true, false, true, false, false]);
    }

    #[test]
    fn figures_without_them_know_nothing_and_broken_ones_are_refused() {
        for figures in [Value::Null, json!({ "corrections": { "decisions": null } })] {
            assert!(Learnt::of(&figures).is_ok_and(|learnt| learnt == Learnt::default()));
        }
        let broken = Learnt::of(&json!({ "corrections": { "decisions": { "x": 1 } } }));
        assert!(broken.unwrap_err().to_string().contains("corrections.decisions"));
    }
}
