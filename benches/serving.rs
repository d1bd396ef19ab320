//! The service as a caller meets it: cold start, latency when idle, memory under load.
//!
//! `cargo bench --bench serving` starts the release build on a free port with the model that ships
//! and a SQLite file in a temporary folder, so that every answer is durable.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Requests of the idle measurement, one after the other.
const IDLE_REQUESTS: usize = 2_000;

/// Pause before each of them, so that the service is idle when it comes.
const IDLE_PAUSE: Duration = Duration::from_millis(5);

/// Connections of the load, and how long it lasts.
const LOAD: (usize, Duration) = (32, Duration::from_secs(20));

/// Starts from cold.
const STARTS: usize = 5;

fn main() {
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut starts: Vec<f64> = Vec::new();
    for _ in 0..STARTS {
        let (server, start) = Server::start(folder.path());
        starts.push(start.as_secs_f64() * 1e3);
        drop(server);
    }
    starts.sort_by(f64::total_cmp);
    println!(
        "cold start to ready: median {:.0} ms, worst {:.0} ms of {STARTS}",
        starts[STARTS / 2],
        starts[STARTS - 1]
    );

    let (server, _) = Server::start(folder.path());
    println!("resident memory after start: {:.0} MB", server.resident_mb());
    // 15 tokens with the two markers of the encoder.
    idle(
        &server,
        "15-token message",
        &says("The invoice export fails with an error since yesterday morning."),
    );
    idle(&server, "ten-message conversation", &ten_messages());
    load(&server);
    println!(
        "resident memory after load: {:.0} MB, at most {:.0} MB",
        server.resident_mb(),
        server.peak_mb()
    );
}

fn says(text: &str) -> Value {
    json!({ "messages": [{ "role": "customer", "text": text }] })
}

fn ten_messages() -> Value {
    let said = [
        ("customer", "Hi, the invoice export fails since yesterday with error E1042."),
        ("bot", "Please sign out and in again. Did this help?"),
        ("customer", "No, same error. We need the file for our auditor on Friday."),
        ("bot", "Please clear the cache of your browser and try again."),
        ("customer", "Did that too, it still fails. Order 4711 and invoice INV-2231 are missing."),
        ("agent", "I can see the failed jobs in the log, one moment please."),
        ("customer", "Thanks. It affects our whole finance team, eight people."),
        ("agent", "I restarted the export service for your account, please try again."),
        ("customer", "Tried at 14:05, now it says \"Timeout while writing batch 3\"."),
        ("customer", "Can somebody from engineering have a look at it?"),
    ];
    let messages: Vec<Value> =
        said.iter().map(|(role, text)| json!({ "role": role, "text": text })).collect();
    json!({ "messages": messages })
}

fn idle(server: &Server, name: &str, request: &Value) {
    let agent = ureq::Agent::new_with_defaults();
    let url = format!("{}/v1/triage", server.url);
    let body = request.to_string();
    let mut waits = Vec::with_capacity(IDLE_REQUESTS);
    for number in 0..IDLE_REQUESTS + 100 {
        thread::sleep(IDLE_PAUSE);
        let began = Instant::now();
        let answer = agent.post(&url).content_type("application/json").send(&body);
        let text = answer.expect("an answer").body_mut().read_to_string().expect("a body");
        // The first hundred warm up the caches.
        if number >= 100 {
            waits.push(began.elapsed().as_secs_f64() * 1e3);
        }
        assert!(text.contains("\"durable\":true"), "{text}");
    }
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!(
        "idle, {name}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, worst {:.2} ms of {IDLE_REQUESTS}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}

fn load(server: &Server) {
    let (connections, time) = LOAD;
    let stop = Arc::new(AtomicBool::new(false));
    let (answered, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..connections)
        .map(|caller| {
            let (stop, url) = (stop.clone(), format!("{}/v1/triage", server.url));
            let (answered, refused) = (answered.clone(), refused.clone());
            thread::spawn(move || {
                let agent = ureq::Agent::new_with_defaults();
                let text = "The invoice export fails with an error since yesterday. ";
                // Lengths from a line to some pages, so that memory is asked for in all sizes.
                let body = says(&text.repeat(1 + caller * caller / 20)).to_string();
                while !stop.load(Ordering::Relaxed) {
                    let answer = agent.post(&url).content_type("application/json").send(&body);
                    let count = if answer.is_ok() { &answered } else { &refused };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.join().expect("a caller");
    }
    let answered = answered.load(Ordering::Relaxed);
    println!(
        "load, {connections} connections, 12 to 580 tokens: {:.0} decisions/s, {} refused",
        answered as f64 / time.as_secs_f64(),
        refused.load(Ordering::Relaxed)
    );
}

/// The service, ended when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it; returns how long it took until it was ready.
    fn start(folder: &Path) -> (Self, Duration) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let library = env::var_os("BATON_ONNXRUNTIME")
            .map_or_else(|| root.join(".onnxruntime/libonnxruntime.so"), Into::into);
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_baton"))
            .args(["serve", "--listen", "127.0.0.1:0", "--model"])
            .arg(root.join("models/default"))
            .env("BATON_ONNXRUNTIME", library)
            .env("BATON_LOG_LEVEL", "info")
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let url = loop {
            let line = lines.next().expect("it becomes ready").expect("a line");
            let Some(at) = line.find("127.0.0.1:").filter(|_| line.contains("ready")) else {
                continue;
            };
            let address: String = line[at..]
                .chars()
                .take_while(|c| c.is_ascii_digit() || ".:".contains(*c))
                .collect();
            break format!("http://{address}");
        };
        let start = began.elapsed();
        // The log has to be read on, or the service would wait for room in the pipe.
        thread::spawn(move || lines.for_each(drop));
        (Self { child, url }, start)
    }

    fn resident_mb(&self) -> f64 {
        self.status("VmRSS:")
    }

    fn peak_mb(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, key: &str) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let text = text.expect("the process lives");
        let line = text.lines().find(|line| line.starts_with(key)).expect("the key exists");
        let kb: f64 =
            line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
        kb / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
