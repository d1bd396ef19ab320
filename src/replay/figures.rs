//! The figures of a report by name, for conditions.

use super::{
    report::Report,
    side::{Side, share},
};
use crate::domain::Band;

/// A figure of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value; `None` where there is nothing to compute it of.
    pub value: Option<f64>,
}

type OfReport = fn(&Report) -> Option<f64>;
type OfSide = fn(&Report, &Side) -> Option<f64>;

/// Figures of the comparison as a whole.
const PLAIN: [(&str, OfReport); 10] = [
    ("decisions", |report| Some(count(report.decisions))),
    ("of_record", |report| Some(count(report.of_record))),
    ("labelled", |report| Some(count(report.labelled))),
    ("erased", |report| Some(count(report.about.left_out.erased))),
    ("unreadable", |report| Some(count(report.about.left_out.unreadable))),
    ("without_text", |report| Some(count(report.about.left_out.without_text))),
    ("changed", |report| Some(count(report.changes.decisions))),
    ("changed_share", |report| share(report.changes.decisions, report.decisions)),
    ("rerouted", |report| Some(count(report.changes.rerouted))),
    ("rerouted_share", |report| share(report.changes.rerouted, report.decisions)),
];

/// Figures that both sides have.
const PAIRED: [(&str, OfSide); 21] = [
    ("auto_share", |_, side| side.band(Band::Auto)?.share),
    ("suggest_share", |_, side| side.band(Band::Suggest)?.share),
    ("human_share", |_, side| side.band(Band::Human)?.share),
    ("automatic_share", |report, side| share(side.automatic, report.of_record)),
    ("escalated_share", |report, side| share(side.escalated, report.of_record)),
    ("precision", |_, side| side.right.share),
    ("precision_low", |_, side| side.right.share.map(|_| side.right.low)),
    ("auto_precision", |_, side| precision(side, Band::Auto)),
    ("auto_precision_low", |_, side| precision_low(side, Band::Auto)),
    ("suggest_precision", |_, side| precision(side, Band::Suggest)),
    ("suggest_precision_low", |_, side| precision_low(side, Band::Suggest)),
    ("human_precision", |_, side| precision(side, Band::Human)),
    ("misroutes", |_, side| Some(count(side.bill.misroutes))),
    ("misroute_minutes", |_, side| Some(side.bill.misroute_minutes)),
    ("live_misroute_minutes", |_, side| Some(side.bill.live_misroute_minutes)),
    ("handling_minutes", |_, side| Some(side.bill.handling_minutes)),
    ("tier_0_share", |_, side| tier(side, 0)),
    ("tier_1_share", |_, side| tier(side, 1)),
    ("tier_2_share", |_, side| tier(side, 2)),
    ("tier_3_share", |_, side| tier(side, 3)),
    ("tier_4_share", |_, side| tier(side, 4)),
];

/// Every figure, in a fixed order. `NAME` is the value under the policy that was tried,
/// `NAME_before` that of the decisions as they were taken, `NAME_change` the difference.
pub fn figures(report: &Report) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |name: String, value| figures.push(Figure { name, value });
    for (name, of) in PLAIN {
        add(name.to_owned(), of(report));
    }
    for (name, of) in PAIRED {
        let (before, after) = (of(report, &report.before), of(report, &report.after));
        let change = before.zip(after).map(|(before, after)| after - before);
        add(name.to_owned(), after);
        add(format!("{name}_before"), before);
        add(format!("{name}_change"), change);
    }
    figures
}

/// The name of every figure, in the order of [`figures`].
pub fn names() -> Vec<String> {
    let plain = PLAIN.iter().map(|(name, _)| (*name).to_owned());
    let paired = PAIRED.iter().flat_map(|(name, _)| {
        [(*name).to_owned(), format!("{name}_before"), format!("{name}_change")]
    });
    plain.chain(paired).collect()
}

#[expect(clippy::cast_precision_loss, reason = "nobody has taken 2^53 decisions")]
fn count(number: usize) -> f64 {
    number as f64
}

fn precision(side: &Side, band: Band) -> Option<f64> {
    side.band(band)?.right.share
}

fn precision_low(side: &Side, band: Band) -> Option<f64> {
    let right = &side.band(band)?.right;
    right.share.map(|_| right.low)
}

fn tier(side: &Side, number: u8) -> Option<f64> {
    side.tiers.iter().find(|load| load.to.get() == number)?.share
}
