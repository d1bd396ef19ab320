//! A tiny model for tests: a few words, two intents and a spare, and an encoder that gives every
//! token an axis of its own.

use std::{collections::HashMap, fs, path::Path};

use ndarray::Array2;
use safetensors::{Dtype, tensor::TensorView};
use sha2::{Digest, Sha256};

use super::{
    encode::{Broken, Encoder},
    head::DIMENSIONS,
    predict::MOOD,
    tokenize::Tokenizer,
};
use crate::domain::{
    Act, Features, Language, Segment, Sentence, SentenceKind, Span, Speaker, TextFeatures,
};

/// Name, shape and numbers of a tensor.
pub(super) type Tensor = (&'static str, Vec<usize>, Vec<f32>);

/// The words the tiny model knows; a word's place is its token.
pub(super) const WORDS: [&str; 20] = [
    "[UNK]", "[CLS]", "[SEP]", "refund", "my", "invoice", "!", ".", "hello", "thanks", "that",
    "failed", "boom", "broken", "log", "line", "a", "b", "c", "nan",
];
/// A customer who writes this makes the worker panic.
pub(super) const BOOM: &str = "boom";
/// A customer who writes this breaks the encoder.
pub(super) const BROKEN: &str = "broken";
/// A customer who writes this gets numbers that are none.
pub(super) const NAN: &str = "nan";

/// A tokenizer of [`WORDS`].
pub(super) const TOKENIZER: &str = r###"{
  "version": "1.0", "truncation": null, "padding": null, "decoder": null, "post_processor": null,
  "added_tokens": [
    {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true},
    {"id": 2, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true}],
  "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                 "strip_accents": null, "lowercase": true},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": {
    "[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "refund": 3, "my": 4, "invoice": 5, "!": 6, ".": 7,
    "hello": 8, "thanks": 9, "that": 10, "failed": 11, "boom": 12, "broken": 13, "log": 14,
    "line": 15, "a": 16, "b": 17, "c": 18, "nan": 19}}
}"###;

/// Labels of the tiny model.
pub(super) const LABELS: &str = r#"{
  "format": 1, "name": "tiny", "intents": ["refund", "billing", "out_of_scope"],
  "acts": ["problem", "request", "step_tried", "outcome_failed", "outcome_worked", "impact",
           "question", "greeting_thanks", "other"],
  "sentiments": ["negative", "neutral", "positive"], "languages": ["en"]
}"#;

/// Calibration of the tiny model.
pub(super) const CALIBRATION: &str = r#"{
  "temperatures": {"intents": 1.0, "sentiment": 1.0, "acts": 1.0},
  "frustration": {"a": 2.0, "b": 0.0},
  "novelty": {"max_logit": {"mean": 6.0, "sd": 2.0}, "best_cosine": {"mean": 0.8, "sd": 0.2},
              "limit": 1.6},
  "out_of_scope": {"slope": 2.0, "intercept": -4.0}
}"#;

/// What the tiny model must give for one text.
pub(super) const GOLDEN: &str = r#"{
  "vector_tolerance": 0.01, "probability_tolerance": 0.05,
  "cases": [{"text": "refund", "vector": [0, 0, 0, 1, 0, 0, 0, 0], "norm": 1.0,
             "intent": "refund", "probability": 0.99}]
}"#;

/// The tokenizer of the tiny model.
pub(super) fn tokenizer() -> Tokenizer {
    Tokenizer::from_bytes(TOKENIZER.as_bytes()).unwrap()
}

/// Gives every token the axis of its id.
#[derive(Debug, Default)]
pub(super) struct FakeEncoder {
    /// Every row it was asked for.
    pub(super) rows: Vec<Vec<i64>>,
}

impl Encoder for FakeEncoder {
    fn encode(&mut self, ids: &[i64]) -> Result<Array2<f32>, Broken> {
        self.rows.push(ids.to_vec());
        let ids: Vec<usize> = ids.iter().map(|id| usize::try_from(*id).unwrap()).collect();
        let is = |word: &str| ids.iter().any(|id| WORDS.get(*id) == Some(&word));
        assert!(!is(BOOM), "boom");
        if is(BROKEN) {
            return Err(Broken("broken".to_owned()));
        }
        let mut vectors = Array2::zeros((ids.len(), DIMENSIONS));
        for (row, id) in ids.iter().enumerate() {
            vectors[(row, *id)] = if is(NAN) { f32::NAN } else { 1.0 };
        }
        Ok(vectors)
    }
}

/// The bytes of a safetensors file.
pub(super) fn safetensors(tensors: &[Tensor]) -> Vec<u8> {
    let raw: Vec<(&str, &Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, shape, numbers)| {
            (*name, shape, numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
        })
        .collect();
    let views = raw.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, (*shape).clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None::<HashMap<String, String>>).unwrap()
}

/// A matrix that is zero but for the given (row, word, number).
fn matrix((rows, columns): (usize, usize), entries: &[(usize, &str, f32)]) -> Vec<f32> {
    let mut numbers = vec![0.0; rows * columns];
    for &(row, word, number) in entries {
        let column = WORDS.iter().position(|known| *known == word).unwrap();
        numbers[row * columns + column] = number;
    }
    numbers
}

/// A weight of the given (row, word, number).
fn weight(name: &'static str, shape: (usize, usize), entries: &[(usize, &str, f32)]) -> Tensor {
    (name, vec![shape.0, shape.1], matrix(shape, entries))
}

/// The heads of the tiny model: "refund" means a refund, "invoice" billing, "hello" a greeting.
pub(super) fn heads() -> Vec<Tensor> {
    let acts = Act::ALL.len();
    let (greeting, failed) = (Act::GreetingThanks as usize, Act::OutcomeFailed as usize);
    let act_weights =
        [(greeting, "hello", 9.0), (greeting, "thanks", 9.0), (failed, "failed", 9.0)];
    vec![
        weight("intents.weight", (3, DIMENSIONS), &[(0, "refund", 9.0), (1, "invoice", 9.0)]),
        ("intents.bias", vec![3], vec![0.0; 3]),
        weight("sentiment.weight", (3, MOOD), &[(0, "failed", 9.0), (2, "thanks", 9.0)]),
        ("sentiment.bias", vec![3], vec![0.0, 1.0, 0.0]),
        weight("frustration.weight", (1, MOOD), &[(0, "!", 9.0), (0, "failed", 9.0)]),
        ("frustration.bias", vec![1], vec![-2.0]),
        weight("acts.weight", (acts, DIMENSIONS), &act_weights),
        ("acts.bias", vec![acts], vec![0.0; acts]),
        weight(
            "prototypes",
            (3, DIMENSIONS),
            &[(0, "refund", 1.0), (1, "invoice", 1.0), (2, "a", 1.0)],
        ),
    ]
}

/// Writes the tiny model; its encoder is a file that only [`FakeEncoder`] can stand in for.
pub(super) fn write(folder: &Path) {
    fs::write(folder.join("encoder.onnx"), "none").unwrap();
    fs::write(folder.join("tokenizer.json"), TOKENIZER).unwrap();
    fs::write(folder.join("heads.safetensors"), safetensors(&heads())).unwrap();
    fs::write(folder.join("labels.json"), LABELS).unwrap();
    fs::write(folder.join("calibration.json"), CALIBRATION).unwrap();
    fs::write(folder.join("golden.json"), GOLDEN).unwrap();
    sign(folder);
}

/// Writes the checksums of whatever the folder holds.
pub(super) fn sign(folder: &Path) {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !["checksums.sha256", "card.md"].contains(&name.as_str()) {
            let digest = Sha256::digest(fs::read(folder.join(&name)).unwrap());
            lines.push(format!("{}  {name}\n", hex::encode(digest)));
        }
    }
    lines.sort();
    fs::write(folder.join("checksums.sha256"), lines.concat()).unwrap();
}

/// A text of these sentences, joined by one space.
pub(super) fn text(speaker: Speaker, sentences: &[(&str, SentenceKind)]) -> TextFeatures {
    let mut masked = String::new();
    let mut places = Vec::new();
    let small = |count: usize| u32::try_from(count).unwrap();
    let length = |text: &str| (small(text.chars().count()), small(text.len()));
    for (words, kind) in sentences {
        if !masked.is_empty() {
            masked.push(' ');
        }
        let from = length(&masked);
        masked.push_str(words);
        let to = length(&masked);
        let span = Span::new(from.0, to.0);
        places.push(Sentence { span, masked: (from.1, to.1), kind: *kind });
    }
    let (chars, bytes) = length(&masked);
    let segments =
        vec![Segment { original: Span::new(0, chars), masked: (0, bytes), verbatim: true }];
    TextFeatures { speaker, masked, segments, sentences: places }
}

/// A conversation of these texts.
pub(super) fn conversation(messages: Vec<TextFeatures>) -> Features {
    let language = Language { code: "en".to_owned(), supported: true };
    Features { subject: None, messages, language, signals: Vec::new() }
}

/// A conversation of one customer message with these sentences.
pub(super) fn features(sentences: &[&str]) -> Features {
    let sentences: Vec<_> = sentences.iter().map(|words| (*words, SentenceKind::Prose)).collect();
    conversation(vec![text(Speaker::Customer, &sentences)])
}
