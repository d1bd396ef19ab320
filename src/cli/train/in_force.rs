//! The intents of the pack in force, as learning takes them.

use ndarray::{Array1, Array2};

use crate::{
    inference::{DIMENSIONS, Stored},
    learn::{Calibration, Head, Moments},
};

/// The head of a pack, with what belongs to it.
pub(super) struct InForce {
    pub(super) head: Head,
    /// As wide as the head: zeros where it reads more than prototypes say.
    pub(super) prototypes: Array2<f32>,
    pub(super) calibration: Calibration,
}

impl InForce {
    pub(super) fn of(stored: &Stored) -> Self {
        let columns = stored.columns();
        let matrix = |numbers: &[f32], own: usize| {
            Array2::from_shape_fn((numbers.len() / own, columns), |(row, column)| {
                if column < own { numbers[row * own + column] } else { 0.0 }
            })
        };
        let scale = stored.scale;
        let moments = |(mean, sd)| Moments { mean, sd };
        Self {
            head: Head {
                weight: matrix(&stored.weight, columns),
                bias: Array1::from(stored.bias.clone()),
            },
            prototypes: matrix(&stored.prototypes, DIMENSIONS),
            calibration: Calibration {
                temperature: scale.temperature,
                max_logit: moments(scale.max_logit),
                best_cosine: moments(scale.best_cosine),
                limit: scale.limit,
                slope: scale.slope,
                intercept: scale.intercept,
            },
        }
    }
}
