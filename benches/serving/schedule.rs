//! When requests of an open loop are due: the times are fixed before the first one is sent, so a
//! slow server cannot put off its next request and thereby hide how slow it is.

use std::time::Duration;

use baton::statistics::Random;

/// How arrivals lie in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Arrivals {
    /// Independent of each other, as customers are: gaps are exponential.
    Poisson,
    /// Equal gaps.
    Uniform,
}

/// The times, from the start, at which requests are due: at `per_s` a second, for `length`.
pub(crate) fn schedule(
    arrivals: Arrivals,
    per_s: f64,
    length: Duration,
    seed: u64,
) -> Vec<Duration> {
    let mut random = Random::new(seed);
    let mut times = Vec::new();
    let mut at_s = 0.0;
    loop {
        at_s += match arrivals {
            Arrivals::Uniform => 1.0 / per_s,
            Arrivals::Poisson => -(1.0 - random.uniform()).ln() / per_s,
        };
        if at_s >= length.as_secs_f64() {
            return times;
        }
        times.push(Duration::from_secs_f64(at_s));
    }
}
