//! Every labelled conversation through the pipeline, a few at a time, in order.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, stderr},
    path::PathBuf,
    pin::pin,
    sync::Arc,
};

use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};

use super::rows::{Labelled, rows};
use crate::{
    api::ApiError,
    cli::Error,
    config::Config,
    domain::{Band, Intent, Record, RoleId, Tier},
    evaluate::{Judgement, Tally},
    triage::Triage,
};

/// What became of the rows.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Those that were judged.
    pub(super) tally: Tally,
    /// How many could not be read or have no label that the model knows.
    pub(super) skipped: usize,
    /// Labels that the model does not know, with their rows.
    pub(super) unknown: BTreeMap<String, usize>,
    /// How many the model did not answer.
    pub(super) unanswered: usize,
}

/// A row with what the pipeline made of it.
struct Answered {
    /// Its labels, the first of which counts.
    labels: Vec<Intent>,
    record: Arc<Record>,
    /// Where its labels lead.
    right: Vec<(Tier, RoleId)>,
}

/// One row, or why it is not judged.
enum Outcome {
    Answered(Answered),
    /// The model does not know the label.
    Unknown(Intent),
    /// Named on standard error.
    Unreadable(String),
}

/// Unreadable rows that are named one by one.
const NAMED: usize = 20;

/// Judges every row of the files; keeps no text.
pub(super) async fn judge(
    config: &Config,
    triage: &Arc<Triage>,
    files: &[PathBuf],
) -> Result<Judged, Error> {
    let mut judged = Judged::default();
    let bar = progress();
    let answers = stream::iter(rows(files, &config.limits)?).map(|row| {
        let triage = triage.clone();
        async move {
            match row {
                Ok(row) => answer(&triage, row).await,
                Err(fault) => Ok(Outcome::Unreadable(fault)),
            }
        }
    });
    let mut answers = pin!(answers.buffered(config.limits.batch_concurrency));
    while let Some(outcome) = answers.next().await {
        bar.inc(1);
        match outcome? {
            Outcome::Answered(answered) => judged.count(&answered),
            Outcome::Unknown(label) => {
                judged.skipped += 1;
                *judged.unknown.entry(label.to_string()).or_default() += 1;
            }
            Outcome::Unreadable(fault) => {
                judged.skipped += 1;
                if judged.skipped <= NAMED {
                    tracing::warn!("{fault}; the row is skipped");
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(judged)
}

async fn answer(triage: &Triage, row: Labelled) -> Result<Outcome, Error> {
    let known = |label: &Intent| triage.model().intents().contains(label);
    let Some(first) = row.labels.first().filter(|label| known(label)) else {
        let label = row.labels.into_iter().next().unwrap_or_else(|| Intent::from(""));
        return Ok(Outcome::Unknown(label));
    };
    let first = first.clone();
    let others = row.labels.into_iter().filter(|label| *label != first && known(label));
    let labels: Vec<Intent> = std::iter::once(first.clone()).chain(others).collect();
    let record = loop {
        let answered = triage.assess_patiently(row.conversation.clone()).await;
        match answered.map_err(ApiError::from) {
            Ok(assessment) => break assessment.record,
            Err(ApiError::Overloaded { retry_after }) => tokio::time::sleep(retry_after).await,
            Err(error) => return Err(error.into()),
        }
    };
    let meaning = |label: &Intent| triage.meaning(&row.conversation, &record, label);
    let right = labels.iter().filter_map(meaning).collect();
    Ok(Outcome::Answered(Answered { labels, record, right }))
}

impl Judged {
    fn count(&mut self, answered: &Answered) {
        let Answered { labels, record, right } = answered;
        let decision = &record.decision;
        let ranked = record.prediction.as_ref().map(|prediction| (prediction, prediction.ranked()));
        let (Some((prediction, ranked)), Some(label)) = (ranked, labels.first()) else {
            self.unanswered += 1;
            return;
        };
        let Some(top) = ranked.first() else {
            self.unanswered += 1;
            return;
        };
        let held = decision.reasons.iter().map(|reason| reason.code.ceiling());
        self.tally.add(Judgement {
            label: label.as_str(),
            called: top.label.as_str(),
            intent_right: labels.contains(&top.label),
            decision_right: right.contains(&(decision.tier, decision.role.clone())),
            confidence: decision.confidence.get(),
            ceiling: held.min().unwrap_or(Band::Auto),
            out_of_scope: prediction.probability(Intent::OUT_OF_SCOPE).get(),
            novelty: prediction.novelty,
        });
    }
}

/// A spinner on a terminal: how many rows a file has is known when it ends.
fn progress() -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {pos} conversations, {per_sec}");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
