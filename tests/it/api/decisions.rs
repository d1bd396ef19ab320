//! What was decided can be found again.

use serde_json::{Value, json};

use crate::support::{TestApp, says};

async fn fill(app: &TestApp, count: usize) {
    for number in 0..count {
        let mut request = says("How do I export my contacts?");
        request["conversation_id"] = json!(format!("c-{number}"));
        assert_eq!(app.triage(&request).await.status, 200);
    }
}

fn ids(page: &Value) -> Vec<String> {
    let all = page["decisions"].as_array().unwrap();
    all.iter().map(|d| d["conversation_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_newest_first_without_gap_or_repeat() {
    let app = TestApp::sure("how_to", 0.95).await;
    fill(&app, 7).await;
    let mut seen = Vec::new();
    let mut path = "/v1/decisions?limit=3".to_owned();
    loop {
        let page = app.get(&path).await.json();
        seen.extend(ids(&page));
        // What comes in while somebody pages must not shift the pages.
        fill(&app, 1).await;
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/decisions?limit=3&cursor={next}");
    }
    assert_eq!(seen, ["c-6", "c-5", "c-4", "c-3", "c-2", "c-1", "c-0"]);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let app = TestApp::sure("how_to", 0.95).await;
    fill(&app, 2).await;
    app.says("I want to speak to a human agent please.").await;
    for (query, count) in [
        ("band=human", 1),
        ("band=auto", 2),
        ("intent=how_to", 3),
        ("intent=refund_request", 0),
        ("conversation_id=c-1", 1),
        ("from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:01Z", 3),
        ("from=2026-11-21T00:00:00Z", 0),
        ("reviewed=false", 3),
        ("reviewed=true", 0),
    ] {
        let page = app.get(&format!("/v1/decisions?{query}")).await.json();
        assert_eq!(ids(&page).len(), count, "{query}");
    }
}

#[tokio::test]
async fn one_decision_is_shown_in_masked_words() {
    let app = TestApp::sure("billing_dispute", 0.95).await;
    let given =
        app.says("Invoice INV-2231 is wrong, write to jo@example.com about it.").await.json();
    let id = given["decision_id"].as_str().unwrap();
    let shown = app.get(&format!("/v1/decisions/{id}")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(!shown.text.contains("jo@example.com"), "{}", shown.text);
    let json = shown.json();
    assert_eq!(json["decision"]["role"], given["role"]);
    assert!(json["messages"][0]["text"].as_str().unwrap().contains("INV-2231"));
}

#[tokio::test]
async fn what_does_not_exist_is_404_and_a_wrong_parameter_422() {
    let app = TestApp::sure("how_to", 0.95).await;
    for id in ["x", "019aa3f2-6d1c-7c41-8b5e-3f6f0c1d2a3b"] {
        assert_eq!(app.get(&format!("/v1/decisions/{id}")).await.status, 404);
    }
    let reply = app.get("/v1/decisions?band=sure&tier=7").await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["errors"].as_array().unwrap().len(), 2);
}
