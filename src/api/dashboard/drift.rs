//! `/drift`: are conversations what they used to be?

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    failure::Failure,
    figures::share,
    frame::{Frame, Place},
    page::Page,
    view::{Bar, Moment, count, words},
};
use crate::{
    api::App,
    monitor::{Basis, Cause, Comparison, Finding, Kind, Outcome},
};

#[derive(Template)]
#[template(path = "drift.html")]
struct View {
    frame: Frame,
    /// How good it is, and one sentence.
    verdict: (&'static str, String),
    from: Moment,
    to: Moment,
    decisions: String,
    unjudged: String,
    references: Vec<Reference>,
}

/// The latest decisions against one reference.
struct Reference {
    name: &'static str,
    /// Why there are no findings.
    reason: Option<String>,
    findings: Vec<Shown>,
}

/// One signal.
struct Shown {
    name: &'static str,
    meaning: &'static str,
    now: String,
    usual: Option<String>,
    p: String,
    moved: bool,
    causes: Vec<Bar>,
    table: Vec<(String, String, String)>,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/drift", get(show))
}

async fn show(State(app): State<App>) -> Result<Page<View>, Failure> {
    let drift = app.triage.drift().await?;
    let references: Vec<Reference> = drift.comparisons.into_iter().map(Reference::from).collect();
    Ok(Page(View {
        frame: Frame::new(&app, Place::Drift, "Drift"),
        verdict: verdict(&references, drift.risk),
        from: Moment(drift.from),
        to: Moment(drift.to),
        decisions: count(drift.decisions),
        unjudged: count(drift.unjudged),
        references,
    }))
}

fn verdict(references: &[Reference], risk: f64) -> (&'static str, String) {
    let findings = references.iter().flat_map(|reference| &reference.findings);
    let moved: Vec<_> = findings.filter(|found| found.moved).map(|found| found.name).collect();
    if references.iter().all(|reference| reference.reason.is_some()) {
        return ("warn", "Nothing can be said yet: there is too little to compare.".to_owned());
    }
    if moved.is_empty() {
        return ("good", "Conversations are as usual.".to_owned());
    }
    let risk = share(risk);
    ("bad", format!("Something has changed: {} (each wrong in {risk} of cases).", moved.join(", ")))
}

impl From<Comparison> for Reference {
    fn from(Comparison { basis, decisions, outcome }: Comparison) -> Self {
        let name = match basis {
            Basis::Trailing => "Against the 28 days before, without the last 7",
            Basis::Training => "Against what the model was trained on",
        };
        match outcome {
            Outcome::NotEnoughData { usual, fewest } => {
                let (decisions, usual) = (count(decisions), count(usual));
                let reason = format!(
                    "There are {decisions} decisions now and {usual} before; it takes {fewest} of each."
                );
                Self { name, reason: Some(reason), findings: Vec::new() }
            }
            Outcome::Findings(found) => {
                Self { name, reason: None, findings: found.into_iter().map(Shown::from).collect() }
            }
        }
    }
}

impl From<Finding> for Shown {
    fn from(found: Finding) -> Self {
        let (name, meaning) = said(found.kind);
        let is_share = matches!(found.kind, Kind::Novelty | Kind::Confidence);
        let say = |value: f64| if is_share { share(value) } else { format!("{value:.3}") };
        Self {
            name,
            meaning,
            now: say(found.now),
            usual: is_share.then(|| say(found.usual)),
            p: if found.p < 0.001 { "< 0.001".to_owned() } else { format!("{:.3}", found.p) },
            moved: found.moved,
            causes: found.causes.iter().map(bar).collect(),
            table: found
                .causes
                .iter()
                .map(|cause| (words(&cause.name), share(cause.now), share(cause.usual)))
                .collect(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share of a chart")]
fn bar(cause: &Cause) -> Bar {
    let part = cause.part.clamp(0.0, 1.0);
    Bar { label: words(&cause.name), share: part as f32, value: share(part), strong: false }
}

/// What a signal is called, and what it means.
fn said(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Novelty => {
            ("New kinds of text", "Share of conversations unlike anything in training.")
        }
        Kind::Confidence => {
            ("Confidence", "Mean confidence, against what these circumstances let expect.")
        }
        Kind::Intents => (
            "Mix of intents",
            "How far the intents are from their usual mix (index, 0 is the same).",
        ),
        Kind::Distribution => (
            "Spread of confidence",
            "How far confidences are from their usual spread (index, 0 is the same).",
        ),
        Kind::Meaning => ("Meaning", "How far the average conversation has moved."),
    }
}
