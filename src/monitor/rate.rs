//! A rate that is watched: it warns, it alarms, and that is over once the rate has been in order
//! for long.

use serde::{Deserialize, Serialize};

use crate::statistics::{Detector, Unwatchable};

/// Watches how often something bad happens.
///
/// As long as the rate stays within its limit, the mean number of events to a false alarm is at
/// least the patience, and to a false warning at least a tenth of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    detector: Detector,
    stage: Stage,
    /// The latest events, one a bit, the newest lowest; 1 is bad.
    recent: u64,
    /// How many of them there are.
    known: u32,
    /// The present block of events of an alarm.
    block: Block,
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// All is well.
    Good,
    /// It is of the kind that is counted.
    Bad,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The rate is in order, as far as anybody knows.
    Quiet,
    /// Some evidence that it is not.
    Warning,
    /// So much evidence as is false once in the patience.
    Alarm,
}

/// Events that tell whether an alarm is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    seen: u32,
    bad: u32,
    /// Blocks running whose rate was in order.
    calm: u8,
}

/// A warning needs this part of the evidence of an alarm, and ends below this part of its own.
const WARNING: f64 = 0.1;
/// Events of a block.
const BLOCK: u32 = 100;
/// Blocks running that end an alarm.
const CALM: u8 = 2;
/// Events that are remembered.
const RECENT: u32 = u64::BITS;

impl Rate {
    /// A rate of which nothing is known.
    ///
    /// - `limit`: the highest rate that is in order, in `(0, 1)`.
    /// - `patience`: events to a false alarm on average, at least; above 1.
    ///
    /// # Errors
    /// [`Unwatchable`] names the number that is out of its range.
    pub fn new(limit: f64, patience: f64) -> Result<Self, Unwatchable> {
        let detector = Detector::new(limit, patience)?;
        Ok(Self { detector, stage: Stage::Quiet, recent: 0, known: 0, block: Block::default() })
    }

    /// Takes an event into account; returns the stage it leads to, if that is another.
    pub fn observe(&mut self, sighting: Sighting) -> Option<Stage> {
        let bad = u32::from(sighting == Sighting::Bad);
        self.recent = self.recent << 1 | u64::from(bad);
        self.known = (self.known + 1).min(RECENT);
        let next = match self.stage {
            Stage::Alarm => self.after_alarm(bad),
            Stage::Quiet | Stage::Warning => {
                self.detector.observe(f64::from(bad), 1.0);
                self.before_alarm()
            }
        };
        if next == self.stage {
            return None;
        }
        self.stage = next;
        Some(next)
    }

    fn before_alarm(&self) -> Stage {
        let (evidence, patience) = (self.detector.evidence(), self.detector.patience());
        let lasts = self.stage == Stage::Warning && evidence >= patience * WARNING * WARNING;
        match () {
            () if evidence >= patience => Stage::Alarm,
            () if evidence >= patience * WARNING || lasts => Stage::Warning,
            () => Stage::Quiet,
        }
    }

    /// The detector rests: what it has seen has been told.
    fn after_alarm(&mut self, bad: u32) -> Stage {
        self.block.seen += 1;
        self.block.bad += bad;
        if self.block.seen < BLOCK {
            return Stage::Alarm;
        }
        let in_order = f64::from(self.block.bad) <= f64::from(BLOCK) * self.detector.limit();
        let calm = if in_order { self.block.calm + 1 } else { 0 };
        self.block = Block { calm, ..Block::default() };
        if calm < CALM {
            return Stage::Alarm;
        }
        self.block = Block::default();
        self.detector.reset();
        Stage::Quiet
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The share of bad ones of the latest 64 events; `None` before the first.
    pub fn share(&self) -> Option<f64> {
        (self.known > 0).then(|| f64::from(self.recent.count_ones()) / f64::from(self.known))
    }

    /// Events since the beginning or the end of the last alarm.
    pub fn seen(&self) -> u64 {
        self.detector.seen()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: f64 = 73_000.0;

    fn rate() -> Rate {
        Rate::new(0.12, PATIENCE).unwrap()
    }

    /// Bad if nothing is left over.
    fn sighting(rest: u32) -> Sighting {
        if rest == 0 { Sighting::Bad } else { Sighting::Good }
    }

    /// Stages in the order in which they come, of a stream with one bad event in so many.
    fn stages(rate: &mut Rate, one_in: u32, events: u32) -> Vec<Stage> {
        (1..=events).filter_map(|n| rate.observe(sighting(n % one_in))).collect()
    }

    #[test]
    fn it_warns_before_it_alarms_and_ends_after_two_blocks_in_order() {
        let mut rate = rate();
        assert_eq!(stages(&mut rate, 10, 20_000), []);
        assert_eq!(stages(&mut rate, 5, 1_000), [Stage::Warning, Stage::Alarm]);
        assert!((rate.share().unwrap() - 0.2).abs() < 0.02);
        // A block that is in order ends nothing if the next one is not.
        assert_eq!(stages(&mut rate, 10, 150), []);
        assert_eq!(stages(&mut rate, 5, 300), []);
        assert_eq!(stages(&mut rate, 10, 400), [Stage::Quiet]);
        assert_eq!(rate.stage(), Stage::Quiet);
    }

    #[test]
    fn it_goes_on_where_it_stopped() {
        let (mut all, mut parts) = (rate(), rate());
        for n in 0..2_000_u32 {
            let bad = sighting(n % 6);
            let text = serde_json::to_string(&parts).unwrap();
            parts = serde_json::from_str(&text).unwrap();
            assert_eq!(all.observe(bad), parts.observe(bad), "{n}");
        }
        assert_eq!(all, parts);
    }

    #[test]
    fn what_cannot_be_watched_is_refused() {
        assert!(Rate::new(0.0, PATIENCE).is_err());
        assert!(Rate::new(0.1, 1.0).is_err());
        assert_eq!(rate().share(), None);
    }
}
