//! What has changed in the conversations: the latest ones against what is usual.

use jiff::SignedDuration;

use super::Triage;
use crate::{
    domain::Timestamp,
    inference::Identity,
    monitor::{self, Bucket, Comparison, Period, Reference, Window},
    store::{self, Hour},
};

/// The latest window of the model in force, against what is usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The model whose decisions are compared.
    pub model: Identity,
    /// The window begins there, at a full hour.
    pub from: Timestamp,
    /// It ends there.
    pub to: Timestamp,
    /// Decisions in it that the model judged.
    pub decisions: u64,
    /// Decisions in it without the model.
    pub unjudged: u64,
    /// The probability with which each finding may be wrong.
    pub risk: f64,
    /// One comparison a reference.
    pub comparisons: Vec<Comparison>,
}

/// The latest decisions that make a window; whole hours are taken, so there may be a few more.
pub(super) const WINDOW: u64 = 500;
/// A window goes back no further.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);
/// What is usual goes back no further.
const USUAL: SignedDuration = SignedDuration::from_hours(28 * 24);
/// The probability with which each finding may be wrong.
const RISK: f64 = 0.01;

impl Triage {
    /// Compares the latest decisions of the model in force with those of the 28 days before without
    /// the last 7.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn drift(&self) -> Result<Drift, store::Error> {
        let (model, to) = (self.model().identity(), self.now());
        let hours = match &self.recorder {
            Some(recorder) => {
                let from = to.checked_sub(USUAL).unwrap_or(Timestamp::MIN);
                // The present hour belongs to it even in its first millisecond.
                let until = to.checked_add(SignedDuration::from_millis(1)).unwrap_or(to);
                recorder.store().hours(&model.version, from, until).await?
            }
            None => Vec::new(),
        };
        let latest = latest(&hours, to);
        let from = latest.first().map_or(to, |hour| hour.begin);
        let mut window = Window::new();
        for hour in latest {
            window.entry(bucket(hour)).or_default().merge(&hour.sums);
        }
        let all = hours.iter().map(|hour| (hour.begin, bucket(hour), &hour.sums));
        // No pack says yet in how many directions its vectors vary, so these are not compared.
        let usual = Reference::trailing(all, to, None);
        Ok(Drift {
            model,
            from,
            to,
            decisions: window.values().map(|sums| sums.judged().count).sum(),
            unjudged: window.values().map(|sums| sums.unjudged).sum(),
            risk: RISK,
            comparisons: monitor::compare(&window, &[usual], RISK),
        })
    }
}

impl Triage {
    /// Compares the decisions of whole hours with what was usual before.
    pub(super) async fn compare(
        &self,
        model: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Comparison>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(Vec::new()) };
        let earliest = to.checked_sub(USUAL).unwrap_or(Timestamp::MIN);
        let hours = recorder.store().hours(model, earliest, to).await?;
        let mut window = Window::new();
        for hour in hours.iter().filter(|hour| hour.begin >= from) {
            window.entry(bucket(hour)).or_default().merge(&hour.sums);
        }
        let all = hours.iter().map(|hour| (hour.begin, bucket(hour), &hour.sums));
        Ok(monitor::compare(&window, &[Reference::trailing(all, to, None)], RISK))
    }
}

/// The last hours: as many as hold the latest decisions, and no more than a day of them.
fn latest(hours: &[Hour], to: Timestamp) -> &[Hour] {
    let mut begin = hours.len();
    let mut decisions = 0;
    while let Some(hour) = begin.checked_sub(1).and_then(|place| hours.get(place)) {
        let is_same_hour = hours.get(begin).is_some_and(|later| later.begin == hour.begin);
        let is_enough = decisions >= WINDOW && !is_same_hour;
        if is_enough || to.duration_since(hour.begin) > DAY {
            break;
        }
        decisions += hour.sums.judged().count;
        begin -= 1;
    }
    hours.get(begin..).unwrap_or_default()
}

/// The circumstances of an hour; its part of the week is that of the universal time.
fn bucket(hour: &Hour) -> Bucket {
    let period = Period::at(hour.begin, &jiff::tz::TimeZone::UTC);
    Bucket { period: Some(period), channel: hour.channel }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Band, Channel, Intent, Probability},
        monitor::{Contribution, Judgement, Sums},
    };

    fn hour(ago: i64, channel: Channel, decisions: u64, now: Timestamp) -> Hour {
        let (intent, confidence) = (Intent::from("how_to"), Probability::saturating(0.8));
        let judged = Judgement { intent: &intent, band: Band::Suggest, confidence, novel: false };
        let mut sums = Sums::default();
        for _ in 0..decisions {
            sums.add(&Contribution { judged: Some(judged), vector: None });
        }
        let begin = now.checked_sub(SignedDuration::from_hours(ago)).unwrap();
        Hour { begin, channel: Some(channel), sums }
    }

    #[test]
    fn a_window_ends_with_its_five_hundredth_decision_or_its_day() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let hours = [
            hour(30, Channel::Chat, 900, now),
            hour(24, Channel::Chat, 100, now),
            hour(3, Channel::Chat, 10, now),
            hour(3, Channel::Email, 90, now),
            hour(1, Channel::Chat, 410, now),
        ];
        // Both channels of the hour that completes it belong to it.
        assert_eq!(latest(&hours, now).len(), 3);
        assert_eq!(latest(&hours[..4], now).len(), 3);
        assert_eq!(latest(&hours[..1], now).len(), 0);
        assert_eq!(latest(&[], now).len(), 0);
    }
}
