//! A page on its way to the browser: rendered, and fenced in by headers.

use askama::Template;
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::failure::Failure;
use crate::api::problem::ApiError;

/// A view to be shown.
pub(super) struct Page<T>(pub(super) T);

/// What a browser may do with a page. Everything comes from the service itself, nothing is written
/// into the page, nobody may frame it, and nothing of it stays on a disk.
const FENCE: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer`, a browser would send changes of our own pages as `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Renders a view with a status.
///
/// # Errors
/// The template fails, which no data can cause.
pub(super) fn render(status: StatusCode, view: &impl Template) -> Result<Response, askama::Error> {
    let mut response = (status, view.render()?).into_response();
    for (name, value) in FENCE {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        with_status(StatusCode::OK, &self.0)
    }
}

/// A page with another status, such as 422 for a form that has to be corrected.
pub(super) fn with_status<T: Template>(status: StatusCode, view: &T) -> Response {
    render(status, view)
        .unwrap_or_else(|cause| Failure::from(ApiError::Internal(cause.into())).into_response())
}
