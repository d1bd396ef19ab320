//! One log line per request, with its trace and, for a refusal, its cause. Never text of a body.

use std::{any::Any, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument as _;

use super::problem::{ApiError, Cause};
use crate::telemetry::{metrics, trace_context::TraceContext};

/// Handles a request inside its trace, then writes its line.
pub(super) async fn log_request(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let context = trace(&request);
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("(none)", MatchedPath::as_str).to_owned();
    let (trace_id, span_id) = (context.trace_id(), context.span_id());
    let span = tracing::info_span!("request", trace_id, span_id);

    let mut response = next.run(request).instrument(span.clone()).await;

    if let Ok(value) = HeaderValue::try_from(context.traceparent()) {
        response.headers_mut().insert("traceparent", value);
    }
    let status = response.status();
    let wait_ms = began.elapsed().as_secs_f64() * 1e3;
    let cause = response.extensions().get::<Cause>();
    span.in_scope(|| match cause {
        Some(cause) if status.is_server_error() => {
            tracing::error!(%method, route, status = status.as_u16(), wait_ms, %cause, "refused");
        }
        Some(cause) => {
            tracing::info!(%method, route, status = status.as_u16(), wait_ms, %cause, "refused");
        }
        None => tracing::info!(%method, route, status = status.as_u16(), wait_ms, "answered"),
    });
    metrics::http_answered(route, known(&method), status.as_u16());
    response
}

/// A handler panicked: the caller gets a problem, the log the place.
pub(super) fn panicked(_message: Box<dyn Any + Send>) -> Response {
    // The message of a panic may hold text of the request; the panic hook logs only the place.
    ApiError::Internal("a handler panicked".into()).into_response()
}

fn trace(request: &Request) -> TraceContext {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let mut random = [0; 24];
    // Without random bytes the trace is less unique, which is no reason to refuse a customer.
    let _ = getrandom::fill(&mut random);
    TraceContext::receive(header, random)
}

/// The method as a label: a caller cannot make up new ones.
fn known(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn a_panic_becomes_a_problem_without_its_message() {
        let response = panicked(Box::new("customer text"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let cause = response.extensions().get::<Cause>().unwrap().to_string();
        assert!(!cause.contains("customer text"), "{cause}");
    }
}
