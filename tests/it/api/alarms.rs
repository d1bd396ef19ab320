//! What begins and ends while the service is watched, as analysts read it.

use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use super::drift::moved_back;
use crate::support::{Answer, Fake, TestApp};

const ALARMS: &str = "/v1/reports/alarms";

async fn look(app: &TestApp) {
    app.app.triage.look().await.unwrap();
}

async fn alarms(app: &TestApp) -> Vec<Value> {
    let reply = app.get(ALARMS).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["alarms"].as_array().unwrap().clone()
}

/// Subject, event, level and intent of each, the oldest first.
async fn told(app: &TestApp) -> Vec<String> {
    let mut told: Vec<_> = alarms(app).await.iter().map(in_short).collect();
    told.reverse();
    told
}

fn in_short(alarm: &Value) -> String {
    let intent = alarm["intent"].as_str().unwrap_or("all");
    let word = |name: &str| alarm[name].as_str().unwrap().to_owned();
    format!("{} {} {} {intent}", word("subject"), word("event"), word("level"))
}

async fn decided(app: &TestApp, decisions: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(decisions);
    for n in 0..decisions {
        let reply = app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
        ids.push(reply.json()["decision_id"].as_str().unwrap().to_owned());
    }
    ids
}

fn model(intent: &'static str) -> std::sync::Arc<Fake> {
    Fake::new(Answer::Sure(intent, 0.8))
}

#[tokio::test]
async fn drift_alarms_after_two_windows_and_ends_after_two() {
    let app = TestApp::with(model("how_to")).await;
    decided(&app, 60).await;
    moved_back(&app, 14).await;
    look(&app).await;
    let mut app = app.restarted(model("billing_dispute")).await;
    decided(&app, 60).await;
    // A window is whole hours that have ended, and five minutes for what comes late.
    app.clock.forward_minutes(23 * 60 + 4);
    look(&app).await;
    app.clock.forward_minutes(1);
    look(&app).await;
    let second = decided(&app, 60).await;
    assert_eq!(told(&app).await, [""; 0], "one window may be chance");
    app.clock.forward_minutes(24 * 60);
    look(&app).await;
    look(&app).await;
    assert_eq!(told(&app).await, ["intents raised show all"], "told once");
    let alarm = &alarms(&app).await[0];
    assert_eq!((&alarm["basis"], &alarm["ground"]), (&json!("trailing"), &Value::Null));
    assert_eq!(alarm["from"], "2026-11-21T09:00:00Z");
    assert_eq!(alarm["to"], "2026-11-22T09:00:00Z");
    assert!(alarm["now"].as_f64() > alarm["usual"].as_f64(), "{alarm:#}");
    let grown = alarm["causes"].as_array().unwrap();
    assert!(grown.iter().any(|cause| cause["name"] == "billing_dispute"), "{alarm:#}");
    let named = alarm["decisions"].as_array().unwrap();
    assert_eq!(named.len(), 10);
    assert!(named.iter().all(|id| second.iter().any(|decided| id == decided)), "{alarm:#}");

    app = app.restarted(model("how_to")).await;
    for windows in 1..=2 {
        decided(&app, 60).await;
        app.clock.forward_minutes(24 * 60);
        look(&app).await;
        assert_eq!(told(&app).await.len(), windows, "it takes two to end it");
    }
    assert_eq!(told(&app).await[1], "intents over show all");
}

async fn reviewed(app: &TestApp, id: &str, by: &str, verdict: &str) {
    let mut review = json!({ "verdict": verdict, "by": by });
    if verdict == "overridden" {
        review["tier"] = json!(3);
        review["role"] = json!("engineering");
    }
    let reply = app.post(&format!("/v1/decisions/{id}/review"), &review).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn overrides_warn_then_alarm_and_end_once_they_are_rare() {
    let app = TestApp::with(model("billing_dispute")).await;
    let ids = decided(&app, 8).await;
    for id in &ids[..4] {
        reviewed(&app, id, "ann", "overridden").await;
        // What others say of the same decision, or she again, is no other decision.
        look(&app).await;
        for by in ["bob", "ann", "cy"] {
            reviewed(&app, id, by, "overridden").await;
        }
        look(&app).await;
    }
    let of = "billing_dispute";
    let warned = ["overrides raised show all".to_owned(), format!("overrides raised show {of}")];
    let so_far = told(&app).await;
    assert!(so_far.is_empty() || so_far == warned, "{so_far:?}");
    for id in &ids[4..] {
        reviewed(&app, id, "ann", "overridden").await;
    }
    look(&app).await;
    let so_far = told(&app).await;
    let mut loud: Vec<_> = so_far.iter().filter(|told| told.contains("notify")).collect();
    loud.sort();
    assert_eq!(loud, ["overrides raised notify all", &format!("overrides raised notify {of}")]);
    assert_eq!(so_far.len(), 4, "{so_far:?}");
    let alarm = &alarms(&app).await[0];
    assert_eq!((&alarm["now"], &alarm["usual"]), (&json!(1.0), &json!(0.12)));
    let named = alarm["decisions"].as_array().unwrap();
    assert_eq!(named.len(), 8);
    assert!(ids.iter().all(|id| named.contains(&json!(id))), "{alarm:#}");

    for id in decided(&app, 200).await {
        reviewed(&app, &id, "ann", "accepted").await;
    }
    look(&app).await;
    let over = told(&app).await.split_off(4);
    assert_eq!(
        over,
        ["overrides over notify all".to_owned(), format!("overrides over notify {of}")]
    );
    // Tests share one recorder, so that only the names are sure.
    let metrics = app.get("/metrics").await.text;
    for name in ["triage_override_ratio", "triage_band_precision_lower_ratio"] {
        assert!(metrics.contains(&format!("{name}{{band=\"auto\"}}")), "{name}");
    }
}

#[tokio::test]
async fn a_handoff_that_nobody_picks_up_is_told_once_by_one_instance() {
    let app = TestApp::with(Fake::new(Answer::Sure("security_incident", 0.5))).await;
    let request = json!({
        "conversation_id": "c-1",
        "messages": [{ "role": "customer", "text": "Somebody has stolen our API keys." }],
    });
    let decision = app.triage(&request).await.json();
    assert_eq!((&decision["band"], &decision["severity"]), (&json!("human"), &json!("critical")));
    look(&app).await;
    app.clock.forward_minutes(31);
    let others = app.second_instance(Fake::new(Answer::Sure("security_incident", 0.5))).await;
    others.clock.forward_minutes(31);
    tokio::join!(look(&app), look(&others));
    look(&others).await;
    assert_eq!(told(&app).await, ["handoffs raised notify all"]);
    let alarm = &alarms(&app).await[0];
    assert_eq!(alarm["decisions"], json!([decision["decision_id"]]));
    assert_eq!((&alarm["now"], &alarm["at"]), (&json!(1.0), &json!("2026-11-20T10:31:00Z")));
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("triage_alarms_total{subject=\"handoffs\",level=\"notify\""));

    let picked_up = app.post("/v1/conversations/c-1/acknowledge", &json!({ "by": "ann" })).await;
    assert_eq!(picked_up.status, 200, "{}", picked_up.text);
    look(&app).await;
    assert_eq!(told(&app).await.len(), 1, "the next one may be late as well");
    look(&app).await;
    assert_eq!(told(&app).await[1], "handoffs over notify all");

    let url = format!("sqlite:{}", app.folder.path().join("baton.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for statement in ["DELETE FROM alarms", "UPDATE alarms SET at_ms = 0"] {
        let refused = sqlx::raw_sql(statement).execute(&mut connection).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let page = app.get(&format!("{ALARMS}?limit=1")).await.json();
    assert_eq!(page["alarms"][0]["event"], "over");
    let next = page["next"].as_str().unwrap();
    let page = app.get(&format!("{ALARMS}?limit=1&cursor={next}&from=2026-11-20T10:31:00Z")).await;
    assert_eq!(page.json()["alarms"][0]["event"], "raised");
    assert_eq!(page.json()["next"], Value::Null);
    let refused = app.get(&format!("{ALARMS}?limit=0&until=now")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("?until") && refused.text.contains("?limit"), "{}", refused.text);
}
