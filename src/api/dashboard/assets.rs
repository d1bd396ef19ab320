//! The files that pages load: inside the program, named by their content, kept by browsers.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use sha2::{Digest as _, Sha256};

use super::failure::Failure;
use crate::api::{App, problem::ApiError};

/// A file of `ui/`.
struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
    /// The beginning of its SHA-256, in hexadecimal.
    digest: String,
}

macro_rules! assets {
    ($($name:literal: $kind:literal,)*) => {
        [$(($name, $kind, include_bytes!(concat!("../../../ui/", $name)).as_slice())),*]
    };
}

/// Every file, with its digest.
static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let files = assets![
        "baton.css": "text/css; charset=utf-8",
        "baton.js": "text/javascript; charset=utf-8",
        "baton.svg": "image/svg+xml",
        "policy.css": "text/css; charset=utf-8",
        "policy.js": "text/javascript; charset=utf-8",
        "decision.css": "text/css; charset=utf-8",
        "decision.js": "text/javascript; charset=utf-8",
        "try.js": "text/javascript; charset=utf-8",
    ];
    files.map(|(name, kind, body)| Asset { name, kind, body, digest: digest(body) }).into()
});

fn digest(body: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(body).iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The address of a file; another content has another address.
pub(super) fn href(name: &str) -> String {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    format!("/ui/{name}?v={}", found.map_or("", |asset| &asset.digest))
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/ui/{name}", get(serve))
}

async fn serve(
    Path(name): Path<String>,
    RawQuery(version): RawQuery,
    asked: HeaderMap,
) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Failure::from(ApiError::NotFound("there is no such file")).into_response();
    };
    // Only the address that names this very content may be kept for good.
    let is_named = version.as_deref().and_then(|given| given.strip_prefix("v="));
    let keep = if is_named == Some(&asset.digest) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let tag = format!("\"{}\"", asset.digest);
    let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        asset.body.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_named_by_its_content() {
        for asset in ASSETS.iter() {
            assert_eq!(href(asset.name), format!("/ui/{}?v={}", asset.name, digest(asset.body)));
        }
    }

    #[test]
    fn no_page_has_a_script_a_style_or_an_unescaped_text_of_its_own() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let is_page = path.extension().is_some_and(|end| end == "html");
            for banned in ["|safe", "| safe", "style=", "<style", "onclick", "http://", "https://"]
            {
                assert!(!is_page || !text.contains(banned), "{}: {banned}", path.display());
            }
            for script in text.split("<script").skip(1).filter(|_| is_page) {
                assert!(script.starts_with(" src="), "{}: a script inside", path.display());
            }
        }
    }
}
