//! The rules and the dashboard of docs/monitoring: accepted by Prometheus's own tools, true of a
//! running service, and at work in a running Prometheus.
//!
//! What needs `promtool` or `prometheus` is skipped with a line where they are missing.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use regex::Regex;
use serde_json::{Value, json};

use crate::{
    process::{Server, baton, run},
    support::{lock, root, says},
};

const CHARGED_TWICE: &str = "I was charged twice for my subscription this month.";
const PATIENCE: Duration = Duration::from_mins(1);

fn folder() -> PathBuf {
    root().join("docs/monitoring")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// The program of that name; where there is none, a line that says which test is skipped.
fn tool(name: &str, test: &str) -> Option<Command> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).map(|path| path.join(name)).find(|p| p.is_file());
    if found.is_none() {
        // Not `eprintln!`, which the test runner keeps to itself when nothing fails.
        let _ = writeln!(
            io::stderr(),
            "skipped: {test} needs {name} (Debian: apt-get install prometheus)"
        );
    }
    found.map(Command::new)
}

#[test]
fn promtool_accepts_the_rules_and_their_tests() {
    for arguments in [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "recording.rules.yml"],
        ["check", "rules", "alerting.rules.yml"],
        ["test", "rules", "rules.test.yml"],
    ] {
        let Some(mut promtool) = tool("promtool", "checking the rules") else { return };
        let (ok, output, errors) = run(promtool.current_dir(folder()).args(arguments), "");
        assert!(ok, "{arguments:?}: {output}{errors}");
    }
}

#[test]
fn every_alert_is_tested_both_ways_and_explained() {
    let (rules, tests, page) =
        (read("alerting.rules.yml"), read("rules.test.yml"), read("README.md"));
    let alerts = captures(r"- alert: (\w+)", &rules);
    assert!(alerts.len() >= 10, "{alerts:?}");
    // A test case ends where the next one begins.
    let cases: Vec<&str> = tests.split("eval_time:").collect();
    for alert in &alerts {
        let of_alert = |case: &&&str| captures(r"alertname: (\w+)", case).contains(alert);
        let silent = |case: &&str| case.contains("exp_alerts: []");
        let cases: Vec<&str> = cases.iter().filter(of_alert).copied().collect();
        assert!(cases.iter().any(silent), "no test in which {alert} stays silent");
        assert!(cases.iter().any(|case| !silent(case)), "no test in which {alert} is raised");
        assert!(page.contains(&format!("| `{alert}` |")), "README.md does not explain {alert}");
    }
    let severities = captures(r"severity: (\w+)\n", &rules);
    assert_eq!(severities, BTreeSet::from(["critical".to_owned(), "warning".to_owned()]));
}

#[test]
fn the_dashboard_is_sound() {
    let dashboard: Value = serde_json::from_str(&read("grafana.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "two panels have the same id");

    let mut taken = BTreeSet::new();
    for panel in panels {
        let place = |side: &str| panel["gridPos"][side].as_u64().unwrap();
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(x < 24 && taken.insert((x, y)), "{} lies over another", panel["title"]);
            }
        }
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().unwrap();
        let letters: BTreeSet<&str> =
            targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
        assert!(!targets.is_empty() && letters.len() == targets.len(), "{}", panel["title"]);
        for source in targets.iter().chain([panel]).map(|part| &part["datasource"]["uid"]) {
            assert_eq!(source, "${datasource}", "{}", panel["title"]);
        }
    }
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert!(variables.iter().any(|v| v["name"] == "datasource" && v["type"] == "datasource"));

    let Some(mut promtool) = tool("promtool", "parsing the queries of the dashboard") else {
        return;
    };
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("queries.yml");
    let expressions = expressions(&dashboard);
    let rules: Vec<Value> = (0..)
        .zip(&expressions)
        .map(|(at, expr)| {
            json!({ "record": format!("query:{at}"), "expr": expr.replace("$__rate_interval", "5m") })
        })
        .collect();
    // JSON is YAML.
    let rules = json!({ "groups": [{ "name": "queries", "rules": rules }] });
    fs::write(&file, rules.to_string()).unwrap();
    let (ok, output, errors) = run(promtool.args(["check", "rules"]).arg(&file), "");
    assert!(ok && expressions.len() > 30, "{output}{errors}");
}

#[test]
fn rules_and_dashboard_use_what_a_running_service_exports() {
    let home = tempfile::tempdir().unwrap();
    let candidate = home.path().join("candidate");
    symlink(root().join("models/default"), &candidate).unwrap();
    let mut command = baton(home.path());
    command.env("BATON_RECORDS_BUSY_TIMEOUT", "50ms").env("BATON_SHADOW_MODEL", &candidate);
    let server = Server::start(&mut command);
    everything_happens(&server, home.path());

    let dashboard: Value = serde_json::from_str(&read("grafana.json")).unwrap();
    let (recording, alerting) = (read("recording.rules.yml"), read("alerting.rules.yml"));
    let texts = [recording.clone(), alerting.clone(), expressions(&dashboard).join("\n")];
    let used: BTreeSet<String> = texts.iter().flat_map(|text| names(text)).collect();
    let (recorded, raw): (BTreeSet<String>, BTreeSet<String>) =
        used.into_iter().partition(|name| name.contains(':'));
    assert!(raw.len() > 20, "{raw:?}");
    assert_eq!(recorded, captures(r"- record: (\S+)", &recording), "recorded and used");

    let until = Instant::now() + PATIENCE;
    loop {
        let exported = captures(r"(?m)^([a-z_]+)[{ ]", &scrape(&server));
        let missing: Vec<&String> = raw.difference(&exported).collect();
        if missing.is_empty() {
            break;
        }
        // The candidate answers later, and gauges are set once a second.
        assert!(Instant::now() < until, "the service does not export {missing:?}");
        thread::sleep(Duration::from_millis(200));
    }
    let metrics = scrape(&server);
    for (name, label, values) in LABELS {
        for value in *values {
            let sample = format!("(?m)^{name}\\{{[^}}]*{label}=\"{value}\"");
            assert!(Regex::new(&sample).unwrap().is_match(&metrics), "{sample}\n{metrics}");
        }
    }
}

/// Labels on whose values rules depend.
const LABELS: &[(&str, &str, &[&str])] = &[
    ("triage_decisions_total", "band", &["auto", "human"]),
    ("triage_degraded_total", "part", &["store"]),
    ("triage_shadow_total", "result", &["same"]),
    ("triage_stage_duration_seconds_bucket", "stage", &["model"]),
    ("triage_http_requests_total", "route", &["/v1/triage"]),
    ("triage_model_reloads_total", "result", &["refused"]),
    ("triage_policy_reloads_total", "result", &["accepted"]),
];

/// Decisions of several bands, a refusal, a review, two reloads, and a database that is held.
fn everything_happens(server: &Server, home: &Path) {
    let triage = |text: &str| server.post("/v1/triage", &says(text)).unwrap();
    let decision = triage(CHARGED_TWICE);
    triage(CHARGED_TWICE);
    triage("How do I reset my password? I forgot it.");
    triage("Let me talk to a human.");
    assert!(server.post("/v1/triage", &json!({ "messages": [] })).is_err());
    let review = json!({ "verdict": "accepted", "by": "agent-7", "shown": true });
    let id = decision["decision_id"].as_str().unwrap();
    server.post(&format!("/v1/decisions/{id}/review"), &review).unwrap();
    server.post("/v1/admin/reload", &json!({})).unwrap();
    fs::remove_file(home.join("candidate")).unwrap();
    assert!(server.post("/v1/admin/reload", &json!({})).is_err());

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let held = runtime.block_on(lock(&home.join("baton.db")));
    assert_eq!(triage(CHARGED_TWICE)["degraded"], json!(["store"]));
    drop(held);
}

#[test]
fn a_running_prometheus_scrapes_the_service_and_evaluates_the_rules() {
    let Some(mut command) = tool("prometheus", "a running Prometheus") else { return };
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&mut baton(home.path()));
    let target = server.url.strip_prefix("http://").unwrap();
    let config = home.path().join("prometheus.yml");
    let text = read("prometheus.yml").replace("127.0.0.1:8080", target).replace("15s", "1s");
    fs::write(&config, text).unwrap();
    for rules in ["recording.rules.yml", "alerting.rules.yml"] {
        fs::copy(folder().join(rules), home.path().join(rules)).unwrap();
    }
    let prometheus = Prometheus::start(&mut command, &config, &home.path().join("data"));

    let query = "/api/v1/query?query=job_band:triage_decisions:rate5m";
    let rate = prometheus.once(query, |answer| {
        // A rate needs samples before and after.
        server.post("/v1/triage", &says(CHARGED_TWICE)).unwrap();
        let results = answer["result"].as_array().unwrap();
        let rates = results.iter().filter_map(|result| result["value"][1].as_str()?.parse().ok());
        rates.reduce(f64::max).filter(|rate| *rate > 0.0)
    });
    assert!(rate.is_finite());

    prometheus.once("/api/v1/targets", |answer| {
        let targets = answer["activeTargets"].as_array().unwrap();
        (targets.len() == 1 && targets[0]["health"] == "up" && targets[0]["lastError"] == "")
            .then_some(())
    });
    let rules = prometheus.once("/api/v1/rules", |answer| {
        let groups = answer["groups"].as_array().unwrap();
        let rules: Vec<Value> =
            groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect();
        for rule in &rules {
            assert!(rule["lastError"].is_null() || rule["lastError"] == "", "{rule}");
        }
        rules.iter().all(|rule| rule["health"] == "ok").then_some(rules)
    });
    let alerts: Vec<&Value> = rules.iter().filter(|rule| rule["type"] == "alerting").collect();
    let names = captures(
        r"- (?:alert|record): (\S+)",
        &(read("recording.rules.yml") + &read("alerting.rules.yml")),
    );
    assert_eq!(rules.len(), names.len());
    for alert in alerts {
        assert_ne!(alert["state"], "firing", "on a healthy service: {alert}");
    }
}

/// A Prometheus on a port of its own.
struct Prometheus {
    child: Child,
    url: String,
}

impl Prometheus {
    fn start(command: &mut Command, config: &Path, data: &Path) -> Self {
        let command = command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg("--web.listen-address=127.0.0.1:0");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = Regex::new(r#"msg="Listening on".* address=(127\.0\.0\.1:\d+)"#).unwrap();
        let mut log = String::new();
        let url = loop {
            let Some(Ok(line)) = lines.next() else { panic!("it did not start:\n{log}") };
            if let Some(found) = address.captures(&line) {
                break format!("http://{}", &found[1]);
            }
            log.push_str(&format!("{line}\n"));
        };
        // A full pipe would stop it.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, url }
    }

    /// Asks until what is answered is enough.
    fn once<T>(&self, path: &str, mut enough: impl FnMut(&Value) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            // Not ready yet is an answer too: 503.
            let answer = ureq::get(format!("{}{path}", self.url)).call();
            let answer = answer.and_then(|mut answer| answer.body_mut().read_json::<Value>());
            if let Some(found) = answer.as_ref().ok().and_then(|answer| enough(&answer["data"])) {
                return found;
            }
            assert!(Instant::now() < until, "{path}: {answer:?}");
            thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scrape(server: &Server) -> String {
    let mut answer = ureq::get(format!("{}/metrics", server.url)).call().unwrap();
    answer.body_mut().read_to_string().unwrap()
}

/// Every query of a dashboard: of panels, of annotations and of variables.
fn expressions(dashboard: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let targets = list(&dashboard["panels"]).into_iter().flat_map(|panel| list(&panel["targets"]));
    let queries = targets.chain(list(&dashboard["annotations"]["list"]));
    queries.map(|query| query["expr"].as_str().unwrap().to_owned()).collect()
}

/// Names of metrics in rules and queries, recorded ones with their colons.
fn names(text: &str) -> BTreeSet<String> {
    captures(r"\b((?:[a-z_]+:)?triage_[a-z_]+(?::[a-z0-9_]+)?)\b", text)
}

/// What the group of a pattern has matched.
fn captures(pattern: &str, text: &str) -> BTreeSet<String> {
    Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}
