//! What the story has left in the store, in numbers and in words.

use super::calendar::Calendar;
use crate::{
    domain::{Band, Record, Review, Timestamp, Verdict},
    triage::Promised,
};

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
    /// Whether the promise about automatic decisions holds at the end.
    pub(super) promised: Option<Promised>,
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
        let mut lines = self.counts(place);
        lines.extend(self.story(calendar));
        lines.extend(place.pages());
        lines.join("\n") + "\n"
    }

    fn counts(&self, place: &Place<'_>) -> Vec<String> {
        let Place { store, name, conversations, .. } = place;
        let [human, suggest, auto] = self.bands;
        let decisions = human + suggest + auto;
        vec![
            format!("{conversations} made-up conversations are in {store}, named {name}-00001 on."),
            String::new(),
            format!("decisions   {decisions} (auto {auto}, suggest {suggest}, human {human})"),
            format!("reviews     {} accepted, {} overridden", self.accepted, self.overridden),
            format!(
                "handoffs    {}, of which {} picked up and {} packets confirmed",
                self.handed_over, self.picked_up, self.confirmed
            ),
            format!("outcomes    {}, {} opened again", self.closed, self.reopened),
            format!("audits      {} answered, {} waiting", self.audited, self.audits_waiting),
        ]
    }

    fn story(&self, calendar: &Calendar) -> Vec<String> {
        let (begin, live, change) = (calendar.begin, calendar.live, calendar.change);
        let mut lines = vec![
            String::new(),
            "The story".to_owned(),
            told(begin, "the desk begins; every answer is a suggestion"),
            told(live, "band auto acts"),
            told(change, "people write who mean another company: the drift"),
            told(change, "invoice questions go to another queue, so agents override them"),
        ];
        if let Some(Promised::Broken(breach)) = &self.promised {
            lines.push(told(breach.at, "the promise breaks: nothing is automatic any more"));
        }
        lines
    }
}

impl Place<'_> {
    /// Where to look.
    fn pages(&self) -> Vec<String> {
        let Self { store, listen, .. } = self;
        let mut lines = vec![
            String::new(),
            "Look at it".to_owned(),
            format!("  baton serve --store {store}   then open http://{listen}/"),
        ];
        for (path, what) in [
            ("decisions", "what was decided"),
            ("reports/overview", "what analysts watch"),
            ("reports/alarms", "what was noticed, and when"),
            ("reports/drift", "what has changed, and why"),
            ("reports/handoffs", "what becomes of handoffs"),
            ("health/model", "the certificate and the promise"),
        ] {
            lines.push(format!("  http://{listen}/v1/{path}   {what}"));
        }
        lines.push(format!("  baton export --store {store} --what reviews"));
        lines.push(format!("  baton train --store {store} --from-store --out candidate"));
        lines
    }
}

fn told(at: Timestamp, what: &str) -> String {
    format!("  {}  {what}", at.strftime("%Y-%m-%d"))
}
