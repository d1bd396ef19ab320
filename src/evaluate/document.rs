//! The report as headings, sentences, tables and charts, for Markdown and HTML alike.

use super::{
    chart::{self, Chart},
    findings::Findings,
    format::{level, missing, number, percent},
    report::{About, Report},
};
use crate::statistics::{Missing, Reliability};

/// A report to be read by people.
pub(super) struct Document {
    /// The heading of all.
    pub(super) title: String,
    /// What comes, in order.
    pub(super) blocks: Vec<Block>,
}

/// One piece of a document.
pub(super) enum Block {
    /// Begins a section.
    Heading(&'static str),
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// A picture, with the table that it is drawn from.
    Chart(Chart, Table),
}

/// A table; its first column names the row.
pub(super) struct Table {
    /// What it shows.
    pub(super) caption: String,
    /// The columns.
    pub(super) head: Vec<&'static str>,
    /// As many cells a row as columns.
    pub(super) rows: Vec<Vec<String>>,
}

/// Mistakes that are listed.
const MISTAKES: usize = 20;
/// Points of the coverage-precision curve that a table lists.
const CURVE_ROWS: usize = 25;
/// Files that are listed one by one.
const FILES: usize = 3;
/// Labels up to which a confusion matrix is drawn; more cannot be read.
const MATRIX_LABELS: usize = 60;

impl Document {
    pub(super) fn of(report: &Report) -> Self {
        let mut blocks = vec![Block::Text(opening(report)), Block::Table(about(&report.about))];
        blocks.extend(certificate(report));
        blocks.extend(bands(report));
        blocks.extend(calibration(report));
        blocks.extend(intents(report));
        blocks.extend(out_of_scope(report));
        Self { title: "Evaluation".to_owned(), blocks }
    }
}

fn opening(report: &Report) -> String {
    let decisions = &report.decisions;
    format!(
        "{} labelled conversations were judged by the pipeline that serves; the figures are taken \
         of {}. Right decisions (tier and role): {}. Right intents: {}. Brackets are exact 95 % \
         bounds (Clopper and Pearson).",
        report.judged, report.counted, decisions.accuracy, report.intents.accuracy,
    )
}

fn about(about: &About) -> Table {
    let named = |(name, version): &(String, String)| format!("{name}, version {version}");
    let share = about.out_of_scope_share.map_or_else(
        || "as many as there are".to_owned(),
        |share| format!("{} of the rows at most, drawn at random", percent(share)),
    );
    let mut rows = vec![
        vec!["model".to_owned(), named(&about.model)],
        vec!["policy".to_owned(), named(&about.policy)],
        vec!["data".to_owned(), files(&about.data)],
        vec!["out-of-scope rows".to_owned(), share],
        vec!["rows skipped".to_owned(), about.skipped.to_string()],
        vec!["rows without answer".to_owned(), about.unanswered.to_string()],
    ];
    if !about.unknown_labels.is_empty() {
        let labels = about.unknown_labels.iter().map(|(label, rows)| format!("{label} ({rows})"));
        let labels: Vec<_> = labels.collect();
        rows.push(vec!["labels that the model does not know".to_owned(), labels.join(", ")]);
    }
    Table { caption: "What was evaluated".to_owned(), head: vec!["", ""], rows }
}

fn files(files: &[String]) -> String {
    match files {
        [first, .., last] if files.len() > FILES => {
            format!("{} files, {first} to {last}", files.len())
        }
        _ => files.join(", "),
    }
}

fn certificate(report: &Report) -> Vec<Block> {
    let Findings { promise, auto, suggest, vetoed, .. } = &report.findings;
    let promised = percent(promise.precision);
    let stopped = auto.stopped.as_ref();
    let rows = vec![
        vec![format!("{promised} of automatic decisions right"), level(auto.certified.as_ref())],
        vec!["where the tests ended".to_owned(), level(stopped)],
        vec![
            format!("{} of suggestions right", percent(report.findings.suggest_promise.precision)),
            level(suggest.certified.as_ref()),
        ],
        vec![
            "automatic with this certificate".to_owned(),
            format!(
                "{} of all; right: {}",
                percent(report.findings.automatic_share),
                report.findings.automatic
            ),
        ],
    ];
    let caption = "Certified thresholds (Learn then Test, risk 5 %)".to_owned();
    let mut blocks = vec![
        Block::Heading("Certificate"),
        Block::Text(verdict(report)),
        Block::Table(Table { caption, head: vec!["promise", "certified"], rows }),
    ];
    if vetoed.is_empty() {
        let none = "No intent shows evidence of breaking the promise.";
        blocks.push(Block::Text(none.to_owned()));
    } else {
        let row = |veto: &crate::statistics::Veto| {
            vec![veto.label.clone(), veto.right.to_string(), format!("{:.4}", veto.p)]
        };
        blocks.push(Block::Table(Table {
            caption: "Vetoed intents: at most suggested".to_owned(),
            head: vec!["intent", "right in band auto", "p, corrected"],
            rows: vetoed.iter().map(row).collect(),
        }));
    }
    blocks
}

/// What the certificate comes to, in a sentence.
fn verdict(report: &Report) -> String {
    let findings = &report.findings;
    let own = report.about.thresholds.auto;
    let promised = percent(findings.promise.precision);
    let needed = match (findings.missing.in_band, findings.missing.labelled) {
        (Missing::Rows(0), _) => {
            return format!(
                "From the policy's threshold of {own:.3} on it is certified that at least \
                 {promised} of automatic decisions are right: no labelled rows are missing."
            );
        }
        (Missing::Rows(_), Some(rows)) => format!(
            "about {rows} more labelled conversations of all kinds are missing ({})",
            missing(findings.missing.in_band)
        ),
        (Missing::Rows(_), None) => {
            format!("labelled rows are missing: at least {}", missing(findings.missing.in_band))
        }
        (Missing::Hopeless, _) => missing(findings.missing.in_band),
    };
    match findings.auto_from {
        Some(from) => format!(
            "Certified from {from:.3} on, above the policy's threshold of {own:.3}; until that \
             one is certified: {needed}."
        ),
        None => format!(
            "Nothing can be certified, so no decision would be automatic. For the policy's \
             threshold of {own:.3}: {needed}."
        ),
    }
}

fn bands(report: &Report) -> Vec<Block> {
    let row = |band: &super::report::BandFigures| {
        vec![
            band.band.to_string(),
            percent(band.share),
            band.right.to_string(),
            band.by_confidence.to_string(),
        ]
    };
    let points = &report.coverage;
    // Enough for a table, and the last point covers all.
    let every = points.len().div_ceil(CURVE_ROWS).max(1);
    let curve = points.iter().rev().step_by(every).rev().map(|point| {
        let threshold = format!("{:.3}", point.threshold);
        vec![threshold, percent(point.coverage), point.right.to_string()]
    });
    vec![
        Block::Heading("Bands"),
        Block::Table(Table {
            caption: "Precision of each band, the certificate left aside".to_owned(),
            head: vec!["band", "share of all", "right", "right by confidence alone"],
            rows: report.bands.iter().map(row).collect(),
        }),
        Block::Chart(
            chart::coverage(points, report.findings.promise.precision),
            Table {
                caption: "Coverage and precision: if only the surest decisions are taken"
                    .to_owned(),
                head: vec!["confidence from", "share taken", "right"],
                rows: curve.collect(),
            },
        ),
    ]
}

fn calibration(report: &Report) -> Vec<Block> {
    let decisions = &report.decisions;
    let Reliability { bins, error } = &decisions.reliability;
    let chance = decisions.chance.map_or_else(String::new, |chance| {
        format!(
            " A model whose confidences are exactly right shows {:.4} on average at this size, \
             and up to {:.4} in 95 of 100 cases: {} above that floor.",
            chance.mean,
            chance.high,
            number(Some((error - chance.mean).max(0.0)))
        )
    });
    let text = format!(
        "Calibration error of the decision (ECE, 15 bins of equal mass): {error:.4}.{chance} Mean \
         confidence {} against {} right.",
        number(decisions.confidence),
        number(decisions.accuracy.share),
    );
    let rows = bins.iter().map(|bin| vec![format!("{:.3}", bin.confidence), bin.right.to_string()]);
    vec![
        Block::Heading("Calibration"),
        Block::Text(text),
        Block::Chart(
            chart::reliability(bins),
            Table {
                caption: "Reliability: what confidences come to".to_owned(),
                head: vec!["mean confidence", "right"],
                rows: rows.collect(),
            },
        ),
    ]
}

fn intents(report: &Report) -> Vec<Block> {
    let intents = &report.intents;
    let class = |class: &crate::statistics::Class| {
        vec![
            class.label.clone(),
            class.recall.of.to_string(),
            class.recall.to_string(),
            class.precision.to_string(),
            format!("{:.3}", class.f1),
        ]
    };
    let mistake = |one: &super::report::Mistake| {
        vec![one.is.clone(), one.called.clone(), one.rows.to_string()]
    };
    let text = format!(
        "Accuracy {}, macro F1 {}. Where a conversation's labels accept several intents, each of \
         them is right.",
        intents.accuracy,
        number(intents.macro_f1)
    );
    let classes = Table {
        caption: "Intent by intent".to_owned(),
        head: vec!["intent", "rows", "found", "right where named", "F1"],
        rows: intents.classes.iter().map(class).collect(),
    };
    let mistakes = Table {
        caption: "What was taken for what, most frequent first".to_owned(),
        head: vec!["is", "was called", "rows"],
        rows: intents.mistakes.iter().take(MISTAKES).map(mistake).collect(),
    };
    let drawn = !intents.classes.is_empty() && intents.classes.len() <= MATRIX_LABELS;
    let mistakes = if drawn {
        Block::Chart(chart::confusion(intents), mistakes)
    } else {
        Block::Table(mistakes)
    };
    vec![Block::Heading("Intents"), Block::Text(text), Block::Table(classes), mistakes]
}

fn out_of_scope(report: &Report) -> Vec<Block> {
    let Some(outside) = &report.out_of_scope else { return Vec::new() };
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let rows = vec![
        row("AUROC of the probability of being out of scope", number(outside.auroc)),
        row("AUROC of novelty alone", number(outside.novelty_auroc)),
        row("called out of scope", outside.found.to_string()),
        row("in band auto all the same", outside.automatic.to_string()),
        row("in scope, but called out of scope", outside.in_scope_called_so.to_string()),
    ];
    let caption = "All out-of-scope rows against all others".to_owned();
    vec![Block::Heading("Out of scope"), Block::Table(Table { caption, head: vec!["", ""], rows })]
}
