//! Personal data and text of conversations stay where they belong.

use std::{
    fs,
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::Arc,
};

use baton::{
    domain::{StoreText, Timestamp},
    store::Retention,
};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::planted::SENTENCES;
use crate::{
    process::{Server, baton},
    support::{Stopped, TestApp},
};

/// An ordinary word, which is no personal data but text all the same.
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

/// What stands in fields that are no messages.
const FIELDS: &[&str] = &[
    "cust.person@example.com",
    "ticket.person@example.com",
    "msgid.person@mail.example.com",
    "plan.person@example.com",
    "field.person@example.com",
    "4155552699",
    "4000056655665556",
    "name.person@example.com",
    "passport_of_roe_55512345.pdf",
    "subject.person@example.com",
];

/// What receivers write.
const RECEIPT: &[&str] = &[
    "receipt.person@example.com",
    "415-555-2690",
    "5454 5454 5454 5454",
    "agent.person@desk.example",
];

/// Everything planted, in a message each, in the subject, and in every field that takes a text.
fn planted(conversation: &str) -> Value {
    let turn = |(at, (text, _)): (usize, &(&str, &str))| {
        json!({ "role": if at % 5 == 4 { "agent" } else { "customer" },
            "text": format!("The {MARKER} sync fails. {text}\n{text}") })
    };
    let mut messages: Vec<Value> = SENTENCES.iter().enumerate().map(turn).collect();
    messages[0]["id"] = json!("<msgid.person@mail.example.com>");
    messages[0]["attachments"] = json!([{ "name": FIELDS[8],
        "url": "https://files.example/subject.person@example.com" }]);
    let quoted: Vec<String> = SENTENCES.iter().map(|(text, _)| format!("> {text}")).collect();
    let quoted = format!("It still fails.\n\nOn Monday, Jo wrote:\n{}", quoted.join("\n"));
    messages.push(json!({ "role": "customer", "text": quoted }));
    json!({
        "conversation_id": conversation,
        "subject": "The sync of subject.person@example.com fails",
        "messages": messages,
        "customer": { "id": FIELDS[0], "plan": format!("plan of {}", FIELDS[3]) },
        "ticket": { "id": FIELDS[1], "fields": {
            "contact": FIELDS[4],
            "phone_number": FIELDS[5],
            "card": 4_000_056_655_665_556_u64,
            (FIELDS[7]): true,
        } },
    })
}

fn receipt() -> Value {
    json!({
        "whats_needed": format!("Call {} or mail {}.", RECEIPT[1], RECEIPT[0]),
        "customer_context": format!("Pays with {} for {MARKER}.", RECEIPT[2]),
        "corrections": {
            "problem": format!("{} cannot pay", RECEIPT[0]),
            "hypothesis": RECEIPT[2],
            "add_steps": [{ "by": "agent", "text": RECEIPT[1], "outcome": "failed" }],
            "add_evidence": [{ "kind": "email", "value": RECEIPT[0] }],
        },
        "confirmed_by": RECEIPT[3],
    })
}

/// What must not be found: each value whole, and every part of it that could tell it.
fn needles() -> Vec<String> {
    let values = SENTENCES.iter().map(|(_, value)| *value).chain(FIELDS.iter().copied());
    let mut needles = Vec::new();
    for value in values.chain(RECEIPT.iter().copied()) {
        needles.push(value.to_owned());
        let parts = value.split(|c: char| !c.is_alphanumeric());
        // Ordinary words tell nothing.
        let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
        let telling = |part: &&str| {
            // Six digits alone stand in any time of day with fractions of a second.
            digits(part) > 0 && part.len() >= if digits(part) == part.len() { 8 } else { 6 }
        };
        needles.extend(parts.filter(telling).map(str::to_owned));
    }
    needles
}

/// Fails with everything that is found, and where.
fn assert_free(texts: &[(String, Vec<u8>)], needles: &[String]) {
    assert!(!texts.is_empty(), "nothing was searched");
    let mut found = Vec::new();
    for (name, bytes) in texts {
        for needle in needles {
            let hit = |window: &[u8]| window == needle.as_bytes();
            if let Some(at) = bytes.windows(needle.len()).position(hit) {
                let around =
                    &bytes[at.saturating_sub(30)..(at + needle.len() + 20).min(bytes.len())];
                found.push(format!("{needle} in {name}: {}", String::from_utf8_lossy(around)));
            }
        }
    }
    assert!(found.is_empty(), "{} finds:\n{}", found.len(), found.join("\n"));
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut open: Vec<PathBuf> = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files
}

/// A decision and its receipt, kept with that setting; returns the decision's identifier.
async fn kept(app: &TestApp, conversation: &str) -> String {
    let answer = app.triage(&planted(conversation)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = answer.json()["decision_id"].as_str().unwrap().to_owned();
    let confirmed = app.post(&format!("/v1/decisions/{id}/packet"), &receipt()).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text);
    assert!(confirmed.text.contains(RECEIPT[0]), "the answer is in the receiver's own words");
    id
}

#[tokio::test]
async fn planted_personal_data_is_in_no_file_and_no_packet_copy() {
    let app = TestApp::sure("software_bug", 0.9).await;
    let id = kept(&app, "c-1").await;
    let mut texts = files(app.folder.path());
    assert!(texts.iter().any(|(name, _)| name.ends_with("-wal")), "the log is searched too");
    for path in [format!("/v1/decisions/{id}"), "/v1/decisions".to_owned(), "/metrics".to_owned()] {
        texts.push((path.clone(), app.get(&path).await.text.into_bytes()));
    }
    let words = texts
        .iter()
        .any(|(_, bytes)| bytes.windows(MARKER.len()).any(|window| window == MARKER.as_bytes()));
    assert!(words, "the masked words are there, so the search works");
    assert_free(&texts, &needles());
}

#[tokio::test]
async fn a_store_that_keeps_no_text_holds_not_even_ordinary_words() {
    let app = TestApp::keeping("software_bug", StoreText::Nothing).await;
    let id = kept(&app, "c-1").await;
    let mut texts = files(app.folder.path());
    let path = format!("/v1/decisions/{id}");
    texts.push((path.clone(), app.get(&path).await.text.into_bytes()));
    let words = ["sync fails", MARKER, "restart", "cannot pay"].map(str::to_owned);
    assert_free(&texts, &[needles(), words.to_vec()].concat());
}

#[tokio::test]
async fn nothing_is_left_after_an_erasure_or_after_its_time() {
    let words: Vec<String> = ["c-planted", MARKER].map(str::to_owned).to_vec();
    for (store_text, how) in [
        (StoreText::Masked, "conversation"),
        (StoreText::Full, "customer"),
        (StoreText::Full, "age"),
    ] {
        let app = TestApp::keeping("software_bug", store_text).await;
        let id = kept(&app, "c-planted").await;
        // The second record goes to the spool.
        let mut lock = app.lock_database().await;
        let spooled = app.triage(&planted("c-planted")).await;
        assert_eq!(spooled.json()["degraded"], json!(["store"]));
        lock.execute("ROLLBACK").await.unwrap();
        lock.close().await.unwrap();

        let erased = match how {
            "conversation" => {
                app.delete("/v1/conversations/c-planted").await.json()["erased"].clone()
            }
            "customer" => {
                app.delete("/v1/customers/cust.person%40example.com").await.json()["erased"].clone()
            }
            _ => {
                let later: Timestamp = "2027-11-21T10:00:00Z".parse().unwrap();
                let days = NonZeroU32::new(365).unwrap();
                let retention =
                    Retention::new(app.recorder.clone(), Arc::new(Stopped(later)), days);
                json!(retention.round().await.unwrap())
            }
        };

        assert_eq!(erased, 2, "{how}");
        assert_eq!(app.get(&format!("/v1/decisions/{id}")).await.status, 404);
        assert_free(&files(app.folder.path()), &[needles(), words.clone()].concat());
        assert_eq!(app.recorder.store().verify().await.unwrap().broken_at, None);
    }
}

/// The service itself, with everything it can log.
#[tokio::test]
async fn planted_personal_data_is_in_no_log_line_no_metric_and_no_spooled_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = baton(folder.path());
    command
        .env("BATON_LOG_LEVEL", "trace")
        .env("BATON_RECORDS_BUSY_TIMEOUT", "200ms")
        .env("BATON_RECORDS_APPEND_TIMEOUT", "300ms");
    let mut server = Server::start(&mut command);
    let answer = server.post("/v1/triage", &planted("c-1")).unwrap();
    assert_eq!(answer["durable"], true);
    let id = answer["decision_id"].as_str().unwrap();
    let confirmed = server.post(&format!("/v1/decisions/{id}/packet"), &receipt()).unwrap();
    assert_eq!(confirmed["reviewed"], true);

    let url = format!("sqlite:{}", folder.path().join("baton.db").display());
    let mut lock = SqliteConnection::connect(&url).await.unwrap();
    lock.execute("BEGIN EXCLUSIVE").await.unwrap();
    let answer = server.post("/v1/triage", &planted("c-2")).unwrap();
    assert_eq!(answer["degraded"], json!(["store"]));
    // Refused and failed requests are logged with their cause.
    let wrong = json!({ "messages": [{ "role": FIELDS[0], "text": FIELDS[0] }] });
    assert!(server.post("/v1/triage", &wrong).is_err());
    let spool = files(&folder.path().join("baton-spool"));
    assert!(spool.iter().any(|(name, _)| name.ends_with(".record")), "{spool:?}");
    let path = "/v1/customers/cust.person%40example.com";
    assert!(ureq::delete(format!("{}{path}", server.url)).call().is_err());

    let metrics = ureq::get(format!("{}/metrics", server.url)).call().unwrap();
    let metrics = metrics.into_body().read_to_string().unwrap();
    lock.execute("ROLLBACK").await.unwrap();
    lock.close().await.unwrap();
    server.signal("TERM");
    assert!(server.ended(), "{}", server.log());
    let mut texts = [spool, files(folder.path())].concat();
    texts.push(("the metrics".to_owned(), metrics.into_bytes()));
    let log = server.log();
    assert!(!log.contains(MARKER), "{log}");
    texts.push(("the log".to_owned(), log.into_bytes()));
    assert_free(&texts, &needles());
}
