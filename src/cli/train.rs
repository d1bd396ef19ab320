//! `baton train`: labelled conversations → a model pack, by the very path that serves.

mod add;
mod card;
mod compared;
mod corrections;
mod embed;
mod gather;
mod in_force;
mod learnt;
mod reviewed;
mod routes;

use std::{
    io::{IsTerminal as _, stderr},
    num::NonZeroUsize,
    path::PathBuf,
    thread,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::Array2;

use self::{card::Report, embed::Encoder, gather::Gathered};
use super::{Error, print, runtime};
use crate::{
    app,
    config::Config,
    dataset::Corpus,
    domain::Intent,
    inference::{DIMENSIONS, Draft, Scale},
    learn::{self, Calibration, Examples, Figures, Model, Scored, Task},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Labelled conversations: CSV or JSON Lines.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["add", "from_store"],
        conflicts_with = "add")]
    data: Option<PathBuf>,
    /// Learns from the decisions in the store that people have reviewed, on top of the model in
    /// force: writes a candidate and compares the two. Rows of --data are learnt from besides.
    #[arg(long, conflicts_with = "add")]
    from_store: bool,
    /// The share of the weight of a label, and of the whole, that one reviewer may have; 1 for as
    /// much as they have reviewed.
    #[arg(long, value_name = "SHARE", requires = "from_store", value_parser = share)]
    reviewer_share: Option<f64>,
    /// Adds a label to the model in force: its name and a text file with one example a line; 5 to
    /// 20 examples are enough.
    #[arg(long, value_name = "LABEL=FILE", value_parser = super::key_value)]
    add: Vec<(String, String)>,
    /// More of them, which nothing is learnt from: the figures are taken of these.
    #[arg(long, value_name = "FILE", conflicts_with = "add")]
    test: Option<PathBuf>,
    /// The model pack that is written; must not exist.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Name of the model; that of the folder if absent.
    #[arg(long)]
    name: Option<String>,
    /// Column or key of the customer's words; found by its name if absent.
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Column or key of the label; found by its name if absent.
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The label of what is not for this support desk.
    #[arg(long, value_name = "LABEL", default_value = Intent::OUT_OF_SCOPE)]
    out_of_scope_label: String,
    /// Rows that may be unusable; with one more nothing is trained.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    bad_rows: usize,
    /// Rows that are kept of one label; of more, a random choice.
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000)]
    label_rows: usize,
    /// Rows that are kept in all.
    #[arg(long, value_name = "NUMBER", default_value_t = 50_000)]
    rows: usize,
    /// Where random choices start: the same seed gives the same pack.
    #[arg(long, value_name = "NUMBER", default_value_t = 17)]
    seed: u64,
    /// Threads that fit; all cores if absent. The pack does not depend on them.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
}

impl Arguments {
    fn name(&self) -> String {
        let folder = || self.out.file_name().map(|name| name.to_string_lossy().into_owned());
        self.name.clone().or_else(folder).unwrap_or_else(|| "own".to_owned())
    }

    fn threads(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, NonZeroUsize::get)
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "give a share above 0, at most 1, e.g. 0.33".to_owned())
}

/// Trains, and writes the pack.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    // What cannot be written should be known before the work, not after it.
    if given.out.exists() {
        let out = given.out.display();
        return Err(Error::Reported(format!("{out} exists; name another --out, or delete it")));
    }
    if !given.add.is_empty() {
        return add::run(config, given);
    }
    if given.from_store {
        return corrections::run(config, given);
    }
    let gathered = gather::gather(config, given)?;
    // A policy that is missing or faulty must not cost the work, either.
    let routes = routes::starter(config, &gathered.train.labels)?;
    runtime()?.block_on(async {
        let encoder = Encoder::start(config, DIMENSIONS)?;
        let vectors = encoder.vectors(&gathered.train, "reading").await?;
        let held = encoder.vectors(&gathered.test, "reading the test").await?;
        let golden = encoder.golden().await?;
        encoder.end().await;
        let trained = tokio::task::block_in_place(|| fit(given, &gathered, &vectors, &held));
        let draft = draft(given, &trained, &golden, &routes);
        draft.write(&config.model, &given.out).map_err(app::Error::from)?;
        let routes = routes.finish(&given.out)?;
        print(&trained.report.text(&given.out, &routes))
    })
}

/// A model with what is known of it.
struct Trained {
    model: Model,
    report: Report,
}

fn fit(
    given: &Arguments,
    gathered: &Gathered,
    vectors: &Array2<f32>,
    held: &Array2<f32>,
) -> Trained {
    let (train, test) = (&gathered.train, &gathered.test);
    let out_of_scope = place_of_out_of_scope(train);
    let classes: Vec<usize> = train.examples.iter().map(|example| example.label).collect();
    let weights = vec![1.0; classes.len()];
    let task = Task {
        examples: Examples { vectors: vectors.clone(), classes, weights },
        classes: train.labels.len(),
        out_of_scope,
        seed: given.seed,
        threads: given.threads(),
    };
    let bar = bar(learn::steps() as u64, "fitting");
    let model = learn::train(&task, &|| bar.inc(1));
    bar.finish_and_clear();
    let across = learn::cross_fitted(&model.out_of_fold, &model.fold, out_of_scope);
    let test = (!test.examples.is_empty()).then(|| {
        let classes = test.examples.iter().map(|example| example.label).collect();
        let scored = Scored::of(&model.head, &model.prototypes, held, classes);
        let verdicts = learn::verdicts(&scored, &model.calibration, out_of_scope);
        Figures::of(&verdicts, out_of_scope)
    });
    let report = Report {
        name: given.name(),
        labels: train.labels.clone(),
        counts: train.counts(),
        notes: gathered.notes.clone(),
        strength: model.strength,
        tried: model.tried.clone(),
        across: Figures::of(&across, out_of_scope),
        test,
        overlaps: learn::overlaps(&across, train.labels.len()),
        out_of_scope,
    };
    Trained { model, report }
}

fn place_of_out_of_scope(corpus: &Corpus) -> Option<usize> {
    corpus.labels.iter().position(|label| label == Intent::OUT_OF_SCOPE)
}

fn draft(
    given: &Arguments,
    trained: &Trained,
    golden: &Array2<f32>,
    routes: &routes::Routes,
) -> Draft {
    let Trained { model, report } = trained;
    let labels = &report.labels;
    let scored = Scored::of(&model.head, &model.prototypes, golden, vec![0; golden.nrows()]);
    Draft {
        name: given.name(),
        intents: labels.clone(),
        weight: model.head.weight.iter().copied().collect(),
        bias: model.head.bias.to_vec(),
        prototypes: model.prototypes.iter().copied().collect(),
        scale: scale(&model.calibration),
        golden: expected(&scored, &model.calibration, labels),
        card: report.card(&routes.note()),
        figures: report.figures(),
    }
}

fn scale(calibration: &Calibration) -> Scale {
    let Calibration { temperature, max_logit, best_cosine, limit, slope, intercept } = *calibration;
    Scale {
        temperature,
        max_logit: (max_logit.mean, max_logit.sd),
        best_cosine: (best_cosine.mean, best_cosine.sd),
        limit,
        slope,
        intercept,
    }
}

/// The margin between the best two labels from which on no processor should change their order.
const CLEAR: f64 = 0.3;

/// What a model must give for the golden texts: those that are clear, at least the clearest.
fn expected(
    golden: &Scored,
    calibration: &Calibration,
    labels: &[String],
) -> Vec<(usize, String, f64)> {
    let out_of_scope = labels.iter().position(|label| label == Intent::OUT_OF_SCOPE);
    let mut found = Vec::new();
    for row in 0..golden.classes.len() {
        let shares = calibration.probabilities(golden, row, out_of_scope);
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
        let second = order.get(1).map_or(0.0, |&place| shares[place]);
        let first = order[0];
        found.push((shares[first] - second, (row, labels[first].clone(), shares[first])));
    }
    let clearest = found.iter().map(|(margin, _)| *margin).fold(0.0, f64::max);
    let least = clearest.min(CLEAR);
    found.into_iter().filter(|(margin, _)| *margin >= least).map(|(_, case)| case).collect()
}

/// A bar on a terminal, elsewhere nothing.
fn bar(length: u64, what: &'static str) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(what)
}
