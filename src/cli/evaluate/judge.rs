//! Every labelled conversation through the pipeline, a few at a time, in order.

use std::{collections::BTreeMap, pin::pin, sync::Arc};

use futures::{StreamExt as _, stream};

use super::{Arguments, rows::Rows};
use crate::{
    api::ApiError,
    cli::{Error, progress::spinner},
    config::Config,
    dataset::{self, Row},
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
    /// Rows that could not be used, each with file, line and remedy; they count as skipped.
    pub(super) bad: Vec<String>,
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
}

/// Judges every row of the files; keeps no text.
pub(super) async fn judge(
    config: &Config,
    triage: &Arc<Triage>,
    given: &Arguments,
) -> Result<Judged, Error> {
    let mut judged = Judged::default();
    let mut rows = Rows::of(&given.data, options(config, given));
    let bar = spinner("conversations");
    {
        let answers = stream::iter(&mut rows).map(|row| {
            let triage = triage.clone();
            async move { answer(&triage, row?, &given.out_of_scope_label).await }
        });
        let mut answers = pin!(answers.buffered(config.limits.batch_concurrency));
        while let Some(outcome) = answers.next().await {
            bar.inc(1);
            judged.count(outcome?);
        }
    }
    bar.finish_and_clear();
    judged.skipped += rows.bad.len();
    judged.bad = rows.bad;
    Ok(judged)
}

fn options(config: &Config, given: &Arguments) -> dataset::Options {
    dataset::Options {
        text_column: given.text_column.clone(),
        label_column: given.label_column.clone(),
        row_bytes: config.limits.body_bytes,
        conversation: config.limits.conversation(),
        ..dataset::Options::default()
    }
}

/// `outside`: how the file calls what is out of scope.
async fn answer(triage: &Triage, row: Row, outside: &str) -> Result<Outcome, Error> {
    let known = |label: &Intent| triage.model().intents().contains(label);
    let intent = |label: String| {
        if label == outside { Intent::from(Intent::OUT_OF_SCOPE) } else { Intent::from(label) }
    };
    let first = intent(row.label);
    if !known(&first) {
        return Ok(Outcome::Unknown(first));
    }
    let others = row.also.into_iter().map(intent).filter(known);
    let labels: Vec<Intent> = std::iter::once(first).chain(others).collect();
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
    fn count(&mut self, outcome: Outcome) {
        let Answered { labels, record, right } = match outcome {
            Outcome::Answered(answered) => answered,
            Outcome::Unknown(label) => {
                self.skipped += 1;
                *self.unknown.entry(label.to_string()).or_default() += 1;
                return;
            }
        };
        let Some(prediction) = &record.prediction else {
            self.unanswered += 1;
            return;
        };
        let ranked = prediction.ranked();
        let (Some(label), Some(top)) = (labels.first(), ranked.first()) else { return };
        let decision = &record.decision;
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
