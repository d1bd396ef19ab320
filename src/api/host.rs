//! Answers only to names of this machine: a web page elsewhere can give its own name the address
//! 127.0.0.1 and would else read every decision through its visitor's browser (DNS rebinding).

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{App, problem::ApiError};

/// Refuses requests for names that are not this machine's, unless the service is exposed.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    if app.expose || named.is_none_or(is_local) {
        return next.run(request).await;
    }
    ApiError::Host.into_response()
}

/// True for an address or `localhost`, each with or without a port.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_local() {
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "127.0.0.1"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["evil.example:8080", "", "localhost.evil.example", "?", "[evil]"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
