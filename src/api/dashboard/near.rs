//! The dashboard is for browsers on the machine of the service: nobody is asked who they are yet.

use std::net::SocketAddr;

use axum::{
    Extension,
    extract::{ConnectInfo, Request},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{super::admin::is_loopback, failure::Failure};
use crate::api::problem::ApiError;

/// Headers with which a proxy says that it asks for somebody else.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// Refuses everybody whose browser is on another machine.
pub(super) async fn check(
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    if is_loopback(peer) && !is_forwarded {
        return next.run(request).await;
    }
    Failure::from(ApiError::DashboardNotLocal).into_response()
}
