//! Raw scores → probabilities that mean what they say.

use serde::Deserialize;

/// How much less sure than trained a model answers: finite and above 0, 1.0 changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f32")]
pub(super) struct Temperature(f32);

/// The number cannot divide logits.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a temperature: give a finite number above 0")]
pub(super) struct NotATemperature(f32);

/// A score is NaN or infinite: the model or its input is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the model gave a score that is not a finite number")]
pub(super) struct NotFinite;

/// Platt scaling of one score: `1 / (1 + exp(-(a * logit + b)))`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Platt {
    /// Slope, no unit; above 0 where a larger logit means more probable.
    pub(super) a: f32,
    /// Intercept, no unit.
    pub(super) b: f32,
}

impl Temperature {
    /// Leaves the model as trained.
    pub(super) const ONE: Self = Self(1.0);
}

impl TryFrom<f32> for Temperature {
    type Error = NotATemperature;

    fn try_from(value: f32) -> Result<Self, NotATemperature> {
        if value.is_finite() && value > 0.0 { Ok(Self(value)) } else { Err(NotATemperature(value)) }
    }
}

/// Turns one row of logits into probabilities: `softmax(logits / temperature)`.
///
/// - `logits`: `[n]`, raw scores of the last layer, no unit.
/// - `temperature`: no unit; 1.0 leaves the model as trained, above 1 makes it less sure.
/// - returns: `[n]` in the same order, summing to 1 within 1e-5; empty for no logits.
///
/// The largest logit is subtracted first, so `exp` cannot overflow.
///
/// # Errors
/// [`NotFinite`] for a NaN or infinite logit: a broken model must not look like a sure one.
///
/// Source: Guo et al. 2017, section 4.2, <https://arxiv.org/abs/1706.04599>.
pub(super) fn calibrate(logits: &[f32], temperature: Temperature) -> Result<Vec<f32>, NotFinite> {
    if logits.iter().any(|logit| !logit.is_finite()) {
        return Err(NotFinite);
    }
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight = |logit: &f32| ((logit - largest) / temperature.0).exp();
    let weights: Vec<f32> = logits.iter().map(weight).collect();
    let total: f32 = weights.iter().sum();
    Ok(weights.into_iter().map(|weight| weight / total).collect())
}

impl Platt {
    /// The probability that a raw score stands for.
    ///
    /// # Errors
    /// [`NotFinite`] for a NaN or infinite logit.
    ///
    /// Source: Platt 1999, "Probabilistic outputs for support vector machines".
    pub(super) fn probability(self, logit: f32) -> Result<f32, NotFinite> {
        if logit.is_finite() { Ok(sigmoid(self.a.mul_add(logit, self.b))) } else { Err(NotFinite) }
    }
}

/// `1 / (1 + exp(-x))`, in `[0, 1]` for every number that is not NaN.
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(temperature: f32) -> Temperature {
        Temperature::try_from(temperature).unwrap()
    }

    fn close(got: &[f32], want: &[f32]) {
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-6, "{got} instead of {want}");
        }
    }

    /// Golden values of `scipy.special.softmax(numpy.array([2.0, 1.0, 0.1]) / t)`, `SciPy` 1.17.1
    #[test]
    fn probabilities_are_those_of_an_independent_softmax() {
        let logits = [2.0, 1.0, 0.1];
        close(&calibrate(&logits, at(1.0)).unwrap(), &[0.659_001_1, 0.242_433, 0.098_565_9]);
        close(&calibrate(&logits, at(2.0)).unwrap(), &[0.501_687_8, 0.304_289, 0.194_023_2]);
    }

    /// Golden values from `scipy.special.expit(1.5 * x - 0.25)`, `SciPy` 1.17.1.
    #[test]
    fn platt_scaling_is_that_of_an_independent_logistic() {
        let platt = Platt { a: 1.5, b: -0.25 };
        close(&[platt.probability(0.0).unwrap()], &[0.437_823_5]);
        close(&[platt.probability(2.0).unwrap()], &[0.939_913_4]);
        close(
            &[platt.probability(f32::MAX).unwrap(), platt.probability(f32::MIN).unwrap()],
            &[1.0, 0.0],
        );
    }

    #[test]
    fn broken_scores_are_no_probabilities() {
        for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(calibrate(&[0.0, broken], Temperature::ONE), Err(NotFinite));
            assert_eq!(Platt { a: 1.0, b: 0.0 }.probability(broken), Err(NotFinite));
        }
        assert_eq!(calibrate(&[], Temperature::ONE), Ok(Vec::new()));
    }

    #[test]
    fn a_temperature_is_finite_and_above_zero() {
        for wrong in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(Temperature::try_from(wrong).is_err(), "{wrong} passed");
        }
    }

    proptest! {
        #[test]
        fn probabilities_sum_to_one_and_keep_the_order(
            logits in proptest::collection::vec(-1e4f32..1e4, 1..40),
            temperature in 0.01f32..100.0,
        ) {
            let got = calibrate(&logits, at(temperature)).unwrap();
            prop_assert!((got.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            for (i, a) in logits.iter().enumerate() {
                for (j, b) in logits.iter().enumerate() {
                    prop_assert!(a <= b || got[i] >= got[j]);
                }
            }
        }

        #[test]
        fn temperature_one_is_the_plain_softmax(
            logits in proptest::collection::vec(-20f32..20.0, 1..40),
        ) {
            let total: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
            let got = calibrate(&logits, Temperature::ONE).unwrap();
            for (&logit, got) in logits.iter().zip(got) {
                prop_assert!((f64::from(logit).exp() / total - f64::from(got)).abs() < 1e-5);
            }
        }
    }
}
