//! Random numbers from a fixed seed: the same on every machine.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore as _, SeedableRng as _},
};

use super::real;

/// A generator that starts from a seed.
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number drawn evenly from `[0, 1)`: the upper 53 bits.
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = f64::EPSILON / 2.0;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let steps = (self.0.next_u64() >> 11) as f64;
        steps * STEP
    }

    /// A place below `count`, which is above 0.
    pub fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (count as u128);
        // The upper half of the product is below `count`.
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Brings items into a random order (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let place = self.below(last + 1);
            items.swap(last, place);
        }
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
