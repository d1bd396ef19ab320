//! `/policy/edit`: a text to change, try, replay and put in force. Whatever happens, the text that
//! somebody wrote comes back.

use askama::Template;
use axum::{
    Form, Router,
    extract::{Query, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{
    difference::{self, Hunk},
    trial::{self, Checked, Fault, Replayed},
};
use crate::{
    api::{
        App, PolicySource, Unsaved,
        dashboard::{
            failure::Failure,
            frame::{Frame, Place},
            page,
        },
        problem::ApiError,
        review,
    },
    domain::Invalid,
    telemetry::metrics,
    triage::{Change, Unreplayed},
};

#[derive(Template)]
#[template(path = "policy_edit.html")]
struct View {
    frame: Frame,
    source: PolicySource,
    fields: Fields,
    /// What is wrong with name or note.
    wrong: Vec<Invalid>,
    faults: Vec<Fault>,
    checked: Option<Checked>,
    replayed: Option<Replayed>,
    /// What happened besides, in words.
    told: Option<Told>,
    /// What saving would change in the policy in force.
    changes: Vec<Hunk>,
    /// Another policy is in force than the one that was edited.
    conflict: bool,
}

/// Something that people must know.
struct Told {
    kind: &'static str,
    text: String,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    text: String,
    /// The version that was edited.
    #[serde(default)]
    base: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    action: Action,
}

/// The button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    #[default]
    Check,
    Replay,
    Save,
}

/// What has come of the form so far.
#[derive(Default)]
struct Outcome {
    status: StatusCode,
    wrong: Vec<Invalid>,
    faults: Vec<Fault>,
    checked: Option<Checked>,
    replayed: Option<Replayed>,
    told: Option<Told>,
    conflict: bool,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/policy/edit", get(open).post(send))
}

/// The policy in force, or an earlier one to go back to.
async fn open(
    State(app): State<App>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    const NONE: ApiError = ApiError::NotFound("the history of policies has no such revision");
    let in_force = app.triage.policy();
    let mut fields = Fields { base: in_force.version().to_owned(), ..Fields::default() };
    match given.iter().find(|(name, _)| name == "from") {
        Some((_, place)) => {
            let place = place.parse().map_err(|_| NONE)?;
            let (revision, text) = app.triage.past_policy(place).await?.ok_or(NONE)?;
            fields.note = format!("back to revision {place} ({})", revision.version);
            fields.text = text;
        }
        None => in_force.text().clone_into(&mut fields.text),
    }
    Ok(shown(&app, fields, Outcome::default()).await)
}

async fn send(
    State(app): State<App>,
    form: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(mut fields) = form.map_err(|cause| refused(&app, &cause))?;
    fields.text = as_written(&fields.text, app.triage.policy().text());
    if fields.action == Action::Save {
        return save(&app, fields).await;
    }
    let examined = app.triage.examine(fields.text.clone()).await?;
    let today = app.triage.present().to_zoned(TimeZone::UTC).date();
    let mut outcome =
        Outcome { checked: Some(Checked::of(&examined, today)), ..Outcome::default() };
    if examined.policy.is_none() {
        outcome.faults = trial::faults(examined.faults);
        outcome.status = StatusCode::UNPROCESSABLE_ENTITY;
    } else if fields.action == Action::Replay {
        replay(&app, fields.text.clone(), &mut outcome).await?;
    }
    Ok(shown(&app, fields, outcome).await)
}

/// Takes the latest decisions again under the text.
async fn replay(app: &App, text: String, outcome: &mut Outcome) -> Result<(), Failure> {
    match app.triage.replay(trial::asked(text)).await {
        Ok(report) => outcome.replayed = Some(Replayed::from(&report)),
        Err(Unreplayed::Policy(faults)) => outcome.faults = trial::faults(faults),
        Err(error @ (Unreplayed::Busy | Unreplayed::Store(_))) => outcome.fail(&error.into()),
        Err(error) => return Err(ApiError::from(error).into()),
    }
    Ok(())
}

/// Puts the text in force, or says why not.
async fn save(app: &App, fields: Fields) -> Result<Response, Failure> {
    let note = Some(fields.note.trim()).filter(|note| !note.is_empty());
    let by = match review::checked(&fields.by, note, Ok::<_, String>(())) {
        Ok((by, ())) => by,
        Err(ApiError::Invalid(wrong)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let outcome = Outcome { status, wrong, ..Outcome::default() };
            return Ok(shown(app, fields, outcome).await);
        }
        Err(other) => return Err(other.into()),
    };
    let (text, base) = (fields.text.clone(), fields.base.clone());
    let change = Change { text, base, by, note: note.map(str::to_owned) };
    let mut outcome = Outcome::default();
    match app.policies.save(change).await {
        Ok(saved) => match saved.place {
            Some(place) => {
                return Ok(Redirect::to(&format!("/policy?saved={place}")).into_response());
            }
            None => outcome.tell("note", "This text is in force already; nothing was changed."),
        },
        Err(Unsaved::Refused(faults)) => {
            outcome.status = StatusCode::UNPROCESSABLE_ENTITY;
            outcome.faults = trial::faults(faults);
        }
        Err(unsaved) => {
            outcome.conflict = matches!(unsaved, Unsaved::Changed(_));
            outcome.fail(&unsaved.into());
        }
    }
    Ok(shown(app, fields, outcome).await)
}

async fn shown(app: &App, mut fields: Fields, outcome: Outcome) -> Response {
    let in_force = app.triage.policy();
    let changes = difference::between(in_force.text(), &fields.text);
    if outcome.conflict {
        // The next save is of what the differences show.
        in_force.version().clone_into(&mut fields.base);
    }
    let Outcome { status, wrong, faults, checked, replayed, told, conflict } = outcome;
    let view = View {
        frame: Frame::new(app, Place::Policy, "Edit the policy"),
        source: app.policies.source().await,
        fields,
        wrong,
        faults,
        checked,
        replayed,
        told,
        changes,
        conflict,
    };
    page::with_status(status, &view)
}

/// A text as its file has it: browsers send every line end as two characters.
fn as_written(sent: &str, in_force: &str) -> String {
    let text = sent.replace("\r\n", "\n");
    if in_force.contains("\r\n") { text.replace('\n', "\r\n") } else { text }
}

fn refused(app: &App, cause: &FormRejection) -> ApiError {
    if cause.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::TooLarge { limit_bytes: app.limits.body_bytes };
    }
    vec![Invalid::new("the form", "cannot be read; open the page again")].into()
}

impl Outcome {
    fn tell(&mut self, kind: &'static str, text: impl Into<String>) {
        self.told = Some(Told { kind, text: text.into() });
    }

    /// Tells of an error, as the API would.
    fn fail(&mut self, error: &ApiError) {
        let (status, code) = error.kind();
        metrics::refused(code);
        self.status = status;
        self.tell("note note-bad", format!("Not done: {error}."));
    }
}

impl View {
    /// What is wrong with a field of the form.
    fn wrong(&self, pointer: &str) -> Option<&str> {
        let found = self.wrong.iter().find(|wrong| wrong.pointer == pointer);
        found.map(|wrong| wrong.detail.as_str())
    }

    /// The lines with a fault, for the script.
    fn fault_lines(&self) -> String {
        let lines = self.faults.iter().filter_map(|fault| fault.line);
        let lines: Vec<_> = lines.map(|line| line.to_string()).collect();
        lines.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_with_the_line_ends_of_its_file() {
        assert_eq!(as_written("a\r\nb\r\n", "x\n"), "a\nb\n");
        assert_eq!(as_written("a\r\nb\n", "x\r\n"), "a\r\nb\r\n");
    }
}
