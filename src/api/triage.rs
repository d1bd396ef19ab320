//! `POST /v1/triage`.

use std::fmt::Write as _;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
};
use sha2::{Digest, Sha256};

use super::{
    App,
    json::ApiJson,
    problem::{ApiError, Problem},
    request::TriageRequest,
    response::TriageResponse,
};
use crate::{
    domain::{IdempotencyKey, Invalid},
    triage::Assessment,
};

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The longest idempotency key, in characters.
const KEY_CHARS: usize = 255;

/// Decide where a conversation goes and what the person taking over should see first.
///
/// The decision is stored before it is returned, so it can always be explained and overridden.
#[utoipa::path(post, path = "/v1/triage", tag = "triage", request_body = TriageRequest,
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "The same key with the same body gives the first answer again; kept 24 h")),
    responses(
        (status = 200, description = "The decision", body = TriageResponse,
            headers(("server-timing" = String, description = "milliseconds per stage"))),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn triage(
    State(app): State<App>,
    headers: HeaderMap,
    body: ApiJson<TriageRequest>,
) -> Result<Timed<TriageResponse>, ApiError> {
    let key = idempotency_key(&headers, &body.bytes)?;
    let conversation = body.value.into_conversation(&app.limits.conversation())?;
    let assessment = app.triage.assess(conversation, key).await?;
    Ok(([(SERVER_TIMING, server_timing(&assessment))], Json(TriageResponse::from(&assessment))))
}

fn idempotency_key(headers: &HeaderMap, body: &[u8]) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.chars().count() > KEY_CHARS {
        let detail = format!("the header must have 1 to {KEY_CHARS} printable ASCII characters");
        return Err(ApiError::Invalid(vec![Invalid::new("Idempotency-Key", detail)]));
    }
    let mut digest = Sha256::new();
    // A header cannot hold a line feed, so key and body cannot run into each other.
    for part in [key.as_bytes(), b"\n", body] {
        digest.update(part);
    }
    Ok(Some(IdempotencyKey { key: key.to_owned(), body_digest: digest.finalize().into() }))
}

/// An answer with how long each stage took.
type Timed<T> = ([(HeaderName, HeaderValue); 1], Json<T>);

/// Milliseconds per stage, as the `server-timing` header gives them.
fn server_timing(assessment: &Assessment) -> HeaderValue {
    let mut text = String::new();
    for (stage, time) in &assessment.timings {
        let comma = if text.is_empty() { "" } else { ", " };
        let ms = time.as_secs_f64() * 1e3;
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{};dur={ms:.3}", stage.as_str());
    }
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
