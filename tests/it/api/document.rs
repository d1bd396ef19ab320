//! The API document and what surrounds it.

use baton::{api, domain::ReasonCode};
use serde_json::Value;

use crate::support::TestApp;

#[test]
fn the_document_is_what_was_agreed() {
    let mut document = serde_json::to_value(api::openapi()).unwrap();
    document["info"]["version"] = Value::from("VERSION");
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn problems_look_as_they_always_did() {
    let app = TestApp::sure("how_to", 0.9).await;
    let mut problems = Vec::new();
    for body in [
        "{",
        "{}",
        r#"{"messages":[{"role":"boss","text":"x"}]}"#,
        r#"{"messages":[{"role":"bot","text":"x"}],"customer":{"mrr_usd":-1}}"#,
        r#"{"messages":[{"role":"customer","text":"x","at":"today"}]}"#,
    ] {
        problems.push(app.post_bytes("/v1/triage", body).await.json());
    }
    problems.push(app.get("/v1/decisions?band=sure").await.json());
    problems.push(app.get("/v1/decisions/none").await.json());
    problems.push(app.get("/v1/decisions/%ff").await.json());
    problems.push(app.get("/nowhere").await.json());
    insta::assert_json_snapshot!("problems", problems);
}

#[tokio::test]
async fn document_and_page_are_served_without_an_outside_request() {
    let app = TestApp::sure("how_to", 0.9).await;
    let document = app.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let codes = document.to_string();
    for code in ReasonCode::ALL {
        assert!(codes.contains(&format!("\"{code}\"")), "{code} is not documented");
    }
    let page = app.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("src=\"http") && !page.text.contains("href=\"http"));
}

#[tokio::test]
async fn every_problem_code_is_explained() {
    let text = std::fs::read_to_string(crate::support::root().join("docs/errors.md")).unwrap();
    let source = include_str!("../../../src/api/problem.rs");
    let table = source.split("fn kind").nth(1).unwrap().split("fn problem").next().unwrap();
    for code in table.split("StatusCode::").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
        assert!(text.contains(&format!("## {code}\n")), "docs/errors.md lacks {code}");
    }
}

#[tokio::test]
async fn every_metric_is_explained() {
    let text = std::fs::read_to_string(crate::support::root().join("docs/metrics.md")).unwrap();
    let source = include_str!("../../../src/telemetry/metrics.rs");
    for name in source.split('"').filter(|text| text.starts_with("triage_")) {
        assert!(text.contains(&format!("`{name}`")), "docs/metrics.md lacks {name}");
    }
}

#[tokio::test]
async fn health_follows_model_and_end() {
    let app = TestApp::sure("how_to", 0.9).await;
    assert_eq!(app.get("/livez").await.status, 200);
    assert_eq!(app.get("/readyz").await.status, 200);
    app.app.announce_end();
    let reply = app.get("/readyz").await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.json()["draining"], true);
    assert_eq!(app.get("/livez").await.status, 200);
    // Until the port is closed, requests are still answered.
    assert_eq!(app.says("How do I export my contacts?").await.status, 200);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let app = TestApp::sure("how_to", 0.9).await;
    let reply = app.get("/v1/nothing").await;
    assert_eq!((reply.status.as_u16(), reply.json()["title"].as_str()), (404, Some("not-found")));
    let reply = app.get("/v1/triage").await;
    assert_eq!((reply.status.as_u16(), reply.json()["title"].as_str()), (405, Some("method")));
    assert_eq!(reply.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn another_machines_name_is_refused() {
    let app = TestApp::sure("how_to", 0.9).await;
    for (host, status) in [("evil.example", 421), ("localhost:8080", 200), ("127.0.0.1", 200)] {
        let request = axum::http::Request::get("/livez").header("host", host);
        assert_eq!(app.send(request.body("".into()).unwrap()).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn a_decision_shows_in_the_metrics() {
    let app = TestApp::sure("architecture", 0.99).await;
    app.says("Our deployment does not scale past ten thousand tenants.").await;
    let text = app.get("/metrics").await.text;
    for part in [
        "triage_decisions_total{mode=\"shadow\",band=\"auto\",tier=\"4\",role=\"engineering_a_team\"}",
        "triage_confidence_bucket",
        "triage_stage_duration_seconds_count{stage=\"packet\"}",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}
