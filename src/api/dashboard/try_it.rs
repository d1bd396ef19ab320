//! `/try`: type or paste a conversation and watch the decision build up. Nothing is kept.

use askama::Template;
use axum::{Form, Router, extract::State, http::StatusCode, response::Response, routing::get};

use super::{
    failure::Failure,
    frame::{Frame, Place},
    outcome::Outcome,
    page,
    transcript::{Extent, Transcript},
    view::{percent, words},
};
use crate::{
    api::{App, TriageRequest, parse, problem::ApiError},
    domain::{
        Band, Conversation, ConversationId, Customer, Invalid, Message, Parts, Record, Speaker,
        Stage, StepOutcome, Ticket,
    },
};

/// Turns of the customer that are decided one by one; earlier ones only count.
const TURNS: usize = 10;

/// What stands in the field at first.
const EXAMPLE: &str = "Customer: I was charged twice for INV-2231, please refund one of them.\n\
    Bot: Your last invoice is paid. Is there anything else?\n\
    Customer: That did not help. The card was charged twice on Monday!";

#[derive(Template)]
#[template(path = "try.html")]
struct View {
    frame: Frame,
    text: String,
    faults: Vec<Invalid>,
    /// How the decision built up, turn by turn.
    turns: Vec<Turn>,
    result: Option<Shown>,
}

/// The decision after one turn of the customer.
struct Turn {
    /// The place of its message, from 1.
    message: usize,
    band: Band,
    place: String,
    confidence: String,
    /// Of 100.
    width: String,
    strikes: String,
    /// What is new since the turn before.
    news: String,
}

/// The decision on the whole conversation.
struct Shown {
    outcome: Outcome,
    transcript: Transcript,
    steps: Vec<Step>,
    problem: Option<String>,
    missing: Vec<String>,
    ms: String,
}

/// Something that was tried.
struct Step {
    by: &'static str,
    text: String,
    outcome: StepOutcome,
    message: Option<u32>,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/try", get(show).post(rehearse))
}

async fn show(State(app): State<App>) -> Response {
    let view = View::new(&app, EXAMPLE.to_owned());
    page::with_status(StatusCode::OK, &view)
}

async fn rehearse(
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let text = fields.into_iter().find(|(name, _)| name == "text").map(|(_, text)| text);
    let text = text.unwrap_or_default().replace("\r\n", "\n");
    let mut view = View::new(&app, text);
    let status = match parts(&view.text, &app) {
        Ok(said) => {
            decide(&app, said, &mut view).await?;
            StatusCode::OK
        }
        Err(ApiError::Invalid(wrong)) => {
            view.faults = wrong;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(ApiError::Malformed(detail)) => {
            view.faults = vec![Invalid::new("/", detail)];
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(other) => return Err(other.into()),
    };
    Ok(page::with_status(status, &view))
}

/// Decides after each of the last turns of the customer, and on the whole.
async fn decide(app: &App, said: Conversation, view: &mut View) -> Result<(), ApiError> {
    let messages = said.messages.len();
    let customer = |place: &usize| said.messages[*place].speaker == Speaker::Customer;
    let turns: Vec<usize> = (0..messages).filter(customer).collect();
    let shown = turns.len().saturating_sub(TURNS);
    let mut before: Option<Record> = None;
    for place in turns.into_iter().skip(shown) {
        let mut until: Parts = (*said).clone();
        until.messages.truncate(place + 1);
        let until = Conversation::new(until, &app.limits.conversation())?;
        let record = app.triage.rehearse(until).await?.record;
        view.turns.push(Turn::new(place + 1, &record, before.as_ref()));
        before = Some((*record).clone());
    }
    let whole = app.triage.rehearse(said).await?;
    let ms: f64 = whole.timings.iter().map(|(_, time)| time.as_secs_f64() * 1e3).sum();
    view.result = Some(Shown::new(&whole.record, format!("{ms:.0} ms")));
    Ok(())
}

/// What was typed as a conversation: lines that begin with who speaks, or a request as JSON.
fn parts(text: &str, app: &App) -> Result<Conversation, ApiError> {
    let limits = app.limits.conversation();
    if text.trim_start().starts_with('{') {
        let request: TriageRequest = parse(text.as_bytes())?;
        return Ok(request.into_conversation(&limits)?);
    }
    let parts = Parts {
        id: None::<ConversationId>,
        channel: None,
        subject: None,
        messages: messages(text),
        customer: Customer::default(),
        stage: Stage::default(),
        ticket: Ticket::default(),
    };
    Conversation::new(parts, &limits).map_err(ApiError::from)
}

/// The turns of a dialogue; what comes before the first name is the customer's.
fn messages(text: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for line in text.lines() {
        let named = line.split_once(':').and_then(|(name, words)| Some((speaker(name)?, words)));
        match (named, messages.last_mut()) {
            (Some((speaker, words)), _) => messages.push(message(speaker, words)),
            (None, Some(last)) => last.text = format!("{}\n{line}", last.text),
            (None, None) if line.trim().is_empty() => {}
            (None, None) => messages.push(message(Speaker::Customer, line)),
        }
    }
    for message in &mut messages {
        message.text = message.text.trim().to_owned();
    }
    messages
}

fn message(speaker: Speaker, words: &str) -> Message {
    let (text, attachments) = (words.trim().to_owned(), Vec::new());
    Message { id: None, speaker, text, at: None, attachments, outcome: None }
}

fn speaker(name: &str) -> Option<Speaker> {
    match name.trim().to_lowercase().as_str() {
        "customer" | "user" | "client" => Some(Speaker::Customer),
        "bot" | "assistant" => Some(Speaker::Bot),
        "agent" | "support" => Some(Speaker::Agent),
        "system" => Some(Speaker::System),
        _ => None,
    }
}

impl View {
    fn new(app: &App, text: String) -> Self {
        let frame = Frame::new(app, Place::TryIt, "Try it");
        Self { frame, text, faults: Vec::new(), turns: Vec::new(), result: None }
    }
}

impl Turn {
    fn new(message: usize, record: &Record, before: Option<&Record>) -> Self {
        let decision = &record.decision;
        let known = |code| before.is_some_and(|before| before.decision.has(code));
        let news = decision.reasons.iter().filter(|reason| !known(reason.code));
        let news: Vec<_> = news.map(|reason| reason.code.as_str()).collect();
        Self {
            message,
            band: decision.band,
            place: format!("tier {} · {}", decision.tier, words(decision.role.as_str())),
            confidence: percent(decision.confidence.get()),
            width: format!("{:.1}", decision.confidence.get() * 100.0),
            strikes: format!("{} of {}", decision.strikes.count, decision.strikes.limit),
            news: news.join(", "),
        }
    }
}

impl Shown {
    fn new(record: &Record, ms: String) -> Self {
        let packet = &record.packet;
        let steps = packet.whats_been_done.iter().map(|step| Step {
            by: step.by.as_str(),
            text: step.text.clone(),
            outcome: step.outcome,
            message: step.source.message.map(|place| place + 1),
        });
        Self {
            outcome: Outcome::new(record),
            transcript: Transcript::new(record, Extent::Glance),
            steps: steps.collect(),
            problem: packet.problem.as_ref().map(|quote| quote.text.clone()),
            missing: packet.missing_context.iter().map(|what| words(what.as_str())).collect(),
            ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_nobody_go_on() {
        let read = messages("Hi\n\nit fails: badly\nBot: Restart.\nAgent: On it\nuser: thanks");
        let shown: Vec<_> = read.iter().map(|m| (m.speaker, m.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Speaker::Customer, "Hi\n\nit fails: badly"),
                (Speaker::Bot, "Restart."),
                (Speaker::Agent, "On it"),
                (Speaker::Customer, "thanks"),
            ]
        );
        assert!(messages(" \n ").is_empty());
    }
}
