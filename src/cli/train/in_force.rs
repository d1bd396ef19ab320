//! The intents of the pack in force, as learning takes them.

use ndarray::{Array1, Array2};

use crate::{
    inference::{DIMENSIONS, Stored},
    learn::{Calibration, Head, Moments},
};

/// The head of a pack, with what belongs to it.
pub(super) struct InForce {
    pub(super) head: Head,
    pub(super) prototypes: Array2<f32>,
    pub(super) calibration: Calibration,
}

impl InForce {
    pub(super) fn of(stored: &Stored) -> Self {
        let matrix = |numbers: &[f32]| {
            let shape = (numbers.len() / DIMENSIONS, DIMENSIONS);
            Array2::from_shape_vec(shape, numbers.to_vec())
                .unwrap_or_else(|_| Array2::zeros((stored.intents.len(), DIMENSIONS)))
        };
        let scale = stored.scale;
        let moments = |(mean, sd)| Moments { mean, sd };
        Self {
            head: Head { weight: matrix(&stored.weight), bias: Array1::from(stored.bias.clone()) },
            prototypes: matrix(&stored.prototypes),
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
