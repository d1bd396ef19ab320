//! Roles: their queue, hours and languages, and who takes over when they cannot.

use std::collections::HashSet;

use jiff::{civil::Weekday, tz::TimeZone, tz::TimeZoneDatabase};
use serde::Deserialize;

use crate::domain::{ReasonCode, RoleId, Timestamp};

use super::{facts::Facts, trace::Trace};

/// `[role.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    /// The helpdesk's queue.
    pub(super) queue: String,
    /// ISO 639-1 codes of the languages that are spoken; empty: all.
    #[serde(default)]
    pub(super) languages: Vec<String>,
    /// Who takes over outside the hours, or for another language.
    pub(super) fallback: Option<RoleId>,
    /// IANA name of the time zone of `hours`, e.g. `"Europe/Berlin"`.
    pub(super) time_zone: Option<Zone>,
    /// When somebody is there; empty: always.
    #[serde(default)]
    pub(super) hours: Vec<Shift>,
}

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

/// Hours on some days of the week.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shift {
    /// On these days it begins.
    pub(super) days: Vec<Day>,
    /// When it begins, e.g. `"08:00"`.
    pub(super) from: Minute,
    /// When it ends, at most `"24:00"`; before `from` means on the next day.
    pub(super) to: Minute,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
        if minutes < 60 && minute <= 24 * 60 { Ok(Self(minute)) } else { Err(wrong()) }
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

impl Role {
    /// True if somebody is there at that moment.
    fn is_open(&self, now: Timestamp) -> bool {
        let Some(Zone(zone)) = self.time_zone.as_ref().filter(|_| !self.hours.is_empty()) else {
            return true;
        };
        let local = zone.to_datetime(now);
        let today = Day::from(local.weekday());
        let yesterday = Day::from(local.weekday().previous());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        self.hours.iter().any(|shift| {
            let (from, to) = (i32::from(shift.from.0), i32::from(shift.to.0));
            let over_midnight = to < from;
            let began = shift.days.contains(&today) && from <= minute;
            let goes_on = over_midnight && shift.days.contains(&yesterday) && minute < to;
            goes_on || (began && (over_midnight || minute < to))
        })
    }

    /// True if that language is spoken; an unknown one is not held against anybody.
    fn speaks(&self, language: Option<&str>) -> bool {
        let Some(language) = language.filter(|_| !self.languages.is_empty()) else { return true };
        self.languages.iter().any(|spoken| spoken.eq_ignore_ascii_case(language))
    }
}

/// Who can take over now.
#[derive(Debug)]
pub(super) struct Staffed {
    /// The queue of whoever takes over.
    pub(super) queue: String,
    /// The role that stands in for the routed one.
    pub(super) stand_in: Option<RoleId>,
}

/// Looks whether the routed role can take over, and who else can; tier and role stay.
pub(super) fn staff(facts: &Facts<'_>, trace: &mut Trace) -> Staffed {
    let id = &facts.routed.best.role;
    let Some(role) = facts.document.role.get(id) else {
        return Staffed { queue: String::new(), stand_in: None };
    };
    let (now, language) = (facts.case.now, language(facts));
    let (open, speaks) = (role.is_open(now), role.speaks(language));
    let stand_in = if open && speaks { None } else { stand_in(facts, role, language) };
    let instead = || match stand_in {
        Some((name, _)) => format!("{name} takes over"),
        None => "no fallback can take over".to_owned(),
    };
    trace.rule(ReasonCode::RoleClosed, !open, || {
        if open { format!("{id} is there") } else { format!("{id} is closed; {}", instead()) }
    });
    trace.rule(ReasonCode::RoleLanguage, !speaks, || {
        let language = language.unwrap_or("unknown");
        if speaks {
            format!("{id} can deal with language {language}")
        } else {
            format!("{id} does not speak {language}; {}", instead())
        }
    });
    let nobody = !(open && speaks) && stand_in.is_none();
    trace.rule(ReasonCode::RoleUnavailable, nobody, || {
        if nobody {
            format!("nobody can take over from {id} now")
        } else {
            "somebody can take over".to_owned()
        }
    });
    let queue = stand_in.map_or(&role.queue, |(_, role)| &role.queue).clone();
    Staffed { queue, stand_in: stand_in.map(|(name, _)| name.clone()) }
}

/// The language the customer writes, else prefers, as far as it is known.
fn language<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let written = facts.case.features.language.code.as_str();
    if !written.is_empty() && written != "unknown" {
        return Some(written);
    }
    let preferred = facts.case.conversation.customer.language.as_deref()?;
    preferred.split(['-', '_']).next().filter(|code| !code.is_empty())
}

/// The first role down the line of fallbacks that is there and speaks the language.
fn stand_in<'a>(
    facts: &Facts<'a>,
    role: &Role,
    language: Option<&str>,
) -> Option<(&'a RoleId, &'a Role)> {
    let document = facts.document;
    let mut asked = HashSet::new();
    let mut next = document.role.get_key_value(role.fallback.as_ref()?);
    while let Some((name, role)) = next {
        if role.is_open(facts.case.now) && role.speaks(language) {
            return Some((name, role));
        }
        // A checked document has no cycle; this one ends in any.
        if !asked.insert(name) {
            return None;
        }
        next = document.role.get_key_value(role.fallback.as_ref()?);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(hours: &str) -> Role {
        toml::from_str(&format!("queue = \"Q\"\ntime_zone = \"Europe/Berlin\"\nhours = [{hours}]"))
            .unwrap()
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn hours_are_local_and_end_before_their_last_minute() {
        let role = role("{ days = [\"mon\"], from = \"08:00\", to = \"18:00\" }");
        // Monday 16 November 2026, one hour ahead of UTC in winter.
        assert!(!role.is_open(at("2026-11-16T06:59:00Z")));
        assert!(role.is_open(at("2026-11-16T07:00:00Z")));
        assert!(role.is_open(at("2026-11-16T16:59:00Z")));
        assert!(!role.is_open(at("2026-11-16T17:00:00Z")));
        assert!(!role.is_open(at("2026-11-17T10:00:00Z")));
        // Two hours ahead in summer.
        assert!(role.is_open(at("2026-07-20T06:00:00Z")));
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
        let role = role("{ days = [\"fri\"], from = \"22:00\", to = \"06:00\" }");
        assert!(role.is_open(at("2026-11-20T21:30:00Z")));
        assert!(role.is_open(at("2026-11-21T04:30:00Z")));
        assert!(!role.is_open(at("2026-11-21T05:00:00Z")));
        assert!(!role.is_open(at("2026-11-20T04:30:00Z")));
    }

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        for wrong in ["8:00", "24:01", "08:60", "0800", "ab:cd", "+1:00"] {
            assert!(Minute::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(Minute::try_from("24:00".to_owned()), Ok(Minute(1440)));
    }
}
