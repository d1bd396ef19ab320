//! Baton and its peers as a caller meets them: throughput, latency, CPU, memory, start, overload.
//!
//! `benches/serving/run` builds and fetches what is needed and starts this program;
//! `docs/performance.md` says what is measured and how. `cargo bench` measures Baton alone, once
//! and quickly.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
#![allow(missing_docs)]

mod bodies;
mod client;
mod compare;
mod contender;
mod endurance;
mod growth;
mod load;
mod machine;
mod measure;
mod overload;
mod process;
mod report;
mod sample;
mod schedule;
mod score;
mod server;
mod workload;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use self::{
    contender::{Contender, Places},
    load::{Load, Target},
    measure::{Figures, Times, measure},
    report::Report,
    sample::Sample,
    schedule::Arrivals,
    server::{Server, Setting},
    workload::{Kind, Material},
};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scenario {
    /// Many connections, each sending its next request at once: throughput.
    Full,
    /// One request after the other with pauses.
    Idle,
    /// A fixed rate.
    Open,
    /// Five times the capacity for two minutes.
    Overload,
    /// Half an hour at 70 % of the capacity.
    Endurance,
    /// `baton score` on a file.
    Score,
    /// Cost against the length of messages and conversations and the size of the store.
    Growth,
}

/// Measures Baton and its peers, one server at a time, on the same cores.
#[derive(Debug, Parser)]
#[command(name = "benches/serving/run")]
struct Options {
    /// What to measure; full, idle and open if absent. Overload and score take 3 minutes each,
    /// endurance half an hour.
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,
    /// One short round of few peers: does everything work?
    #[arg(long)]
    quick: bool,
    /// Texts: JSON Lines of `kind` (short or conv) and `text`. Absent:
    /// ../shared/data/perf/workload.jsonl if it is there, else texts from the corpus.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Peers, with commas; all but infinity (6 GB of packages) if absent, none to leave them out.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    peers: Option<Vec<String>>,
    /// Workloads of the full load.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "KINDS",
        default_value = "short,mixed,long,replay"
    )]
    workloads: Vec<Kind>,
    /// Rounds; figures are medians over them.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// Seconds of a window, after its warm-up.
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u64,
    /// Seconds of load before a window.
    #[arg(long, value_name = "N", default_value_t = 3)]
    warm_up: u64,
    /// Connections of the full load.
    #[arg(long, value_name = "N", default_value_t = 32)]
    connections: usize,
    /// Requests a second of the open loop; 70 % of the best peer's capacity if absent.
    #[arg(long, value_name = "PER_S")]
    rate: Option<f64>,
    /// Arrivals of the open loop.
    #[arg(long, value_enum, default_value = "poisson")]
    arrivals: Arrivals,
    /// Seconds of the overload.
    #[arg(long, value_name = "N", default_value_t = 120)]
    overload_seconds: u64,
    /// Minutes of the endurance run.
    #[arg(long, value_name = "N", default_value_t = 30)]
    minutes: u32,
    /// Conversations that `baton score` gets.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    lines: usize,
    /// Cores of the servers, as taskset takes them; the first two if absent.
    #[arg(long, value_name = "LIST")]
    cores: Option<String>,
    /// Folder of results.md and results.json.
    #[arg(long, value_name = "DIR", default_value = "target/serving/results")]
    out: PathBuf,
    /// Another baton program to measure.
    #[arg(long, value_name = "FILE")]
    baton: Option<PathBuf>,
    /// `benches/serving/run` gives this.
    #[arg(long, hide = true)]
    run: bool,
    /// `cargo bench` gives this.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    fn read() -> Self {
        let mut options = Self::parse();
        if options.bench {
            options.quick = true;
            options.peers.get_or_insert_with(|| vec!["none".to_owned()]);
        }
        options
    }
}

/// Everything that scenarios share.
struct Bench {
    places: Places,
    material: Arc<Material>,
    contenders: Vec<Contender>,
    workloads: Vec<Kind>,
    rounds: usize,
    times: Times,
    connections: usize,
    rate: Option<f64>,
    arrivals: Arrivals,
    overload: Duration,
    minutes: u32,
    lines: usize,
    cores: String,
    quick: bool,
}

impl Bench {
    /// A fresh server on which nothing has been measured yet.
    async fn start(&self, target: &Target) -> Result<Server, Error> {
        self.start_with(target, None).await
    }

    /// A server that goes on with a database, or has an empty one of its own.
    async fn start_with(&self, target: &Target, store: Option<PathBuf>) -> Result<Server, Error> {
        let setting = Setting { cores: self.cores.clone(), store };
        Server::start(&target.contender, &self.places, &setting, target.probe()).await
    }

    /// One window of a load on a fresh server.
    async fn window(
        &self,
        contender: &Contender,
        kind: Kind,
        load: Load,
    ) -> Result<(Figures, Vec<Sample>), Error> {
        let target = Target::new(contender, &self.material, kind);
        let server = self.start(&target).await?;
        measure(&server, &target, load, self.times).await
    }
}

fn main() -> ExitCode {
    // `cargo test --benches` runs this too, and gives neither.
    if !std::env::args().any(|argument| argument == "--bench" || argument == "--run") {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.map_err(Error::from).and_then(|runtime| {
        // Dropping the work drops its servers, whatever ends it.
        runtime.block_on(async {
            tokio::select! {
                result = work(Options::read()) => result,
                error = stopped() => Err(error),
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("serving: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for a signal to end.
async fn stopped() -> Error {
    let (Ok(mut interrupt), Ok(mut end), Ok(mut hangup)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return "signals cannot be listened to".into();
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = end.recv() => {}
        _ = hangup.recv() => {}
    }
    "stopped by a signal".into()
}

async fn work(options: Options) -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let baton = options.baton.clone().unwrap_or_else(|| env!("CARGO_BIN_EXE_baton").into());
    let work = root.join("target/serving");
    let places = Places { root: root.to_owned(), baton: baton.canonicalize()?, work };
    let mut notes = Vec::new();
    let contenders = contenders(&options, &places, &mut notes)?;
    let usual = root.join("../shared/data/perf/workload.jsonl");
    let data = options.data.clone().or_else(|| usual.exists().then_some(usual));
    let material = Arc::new(Material::read(data.as_deref(), root)?);
    notes.push(format!("texts: {}", material.describe(&root.join("models/default"))?));
    for note in &notes {
        eprintln!("serving: {note}");
    }
    let cores = options.cores.clone().unwrap_or_else(first_cores);
    let mut report = Report::new(&places.baton, &cores, notes);
    let (bench, scenarios) = settle(&options, (places, cores), contenders, material);
    for scenario in scenarios {
        let section = match scenario {
            Scenario::Full => compare::full_load(&bench).await?,
            Scenario::Idle => compare::idle(&bench).await?,
            Scenario::Open => compare::open_loop(&bench).await?,
            Scenario::Overload => overload::overload(&bench).await?,
            Scenario::Endurance => endurance::endurance(&bench).await?,
            Scenario::Score => score::score(&bench).await?,
            Scenario::Growth => growth::growth(&bench).await?,
        };
        report.add(section, &root.join(&options.out))?;
    }
    println!("{}", report.markdown());
    eprintln!("serving: results are in {}", options.out.display());
    Ok(())
}

/// What was asked for, and less of it for a quick run.
fn settle(
    options: &Options,
    (places, cores): (Places, String),
    contenders: Vec<Contender>,
    material: Arc<Material>,
) -> (Bench, Vec<Scenario>) {
    let quick = |full, short| if options.quick { short } else { full };
    let scenarios = match options.scenarios.as_slice() {
        [] => vec![Scenario::Full, Scenario::Idle, Scenario::Open],
        given => given.to_vec(),
    };
    let times = Times {
        warm_up: Duration::from_secs(quick(options.warm_up, 1)),
        length: Duration::from_secs(quick(options.seconds, 3)),
    };
    let bench = Bench {
        places,
        material,
        contenders,
        workloads: options.workloads.clone(),
        rounds: if options.quick { 1 } else { options.rounds.max(1) },
        times,
        connections: options.connections.max(1),
        rate: options.rate,
        arrivals: options.arrivals,
        overload: Duration::from_secs(quick(options.overload_seconds, 10)),
        minutes: if options.quick { 1 } else { options.minutes.max(1) },
        lines: if options.quick { 2_000 } else { options.lines.max(1) },
        cores,
        quick: options.quick,
    };
    (bench, scenarios)
}

/// Baton, and those of the peers that can be started; a note for each that cannot.
fn contenders(
    options: &Options,
    places: &Places,
    notes: &mut Vec<String>,
) -> Result<Vec<Contender>, Error> {
    let (batons, peers): (Vec<_>, Vec<_>) =
        Contender::all().into_iter().partition(Contender::is_baton);
    let wanted = match options.peers.as_deref() {
        None if options.quick => peers.into_iter().take(2).collect(),
        None => peers.into_iter().filter(|peer| *peer != Contender::Infinity).collect(),
        Some([name]) if name == "none" => Vec::new(),
        Some([name]) if name == "all" => peers,
        Some(names) => {
            let known = peers.iter().map(Contender::name).collect::<Vec<_>>().join(", ");
            let mut wanted = Vec::new();
            for name in names {
                let peer = peers.iter().find(|peer| peer.name() == *name);
                let unknown =
                    || format!("no peer is called '{name}'; there are {known}, all, none");
                wanted.push(peer.ok_or_else(unknown)?.clone());
            }
            wanted
        }
    };
    let mut all = batons;
    for peer in wanted {
        match peer.missing(places) {
            Some(what) => notes.push(format!("{} is left out: {what}", peer.name())),
            None => all.push(peer),
        }
    }
    Ok(all)
}

fn first_cores() -> String {
    match available_parallelism() {
        Ok(count) if count.get() > 1 => "0,1".to_owned(),
        _ => "0".to_owned(),
    }
}
