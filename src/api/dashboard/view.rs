//! Values as people read them: moments, shares, bars.

use crate::domain::{Probability, Timestamp};

/// A point in time; `parts::time` shows it in the viewer's zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl Moment {
    /// For the script, as RFC 3339.
    pub(super) fn iso(&self) -> String {
        self.0.to_string()
    }

    /// For browsers without scripts, in UTC.
    pub(super) fn plain(&self) -> String {
        self.0.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }
}

/// One bar of a chart, drawn by `parts::bars`.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// What it is.
    pub(super) label: String,
    /// Its length as a share of the whole width.
    pub(super) share: f32,
    /// Its length in words.
    pub(super) value: String,
    /// It is the one that counts.
    pub(super) strong: bool,
}

impl Bar {
    /// A bar for a probability.
    pub(super) fn new(label: impl Into<String>, probability: Probability) -> Self {
        let share = probability.get();
        Self { label: label.into(), share, value: percent(share), strong: false }
    }

    /// Its width, of 100.
    pub(super) fn width(&self) -> String {
        format!("{:.1}", f64::from(self.share) * 100.0)
    }
}

/// A share in percent; what is not quite certain never reads as certain.
pub(super) fn percent(share: f32) -> String {
    let rounded = (share * 100.0).round();
    if rounded >= 100.0 && share < 1.0 {
        ">99%".to_owned()
    } else if rounded <= 0.0 && share > 0.0 {
        "<1%".to_owned()
    } else {
        format!("{rounded:.0}%")
    }
}

/// A count with a comma between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An identifier of policy or model as words: `billing_dispute` is "billing dispute".
pub(super) fn words(id: &str) -> String {
    id.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_certain_never_reads_as_certain() {
        let shown = [0.0, 0.001, 0.5, 0.994, 0.9961, 1.0].map(percent);
        assert_eq!(shown, ["0%", "<1%", "50%", "99%", ">99%", "100%"]);
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
