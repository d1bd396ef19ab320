//! `baton evaluate`: what labelled conversations say of the model, by the very path that serves.

mod judge;
mod rows;

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use self::judge::{Judged, judge};
pub(super) use self::rows::Rows;
use super::{Error, print, runtime};
use crate::{
    app,
    config::Config,
    domain::{Intent, Probability},
    evaluate::{About, Report, Thresholds},
    inference::{Certified, Engine, Model as _, Pack},
    triage::Triage,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Labelled conversations that the model was not trained on; CSV or JSON Lines.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Column or key of the customer's words, where its name does not say so.
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column or key of the intent, where its name does not say so.
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The label of what is not for this support desk.
    #[arg(long, value_name = "LABEL", default_value = Intent::OUT_OF_SCOPE)]
    out_of_scope_label: String,
    /// Writes report.html, report.md and report.json into this folder.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Prints the report as JSON instead of Markdown.
    #[arg(long)]
    json: bool,
    /// Writes what the rows prove into the model pack, as its certificate.
    #[arg(long)]
    certify: bool,
    /// At most this share of the rows that figures are taken of is out of scope, e.g. 0.05; drawn
    /// at random where there are more. Left out: all of them.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    out_of_scope: Option<f64>,
    /// Where random draws start: the same seed gives the same report.
    #[arg(long, value_name = "NUMBER", default_value_t = 17)]
    seed: u64,
}

/// Unknown labels or bad rows that are named one by one.
const NAMED: usize = 20;

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| (0.0..1.0).contains(share));
    share.ok_or_else(|| "give a share from 0 to below 1, e.g. 0.05".to_owned())
}

/// Judges every labelled conversation, prints and writes the report.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    // A folder that cannot be written should be known before the work, not after it.
    if let Some(folder) = &given.out {
        fs::create_dir_all(folder).map_err(unwritable(folder))?;
    }
    runtime()?.block_on(async {
        let engine = app::engine(config)?;
        let triage = Arc::new(app::offline_with(config, engine.clone())?);
        let judged = judge(config, &triage, given).await?;
        if judged.tally.is_empty() {
            return Err(Error::Reported(nothing(given, &judged, engine.intents())));
        }
        name(&judged.bad)?;
        let report = Report::of(&judged.tally, about(given, &triage, &judged));
        write(given, &report)?;
        if given.certify {
            check_labels(&judged)?;
            certify(config, given, &engine, &report)?;
        }
        // The threads end before the process does, so that the library is not torn from them.
        let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
        Ok(())
    })
}

/// Names rows that were left out on standard error: the report is on standard output.
pub(super) fn name(bad: &[String]) -> Result<(), Error> {
    let mut text = String::new();
    for fault in bad.iter().take(NAMED) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "baton: {fault}; the row is left out");
    }
    if bad.len() > NAMED {
        let _ = writeln!(text, "baton: {} more rows are left out", bad.len() - NAMED);
    }
    let written = io::stderr().lock().write_all(text.as_bytes());
    written.map_err(Error::io("standard error cannot be written"))
}

fn about(given: &Arguments, triage: &Triage, judged: &Judged) -> About {
    let (model, policy) = (triage.model().identity(), triage.policy());
    let (auto, suggest) = policy.thresholds();
    About {
        model: (model.name, model.version),
        policy: (policy.name().to_owned(), policy.version().to_owned()),
        data: given.data.iter().map(|file| file.display().to_string()).collect(),
        thresholds: Thresholds { auto: auto.get(), suggest: suggest.get() },
        out_of_scope_share: given.out_of_scope,
        seed: given.seed,
        skipped: judged.skipped,
        unknown_labels: judged.unknown.clone(),
        unanswered: judged.unanswered,
    }
}

/// Why there is nothing to report on.
fn nothing(given: &Arguments, judged: &Judged, intents: &[Intent]) -> String {
    let files: Vec<_> = given.data.iter().map(|file| file.display().to_string()).collect();
    let files = files.join(", ");
    if judged.unanswered > 0 {
        return format!("{files}: the model answered none of {} rows", judged.unanswered);
    }
    if judged.unknown.is_empty() {
        return format!(
            "{files}: no labelled conversation in it ({} rows skipped)",
            judged.skipped
        );
    }
    let unknown = listed(judged.unknown.keys().map(String::as_str));
    let known = listed(intents.iter().map(Intent::as_str));
    format!(
        "{files}: no row has a label that the model knows; its labels are {unknown}, the model's \
         are {known}; rename the labels, or name the model that was trained on them with --model"
    )
}

/// The first of many names.
fn listed(names: impl ExactSizeIterator<Item = impl AsRef<str>>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut text = String::new();
    for name in names.take(NAMED) {
        let between = if text.is_empty() { "" } else { ", " };
        text.extend([between, name.as_ref()]);
    }
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// Refuses to certify without rows that are decided in service, too, and perhaps automatically:
/// the promise would be taken of the others alone.
fn check_labels(judged: &Judged) -> Result<(), Error> {
    if judged.unknown.is_empty() {
        return Ok(());
    }
    let unknown = judged.unknown.iter().map(|(label, rows)| format!("{label} ({rows})"));
    Err(Error::Reported(format!(
        "no certificate is written: the model does not know the labels of these rows, which it \
         would decide in service all the same: {}; say with --out-of-scope-label what is not for \
         this desk, add the others with `baton train --add`, or delete rows that nobody would send",
        listed(unknown)
    )))
}

/// Prints the report, and writes it in all its forms where a folder is named.
fn write(given: &Arguments, report: &Report) -> Result<(), Error> {
    let json = report.json().map_err(|cause| Error::Reported(cause.to_string()))?;
    let markdown = report.markdown();
    if let Some(folder) = &given.out {
        for (name, text) in
            [("report.html", &report.html()), ("report.md", &markdown), ("report.json", &json)]
        {
            fs::write(folder.join(name), text).map_err(unwritable(folder))?;
        }
    }
    print(if given.json { &json } else { &markdown })
}

/// A value as it reads: by way of text, since a number of single precision would else be written
/// with digits that it does not have.
fn plain(value: &impl Serialize) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn unwritable(folder: &std::path::Path) -> impl FnOnce(io::Error) -> Error {
    Error::io(format!("the report cannot be written to {}; name another --out", folder.display()))
}

/// Puts what was proved into the pack.
fn certify(
    config: &Config,
    given: &Arguments,
    engine: &Engine,
    report: &Report,
) -> Result<(), Error> {
    let findings = &report.findings;
    let certified = Certified {
        format: Certified::FORMAT,
        model: engine.model_digest().to_owned(),
        promise: findings.promise.precision,
        risk: findings.promise.risk,
        auto_from: findings.auto.certified.map(|at| Probability::saturating(at.threshold)),
        vetoed: findings.vetoed.iter().map(|veto| veto.label.as_str().into()).collect(),
        evidence: json!({
            "rows": report.counted,
            "auto": plain(&findings.auto),
            "vetoed": plain(&findings.vetoed),
            "automatic": plain(&findings.automatic),
            "policy": report.about.policy,
            "files": given.data.iter().filter_map(|file| file.file_name()?.to_str()).collect::<Vec<_>>(),
            "out_of_scope_share": report.about.out_of_scope_share,
            "seed": report.about.seed,
        }),
    };
    Ok(Pack::certify(&config.model, &certified).map_err(app::Error::from)?)
}
