//! A model pack: a folder with everything that a model is, checked before it is used.
//!
//! | file | content |
//! |---|---|
//! | `encoder.onnx` | the encoder: `input_ids` → `token_embeddings` |
//! | `tokenizer.json` | its tokenizer |
//! | `heads.safetensors` | f32: `{intents,sentiment,frustration,acts}.{weight,bias}`, `prototypes`|
//! | `labels.json` | what the rows of the heads mean |
//! | `calibration.json` | how raw scores become probabilities |
//! | `certificate.json` | what labelled rows have proved of it; without it nothing is automatic |
//! | `golden.json` | texts with the vectors and intents that this pack must give |
//! | `checksums.sha256` | `sha256sum` over all of the above; its own digest is the version |
//! | `card.md` | the model card, for people |
//!
//! The encoder takes `input_ids`, and where it asks for them `attention_mask` and
//! `token_type_ids`, each of `[rows, tokens]`, and gives `[rows, tokens, 384]`.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use safetensors::SafeTensors;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Identity,
    acts::Acts,
    calibrate::Temperature,
    certificate::{Certified, model_digest},
    error::{CERTIFY, Error, RESTORE, RETRAIN, WRITABLE},
    golden::Golden,
    labels::Labels,
    papers::Papers,
    predict::{Calibration, Predictor},
    tokenize::Tokenizer,
};
use crate::domain::{Certificate, Intent};

/// A model, loaded and checked.
pub struct Pack {
    pub(super) encoder: PathBuf,
    /// Its SHA-256, where the pack has checksums.
    pub(super) encoder_digest: Option<String>,
    pub(super) tokenizer: Tokenizer,
    pub(super) acts: Option<Acts>,
    pub(super) predictor: Option<Predictor>,
    pub(super) golden: Golden,
    identity: Identity,
    /// Digest of the files that make the model what it is.
    digest: String,
    /// SHA-256 over the certificate's file, where it certifies anything.
    certificate_digest: Option<String>,
    languages: Vec<String>,
    pub(super) papers: Arc<Papers>,
}

pub(super) const ENCODER: &str = "encoder.onnx";
pub(super) const TOKENIZER: &str = "tokenizer.json";
pub(super) const HEADS: &str = "heads.safetensors";
pub(super) const LABELS: &str = "labels.json";
pub(super) const CALIBRATION: &str = "calibration.json";
pub(super) const GOLDEN: &str = "golden.json";
/// The model card and its figures, which no checksum covers.
pub(super) const CARD: &str = "card.md";
pub(super) const FIGURES: &str = "figures.json";
pub(super) const CERTIFICATE: &str = "certificate.json";
pub(super) const CHECKSUMS: &str = "checksums.sha256";
/// Every file that a complete pack must have and list.
const FILES: [&str; 6] = [ENCODER, TOKENIZER, HEADS, LABELS, CALIBRATION, GOLDEN];
/// Hexadecimal digits of a version.
const VERSION_DIGITS: usize = 12;

/// The listed files, each as its checksum says.
struct Checked {
    /// Contents of all but the encoder, which ONNX Runtime reads for itself.
    files: HashMap<&'static str, Vec<u8>>,
    /// Their digests, in lower-case hexadecimal digits.
    digests: HashMap<&'static str, String>,
}

/// Of a calibration that is not complete yet: the temperature of the acts.
#[derive(Deserialize)]
struct EarlyCalibration {
    temperatures: EarlyTemperatures,
}

#[derive(Deserialize)]
struct EarlyTemperatures {
    acts: Temperature,
}

impl Pack {
    /// Loads a complete pack.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or does not fit the others, and what to do.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let checksums = fault_at(folder, CHECKSUMS, RESTORE, fs::read(folder.join(CHECKSUMS)))?;
        let Checked { mut files, digests } = check(folder, &checksums)?;
        let certificate = files.remove(CERTIFICATE);
        let mut bytes = |name: &str| files.remove(name).unwrap_or_default();

        let tokenizer = Tokenizer::from_bytes(&bytes(TOKENIZER));
        let tokenizer = fault_at(folder, TOKENIZER, RETRAIN, tokenizer)?;
        let labels = fault_at(folder, LABELS, RETRAIN, Labels::from_json(&bytes(LABELS)))?;
        let calibration = Calibration::from_json(&bytes(CALIBRATION));
        let calibration = fault_at(folder, CALIBRATION, RETRAIN, calibration)?;
        let golden = fault_at(folder, GOLDEN, RETRAIN, Golden::from_json(&bytes(GOLDEN)))?;

        let heads = bytes(HEADS);
        let heads = fault_at(folder, HEADS, RETRAIN, SafeTensors::deserialize(&heads))?;
        let acts = Acts::read(&heads, calibration.temperatures.acts);
        let acts = fault_at(folder, HEADS, RETRAIN, acts)?;
        let predictor = Predictor::read(&heads, labels.intents, calibration);
        let mut predictor = fault_at(folder, HEADS, RETRAIN, predictor)?;
        let digest = model_digest(&digests);
        let mut certificate_digest = None;
        if let Some(json) = certificate {
            let read = Certified::read(&json, &digest, &predictor.intents);
            let read = fault_at(folder, CERTIFICATE, CERTIFY, read)?;
            certificate_digest = read.auto_from.map(|_| hex::encode(Sha256::digest(&json)));
            predictor.certificate = read.into();
        }

        let mut version = hex::encode(Sha256::digest(&checksums));
        version.truncate(VERSION_DIGITS);
        Ok(Self {
            encoder: folder.join(ENCODER),
            encoder_digest: digests.get(ENCODER).cloned(),
            tokenizer,
            acts: Some(acts),
            predictor: Some(predictor),
            golden,
            identity: Identity { name: labels.name, version },
            digest,
            certificate_digest,
            languages: labels.languages,
            papers: Arc::new(Papers::read(folder)),
        })
    }

    /// Loads what training needs to read texts as the service will: the encoder, its tokenizer,
    /// and the acts head where there is one already. Checksums are not asked for.
    ///
    /// # Errors
    /// Names the file that is missing or damaged, and what to do.
    pub fn load_encoder_only(folder: &Path) -> Result<Self, Error> {
        let encoder = folder.join(ENCODER);
        fault_at(folder, ENCODER, RESTORE, fs::metadata(&encoder))?;
        let bytes = fault_at(folder, TOKENIZER, RESTORE, fs::read(folder.join(TOKENIZER)))?;
        let tokenizer = Tokenizer::from_bytes(&bytes);
        let tokenizer = fault_at(folder, TOKENIZER, RETRAIN, tokenizer)?;
        let identity = Identity { name: "encoder".to_owned(), version: "unfinished".to_owned() };
        Ok(Self {
            encoder,
            encoder_digest: None,
            tokenizer,
            acts: early_acts(folder)?,
            predictor: None,
            golden: Golden::default(),
            identity,
            digest: String::new(),
            certificate_digest: None,
            languages: Vec::new(),
            papers: Arc::default(),
        })
    }

    /// Reads the encoder's file again and checks that it is still the one of this pack: somebody
    /// may have put another pack in its place, whose heads are not loaded.
    pub(super) fn check_encoder(&self) -> Result<(), Error> {
        let Some(digest) = &self.encoder_digest else { return Ok(()) };
        let fault = |reason: String| {
            let file = self.encoder.clone();
            Err(Error::Pack { file, reason, remedy: "reload the model, or restore the file" })
        };
        match fs::read(&self.encoder) {
            Ok(bytes) if hex::encode(Sha256::digest(&bytes)).eq_ignore_ascii_case(digest) => Ok(()),
            Ok(_) => fault("it is another encoder than the one that was loaded".to_owned()),
            Err(cause) => fault(cause.to_string()),
        }
    }

    /// Puts a certificate into a complete pack and signs the pack anew, which gives it another
    /// version. An interruption leaves a pack without certificate, never one that does not load.
    ///
    /// # Errors
    /// The pack does not load, the certificate does not fit it, or the folder cannot be written.
    pub fn certify(folder: &Path, certified: &Certified) -> Result<(), Error> {
        let pack = Self::load(folder)?;
        let json = fault_at(folder, CERTIFICATE, CERTIFY, serde_json::to_vec(certified))?;
        let fits = Certified::read(&json, pack.digest(), pack.intents());
        fault_at(folder, CERTIFICATE, CERTIFY, fits)?;
        fault_at(folder, CERTIFICATE, WRITABLE, certified.write(folder))
    }

    /// Which model it is: changes with encoder, tokenizer, heads, labels and calibration, not with
    /// the certificate.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How far the model may be trusted to act alone.
    pub fn certificate(&self) -> Certificate {
        self.predictor
            .as_ref()
            .map(|known| Certificate::clone(&known.certificate))
            .unwrap_or_default()
    }

    /// SHA-256 over the certificate's file; `None` if nothing is certified.
    pub fn certificate_digest(&self) -> Option<&str> {
        self.certificate_digest.as_deref()
    }

    /// Name and version.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Every intent in the order of the labels; none for an encoder without heads.
    pub fn intents(&self) -> &[Intent] {
        self.predictor.as_ref().map_or(&[], |predictor| &predictor.intents)
    }

    /// ISO 639-1 codes of the languages that the model was trained for.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }
}

/// The acts head of a pack that is not complete yet, where it has one.
fn early_acts(folder: &Path) -> Result<Option<Acts>, Error> {
    if !folder.join(HEADS).exists() {
        return Ok(None);
    }
    let mut temperature = Temperature::ONE;
    if folder.join(CALIBRATION).exists() {
        let json = fs::read(folder.join(CALIBRATION));
        let json = fault_at(folder, CALIBRATION, RETRAIN, json)?;
        let early = serde_json::from_slice::<EarlyCalibration>(&json);
        temperature = fault_at(folder, CALIBRATION, RETRAIN, early)?.temperatures.acts;
    }
    let heads = fault_at(folder, HEADS, RETRAIN, fs::read(folder.join(HEADS)))?;
    let heads = fault_at(folder, HEADS, RETRAIN, SafeTensors::deserialize(&heads))?;
    fault_at(folder, HEADS, RETRAIN, Acts::read(&heads, temperature)).map(Some)
}

/// Checks every listed file against its checksum.
fn check(folder: &Path, checksums: &[u8]) -> Result<Checked, Error> {
    let list = fault_at(folder, CHECKSUMS, RESTORE, std::str::from_utf8(checksums))?;
    let (mut files, mut digests) = (HashMap::new(), HashMap::new());
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let Some((digest, name)) = line.split_once(char::is_whitespace) else {
            let reason = Err(format!("the line {line:?} is not \"digest  file\""));
            return fault_at(folder, CHECKSUMS, RESTORE, reason);
        };
        // sha256sum puts a space or, for binary mode, an asterisk before the name.
        let name = name.trim_start_matches([' ', '*']);
        if name.contains(['/', '\\']) || name == ".." {
            let reason = Err(format!("{name:?} is not a file of this folder"));
            return fault_at(folder, CHECKSUMS, RESTORE, reason);
        }
        let bytes = fault_at(folder, name, RESTORE, fs::read(folder.join(name)))?;
        let found = hex::encode(Sha256::digest(&bytes));
        if !found.eq_ignore_ascii_case(digest) {
            let reason = Err(format!("its checksum is not the one in {CHECKSUMS}"));
            return fault_at(folder, name, RESTORE, reason);
        }
        let known = FILES.into_iter().chain([CERTIFICATE]).find(|file| *file == name);
        if let Some(known) = known {
            files.insert(known, if known == ENCODER { Vec::new() } else { bytes });
            digests.insert(known, found);
        }
    }
    for file in FILES {
        if !files.contains_key(file) {
            let reason = Err(format!("it is not listed in {CHECKSUMS}"));
            return fault_at(folder, file, RESTORE, reason);
        }
    }
    Ok(Checked { files, digests })
}

/// Names the file of the pack at which something went wrong.
fn fault_at<T, E: ToString>(
    folder: &Path,
    file: &str,
    remedy: &'static str,
    result: Result<T, E>,
) -> Result<T, Error> {
    result.map_err(|error| Error::Pack {
        file: folder.join(file),
        reason: error.to_string(),
        remedy,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};

    fn written() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        tiny::write(folder.path());
        folder
    }

    fn fault(folder: &tempfile::TempDir) -> String {
        Pack::load(folder.path()).err().unwrap().to_string()
    }

    #[test]
    fn a_complete_pack_has_a_name_and_a_version() {
        let folder = written();
        let first = Pack::load(folder.path()).unwrap().identity().clone();
        assert_eq!((first.name.as_str(), first.version.len()), ("tiny", VERSION_DIGITS));
        let list = fs::read(folder.path().join(CHECKSUMS)).unwrap();
        assert!(hex::encode(Sha256::digest(list)).starts_with(&first.version));

        fs::write(folder.path().join("card.md"), "for people").unwrap();
        assert_eq!(Pack::load(folder.path()).unwrap().identity(), &first);
        let warmer = tiny::CALIBRATION.replacen("1.0", "1.5", 1);
        fs::write(folder.path().join(CALIBRATION), warmer).unwrap();
        tiny::sign(folder.path());
        assert_ne!(Pack::load(folder.path()).unwrap().identity(), &first);
    }

    #[test]
    fn a_damaged_or_missing_file_is_named_with_a_remedy() {
        for name in FILES {
            let folder = written();
            let file = folder.path().join(name);
            fs::write(&file, "damaged").unwrap();
            let damaged = fault(&folder);
            assert!(damaged.contains(name) && damaged.contains("checksum"), "{damaged}");
            fs::remove_file(&file).unwrap();
            let missing = fault(&folder);
            assert!(missing.contains(name) && missing.contains(RESTORE), "{missing}");
            tiny::sign(folder.path());
            assert!(fault(&folder).contains("not listed"));
        }
        assert!(fault(&tempfile::tempdir().unwrap()).contains(CHECKSUMS));
    }

    #[test]
    fn a_checksum_list_cannot_point_outside_the_folder() {
        let folder = written();
        let line = format!("{}  ../secret\n", "0".repeat(64));
        fs::write(folder.path().join(CHECKSUMS), line).unwrap();
        assert!(fault(&folder).contains("not a file of this folder"));
    }

    #[test]
    fn files_that_do_not_fit_each_other_are_refused() {
        let folder = written();
        let labels = tiny::LABELS.replace("\"billing\", ", "");
        fs::write(folder.path().join(LABELS), labels).unwrap();
        tiny::sign(folder.path());
        let reason = fault(&folder);
        assert!(reason.contains(HEADS) && reason.contains("[2, 384]"), "{reason}");
        assert!(reason.contains(RETRAIN));
    }

    #[test]
    fn an_encoder_that_was_replaced_meanwhile_is_noticed() {
        let folder = written();
        let pack = Pack::load(folder.path()).unwrap();
        assert!(pack.check_encoder().is_ok());
        fs::write(&pack.encoder, "another").unwrap();
        let fault = pack.check_encoder().unwrap_err().to_string();
        assert!(fault.contains("another encoder") && fault.contains(ENCODER), "{fault}");
        fs::remove_file(&pack.encoder).unwrap();
        assert!(pack.check_encoder().is_err());
    }

    #[test]
    fn training_can_start_from_an_encoder_alone() {
        let folder = written();
        let at = |name| folder.path().join(name);
        let load = || Pack::load_encoder_only(folder.path());
        assert!(load().unwrap().acts.is_some());
        for name in [CHECKSUMS, CALIBRATION, LABELS, GOLDEN] {
            fs::remove_file(at(name)).unwrap();
        }
        assert!(load().unwrap().acts.is_some());
        fs::remove_file(at(HEADS)).unwrap();
        let pack = load().unwrap();
        assert!(pack.acts.is_none() && pack.predictor.is_none());
        fs::remove_file(at(ENCODER)).unwrap();
        assert!(load().err().unwrap().to_string().contains(ENCODER));
    }
}
