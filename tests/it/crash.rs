//! `kill -9` under load: whatever was acknowledged is there afterwards, and the chain verifies.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use sqlx::{Connection as _, SqliteConnection};

use crate::{
    process::{Server, baton, run},
    support::says,
};

const CALLERS: usize = 4;

#[test]
fn acknowledged_decisions_survive_kill_9() {
    // Three kills show that the test works; scripts/soak runs a hundred.
    let kills = std::env::var("BATON_SOAK_KILLS").ok().and_then(|text| text.parse().ok());
    let kills: u64 = kills.unwrap_or(3);
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = Arc::new(Mutex::new(Vec::<String>::new()));
    for kill in 0..kills {
        let mut server = Server::start(&mut audited(folder.path()));
        let stop = Arc::new(AtomicBool::new(false));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (url, stop) = (server.url.clone(), stop.clone());
                let acknowledged = acknowledged.clone();
                thread::spawn(move || call(&url, &stop, &acknowledged))
            })
            .collect();
        // Another moment each time, without a random number that nobody could repeat.
        thread::sleep(Duration::from_millis(150 + kill * 97 % 450));
        server.signal("KILL");
        server.ended();
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.join().unwrap();
        }
    }

    let server = Server::start(&mut audited(folder.path()));
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.len() as u64 >= kills, "no load: {} decisions", acknowledged.len());
    for id in acknowledged.iter() {
        let found = server.get(&format!("/v1/decisions/{id}"));
        assert!(found.is_ok(), "decision {id} was acknowledged and is lost: {found:?}");
    }
    drop(server);
    let (automatic, audits, amiss) = audits(folder.path());
    assert!(automatic > 0 && audits > 0, "{automatic} automatic, {audits} audits");
    assert_eq!(amiss, 0, "an audit is lost or has no decision");
    let (ok, report, errors) = run(baton(folder.path()).arg("doctor"), "");
    assert!(ok, "{report}{errors}");
    eprintln!("{kills} kills, {} acknowledged decisions, all there", acknowledged.len());
}

/// The service, with every automatic decision under audit.
fn audited(folder: &Path) -> Command {
    let mut command = baton(folder);
    command.env("BATON_RECORDS_AUDIT_RATE", "1.0");
    command
}

fn call(url: &str, stop: &AtomicBool, acknowledged: &Mutex<Vec<String>>) {
    while !stop.load(Ordering::Relaxed) {
        let request = says("I was charged twice for my subscription.");
        let Ok(mut answer) = ureq::post(format!("{url}/v1/triage")).send_json(&request) else {
            return;
        };
        let Ok(answer) = answer.body_mut().read_json::<serde_json::Value>() else { return };
        assert_eq!(answer["durable"], true);
        let id = answer["decision_id"].as_str().unwrap().to_owned();
        acknowledged.lock().unwrap().push(id);
    }
}

/// How many decisions are automatic, how many audits there are, and how many automatic decisions
/// that were all to be audited are not, together with audits of no decision.
fn audits(folder: &Path) -> (i64, i64, i64) {
    let url = format!("sqlite:{}", folder.join("baton.db").display());
    let found = "SELECT (SELECT count(*) FROM decisions WHERE band = 'auto'), \
        (SELECT count(*) FROM audits), (SELECT count(*) FROM decisions d WHERE band = 'auto' AND 1.0 = \
        (SELECT rate FROM audit_rates WHERE seq <= d.seq ORDER BY seq DESC LIMIT 1) \
        AND NOT EXISTS (SELECT 1 FROM audits WHERE seq = d.seq)) \
        + (SELECT count(*) FROM audits WHERE seq NOT IN (SELECT seq FROM decisions))";
    let counts = async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query_as(found).fetch_one(&mut connection).await.unwrap()
    };
    tokio::runtime::Runtime::new().unwrap().block_on(counts)
}
