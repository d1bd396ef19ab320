//! Probabilities that cannot hold a wrong value.

use serde::{Deserialize, Serialize};

/// A calibrated probability: always in `[0, 1]`, never NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f32")]
pub struct Probability(f32);

/// The number is not in `[0, 1]`.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a probability: give a number from 0 to 1")]
pub struct NotAProbability(pub f32);

impl Probability {
    /// Impossible.
    pub const ZERO: Self = Self(0.0);
    /// Certain.
    pub const ONE: Self = Self(1.0);

    /// The nearest probability: a sum of probabilities may end a rounding error above 1.
    ///
    /// NaN becomes 0, so that a broken number never looks sure.
    pub fn saturating(value: f32) -> Self {
        if value.is_nan() { Self::ZERO } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number, in `[0, 1]`.
    pub const fn get(self) -> f32 {
        self.0
    }
}

impl TryFrom<f32> for Probability {
    type Error = NotAProbability;

    fn try_from(value: f32) -> Result<Self, NotAProbability> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(NotAProbability(value)) }
    }
}

impl From<Probability> for f32 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_probability_is_refused() {
        for wrong in [-0.001, 1.001, f32::NAN, f32::INFINITY] {
            assert!(Probability::try_from(wrong).is_err(), "{wrong} passed");
        }
        assert_eq!(Probability::saturating(f32::NAN), Probability::ZERO);
    }

    proptest! {
        #[test]
        fn saturating_always_lands_inside(value in proptest::num::f32::ANY) {
            let got = Probability::saturating(value).get();
            prop_assert!((0.0..=1.0).contains(&got));
        }
    }
}
