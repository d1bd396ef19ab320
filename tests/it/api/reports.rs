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

/// Four conversations out of five were solved by tier 2, the rest by tier 1.
async fn solved(app: &TestApp, conversations: usize) -> Vec<String> {
    let mut decisions = Vec::new();
    for n in 0..conversations {
        let text = format!("I was charged twice for invoice INV-{n} this month.");
        let said = app.says(&text).await.json();
        let id = said["conversation_id"].as_str().unwrap();
        let outcome = json!({
            "resolved_tier": if n % 5 == 0 { 1 } else { 2 },
            "csat": if n % 2 == 0 { 5 } else { 2 },
            "reassignments": n % 3,
        });
        let kept = app.post(&format!("/v1/conversations/{id}/outcome"), &outcome).await;
        assert_eq!(kept.status, 200, "{}", kept.text);
        decisions.push(said["decision_id"].as_str().unwrap().to_owned());
    }
    decisions
}

#[tokio::test]
async fn what_tier_2_solves_again_and_again_is_named_with_examples() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let decisions = solved(&app, 30).await;
    let report = app.get("/v1/reports/scorecard").await;
    assert_eq!(report.status, 200, "{}", report.text);
    let report = report.json();
    assert_eq!(metric(&report, "escalation_rate")["value"], 0.8, "{report:#}");
    assert_eq!(metric(&report, "csat")["value"], 0.5);
    assert_eq!(metric(&report, "group_changes")["value"], 1.0);
    assert_eq!(metric(&report, "deflection_rate")["value"], 0.0);
    let [recurring] = report["return_path"].as_array().unwrap().as_slice() else {
        panic!("{report:#}")
    };
    assert_eq!(
        (&recurring["intent"], &recurring["solved"]),
        (&json!("billing_dispute"), &json!(24))
    );
    let examples = recurring["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 3);
    assert!(examples.iter().all(|id| decisions.contains(&id.as_str().unwrap().to_owned())));
}

#[tokio::test]
async fn confidences_are_held_against_labels() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    for n in 0..20 {
        let said = app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
        let id = said.json()["decision_id"].as_str().unwrap().to_owned();
        let review = json!({ "verdict": "accepted", "by": "ann" });
        app.post(&format!("/v1/decisions/{id}/review"), &review).await;
    }
    let report = app.get("/v1/reports/calibration?by=tier").await;
    assert_eq!(report.status, 200, "{}", report.text);
    let report = report.json();
    let [bin] = report["bins"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((&bin["decisions"], &bin["precision"]["value"]), (&json!(20), &json!(1.0)));
    let confidence = bin["confidence"].as_f64().unwrap();
    assert!(bin["from"].as_f64().unwrap() <= confidence, "{bin:#}");
    let reason = report["error_reason"].as_str().unwrap();
    assert_eq!(reason, "not enough data: 20 labels, and it takes 100");
    assert_eq!(report["coverage"][0]["coverage"], 1.0);
    assert_eq!(report["audits"]["drawn"], 0);
}

#[tokio::test]
async fn the_risk_of_escalation_takes_fifty_cases_of_each_kind() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    solved(&app, 3).await;
    let report = app.get("/v1/reports/scorecard").await.json();
    assert_eq!(report["escalation_risk"], Value::Null);
    let reason = report["escalation_risk_reason"].as_str().unwrap();
    assert!(reason.contains("it takes 50 of each"), "{reason}");
    let path = app.folder.path().join("baton.db");
    let url = format!("sqlite:{}", path.display());
    let mut database = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let copies = "PRAGMA foreign_keys = OFF; \
         WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 120) \
         INSERT INTO tallies (place, seq, hour_ms, intent, tier, role, band, channel, agent_group, \
         product_area, confidence, is_escalated, lacks_context, strikes, resolved_tier) \
         SELECT 1000 + i, 1000 + i, hour_ms, intent, tier, role, band, channel, agent_group, \
         product_area, confidence, 0, 0, i % 2 * 3, iif(i % 2, 3, 1) FROM n, tallies \
         WHERE tallies.seq = 1";
    sqlx::raw_sql(copies).execute(&mut database).await.unwrap();
    let open = app.says("I was charged twice again.").await.json();
    let report = app.get("/v1/reports/scorecard").await.json();
    let risk = &report["escalation_risk"];
    assert_eq!(risk["reached"], 60, "{report:#}");
    assert!(risk["auroc"].as_f64().unwrap() > 0.9, "{risk:#}");
    assert_eq!(risk["highest"][0]["decision_id"], open["decision_id"], "{risk:#}");
    assert!(risk["highest"][0]["probability"].as_f64().unwrap() < 0.2, "{risk:#}");
}
