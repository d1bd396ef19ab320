//! `POST /v1/triage/batch`: one conversation a line in, one answer a line out, in the same order.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, future};
use serde::Serialize;
use tokio_util::{codec::FramedRead, io::StreamReader};

use super::{
    App, Limits,
    json::parse,
    problem::{ApiError, Problem},
    request::TriageRequest,
    response::TriageResponse,
};
use crate::{
    ndjson::{Line, Lines},
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
    if ![MEDIA_TYPE, "application/ndjson", "application/jsonl"].contains(&essence) {
        return Err(ApiError::MediaType(MEDIA_TYPE));
    }
    let bytes = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let lines = FramedRead::new(StreamReader::new(bytes), Lines::new(app.limits.body_bytes));
    // A connection that breaks ends the input; what was read until then is still answered.
    let lines = lines.take_while(|line| future::ready(line.is_ok())).filter_map(async |l| l.ok());
    let answers = answers(app.triage.clone(), app.limits, lines);
    let body = Body::from_stream(answers.map(Ok::<_, std::convert::Infallible>));
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], body))
}

/// Answers every line, in order, a few at a time; each answer ends with a line feed.
pub fn answers(
    triage: Arc<Triage>,
    limits: Limits,
    lines: impl Stream<Item = Line> + Send,
) -> impl Stream<Item = Bytes> + Send {
    lines
        .map(move |line| {
            let triage = triage.clone();
            async move {
                let number = line.number;
                match answer(&triage, &limits, line).await {
                    Ok(response) => json_line(&response),
                    Err(error) => json_line(&ErrorLine { line: number, error: error.problem() }),
                }
            }
        })
        .buffered(limits.batch_concurrency)
}

async fn answer(triage: &Triage, limits: &Limits, line: Line) -> Result<TriageResponse, ApiError> {
    let content =
        line.content.map_err(|long| ApiError::TooLarge { limit_bytes: long.limit_bytes })?;
    let request: TriageRequest = parse(&content)?;
    let conversation = request.into_conversation(&limits.conversation())?;
    loop {
        // A batch waits where a chat would be turned away: nobody holds the line for it.
        match triage.assess(conversation.clone(), None).await.map_err(ApiError::from) {
            Ok(assessment) => return Ok(TriageResponse::from(&assessment)),
            Err(ApiError::Overloaded { retry_after }) => tokio::time::sleep(retry_after).await,
            Err(error) => return Err(error),
        }
    }
}

fn json_line(value: &impl Serialize) -> Bytes {
    // These types have string keys and finite numbers only, so that writing them cannot fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
