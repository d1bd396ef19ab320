//! Circumstances under which demand is another: the time of the week, and the channel.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::{Channel, Timestamp};

/// The part of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Monday to Friday, from 8 to 20 o'clock.
    WeekdayDay,
    /// Monday to Friday, before and after.
    WeekdayNight,
    /// Saturday and Sunday, from 8 to 20 o'clock.
    WeekendDay,
    /// Saturday and Sunday, before and after.
    WeekendNight,
}

/// What decisions are compared with their like for; `None` where it is not known, as of the texts
/// that a model was trained on.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Bucket {
    /// When.
    pub period: Option<Period>,
    /// Where.
    pub channel: Option<Channel>,
}

impl Period {
    /// The part of the week at that moment, by the clocks of that place.
    pub fn at(at: Timestamp, place: &TimeZone) -> Self {
        let local = place.to_datetime(at);
        let day = (8..20).contains(&local.hour());
        let weekend = local.weekday().to_monday_zero_offset() >= 5;
        match (weekend, day) {
            (false, true) => Self::WeekdayDay,
            (false, false) => Self::WeekdayNight,
            (true, true) => Self::WeekendDay,
            (true, false) => Self::WeekendNight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_the_week_is_that_of_the_place() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (at, utc, there) in [
            ("2026-11-20T07:30:00Z", Period::WeekdayNight, Period::WeekdayDay),
            ("2026-11-20T19:30:00Z", Period::WeekdayDay, Period::WeekdayNight),
            ("2026-11-20T23:30:00Z", Period::WeekdayNight, Period::WeekendNight),
            ("2026-11-22T12:00:00Z", Period::WeekendDay, Period::WeekendDay),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(Period::at(at, &TimeZone::UTC), utc);
            assert_eq!(Period::at(at, &berlin), there);
        }
    }
}
