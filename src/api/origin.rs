//! Refuses changes that another web page asks for through its visitor's browser (cross-site
//! request forgery). Programs that are no browsers send none of these headers and are let through.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::problem::ApiError;

/// Refuses what may change something and comes from a page of another origin.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || is_own(request.headers()) { next.run(request).await } else { refused() }
}

fn refused() -> Response {
    ApiError::Origin.into_response()
}

/// True if no header says that another page asks. `Sec-Fetch-Site` cannot be set by a page;
/// browsers that do not send it send `Origin` with every change.
fn is_own(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let text = |value: &axum::http::HeaderValue| value.to_str().ok().map(str::to_owned);
    let (origin, host) = (text(origin), headers.get(header::HOST).and_then(text));
    let named = origin.as_deref().and_then(|origin| origin.split_once("://"));
    named.is_some_and(|(_, authority)| Some(authority) == host.as_deref())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_own(&pairs.collect())
    }

    #[test]
    fn only_the_services_own_pages_and_no_browser_at_all_are_own() {
        let host = ("host", "127.0.0.1:8080");
        assert!(own(&[host]), "a program");
        assert!(own(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(own(&[host, ("sec-fetch-site", "none")]), "the person themselves");
        assert!(own(&[host, ("origin", "http://127.0.0.1:8080")]));
        for site in ["cross-site", "same-site", ""] {
            let own = own(&[host, ("sec-fetch-site", site), ("origin", "http://127.0.0.1:8080")]);
            assert!(!own, "{site}");
        }
        for origin in ["null", "http://127.0.0.1:9090", "https://evil.example", ""] {
            assert!(!own(&[host, ("origin", origin)]), "{origin}");
        }
        assert!(!own(&[("origin", "http://127.0.0.1:8080")]), "no host to compare with");
    }
}
