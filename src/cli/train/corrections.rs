//! `--from-store`: what people have said of decisions, on top of the model in force → a candidate,
//! compared with it.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use ndarray::{Array2, Axis, concatenate};
use serde_json::json;

use super::{
    Arguments, bar,
    compared::Compared,
    embed::Encoder,
    expected, gather,
    in_force::InForce,
    learnt::Learnt,
    reviewed::{self, Found, Row, Wanted},
    scale,
};
use crate::{
    app,
    cli::{Error, print, runtime},
    config::Config,
    dataset::{self, Corpus, Routes},
    domain::{DecisionId, Intent, RoleId, Tier},
    inference::{Draft, Stored},
    learn::{
        self, Adaptation, Adapted, Calibration, Called, Comparison, Examples, Judgement, Known,
        Limits, Scored, Told, Weighed,
    },
    policy::Policy,
};

/// What it begins with.
struct Base<'a> {
    config: &'a Config,
    given: &'a Arguments,
    /// The model in force.
    stored: Stored,
    /// Where each of its labels leads.
    routes: Vec<(Tier, RoleId)>,
    /// What it has learnt from.
    learnt: Learnt,
}

/// Everything that is learnt from and measured on.
struct Lesson {
    found: Found,
    weighed: Weighed,
    limits: Limits,
    task: Adaptation,
    /// Rows of `--data` that were learnt from.
    from_file: usize,
    /// Rows of the test, with their vectors.
    test: Option<(Vec<usize>, Array2<f32>)>,
    golden: Array2<f32>,
    notes: Vec<String>,
}

/// Learns from the store, writes the candidate and the comparison.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    let file = beside(&given.out);
    if file.exists() {
        let file = file.display();
        return Err(Error::Reported(format!("{file} exists; name another --out, or delete it")));
    }
    let stored = Stored::read(&config.model).map_err(app::Error::from)?;
    let routes = routes(config, &stored)?;
    let learnt = Learnt::of(&stored.figures)?;
    let base = Base { config, given, stored, routes, learnt };
    runtime()?.block_on(async {
        let encoder = Encoder::start(config, base.stored.columns())?;
        let lesson = lesson(&base, &encoder).await;
        encoder.end().await;
        let lesson = lesson?;
        let steps = bar(learn::adapt_steps() as u64, "fitting");
        let adapted =
            tokio::task::block_in_place(|| learn::adapted(&lesson.task, &|| steps.inc(1)));
        steps.finish_and_clear();
        let compared = compare(&base, &lesson, &adapted);
        write(&base, &lesson, &adapted, &compared)?;
        print(&compared.markdown(&given.out, &file))
    })
}

/// Where the comparison is written.
fn beside(pack: &Path) -> PathBuf {
    let name = pack.file_name().unwrap_or_default().to_string_lossy();
    pack.with_file_name(format!("{name}.comparison.json"))
}

/// Where each label leads, in the order of the labels.
fn routes(config: &Config, stored: &Stored) -> Result<Vec<(Tier, RoleId)>, Error> {
    let (text, name) = app::policy_text(config)?;
    let policy = Policy::parse(&text, &name).map_err(|faults| Error::Policy(app::all(&faults)))?;
    let labels: Vec<Intent> = stored.intents.iter().map(|l| Intent::from(l.as_str())).collect();
    policy.check_covers(&labels).map_err(|cause| Error::Policy(cause.to_string()))?;
    let route = |label| policy.route(label).map(|(tier, role)| (tier, role.clone()));
    Ok(labels.iter().filter_map(route).collect())
}

async fn lesson(base: &Base<'_>, encoder: &Encoder) -> Result<Lesson, Error> {
    let Base { config, given, stored, routes, learnt } = base;
    let labels = &stored.intents;
    let mut notes = Vec::new();
    let mut files = Files { config, given, labels, notes: &mut notes };
    let test = files.read(given.test.as_deref())?;
    let data = files.read(given.data.as_deref())?;
    let tested: HashSet<_> = test.iter().flat_map(|corpus| digests(encoder, corpus)).collect();
    let named = labels.iter().map(|label| Intent::from(label.as_str()));
    let wanted = Wanted {
        labels,
        routes: &Routes::new(named.zip(routes.iter().cloned())),
        test: &tested,
        learnt,
        caps: (given.label_rows, given.rows),
    };
    let (found, mut vectors) = reviewed::find(config, encoder, &wanted).await?;
    found.check(&config.records.url)?;
    let mut told: Vec<Told> = found.rows.iter().map(|row| row.told.clone()).collect();
    let mut from_file = 0;
    if let Some(mut corpus) = data {
        corpus.remove_leaks(test.as_ref().unwrap_or(&Corpus::default()));
        from_file = corpus.examples.len();
        told.extend(corpus.examples.iter().map(|example| of_file(example.label)));
        let more = encoder.vectors(&corpus, "reading").await?;
        let both = concatenate(Axis(0), &[vectors.view(), more.view()]);
        vectors = both.map_err(|cause| Error::Reported(cause.to_string()))?;
    }
    let share = given.reviewer_share.unwrap_or(Limits::DEFAULT.share);
    let limits = Limits { share, ..Limits::DEFAULT };
    let weighed = learn::weigh(&told, limits);
    let test = match test {
        Some(corpus) => {
            let classes = corpus.examples.iter().map(|example| example.label).collect();
            Some((classes, encoder.vectors(&corpus, "reading the test").await?))
        }
        None => None,
    };
    let task = task(base, &told, &weighed, vectors);
    let golden = encoder.golden().await?;
    Ok(Lesson { found, weighed, limits, task, from_file, test, golden, notes })
}

/// A row that a file says, not a person: it teaches, and nothing is measured on it.
fn of_file(class: usize) -> Told {
    Told { class, by: Vec::new(), observed: None, anchored: false, accepted: false, shown: true }
}

fn task(base: &Base<'_>, told: &[Told], weighed: &Weighed, vectors: Array2<f32>) -> Adaptation {
    let InForce { head, prototypes, calibration } = InForce::of(&base.stored);
    let measured = told.iter().zip(&weighed.weights);
    let measured = measured.map(|(row, weight)| row.observed.map_or(0.0, |_| *weight));
    #[expect(clippy::cast_possible_truncation, reason = "weights and temperatures fit")]
    Adaptation {
        measured: measured.collect(),
        examples: Examples {
            vectors,
            classes: told.iter().map(|row| row.class).collect(),
            weights: weighed.weights.iter().map(|&weight| weight as f32).collect(),
        },
        known: Known { head, temperature: calibration.temperature as f32, prototypes },
        calibration,
        seed: base.given.seed,
        threads: base.given.threads(),
    }
}

fn digests(encoder: &Encoder, corpus: &Corpus) -> Vec<[u8; 16]> {
    let texts = corpus.examples.iter().map(|example| encoder.read(&example.conversation));
    texts.map(|features| dataset::digest(&features)).collect()
}

/// Files with rows of their own.
struct Files<'a> {
    config: &'a Config,
    given: &'a Arguments,
    labels: &'a [String],
    notes: &'a mut Vec<String>,
}

impl Files<'_> {
    /// Reads a file, with the labels of the model in force.
    fn read(&mut self, file: Option<&Path>) -> Result<Option<Corpus>, Error> {
        let Some(file) = file else { return Ok(None) };
        let mut corpus = gather::read(self.config, self.given, file, self.notes)?;
        let like = Corpus { labels: self.labels.to_vec(), ..Corpus::default() };
        gather::relabel(&mut corpus, &like, &file.display().to_string(), self.notes);
        if corpus.examples.is_empty() {
            let file = file.display();
            return Err(Error::Reported(format!(
                "{file}: no row has a label of the model in force; its labels are {}",
                self.labels.join(", ")
            )));
        }
        Ok(Some(corpus))
    }
}

/// Both models on what neither has learnt from.
fn compare(base: &Base<'_>, lesson: &Lesson, adapted: &Adapted) -> Compared {
    let Base { config, given, stored, routes, .. } = base;
    let labels = stored.intents.len();
    let both = Both {
        lesson,
        adapted,
        decisions: numbered(routes),
        out_of_scope: stored.intents.iter().position(|label| label == Intent::OUT_OF_SCOPE),
    };
    let (rows, reviews) = both.on_reviews();
    let test = lesson.test.as_ref().map(|(classes, vectors)| both.on_test(classes, vectors));
    let Found { people, left_out, .. } = &lesson.found;
    Compared {
        name: given.name(),
        model: config.model.display().to_string(),
        labels: stored.intents.clone(),
        routes: routes.iter().map(|(tier, role)| format!("{tier} {role}")).collect(),
        store: config.records.url.clone(),
        reviewed: lesson.found.reviewed,
        learnt: lesson.found.rows.len(),
        from_file: lesson.from_file,
        weighed: lesson.weighed.clone(),
        limits: lesson.limits,
        people: people.clone(),
        left_out: left_out.clone(),
        unreadable: lesson.found.unreadable,
        strength: adapted.strength,
        tried: adapted.tried.clone(),
        recalibrated: adapted.recalibrated,
        temperatures: (lesson.task.calibration.temperature, adapted.calibration.temperature),
        reviews: Comparison::of(&reviews, labels, given.seed),
        rows,
        test: test.map(|rows| Comparison::of(&rows, labels, given.seed)),
        notes: lesson.notes.clone(),
        decisions: both.decisions,
    }
}

/// The two models, ready to be asked.
struct Both<'a> {
    lesson: &'a Lesson,
    adapted: &'a Adapted,
    /// Where each label leads, by number.
    decisions: Vec<usize>,
    out_of_scope: Option<usize>,
}

impl Both<'_> {
    fn called(&self, scored: &Scored, row: usize, calibration: &Calibration) -> Called {
        let shares = calibration.probabilities(scored, row, self.out_of_scope);
        learn::called(&shares, &self.decisions)
    }

    /// What the model in force makes of vectors.
    fn before(&self, vectors: &Array2<f32>, classes: &[usize]) -> Scored {
        let known = &self.lesson.task.known;
        Scored::of(&known.head, &known.prototypes, vectors, classes.to_vec())
    }

    /// Reviewed decisions of which it is known how probable it was to look at them, each judged by
    /// a head and a calibration that did not see it.
    fn on_reviews(&self) -> (Vec<DecisionId>, Vec<Judgement>) {
        let Lesson { task, found, .. } = self.lesson;
        let old = self.before(&task.examples.vectors, &task.examples.classes);
        let (mut rows, mut judgements) = (Vec::new(), Vec::new());
        for (place, Row { id, told, .. }) in found.rows.iter().enumerate() {
            let Some(observed) = told.observed else { continue };
            let calibration = &self.adapted.calibrations[self.adapted.fold[place]];
            rows.push(*id);
            judgements.push(Judgement {
                label: told.class,
                decision: self.decisions[told.class],
                before: self.called(&old, place, &task.calibration),
                after: self.called(&self.adapted.out_of_fold, place, calibration),
                weight: 1.0 / observed,
            });
        }
        (rows, judgements)
    }

    fn on_test(&self, classes: &[usize], vectors: &Array2<f32>) -> Vec<Judgement> {
        let (task, adapted) = (&self.lesson.task, self.adapted);
        let old = self.before(vectors, classes);
        let new = Scored::of(&adapted.head, &task.known.prototypes, vectors, classes.to_vec());
        let judged = classes.iter().enumerate().map(|(row, &label)| Judgement {
            label,
            decision: self.decisions[label],
            before: self.called(&old, row, &task.calibration),
            after: self.called(&new, row, &adapted.calibration),
            weight: 1.0,
        });
        judged.collect()
    }
}

/// A number for every different route.
fn numbered(routes: &[(Tier, RoleId)]) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    let number = |route| {
        let next = numbers.len();
        *numbers.entry(route).or_insert(next)
    };
    routes.iter().map(number).collect()
}

/// Writes the comparison, then the pack: a pack never lies there without what is known of it.
fn write(
    base: &Base<'_>,
    lesson: &Lesson,
    adapted: &Adapted,
    compared: &Compared,
) -> Result<(), Error> {
    let Base { config, given, stored, .. } = base;
    let known = &lesson.task.known;
    let golden = Scored::of(
        &adapted.head,
        &known.prototypes,
        &lesson.golden,
        vec![0; lesson.golden.nrows()],
    );
    let report = compared.json();
    let learnt = base.learnt.with(lesson.found.rows.iter().map(|row| (row.id, row.at)));
    let draft = Draft {
        name: given.name(),
        intents: stored.intents.clone(),
        weight: adapted.head.weight.iter().copied().collect(),
        bias: adapted.head.bias.to_vec(),
        prototypes: stored.prototypes.clone(),
        scale: scale(&adapted.calibration),
        golden: expected(&golden, &adapted.calibration, &stored.intents),
        card: compared.card(),
        figures: json!({ "corrections": learnt.figures(report.clone()) }),
    };
    let file = beside(&given.out);
    let what = format!("the comparison {} cannot be written", file.display());
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    fs::write(&file, text + "\n").map_err(Error::io(what))?;
    let written = draft.write(&config.model, &given.out).map_err(app::Error::from);
    if written.is_err() {
        // What it is about is not there; a leftover would only be in the way.
        let _ = fs::remove_file(&file);
    }
    Ok(written?)
}
