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
    place::Places,
    probe::{Expect, Probe},
    routes::Routes,
};

/// Hexadecimal digits of a version.
const VERSION_DIGITS: usize = 12;

/// Faults whose line is looked for: nobody reads more, and each costs a walk over the probes.
const PLACED: usize = 1_000;

/// What the parser calls the inside of a value that keeps its place.
const SPANNED: &str = ".$__serde_spanned_private_value";

/// What comes of reading a document.
#[derive(Debug)]
pub struct Examined {
    /// The policy; `None` if there is a fault.
    pub policy: Option<Policy>,
    /// Every fault: the first one of syntax or type, else all that the checks find, else all that
    /// the probes find.
    pub faults: Vec<Error>,
    /// The probes in their order, once the checks find nothing; none before that.
    pub probes: Vec<Probed>,
}

/// What became of one probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The rule it protects.
    pub name: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// True if the decision is the expected one; what came instead is among the faults.
    pub passed: bool,
}

/// Parses, checks and probes a document.
pub(super) fn load(text: &str, file: &str) -> Result<Policy, Vec<Error>> {
    let Examined { policy, faults, .. } = examine(text, file);
    policy.ok_or(faults)
}

/// The same, with what became of each probe.
pub(super) fn examine(text: &str, file: &str) -> Examined {
    let places = Places::of(text);
    let error = |fault: Fault, line: Option<usize>| {
        let Fault { key, reason } = fault;
        Error { file: file.to_owned(), key, reason, line }
    };
    let refused = |faults: Vec<Fault>, probes: Vec<Probed>| {
        let located = faults.into_iter().enumerate().map(|(place, fault)| {
            let line = if place < PLACED { places.line(&fault.key) } else { None };
            error(fault, line)
        });
        Examined { policy: None, faults: located.collect(), probes }
    };
    let mut document = match parse(text, &places) {
        Ok(document) => document,
        Err((fault, line)) => {
            let line = line.or_else(|| places.line(&fault.key));
            return Examined { policy: None, faults: vec![error(fault, line)], probes: Vec::new() };
        }
    };
    let faults = check(&document);
    if !faults.is_empty() {
        return refused(faults, Vec::new());
    }
    let routes = Routes::of(&document);
    let (faults, probes) = probe(&document, &routes, &places.probes());
    if !faults.is_empty() {
        return refused(faults, probes);
    }
    let mut notes = overlap::notes(&document);
    notes.extend(coverage::notes(&document, &routes));
    // The probes have done their work; there may be thousands.
    document.probe = Vec::new();
    let policy = Policy { document, routes, text: text.to_owned(), version: version(text), notes };
    Examined { policy: Some(policy), faults: Vec::new(), probes }
}

/// Reads a document; a fault comes with its line, where the parser knows it.
fn parse(text: &str, places: &Places<'_>) -> Result<Document, (Fault, Option<usize>)> {
    let fault = |key: String, error: &toml::de::Error| {
        let message = error.message().trim().replace('\n', "; ");
        let Some(span) = error.span() else {
            return (Fault { key, reason: format!("{message}; correct it there") }, None);
        };
        let before = text.get(..span.start).unwrap_or(text);
        let line = places.line_at(span.start);
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let reason = format!("line {line}, column {column}: {message}; correct it there");
        (Fault { key, reason }, Some(line))
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
///
/// - `lines`: where each of them begins.
fn probe(document: &Document, routes: &Routes, lines: &[usize]) -> (Vec<Fault>, Vec<Probed>) {
    let (mut faults, mut probes) = (Vec::new(), Vec::new());
    let mut names = HashSet::new();
    for (place, probe) in document.probe.iter().enumerate() {
        let key = format!("probe.\"{}\"", probe.name);
        let before = faults.len();
        if !names.insert(probe.name.as_str()) {
            let reason = "there are two probes of this name; give each its own".to_owned();
            faults.push(Fault { key: key.clone(), reason });
        }
        for (part, reason) in run(document, routes, probe) {
            faults.push(Fault { key: format!("{key}.{part}"), reason });
        }
        let line = lines.get(place).copied().unwrap_or(1);
        probes.push(Probed { name: probe.name.clone(), line, passed: faults.len() == before });
    }
    (faults, probes)
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
