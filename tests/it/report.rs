//! `baton report`: what analysts read, without the service.

use serde_json::{Value, json};

use crate::{
    process::{baton, run},
    support::TestApp,
};

/// Twenty years ago, which is past for the clock of the service and for that of this machine.
async fn aged(app: &TestApp) {
    let path = app.folder.path().join("baton.db");
    let url = format!("sqlite:{}", path.display());
    let mut database = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    for table in ["rollups", "rollups_after"] {
        let earlier = format!("UPDATE {table} SET begin_ms = begin_ms - 7305 * 86400000");
        sqlx::query(sqlx::AssertSqlSafe(earlier)).execute(&mut database).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_the_service_answers_and_reads_well() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    for n in 0..3 {
        app.says(&format!("I was charged twice for invoice INV-{n} this month.")).await;
    }
    aged(&app).await;
    let from = "2000-01-01T00:00:00Z";
    for name in ["overview", "calibration", "handoffs", "scorecard"] {
        let answered = app.get(&format!("/v1/reports/{name}?by=intent&from={from}")).await.json();
        assert_eq!(answered["window"]["decisions"], 3);
        let given = ["report", name, "--by", "intent", "--format", "json", "--from", from];
        let (ok, out, errors) = run(baton(app.folder.path()).args(given), "");
        assert!(ok, "{errors}");
        let printed: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(printed["metrics"], answered["metrics"], "{name}");
        assert_eq!(printed["divided"], answered["divided"], "{name}");
        let keys = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&printed), keys(&answered));

        let (ok, out, errors) = run(baton(app.folder.path()).args(["report", name]), "");
        assert!(ok, "{errors}");
        let title = out.lines().next().unwrap().trim_start_matches("# ").to_lowercase();
        assert_eq!(title, name);
        assert!(out.contains("| metric | value | usual | what it is |"), "{out}");
    }
    let overview = app.get("/v1/reports/overview").await.json();
    assert_eq!(overview["promise"]["standing"], json!("none"), "{overview:#}");
    let reason = overview["forecast"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("not enough data"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_with_the_way_out() {
    let app = TestApp::sure("billing_dispute", 0.8).await;
    let folder = app.folder.path();
    let refused = |given: &[&str]| {
        let (ok, out, errors) = run(baton(folder).arg("report").args(given), "");
        assert!(!ok, "{given:?}: {out}");
        errors
    };
    assert!(refused(&["--by", "mood"]).contains("product_area"));
    assert!(refused(&["--from", "2999-01-01T00:00:00Z"]).contains("give an earlier time"));
    let missing = refused(&["--store", "sqlite:nowhere.db"]);
    assert!(missing.contains("holds no store"), "{missing}");
}
