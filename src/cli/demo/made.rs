//! What the story has left in the store, in numbers and in words.

use std::fmt::Write as _;

use super::calendar::Calendar;
use crate::domain::{Band, Record, Review, Timestamp, Verdict};

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Made {
    bands: [u64; Band::ALL.len()],
    accepted: u64,
    overridden: u64,
    pub(super) handed_over: u64,
    pub(super) picked_up: u64,
    pub(super) confirmed: u64,
    pub(super) closed: u64,
    pub(super) reopened: u64,
    pub(super) audited: u64,
    pub(super) audits_waiting: u64,
}

/// Where it was made, for those who want to look.
pub(super) struct Place<'a> {
    /// As `--store` was given.
    pub(super) store: &'a str,
    /// Where the service would listen.
    pub(super) listen: String,
    /// What the names of all conversations begin with.
    pub(super) name: &'a str,
    pub(super) conversations: usize,
}

impl Made {
    pub(super) fn decided(&mut self, record: &Record) {
        for (count, band) in self.bands.iter_mut().zip(Band::ALL) {
            *count += u64::from(*band == record.decision.band);
        }
    }

    pub(super) fn reviewed(&mut self, review: &Review) {
        match review.verdict {
            Verdict::Accepted => self.accepted += 1,
            Verdict::Overridden => self.overridden += 1,
        }
    }

    /// What was made, what to look for in it, and where.
    pub(super) fn report(&self, place: &Place<'_>, calendar: &Calendar) -> String {
        let Place { store, listen, name, conversations } = place;
        let [human, suggest, auto] = self.bands;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |line: String| {
            let _ = writeln!(text, "{line}");
        };
        line(format!(
            "{conversations} made-up conversations are in {store}, named {name}-00001 on."
        ));
        line(String::new());
        line(format!(
            "decisions   {} (auto {auto}, suggest {suggest}, human {human})",
            human + suggest + auto
        ));
        line(format!("reviews     {} accepted, {} overridden", self.accepted, self.overridden));
        line(format!(
            "handoffs    {}, of which {} picked up and {} confirmed",
            self.handed_over, self.picked_up, self.confirmed
        ));
        line(format!("outcomes    {}, {} opened again", self.closed, self.reopened));
        line(format!("audits      {} answered, {} waiting", self.audited, self.audits_waiting));
        line(String::new());
        line("The story".to_owned());
        line(format!("  {}  the desk begins, every answer is a suggestion", day(calendar.begin)));
        line(format!("  {}  band auto acts", day(calendar.live)));
        line(format!(
            "  {}  invoice questions go to another queue, and many come:",
            day(calendar.change)
        ));
        line("              agents override what was automatic".to_owned());
        line("              people write who mean another company: the drift".to_owned());
        line(String::new());
        line("Look at it".to_owned());
        line(format!("  baton serve --store {store}   then open http://{listen}/"));
        line(format!("  baton export --store {store} --what reviews"));
        line(format!("  baton train --store {store} --from-store --out candidate"));
        text
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
