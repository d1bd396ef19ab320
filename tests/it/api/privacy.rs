//! Personal data and text of conversations stay where they belong.

use serde_json::json;

use crate::support::TestApp;

const MARKER: &str = "zanzibarquux";

#[tokio::test]
async fn text_reaches_no_metric_and_no_error() {
    let app = TestApp::sure("how_to", 0.9).await;
    let text = format!("How do I export {MARKER} contacts?");
    let request = json!({ "conversation_id": format!("c-{MARKER}"), "subject": text,
        "messages": [{ "role": "customer", "text": text }], "customer": { "id": MARKER } });
    assert_eq!(app.triage(&request).await.status, 200);
    let wrong = json!({ "messages": [{ "role": "customer", "text": text, "at": MARKER }] });
    let reply = app.triage(&wrong).await;
    assert_eq!(reply.status, 422);
    assert!(!reply.text.contains(MARKER), "{}", reply.text);
    let metrics = app.get("/metrics").await.text;
    assert!(!metrics.contains(MARKER), "{metrics}");
}

/// Personal data of every kind that is masked.
const PERSONAL: &[&str] = &[
    "jo.public@example.com",
    "+1 555-0142-778",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "192.0.2.44",
    "078-05-1120",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
];

#[tokio::test]
async fn personal_data_is_masked_at_rest_and_whole_in_the_answer() {
    let app = TestApp::sure("billing_dispute", 0.9).await;
    let text = format!(
        "I was charged twice. Mail {}, call {}, card {}, account {}, from {}, number {}, key {}.",
        PERSONAL[0], PERSONAL[1], PERSONAL[2], PERSONAL[3], PERSONAL[4], PERSONAL[5], PERSONAL[6],
    );
    let request = json!({ "subject": format!("Question of {}", PERSONAL[0]),
        "messages": [{ "role": "customer", "text": text,
            "attachments": [{ "name": format!("{}.png", PERSONAL[0]) }] }] });
    let reply = app.triage(&request).await;
    assert!(reply.text.contains(PERSONAL[0]), "the caller gets the evidence whole: {}", reply.text);

    app.recorder.close().await;
    let mut files = vec![app.folder.path().to_path_buf()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for value in PERSONAL {
            let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
            assert!(!found, "{value} stands in {}", path.display());
        }
    }
}
