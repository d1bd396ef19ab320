//! Pages and files as they leave the service: fenced in, escaped, for this machine only.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, request::Builder},
};

use crate::support::{Reply, TestApp};

/// Every page of the navigation.
pub(super) const PAGES: [&str; 10] = [
    "/",
    "/decisions",
    "/calibration",
    "/drift",
    "/handoffs",
    "/policy",
    "/policy/edit",
    "/policy/history",
    "/model",
    "/try",
];

/// A request of a browser on that machine.
fn from(peer: &str, request: Builder) -> Request<Body> {
    let peer: SocketAddr = peer.parse().unwrap();
    request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap()
}

/// Opens a page in a browser on this machine.
pub async fn open(app: &TestApp, path: &str) -> Reply {
    let request = Request::get(path).header("accept", "text/html");
    app.send(from("127.0.0.1:9", request)).await
}

#[tokio::test]
async fn every_page_is_fenced_in_and_says_what_to_do_when_nothing_is_there() {
    let app = TestApp::sure("how_to", 0.9).await;
    for path in PAGES {
        let page = open(&app, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let fence = page.headers["content-security-policy"].to_str().unwrap();
        assert!(fence.starts_with("default-src 'none'; script-src 'self'"), "{fence}");
        assert!(!fence.contains("unsafe"), "{fence}");
        assert_eq!(page.headers["cache-control"], "no-store");
        assert!(page.text.contains("<main id=\"main\""), "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_under_the_name_of_their_content() {
    let app = TestApp::sure("how_to", 0.9).await;
    let page = open(&app, "/").await.text;
    let href = page.split("href=\"").find(|rest| rest.starts_with("/ui/baton.css")).unwrap();
    let href = href.split('"').next().unwrap();

    let file = open(&app, href).await;
    assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable");
    let tag = file.headers["etag"].clone();
    let again = Request::get(href).header("if-none-match", tag);
    assert_eq!(app.send(from("127.0.0.1:9", again)).await.status, 304);

    assert_eq!(open(&app, "/ui/baton.css?v=0").await.headers["cache-control"], "no-cache");
    assert_eq!(open(&app, "/ui/none.css").await.status, 404);
}

#[tokio::test]
async fn only_browsers_on_this_machine_are_answered() {
    let app = TestApp::sure("how_to", 0.9).await;
    let far = app.send(from("203.0.113.7:9", Request::get("/"))).await;
    assert_eq!(far.status, 403);
    assert!(far.text.contains("ssh -L"), "{}", far.text);
    let proxied = Request::get("/").header("x-forwarded-for", "203.0.113.7");
    assert_eq!(app.send(from("127.0.0.1:9", proxied)).await.status, 403);
    assert_eq!(app.get("/").await.status, 403, "nobody knows who asks");
}

#[tokio::test]
async fn no_page_elsewhere_changes_anything() {
    let app = TestApp::sure("how_to", 0.9).await;
    app.triage(&serde_json::json!({
        "conversation_id": "c-1", "messages": [{ "role": "customer", "text": "A person, please." }]
    }))
    .await;
    let release = || Request::post("/v1/conversations/c-1/release").header("host", "localhost:1");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let reply = app.send(from("127.0.0.1:9", release().header(name, value))).await;
        assert_eq!(
            (reply.status.as_u16(), reply.json()["title"].as_str()),
            (403, Some("cross-origin"))
        );
    }
    let own = release().header("origin", "http://localhost:1");
    assert_eq!(app.send(from("127.0.0.1:9", own)).await.status, 200);
    assert_eq!(app.ask("/v1/conversations/c-1/release").await.status, 200, "no browser at all");
}

#[tokio::test]
async fn people_get_a_page_where_programs_get_a_problem() {
    let app = TestApp::sure("how_to", 0.9).await;
    let page = open(&app, "/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.text.contains("role=\"alert\""));
    assert_eq!(app.get("/nowhere").await.headers["content-type"], "application/problem+json");
}
