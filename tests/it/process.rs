//! The program itself: started, asked over its port, ended.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{library, root};

/// The program that is tested: the one that cargo built, or the one that a soak run names.
pub fn binary() -> PathBuf {
    let named = std::env::var_os("BATON_SOAK_BINARY").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_baton")))
}

/// The program in a folder of its own, with the model that ships.
pub fn baton(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(folder)
        .env_clear()
        .env("BATON_MODEL", root().join("models/default"))
        .env("BATON_ONNXRUNTIME", library())
        .env("BATON_LISTEN", "127.0.0.1:0");
    command
}

/// A running service.
pub struct Server {
    pub child: Child,
    pub url: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.arg("serve").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let url = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("it did not start:\n{}", log.lock().unwrap());
            };
            log.lock().unwrap().push_str(&format!("{line}\n"));
            if let Some(address) = after(&line, "127.0.0.1:").filter(|_| line.contains("ready")) {
                break format!("http://127.0.0.1:{address}");
            }
        };
        let sink = log.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                sink.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child, url, log }
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log says so.
    pub fn logged(&self, text: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while !self.log().contains(text) {
            assert!(Instant::now() < until, "{text} was not logged:\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value, ureq::Error> {
        ureq::post(format!("{}{path}", self.url)).send_json(body)?.body_mut().read_json()
    }

    pub fn get(&self, path: &str) -> Result<Value, ureq::Error> {
        ureq::get(format!("{}{path}", self.url)).call()?.body_mut().read_json()
    }

    /// Sends a signal by name, e.g. `TERM`.
    pub fn signal(&self, name: &str) {
        // The shell's own `kill`: a bare system has no program of that name.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end; the exit was clean or not.
    pub fn ended(&mut self) -> bool {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < until, "it did not end:\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The digits after `mark`.
fn after(line: &str, mark: &str) -> Option<String> {
    let rest = &line[line.find(mark)? + mark.len()..];
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Runs a command to its end with that input; its exit, standard output and standard error.
pub fn run(command: &mut Command, input: &str) -> (bool, String, String) {
    use std::io::Write as _;
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A command that ends early closes its input, which is no fault of the test.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()).is_ok());
    let mut stderr = child.stderr.take().unwrap();
    let errors = thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    let status = child.wait().unwrap();
    writer.join().unwrap();
    (status.success(), output, errors.join().unwrap().unwrap())
}
