//! `/calibration`: do confidences mean what they say?

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};

use super::{
    failure::Failure,
    figures::{Figure, Span, all, share, whole},
    frame::{Frame, Place},
    page::Page,
    view::{count, words},
};
use crate::{
    api::App,
    reports::{Bin, Certified, Metric, Point},
    triage::reports,
};

#[derive(Template)]
#[template(path = "calibration.html")]
struct View {
    frame: Frame,
    span: Span,
    /// One sentence.
    verdict: String,
    figures: Vec<Figure>,
    bins: Vec<Dot>,
    coverage: Vec<Dot>,
    /// The points of the curve, as SVG wants them.
    curve: String,
    intents: Vec<Intent>,
    audits: Vec<(&'static str, String)>,
    has_labels: bool,
}

/// A dot of a chart in percent, with what the table says of it.
struct Dot {
    x: String,
    /// From the top; none where there is too little data.
    y: Option<String>,
    low: String,
    high: String,
    name: String,
    other: String,
    precision: String,
    note: String,
}

/// What is automatic of an intent.
struct Intent {
    name: String,
    decisions: String,
    precision: Figure,
    state: &'static str,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/calibration", get(show))
}

async fn show(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<View>, Failure> {
    let span = Span::new(&given);
    let ledger = app.recorder.store().ledger();
    let certificate = app.triage.certificate();
    let asked = span.asked(app.triage.present());
    let report = reports::calibration(&ledger, asked, Some(&certificate)).await?;
    let coverage: Vec<Dot> = report.coverage.iter().map(covered).collect();
    let dots = coverage.iter().filter_map(|dot| Some(format!("{},{}", dot.x, dot.y.as_ref()?)));
    let bins: Vec<Dot> = report.bins.iter().map(reliable).collect();
    Ok(Page(View {
        frame: Frame::new(&app, Place::Calibration, "Calibration"),
        verdict: verdict(&report.error),
        figures: all(&report.page),
        has_labels: bins.iter().chain(&coverage).any(|dot| dot.y.is_some()),
        curve: dots.collect::<Vec<_>>().join(" "),
        bins,
        coverage,
        intents: report.intents.iter().map(Intent::from).collect(),
        audits: vec![
            ("Drawn", count(report.audits.drawn)),
            ("Answered", count(report.audits.answered)),
            ("Waiting", count(report.audits.open)),
            ("Erased", count(report.audits.erased)),
        ],
        span,
    }))
}

fn verdict(error: &Result<f64, String>) -> String {
    match error {
        Ok(error) => format!(
            "Confidence and truth are {} points apart on average.",
            share(*error).trim_end_matches('%')
        ),
        Err(reason) => format!("Whether confidences are true cannot be said yet: {reason}."),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A dot at that place with that precision.
fn dot(x: f64, precision: &Metric) -> Dot {
    let bounds = precision.interval.as_ref();
    let figure = Figure::from(precision);
    Dot {
        x: percent(x),
        y: precision.value.map(|value| percent(1.0 - value)),
        low: bounds.map(|bounds| percent(1.0 - bounds.low)).unwrap_or_default(),
        high: bounds.map(|bounds| percent(1.0 - bounds.high)).unwrap_or_default(),
        name: String::new(),
        other: String::new(),
        precision: figure.value.unwrap_or_else(|| "–".to_owned()),
        note: figure.note,
    }
}

fn reliable(bin: &Bin) -> Dot {
    let name = format!("from {}", share(bin.from));
    let other = whole(bin.decisions);
    Dot { name, other, ..dot(bin.confidence, &bin.precision) }
}

fn covered(point: &Point) -> Dot {
    let name = format!("from {}", share(point.threshold));
    Dot { name, other: share(point.coverage), ..dot(point.coverage, &point.precision) }
}

impl From<&Certified> for Intent {
    fn from(certified: &Certified) -> Self {
        Self {
            name: words(&certified.intent),
            decisions: whole(certified.decisions),
            precision: Figure::from(&certified.precision),
            state: match certified.vetoed {
                Some(true) => "never automatic: vetoed",
                Some(false) => "may be automatic",
                None => "no certificate",
            },
        }
    }
}
