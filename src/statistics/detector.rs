//! An alarm for a rate that may be looked at after every event: the e-detector.

use serde::{Deserialize, Serialize};

/// Watches whether a rate exceeds a limit, and rarely cries wolf: as long as the rate stays within
/// the limit, whatever else changes, the mean time to a false alarm is at least `patience` events,
/// and the probability of one within `t` events is at most `t / patience`.
///
/// A mixture of six Shiryaev-Roberts e-detectors, each of which bets on another excess: of
/// `M ← (M + 1)(1 + λ(x - limit))` the mean over `λ · limit` of 0.02, 0.05, 0.1, 0.2, 0.4, 0.8.
///
/// What it has seen has an order, so two detectors cannot be merged: a stream has one detector.
/// Serialised, it keeps every bit.
///
/// Source: Shin, Ramdas, Rinaldo 2022, "E-detectors", <https://arxiv.org/abs/2203.03532>.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Detector {
    limit: f64,
    patience: f64,
    evidence: [f64; BETS.len()],
    seen: u64,
}

/// What a detector cannot watch.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Unwatchable {
    /// No rate can exceed 1, and every rate exceeds 0.
    #[error("{0} is no limit of a rate: give a number above 0 and below 1")]
    Limit(f64),
    /// An alarm at every event says nothing.
    #[error("a patience of {0} events is too short: give a number above 1")]
    Patience(f64),
    /// A broken state.
    #[error("the state of a detector is broken: its evidence must be numbers of at least 0")]
    Evidence,
}

/// What each part bets, as a multiple of `1 / limit`; all below 1, so that no factor is negative.
const BETS: [f64; 6] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];

/// Evidence beyond this is not counted: far above every patience, far below overflow.
const MOST: f64 = 1e200;

impl Detector {
    /// A detector that has seen nothing.
    ///
    /// - `limit`: the highest rate that is in order, in `(0, 1)`.
    /// - `patience`: events to a false alarm on average, at least; above 1.
    ///
    /// # Errors
    /// [`Unwatchable`] names the number that is out of its range.
    pub fn new(limit: f64, patience: f64) -> Result<Self, Unwatchable> {
        if !(limit > 0.0 && limit < 1.0) {
            return Err(Unwatchable::Limit(limit));
        }
        if !(patience > 1.0 && patience < MOST) {
            return Err(Unwatchable::Patience(patience));
        }
        Ok(Self { limit, patience, evidence: [0.0; BETS.len()], seen: 0 })
    }

    /// Takes an event into account.
    ///
    /// - `x`: 1 if it is of the kind that is counted, 0 if not, or a part in between.
    /// - `weight`: how much it counts, in `[0, 1]`, chosen before `x` was known (or lower, the
    ///   higher `x` is): such weights leave the bound on false alarms as it is. What counts for
    ///   nothing changes nothing.
    pub fn observe(&mut self, x: f64, weight: f64) {
        let (x, weight) = (unit(x), unit(weight));
        if weight == 0.0 {
            return;
        }
        for (evidence, bet) in self.evidence.iter_mut().zip(BETS) {
            let factor = 1.0 + bet / self.limit * weight * (x - self.limit);
            *evidence = ((*evidence + 1.0) * factor).min(MOST);
        }
        self.seen += 1;
    }

    /// The evidence that the rate exceeds the limit; 1 or so while it does not.
    pub fn evidence(&self) -> f64 {
        let parts = self.evidence.iter();
        parts.map(|part| part * (1.0 / 6.0)).sum()
    }

    /// True once the evidence has reached the patience.
    pub fn alarms(&self) -> bool {
        self.evidence() >= self.patience
    }

    /// Forgets what it has seen, as after an alarm that somebody has dealt with.
    pub fn reset(&mut self) {
        self.evidence = [0.0; BETS.len()];
        self.seen = 0;
    }

    /// Events since the beginning or the last reset.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The highest rate that is in order.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// Events to a false alarm on average, at least.
    pub fn patience(&self) -> f64 {
        self.patience
    }
}

/// The nearest number in `[0, 1]`; what is no number counts as nothing.
fn unit(x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) }
}

/// A detector as it is kept: numbers as their bits, since decimal digits may lose the last one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    limit: u64,
    patience: u64,
    evidence: [u64; BETS.len()],
    seen: u64,
}

impl From<Detector> for Stored {
    fn from(detector: Detector) -> Self {
        Self {
            limit: detector.limit.to_bits(),
            patience: detector.patience.to_bits(),
            evidence: detector.evidence.map(f64::to_bits),
            seen: detector.seen,
        }
    }
}

impl TryFrom<Stored> for Detector {
    type Error = Unwatchable;

    fn try_from(stored: Stored) -> Result<Self, Unwatchable> {
        let new = Self::new(f64::from_bits(stored.limit), f64::from_bits(stored.patience))?;
        let evidence = stored.evidence.map(f64::from_bits);
        if evidence.iter().any(|part| !(0.0..=MOST).contains(part)) {
            return Err(Unwatchable::Evidence);
        }
        Ok(Self { evidence, seen: stored.seen, ..new })
    }
}
