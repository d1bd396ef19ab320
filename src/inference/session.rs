//! ONNX Runtime: the only file that knows it.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use ndarray::Array2;
use ort::{
    environment::Environment,
    ep,
    logging::LogLevel,
    session::{Session, SessionInputValue, builder::GraphOptimizationLevel},
    value::TensorRef,
};

use super::{
    encode::{Broken, Encoder},
    error::{Error, RETRAIN},
    head::DIMENSIONS,
};

/// The process's one environment of ONNX Runtime: it allows no second, not even after the first.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The loaded library. Cheap to clone.
#[derive(Clone)]
pub(super) struct Runtime(Environment);

/// One loaded encoder, for one thread.
pub(super) struct OnnxEncoder {
    session: Session,
    /// The second and third input, where the encoder asks for them.
    wants: Wants,
    /// Reused between runs: `1` for every token, and `0` for every token.
    ones: Vec<i64>,
    zeros: Vec<i64>,
}

/// Which inputs besides the tokens the encoder asks for.
#[derive(Clone, Copy)]
struct Wants {
    mask: bool,
    types: bool,
}

const TOKENS: &str = "input_ids";
const MASK: &str = "attention_mask";
const TYPES: &str = "token_type_ids";
const OUTPUT: &str = "token_embeddings";

impl Runtime {
    /// Loads the library. Once one is loaded, the process stays with it, whatever `path` names.
    pub(super) fn load(path: &Path) -> Result<Self, Error> {
        let fault = |reason: String| Error::Library { path: path.to_owned(), reason };
        if !path.is_file() {
            return Err(fault("there is no ONNX Runtime library".to_owned()));
        }
        let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(environment) = environment.as_ref() {
            return Ok(Self(environment.clone()));
        }
        // A relative path would be looked up next to the program first.
        let absolute = path.canonicalize().map_err(|error| fault(error.to_string()))?;
        let builder = ort::init_from(absolute).map_err(|error| fault(error.to_string()))?;
        let built = builder.with_name("baton").with_telemetry(false).build();
        let built = built.map_err(|error| fault(error.to_string()))?;
        Ok(Self(environment.insert(built).clone()))
    }

    /// Loads an encoder for one thread.
    pub(super) fn encoder(&self, file: &Path) -> Result<OnnxEncoder, Error> {
        let fault = |reason: String| Error::Pack { file: file.to_owned(), reason, remedy: RETRAIN };
        let session = self.session(file).map_err(|error| fault(error.to_string()))?;
        let asks = |name| session.inputs().iter().any(|input| input.name() == name);
        let wants = Wants { mask: asks(MASK), types: asks(TYPES) };
        for input in session.inputs() {
            if ![TOKENS, MASK, TYPES].contains(&input.name()) {
                return Err(fault(format!("the encoder asks for the input {}", input.name())));
            }
        }
        if !session.outputs().iter().any(|output| output.name() == OUTPUT) {
            return Err(fault(format!("the encoder has no output {OUTPUT}")));
        }
        Ok(OnnxEncoder { session, wants, ones: Vec::new(), zeros: Vec::new() })
    }

    /// One thread for every session: the workers are the parallelism.
    fn session(&self, file: &Path) -> ort::Result<Session> {
        let session = Session::builder(&self.0)?
            .with_log_level(LogLevel::Warning)?
            .with_optimization_level(GraphOptimizationLevel::Level3)?
            .with_intra_threads(1)?
            .with_inter_threads(1)?
            .with_intra_op_spinning(false)?
            .with_inter_op_spinning(false)?
            // Texts differ in length, so remembered memory layouts would never fit.
            .with_memory_pattern(false)?
            // Without it, x86 processors without VNNI add products in 16 bits, which saturates:
            // another vector than on every other machine, and another confidence.
            .with_config_entry("session.x64quantprecision", "1")?
            .with_execution_providers([ep::CPU::default().with_arena_allocator(true).build()])?
            .commit_from_file(file)?;
        Ok(session)
    }
}

impl OnnxEncoder {
    fn run_session(&mut self, ids: &[i64]) -> ort::Result<Array2<f32>> {
        let count = ids.len();
        self.ones.resize(count, 1);
        self.zeros.resize(count, 0);
        let shape = [1, count];
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(3);
        inputs.push((TOKENS, TensorRef::from_array_view((shape, ids))?.into()));
        if self.wants.mask {
            inputs.push((MASK, TensorRef::from_array_view((shape, &self.ones[..]))?.into()));
        }
        if self.wants.types {
            inputs.push((TYPES, TensorRef::from_array_view((shape, &self.zeros[..]))?.into()));
        }
        let outputs = self.session.run(inputs)?;
        let output = outputs.get(OUTPUT).ok_or_else(|| ort::Error::new("no such output"))?;
        let (_, numbers) = output.try_extract_tensor::<f32>()?;
        Array2::from_shape_vec((count, DIMENSIONS), numbers.to_vec()).map_err(ort::Error::wrap)
    }
}

impl Encoder for OnnxEncoder {
    fn encode(&mut self, ids: &[i64]) -> Result<Array2<f32>, Broken> {
        self.run_session(ids).map_err(|error| Broken(error.to_string()))
    }
}
