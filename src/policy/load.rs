//! Text → policy: parsed, checked, probed, and named by its digest.

use std::collections::HashSet;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Case, Error, Policy,
    check::{Fault, check},
    coverage,
    document::Document,
    evaluate::Rulebook,
    overlap,
    probe::{Expect, Probe},
    routes::Routes,
};

/// Hexadecimal digits of a version.
const VERSION_DIGITS: usize = 12;

/// What the parser calls the inside of a value that keeps its place.
const SPANNED: &str = ".$__serde_spanned_private_value";

/// Parses, checks and probes a document.
pub(super) fn load(text: &str, file: &str) -> Result<Policy, Vec<Error>> {
    let refused = |faults: Vec<Fault>| -> Vec<Error> {
        let named = |Fault { key, reason }| Error { file: file.to_owned(), key, reason };
        faults.into_iter().map(named).collect()
    };
    let mut document = parse(text).map_err(|fault| refused(vec![fault]))?;
    let faults = check(&document);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let routes = Routes::of(&document);
    let faults = probe(&document, &routes);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let mut notes = overlap::notes(&document);
    notes.extend(coverage::notes(&document, &routes));
    // The probes have done their work; there may be thousands.
    document.probe = Vec::new();
    Ok(Policy { document, routes, version: version(text), notes })
}

fn parse(text: &str) -> Result<Document, Fault> {
    let at = |span: Option<std::ops::Range<usize>>| match span {
        Some(span) => {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            format!("line {line}, column {column}: ")
        }
        None => String::new(),
    };
    let fault = |key: String, error: &toml::de::Error| {
        let message = error.message().trim().replace('\n', "; ");
        Fault { key, reason: format!("{}{message}; correct it there", at(error.span())) }
    };
    let syntax = |error: toml::de::Error| fault("the document".to_owned(), &error);
    let deserializer = toml::Deserializer::parse(text).map_err(syntax)?;
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    Document::deserialize(tracked).map_err(|error| {
        // A value that keeps its place in the document shows up in the path.
        let path = track.path().to_string().replace(SPANNED, "");
        let key = if path == "." { "the document".to_owned() } else { path };
        fault(key, &error)
    })
}

/// Runs every probe; a fault names the probe, what was expected and what came.
fn probe(document: &Document, routes: &Routes) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut names = HashSet::new();
    for probe in &document.probe {
        let key = format!("probe.\"{}\"", probe.name);
        if !names.insert(probe.name.as_str()) {
            let reason = "there are two probes of this name; give each its own".to_owned();
            faults.push(Fault { key: key.clone(), reason });
        }
        for (part, reason) in run(document, routes, probe) {
            faults.push(Fault { key: format!("{key}.{part}"), reason });
        }
    }
    faults
}

/// Runs one probe; gives the keys below it that are at fault, and why.
fn run(document: &Document, routes: &Routes, probe: &Probe) -> Vec<(String, String)> {
    if probe.expect == Expect::default() {
        let reason = "is empty, so nothing is proved; write what must come out".to_owned();
        return vec![("expect".to_owned(), reason)];
    }
    let built = match probe.given.build(document) {
        Ok(built) => built,
        Err((part, reason)) => return vec![(format!("given.{part}"), reason)],
    };
    let case = Case {
        conversation: &built.conversation,
        features: &built.features,
        prediction: built.prediction.as_ref(),
        standing: &built.standing,
        now: built.now,
    };
    let decision = Rulebook { document, routes, modes: built.modes }.decide(&case);
    let mut faults = Vec::new();
    for mismatch in probe.expect.compare(&decision) {
        let reason = format!("{}; change the rules or the probe", mismatch.detail);
        faults.push((format!("expect.{}", mismatch.key), reason));
    }
    faults
}

/// The first digits of the SHA-256 over the text, its line ends as `\n`: the same document has
/// the same version on every system.
fn version(text: &str) -> String {
    let mut digest = Sha256::new();
    for (place, line) in text.split("\r\n").enumerate() {
        if place > 0 {
            digest.update(b"\n");
        }
        digest.update(line.as_bytes());
    }
    let mut version = hex::encode(digest.finalize());
    version.truncate(VERSION_DIGITS);
    version
}
