//! `baton doctor`: what is wrong, and how to mend it.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use jiff::tz::TimeZone;

use super::{Error, print, runtime};
use crate::{
    app::{self, SystemClock},
    config::Config,
    domain::{Certificate, Clock as _},
    inference::{Engine, Model as _},
    policy::Policy,
    store::{Sqlite, Store as _},
};

/// Longest time that one golden text may take.
const EACH_GOLDEN: Duration = Duration::from_secs(10);

/// The result of one check: what was found, or what is wrong and what to do about it.
type Finding = Result<String, String>;

/// Checks library, model, golden vectors, policy and store, each whether or not the others pass.
pub(super) fn run(config: &Config) -> Result<(), Error> {
    let findings = runtime()?.block_on(async {
        let engine = app::engine(config).map_err(|cause| cause.to_string());
        let golden = match &engine {
            Ok(engine) => golden(engine).await,
            Err(_) => Err("not checked, since the model does not start".to_owned()),
        };
        let intents = engine.as_ref().ok().map(|engine| engine.intents().to_vec());
        let certificate = engine.as_ref().ok().map(|engine| engine.certificate());
        let model = engine.as_ref().map(|engine| model(config, engine)).map_err(Clone::clone);
        let automation = automation(config, certificate.as_ref());
        let policy = policy(config, intents.as_deref());
        let store = store(config).await;
        if let Ok(engine) = engine {
            // The threads end before the process does, so that the library is not torn from them.
            let _ = tokio::task::spawn_blocking(move || engine.drain()).await;
        }
        [
            ("model", model),
            ("golden vectors", golden),
            ("policy", policy),
            ("automation", automation),
            ("store", store),
        ]
    });
    let mut text = String::new();
    for (name, finding) in &findings {
        let (mark, what) = match finding {
            Ok(what) => ("ok  ", what),
            Err(what) => ("FAIL", what),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark}  {name:14}  {what}");
    }
    print(&text)?;
    let wrong = findings.iter().filter(|(_, finding)| finding.is_err()).count();
    match wrong {
        0 => Ok(()),
        1 => Err(Error::Reported("1 check failed, see above".to_owned())),
        _ => Err(Error::Reported(format!("{wrong} checks failed, see above"))),
    }
}

fn model(config: &Config, engine: &Engine) -> String {
    let identity = engine.identity();
    format!(
        "{} {} in {}, library {}, {} workers ready after {} ms",
        identity.name,
        identity.version,
        config.model.display(),
        app::library(config).display(),
        engine.ready_workers(),
        engine.load_time().as_millis(),
    )
}

async fn golden(engine: &Engine) -> Finding {
    let results = engine.check_golden(EACH_GOLDEN).await;
    let results = results.map_err(|cause| format!("{cause}; look at the line of the model"))?;
    let worst = results.iter().map(|result| result.vector_difference).fold(0.0, f32::max);
    let failed: Vec<_> = results.iter().filter(|result| !result.passed).collect();
    let Some(first) = failed.first() else {
        return Ok(format!("{} texts as expected, largest difference {worst:.4}", results.len()));
    };
    Err(format!(
        "{} of {} texts come out otherwise on this processor (the first gives {} instead of {}, \
         largest difference {worst:.4}); do not rely on its confidence here: run on another \
         machine, or train and certify a pack on this one",
        failed.len(),
        results.len(),
        first.intent,
        first.expected_intent,
    ))
}

fn policy(config: &Config, intents: Option<&[crate::domain::Intent]>) -> Finding {
    let (text, file) = app::policy_text(config).map_err(|cause| cause.to_string())?;
    let policy = Policy::parse(&text, &file).map_err(|faults| app::all(&faults))?;
    if let Some(intents) = intents {
        policy.check_covers(intents).map_err(|cause| cause.to_string())?;
    }
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    match policy.review_by().filter(|date| *date < today) {
        Some(date) => Err(format!(
            "{file}, version {}: its review was due on {date}; review it and set review_by anew",
            policy.version()
        )),
        None => Ok(format!("{file}, version {}", policy.version())),
    }
}

/// What is automatic. A model without certificate is no fault: it suggests.
fn automation(config: &Config, certificate: Option<&Certificate>) -> Finding {
    let nothing = || "not checked, since model and policy are needed for it".to_owned();
    let certificate = certificate.ok_or_else(nothing)?;
    let (text, file) = app::policy_text(config).map_err(|_| nothing())?;
    let policy = Policy::parse(&text, &file).map_err(|_| nothing())?;
    Ok(policy.automation(certificate))
}

async fn store(config: &Config) -> Finding {
    let file = config.records.file().map_err(|wrong| wrong.reason)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(format!("the folder {} does not exist; make it", folder.display()));
    }
    if !file.exists() {
        return Ok(format!("{} does not exist yet; `baton serve` makes it", file.display()));
    }
    let store = Sqlite::open(&config.records, Arc::new(SystemClock)).await;
    let store = store.map_err(|cause| cause.to_string())?;
    let report = store.verify().await.map_err(|cause| cause.to_string());
    store.close().await;
    let report = report?;
    match report.broken_at {
        None => Ok(format!(
            "{}: {} records ({} erased), the chain verifies",
            file.display(),
            report.records,
            report.erased,
        )),
        Some(place) => Err(format!(
            "{}: the chain is broken at record {place}: somebody or something changed the file; \
             keep it as it is and restore a backup beside it",
            file.display(),
        )),
    }
}
