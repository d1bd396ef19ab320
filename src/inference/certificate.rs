//! `certificate.json`: what labelled rows have proved of this very model.

use std::{collections::HashMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::pack::{CALIBRATION, CERTIFICATE, CHECKSUMS, ENCODER, HEADS, LABELS, TOKENIZER};
use crate::domain::{Certificate, Intent, Probability};

/// `certificate.json`: what labelled rows have proved of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// Version of the file's format: 1.
    pub format: u32,
    /// Which model it is: SHA-256 over the lines of `checksums.sha256` for encoder, tokenizer,
    /// heads, labels and calibration, in this order.
    pub model: String,
    /// The share of automatic decisions that is promised to be right; at least 0.9.
    pub promise: f64,
    /// The probability with which the promise may be wrong; at most 0.05.
    pub risk: f64,
    /// The lowest confidence for which the promise holds; `None` if it holds for none.
    pub auto_from: Option<Probability>,
    /// Intents that are shown to break the promise.
    pub vetoed: Vec<Intent>,
    /// What proves it, for people; the program does not read it.
    pub evidence: serde_json::Value,
}

/// The files that make a model what it is.
const MODEL: [&str; 5] = [ENCODER, TOKENIZER, HEADS, LABELS, CALIBRATION];

impl Certified {
    /// The format that this program reads and writes.
    pub const FORMAT: u32 = 1;
    /// The least that a certificate must promise of automatic decisions.
    pub const PROMISE: f64 = 0.90;
    /// The greatest risk that a promise may have.
    pub const RISK: f64 = 0.05;

    /// Reads and checks a certificate of the model with that digest and these intents; `Err` says
    /// what is wrong with it.
    pub(super) fn read(
        json: &[u8],
        model: &str,
        intents: &[Intent],
    ) -> Result<Certificate, String> {
        let Self { format, model: of, promise, risk, auto_from, vetoed, .. } =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if format != Self::FORMAT {
            return Err(format!("format {format} is not format {}", Self::FORMAT));
        }
        if of != model {
            return Err("it was made of another model than this one".to_owned());
        }
        if !(Self::PROMISE..1.0).contains(&promise) || !(0.0..=Self::RISK).contains(&risk) {
            return Err(format!(
                "it promises {promise} with risk {risk}; at least {} with at most {} is needed",
                Self::PROMISE,
                Self::RISK
            ));
        }
        if let Some(unknown) = vetoed.iter().find(|intent| !intents.contains(intent)) {
            return Err(format!("it vetoes {unknown}, which is no intent of this model"));
        }
        Ok(Certificate { auto_from, vetoed, broken: false })
    }

    /// Puts the certificate into a pack, in the place of an earlier one, and signs the pack anew.
    ///
    /// An interruption leaves a pack without certificate, never one that does not load.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let list = fs::read_to_string(folder.join(CHECKSUMS))?;
        let mut lines: Vec<_> = list.lines().filter(|line| !line.ends_with(CERTIFICATE)).collect();
        replace(folder, CHECKSUMS, &joined(&lines))?;
        let json = serde_json::to_string_pretty(self)? + "\n";
        replace(folder, CERTIFICATE, &json)?;
        let line = line(&hex::encode(Sha256::digest(&json)), CERTIFICATE);
        lines.push(line.trim_end());
        replace(folder, CHECKSUMS, &joined(&lines))
    }
}

/// Which model a pack holds, by the digests of its files.
pub(super) fn model_digest(digests: &HashMap<&'static str, String>) -> String {
    let mut digest = Sha256::new();
    for name in MODEL {
        digest.update(line(digests.get(name).map_or("", String::as_str), name));
    }
    hex::encode(digest.finalize())
}

fn line(digest: &str, name: &str) -> String {
    format!("{}  {name}\n", digest.to_ascii_lowercase())
}

fn joined(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// Writes a file under another name first, so that nobody ever reads half of it.
fn replace(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.unfinished"));
    fs::write(&unfinished, text)?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(unfinished, folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{pack::Pack, tiny},
        *,
    };

    fn written() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        tiny::write(folder.path());
        folder
    }

    fn certified(folder: &tempfile::TempDir) -> Certified {
        Certified {
            format: Certified::FORMAT,
            model: Pack::load(folder.path()).unwrap().digest().to_owned(),
            promise: 0.9,
            risk: 0.05,
            auto_from: Some(Probability::saturating(0.935)),
            vetoed: vec!["billing".into()],
            evidence: serde_json::json!({ "rows": 323 }),
        }
    }

    fn fault(folder: &tempfile::TempDir) -> String {
        Pack::load(folder.path()).err().unwrap().to_string()
    }

    #[test]
    fn a_pack_without_certificate_certifies_nothing() {
        let folder = written();
        let pack = Pack::load(folder.path()).unwrap();
        assert_eq!(pack.certificate(), Certificate::default());
        // Not listed is not there: a file that somebody left behind proves nothing.
        fs::write(folder.path().join(CERTIFICATE), "{}").unwrap();
        assert_eq!(Pack::load(folder.path()).unwrap().certificate(), Certificate::default());
    }

    #[test]
    fn a_certificate_that_was_written_is_obeyed_and_changes_the_version() {
        let folder = written();
        let before = Pack::load(folder.path()).unwrap();
        for round in 0..2 {
            Pack::certify(folder.path(), &certified(&folder)).unwrap();
            let pack = Pack::load(folder.path()).unwrap();
            let auto_from = Some(Probability::saturating(0.935));
            let vetoed = vec!["billing".into()];
            assert_eq!(
                pack.certificate(),
                Certificate { auto_from, vetoed, broken: false },
                "round {round}"
            );
            assert_eq!(pack.digest(), before.digest());
            assert_ne!(pack.identity().version, before.identity().version);
        }
        let list = fs::read_to_string(folder.path().join(CHECKSUMS)).unwrap();
        assert_eq!(list.matches(CERTIFICATE).count(), 1, "{list}");
    }

    #[test]
    fn a_certificate_of_another_model_is_refused() {
        let folder = written();
        Pack::certify(folder.path(), &certified(&folder)).unwrap();
        let warmer = tiny::CALIBRATION.replacen("1.0", "1.5", 1);
        fs::write(folder.path().join(CALIBRATION), warmer).unwrap();
        tiny::sign(folder.path());
        let reason = fault(&folder);
        assert!(reason.contains(CERTIFICATE) && reason.contains("another model"), "{reason}");
        assert!(reason.contains("baton evaluate --certify"), "{reason}");
    }

    #[test]
    fn a_certificate_that_cannot_be_trusted_is_refused() {
        let folder = written();
        let good = certified(&folder);
        for (wrong, says) in [
            (Certified { format: 2, ..good.clone() }, "format 2"),
            (Certified { promise: 0.5, ..good.clone() }, "promises 0.5"),
            (Certified { risk: 0.5, ..good.clone() }, "risk 0.5"),
            (Certified { promise: f64::NAN, ..good.clone() }, "null"),
            (Certified { vetoed: vec!["tea".into()], ..good.clone() }, "vetoes tea"),
        ] {
            wrong.write(folder.path()).unwrap();
            let reason = fault(&folder);
            assert!(reason.contains(CERTIFICATE) && reason.contains(says), "{reason}");
        }
        fs::write(folder.path().join(CERTIFICATE), "{}").unwrap();
        assert!(fault(&folder).contains("checksum"));
    }
}
