//! Tests of working hours, in Berlin: an hour ahead of UTC in winter, two in summer.

use super::*;

const WEEKDAYS: &str =
    "{ days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], from = \"08:00\", to = \"18:00\" }";
const FRIDAY_NIGHT: &str = "{ days = [\"fri\"], from = \"22:00\", to = \"06:00\" }";

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    hours: Vec<Shift>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

fn table(hours: &str, exceptions: &str) -> Table {
    toml::from_str(&format!("hours = [{hours}]\nexceptions = [{exceptions}]")).unwrap()
}

fn open(table: &Table, time: &str) -> bool {
    let zone = Zone::try_from("Europe/Berlin".to_owned()).unwrap();
    is_open(&table.hours, &table.exceptions, zone.local(time.parse().unwrap()))
}

#[test]
fn hours_are_local_and_end_before_their_last_minute() {
    let monday = table("{ days = [\"mon\"], from = \"08:00\", to = \"18:00\" }", "");
    // Monday 16 November 2026.
    assert!(!open(&monday, "2026-11-16T06:59:00Z"));
    assert!(open(&monday, "2026-11-16T07:00:00Z"));
    assert!(open(&monday, "2026-11-16T16:59:00Z"));
    assert!(!open(&monday, "2026-11-16T17:00:00Z"));
    assert!(!open(&monday, "2026-11-17T10:00:00Z"));
    assert!(open(&monday, "2026-07-20T06:00:00Z"), "in summer, eight o'clock is earlier");
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
    let night = table(FRIDAY_NIGHT, "");
    assert!(open(&night, "2026-11-20T21:30:00Z"));
    assert!(open(&night, "2026-11-21T04:30:00Z"));
    assert!(!open(&night, "2026-11-21T05:00:00Z"));
    assert!(!open(&night, "2026-11-20T04:30:00Z"));
}

#[test]
fn an_exception_replaces_the_hours_of_its_local_date() {
    let holidays = "{ on = \"2026-12-25\", hours = [] }, \
                    { on = \"2026-12-24\", hours = [{ from = \"08:00\", to = \"12:00\" }] }";
    let role = table(WEEKDAYS, holidays);
    assert!(open(&role, "2026-12-23T13:00:00Z"));
    assert!(open(&role, "2026-12-24T10:59:00Z"));
    assert!(!open(&role, "2026-12-24T11:00:00Z"), "from noon on it is Christmas");
    assert!(!open(&role, "2026-12-25T10:00:00Z"));
    assert!(open(&role, "2026-12-28T10:00:00Z"), "the Monday after is an ordinary one");
    // A day on which nobody comes otherwise can have hours, too.
    let saturday =
        table(WEEKDAYS, "{ on = \"2026-12-26\", hours = [{ from = \"09:00\", to = \"10:00\" }] }");
    assert!(open(&saturday, "2026-12-26T08:30:00Z"));
}

#[test]
fn an_exception_leaves_the_night_shift_of_the_day_before() {
    let closed = table(FRIDAY_NIGHT, "{ on = \"2026-11-21\", hours = [] }");
    assert!(open(&closed, "2026-11-21T04:30:00Z"));
    let no_night = table(FRIDAY_NIGHT, "{ on = \"2026-11-20\", hours = [] }");
    assert!(!open(&no_night, "2026-11-20T21:30:00Z"));
    assert!(!open(&no_night, "2026-11-21T04:30:00Z"));
    let night = "{ on = \"2026-11-19\", hours = [{ from = \"23:00\", to = \"01:00\" }] }";
    assert!(open(&table(FRIDAY_NIGHT, night), "2026-11-19T23:30:00Z"));
}

#[test]
fn without_hours_only_exceptions_close() {
    let always = table("", "{ on = \"2026-12-25\", hours = [] }");
    assert!(open(&always, "2026-12-24T22:59:00Z"));
    assert!(!open(&always, "2026-12-24T23:00:00Z"), "in Berlin it is the 25th already");
    assert!(open(&always, "2026-12-25T23:00:00Z"));
}

#[test]
fn overlapping_shifts_are_found_across_midnight_and_across_the_week() {
    let overlapping = |hours: &str| overlapping_shifts(&table(hours, "").hours);
    let early = "{ days = [\"mon\", \"sat\"], from = \"05:00\", to = \"08:00\" }";
    assert_eq!(overlapping(&format!("{WEEKDAYS}, {early}")), None, "one ends as the other begins");
    assert_eq!(overlapping(&format!("{FRIDAY_NIGHT}, {early}")), Some((0, 1)));
    let sunday = "{ days = [\"sun\"], from = \"20:00\", to = \"05:30\" }";
    assert_eq!(overlapping(&format!("{early}, {sunday}")), Some((0, 1)));
    let twice = "{ days = [\"mon\", \"mon\"], from = \"05:00\", to = \"08:00\" }";
    assert_eq!(overlapping(twice), Some((0, 0)));
}

#[test]
fn a_time_of_day_has_two_digits_each() {
    for wrong in ["8:00", "24:01", "08:60", "0800", "ab:cd", "+1:00"] {
        assert!(Minute::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert_eq!(Minute::try_from("24:00".to_owned()), Ok(Minute::MIDNIGHT));
    assert_eq!(Minute(485).to_string(), "08:05");
}

#[test]
fn a_date_is_one_of_the_calendar() {
    for wrong in ["2026-02-30", "24.12.2026", "2026-12-24T10:00", "20261224", ""] {
        assert!(CalendarDate::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert!(CalendarDate::try_from("2028-02-29".to_owned()).is_ok());
}
