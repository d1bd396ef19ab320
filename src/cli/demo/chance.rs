//! What happens by chance, the same for the same seed.

use jiff::SignedDuration;

use crate::statistics::Random;

/// Draws for one conversation, which do not depend on what is drawn for others.
pub(super) struct Chance(Random);

/// An odd number that spreads the streams of neighbours (the golden ratio in 64 bits).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// The stream of that number under a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(Random::new(seed ^ stream.wrapping_add(1).wrapping_mul(SPREAD)))
    }

    /// True with that probability.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        self.0.uniform() < share
    }

    /// Evenly drawn from `[0, 1)`.
    pub(super) fn share(&mut self) -> f64 {
        self.0.uniform()
    }

    /// A place below `count`, which is above 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0.below(count)
    }

    /// One of several, of which there is at least one.
    pub(super) fn one<'a>(&mut self, of: &'a [&'a str]) -> &'a str {
        of.get(self.below(of.len().max(1))).copied().unwrap_or_default()
    }

    /// The place of a weight, drawn in proportion to it.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.share() * weights.clone().sum::<f64>();
        for (place, weight) in weights.enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        0
    }

    /// Minutes between two bounds, short ones more often: evenly on a logarithmic scale.
    pub(super) fn minutes(&mut self, (least, most): (f64, f64)) -> SignedDuration {
        let minutes = least * (most / least).powf(self.share());
        SignedDuration::try_from_secs_f64(minutes * 60.0).unwrap_or_default()
    }

    /// Brings items into a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        self.0.shuffle(items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draws = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            [chance.below(1 << 30), chance.below(1 << 30)]
        };
        assert_eq!(draws(7, 1), draws(7, 1));
        assert_ne!(draws(7, 1), draws(7, 2));
        assert_ne!(draws(7, 1), draws(8, 1));
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut chance = Chance::new(7, 0);
        for _ in 0..1_000 {
            let took = chance.minutes((2.0, 30.0)).as_secs_f64() / 60.0;
            assert!((2.0..=30.0).contains(&took), "{took}");
            assert_eq!(chance.weighted([0.0, 1.0, 0.0].into_iter()), 1);
        }
        assert!(chance.happens(1.0) && !chance.happens(0.0));
    }
}
