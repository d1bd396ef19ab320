//! Conversations of files, through the whole pipeline on both sides, nothing kept.

use std::{collections::BTreeMap, pin::pin, sync::Arc};

use futures::{StreamExt as _, stream};

use super::{Arguments, Configs, end};
use crate::{
    api::ApiError,
    app,
    cli::{Error, evaluate},
    dataset::{self, Labels, Row},
    domain::Intent,
    replay::{About, LeftOut, Replayed, Report, Source, Tally},
    triage::{Told, Verdicts},
};

/// Decides every conversation under what is in force and under what is tried.
pub(super) async fn told(configs: &Configs, given: &Arguments) -> Result<Report, Error> {
    let engine = app::engine(&configs.in_force)?;
    let tried = configs.rereads.then(|| app::engine(&configs.tried)).transpose()?;
    let other = tried.clone().unwrap_or_else(|| engine.clone());
    let before = app::offline_with(&configs.in_force, engine.clone())?.in_force();
    let after = app::offline_with(&configs.tried, other)?.in_force();
    let verdicts = Verdicts { before: (*before).clone(), after: (*after).clone() };
    let done = decide(configs, given, &verdicts).await;
    let identity = after.model.identity();
    let policy = (after.policy.name().to_owned(), after.policy.version().to_owned());
    let in_force = before.policy.version().to_owned();
    // Nobody may hold a model when its threads are asked to end.
    drop((verdicts, before, after));
    end(Some(engine)).await;
    end(tried).await;

    let (tally, left_out) = done?;
    if tally.is_empty() {
        let files = files(given).join(", ");
        let LeftOut { unreadable, unanswered, .. } = left_out;
        return Err(Error::Reported(format!(
            "{files}: no conversation could be replayed ({unreadable} rows are none, {unanswered} \
             were not answered)"
        )));
    }
    let about = About {
        policy,
        model: Some((identity.name, identity.version)),
        source: Source::Files(files(given)),
        taken_under: BTreeMap::from([(in_force, tally.len())]),
        left_out,
    };
    Ok(tally.report(about, given.costs()?))
}

fn files(given: &Arguments) -> Vec<String> {
    given.data.iter().map(|file| file.display().to_string()).collect()
}

async fn decide(
    configs: &Configs,
    given: &Arguments,
    verdicts: &Verdicts,
) -> Result<(Tally, LeftOut), Error> {
    let limits = configs.tried.limits;
    let options = dataset::Options {
        text_column: given.text_column.clone(),
        label_column: given.label_column.clone(),
        labels: Labels::Welcome,
        row_bytes: limits.body_bytes,
        conversation: limits.conversation(),
        ..dataset::Options::default()
    };
    let (mut tally, mut left) = (Tally::listing(given.list), LeftOut::default());
    let mut rows = evaluate::Rows::of(&given.data, options);
    let known: Arc<[Intent]> = verdicts.after.model.intents().into();
    {
        let decided = stream::iter(rows.named()).map(|row| {
            let known = known.clone();
            async move {
                let (file, row) = row?;
                let (told, unknown) = conversation(&file, row, &known);
                Ok::<_, Error>((answer(verdicts, told).await?, unknown))
            }
        });
        let mut decided = pin!(decided.buffered(limits.batch_concurrency));
        while let Some(done) = decided.next().await {
            let (replayed, unknown) = done?;
            left.unknown_labels += unknown;
            match replayed {
                Some(replayed) => tally.add(replayed),
                None => left.unanswered += 1,
            }
        }
    }
    left.unreadable = rows.bad.len();
    evaluate::name(&rows.bad)?;
    Ok((tally, left))
}

/// A row as it is decided, with 1 if it has labels of which none is known.
fn conversation(file: &str, row: Row, known: &[Intent]) -> (Told, usize) {
    let named: Vec<_> = std::iter::once(row.label).chain(row.also).collect();
    let named: Vec<_> = named.into_iter().filter(|label| !label.is_empty()).collect();
    let labelled = !named.is_empty();
    let labels = named.into_iter().map(Intent::from).filter(|label| known.contains(label));
    let labels: Vec<_> = labels.collect();
    let means_nothing = labelled && labels.is_empty();
    let told =
        Told { name: format!("{file}:{}", row.line), conversation: row.conversation, labels };
    (told, usize::from(means_nothing))
}

async fn answer(verdicts: &Verdicts, told: Told) -> Result<Option<Replayed>, Error> {
    loop {
        match verdicts.of(told.clone()).await.map_err(ApiError::from) {
            Ok(replayed) => return Ok(replayed),
            Err(ApiError::Overloaded { retry_after }) => tokio::time::sleep(retry_after).await,
            Err(error) => return Err(error.into()),
        }
    }
}
