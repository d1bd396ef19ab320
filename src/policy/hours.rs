//! Working hours: times of day on days of the week, and other ones on single dates.
//!
//! A shift belongs to the date on which it begins, also where it goes on after midnight. An
//! exception replaces the shifts that begin on its date, and no others: before a holiday, the
//! night shift of the evening before still ends in the morning.

use jiff::{
    civil::{Date, DateTime, Weekday},
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::Deserialize;

use crate::domain::Timestamp;

/// A time zone; the database is part of the program, so that every machine decides alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Zone(TimeZone);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let zone = TimeZoneDatabase::bundled().get(&name);
        zone.map(Self).map_err(|_| {
            format!("\"{name}\" is no time zone; write an IANA name such as \"Europe/Berlin\"")
        })
    }
}

impl Zone {
    /// What the clocks there show.
    pub(super) fn local(&self, now: Timestamp) -> DateTime {
        self.0.to_datetime(now)
    }

    /// The IANA name.
    pub(super) fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// A date of the calendar, e.g. `"2026-12-24"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct CalendarDate(pub(super) Date);

impl TryFrom<String> for CalendarDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // The parser takes more spellings than this one.
        let date = text.parse().ok().filter(|date: &Date| date.to_string() == text);
        date.map(Self).ok_or_else(|| {
            format!("\"{text}\" is no date of the calendar; write one such as \"2026-12-24\"")
        })
    }
}

/// Hours on some days of the week.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shift {
    /// On these days it begins.
    pub(super) days: Vec<Day>,
    /// When it begins, e.g. `"08:00"`; before 24:00.
    pub(super) from: Minute,
    /// When it ends, at most `"24:00"`; before `from` means on the next day.
    pub(super) to: Minute,
}

/// A date on which other hours count.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    /// The date, in the role's time zone.
    pub(super) on: CalendarDate,
    /// The hours that begin on it; empty: nobody comes.
    pub(super) hours: Vec<Hours>,
}

/// From one time of day to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    /// When they begin, e.g. `"08:00"`; before 24:00.
    pub(super) from: Minute,
    /// When they end, at most `"24:00"`; before `from` means on the next day.
    pub(super) to: Minute,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A time of day in minutes since midnight, 0 to 1,440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Minute(u16);

impl Minute {
    /// The end of a day.
    pub(super) const MIDNIGHT: Self = Self(DAY_MINUTES);
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// Minutes of a week.
const WEEK_MINUTES: i32 = 7 * DAY_MINUTES as i32;

impl TryFrom<String> for Minute {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no time of day; write \"08:00\" up to \"24:00\"");
        let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(hours) || !two_digits(minutes) {
            return Err(wrong());
        }
        let hours: u16 = hours.parse().map_err(|_| wrong())?;
        let minutes: u16 = minutes.parse().map_err(|_| wrong())?;
        let minute = hours * 60 + minutes;
        if minutes < 60 && minute <= DAY_MINUTES { Ok(Self(minute)) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for Minute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        })
    }
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

impl Shift {
    fn hours(&self) -> Hours {
        Hours { from: self.from, to: self.to }
    }
}

impl Hours {
    const WHOLE_DAY: Self = Self { from: Minute(0), to: Minute::MIDNIGHT };

    fn ends_next_day(self) -> bool {
        self.to < self.from
    }

    /// How long they last, in minutes.
    fn minutes(self) -> i32 {
        let (from, to) = (i32::from(self.from.0), i32::from(self.to.0));
        if self.ends_next_day() { to + i32::from(DAY_MINUTES) - from } else { to - from }
    }
}

/// True if somebody is there at that local time.
pub(super) fn is_open(shifts: &[Shift], exceptions: &[Exception], local: DateTime) -> bool {
    let of_day = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let minute = Minute(u16::try_from(of_day).unwrap_or_default());
    let date = local.date();
    let began_today = begin_on(shifts, exceptions, date).into_iter();
    let mut began_today = began_today.filter(|hours| hours.from <= minute);
    let yesterday = date.yesterday().map(|date| begin_on(shifts, exceptions, date));
    let mut goes_on = yesterday.into_iter().flatten().filter(|hours| hours.ends_next_day());
    began_today.any(|hours| hours.ends_next_day() || minute < hours.to)
        || goes_on.any(|hours| minute < hours.to)
}

/// The hours that begin on a date.
fn begin_on(shifts: &[Shift], exceptions: &[Exception], date: Date) -> Vec<Hours> {
    if let Some(exception) = exceptions.iter().find(|exception| exception.on.0 == date) {
        return exception.hours.clone();
    }
    if shifts.is_empty() {
        return vec![Hours::WHOLE_DAY];
    }
    let day = Day::from(date.weekday());
    shifts.iter().filter(|shift| shift.days.contains(&day)).map(Shift::hours).collect()
}

/// The places of two shifts of a week that overlap, if there are any.
pub(super) fn overlapping_shifts(shifts: &[Shift]) -> Option<(usize, usize)> {
    let mut stretches = Vec::new();
    for (place, shift) in shifts.iter().enumerate() {
        for &day in &shift.days {
            let from = day as i32 * i32::from(DAY_MINUTES) + i32::from(shift.from.0);
            let to = from + shift.hours().minutes();
            stretches.push(Stretch { from, to, place });
            if to > WEEK_MINUTES {
                // What goes on after Sunday goes on on Monday.
                let (from, to) = (from - WEEK_MINUTES, to - WEEK_MINUTES);
                stretches.push(Stretch { from, to, place });
            }
        }
    }
    overlap(stretches)
}

/// The places of two hours of one date that overlap, if there are any.
pub(super) fn overlapping_hours(hours: &[Hours]) -> Option<(usize, usize)> {
    let stretch = |(place, hours): (usize, &Hours)| {
        let from = i32::from(hours.from.0);
        Stretch { from, to: from + hours.minutes(), place }
    };
    overlap(hours.iter().enumerate().map(stretch).collect())
}

/// Minutes from a first one to a last one, the last one not included.
#[derive(Clone, Copy)]
struct Stretch {
    from: i32,
    to: i32,
    place: usize,
}

fn overlap(mut stretches: Vec<Stretch>) -> Option<(usize, usize)> {
    stretches.sort_by_key(|stretch| (stretch.from, stretch.place));
    // Of those that begin one after the other, two neighbours overlap if any two do.
    let found = stretches.windows(2).find(|pair| pair[1].from < pair[0].to)?;
    Some((found[0].place.min(found[1].place), found[0].place.max(found[1].place)))
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
