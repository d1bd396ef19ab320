//! What the integration tests share: the service without a port, with a fake model or the real one.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use baton::{
    api::{self, App, Limits},
    domain::{
        Act, ActScores, Certificate, Clock, Features, Intent, IntentScore, Prediction, Probability,
        Sentiment, SentimentLabel, StoreText, Timestamp,
    },
    features::Extractor,
    handoff::Drafter,
    inference::{self, Call, Engine, Identity, Model, OnOverload, Pack, Unavailable},
    policy::Policy,
    store::{self, Recorder},
    telemetry,
    triage::{self, InForce, Triage},
};
use http_body_util::BodyExt as _;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::no_files::NoFiles;

/// The limits that the service has by default.
pub const LIMITS: Limits = Limits {
    body_bytes: 2 * 1024 * 1024,
    messages: 2_000,
    message_chars: 1_000_000,
    batch_concurrency: 4,
};

/// A model that is always sure of one intent, or that fails as it is told.
pub struct Fake {
    intents: Vec<Intent>,
    answer: Answer,
    calls: AtomicUsize,
    digest: Option<&'static str>,
}

/// What a fake model does.
#[derive(Clone)]
pub enum Answer {
    /// This intent, this probability; the rest is spread evenly.
    Sure(&'static str, f32),
    /// No answer.
    Fails(Unavailable),
}

impl Fake {
    pub fn new(answer: Answer) -> Arc<Self> {
        Arc::new(Self::of(answer, None))
    }

    /// With a certificate of that digest.
    pub fn certified(answer: Answer, digest: &'static str) -> Arc<Self> {
        Arc::new(Self::of(answer, Some(digest)))
    }

    fn of(answer: Answer, digest: Option<&'static str>) -> Self {
        Self { intents: default_intents(), answer, calls: AtomicUsize::new(0), digest }
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// The labels of the model that ships.
fn default_intents() -> Vec<Intent> {
    let file = root().join("models/default/labels.json");
    let labels: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let intents = labels["intents"].as_array().unwrap();
    intents.iter().map(|label| Intent::from(label.as_str().unwrap())).collect()
}

#[async_trait::async_trait]
impl Model for Fake {
    async fn predict(
        &self,
        features: Arc<Features>,
        _call: Call,
    ) -> Result<Prediction, Unavailable> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let (sure, probability) = match self.answer {
            Answer::Sure(label, probability) => (label, probability),
            Answer::Fails(why) => return Err(why),
        };
        let rest = (1.0 - probability) / (self.intents.len() - 1) as f32;
        let score = |label: &Intent| IntentScore {
            label: label.clone(),
            probability: Probability::saturating(if label.as_str() == sure {
                probability
            } else {
                rest
            }),
        };
        Ok(Prediction {
            intents: self.intents.iter().map(score).collect(),
            sentiment: Sentiment {
                label: SentimentLabel::Neutral,
                probability: Probability::saturating(0.9),
                frustration: Probability::saturating(0.1),
            },
            novelty: 0.0,
            novelty_limit: 2.0,
            acts: acts(&features),
            repeats: Vec::new(),
            left_out: Vec::new(),
            certificate: Arc::new(self.certificate()),
            vector: None,
        })
    }

    fn identity(&self) -> Identity {
        Identity { name: "fake".to_owned(), version: "0".to_owned() }
    }

    fn intents(&self) -> &[Intent] {
        &self.intents
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn certificate(&self) -> Certificate {
        Certificate::unrestricted()
    }

    fn certificate_digest(&self) -> Option<&str> {
        self.digest
    }
}

/// Every sentence is a problem.
fn acts(features: &Features) -> Vec<ActScores> {
    let mut acts = Vec::new();
    for (message, text) in (0..).zip(&features.messages) {
        for sentence in 0..text.sentences.len() as u32 {
            let mut probabilities = [Probability::ZERO; Act::ALL.len()];
            probabilities[Act::Problem as usize] = Probability::ONE;
            acts.push(ActScores { message: Some(message), sentence, probabilities });
        }
    }
    acts
}

/// A clock that stands still.
pub struct Stopped(pub Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A clock that moves when a test moves it.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    fn new() -> Self {
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        Self(Arc::new(AtomicI64::new(start.as_second())))
    }

    pub fn forward_minutes(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// The whole service behind its router, without a port.
pub struct TestApp {
    pub clock: Hands,
    pub router: Router,
    pub app: App,
    pub recorder: Arc<Recorder>,
    pub folder: Arc<TempDir>,
}

/// What differs from service to service.
struct Setup {
    store: store::Options,
    on_overload: OnOverload,
    clock: Hands,
}

impl From<store::Options> for Setup {
    fn from(store: store::Options) -> Self {
        Self { store, on_overload: OnOverload::Refuse, clock: Hands::new() }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The codes of `reasons`.
    pub fn reasons(&self) -> Vec<String> {
        let json = self.json();
        let reasons = json["reasons"].as_array().unwrap_or_else(|| panic!("{json}"));
        reasons.iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect()
    }

    pub fn has_reason(&self, code: &str) -> bool {
        self.reasons().iter().any(|reason| reason == code)
    }
}

impl TestApp {
    /// With a model that is always sure of `intent`.
    pub async fn sure(intent: &'static str, probability: f32) -> Self {
        Self::with(Fake::new(Answer::Sure(intent, probability))).await
    }

    /// With any model and the default policy.
    pub async fn with(model: Arc<dyn Model>) -> Self {
        Self::with_policy(model, Policy::DEFAULT).await
    }

    /// With any model and policy.
    pub async fn with_policy(model: Arc<dyn Model>, policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = store_options(&folder);
        Self::at(model, policy, Arc::new(folder), options).await
    }

    /// With any model, answering without it when it is overloaded.
    pub async fn degrading(model: Arc<dyn Model>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = store_options(&folder);
        let setup = Setup { on_overload: OnOverload::Degrade, ..options.into() };
        Self::at(model, Policy::DEFAULT, Arc::new(folder), setup).await
    }

    /// With a model that is always sure of `intent`, keeping as much text as named.
    pub async fn keeping(intent: &'static str, store_text: StoreText) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = store::Options { store_text, ..store_options(&folder) };
        let model = Fake::new(Answer::Sure(intent, 0.9));
        Self::at(model, Policy::DEFAULT, Arc::new(folder), options).await
    }

    /// With any model and the default policy, auditing as named.
    pub async fn auditing(model: Arc<dyn Model>, audit: store::AuditOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = store::Options { audit, ..store_options(&folder) };
        Self::at(model, Policy::DEFAULT, Arc::new(folder), options).await
    }

    /// Another process on the same database, with a spool of its own.
    pub async fn second_instance(&self, model: Arc<dyn Model>) -> Self {
        let spool_dir = self.folder.path().join("spool-2");
        let options = store::Options { spool_dir, ..store_options(&self.folder) };
        let folder = self.folder.clone();
        Self::at(model, Policy::DEFAULT, folder, options).await
    }

    /// The same service after its end, on what it has left behind.
    pub async fn restarted(self, model: Arc<dyn Model>) -> Self {
        self.recorder.close().await;
        let (folder, clock) = (self.folder.clone(), self.clock.clone());
        drop(self);
        let setup = Setup { clock, ..store_options(&folder).into() };
        Self::at(model, Policy::DEFAULT, folder, setup).await
    }

    async fn at(
        model: Arc<dyn Model>,
        policy: &str,
        folder: Arc<TempDir>,
        setup: impl Into<Setup>,
    ) -> Self {
        let Setup { store: options, on_overload, clock: hands } = setup.into();
        let clock: Arc<dyn Clock> = Arc::new(hands.clone());
        let recorder = Arc::new(Recorder::open(&options, clock.clone()).await.unwrap());
        let triage = Arc::new(Triage::new(triage::Parts {
            in_force: InForce {
                extractor: Arc::new(Extractor::new(&["en"]).unwrap()),
                model,
                policy: Arc::new(Policy::parse(policy, "test.toml").unwrap()),
            },
            drafter: Drafter::new().unwrap(),
            recorder: Some(recorder.clone()),
            clock,
            deadline: Duration::from_secs(20),
            on_overload,
        }));
        let app = App::new(api::Parts {
            triage,
            recorder: recorder.clone(),
            limits: LIMITS,
            expose: false,
            metrics: metrics(),
            reload: Arc::new(NoFiles),
            policies: Arc::new(NoFiles),
            draining: AtomicBool::new(false),
        });
        Self { clock: hands, router: api::router(app.clone()), app, recorder, folder }
    }

    /// Another program holds the database until the connection says ROLLBACK or is dropped.
    pub async fn lock_database(&self) -> SqliteConnection {
        lock(&self.folder.path().join("baton.db")).await
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Request::delete(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_bytes(path, body.to_string()).await
    }

    /// Posts bytes as JSON, whatever they are.
    pub async fn post_bytes(&self, path: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Posts without a body.
    pub async fn ask(&self, path: &str) -> Reply {
        self.send(Request::post(path).body(Body::empty()).unwrap()).await
    }

    pub async fn triage(&self, request: &Value) -> Reply {
        self.post_bytes("/v1/triage", request.to_string()).await
    }

    /// Triages one customer message.
    pub async fn says(&self, text: &str) -> Reply {
        self.triage(&says(text)).await
    }
}

/// Holds a database until the connection says ROLLBACK or is dropped.
pub async fn lock(database: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute("PRAGMA busy_timeout = 5000").await.unwrap();
    connection.execute("BEGIN EXCLUSIVE").await.unwrap();
    connection
}

/// A request with one customer message.
pub fn says(text: &str) -> Value {
    json!({ "messages": [{ "role": "customer", "text": text }] })
}

pub fn store_options(folder: &TempDir) -> store::Options {
    store::Options {
        url: format!("sqlite:{}", folder.path().join("baton.db").display()),
        spool_dir: folder.path().join("spool"),
        ..store::Options::default()
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn library() -> PathBuf {
    let set = std::env::var_os("BATON_ONNXRUNTIME").map(PathBuf::from);
    set.unwrap_or_else(|| root().join(".onnxruntime/libonnxruntime.so"))
}

/// The model that ships, started once for all tests.
pub fn real_model() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let start = || {
        let library = library();
        assert!(library.is_file(), "{} is missing: run scripts/setup", library.display());
        let pack = Pack::load(&root().join("models/default")).unwrap();
        let deadline = Duration::from_secs(20);
        let options = inference::Options { deadline, ..inference::Options::default() };
        Arc::new(Engine::start(pack, &library, &options).unwrap())
    };
    ENGINE.get_or_init(start).clone()
}

/// The metrics of this process, which are one for all tests.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| telemetry::metrics::install().unwrap()).clone()
}
