//! A real Chromium in front of the running service.
//!
//! Needs Debian's packages `chromium` and `chromium-driver`; without them the tests say so and
//! pass. Accessibility is checked with axe-core where `scripts/axe` has fetched it.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use axum::http::Method;
use fantoccini::{
    Client, ClientBuilder, Locator, error::CmdError, key::Key, wd::WebDriverCompatibleCommand,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::{
    process::{Server, baton},
    support::root,
};

/// A browser, its driver, and the service that it looks at.
pub(super) struct Stage {
    pub(super) client: Client,
    pub(super) server: Server,
    /// The decision on the conversation `c-1`, and on `hostile`.
    pub(super) decisions: [String; 2],
    driver: Child,
    _folder: TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A command that the standard does not have.
#[derive(Debug)]
struct Extra(&'static str, Value);

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// Where a program is, if it is installed.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// What hostile people write.
pub(super) const HOSTILE: &str = "<script>document.title='owned'</script><img src=x \
    onerror=\"document.title='owned'\"> \u{202e}evil\u{202c} </textarea></div> \u{5e9}\u{5dc}\u{5d5}\u{5dd}";

impl Stage {
    /// Starts all three; none if the browser is not installed.
    pub(super) async fn set() -> Option<Self> {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    /// The same in a folder that may hold a store.
    pub(super) async fn on(folder: TempDir) -> Option<Self> {
        let (Some(chromium), Some(driver)) = (installed("chromium"), installed("chromedriver"))
        else {
            eprintln!("skipped: install Debian's packages chromium and chromium-driver");
            return None;
        };
        let server = Server::start(&mut baton(folder.path()));
        let decisions = seed(&server);
        let mut driver =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let mut args = vec!["--headless=new", "--disable-gpu", "--window-size=1280,900"];
        // Chromium refuses its sandbox to root, which is who checks run as in a container.
        args.extend(["--no-sandbox", "--disable-dev-shm-usage"]);
        let options = json!({
            "goog:chromeOptions": { "args": args, "binary": chromium },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(options.as_object().unwrap().clone());
        let url = format!("http://127.0.0.1:{}", port.unwrap());
        let client = builder.connect(&url).await.unwrap();
        Some(Self { client, server, decisions, driver, _folder: folder })
    }

    pub(super) async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.server.url)).await.unwrap();
    }

    pub(super) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// The text of the page.
    pub(super) async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap().to_owned()
    }

    pub(super) async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    pub(super) async fn write(&self, css: &str, text: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().send_keys(text).await.unwrap();
    }

    /// Waits until a script says true.
    pub(super) async fn until(&self, script: &str) {
        for _ in 0..200 {
            if self.run(&format!("return Boolean({script})")).await == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {script}\n{}", self.text().await);
    }

    /// Asks Chromium itself, in its own protocol.
    pub(super) async fn chromium(&self, cmd: &str, params: Value) -> Result<Value, CmdError> {
        self.client
            .issue_cmd(Extra("goog/cdp/execute", json!({ "cmd": cmd, "params": params })))
            .await
    }

    /// As somebody with a light or a dark screen, of that width.
    pub(super) async fn screen(&self, scheme: &str, width: u32) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.chromium("Emulation.setEmulatedMedia", json!({ "features": features })).await.unwrap();
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.chromium("Emulation.setDeviceMetricsOverride", size).await.unwrap();
    }

    /// What the console has said since it was asked last, information left out.
    pub(super) async fn complaints(&self) -> Vec<String> {
        let log =
            self.client.issue_cmd(Extra("se/log", json!({ "type": "browser" }))).await.unwrap();
        let lines = log.as_array().unwrap().iter();
        let bad = lines.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        bad.map(|line| line["message"].to_string()).collect()
    }

    /// The pages that show something of this store.
    pub(super) fn pages(&self) -> Vec<String> {
        let mut pages: Vec<String> = super::pages::PAGES.map(str::to_owned).into();
        pages.extend(self.decisions.iter().map(|id| format!("/decisions/{id}")));
        pages.push("/decisions?band=human&tier=1".to_owned());
        pages.push("/decisions?tier=9".to_owned());
        pages.push("/nowhere".to_owned());
        pages
    }

    /// Presses Tab until something has the focus; says how often.
    async fn tab_to(&self, css: &str) -> usize {
        for presses in 0..120 {
            let here = format!("document.activeElement.matches({})", json!(css));
            if self.run(&format!("return {here}")).await == json!(true) {
                return presses;
            }
            self.press(Key::Tab).await;
        }
        panic!("{css} cannot be reached with the keyboard");
    }

    async fn press(&self, key: Key) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(&(key + "")).await.unwrap();
    }
}

/// Conversations of every kind; returns the decisions on `c-1` and on the hostile one.
fn seed(server: &Server) -> [String; 2] {
    let triage = |id: &str, messages: Value| {
        let body = json!({ "conversation_id": id, "messages": messages });
        let answer = server.post("/v1/triage", &body).unwrap();
        answer["decision_id"].as_str().unwrap().to_owned()
    };
    for (number, text) in [
        "The API returns 500 for every webhook since 10:02.",
        "How do I export a report?",
        "I want to cancel.",
        "asdf",
    ]
    .iter()
    .enumerate()
    {
        triage(&format!("seed-{number}"), json!([{ "role": "customer", "text": text }]));
    }
    let first = triage(
        "c-1",
        json!([
            { "role": "customer", "text": "I was charged twice for INV-2231." },
            { "role": "bot", "text": "Please restart the app." },
            { "role": "customer", "text": "That did not help, INV-2231 is still charged twice." },
        ]),
    );
    let hostile = triage(
        "<b>hostile</b>",
        json!([
            { "role": "customer", "text": format!("{HOSTILE} {}", "long ".repeat(3_000)) },
            { "role": "agent", "text": HOSTILE },
            { "role": "customer", "text": "A person, please." },
        ]),
    );
    [first, hostile]
}

#[tokio::test]
async fn every_page_is_sound_on_every_screen() {
    let Some(stage) = Stage::set().await else { return };
    for (scheme, width) in [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)] {
        stage.screen(scheme, width).await;
        for page in stage.pages() {
            stage.open(&page).await;
            let place = format!("{page} ({scheme}, {width})");
            let complaints = stage.complaints().await;
            let is_refusal = page == "/nowhere" || page.ends_with("tier=9");
            assert!(complaints.is_empty() || is_refusal, "{place}: {complaints:?}");
            let wide = "return document.documentElement.scrollWidth - innerWidth";
            assert!(stage.run(wide).await.as_i64().unwrap() <= 0, "{place} scrolls sideways");
            let outside = "return performance.getEntriesByType('resource').map(e => e.name)\
                .filter(name => !name.startsWith(location.origin))";
            assert_eq!(stage.run(outside).await, json!([]), "{place}");
        }
    }
}

#[tokio::test]
async fn no_page_has_a_serious_fault_of_accessibility() {
    let Ok(axe) = std::fs::read_to_string(root().join(".axe/axe.min.js")) else {
        eprintln!("skipped: scripts/axe fetches axe-core");
        return;
    };
    let Some(stage) = Stage::set().await else { return };
    let mut faults = Vec::new();
    for (scheme, width) in [("light", 1280), ("dark", 390)] {
        stage.screen(scheme, width).await;
        for page in stage.pages() {
            stage.open(&page).await;
            stage.run(&axe).await;
            let check = "const done = arguments[arguments.length - 1]; axe.run().then(found => \
                done(found.violations.filter(v => ['serious', 'critical'].includes(v.impact))\
                .map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ').slice(0, 300))))";
            let found = stage.client.execute_async(check, Vec::new()).await.unwrap();
            for fault in found.as_array().unwrap() {
                faults.push(format!("{page} ({scheme}): {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn a_wrong_route_is_corrected_in_three_clicks_and_can_be_taken_back() {
    let Some(stage) = Stage::set().await else { return };
    stage.open("/decisions").await;
    stage
        .run("[...document.querySelectorAll('#list a')].find(a => a.textContent == 'c-1').click()")
        .await;
    stage.until("document.querySelector('#judge')").await;
    let text = stage.text().await;
    for said in ["band.", "INV-2231", "Please restart the app."] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let marked = "return [...document.querySelectorAll('.evidence')].map(m => m.textContent)";
    assert!(stage.run(marked).await.to_string().contains("INV-2231"));

    // Taken back: nothing is kept.
    stage.write("#by", "Kim").await;
    stage.click("#accept").await;
    stage.click("#undo-button").await;
    let path = format!("/v1/decisions/{}", stage.decisions[0]);
    assert_eq!(stage.server.get(&path).unwrap()["reviews"], json!([]));

    // One click on another route, then at once to the end of the grace.
    stage.click("button[name=route]").await;
    stage.click("#now-button").await;
    stage.until("document.querySelector('#said').innerText.includes('Kim')").await;
    let kept = stage.server.get(&path).unwrap()["reviews"][0].clone();
    assert_eq!((&kept["verdict"], &kept["by"]), (&json!("overridden"), &json!("Kim")));
    assert!(stage.text().await.contains("overridden by Kim"));
    assert_eq!(stage.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn everything_can_be_done_with_the_keyboard_alone() {
    let Some(stage) = Stage::set().await else { return };
    stage.open(&format!("/decisions/{}", stage.decisions[0])).await;
    assert!(stage.tab_to(".skip").await <= 1, "skipping comes first");
    stage.press(Key::Enter).await;
    stage.tab_to("#whats_needed").await;
    let focused = stage.client.active_element().await.unwrap();
    focused.send_keys("Refund one of the two charges.").await.unwrap();
    stage.tab_to("#confirmed_by").await;
    stage.client.active_element().await.unwrap().send_keys("Robin").await.unwrap();
    stage.press(Key::Enter).await;
    stage.until("document.querySelector('#packet-state').innerText.includes('Robin')").await;
    // Enter in the field of the name judges nothing; the button does.
    stage.tab_to("#by").await;
    stage.press(Key::Enter).await;
    assert_eq!(stage.run("return document.querySelector('#undo').hidden").await, json!(true));
    stage.tab_to("#accept").await;
    stage.press(Key::Enter).await;
    let undo = "document.activeElement.id == 'undo-button'";
    stage.until(undo).await;
    stage.tab_to("#now-button").await;
    stage.press(Key::Enter).await;
    stage.until("document.querySelector('#said').innerText.includes('accepted by Robin')").await;
    let kept = stage.server.get(&format!("/v1/decisions/{}", stage.decisions[0])).unwrap();
    assert_eq!(kept["packet"]["receipts"][0]["whats_needed"], "Refund one of the two charges.");
}

#[tokio::test]
async fn hostile_text_is_text() {
    let Some(stage) = Stage::set().await else { return };
    let page = format!("/decisions/{}", stage.decisions[1]);
    for path in ["/decisions", &page, "/handoffs"] {
        stage.open(path).await;
        let title = stage.run("return document.title").await;
        assert!(title.as_str().unwrap().ends_with("Baton"), "{title}");
        let made = "return document.querySelectorAll('main b, main img, .words script').length";
        assert_eq!(stage.run(made).await, json!(0), "{path}");
    }
    stage.open("/try").await;
    let set = format!(
        "const t = document.getElementById('text'); t.value = {}; \
         t.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(format!("Customer: {HOSTILE}"))
    );
    stage.run(&set).await;
    stage.until("document.querySelector('#result')?.innerText.includes('<script>')").await;
    assert_eq!(stage.run("return document.title").await, "Try it · Baton");
    assert_eq!(stage.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_lost_when_the_service_goes_away_or_a_decision_is_erased() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.open(&format!("/decisions/{}", stage.decisions[0])).await;
    stage.write("#whats_needed", "Call back").await;
    stage.write("#confirmed_by", "Kim").await;
    // Erased while it is open: said, and what was typed stays.
    ureq::delete(format!("{}/v1/conversations/c-1", stage.server.url)).call().unwrap();
    stage.run("document.querySelector('form[data-send]').requestSubmit()").await;
    stage.until("!document.querySelector('#status').hidden").await;
    assert!(stage.text().await.contains("Not saved: this was erased"));
    let typed = "return document.querySelector('#whats_needed').value";
    assert_eq!(stage.run(typed).await, "Call back");
    stage.open(&format!("/decisions/{}", stage.decisions[0])).await;
    assert!(stage.text().await.contains("This decision was erased"));

    stage.open(&format!("/decisions/{}", stage.decisions[1])).await;
    stage.write("#whats_needed", "Call back").await;
    stage.write("#confirmed_by", "Kim").await;
    stage.server.signal("TERM");
    assert!(stage.server.ended());
    stage.run("document.querySelector('form[data-send]').requestSubmit()").await;
    stage.until("document.querySelector('#status').innerText.includes('does not answer')").await;
    assert_eq!(stage.run(typed).await, "Call back");
}
