//! `/decisions`: what was decided, to filter and to search, newest first.

use std::str::FromStr as _;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};

use super::{
    failure::Failure,
    frame::{Frame, Place},
    page,
    view::{Moment, percent, words},
};
use crate::{
    api::{App, decisions::wanted, problem::ApiError},
    domain::{Action, Band, DecisionId, Invalid, Mode},
    store::{Filter, Listing, Page, Summary},
};

/// Decisions on one page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "decisions.html")]
struct View {
    frame: Frame,
    form: Form,
    faults: Vec<Invalid>,
    rows: Vec<Row>,
    /// The address of the next page; none at the end.
    older: Option<String>,
    /// The address of the first page, where this is another.
    newest: Option<String>,
}

/// The filter as it was given, and what can be chosen.
struct Form {
    search: String,
    band: String,
    tier: String,
    role: String,
    intent: String,
    reviewed: String,
    roles: Vec<String>,
    intents: Vec<String>,
}

/// One decision.
struct Row {
    id: DecisionId,
    conversation: String,
    at: Moment,
    mode: Mode,
    band: Band,
    action: &'static str,
    tier: u8,
    role: String,
    intent: Option<String>,
    confidence: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/decisions", get(list))
}

async fn list(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let given: Vec<(String, String)> =
        given.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    let search = value(&given, "q").trim().to_owned();
    // Whoever pastes the identifier of a decision wants to see it.
    if let Ok(id) = DecisionId::from_str(&search) {
        return Ok(Redirect::to(&format!("/decisions/{id}")).into_response());
    }
    let form = Form::new(&app, &given, search);
    let asked: Vec<(String, String)> = given.iter().map(as_parameter).collect();
    let (status, listing, faults) = match wanted(&asked) {
        Ok((filter, asked)) => (StatusCode::OK, read(&app, &filter, asked).await?, Vec::new()),
        Err(ApiError::Invalid(wrong)) => {
            let nothing = Listing { summaries: Vec::new(), next: None };
            (StatusCode::UNPROCESSABLE_ENTITY, nothing, wrong)
        }
        Err(other) => return Err(other.into()),
    };
    let is_first = value(&given, "cursor").is_empty();
    let view = View {
        frame: Frame::new(&app, Place::Decisions, "Decisions"),
        form,
        faults,
        older: listing.next.map(|next| address(&given, Some(&next.0.to_string()))),
        newest: (!is_first).then(|| address(&given, None)),
        rows: listing.summaries.into_iter().map(Row::from).collect(),
    };
    Ok(page::with_status(status, &view))
}

async fn read(app: &App, filter: &Filter, asked: Page) -> Result<Listing, ApiError> {
    let page = Page { limit: ROWS, ..asked };
    app.recorder.store().decisions(filter, page).await.map_err(ApiError::Store)
}

/// The parameter of the API that a field of the form stands for.
fn as_parameter((name, value): &(String, String)) -> (String, String) {
    let name = if name == "q" { "conversation_id" } else { name };
    (name.to_owned(), value.trim().to_owned())
}

fn value<'a>(given: &'a [(String, String)], name: &str) -> &'a str {
    given.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// The same filter from another place on.
fn address(given: &[(String, String)], cursor: Option<&str>) -> String {
    let kept = given.iter().filter(|(name, _)| name != "cursor");
    let pairs = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<_> = pairs.chain(cursor.map(|at| ("cursor", at))).collect();
    let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    format!("/decisions?{query}")
}

impl Form {
    fn new(app: &App, given: &[(String, String)], search: String) -> Self {
        let given = |name| value(given, name).to_owned();
        Self {
            search,
            band: given("band"),
            tier: given("tier"),
            role: given("role"),
            intent: given("intent"),
            reviewed: given("reviewed"),
            roles: roles(app),
            intents: intents(app),
        }
    }

    /// True if anything is asked for.
    fn is_set(&self) -> bool {
        [&self.search, &self.band, &self.tier, &self.role, &self.intent, &self.reviewed]
            .iter()
            .any(|field| !field.is_empty())
    }
}

/// The roles of the policy in force, in order.
pub(super) fn roles(app: &App) -> Vec<String> {
    let mut roles: Vec<_> = app.triage.policy().roles().map(ToString::to_string).collect();
    roles.sort();
    roles
}

/// The intents of the model in force, in order.
pub(super) fn intents(app: &App) -> Vec<String> {
    let mut intents: Vec<_> =
        app.triage.model().intents().iter().map(ToString::to_string).collect();
    intents.sort();
    intents
}

/// What was done, in a word.
pub(super) fn done(action: Action) -> &'static str {
    match action {
        Action::Resolve => "resolved",
        Action::Route => "routed",
        Action::Suggest => "suggested",
        Action::HandOff => "handed off",
    }
}

impl From<Summary> for Row {
    fn from(summary: Summary) -> Self {
        Self {
            id: summary.id,
            conversation: summary.conversation_id.to_string(),
            at: Moment(summary.at),
            mode: summary.mode,
            band: summary.band,
            action: done(summary.action),
            tier: summary.tier.get(),
            role: words(summary.role.as_str()),
            intent: summary.intent.map(|intent| words(intent.as_str())),
            confidence: percent(summary.confidence.get()),
        }
    }
}
