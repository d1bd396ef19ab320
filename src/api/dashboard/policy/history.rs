//! `/policy/history`: what was in force, what differs, and the way back.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};

use super::difference::{self, Hunk};
use crate::{
    api::{
        App,
        dashboard::{
            failure::Failure,
            frame::{Frame, Place},
            page::Page,
            view::Moment,
        },
        path::Given,
        problem::ApiError,
    },
    store::Revision,
};

#[derive(Template)]
#[template(path = "policy_history.html")]
struct Listed {
    frame: Frame,
    rows: Vec<Row>,
    /// The address of the next page; none at the end.
    older: Option<String>,
    newest: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "policy_revision.html")]
struct Shown {
    frame: Frame,
    row: Row,
    /// What going back to it would change.
    changes: Vec<Hunk>,
    text: String,
}

/// A policy that was in force.
struct Row {
    place: i64,
    version: String,
    at: Moment,
    by: Option<String>,
    note: Option<String>,
    in_force: bool,
}

/// Revisions on one page.
const ROWS: u32 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/policy/history", get(list)).route("/policy/history/{revision}", get(show))
}

async fn list(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Page<Listed>, Failure> {
    let before = given.iter().find(|(name, _)| name == "before");
    let before = before.and_then(|(_, place)| place.parse().ok());
    let mut found = app.triage.policies(before, ROWS + 1).await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let last = found.last().map(|last| last.place).filter(|_| more);
    Ok(Page(Listed {
        frame: Frame::new(&app, Place::Policy, "History of the policy"),
        rows: found.into_iter().map(|revision| Row::of(&app, revision)).collect(),
        older: last.map(|place| format!("/policy/history?before={place}")),
        newest: before.map(|_| "/policy/history"),
    }))
}

async fn show(State(app): State<App>, place: Given) -> Result<Page<Shown>, Failure> {
    const NONE: ApiError = ApiError::NotFound("the history of policies has no such revision");
    let place = place.ok().and_then(|Path(place)| place.parse().ok()).ok_or(NONE)?;
    let (revision, text) = app.triage.past_policy(place).await?.ok_or(NONE)?;
    Ok(Page(Shown {
        frame: Frame::new(&app, Place::Policy, format!("Policy, revision {place}")),
        changes: difference::between(app.triage.policy().text(), &text),
        row: Row::of(&app, revision),
        text,
    }))
}

impl Row {
    fn of(app: &App, revision: Revision) -> Self {
        Self {
            in_force: revision.version == app.triage.policy().version(),
            place: revision.place,
            version: revision.version,
            at: Moment(revision.at),
            by: revision.by,
            note: revision.note,
        }
    }
}
