//! Labelled conversations, read one after the other.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::PathBuf,
};

use serde::Deserialize;

use crate::{
    api::{ApiError, Limits, TriageRequest, parse},
    cli::Error,
    domain::{Conversation, Intent},
};

/// A conversation with its labels, the first of which counts.
pub(super) struct Labelled {
    pub(super) conversation: Conversation,
    pub(super) labels: Vec<Intent>,
}

#[derive(Deserialize)]
struct Row {
    intent: Intent,
    #[serde(default)]
    also_acceptable: Vec<Intent>,
    messages: serde_json::Value,
}

/// Every row of the files in order, or what is wrong with it.
pub(super) fn rows(
    files: &[PathBuf],
    limits: &Limits,
) -> Result<impl Iterator<Item = Result<Labelled, String>>, Error> {
    let mut all = Vec::new();
    for file in files {
        let what = format!("the conversations in {} cannot be read", file.display());
        let lines = BufReader::new(File::open(file).map_err(Error::io(what))?).lines();
        let name = file.display().to_string();
        let limits = *limits;
        all.push(lines.enumerate().map(move |(at, line)| {
            let here = |cause: String| format!("{name}, line {}: {cause}", at + 1);
            let line = line.map_err(|cause| here(cause.to_string()))?;
            let row: Row = serde_json::from_str(&line).map_err(|cause| here(cause.to_string()))?;
            let body = serde_json::json!({ "messages": row.messages }).to_string();
            let request: TriageRequest =
                parse(body.as_bytes()).map_err(|cause| here(cause.to_string()))?;
            let conversation = request.into_conversation(&limits.conversation());
            let conversation =
                conversation.map_err(|wrong| here(ApiError::from(wrong).to_string()))?;
            let labels = std::iter::once(row.intent).chain(row.also_acceptable).collect();
            Ok(Labelled { conversation, labels })
        }));
    }
    Ok(all.into_iter().flatten())
}
