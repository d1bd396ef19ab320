//! `/`: is the promise kept?

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    failure::Failure,
    frame::{Frame, Place},
    page::Page,
    view::{Moment, percent},
};
use crate::{
    api::App,
    domain::{Band, DecisionId},
    store::{Filter, Page as Wanted, Summary},
};

#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    frame: Frame,
    latest: Vec<Row>,
}

struct Row {
    id: DecisionId,
    conversation: String,
    at: Moment,
    band: Band,
    confidence: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

async fn show(State(app): State<App>) -> Result<Page<View>, Failure> {
    let page = Wanted { after: None, limit: 10 };
    let listing = app.recorder.store().decisions(&Filter::default(), page).await?;
    let latest = listing.summaries.into_iter().map(Row::from).collect();
    Ok(Page(View { frame: Frame::new(&app, Place::Overview, "Overview"), latest }))
}

impl From<Summary> for Row {
    fn from(summary: Summary) -> Self {
        Self {
            id: summary.id,
            conversation: summary.conversation_id.to_string(),
            at: Moment(summary.at),
            band: summary.band,
            confidence: percent(summary.confidence.get()),
        }
    }
}
