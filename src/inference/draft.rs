//! A pack in the making: other intents on the encoder and the other heads of a pack that exists.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    error::Error,
    head::DIMENSIONS,
    pack::{
        CALIBRATION, CARD, CHECKSUMS, ENCODER, FIGURES, GOLDEN, HEADS, LABELS, Pack, TOKENIZER,
    },
};

/// The intents of a new pack; everything else is that of the pack it is made from.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name of the model.
    pub name: String,
    /// Intents in the order of the rows.
    pub intents: Vec<String>,
    /// `[intents, 384]`, row by row; or `[intents, 768]`, where the head reads the tone, too.
    pub weight: Vec<f32>,
    /// `[intents]`.
    pub bias: Vec<f32>,
    /// `[n * intents, 384]`, row by row, each of length 1.
    pub prototypes: Vec<f32>,
    /// How raw scores become probabilities.
    pub scale: Scale,
    /// For every golden text of the other pack that is kept: its place, the intent that the new
    /// pack gives, and the probability.
    pub golden: Vec<(usize, String, f64)>,
    /// `card.md`, for people.
    pub card: String,
    /// `figures.json`.
    pub figures: Value,
}

/// How intent logits and prototype cosines become probabilities; means with deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Divides the logits; above 0.
    pub temperature: f64,
    /// Of the largest logit.
    pub max_logit: (f64, f64),
    /// Of the cosine to the nearest prototype.
    pub best_cosine: (f64, f64),
    /// 95 % quantile of the novelty of what is in scope.
    pub limit: f64,
    /// Slope of the link to `out_of_scope`.
    pub slope: f64,
    /// Its intercept.
    pub intercept: f64,
}

/// The intents of a pack that exists, as they are stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Intents in the order of the rows.
    pub intents: Vec<String>,
    /// `[intents, 384]`, row by row; or `[intents, 768]`, where the head reads the tone, too.
    pub weight: Vec<f32>,
    /// `[intents]`.
    pub bias: Vec<f32>,
    /// `[n * intents, 384]`, row by row.
    pub prototypes: Vec<f32>,
    /// How raw scores become probabilities.
    pub scale: Scale,
    /// `figures.json`: what was known when it was made; null where the pack has none.
    pub figures: Value,
}

impl Draft {
    /// Writes the pack into a folder that is not there yet.
    ///
    /// All files are written beside it first; the folder appears at the end, whole and checked, or
    /// not at all.
    ///
    /// # Errors
    /// The folder exists or cannot be written, or the other pack does not fit.
    pub fn write(&self, base: &Path, folder: &Path) -> Result<(), Error> {
        let unfinished = unfinished(folder);
        let fault = |file: &Path, reason: String| Error::Pack {
            file: file.to_owned(),
            reason,
            remedy: "name another folder",
        };
        if folder.exists() {
            return Err(fault(folder, "it exists already".to_owned()));
        }
        let written = self.write_files(base, &unfinished);
        written.map_err(|cause| fault(&unfinished, cause.to_string()))?;
        // What would not load must not appear.
        Pack::load(&unfinished)?;
        let renamed = fs::rename(&unfinished, folder).and_then(|()| sync_parent(folder));
        renamed.map_err(|cause| fault(folder, cause.to_string()))
    }

    fn write_files(&self, base: &Path, folder: &Path) -> io::Result<()> {
        if folder.exists() {
            // An interrupted run has left it.
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let mut sums = String::new();
        let files = [
            (ENCODER, fs::read(base.join(ENCODER))?),
            (TOKENIZER, fs::read(base.join(TOKENIZER))?),
            (HEADS, self.heads(&fs::read(base.join(HEADS))?)?),
            (LABELS, readable(&self.labels(&read(base, LABELS)?))?),
            (CALIBRATION, readable(&self.calibration(&read(base, CALIBRATION)?))?),
            (GOLDEN, readable(&self.golden(&read(base, GOLDEN)?))?),
        ];
        for (name, bytes) in files {
            write(folder, name, &bytes)?;
            sums.extend([&hex::encode(Sha256::digest(&bytes)), "  ", name, "\n"]);
        }
        write(folder, CARD, self.card.as_bytes())?;
        write(folder, FIGURES, &readable(&self.figures)?)?;
        write(folder, CHECKSUMS, sums.as_bytes())
    }

    /// The tensors of the other pack with ours in their places.
    fn heads(&self, base: &[u8]) -> io::Result<Vec<u8>> {
        let file = SafeTensors::deserialize(base).map_err(io::Error::other)?;
        let rows = self.intents.len();
        let own = [
            ("intents.weight", vec![rows, self.weight.len() / rows.max(1)], &self.weight),
            ("intents.bias", vec![rows], &self.bias),
            ("prototypes", vec![self.prototypes.len() / DIMENSIONS, DIMENSIONS], &self.prototypes),
        ];
        let own: Vec<_> = own
            .into_iter()
            .map(|(name, shape, numbers)| {
                let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
                (name.to_owned(), shape, bytes)
            })
            .collect();
        let mut tensors: BTreeMap<String, TensorView<'_>> = BTreeMap::new();
        for (name, view) in file.tensors() {
            tensors.insert(name, view);
        }
        for (name, shape, bytes) in &own {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
            tensors.insert(name.clone(), view.map_err(io::Error::other)?);
        }
        safetensors::serialize(tensors, None).map_err(io::Error::other)
    }

    fn labels(&self, base: &Value) -> Value {
        let mut labels = base.clone();
        labels["name"] = json!(self.name);
        labels["intents"] = json!(self.intents);
        labels
    }

    fn calibration(&self, base: &Value) -> Value {
        let mut calibration = base.clone();
        let Scale { temperature, max_logit, best_cosine, limit, slope, intercept } = self.scale;
        calibration["temperatures"]["intents"] = json!(temperature);
        let moments = |(mean, sd)| json!({ "mean": mean, "sd": sd });
        calibration["novelty"] = json!({
            "max_logit": moments(max_logit), "best_cosine": moments(best_cosine), "limit": limit,
        });
        calibration["out_of_scope"] = json!({ "slope": slope, "intercept": intercept });
        calibration
    }

    fn golden(&self, base: &Value) -> Value {
        let mut golden = base.clone();
        let cases = self.golden.iter().map(|(place, intent, probability)| {
            let mut case = base["cases"][*place].clone();
            case["intent"] = json!(intent);
            case["probability"] = json!((probability * 1e5).round() / 1e5);
            case
        });
        golden["cases"] = cases.collect();
        golden
    }
}

impl Stored {
    /// How many numbers of a conversation the head reads.
    pub fn columns(&self) -> usize {
        self.weight.len() / self.intents.len().max(1)
    }

    /// Reads the intents of a pack.
    ///
    /// # Errors
    /// A file is missing or not what [`Pack::load`] takes.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        Pack::load(folder)?;
        let stored = Self::of(folder);
        stored.map_err(|cause| Error::Pack {
            file: folder.to_owned(),
            reason: cause.to_string(),
            remedy: super::error::RESTORE,
        })
    }

    fn of(folder: &Path) -> io::Result<Self> {
        let bytes = fs::read(folder.join(HEADS))?;
        let file = SafeTensors::deserialize(&bytes).map_err(io::Error::other)?;
        let numbers = |name: &str| {
            let view = file.tensor(name).map_err(io::Error::other)?;
            let (numbers, _) = view.data().as_chunks::<4>();
            io::Result::Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
        };
        let (labels, calibration) = (read(folder, LABELS)?, read(folder, CALIBRATION)?);
        let number = |pointer: &str| calibration.pointer(pointer).and_then(Value::as_f64);
        let number = |pointer: &str| number(pointer).ok_or_else(|| io::Error::other(pointer));
        let moments = |name: &str| {
            let at = format!("/novelty/{name}");
            io::Result::Ok((number(&format!("{at}/mean"))?, number(&format!("{at}/sd"))?))
        };
        Ok(Self {
            intents: serde_json::from_value(labels["intents"].clone())?,
            weight: numbers("intents.weight")?,
            bias: numbers("intents.bias")?,
            prototypes: numbers("prototypes")?,
            scale: Scale {
                temperature: number("/temperatures/intents")?,
                max_logit: moments("max_logit")?,
                best_cosine: moments("best_cosine")?,
                limit: number("/novelty/limit")?,
                slope: number("/out_of_scope/slope")?,
                intercept: number("/out_of_scope/intercept")?,
            },
            // For people and the next training: a pack without them serves as well.
            figures: read(folder, FIGURES).unwrap_or_default(),
        })
    }
}

/// Where a pack lies until it is whole.
fn unfinished(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.unfinished"))
}

fn read(folder: &Path, name: &str) -> io::Result<Value> {
    Ok(serde_json::from_slice(&fs::read(folder.join(name))?)?)
}

fn readable(value: &Value) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(folder.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the new name survive a power cut.
fn sync_parent(folder: &Path) -> io::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
