//! What the documents promise is what happens.

use serde_json::Value;

use crate::support::{TestApp, real_model, root};

/// The request on the README's first screen gets the answer that stands below it.
#[tokio::test]
async fn the_readme_shows_a_real_answer() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let request = between(&text, "-d '", "'\n```");
    let shown: Value = serde_json::from_str(between(&text, "```json\n", "```")).unwrap();

    let app = TestApp::with(real_model()).await;
    app.app.triage.promise("the reader, by starting the service").await.unwrap();
    let reply = app.post_bytes("/v1/triage", request.to_owned()).await;

    let given = reply.json();
    for key in ["band", "action", "tier", "role", "queue", "strikes", "model", "durable"] {
        assert_eq!(shown[key], given[key], "{key}");
    }
    assert_eq!(shown["reasons"][0]["code"], given["reasons"][0]["code"]);
    for part in ["problem", "whats_been_done"] {
        assert_eq!(shown["handoff"][part], given["handoff"][part], "{part}");
    }
    // Processors differ a little in 8-bit arithmetic.
    let difference = shown["confidence"].as_f64().unwrap() - given["confidence"].as_f64().unwrap();
    assert!(difference.abs() < 0.02, "{difference}");
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap() + from.len();
    let end = text[start..].find(to).unwrap();
    &text[start..start + end]
}
