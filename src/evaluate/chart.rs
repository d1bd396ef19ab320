//! The charts, as SVG that takes its colours from the page.

use std::fmt::Write as _;

use super::{html::escaped, report::Intents};
use crate::statistics::{Bin, Point};

/// A picture with what it says in words.
pub(super) struct Chart {
    /// What it shows, below it.
    pub(super) caption: String,
    /// An `svg` element with a title and a description.
    pub(super) svg: String,
}

/// Pixels of a plot: left and upper edge, width and height of the area inside the axes.
const LEFT: f64 = 56.0;
const TOP: f64 = 16.0;
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 320.0;

/// A plot of shares against shares.
struct Plot {
    svg: String,
    /// The number at the left edge; the right one is 1.
    from_x: f64,
    /// The number at the lower edge; the upper one is 1.
    from_y: f64,
}

impl Plot {
    fn new(name: &str, title: &str, description: &str) -> Self {
        let (width, height) = (LEFT + WIDTH + 24.0, TOP + HEIGHT + 52.0);
        let svg = format!(
            "<svg role=\"img\" aria-labelledby=\"{name}-title {name}-description\" \
             viewBox=\"0 0 {width} {height}\">\n<title id=\"{name}-title\">{}</title>\n\
             <desc id=\"{name}-description\">{}</desc>\n",
            escaped(title),
            escaped(description)
        );
        Self { svg, from_x: 0.0, from_y: 0.0 }
    }

    fn x(&self, share: f64) -> f64 {
        LEFT + WIDTH * ((share - self.from_x) / (1.0 - self.from_x)).clamp(0.0, 1.0)
    }

    fn y(&self, share: f64) -> f64 {
        TOP + HEIGHT * (1.0 - ((share - self.from_y) / (1.0 - self.from_y)).clamp(0.0, 1.0))
    }

    /// Axes with a line and a number every fifth of the way.
    fn axes(&mut self, x: &str, y: &str) {
        let (bottom, right) = (TOP + HEIGHT, LEFT + WIDTH);
        for part in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
            let (share_x, share_y) = (
                self.from_x + part * (1.0 - self.from_x),
                self.from_y + part * (1.0 - self.from_y),
            );
            let (at_x, at_y) = (self.x(share_x), self.y(share_y));
            // Writing to a string cannot fail.
            let _ = writeln!(
                self.svg,
                "<path class=\"grid\" d=\"M{LEFT} {at_y:.1}H{right}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{share_y:.2}</text>\
                 <text x=\"{at_x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{share_x:.2}</text>",
                LEFT - 8.0,
                at_y + 4.0,
                bottom + 20.0
            );
        }
        let _ = writeln!(
            self.svg,
            "<path class=\"axis\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            LEFT + WIDTH / 2.0,
            bottom + 42.0,
            escaped(x),
            TOP + HEIGHT / 2.0,
            escaped(y)
        );
    }

    fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut path = String::new();
        for (place, &(x, y)) in points.iter().enumerate() {
            let letter = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", self.x(x), self.y(y));
        }
        let _ = writeln!(self.svg, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    fn point(&mut self, (x, y): (f64, f64), says: &str) {
        let _ = writeln!(
            self.svg,
            "<circle class=\"point\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"><title>{}</title></circle>",
            self.x(x),
            self.y(y),
            escaped(says)
        );
    }

    fn end(mut self, caption: &str) -> Chart {
        self.svg.push_str("</svg>");
        Chart { caption: caption.to_owned(), svg: self.svg }
    }
}

/// Confidence against the share of right decisions, with exact bounds.
pub(super) fn reliability(bins: &[Bin]) -> Chart {
    let says = format!(
        "{} bins of equal mass; on the diagonal confidences are exactly right, below it the model \
         is too sure.",
        bins.len()
    );
    let mut plot = Plot::new("reliability", "Reliability diagram", &says);
    plot.axes("mean confidence", "share right");
    plot.path("ideal", &[(0.0, 0.0), (1.0, 1.0)]);
    let right = |bin: &Bin| bin.right.share.unwrap_or(0.0);
    let line: Vec<_> = bins.iter().map(|bin| (bin.confidence, right(bin))).collect();
    plot.path("line", &line);
    for bin in bins {
        let x = bin.confidence;
        plot.path("bounds", &[(x, bin.right.low), (x, bin.right.high)]);
        let says = format!("{x:.3}: {} of {} right", bin.right.right, bin.right.of);
        plot.point((x, right(bin)), &says);
    }
    plot.end(&format!("Reliability diagram: {says} Bars: exact 95 % bounds."))
}

/// The share of decisions taken against the share of right ones among them.
pub(super) fn coverage(points: &[Point], promise: f64) -> Chart {
    let right = |point: &Point| point.right.share.unwrap_or(0.0);
    let lowest = points.iter().map(right).fold(promise, f64::min);
    let says = format!(
        "Taking only the surest decisions, from left to right ever more of them; the dashed line \
         is the promise of {promise:.2}."
    );
    let mut plot = Plot::new("coverage", "Coverage-precision curve", &says);
    // Whole fifths, so that the axis has round numbers.
    plot.from_y = ((lowest - 0.05) * 5.0).floor().max(0.0) / 5.0;
    plot.axes("share of conversations taken", "share right");
    let mut bounds: Vec<_> = points.iter().map(|point| (point.coverage, point.right.low)).collect();
    bounds.extend(points.iter().rev().map(|point| (point.coverage, point.right.high)));
    plot.path("area", &bounds);
    plot.path("promise", &[(0.0, promise), (1.0, promise)]);
    let line: Vec<_> = points.iter().map(|point| (point.coverage, right(point))).collect();
    plot.path("line", &line);
    plot.end(&format!("Coverage-precision curve. {says} Shaded: exact 95 % bounds."))
}

/// Pixels of a cell of the confusion matrix, and of the names beside it.
const CELL: f64 = 18.0;
const NAMES: f64 = 190.0;

/// What was taken for what, as a matrix: darker is more.
pub(super) fn confusion(intents: &Intents) -> Chart {
    let labels: Vec<&str> = intents.classes.iter().map(|class| class.label.as_str()).collect();
    let place = |label: &str| labels.iter().position(|known| *known == label);
    let px = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * CELL;
    let size = NAMES + px(labels.len()) + 8.0;
    let says = "Rows: what conversations are. Columns, in the same order: what they were called. \
                The diagonal is right.";
    let mut svg = format!(
        "<svg role=\"img\" aria-labelledby=\"confusion-title confusion-description\" \
         viewBox=\"0 0 {size} {:.1}\">\n<title id=\"confusion-title\">Confusion matrix</title>\n\
         <desc id=\"confusion-description\">{says}</desc>\n",
        px(labels.len()) + 8.0
    );
    let mut cell = |is: usize, called: usize, rows: usize, of: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a shade")]
        let shade = if of == 0 { 0.0 } else { (rows as f64 / of as f64).sqrt() };
        let class = if is == called { "cell" } else { "cell wrong" };
        let says = format!("{} called {}: {rows} of {of}", labels[is], labels[called]);
        let (x, y) = (NAMES + px(called), px(is));
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" \
             fill-opacity=\"{shade:.2}\"><title>{}</title></rect>",
            CELL - 1.0,
            CELL - 1.0,
            escaped(&says)
        );
    };
    for (at, class) in intents.classes.iter().enumerate() {
        cell(at, at, class.recall.right, class.recall.of);
    }
    for mistake in &intents.mistakes {
        if let (Some(is), Some(called)) = (place(&mistake.is), place(&mistake.called)) {
            cell(is, called, mistake.rows, intents.classes[is].recall.of);
        }
    }
    for (at, label) in labels.iter().enumerate() {
        let (x, y) = (NAMES - 8.0, px(at) + CELL - 5.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            escaped(label)
        );
    }
    svg.push_str("</svg>");
    Chart { caption: format!("Confusion matrix. {says}"), svg }
}
