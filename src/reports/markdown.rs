//! Reports for people: Markdown.

use std::fmt::{self, Display, Write as _};

use super::{
    calibration::Calibration,
    metric::Metric,
    report::{Group, Handoffs, Overview, Page, Scorecard},
};

/// A report as Markdown.
pub trait Markdown {
    /// The whole text.
    fn markdown(&self) -> String;
}

/// A table, row by row.
struct Table(String);

impl Table {
    fn new(text: &mut String, title: &str, columns: &[&str]) -> Self {
        let _ = write!(text, "\n## {title}\n\n");
        let mut table = Self(String::new());
        table.row(columns.iter());
        table.row(columns.iter().map(|_| "---"));
        table
    }

    fn row<T: Display>(&mut self, cells: impl Iterator<Item = T>) {
        self.0.push('|');
        for cell in cells {
            // A bar in a name would begin another column.
            let cell = cell.to_string().replace('|', "\\|").replace('\n', " ");
            let _ = write!(self.0, " {cell} |");
        }
        self.0.push('\n');
    }
}

impl Display for Metric {
    /// `0.250 [0.131, 0.410] (6 of 24)`, or why not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(value) = self.value else {
            return f.write_str(self.reason.as_deref().unwrap_or("not known"));
        };
        write!(f, "{value:.3}")?;
        if let Some(interval) = self.interval {
            write!(f, " [{:.3}, {:.3}]", interval.low, interval.high)?;
        }
        write!(f, " ({:.0} of {:.0})", self.numerator, self.denominator)
    }
}

fn page(title: &str, page: &Page) -> String {
    let (from, to) = (page.between.from, page.between.to);
    let mut text = format!(
        "# {title}\n\nDecisions of record from {from} to {to}: {}. Values with 95 % confidence \
         sequences.\n",
        page.decisions
    );
    let mut table = Table::new(&mut text, "Metrics", &["metric", "value", "usual", "what it is"]);
    for metric in &page.metrics {
        let (value, usual) = (metric.to_string(), metric.healthy.unwrap_or_default());
        table.row([metric.name, &value, usual, metric.definition].iter());
    }
    text.push_str(&table.0);
    if let Some(by) = page.by {
        groups(&mut text, &format!("By {}", by.as_str().replace('_', " ")), &page.groups);
        if page.left_out > 0 {
            let _ = write!(text, "\nSmaller ones, left out: {}.\n", page.left_out);
        }
    }
    text
}

fn groups(text: &mut String, title: &str, groups: &[Group]) {
    let Some(first) = groups.first() else { return };
    let names = first.metrics.iter().map(|metric| metric.name);
    let columns: Vec<_> = ["which", "decisions"].into_iter().chain(names).collect();
    let mut table = Table::new(text, title, &columns);
    for group in groups {
        let which = if group.value.is_empty() { "not known" } else { &group.value };
        let values = group.metrics.iter().map(ToString::to_string);
        table.row([which.to_owned(), group.decisions.to_string()].into_iter().chain(values));
    }
    text.push_str(&table.0);
}

impl Markdown for Overview {
    fn markdown(&self) -> String {
        let mut text = page("Overview", &self.page);
        groups(&mut text, "Bands", &self.bands);
        match &self.forecast {
            Err(reason) => {
                let _ = write!(text, "\n## The next day\n\n{reason}.\n");
            }
            Ok(hours) => {
                let columns = ["hour", "decisions expected", "95 % of such hours"];
                let mut table = Table::new(&mut text, "The next day", &columns);
                for hour in hours {
                    let between = format!("{} to {}", hour.low, hour.high);
                    let expected = format!("{:.1}", hour.decisions);
                    table.row([hour.at.to_string(), expected, between].iter());
                }
                text.push_str(&table.0);
            }
        }
        text
    }
}

impl Markdown for Handoffs {
    fn markdown(&self) -> String {
        let mut text = page("Handoffs", &self.page);
        let title = format!(
            "Not picked up within {:.0} minutes: {}",
            self.patience_minutes, self.waiting_in_all
        );
        let mut table = Table::new(&mut text, &title, &["conversation", "since", "severity"]);
        for waiting in &self.waiting {
            let since = waiting.since.to_string();
            table.row([&waiting.conversation, &since, &waiting.severity].iter());
        }
        text.push_str(&table.0);
        text
    }
}

impl Markdown for Calibration {
    fn markdown(&self) -> String {
        let mut text = page("Calibration", &self.page);
        let said = match &self.error {
            Ok(error) => format!("Mean distance of confidence and precision: {error:.3}."),
            Err(reason) => format!("Mean distance of confidence and precision: {reason}."),
        };
        let _ = write!(text, "\n{said}\n");
        let columns = ["confidence from", "decisions", "mean confidence", "right"];
        let mut table = Table::new(&mut text, "Reliability", &columns);
        for bin in &self.bins {
            let numbers = [format!("{:.2}", bin.from), bin.decisions.to_string()];
            let means = [format!("{:.3}", bin.confidence), bin.precision.to_string()];
            table.row(numbers.iter().chain(&means));
        }
        text.push_str(&table.0);
        let columns = ["threshold", "share taken", "right"];
        let mut table = Table::new(&mut text, "Coverage and precision", &columns);
        for point in &self.coverage {
            let (from, share) =
                (format!("{:.2}", point.threshold), format!("{:.3}", point.coverage));
            table.row([from, share, point.precision.to_string()].iter());
        }
        text.push_str(&table.0);
        let columns = ["intent", "automatic decisions", "right, by audits", "kept from automation"];
        let mut table = Table::new(&mut text, "Automatic decisions", &columns);
        for intent in &self.intents {
            let vetoed = match intent.vetoed {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not known",
            };
            let (count, precision) = (intent.decisions.to_string(), intent.precision.to_string());
            table.row([intent.intent.as_str(), &count, &precision, vetoed].iter());
        }
        text.push_str(&table.0);
        let audits = self.audits;
        let _ = write!(
            text,
            "\nAudits: {} drawn, {} answered, {} open, {} erased.\n",
            audits.drawn, audits.answered, audits.open, audits.erased
        );
        text
    }
}

impl Markdown for Scorecard {
    fn markdown(&self) -> String {
        let mut text = page("Scorecard", &self.page);
        let columns = ["intent", "solved by tier 2 or 3", "of all solved", "latest decisions"];
        let mut table = Table::new(&mut text, "What tier 1 could learn", &columns);
        for recurring in &self.return_path {
            let (solved, share) = (recurring.solved.to_string(), recurring.share.to_string());
            table.row([&recurring.intent, &solved, &share, &recurring.examples.join(", ")].iter());
        }
        text.push_str(&table.0);
        let title = "Risk of reaching tier 3";
        match &self.risk {
            Err(reason) => {
                let _ = write!(text, "\n## {title}\n\n{reason}.\n");
            }
            Ok(risk) => {
                let mut table = Table::new(&mut text, title, &["open decision", "probability"]);
                for (decision, probability) in &risk.highest {
                    table.row([decision.clone(), format!("{probability:.2}")].iter());
                }
                text.push_str(&table.0);
                let _ = write!(
                    text,
                    "\nLearnt from {} solved cases, {} of which reached tier 3; AUROC {:.2}.\n",
                    risk.cases, risk.reached, risk.auroc
                );
            }
        }
        text
    }
}
