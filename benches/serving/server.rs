//! One server, from its start to its first answer to its end.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::time::sleep;

use super::{
    Error,
    client::{Client, Outcome},
    contender::{Contender, Places},
    machine::{Cpu, Memory},
    process::Process,
};

/// Longest wait for the first answer; what loads `PyTorch` takes its time.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that answers.
pub(crate) struct Server {
    process: Process,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first 200.
    pub(crate) cold_start: Duration,
    folder: Folder,
}

/// Store and log of a server, removed with it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a server is started with.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Cores, as `taskset` takes them.
    pub(crate) cores: String,
    /// A database that Baton goes on with, instead of an empty one; it is changed.
    pub(crate) store: Option<PathBuf>,
}

impl Server {
    /// Starts a contender and waits for its first answer to `probe`.
    ///
    /// # Errors
    /// It cannot be started, ends, or does not answer; the last lines of its log are in the error.
    pub(crate) async fn start(
        contender: &Contender,
        places: &Places,
        setting: &Setting,
        probe: Bytes,
    ) -> Result<Self, Error> {
        // On the disk of the repository: a folder in memory would make records durable for free.
        let folder = Folder(places.work.join(format!("server-{}", std::process::id())));
        fs::create_dir_all(&folder.0)?;
        let port = free_port()?;
        let log = folder.0.join("log");
        let store = setting.store.clone().unwrap_or_else(|| folder.0.join("baton.db"));
        let words = contender.command(places, port, &store);
        let began = Instant::now();
        let variables = contender.variables(places);
        let process = Process::start(&words, &variables, &setting.cores, &folder.0)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut server = Self { process, address, cold_start: Duration::ZERO, folder };
        server.wait(contender, probe, began).await.map_err(|reason| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(8)..].join("\n  ");
            format!("{} {reason}; the end of its log:\n  {last}", contender.name())
        })?;
        Ok(server)
    }

    async fn wait(
        &mut self,
        contender: &Contender,
        probe: Bytes,
        began: Instant,
    ) -> Result<(), String> {
        let mut client = Client::new(self.address, contender);
        while began.elapsed() < PATIENCE {
            if client.ask(probe.clone()).await == Outcome::Answered {
                self.cold_start = began.elapsed();
                return Ok(());
            }
            if let Some(status) = self.process.ended() {
                return Err(format!("ended ({status}) before it answered"));
            }
            sleep(Duration::from_millis(5)).await;
        }
        Err(format!("has not answered within {} s", PATIENCE.as_secs()))
    }

    pub(crate) fn cpu(&self) -> Cpu {
        self.process.cpu()
    }

    pub(crate) fn memory(&self) -> Memory {
        self.process.memory()
    }

    /// Bytes of the database with its log.
    pub(crate) fn store_bytes(&self) -> u64 {
        let names = ["baton.db", "baton.db-wal"];
        names
            .iter()
            .filter_map(|name| Some(fs::metadata(self.folder.0.join(name)).ok()?.len()))
            .sum()
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, Error> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
