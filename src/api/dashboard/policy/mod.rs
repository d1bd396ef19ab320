//! `/policy`: what leads where, what always goes to a person, and how to change it.

mod difference;
mod edit;
mod history;
mod picture;
mod trial;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use jiff::tz::TimeZone;

use self::picture::Picture;
use super::{
    failure::Failure,
    frame::{Frame, Place},
    markup::Markup,
    page::Page,
    view::{Moment, percent},
};
use crate::{
    api::{App, PolicySource},
    policy::{About, Policy},
    store::Revision,
};

#[derive(Template)]
#[template(path = "policy.html")]
struct View {
    frame: Frame,
    name: String,
    version: String,
    review: Review,
    bands: (String, String),
    automation: String,
    source: PolicySource,
    notes: Vec<String>,
    picture: Picture,
    parts: Vec<Part>,
    latest: Option<Saved>,
    /// The policy that was just saved is in force.
    saved: bool,
}

/// When the policy is to be looked at again.
enum Review {
    Due(String),
    Overdue(String),
    Never,
}

/// A part of the matrix in words.
struct Part {
    title: String,
    body: Markup,
}

/// The latest change from here.
struct Saved {
    by: String,
    at: Moment,
    note: Option<String>,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/policy", get(show)).merge(edit::routes()).merge(history::routes())
}

async fn show(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<View>, Failure> {
    let value = |name| given.iter().find(|(found, _)| found == name).map(|(_, value)| &**value);
    let policy = app.triage.policy();
    let latest = app.triage.policies(None, 1).await?.into_iter().next();
    let latest = latest.filter(|latest| latest.version == policy.version());
    let saved = value("saved").is_some_and(|place| {
        latest.as_ref().is_some_and(|latest| latest.place.to_string() == place)
    });
    let (auto, suggest) = policy.thresholds();
    Ok(Page(View {
        frame: Frame::new(&app, Place::Policy, "Policy"),
        name: policy.name().to_owned(),
        version: policy.version().to_owned(),
        review: Review::of(&app, &policy),
        bands: (percent(auto.get()), percent(suggest.get())),
        automation: policy.automation(&app.triage.certificate()),
        source: app.policies.source().await,
        notes: notes(&app, &policy),
        picture: Picture::of(&policy, value("q"), value("from")),
        parts: parts(&policy.matrix()),
        latest: latest.and_then(Saved::of),
        saved,
    }))
}

/// What is worth knowing, less what the probes leave open: that is for whoever edits.
fn notes(app: &App, policy: &Policy) -> Vec<String> {
    let today = app.triage.present().to_zoned(TimeZone::UTC).date();
    let notes = policy.notes(today).into_iter();
    notes.filter(|note| note.about != About::Coverage).map(|note| note.to_string()).collect()
}

/// The parts of the matrix behind its intents, which the picture shows.
fn parts(matrix: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for part in matrix.split("\n## ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        if title != "Intents" {
            parts.push(Part { title: title.to_owned(), body: Markup::of(body) });
        }
    }
    parts
}

impl Review {
    fn of(app: &App, policy: &Policy) -> Self {
        let today = app.triage.present().to_zoned(TimeZone::UTC).date();
        match policy.review_by() {
            Some(date) if date < today => Self::Overdue(date.to_string()),
            Some(date) => Self::Due(date.to_string()),
            None => Self::Never,
        }
    }
}

impl Saved {
    fn of(revision: Revision) -> Option<Self> {
        let Revision { by, at, note, .. } = revision;
        Some(Self { by: by?, at: Moment(at), note })
    }
}
