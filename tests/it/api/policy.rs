//! The policy at the edge: who may change it, and what a request of the wrong form is told.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, http::Request};
use baton::policy::Policy;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp};

/// Asks as a program on the same machine does.
async fn near(app: &TestApp, method: &str, path: &str, body: Option<&Value>) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| body.to_string().into());
    let mut request = request.body(body).unwrap();
    let peer: SocketAddr = "127.0.0.1:9".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    app.send(request).await
}

#[tokio::test]
async fn everybody_may_read_the_policy_and_only_this_machine_may_touch_it() {
    let app = TestApp::sure("how_to", 0.9).await;
    let shown = app.get("/v1/policy").await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.json()["text"], Policy::DEFAULT);
    assert_eq!(shown.json()["editable"], false);
    for reply in [
        app.post("/v1/policy/check", &json!({ "policy": "" })).await,
        app.get("/v1/policy/history").await,
        app.get("/v1/policy/history/1").await,
    ] {
        assert_eq!(reply.json()["title"], "not-local", "{}", reply.text);
    }
    let put = Request::put("/v1/policy").header("content-type", "application/json");
    let body = json!({ "policy": "", "base": "", "by": "x" }).to_string();
    assert_eq!(app.send(put.body(body.into()).unwrap()).await.json()["title"], "not-local");
}

#[tokio::test]
async fn a_text_is_tried_for_the_model_that_runs() {
    let app = TestApp::sure("how_to", 0.9).await;
    let check = |policy: String| json!({ "policy": policy });
    let end = Policy::DEFAULT.find("[[probe]]").unwrap();
    let text = Policy::DEFAULT[..end].replacen("[intent.how_to]", "[intent.how_come]", 1);
    let reply = near(&app, "POST", "/v1/policy/check", Some(&check(text))).await.json();
    assert_eq!((&reply["valid"], &reply["version"]), (&json!(false), &Value::Null), "{reply}");
    assert!(reply["errors"][0]["detail"].as_str().unwrap().contains("how_to"), "{reply}");

    let reply = near(&app, "POST", "/v1/policy/check", Some(&check("name = ".to_owned()))).await;
    assert_eq!(reply.json()["errors"][0]["line"], 1);
    let same = near(&app, "POST", "/v1/policy/check", Some(&check(Policy::DEFAULT.into()))).await;
    assert_eq!((&same.json()["valid"], &same.json()["in_force"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn every_fault_of_a_request_is_named() {
    let app = TestApp::sure("how_to", 0.9).await;
    let long = "x".repeat(4_001);
    let body = json!({ "policy": "", "base": "", "by": " ", "note": long });
    let reply = near(&app, "PUT", "/v1/policy", Some(&body)).await;
    assert_eq!(reply.status, 422);
    let faults = reply.json()["errors"].clone();
    assert_eq!((&faults[0]["pointer"], &faults[1]["pointer"]), (&json!("/by"), &json!("/note")));
    let reply = near(&app, "GET", "/v1/policy/history?limit=0&before=x&colour=1", None).await;
    assert_eq!(reply.json()["errors"].as_array().unwrap().len(), 3, "{}", reply.text);
    for place in ["7", "x", "-1", "%ff"] {
        let reply = near(&app, "GET", &format!("/v1/policy/history/{place}"), None).await;
        assert_eq!(reply.json()["title"], "not-found", "{place}");
    }
    let empty = near(&app, "GET", "/v1/policy/history", None).await.json();
    assert_eq!(empty, json!({ "revisions": [], "next": null }));
}
