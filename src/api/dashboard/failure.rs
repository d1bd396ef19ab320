//! What people see where a program would see a problem document.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{frame::Frame, page};
use crate::{
    api::problem::{ApiError, Cause, Fault},
    telemetry::metrics,
};

/// A refusal as a page.
pub(super) struct Failure(Arc<ApiError>);

impl<E: Into<ApiError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct View {
    frame: Frame,
    title: &'static str,
    detail: String,
    faults: Vec<Fault>,
    advice: &'static str,
    explained: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code) = self.0.kind();
        metrics::refused(code);
        let problem = self.0.problem();
        let (title, advice) = said(status);
        let view = View {
            frame: Frame::bare(title),
            title,
            detail: sentence(&problem.detail),
            faults: problem.errors,
            advice,
            explained: problem.kind,
        };
        let mut response = page::render(status, &view).unwrap_or_else(|_| status.into_response());
        response.extensions_mut().insert(Cause(self.0));
        response
    }
}

/// What happened and what to do about it, for people.
fn said(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "Not here",
            "It may have been erased, or the address has a typing error. The decisions are listed \
             under Decisions.",
        ),
        StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST => (
            "Not from here",
            "Nothing was changed. Open the dashboard on the machine of the service, or through a \
             tunnel: ssh -L 8080:127.0.0.1:8080 HOST, then http://127.0.0.1:8080.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not now",
            "Nothing was changed. Load this page again in a moment; if it stays so, ask whoever \
             runs the service to look at its log.",
        ),
        status if status.is_server_error() => (
            "Something broke",
            "The log of the service says what. Load this page again, and report it if it stays.",
        ),
        _ => ("That does not fit", "Nothing was changed. Go back, correct it, and send it again."),
    }
}

/// An error text as a sentence.
fn sentence(detail: &str) -> String {
    let mut chars = detail.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// Gives a browser a page instead of a problem document that nothing else has made into one.
pub(in crate::api) async fn unless_wanted(request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_browser = accepts.is_some_and(|accepts| accepts.contains("text/html"));
    let is_page = request.method() == Method::GET && !request.uri().path().starts_with("/v1/");
    let response = next.run(request).await;
    let is_html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    match response.extensions().get::<Cause>() {
        Some(Cause(cause)) if is_browser && is_page && !is_html => {
            Failure(cause.clone()).into_response()
        }
        _ => response,
    }
}
