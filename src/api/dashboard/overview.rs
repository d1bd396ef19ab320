//! `/`: is the promise kept?

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};

use super::{
    failure::Failure,
    figures::{Figure, Part, Span, figure, whole},
    frame::{Frame, Place},
    page::Page,
    view::{Bar, Moment, count},
};
use crate::{
    api::App,
    domain::{Mode, Timestamp},
    reports::Overview,
    triage::{Promised, reports},
};

#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    frame: Frame,
    span: Span,
    /// Whether the promise is kept: how good that is, and one sentence.
    promise: (&'static str, String),
    decisions: String,
    is_empty: bool,
    cards: Vec<Figure>,
    bands: Vec<Part>,
    shares: Vec<Bar>,
    hours: Vec<Hour>,
    /// How many hours the chart has room for.
    width: usize,
    days: Vec<(String, String)>,
    /// The largest hour.
    most: u64,
    waiting: u64,
    waiting_said: String,
    patience: String,
}

/// One hour of the chart.
struct Hour {
    at: Moment,
    x: usize,
    height: String,
    y: String,
    decisions: u64,
}

/// The height of the chart of hours.
const HEIGHT: f64 = 60.0;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

async fn show(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<View>, Failure> {
    let span = Span::new(&given);
    let asked = span.asked(app.triage.present());
    let ledger = app.recorder.store().ledger();
    let report = reports::overview(&ledger, asked).await?;
    let patience = reports::patience(&app.triage.policy());
    let handoffs = reports::handoffs(&ledger, asked, patience).await?;
    let total = report.page.decisions;
    let shares = report.bands.iter().rev().map(|band| {
        let share = part(band.decisions, total);
        let value = super::figures::share(f64::from(share));
        Bar { label: band.value.clone(), share, value, strong: band.value == "auto" }
    });
    let cards = ["override_rate", "ai_to_human_rate", "estimated_accuracy", "precision"];
    Ok(Page(View {
        frame: Frame::new(&app, Place::Overview, "Overview"),
        promise: promise(&app),
        decisions: whole(total),
        is_empty: total == 0,
        cards: cards.iter().filter_map(|name| figure(&report.page, name)).collect(),
        shares: shares.collect(),
        bands: report.bands.iter().rev().map(Part::from).collect(),
        most: report.volume.iter().map(|(_, count)| *count).max().unwrap_or(0),
        // A service of an hour's age has no bar as wide as the page.
        width: report.volume.len().max(24),
        hours: hours(&report),
        days: days(&report.volume),
        waiting: handoffs.waiting_in_all,
        waiting_said: count(handoffs.waiting_in_all),
        patience: format!("{:.0} min", handoffs.patience_minutes),
        span,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "a share of a chart")]
fn part(some: i64, all: i64) -> f32 {
    if all > 0 { some as f32 / all as f32 } else { 0.0 }
}

/// The one sentence, and whether it is good, bad, or neither.
fn promise(app: &App) -> (&'static str, String) {
    let live = app.triage.policy().mode() == Mode::Live;
    match app.triage.promised() {
        Promised::Kept if live => ("good", "The promise is kept: as far as reviews and audits tell, at least 90 in 100 automatic decisions are right.".to_owned()),
        Promised::Kept => ("good", "The promise is kept, and nothing is automatic yet: the policy is in shadow.".to_owned()),
        Promised::Nothing => ("warn", "Nothing is promised: the model carries no certificate, so no decision is automatic. Get one with baton evaluate.".to_owned()),
        Promised::Withheld => ("warn", "No promise is in force under this certificate, so no decision is automatic until a person puts a fresh one in force.".to_owned()),
        Promised::Broken(breach) => ("bad", format!("The promise is broken: {breach}. Fewer decisions are automatic until a person certifies the model again.")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "heights of a chart")]
fn hours(report: &Overview) -> Vec<Hour> {
    let most = report.volume.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let hours = report.volume.iter().enumerate();
    hours
        .map(|(x, (at, decisions))| {
            let height = HEIGHT * (*decisions as f64) / most as f64;
            let (y, height) = (format!("{:.1}", HEIGHT - height), format!("{height:.1}"));
            Hour { at: Moment(*at), x, height, y, decisions: *decisions }
        })
        .collect()
}

/// The same by the day, for the table behind the chart.
fn days(volume: &[(Timestamp, u64)]) -> Vec<(String, String)> {
    let mut days: Vec<(String, u64)> = Vec::new();
    for (at, decisions) in volume {
        let day = at.strftime("%Y-%m-%d").to_string();
        match days.last_mut() {
            Some((last, sum)) if *last == day => *sum += decisions,
            _ => days.push((day, *decisions)),
        }
    }
    days.into_iter().map(|(day, sum)| (day, count(sum))).collect()
}
