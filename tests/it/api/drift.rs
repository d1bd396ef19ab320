//! What has changed, as analysts read it.

use serde_json::json;

use crate::support::TestApp;

const DRIFT: &str = "/v1/reports/drift";

#[tokio::test]
async fn too_few_decisions_are_no_answer_and_no_reference_is_said_so() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let empty = app.get(DRIFT).await;
    assert_eq!(empty.status, 200, "{}", empty.text);
    assert_eq!(empty.json()["window"]["decisions"], 0);
    for n in 0..3 {
        app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
    }
    let report = app.get(DRIFT).await.json();
    assert_eq!(report["model"], json!({ "name": "fake", "version": "0" }));
    assert_eq!(report["window"]["decisions"], 3, "{report:#}");
    let [trailing, trained] = [0, 1].map(|place| &report["references"][place]);
    assert_eq!(trailing["basis"], "trailing");
    assert_eq!(trailing["outcome"], "not_enough_data");
    let reason = trailing["reason"].as_str().unwrap();
    assert!(reason.contains("3 judged decisions") && reason.contains("50"), "{reason}");
    assert_eq!(
        (&trained["basis"], &trained["outcome"]),
        (&json!("training"), &json!("no_reference"))
    );
    assert_eq!(trained["findings"], json!([]));
}

/// Puts decisions into an hour that is so many days ago, as another month's traffic would.
pub(super) async fn moved_back(app: &TestApp, days: i64) {
    let path = app.folder.path().join("baton.db");
    let url = format!("sqlite:{}", path.display());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("UPDATE sums SET hour_ms = hour_ms - ?")
        .bind(days * 24 * 3_600_000)
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn another_demand_is_found_with_its_cause() {
    let app = TestApp::sure("how_to", 0.8).await;
    for n in 0..60 {
        app.says(&format!("How do I change the colour of tile {n}?")).await;
    }
    moved_back(&app, 14).await;
    let app = app
        .restarted(crate::support::Fake::new(crate::support::Answer::Sure("billing_dispute", 0.8)))
        .await;
    for n in 0..60 {
        app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
    }
    let report = app.get(DRIFT).await.json();
    let trailing = &report["references"][0];
    assert_eq!(trailing["outcome"], "compared", "{report:#}");
    assert!(trailing["reason"].as_str().unwrap().contains("vectors are not compared"));
    let findings = trailing["findings"].as_array().unwrap();
    let intents = findings.iter().find(|finding| finding["kind"] == "intents").unwrap();
    assert_eq!((&intents["moved"], &intents["level"]), (&json!(true), &json!("show")));
    let causes = intents["causes"].as_array().unwrap();
    assert!(causes.iter().any(|cause| cause["name"] == "billing_dispute"), "{intents:#}");
    let novelty = findings.iter().find(|finding| finding["kind"] == "novelty").unwrap();
    assert_eq!(novelty["moved"], false);
}
