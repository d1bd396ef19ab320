//! How unlike the training texts a conversation is, and what that says about its intent.

use serde::Deserialize;

use super::calibrate::sigmoid;

/// Mean and standard deviation of a number on held-out texts.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moments {
    /// Mean.
    pub(super) mean: f32,
    /// Standard deviation, above 0.
    pub(super) sd: f32,
}

/// The parameters of the novelty score.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Novelty {
    /// Of the largest intent logit, before any temperature.
    pub(super) max_logit: Moments,
    /// Of the cosine to the nearest prototype.
    pub(super) best_cosine: Moments,
    /// 95 % quantile of the score on held-out texts.
    pub(super) limit: f32,
}

/// How the score moves probability to `out_of_scope`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutOfScope {
    /// Slope of the logistic link, per unit of novelty.
    pub(super) slope: f32,
    /// Intercept of the logistic link.
    pub(super) intercept: f32,
}

/// With less spread than this, rounding errors would look like novelty.
const LEAST_SD: f32 = 1e-6;

impl Moments {
    /// How many standard deviations above the mean.
    fn z(self, value: f32) -> f32 {
        (value - self.mean) / self.sd
    }

    /// True if the moments can be used as a scale.
    pub(super) fn is_scale(self) -> bool {
        self.mean.is_finite() && self.sd.is_finite() && self.sd > LEAST_SD
    }
}

impl Novelty {
    /// The mean of two z-scores, negated: 0 for the usual text, larger for a stranger one.
    ///
    /// - `max_logit`: the largest intent logit, no unit.
    /// - `best_cosine`: cosine of the conversation to the nearest prototype, in `[-1, 1]`.
    pub(super) fn score(&self, max_logit: f32, best_cosine: f32) -> f32 {
        -f32::midpoint(self.max_logit.z(max_logit), self.best_cosine.z(best_cosine))
    }
}

impl OutOfScope {
    /// Moves probability to the label at `place`: with `q = sigmoid(intercept + slope * novelty)`,
    /// every intent keeps `1 - q` of its own and `place` gets `q` on top.
    ///
    /// The sum stays what it was.
    pub(super) fn shift(self, probabilities: &mut [f32], place: usize, novelty: f32) {
        let q = sigmoid(self.slope.mul_add(novelty, self.intercept));
        for probability in probabilities.iter_mut() {
            *probability *= 1.0 - q;
        }
        if let Some(out_of_scope) = probabilities.get_mut(place) {
            *out_of_scope += q;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOVELTY: Novelty = Novelty {
        max_logit: Moments { mean: 8.0, sd: 2.0 },
        best_cosine: Moments { mean: 0.6, sd: 0.1 },
        limit: 1.6,
    };

    #[test]
    fn the_usual_text_is_not_novel_and_a_strange_one_is() {
        assert!(NOVELTY.score(8.0, 0.6).abs() < 1e-6);
        // Two standard deviations below on one, one on the other.
        assert!((NOVELTY.score(4.0, 0.5) - 1.5).abs() < 1e-5);
        assert!(NOVELTY.score(10.0, 0.7) < 0.0);
    }

    #[test]
    fn out_of_scope_gets_what_the_others_lose() {
        let mut probabilities = [0.6, 0.3, 0.1];
        // sigmoid(ln 3) is three quarters.
        let link = OutOfScope { slope: 3.0_f32.ln(), intercept: 0.0 };
        link.shift(&mut probabilities, 2, 1.0);
        for (got, want) in probabilities.iter().zip([0.15, 0.075, 0.775]) {
            assert!((got - want).abs() < 1e-6, "{probabilities:?}");
        }
    }

    proptest! {
        #[test]
        fn the_sum_stays_one(
            weights in proptest::collection::vec(0.001f32..1.0, 1..30),
            novelty in -50f32..50.0,
            slope in -5f32..5.0,
        ) {
            let total: f32 = weights.iter().sum();
            let mut probabilities: Vec<f32> = weights.iter().map(|w| w / total).collect();
            OutOfScope { slope, intercept: -2.0 }.shift(&mut probabilities, 0, novelty);
            prop_assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
