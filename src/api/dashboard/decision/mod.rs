//! `/decisions/{id}`: why a conversation was sent there, and what is right.

mod forms;
mod people;
mod view;

use askama::Template;
use axum::{
    Form, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};

use self::{
    forms::Entered,
    people::{Confirmed, Handoff},
    view::View,
};
use super::{
    failure::Failure,
    frame::{Frame, Place},
    page,
    transcript::Extent,
};
use crate::{
    api::{App, path, person, problem::ApiError},
    domain::{DecisionId, Invalid, Record},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/decisions/{id}", get(show))
        .route("/decisions/{id}/review", post(review))
        .route("/decisions/{id}/packet", post(confirm))
        .route("/decisions/{id}/acknowledge", post(acknowledge))
        .route("/decisions/{id}/release", post(release))
}

#[derive(Template)]
#[template(path = "erased.html")]
struct Erased {
    frame: Frame,
    id: DecisionId,
}

/// The fields of a form.
type Fields = Form<Vec<(String, String)>>;

async fn show(
    State(app): State<App>,
    id: path::Given,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let id = path::decision(id)?;
    let Some(record) = app.recorder.decision(id).await? else { return missing(&app, id).await };
    let is_whole = given.iter().any(|(name, _)| name == "whole");
    let extent = if is_whole { Extent::Whole } else { Extent::Glance };
    let view = read(&app, &record, extent).await?;
    Ok(page::with_status(StatusCode::OK, &view))
}

async fn review(
    State(app): State<App>,
    id: path::Given,
    Form(fields): Fields,
) -> Result<Response, Failure> {
    let id = path::decision(id)?;
    let entered = Entered::new(fields);
    let reviewed = match entered.review().into_review(app.triage.present()) {
        Ok(review) => app.triage.review(id, review).await.map_err(ApiError::from),
        Err(refused) => Err(refused),
    };
    answer(&app, id, entered, reviewed.map(drop)).await
}

async fn confirm(
    State(app): State<App>,
    id: path::Given,
    Form(fields): Fields,
) -> Result<Response, Failure> {
    let id = path::decision(id)?;
    let Some(record) = app.recorder.decision(id).await? else { return missing(&app, id).await };
    let entered = Entered::new(fields);
    let by = entered.get("confirmed_by").to_owned();
    let confirmed = match person::check("/confirmed_by", &by) {
        Ok(()) => {
            let completed = entered.completed(&record.packet);
            app.triage.confirm(id, completed, by).await.map_err(ApiError::from)
        }
        Err(wrong) => Err(vec![wrong].into()),
    };
    answer(&app, id, entered, confirmed.map(drop)).await
}

async fn acknowledge(
    State(app): State<App>,
    id: path::Given,
    Form(fields): Fields,
) -> Result<Response, Failure> {
    let id = path::decision(id)?;
    let Some(record) = app.recorder.decision(id).await? else { return missing(&app, id).await };
    let entered = Entered::new(fields);
    let done = match named(&entered) {
        Ok(by) => {
            let done = app.triage.acknowledge(&record.conversation_id, Some(by), None).await;
            done.map_err(ApiError::from)
        }
        Err(refused) => Err(refused),
    };
    answer(&app, id, entered, done.map(drop)).await
}

async fn release(
    State(app): State<App>,
    id: path::Given,
    Form(fields): Fields,
) -> Result<Response, Failure> {
    let id = path::decision(id)?;
    let Some(record) = app.recorder.decision(id).await? else { return missing(&app, id).await };
    let entered = Entered::new(fields);
    let done = match named(&entered) {
        Ok(by) => {
            let done = app.triage.release(&record.conversation_id, Some(by)).await;
            done.map_err(ApiError::from)
        }
        Err(refused) => Err(refused),
    };
    answer(&app, id, entered, done.map(drop)).await
}

/// Who does something with a handoff: on this page nobody does it without a name.
fn named(entered: &Entered) -> Result<String, ApiError> {
    let by = entered.get("by");
    person::check("/by", by).map_err(|wrong| ApiError::from(vec![wrong]))?;
    Ok(by.to_owned())
}

/// The page anew after a change; where something does not fit, with what was entered.
async fn answer(
    app: &App,
    id: DecisionId,
    entered: Entered,
    done: Result<(), ApiError>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/decisions/{id}#said")).into_response()),
        Err(ApiError::Invalid(faults)) => again(app, id, entered, faults).await,
        Err(ApiError::NotFound(_)) => missing(app, id).await,
        Err(other) => Err(other.into()),
    }
}

async fn again(
    app: &App,
    id: DecisionId,
    entered: Entered,
    faults: Vec<Invalid>,
) -> Result<Response, Failure> {
    let Some(record) = app.recorder.decision(id).await? else { return missing(app, id).await };
    let mut view = read(app, &record, Extent::Glance).await?;
    (view.entered, view.faults) = (entered, faults);
    Ok(page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// Says whether there was such a decision once.
async fn missing(app: &App, id: DecisionId) -> Result<Response, Failure> {
    if !app.recorder.store().is_erased(id).await? {
        return Err(ApiError::NO_DECISION.into());
    }
    let frame = Frame::new(app, Place::Decisions, "Erased decision");
    Ok(page::with_status(StatusCode::GONE, &Erased { frame, id }))
}

/// Everything that is known of a decision.
async fn read(app: &App, record: &Record, extent: Extent) -> Result<View, ApiError> {
    let id = record.id;
    let store = app.recorder.store();
    let receipts = app.recorder.receipts(id).await?;
    let reviews = store.reviews(id).await?;
    let memory = store.recall(&record.conversation_id).await?;
    let mut view = View::new(app, record, extent);
    view.reviews = reviews.into_iter().map(Into::into).collect();
    view.receipts = receipts.into_iter().map(|receipt| Confirmed::new(record, receipt)).collect();
    view.handoff = memory.map_or(Handoff::None, |kept| Handoff::from(&kept.memory));
    view.is_of_record = store.is_of_record(id).await?;
    Ok(view)
}
