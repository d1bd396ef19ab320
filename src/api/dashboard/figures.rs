//! Metrics of the reports, and the window that they are about, as pages show them.

use jiff::SignedDuration;

use super::view::{count, words};
use crate::{
    domain::Timestamp,
    reports::{Dimension, Group, Metric, Page},
    triage::reports::Asked,
};

/// One metric.
pub(super) struct Figure {
    pub(super) label: String,
    /// With its unit; none where there is too little data.
    pub(super) value: Option<String>,
    /// The bounds of its 95 % interval; else why there is no value.
    pub(super) note: String,
    pub(super) definition: &'static str,
    pub(super) healthy: Option<&'static str>,
}

/// The metrics of one part of the decisions.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) decisions: String,
    pub(super) figures: Vec<Figure>,
}

/// Days that a page can look back, with what people call them.
pub(super) const SPANS: [(u32, &str); 4] =
    [(1, "24 hours"), (7, "7 days"), (28, "28 days"), (90, "90 days")];

/// The window that is looked at.
pub(super) struct Span {
    pub(super) days: u32,
    /// By what it is divided; empty for not at all.
    pub(super) by: String,
}

impl Span {
    /// What the address asks for: 28 days where it does not say.
    pub(super) fn new(given: &[(String, String)]) -> Self {
        let value = |wanted: &str| {
            let found = given.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let days =
            SPANS.iter().map(|(days, _)| *days).find(|days| days.to_string() == value("days"));
        let by = Dimension::by(value("by")).map(|_| value("by").to_owned());
        Self { days: days.unwrap_or(28), by: by.unwrap_or_default() }
    }

    pub(super) fn asked(&self, now: Timestamp) -> Asked {
        let length = SignedDuration::from_hours(24 * i64::from(self.days));
        let from = now.checked_sub(length).unwrap_or(Timestamp::MIN);
        let by = Dimension::by(&self.by);
        // A window that ends now and began before is one.
        Asked { between: crate::reports::Between { from, to: after(now) }, by, now }
    }

    #[expect(clippy::unused_self, reason = "a template calls methods only")]
    pub(super) fn spans(&self) -> [(u32, &'static str); 4] {
        SPANS
    }
}

/// The present hour belongs to a window even in its first millisecond.
fn after(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_millis(1)).unwrap_or(now)
}

impl From<&Metric> for Figure {
    fn from(metric: &Metric) -> Self {
        let say = |value: f64| said(metric.name, value);
        let bounds = metric.interval.as_ref();
        let bounds = bounds.map(|bounds| format!("{} to {}", say(bounds.low), say(bounds.high)));
        Self {
            label: words(metric.name).replace("ai to", "AI to").replace("csat", "CSAT"),
            value: metric.value.map(say),
            note: bounds.or_else(|| metric.reason.clone()).unwrap_or_default(),
            definition: metric.definition,
            healthy: metric.healthy,
        }
    }
}

impl From<&Group> for Part {
    fn from(group: &Group) -> Self {
        let name =
            if group.value.is_empty() { "(not said)".to_owned() } else { words(&group.value) };
        Self {
            name,
            decisions: whole(group.decisions),
            figures: group.metrics.iter().map(Figure::from).collect(),
        }
    }
}

/// A value with its unit.
fn said(name: &str, value: f64) -> String {
    if name.ends_with("_minutes") {
        format!("{value:.0} min")
    } else if name == "group_changes" {
        format!("{value:.2}")
    } else {
        share(value)
    }
}

/// A share in percent, with a decimal where it is small.
pub(super) fn share(value: f64) -> String {
    let percent = value * 100.0;
    if percent < 10.0 { format!("{percent:.1}%") } else { format!("{percent:.0}%") }
}

/// A count of the reports, which is never negative.
pub(super) fn whole(number: i64) -> String {
    count(u64::try_from(number).unwrap_or_default())
}

/// The metric of that name.
pub(super) fn figure(page: &Page, name: &str) -> Option<Figure> {
    page.metrics.iter().find(|metric| metric.name == name).map(Figure::from)
}

/// All metrics of a page.
pub(super) fn all(page: &Page) -> Vec<Figure> {
    page.metrics.iter().map(Figure::from).collect()
}
