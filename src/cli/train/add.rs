//! `--add`: a label from a few examples, on top of the model in force.

use std::{fs, path::Path};

use ndarray::{Array2, Axis, s};
use serde_json::json;

use super::{Arguments, embed::Encoder, expected, in_force::InForce, routes};
use crate::{
    app,
    cli::{Error, print, runtime},
    config::Config,
    dataset::{Caps, Corpus, Gathering, Row},
    domain::{Conversation, Message, Parts, Speaker},
    inference::{DIMENSIONS, Draft, Stored},
    learn::{self, Added, PROTOTYPES, Scored},
};

/// With fewer different examples nobody knows what they have in common.
const LEAST: usize = 3;
/// Fewer than these work, but not well.
const FEW: usize = 5;

/// Adds labels to the model in force, and writes the result as another pack.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    let stored = Stored::read(&config.model).map_err(app::Error::from)?;
    let corpus = examples(config, given, &stored)?;
    // A policy that is missing or faulty must not cost the work.
    let labels: Vec<String> = stored.intents.iter().chain(&corpus.labels).cloned().collect();
    let routes = routes::starter(config, &labels)?;
    runtime()?.block_on(async {
        let encoder = Encoder::start(config, stored.columns())?;
        let vectors = encoder.vectors(&corpus, "reading").await?;
        let golden = encoder.golden().await?;
        encoder.end().await;
        let (grown, notes) = grow(given, &stored, &corpus, &vectors)?;
        let told = Told { new: &corpus.labels, notes: &notes, routes: routes.note() };
        let draft = draft(given, &grown, &golden, &told);
        draft.write(&config.model, &given.out).map_err(app::Error::from)?;
        let routes = routes.finish(&given.out)?;
        let notes: String = notes.iter().flat_map(|note| ["note: ", note, "\n"]).collect();
        let out = given.out.display();
        let added = corpus.labels.join(", ");
        print(&format!("{out}: {} labels, new: {added}\n{notes}{routes}\n", grown.intents.len()))
    })
}

/// The examples of all new labels.
fn examples(config: &Config, given: &Arguments, stored: &Stored) -> Result<Corpus, Error> {
    let mut gathering = Gathering::new(Caps::default(), given.seed);
    for (label, file) in &given.add {
        let label = label.trim();
        if label.is_empty() || stored.intents.iter().any(|known| known == label) {
            return Err(Error::Reported(format!(
                "the model has the label {label:?} already; choose another name, or train on all \
                 texts with --data"
            )));
        }
        for row in rows(config, label, Path::new(file))? {
            gathering.add(row).map_err(Error::Reported)?;
        }
    }
    let corpus = gathering.finish();
    let few = |label: &str, count: usize| {
        Error::Reported(format!(
            "{label}: {count} different examples are too few; give 5 to 20, one a line"
        ))
    };
    for (label, _) in &given.add {
        let place = corpus.labels.iter().position(|known| known == label.trim());
        let count = place.and_then(|place| corpus.counts().get(place).copied()).unwrap_or(0);
        if count < LEAST {
            return Err(few(label, count));
        }
    }
    Ok(corpus)
}

/// Every line that is not empty, as a message.
fn rows(config: &Config, label: &str, file: &Path) -> Result<Vec<Row>, Error> {
    let text = fs::read_to_string(file);
    let text =
        text.map_err(Error::io(format!("the examples in {} cannot be read", file.display())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(text, line)| {
            let message = Message {
                id: None,
                speaker: Speaker::Customer,
                text: text.trim().to_owned(),
                at: None,
                attachments: Vec::new(),
                outcome: None,
            };
            let parts = Parts { messages: vec![message], ..Parts::default() };
            let limits = config.limits.conversation();
            let conversation = Conversation::new(parts, &limits).map_err(|faults| {
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                let faults = faults.join("; ");
                Error::Reported(format!("{}, line {line}: {faults}", file.display()))
            })?;
            Ok(Row { line, conversation, label: label.to_owned(), also: Vec::new() })
        })
        .collect()
}

/// The model with its new rows.
fn grow(
    given: &Arguments,
    stored: &Stored,
    corpus: &Corpus,
    vectors: &Array2<f32>,
) -> Result<(Stored, Vec<String>), Error> {
    let mut grown = stored.clone();
    let mut notes = Vec::new();
    let matrix = Array2::from_shape_vec(
        (stored.prototypes.len() / DIMENSIONS, DIMENSIONS),
        stored.prototypes.clone(),
    );
    let mut known = matrix.map_err(|cause| Error::Reported(cause.to_string()))?;
    let each = known.nrows() / stored.intents.len().max(1);
    let columns = stored.columns();
    for (place, label) in corpus.labels.iter().enumerate() {
        let own: Vec<usize> =
            (0..vectors.nrows()).filter(|&row| corpus.examples[row].label == place).collect();
        // What a new label is about is known from so few texts, how it sounds is not.
        let own = vectors.select(Axis(0), &own).slice_move(s![.., ..DIMENSIONS]);
        #[expect(clippy::cast_possible_truncation, reason = "a raw score fits")]
        let typical = stored.scale.max_logit.0 as f32;
        let added = learn::added(&own, &known, typical, given.seed);
        let other = grown.intents.get(added.nearest.0 / each.max(1));
        let other = other.map_or("", String::as_str);
        notes.extend(remarks(label, own.nrows(), &added, other));
        // As many prototypes as every other label has.
        for copy in 0..each {
            let row = added.prototypes.row(copy % PROTOTYPES);
            grown.prototypes.extend(row);
            known.push_row(row).map_err(|cause| Error::Reported(cause.to_string()))?;
        }
        grown.weight.extend(&added.weight);
        grown.weight.extend(vec![0.0; columns - DIMENSIONS]);
        grown.bias.push(added.bias);
        grown.intents.push(label.clone());
    }
    Ok((grown, notes))
}

/// What is odd about the examples; `other` is the label that is nearest to them.
fn remarks(label: &str, count: usize, added: &Added, other: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if count < FEW {
        notes.push(format!("{label} has {count} different examples; 5 to 20 work better"));
    }
    if added.overlaps() {
        notes.push(format!(
            "the examples of {label} are as near to {other} as to each other: give examples that \
             differ from it, or use that label"
        ));
    }
    notes
}

/// What the card says.
struct Told<'a> {
    new: &'a [String],
    notes: &'a [String],
    routes: String,
}

fn draft(given: &Arguments, grown: &Stored, golden: &Array2<f32>, told: &Told<'_>) -> Draft {
    let Told { new, notes, routes } = told;
    Draft {
        name: given.name(),
        intents: grown.intents.clone(),
        weight: grown.weight.clone(),
        bias: grown.bias.clone(),
        prototypes: grown.prototypes.clone(),
        scale: grown.scale,
        golden: golden_of(grown, golden),
        card: format!(
            "# {}\n\nThe model it was made from with these labels added by `baton train --add`, \
             from a few examples each: {}. The other rows, the calibration and the other heads are \
             unchanged; nothing is known yet of how often the new labels are right. Without a \
             certificate nothing is automatic: `baton evaluate --data FILE --certify`.\n\n{routes}\
             \n\n{}\n",
            given.name(),
            new.join(", "),
            notes.join("\n")
        ),
        figures: json!({
            "added": new, "notes": notes,
            // What the model was taught before is not to be taught again.
            "corrections": { "decisions": grown.figures["corrections"]["decisions"] },
        }),
    }
}

/// What the grown model must give for the golden texts.
fn golden_of(grown: &Stored, golden: &Array2<f32>) -> Vec<(usize, String, f64)> {
    let InForce { head, prototypes, calibration } = InForce::of(grown);
    let scored = Scored::of(&head, &prototypes, golden, vec![0; golden.nrows()]);
    expected(&scored, &calibration, &grown.intents)
}
