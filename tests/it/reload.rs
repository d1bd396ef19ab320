//! Model and policy replaced while the program runs, and a candidate beside it.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    net::TcpStream,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use baton::policy::Policy;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    process::{Server, baton},
    support::{root, says},
};

const TEXT: &str = "I was charged twice for my subscription this month.";
const RELOAD: &str = "/v1/admin/reload";

/// A copy of the pack that ships, with one file changed and signed anew.
fn pack(folder: &Path, name: &str, file: &str, (from, to): (&str, &str)) -> PathBuf {
    let pack = folder.join(name);
    fs::create_dir_all(&pack).unwrap();
    let shipped = root().join("models/default");
    let list = fs::read_to_string(shipped.join("checksums.sha256")).unwrap();
    let mut signed = String::new();
    let names = list.lines().map(|line| line.split_whitespace().nth(1).unwrap());
    // The certificate is that of the model that ships, and no other's.
    for name in names.filter(|name| *name != "certificate.json") {
        let mut bytes = fs::read(shipped.join(name)).unwrap();
        if name == file {
            let text = String::from_utf8(bytes).unwrap();
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from} is not in {file}");
            bytes = changed.into_bytes();
        }
        signed.push_str(&format!("{}  {name}\n", hex::encode(Sha256::digest(&bytes))));
        fs::write(pack.join(name), bytes).unwrap();
    }
    fs::write(pack.join("checksums.sha256"), signed).unwrap();
    pack
}

/// The same model under another name, so in another version.
fn renamed(folder: &Path, name: &str) -> PathBuf {
    pack(folder, name, "labels.json", ("\"name\": \"default\"", &format!("\"name\": \"{name}\"")))
}

/// A model that is less sure than its golden texts say.
fn doubtful(folder: &Path) -> PathBuf {
    pack(folder, "doubtful", "calibration.json", ("\"intents\": 0.", "\"intents\": 3."))
}

/// Lets `link` name another place, in one step.
fn point(link: &Path, to: &Path) {
    let fresh = link.with_extension("fresh");
    symlink(to, &fresh).unwrap();
    fs::rename(&fresh, link).unwrap();
}

/// Model and policy that an answer names.
fn versions(answer: &Value) -> (String, String) {
    let version = |part: &str| answer[part]["version"].as_str().unwrap().to_owned();
    (version("model"), version("policy"))
}

/// Status and body of a refusal.
fn refused(server: &Server, headers: &[(&str, &str)]) -> (u16, Value) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut request = agent.post(format!("{}{RELOAD}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.send_empty().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
}

#[test]
fn a_new_model_takes_over_and_a_broken_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("model");
    symlink(root().join("models/default"), &link).unwrap();
    let mut server = Server::start(baton(folder.path()).env("BATON_MODEL", &link));
    let first = versions(&server.post("/v1/triage", &says(TEXT)).unwrap());
    let same = server.post(RELOAD, &json!({})).unwrap();
    assert_eq!((&same["changed"], &same["shadow"]), (&json!(false), &Value::Null));
    assert_eq!(same["model"]["version"], first.0.as_str());

    let damaged = renamed(folder.path(), "damaged");
    fs::write(damaged.join("labels.json"), "{}").unwrap();
    for (broken, reason) in [
        (damaged, "labels.json"),
        (doubtful(folder.path()), "golden"),
        (folder.path().join("nowhere"), "checksums.sha256"),
    ] {
        point(&link, &broken);
        let (status, problem) = refused(&server, &[]);
        assert_eq!((status, problem["title"].as_str()), (409, Some("reload-refused")));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("stays as it was") && detail.contains(reason), "{detail}");
        assert_eq!(versions(&server.post("/v1/triage", &says(TEXT)).unwrap()), first);
    }

    point(&link, &renamed(folder.path(), "second"));
    let reloaded = server.post(RELOAD, &json!({})).unwrap();
    assert_eq!(reloaded["changed"], true);
    assert_eq!(reloaded["model"]["name"], "second");
    let second = versions(&server.post("/v1/triage", &says(TEXT)).unwrap());
    assert_eq!(reloaded["model"]["version"], second.0.as_str());
    assert_ne!(second.0, first.0);
    server.signal("TERM");
    assert!(server.ended(), "{}", server.log());
}

#[test]
fn only_programs_on_the_same_machine_may_reload() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&mut baton(folder.path()));
    for (header, value, title) in [
        ("x-forwarded-for", "203.0.113.7", "not-local"),
        ("forwarded", "for=203.0.113.7", "not-local"),
        ("x-real-ip", "203.0.113.7", "not-local"),
        ("sec-fetch-site", "none", "not-local"),
        ("origin", server.url.as_str(), "not-local"),
        ("sec-fetch-site", "cross-site", "cross-origin"),
        ("origin", "http://203.0.113.7", "cross-origin"),
    ] {
        let (status, problem) = refused(&server, &[(header, value)]);
        assert_eq!((status, problem["title"].as_str()), (403, Some(title)), "{header}: {value}");
    }
}

#[test]
fn a_reload_goes_on_when_whoever_asked_for_it_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let [model, policy, pipe] =
        ["model", "policy.toml", "pipe"].map(|name| folder.path().join(name));
    symlink(root().join("models/default"), &model).unwrap();
    fs::write(&policy, Policy::DEFAULT).unwrap();
    let mut command = baton(folder.path());
    let server = Server::start(command.env("BATON_MODEL", &model).env("BATON_POLICY", &policy));
    point(&model, &renamed(folder.path(), "second"));
    // The reload stands still at the policy until somebody writes it.
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    point(&policy, &pipe);

    let address = server.url.strip_prefix("http://").unwrap();
    let mut caller = TcpStream::connect(address).unwrap();
    write!(caller, "POST {RELOAD} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n")
        .unwrap();
    let mut policy = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    drop(caller);
    // Time for the service to notice.
    thread::sleep(Duration::from_millis(300));
    policy.write_all(Policy::DEFAULT.as_bytes()).unwrap();
    drop(policy);

    server.logged("reloaded");
    let answer = server.post("/v1/triage", &says(TEXT)).unwrap();
    assert_eq!(answer["model"]["name"], "second");
    assert_eq!(reloads(&server), [r#"slot="in_force",result="accepted"} 1"#]);
}

/// The counts of `triage_model_reloads_total`, in order.
fn reloads(server: &Server) -> Vec<String> {
    let mut answer = ureq::get(format!("{}/metrics", server.url)).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let counts = text.lines().filter_map(|line| line.strip_prefix("triage_model_reloads_total{"));
    let mut counts: Vec<_> = counts.map(str::to_owned).collect();
    counts.sort();
    counts
}

#[test]
fn every_model_that_is_kept_out_is_counted_and_a_start_is_no_reload() {
    let folder = tempfile::tempdir().unwrap();
    let [model, candidate, policy] =
        ["model", "candidate", "policy.toml"].map(|name| folder.path().join(name));
    let shipped = root().join("models/default");
    symlink(&shipped, &model).unwrap();
    symlink(&shipped, &candidate).unwrap();
    fs::write(&policy, Policy::DEFAULT).unwrap();
    let mut command = baton(folder.path());
    let command = command.env("BATON_MODEL", &model).env("BATON_POLICY", &policy);
    let server = Server::start(command.env("BATON_SHADOW_MODEL", &candidate));
    let count = |slot: &str, result: &str, count: u8| {
        format!("slot=\"{slot}\",result=\"{result}\"}} {count}")
    };
    assert_eq!(reloads(&server), [""; 0], "a start is no reload");

    fs::write(&policy, "tiers = ").unwrap();
    assert_eq!(refused(&server, &[]).0, 409);
    assert_eq!(reloads(&server), [""; 0], "the model would be the same");
    point(&model, &renamed(folder.path(), "second"));
    assert_eq!(refused(&server, &[]).0, 409);
    assert_eq!(reloads(&server), [count("in_force", "refused", 1)], "the policy keeps it out");

    fs::write(&policy, Policy::DEFAULT).unwrap();
    point(&candidate, &folder.path().join("nowhere"));
    assert_eq!(refused(&server, &[]).0, 409);
    let both = [count("in_force", "refused", 2), count("shadow", "refused", 1)];
    assert_eq!(reloads(&server), both, "the candidate keeps both out");

    point(&model, &doubtful(folder.path()));
    point(&candidate, &shipped);
    assert_eq!(refused(&server, &[]).0, 409);
    let golden = [count("in_force", "refused", 3), count("shadow", "refused", 1)];
    assert_eq!(reloads(&server), golden, "the candidate would be the same");

    point(&model, &folder.path().join("second"));
    point(&candidate, &folder.path().join("doubtful"));
    server.post(RELOAD, &json!({})).unwrap();
    assert_eq!(
        reloads(&server),
        [
            count("in_force", "accepted", 1),
            count("in_force", "refused", 3),
            count("shadow", "accepted", 1),
            count("shadow", "refused", 1),
        ]
    );
}

/// How often model and policy are swapped under load; `scripts/soak` asks for many.
fn swaps() -> usize {
    std::env::var("BATON_SOAK_SWAPS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

#[test]
fn no_answer_mixes_what_was_in_force_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let (model, policy) = (folder.path().join("model"), folder.path().join("policy.toml"));
    let models = ["one", "two"].map(|name| renamed(folder.path(), name));
    let policies = [0.93, 0.94].map(|auto| {
        let file = folder.path().join(format!("{auto}.toml"));
        fs::write(&file, Policy::DEFAULT.replace("auto = 0.90", &format!("auto = {auto}")))
            .unwrap();
        file
    });
    let broken = folder.path().join("broken.toml");
    fs::write(&broken, "tiers = ").unwrap();
    symlink(&models[0], &model).unwrap();
    symlink(&policies[0], &policy).unwrap();
    let mut command = baton(folder.path());
    let server = Server::start(command.env("BATON_MODEL", &model).env("BATON_POLICY", &policy));
    let mut allowed = BTreeSet::from([versions(&server.post("/v1/triage", &says(TEXT)).unwrap())]);

    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let ask = || {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::Acquire) {
                seen.insert(versions(&server.post("/v1/triage", &says(TEXT)).unwrap()));
            }
            seen
        };
        let asking = [scope.spawn(ask), scope.spawn(ask)];
        for swap in 1..=swaps() {
            point(&model, &models[swap % 2]);
            if swap % 3 == 0 {
                // A broken policy keeps the model out as well.
                point(&policy, &broken);
                assert_eq!(refused(&server, &[]).0, 409);
            }
            point(&policy, &policies[swap % 2]);
            let reloaded = server.post(RELOAD, &json!({})).unwrap();
            let version = |value: &Value| value.as_str().unwrap().to_owned();
            allowed.insert((version(&reloaded["model"]["version"]), version(&reloaded["policy"])));
        }
        done.store(true, Ordering::Release);
        asking.map(|thread| thread.join().unwrap())
    });
    assert_eq!(allowed.len(), 2);
    for pair in seen.iter().flatten() {
        assert!(allowed.contains(pair), "{pair:?} is a mix of {allowed:?}");
    }
}

#[test]
fn a_candidate_is_compared_and_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Server::start(&mut baton(folder.path()));
    let before = plain.post("/v1/triage", &says(TEXT)).unwrap();
    assert!(plain.get("/v1/admin/shadow").is_err(), "there is none");
    drop(plain);

    let candidate = doubtful(folder.path());
    let mut command = baton(folder.path());
    let mut server = Server::start(command.env("BATON_SHADOW_MODEL", &candidate));
    let answer = server.post("/v1/triage", &says(TEXT)).unwrap();
    for part in ["model", "tier", "role", "band", "confidence"] {
        assert_eq!(answer[part], before[part], "{part}");
    }
    let until = Instant::now() + Duration::from_secs(20);
    let report = loop {
        let report = server.get("/v1/admin/shadow").unwrap();
        if report["compared"] == 1 || Instant::now() > until {
            break report;
        }
        thread::sleep(Duration::from_millis(20));
    };
    assert_ne!(report["model"]["version"], answer["model"]["version"]);
    assert_eq!((&report["compared"], &report["same"]), (&json!(1), &json!(0)), "{report:#}");
    let latest = &report["latest"][0];
    assert_eq!(latest["decision_id"], answer["decision_id"]);
    assert_eq!(latest["in_force"]["band"], answer["band"]);
    assert_eq!(latest["candidate"]["band"], "human");
    assert_eq!(latest["in_force"]["intent"], "billing_dispute");

    fs::remove_dir_all(&candidate).unwrap();
    assert_eq!(refused(&server, &[]).0, 409, "a candidate that is gone is named");
    assert_eq!(server.get("/v1/admin/shadow").unwrap()["compared"], 1);
    server.signal("TERM");
    assert!(server.ended(), "{}", server.log());
}
