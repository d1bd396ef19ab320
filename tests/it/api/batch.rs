//! Many conversations: one line in, one line out, in order.

use axum::{body::Body, http::Request};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{Reply, TestApp, says};

async fn batch(app: &TestApp, body: impl Into<Body>) -> (Reply, Vec<Value>) {
    let request = Request::post("/v1/triage/batch").header("content-type", "application/x-ndjson");
    let reply = app.send(request.body(body.into()).unwrap()).await;
    let lines = reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (reply, lines)
}

#[tokio::test]
async fn a_bad_line_gives_an_error_in_its_place_and_the_rest_goes_on() {
    let app = TestApp::sure("how_to", 0.9).await;
    let mut good = says("How do I export my contacts?");
    good["conversation_id"] = json!("first");
    let mut last = good.clone();
    last["conversation_id"] = json!("last");
    let long = format!("{{\"messages\":\"{}\"}}", "x".repeat(3 * 1024 * 1024));
    let body = format!("{good}\nnot json SECRET\n\n{{\"messages\":[]}}\n{long}\n{last}");

    let (reply, lines) = batch(&app, body).await;

    assert_eq!(reply.status, 200);
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[0]["conversation_id"], "first");
    for (at, title) in [(1, "malformed"), (2, "malformed"), (3, "invalid"), (4, "too-large")] {
        assert_eq!(lines[at]["line"], at as u64 + 1);
        assert_eq!(lines[at]["error"]["title"], title);
    }
    assert_eq!(lines[5]["conversation_id"], "last");
    assert!(!reply.text.contains("SECRET"));
}

#[tokio::test]
async fn order_is_kept_over_many_lines() {
    let app = TestApp::sure("how_to", 0.9).await;
    let lines: Vec<String> = (0..200)
        .map(|number| {
            let mut request = says("How do I export my contacts?");
            request["conversation_id"] = json!(format!("c-{number}"));
            request.to_string()
        })
        .collect();
    let (_, answers) = batch(&app, lines.join("\n")).await;
    let ids: Vec<_> = answers.iter().map(|a| a["conversation_id"].as_str().unwrap()).collect();
    let want: Vec<_> = (0..200).map(|number| format!("c-{number}")).collect();
    assert_eq!(ids, want);
}

#[tokio::test]
async fn answers_stream_while_the_input_is_still_open() {
    let app = TestApp::sure("how_to", 0.9).await;
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<String>();
    let stream = futures::stream::unfold(receive, async |mut receive| {
        let line = receive.recv().await?;
        Some((Ok::<_, std::io::Error>(line), receive))
    });
    let request = Request::post("/v1/triage/batch")
        .header("content-type", "application/x-ndjson")
        .body(Body::from_stream(stream))
        .unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let mut answers = response.into_body().into_data_stream();
    for _ in 0..3 {
        send.send(format!("{}\n", says("How do I export my contacts?"))).unwrap();
        let answer = answers.next().await.unwrap().unwrap();
        assert!(answer.ends_with(b"\n"));
    }
    drop(send);
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let app = TestApp::sure("how_to", 0.9).await;
    assert_eq!(app.post_bytes("/v1/triage/batch", "{}").await.status, 415);
}

#[tokio::test]
async fn an_input_that_breaks_off_is_answered_until_there_and_says_so() {
    let app = TestApp::sure("how_to", 0.9).await;
    let line = format!("{}\n", says("How do I export my contacts?"));
    let chunks = [Ok(line), Err(std::io::Error::other("the cable"))];
    let (_, lines) = batch(&app, Body::from_stream(futures::stream::iter(chunks))).await;
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["tier"], 0);
    assert_eq!(
        (&lines[1]["line"], &lines[1]["error"]["title"]),
        (&json!(2), &json!("interrupted"))
    );
}
