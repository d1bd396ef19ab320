//! Who is measured: Baton and its peers, how each is started and how each is asked.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::workload::Message;

/// Options of Baton without its cache: texts that come round again would all be answered from it,
/// and the comparison would be one of caches.
const CACHE_OFF: &[&str] = &["--set", "inference.cache_bytes=0"];

/// One server under one set of options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contender {
    /// Baton as it ships; with or without its cache of embeddings.
    Baton { cached: bool },
    /// `FastAPI` and ONNX Runtime.
    FastApi { model: Encoder, workers: u8, threads: u8 },
    /// infinity-emb with the published encoder in fp32, giving embeddings.
    Infinity,
}

/// What a `FastAPI` peer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoder {
    /// The published six layers in fp32.
    Fp32,
    /// The same after `quantize_dynamic`.
    Int8,
    /// The one that ships with Baton.
    Batons,
}

/// Where things lie.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// Root of the repository.
    pub(crate) root: PathBuf,
    /// The program that is measured.
    pub(crate) baton: PathBuf,
    /// Everything that this benchmark makes: environments, models, stores, logs.
    pub(crate) work: PathBuf,
}

impl Contender {
    /// Every one that is known, in the order of the tables.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Baton { cached: false }, Self::Baton { cached: true }];
        for model in [Encoder::Int8, Encoder::Fp32, Encoder::Batons] {
            all.push(Self::FastApi { model, workers: 2, threads: 1 });
            all.push(Self::FastApi { model, workers: 1, threads: 2 });
        }
        all.push(Self::Infinity);
        all
    }

    /// Short and stable: the key in the results and the value of `--peers`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Baton { cached: false } => "baton".to_owned(),
            Self::Baton { cached: true } => "baton-cached".to_owned(),
            Self::FastApi { model, workers, threads } => {
                let model = match model {
                    Encoder::Fp32 => "fp32",
                    Encoder::Int8 => "int8",
                    Encoder::Batons => "batons-encoder",
                };
                format!("{model}-{workers}x{threads}")
            }
            Self::Infinity => "infinity".to_owned(),
        }
    }

    pub(crate) fn is_baton(&self) -> bool {
        matches!(self, Self::Baton { .. })
    }

    /// True for those that serve the published six layers: the peers of the comparison.
    pub(crate) fn is_unmodified(&self) -> bool {
        match self {
            Self::Baton { .. } => false,
            Self::FastApi { model, .. } => *model != Encoder::Batons,
            Self::Infinity => true,
        }
    }

    /// What is missing to start it, with the remedy.
    pub(crate) fn missing(&self, places: &Places) -> Option<String> {
        let needed = match self {
            Self::Baton { .. } => vec![places.baton.clone()],
            Self::FastApi { model, .. } => vec![places.python("venv"), places.model(*model)],
            Self::Infinity => vec![places.infinity()],
        };
        let absent = needed.into_iter().find(|path| !path.exists())?;
        Some(format!(
            "{} is not there; start benches/serving/run, which makes it",
            absent.display()
        ))
    }

    /// The command that serves on `port`; `store` is the database of those that have one.
    pub(crate) fn command(&self, places: &Places, port: u16, store: &Path) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let port = port.to_string();
        let mut words: Vec<String> = Vec::new();
        match self {
            Self::Baton { cached } => {
                words.extend([text(&places.baton), "serve".into()]);
                words.extend(["--listen".into(), format!("127.0.0.1:{port}")]);
                words.extend(["--model".into(), text(&places.root.join("models/default"))]);
                words.extend(["--store".into(), format!("sqlite:{}", store.display())]);
                if !cached {
                    words.extend(CACHE_OFF.iter().map(|word| (*word).to_owned()));
                }
            }
            Self::FastApi { workers, .. } => {
                words.extend([text(&places.python("venv")), "-m".into(), "uvicorn".into()]);
                words.extend(["--app-dir".into(), text(&places.root.join("benches/serving"))]);
                words.extend(["peer:app", "--host", "127.0.0.1", "--port", &port].map(Into::into));
                words.extend(["--loop", "uvloop", "--http", "httptools"].map(Into::into));
                words.extend(["--no-access-log", "--log-level", "warning"].map(Into::into));
                words.extend(["--workers".into(), workers.to_string()]);
            }
            Self::Infinity => {
                words.extend([text(&places.infinity()), "v2".into()]);
                words.extend(["--model-id".into(), text(&places.work.join("models/published"))]);
                words.extend(["--served-model-name", "m", "--device", "cpu"].map(Into::into));
                words.extend(["--engine", "torch", "--no-model-warmup"].map(Into::into));
                words.extend(["--host", "127.0.0.1", "--port", &port].map(Into::into));
            }
        }
        words
    }

    /// The command that scores the file `input` into `output`.
    pub(crate) fn score_command(
        &self,
        places: &Places,
        input: &Path,
        output: &Path,
    ) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut words = vec![text(&places.baton), "score".into()];
        words.extend(["--model".into(), text(&places.root.join("models/default"))]);
        words.extend(["--input".into(), text(input), "--output".into(), text(output)]);
        if *self == (Self::Baton { cached: false }) {
            words.extend(CACHE_OFF.iter().map(|word| (*word).to_owned()));
        }
        words
    }

    /// Variables of the command.
    pub(crate) fn variables(&self, places: &Places) -> Vec<(&'static str, String)> {
        match self {
            Self::Baton { .. } => {
                let library = std::env::var("BATON_ONNXRUNTIME").unwrap_or_else(|_| {
                    let fetched = places.root.join(".onnxruntime/libonnxruntime.so");
                    fetched.to_string_lossy().into_owned()
                });
                vec![("BATON_ONNXRUNTIME", library)]
            }
            Self::FastApi { model, threads, .. } => {
                let tokenizer = places.root.join("models/default/tokenizer.json");
                let mut variables = vec![
                    ("MODEL", places.model(*model).to_string_lossy().into_owned()),
                    ("TOKENIZER", tokenizer.to_string_lossy().into_owned()),
                    ("THREADS", threads.to_string()),
                ];
                if *model == Encoder::Batons {
                    variables.push(("PRECISE", "1".to_owned()));
                }
                variables
            }
            Self::Infinity => {
                vec![("DO_NOT_TRACK", "1".to_owned()), ("HF_HUB_OFFLINE", "1".to_owned())]
            }
        }
    }

    /// Where requests go.
    pub(crate) fn path(&self) -> &'static str {
        match self {
            Self::Baton { .. } => "/v1/triage",
            Self::FastApi { .. } => "/predict",
            Self::Infinity => "/embeddings",
        }
    }

    /// A request about a conversation so far. The peers know no conversations: they get its text.
    pub(crate) fn body(&self, conversation: Option<&str>, messages: &[Message]) -> Bytes {
        let text = || {
            let texts: Vec<&str> = messages.iter().map(|message| message.text.as_str()).collect();
            texts.join("\n")
        };
        let body = match self {
            Self::Baton { .. } => match conversation {
                Some(id) => json!({ "conversation_id": id, "messages": messages }),
                None => json!({ "messages": messages }),
            },
            Self::FastApi { .. } => json!({ "text": text() }),
            Self::Infinity => json!({ "model": "m", "input": [text()] }),
        };
        body.to_string().into()
    }
}

impl Places {
    fn python(&self, environment: &str) -> PathBuf {
        self.work.join(environment).join("bin/python")
    }

    fn infinity(&self) -> PathBuf {
        self.work.join("venv-infinity/bin/infinity_emb")
    }

    fn model(&self, model: Encoder) -> PathBuf {
        self.work.join(match model {
            Encoder::Fp32 => "models/fp32.onnx",
            Encoder::Int8 => "models/int8.onnx",
            Encoder::Batons => "models/baton.onnx",
        })
    }
}
