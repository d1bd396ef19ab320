//! Reports, as analysts read them.

use serde_json::{Value, json};

use crate::support::TestApp;

const OVERVIEW: &str = "/v1/reports/overview";
const HANDOFFS: &str = "/v1/reports/handoffs";

fn metric<'a>(of: &'a Value, name: &str) -> &'a Value {
    let metrics = of["metrics"].as_array().unwrap();
    metrics.iter().find(|metric| metric["name"] == name).unwrap()
}

#[tokio::test]
async fn few_decisions_are_counted_and_nothing_more_is_said_of_them() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    for n in 0..3 {
        app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
    }
    let report = app.get(OVERVIEW).await;
    assert_eq!(report.status, 200, "{}", report.text);
    let report = report.json();
    assert_eq!(report["window"]["decisions"], 3, "{report:#}");
    let share = metric(&report, "suggest_share");
    assert_eq!((&share["numerator"], &share["value"]), (&json!(3.0), &Value::Null));
    assert!(share["reason"].as_str().unwrap().starts_with("not enough data"), "{share:#}");
    assert!(share["definition"].as_str().unwrap().ends_with('.'));
    assert_eq!(report["divided"], Value::Null);
    let last = report["volume"].as_array().unwrap().last().unwrap();
    assert_eq!(last["decisions"], 3, "{report:#}");
}

#[tokio::test]
async fn overrides_are_found_per_intent_and_per_band() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    for n in 0..24 {
        let said = app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
        let id = said.json()["decision_id"].as_str().unwrap().to_owned();
        let review = if n % 4 == 0 {
            json!({ "verdict": "overridden", "tier": 3, "by": "ann" })
        } else {
            json!({ "verdict": "accepted", "by": "ann" })
        };
        let kept = app.post(&format!("/v1/decisions/{id}/review"), &review).await;
        assert_eq!(kept.status, 200, "{}", kept.text);
    }
    let report = app.get(&format!("{OVERVIEW}?by=intent")).await.json();
    let groups = &report["divided"];
    assert_eq!(groups["by"], "intent");
    let [group] = groups["groups"].as_array().unwrap().as_slice() else { panic!("{groups:#}") };
    assert_eq!((&group["value"], &group["decisions"]), (&json!("billing_dispute"), &json!(24)));
    let suggested = report["bands"].as_array().unwrap();
    let suggested = suggested.iter().find(|band| band["value"] == "suggest").unwrap();
    for place in [&report, group, suggested] {
        assert_eq!(metric(place, "override_rate")["value"], 0.25, "{place:#}");
        let precision = metric(place, "precision");
        assert_eq!(precision["value"], 0.75);
        let bound = |name: &str| precision[name].as_f64().unwrap();
        assert!(0.4 < bound("low") && bound("low") < 0.75 && 0.75 < bound("high"), "{precision:#}");
    }
}

#[tokio::test]
async fn a_handoff_that_nobody_picks_up_is_listed_and_one_that_may_be_is_not_counted() {
    let app = TestApp::sure("cancellation", 0.99).await;
    let said = app.says("I want to cancel my subscription today.").await.json();
    assert_eq!(said["action"], "hand_off", "{said:#}");
    let report = app.get(HANDOFFS).await.json();
    let waiting = &report["not_acknowledged"];
    assert_eq!((&waiting["after_minutes"], &waiting["count"]), (&json!(30.0), &json!(0)));
    assert_eq!(metric(&report, "picked_up_in_time")["denominator"], 0.0, "{report:#}");
    let path = app.folder.path().join("baton.db");
    let url = format!("sqlite:{}", path.display());
    let mut database = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let earlier = "UPDATE conversations SET waiting_since_ms = waiting_since_ms - 1860000";
    sqlx::query(earlier).execute(&mut database).await.unwrap();
    let report = app.get(HANDOFFS).await.json();
    let waiting = &report["not_acknowledged"];
    assert_eq!(waiting["count"], 1);
    assert_eq!(waiting["longest"][0]["conversation_id"], said["conversation_id"]);
}

#[tokio::test]
async fn every_fault_of_a_question_is_named() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let reply = app.get(&format!("{OVERVIEW}?from=yesterday&by=mood&depth=2")).await;
    assert_eq!(reply.status, 422, "{}", reply.text);
    let reply = reply.json();
    let faults = reply["errors"].as_array().unwrap();
    let pointers: Vec<_> = faults.iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["?from", "?by", "?depth"]);
    for window in ["from=2999-01-01T00:00:00Z", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"]
    {
        let reply = app.get(&format!("{HANDOFFS}?{window}")).await;
        assert_eq!(reply.status, 422, "{}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], "?from");
    }
}
