//! `/model`: what decides, how far it may act alone, what it confuses, and the candidate beside it.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;
use serde_urlencoded::to_string;

use super::{
    failure::Failure,
    frame::{Frame, Place},
    markup::Markup,
    page::Page,
    view::{Moment, count, percent, words},
};
use crate::{
    api::App,
    domain::{Certificate, Probability},
    triage::{Disagreement, InForce, Outcome, Promised, Shadow},
};

#[derive(Template)]
#[template(path = "model.html")]
struct View {
    frame: Frame,
    name: String,
    version: String,
    ready: bool,
    /// From this confidence on decisions are automatic; none is without a certificate.
    auto_from: Option<String>,
    says: String,
    promise: Option<Promise>,
    headlines: Vec<Headline>,
    intents: Intents,
    confusions: Vec<Confusion>,
    card: Option<Markup>,
    candidate: Option<Candidate>,
}

/// Whether automatic decisions keep what the certificate promises.
struct Promise {
    kind: &'static str,
    text: String,
    since: Option<Moment>,
}

/// A figure that the pack states of itself.
struct Headline {
    value: String,
    label: String,
}

/// A page of the intents.
struct Intents {
    rows: Vec<Row>,
    search: String,
    found: usize,
    all: usize,
    next: Option<String>,
    previous: Option<String>,
    /// The pack says how often each was right.
    measured: bool,
}

/// One intent.
struct Row {
    intent: String,
    /// Where the policy sends it; none without a route.
    route: Option<String>,
    vetoed: bool,
    measured: Option<Measured>,
}

/// How often one intent was right on held-out conversations.
struct Measured {
    rows: String,
    decision: String,
    precision: String,
    /// The share of right decisions, of 100.
    width: String,
}

/// Two intents that are taken for each other.
struct Confusion {
    is: String,
    called: String,
    rows: String,
    /// Its share of the most frequent one, of 100.
    width: String,
}

/// The model beside the one in force.
struct Candidate {
    name: String,
    version: String,
    compared: String,
    shares: Vec<(&'static str, String, String)>,
    left_out: String,
    failed: String,
    latest: Vec<Differing>,
}

/// A conversation that the two decide differently.
struct Differing {
    id: String,
    at: Moment,
    in_force: String,
    candidate: String,
}

/// What of a pack's figures is shown; a pack may state less.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Figures {
    decision_accuracy: Option<Part>,
    mean_confidence: Option<f32>,
    decision_ece: Option<Error>,
    recall: std::collections::HashMap<String, Recall>,
    confusions: Vec<Pair>,
}

#[derive(Debug, Deserialize)]
struct Part {
    right: u64,
    of: u64,
    share: Option<f32>,
}

#[derive(Debug, Deserialize)]
struct Error {
    ece: f32,
}

#[derive(Debug, Clone, Deserialize)]
struct Recall {
    rows: u64,
    decision: Option<f32>,
    precision: Option<f32>,
}

#[derive(Debug, Deserialize)]
struct Pair {
    is: String,
    called: String,
    rows: u32,
}

/// Intents on one page.
const ROWS: usize = 60;
/// Confusions that are shown.
const CONFUSIONS: usize = 15;
/// Disagreements that are shown.
const LATEST: usize = 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/model", get(show))
}

async fn show(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<View>, Failure> {
    let value = |name| given.iter().find(|(found, _)| found == name).map(|(_, value)| &**value);
    // All of one reload: what the policy says is said of this model.
    let in_force = app.triage.in_force();
    // What the contract leaves open of the certificate.
    let (identity, certificate) = (in_force.model.identity(), app.triage.certificate());
    let papers = in_force.model.papers();
    let figures = papers.figures.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let figures: Figures = figures.unwrap_or_default();
    let auto_from = in_force.policy.auto_from(&certificate);
    let sought = (value("q").unwrap_or_default(), value("from").unwrap_or_default());
    Ok(Page(View {
        frame: Frame::new(&app, Place::Model, "Model"),
        name: identity.name,
        version: identity.version,
        ready: in_force.model.is_ready(),
        auto_from: auto_from.map(|from| percent(from.get())),
        says: in_force.policy.automation(&certificate),
        promise: Promise::of(&app.triage.promised()),
        headlines: headlines(&figures),
        intents: Intents::of(&in_force, &certificate, &figures, sought),
        confusions: confusions(&figures),
        card: papers.card.as_deref().map(Markup::of),
        candidate: app.triage.candidate().map(|candidate| Candidate::of(&candidate)),
    }))
}

fn headlines(figures: &Figures) -> Vec<Headline> {
    let mut lines = Vec::new();
    let mut add = |value: String, label: String| lines.push(Headline { value, label });
    if let Some(Part { right, of, share: Some(share) }) = figures.decision_accuracy {
        let (right, of) = (count(right), count(of));
        add(percent(share), format!("of held-out conversations decided rightly ({right} of {of})"));
    }
    if let Some(mean) = figures.mean_confidence {
        add(percent(mean), "confidence on average".to_owned());
    }
    if let Some(Error { ece }) = figures.decision_ece {
        add(format!("{ece:.3}"), "calibration error; 0 is perfect".to_owned());
    }
    lines
}

fn confusions(figures: &Figures) -> Vec<Confusion> {
    let most = figures.confusions.iter().map(|pair| pair.rows).max().unwrap_or(1).max(1);
    let shown = figures.confusions.iter().take(CONFUSIONS);
    let confusion = |pair: &Pair| Confusion {
        is: words(&pair.is),
        called: words(&pair.called),
        rows: count(u64::from(pair.rows)),
        width: format!("{:.1}", f64::from(pair.rows) / f64::from(most) * 100.0),
    };
    shown.map(confusion).collect()
}

impl Promise {
    /// None where nothing is promised.
    fn of(promised: &Promised) -> Option<Self> {
        let (kind, text, since) = match promised {
            Promised::Nothing => return None,
            Promised::Kept => {
                let text = "Automatic decisions keep the promise of the certificate, as far as \
                            people have looked at them.";
                ("note note-good", text.to_owned(), None)
            }
            Promised::Broken(breach) => {
                let text = format!("The promise is broken: {breach}.");
                ("note note-bad", text, Some(Moment(breach.at)))
            }
            Promised::Withheld => {
                let text = "Nothing is automatic: this certificate was broken before, or the store \
                            has not said yet. Certify the model afresh and reload.";
                ("note note-warn", text.to_owned(), None)
            }
        };
        Some(Self { kind, text, since })
    }
}

impl Intents {
    /// - `sought`: words of a name, and the place of the first row.
    fn of(
        in_force: &InForce,
        certificate: &Certificate,
        figures: &Figures,
        (search, from): (&str, &str),
    ) -> Self {
        let search = search.trim();
        let wanted = search.to_lowercase();
        let all = in_force.model.intents();
        let fits = |name: &str| name.contains(&wanted) || words(name).contains(&wanted);
        let found: Vec<_> = all.iter().filter(|intent| fits(intent.as_str())).collect();
        let from = from.parse::<usize>().unwrap_or(0).min(found.len());
        let row = |intent: &&crate::domain::Intent| Row {
            intent: words(intent.as_str()),
            route: in_force
                .policy
                .route(intent)
                .map(|(tier, role)| format!("tier {tier} {}", words(role.as_str()))),
            vetoed: certificate.vetoes(intent),
            measured: figures.recall.get(intent.as_str()).map(Measured::of),
        };
        let address = |from: usize| {
            let query = to_string([("q", search), ("from", &from.to_string())]);
            format!("/model?{}#intents", query.unwrap_or_default())
        };
        Self {
            rows: found.iter().skip(from).take(ROWS).map(row).collect(),
            next: (from + ROWS < found.len()).then(|| address(from + ROWS)),
            previous: (from > 0).then(|| address(from.saturating_sub(ROWS))),
            found: found.len(),
            all: all.len(),
            search: search.to_owned(),
            measured: !figures.recall.is_empty(),
        }
    }
}

impl Measured {
    fn of(recall: &Recall) -> Self {
        let share = |share: Option<f32>| share.map_or_else(|| "none".to_owned(), percent);
        let width = Probability::saturating(recall.decision.unwrap_or_default()).get() * 100.0;
        Self {
            rows: count(recall.rows),
            decision: share(recall.decision),
            precision: share(recall.precision),
            width: format!("{width:.1}"),
        }
    }
}

impl Candidate {
    fn of(candidate: &Shadow) -> Self {
        let (identity, done) = (candidate.identity(), candidate.compared());
        let share = |part: u64| {
            #[expect(clippy::cast_precision_loss, reason = "shown in whole percent")]
            let share = part as f32 / done.compared.max(1) as f32;
            (count(part), percent(share))
        };
        let counted = [
            ("decided the same", done.same),
            ("another tier or role", done.other_route),
            ("another band", done.other_band),
            ("another intent, whatever was decided", done.other_intent),
        ];
        Self {
            name: identity.name,
            version: identity.version,
            compared: count(done.compared),
            shares: counted
                .map(|(label, part)| {
                    let (number, percent) = share(part);
                    (label, number, percent)
                })
                .into(),
            left_out: count(done.skipped),
            failed: count(done.failed),
            latest: done.latest.iter().take(LATEST).map(Differing::from).collect(),
        }
    }
}

impl From<&Disagreement> for Differing {
    fn from(found: &Disagreement) -> Self {
        Self {
            id: found.decision.to_string(),
            at: Moment(found.at),
            in_force: short(&found.in_force),
            candidate: short(&found.candidate),
        }
    }
}

/// A decision in a line.
fn short(outcome: &Outcome) -> String {
    let intent = outcome.intent.as_ref().map(|intent| words(intent.as_str()));
    let (tier, role) = (outcome.tier, words(outcome.role.as_str()));
    let (band, confidence) = (outcome.band, percent(outcome.confidence.get()));
    let intent = intent.unwrap_or_else(|| "no intent".to_owned());
    format!("tier {tier} {role}, {band} at {confidence} ({intent})")
}
