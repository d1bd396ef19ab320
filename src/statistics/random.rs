//! Random numbers from a fixed seed: the same on every machine.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore as _, SeedableRng as _},
};

use super::real;

/// A generator that starts from a seed.
pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number drawn evenly from `[0, 1)`: the upper 53 bits.
    pub(super) fn uniform(&mut self) -> f64 {
        const STEP: f64 = f64::EPSILON / 2.0;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let steps = (self.0.next_u64() >> 11) as f64;
        steps * STEP
    }
}

/// `keep` of `rows` places, drawn without replacement, in order; all of them if there are no more.
pub fn sample(rows: usize, keep: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut drawn = Vec::with_capacity(keep.min(rows));
    // Every place in turn is taken with the share of what is still wanted (Knuth, algorithm S).
    for place in 0..rows {
        let (wanted, left) = (keep.min(rows) - drawn.len(), rows - place);
        if random.uniform() * real(left) < real(wanted) {
            drawn.push(place);
        }
    }
    drawn
}
