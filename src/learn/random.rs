//! Random choices from a fixed seed: the same on every machine.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore as _, SeedableRng as _},
};

/// A generator that starts from a seed.
pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A place below `count`, which is above 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (count as u128);
        // The upper half of the product is below `count`.
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number drawn evenly from `[0, 1)`: the upper 53 bits.
    pub(super) fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let steps = |bits: u64| bits as f64;
        steps(self.0.next_u64() >> 11) / steps(1 << 53)
    }

    /// Brings items into a random order (Fisher-Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let place = self.below(last + 1);
            items.swap(last, place);
        }
    }
}
