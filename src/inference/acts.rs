//! What a sentence does, and how much that says about the matter.

use safetensors::SafeTensors;

use super::{
    calibrate::{NotFinite, Temperature, calibrate},
    head::{DIMENSIONS, Linear},
};
use crate::domain::Act;

/// Probabilities in the order of [`Act::ALL`].
pub(super) type Probabilities = [f32; Act::ALL.len()];

/// The acts head.
#[derive(Debug, Clone)]
pub(super) struct Acts {
    layer: Linear,
    temperature: Temperature,
}

/// The least that a sentence counts.
const LEAST_WEIGHT: f32 = 0.05;

impl Acts {
    /// Reads the tensors `acts.weight` and `acts.bias`; `Err` says what is wrong with them.
    pub(super) fn read(file: &SafeTensors<'_>, temperature: Temperature) -> Result<Self, String> {
        let layer = Linear::read(file, "acts", (Act::ALL.len(), DIMENSIONS))?;
        Ok(Self { layer, temperature })
    }

    /// What a sentence does, given its unit vector.
    pub(super) fn probabilities(&self, vector: &[f32]) -> Result<Probabilities, NotFinite> {
        let probabilities = calibrate(&self.layer.logits(vector), self.temperature)?;
        probabilities.try_into().map_err(|_| NotFinite)
    }
}

/// How much a sentence says about what the customer wants, in `[0.05, 1]`:
/// `1 - 0.9 * P(greeting_thanks) - 0.5 * P(outcome_failed or outcome_worked)`.
///
/// "Hello, that did not help, I was charged twice" is about the charge: a greeting says nearly
/// nothing of the matter, a verdict on the last answer half as much as a plain sentence.
pub(super) fn content_weight(acts: &Probabilities) -> f32 {
    let of = |act: Act| acts[act as usize];
    let verdict = of(Act::OutcomeFailed) + of(Act::OutcomeWorked);
    (1.0 - 0.9 * of(Act::GreetingThanks) - 0.5 * verdict).max(LEAST_WEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure_of(act: Act) -> Probabilities {
        let mut acts = [0.0; Act::ALL.len()];
        acts[act as usize] = 1.0;
        acts
    }

    #[test]
    fn greetings_and_verdicts_count_less_than_the_matter() {
        let weight = |act| content_weight(&sure_of(act));
        assert!((weight(Act::Problem) - 1.0).abs() < 1e-6);
        assert!((weight(Act::OutcomeFailed) - 0.5).abs() < 1e-6);
        assert!((weight(Act::OutcomeWorked) - 0.5).abs() < 1e-6);
        assert!((weight(Act::GreetingThanks) - 0.1).abs() < 1e-6);
        assert!((content_weight(&[1.0; 9]) - LEAST_WEIGHT).abs() < 1e-6, "never below the least");
    }
}
