//! When customers write: the hours of a desk's days, and what changes in the last week.

use jiff::{SignedDuration, tz::TimeZone};

use super::chance::Chance;
use crate::domain::Timestamp;

/// The times of the story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Calendar {
    pub(super) begin: Timestamp,
    pub(super) end: Timestamp,
    /// Until then every answer is a suggestion.
    pub(super) live: Timestamp,
    /// A new topic arrives, and one queue's work goes elsewhere.
    pub(super) change: Timestamp,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// What is usual is measured without the last seven days, so the change is not older.
const LAST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How much more is written after the change.
const RUSH: f64 = 1.4;

impl Calendar {
    /// So many days up to a moment.
    pub(super) fn new(end: Timestamp, days: u16) -> Self {
        // The store keeps whole milliseconds.
        let end = Timestamp::from_millisecond(end.as_millisecond()).unwrap_or(end);
        let length = DAY * i32::from(days);
        let back = |by: SignedDuration| end.checked_sub(by).unwrap_or(Timestamp::MIN);
        Self {
            begin: back(length),
            end,
            live: back(length * 2 / 3),
            change: back(LAST.min(length / 4)),
        }
    }

    /// When so many conversations begin, in order.
    pub(super) fn arrivals(&self, count: usize, chance: &mut Chance) -> Vec<Timestamp> {
        let mut ends = Vec::new();
        let (mut total, mut hour) = (0.0, self.begin);
        while hour < self.end {
            total += self.demand(hour);
            ends.push((total, hour));
            hour = hour.checked_add(HOUR).unwrap_or(self.end);
        }
        let mut arrivals: Vec<Timestamp> = (0..count)
            .filter_map(|_| {
                let wanted = chance.share() * total;
                let place = ends.partition_point(|(end, _)| *end <= wanted);
                let (_, hour) = ends.get(place)?;
                let within = SignedDuration::try_from_secs_f64(chance.share() * 3_600.0);
                // The last hour may be a part of one.
                Some(hour.checked_add(within.ok()?).ok()?.min(self.end))
            })
            .collect();
        arrivals.sort_unstable();
        arrivals
    }

    /// How much is written in an hour, beside others: no unit.
    fn demand(&self, hour: Timestamp) -> f64 {
        let local = TimeZone::UTC.to_datetime(hour);
        let of_day = match local.hour() {
            0..=5 => 0.12,
            6..=7 => 0.5,
            8..=11 => 1.7,
            12..=13 => 1.3,
            14..=17 => 1.6,
            18..=20 => 0.8,
            _ => 0.3,
        };
        let of_week = match local.weekday().to_monday_zero_offset() {
            0 => 1.25,
            5 | 6 => 0.45,
            _ => 1.0,
        };
        let rush = if hour >= self.change { RUSH } else { 1.0 };
        of_day * of_week * rush
    }

    /// The next moment at which somebody is at the desk, from 7 to 20 o'clock.
    pub(super) fn at_work(at: Timestamp) -> Timestamp {
        let is_open = |at: Timestamp| (7..20).contains(&TimeZone::UTC.to_datetime(at).hour());
        let mut open = at;
        while !is_open(open) {
            let Ok(later) = open.checked_add(HOUR) else { return at };
            open = later;
        }
        open
    }

    /// Every moment that comes again after so long, within the story.
    pub(super) fn every(&self, pause: SignedDuration) -> impl Iterator<Item = Timestamp> {
        let end = self.end;
        let next = move |at: &Timestamp| at.checked_add(pause).ok().filter(|at| *at < end);
        std::iter::successors(next(&self.begin), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_write_by_day_and_more_at_the_end() {
        let end: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let calendar = Calendar::new(end, 30);
        let arrivals = calendar.arrivals(5_000, &mut Chance::new(7, 0));
        assert_eq!(arrivals.len(), 5_000);
        assert!(arrivals.is_sorted() && arrivals[0] >= calendar.begin && arrivals[4_999] <= end);
        let hour = |at: &&Timestamp| TimeZone::UTC.to_datetime(**at).hour();
        let night = arrivals.iter().filter(|at| hour(at) < 6).count();
        assert!((20..300).contains(&night), "{night}");
        let late = arrivals.iter().filter(|at| **at >= calendar.change).count();
        assert!((1_200..2_200).contains(&late), "{late}");
        assert_eq!(arrivals, calendar.arrivals(5_000, &mut Chance::new(7, 0)));
    }

    #[test]
    fn what_comes_at_night_waits_for_the_morning() {
        for (at, open) in [
            ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
            ("2026-11-20T20:30:00Z", "2026-11-21T07:30:00Z"),
            ("2026-11-24T03:10:00Z", "2026-11-24T07:10:00Z"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(Calendar::at_work(at).to_string(), open);
        }
    }
}
