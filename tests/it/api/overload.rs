//! More requests than the model can serve: the rest is refused or degraded, nobody is left hanging.

use std::{sync::Arc, time::Duration};

use baton::inference::{Engine, OnOverload, Options, Pack};
use futures::{FutureExt as _, StreamExt as _, future::join_all, stream::FuturesUnordered};
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, library, root, says};

/// The model that ships, with one worker and two places to wait.
fn small_model(cache_bytes: usize) -> Arc<Engine> {
    let pack = Pack::load(&root().join("models/default")).unwrap();
    let options = Options { workers: 1, queue_capacity: 2, cache_bytes, ..Options::default() };
    Arc::new(Engine::start(pack, &library(), &options).unwrap())
}

/// Some hundred tokens that no other request has.
fn long(number: usize) -> Value {
    let line = |line| format!("Row {line} of report {number} is wrong since yesterday. ");
    says(&(0..40).map(line).collect::<String>())
}

/// Sends forty requests at once; health and metrics are asked in the middle of it.
async fn flood(app: &TestApp) -> Vec<Reply> {
    let requests: Vec<Value> = (0..40).map(long).collect();
    let mut flood: FuturesUnordered<_> = requests.iter().map(|body| app.triage(body)).collect();
    let first = flood.next().await.unwrap();
    for path in ["/livez", "/readyz", "/metrics", "/v1/health/model"] {
        // At once: whoever asks for health must not get in line behind the model.
        let health = app.get(path).now_or_never().unwrap();
        assert_eq!(health.status, 200, "{path}: {}", health.text);
    }
    assert!(!flood.is_empty(), "the flood was over before health was asked for");
    let mut replies = vec![first];
    replies.extend(flood.collect::<Vec<_>>().await);
    replies
}

#[tokio::test]
async fn too_many_are_refused_with_a_time_to_come_back_and_the_rest_is_served() {
    let app = TestApp::with(small_model(0)).await;

    let replies = flood(&app).await;

    let (served, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 200);
    assert!(served.len() >= 3, "one is worked on, two wait: {}", served.len());
    assert!(!refused.is_empty());
    for reply in served {
        assert_eq!(reply.json()["degraded"], json!([]), "{}", reply.text);
    }
    for reply in refused {
        assert_eq!(reply.status, 503, "{}", reply.text);
        assert_eq!(reply.json()["title"], "overloaded");
        let wait: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait} s");
    }
    let after = app.says("I forgot my password and the reset e-mail never arrives.").await;
    assert_eq!(after.status, 200, "the flood is over: {}", after.text);
    assert_eq!(after.json()["role"], "frontline_agent");
}

#[tokio::test]
async fn where_the_options_say_so_the_rest_goes_to_a_human_instead() {
    let app = TestApp::degrading(small_model(0)).await;

    let replies = flood(&app).await;

    assert!(replies.iter().all(|reply| reply.status == 200));
    let degraded: Vec<_> =
        replies.iter().filter(|reply| reply.json()["degraded"] == json!(["model"])).collect();
    assert!(!degraded.is_empty() && degraded.len() <= 37, "{} of 40", degraded.len());
    for reply in degraded {
        assert_eq!(reply.json()["band"], "human");
        assert_eq!(reply.json()["durable"], true);
        assert!(reply.has_reason("degraded.model"));
    }
}

#[tokio::test]
async fn a_batch_is_served_whole_while_people_flood_the_service() {
    let app = TestApp::with(small_model(0)).await;
    let lines: Vec<String> = (100..112).map(|number| long(number).to_string()).collect();
    let request = axum::http::Request::post("/v1/triage/batch")
        .header("content-type", "application/x-ndjson")
        .body(axum::body::Body::from(lines.join("\n")))
        .unwrap();

    let people = join_all((0..20).map(|number| {
        let app = &app;
        async move { app.triage(&long(number)).await.status }
    }));
    let (batch, people) = tokio::join!(app.send(request), people);

    let answers: Vec<Value> =
        batch.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 12);
    for answer in answers {
        assert_eq!(answer["degraded"], json!([]), "{answer}");
    }
    assert!(people.iter().any(|status| *status == 200), "{people:?}");
}

#[test]
fn what_happens_on_overload_can_be_said_in_words() {
    let read = |json: &str| serde_json::from_str::<Options>(json);
    let options = read(r#"{"on_overload": "degrade"}"#).unwrap();
    assert_eq!(options.on_overload, OnOverload::Degrade);
    assert_eq!(options.deadline, Duration::from_secs(5));
    assert!(read(r#"{"on_overload": "shrug"}"#).is_err());
}
