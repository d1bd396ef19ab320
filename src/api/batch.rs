//! `POST /v1/triage/batch`: one conversation a line in, one answer a line out, in the same order.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use tokio_util::{codec::FramedRead, io::StreamReader};

use super::{
    App, Limits,
    json::parse,
    problem::{ApiError, Cause, Problem},
    request::TriageRequest,
    response::TriageResponse,
};
use crate::{
    ndjson::{Line, Lines},
    telemetry::metrics,
    triage::Triage,
};

const MEDIA_TYPE: &str = "application/x-ndjson";

/// A line that could not be answered.
#[derive(Serialize)]
struct ErrorLine {
    line: u64,
    error: Problem,
}

/// Triage many conversations: NDJSON in, NDJSON out, streamed, in the same order.
///
/// A bad line gives `{"line": 3, "error": {…}}` in its place and the rest goes on.
#[utoipa::path(post, path = "/v1/triage/batch", tag = "triage",
    request_body(content = String, content_type = "application/x-ndjson",
        description = "One TriageRequest a line"),
    responses(
        (status = 200, description = "One TriageResponse or error a line", body = String,
            content_type = "application/x-ndjson"),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn batch(
    State(app): State<App>,
    request: Request,
) -> Result<([(HeaderName, HeaderValue); 1], Body), ApiError> {
    let sent = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = sent.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let accepted = [MEDIA_TYPE, "application/ndjson", "application/jsonl"];
    if !accepted.iter().any(|accepted| accepted.eq_ignore_ascii_case(essence)) {
        return Err(ApiError::MediaType(MEDIA_TYPE));
    }
    let bytes = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let lines = FramedRead::new(StreamReader::new(bytes), Lines::new(app.limits.body_bytes));
    let answers = answers(app.triage.clone(), app.limits, lines);
    let body = Body::from_stream(answers.map(Ok::<_, std::convert::Infallible>));
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], body))
}

/// Answers every line, in order, a few at a time; each answer ends with a line feed.
///
/// An input that breaks off is answered until there, with an error line at its end.
pub fn answers(
    triage: Arc<Triage>,
    limits: Limits,
    lines: impl Stream<Item = io::Result<Line>> + Send,
) -> impl Stream<Item = Bytes> + Send {
    let mut number = 0;
    lines
        .map(move |line| {
            number = line.as_ref().map_or(number + 1, |line| line.number);
            let (triage, number) = (triage.clone(), number);
            async move {
                let answered = match line {
                    Ok(line) => answer(&triage, &limits, line).await,
                    Err(_) => Err(ApiError::Interrupted),
                };
                match answered {
                    Ok(response) => json_line(&response),
                    Err(error) => refused(number, error),
                }
            }
        })
        .buffered(limits.batch_concurrency)
}

/// A refusal in the place of an answer; its cause goes to the log, as for a request of its own.
fn refused(line: u64, error: ApiError) -> Bytes {
    let text = json_line(&ErrorLine { line, error: error.problem() });
    metrics::refused(error.kind().1);
    if error.kind().0.is_server_error() {
        tracing::error!(line, cause = %Cause(Arc::new(error)), "a line was refused");
    } else {
        tracing::debug!(line, cause = %Cause(Arc::new(error)), "a line was refused");
    }
    text
}

async fn answer(triage: &Triage, limits: &Limits, line: Line) -> Result<TriageResponse, ApiError> {
    let content =
        line.content.map_err(|long| ApiError::TooLarge { limit_bytes: long.limit_bytes })?;
    let request: TriageRequest = parse(&content)?;
    let conversation = request.into_conversation(&limits.conversation())?;
    // A batch waits where a chat would be turned away: nobody holds the line for it.
    Ok(TriageResponse::from(&triage.assess_patiently(conversation).await?))
}

fn json_line(value: &impl Serialize) -> Bytes {
    // These types have string keys and finite numbers only, so that writing them cannot fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
