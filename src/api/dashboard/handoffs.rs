//! `/handoffs`: what becomes of conversations that people take over.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};

use super::{
    failure::Failure,
    figures::{Figure, Part, Span, all, whole},
    frame::{Frame, Place},
    page::Page,
    view::{Moment, count},
};
use crate::{api::App, triage::reports};

#[derive(Template)]
#[template(path = "handoffs.html")]
struct View {
    frame: Frame,
    span: Span,
    decisions: String,
    figures: Vec<Figure>,
    groups: Vec<Part>,
    waiting: Vec<Waiting>,
    waiting_in_all: String,
    patience: String,
}

/// A handoff that nobody has picked up.
struct Waiting {
    conversation: String,
    since: Moment,
    severity: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/handoffs", get(show))
}

async fn show(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<View>, Failure> {
    let mut span = Span::new(&given);
    if span.by.is_empty() {
        "group".clone_into(&mut span.by);
    }
    let ledger = app.recorder.store().ledger();
    let patience = reports::patience(&app.triage.policy());
    let asked = span.asked(app.triage.present());
    let report = reports::handoffs(&ledger, asked, patience).await?;
    let waiting = report.waiting.into_iter().map(|waiting| Waiting {
        conversation: waiting.conversation,
        since: Moment(waiting.since),
        severity: waiting.severity,
    });
    Ok(Page(View {
        frame: Frame::new(&app, Place::Handoffs, "Handoffs"),
        decisions: whole(report.page.decisions),
        figures: all(&report.page),
        groups: report.page.groups.iter().map(Part::from).collect(),
        waiting: waiting.collect(),
        waiting_in_all: count(report.waiting_in_all),
        patience: format!("{:.0} min", report.patience_minutes),
        span,
    }))
}
