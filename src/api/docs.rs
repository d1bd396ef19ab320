//! `/openapi.json`, `/docs` with a page to try it, and what answers everywhere else.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::get,
};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{App, problem::ApiError};

/// The API document and a page to try it; the page's files are inside the program.
pub(super) fn routes(document: OpenApi) -> Router<App> {
    let config = Config::default().validator_url("none");
    let pages = SwaggerUi::new("/docs").url("/openapi.json", document).config(config);
    Router::from(pages).route("/errors", get(errors))
}

/// What every problem means; `type` of a problem leads here.
async fn errors() -> ([(HeaderName, &'static str); 1], &'static str) {
    let media_type = "text/markdown; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], include_str!("../../docs/errors.md"))
}

/// Nothing is at this address.
pub(super) async fn nothing_here() -> ApiError {
    ApiError::NotFound("nothing is at this address; /openapi.json lists what there is")
}

/// Something is at this address, but not with this method.
pub(super) async fn not_this_method() -> ApiError {
    ApiError::Method
}
