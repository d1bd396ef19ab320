//! `baton report`: what analysts read, without the service.

use std::{fs, path::PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    Error,
    policy::{load, moment},
    print, runtime,
};
use crate::{
    api::{CalibrationBody, HandoffsBody, OverviewBody, ScorecardBody},
    app::{self, SystemClock},
    config::Config,
    domain::{Clock as _, Timestamp},
    reports::{Dimension, Markdown},
    store::{self, Ledger},
    triage::reports::{self, Asked},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which report.
    #[arg(value_name = "REPORT", default_value = "overview")]
    what: What,
    /// Decisions from the hour of that moment on, e.g. 2026-11-01T00:00:00Z; 28 days before the
    /// end if absent.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,
    /// Decisions of hours that began before that moment; the present if absent.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Option<Timestamp>,
    /// By what the figures are divided: `intent`, `tier`, `role`, `band`, `channel`, `group` or
    /// `product_area`.
    #[arg(long, value_name = "DIMENSION", value_parser = dimension)]
    by: Option<Dimension>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    format: Format,
    /// Where to; standard output if absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Volume, bands, overrides, precision, and whether the promise holds.
    Overview,
    /// Whether confidences mean what they say, and what automatic decisions are worth.
    Calibration,
    /// How long handoffs wait, whether they come back, what they lack.
    Handoffs,
    /// Escalation, first-contact resolution, deflection, ratings, and what tier 1 could learn.
    Scorecard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Markdown,
    /// As the API answers.
    Json,
}

fn dimension(text: &str) -> Result<Dimension, String> {
    Dimension::by(text).ok_or_else(|| {
        let names = Dimension::BY.map(Dimension::as_str).join(", ");
        format!("give one of {names}")
    })
}

/// Writes a report of the store, also while the service writes there.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    let asked = Asked::new((given.from, given.to), given.by, SystemClock.now())
        .map_err(|cause| Error::Reported(format!("--from: {cause}")))?;
    let text = runtime()?.block_on(async {
        let ledger = Ledger::open(&config.records).await;
        let ledger = ledger.map_err(|cause| Error::App(app::Error::Store(cause)))?;
        let text = written(config, given, (&ledger, asked)).await;
        ledger.close().await;
        text
    })?;
    match &given.out {
        None => print(&text),
        Some(path) => {
            let name =
                format!("{} cannot be written; name another file with --out", path.display());
            fs::write(path, text).map_err(Error::io(name))
        }
    }
}

async fn written(
    config: &Config,
    given: &Arguments,
    (ledger, asked): (&Ledger, Asked),
) -> Result<String, Error> {
    let failed = |cause: store::Error| Error::Reported(format!("the store: {cause}"));
    match given.what {
        What::Overview => {
            let report = reports::overview(ledger, asked).await.map_err(failed)?;
            let promised = reports::promised(ledger).await.map_err(failed)?;
            given.format.of(report, |report| OverviewBody::new(report, promised))
        }
        What::Calibration => {
            let report = reports::calibration(ledger, asked, None).await.map_err(failed)?;
            given.format.of(report, CalibrationBody::from)
        }
        What::Handoffs => {
            let patience = reports::patience(&load(config, None)?.0);
            let report = reports::handoffs(ledger, asked, patience).await.map_err(failed)?;
            given.format.of(report, HandoffsBody::from)
        }
        What::Scorecard => {
            let report = reports::scorecard(ledger, asked).await.map_err(failed)?;
            given.format.of(report, ScorecardBody::from)
        }
    }
}

impl Format {
    fn of<R: Markdown, B: Serialize>(
        self,
        report: R,
        body: impl FnOnce(R) -> B,
    ) -> Result<String, Error> {
        match self {
            Self::Markdown => Ok(report.markdown()),
            Self::Json => {
                let text = serde_json::to_string_pretty(&body(report));
                let text = text.map_err(|cause| Error::Reported(cause.to_string()))?;
                Ok(text + "\n")
            }
        }
    }
}
