//! Files → what is learnt from and what is measured on, with everything that is odd about them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::Arguments;
use crate::{
    cli::{Error, progress::spinner},
    config::Config,
    dataset::{Caps, Corpus, Gathering, Options, Reader},
    domain::Intent,
};

/// What is learnt from, and what is measured on.
pub(super) struct Gathered {
    pub(super) train: Corpus,
    /// With the labels of `train`; empty where there is no test.
    pub(super) test: Corpus,
    /// What the user should know of the files, a line each.
    pub(super) notes: Vec<String>,
}

/// Things of one kind that a note names.
const NAMED: usize = 5;
/// With fewer rows a label is learnt, but not well.
const FEW: usize = 10;

/// Reads the files; refuses what nothing can be learnt from.
pub(super) fn gather(config: &Config, given: &Arguments) -> Result<Gathered, Error> {
    let mut notes = Vec::new();
    let Some(data) = &given.data else {
        return Err(Error::Reported("name the conversations with --data".to_owned()));
    };
    let mut train = read(config, given, data, &mut notes)?;
    let mut test = Corpus::default();
    if let Some(file) = &given.test {
        test = read(config, given, file, &mut notes)?;
        let leaks = train.remove_leaks(&test);
        if !leaks.is_empty() {
            notes.push(format!(
                "{} texts of {} stand in {}, too, and are not learnt from: {}",
                leaks.len(),
                data.display(),
                file.display(),
                lines(&leaks)
            ));
        }
    }
    drop_rare(&mut train, &mut notes);
    if train.labels.len() < 2 {
        return Err(Error::Reported(format!(
            "{}: there must be at least two labels with at least two different texts each; found \
             {}{}",
            data.display(),
            train.labels.len(),
            notes.iter().flat_map(|note| ["; ", note]).collect::<String>()
        )));
    }
    relabel(&mut test, &train, "the test", &mut notes);
    Ok(Gathered { train, test, notes })
}

/// Reads one file.
pub(super) fn read(
    config: &Config,
    given: &Arguments,
    file: &Path,
    notes: &mut Vec<String>,
) -> Result<Corpus, Error> {
    let options = Options {
        text_column: given.text_column.clone(),
        label_column: given.label_column.clone(),
        bad_rows: given.bad_rows,
        row_bytes: config.limits.body_bytes,
        conversation: config.limits.conversation(),
        ..Options::default()
    };
    let refused = |fault: crate::dataset::Error| Error::Reported(fault.to_string());
    let mut reader = Reader::open(file, &options).map_err(refused)?;
    let caps = Caps { label_rows: given.label_rows, rows: given.rows, ..Caps::default() };
    let mut gathering = Gathering::new(caps, given.seed);
    let bar = spinner("rows");
    for row in reader.by_ref() {
        let mut row = row.map_err(refused)?;
        if row.label == given.out_of_scope_label {
            Intent::OUT_OF_SCOPE.clone_into(&mut row.label);
        }
        let added = gathering.add(row);
        added.map_err(|fault| Error::Reported(format!("{}: {fault}", file.display())))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let corpus = gathering.finish();
    let name = file.display();
    if !reader.bad().is_empty() {
        let bad: Vec<String> = reader.bad().iter().map(ToString::to_string).collect();
        notes.push(format!("{name}: {} rows are left out: {}", bad.len(), some(&bad, "; ")));
    }
    if corpus.rows == 0 {
        let notes = notes.join("; ");
        return Err(Error::Reported(format!("{name}: there is no row that can be used; {notes}")));
    }
    describe(&corpus, &name.to_string(), notes);
    Ok(corpus)
}

/// Notes on what a corpus has left out.
fn describe(corpus: &Corpus, name: &str, notes: &mut Vec<String>) {
    if corpus.merged > 0 {
        notes.push(format!("{name}: {} rows repeat another one and count once", corpus.merged));
    }
    if !corpus.conflicts.is_empty() {
        let conflicts: Vec<String> = corpus
            .conflicts
            .iter()
            .map(|conflict| {
                let labels = conflict.labels.iter();
                let labels = labels.map(|(label, line)| format!("{label} (line {line})"));
                let labels = labels.collect::<Vec<_>>().join(" and ");
                match &conflict.kept {
                    Some(kept) => format!("{labels}, counted as {kept}"),
                    None => format!("{labels}, left out"),
                }
            })
            .collect();
        notes.push(format!(
            "{name}: {} texts stand under several labels; decide on one: {}",
            conflicts.len(),
            some(&conflicts, "; ")
        ));
    }
    if let Some(cap) = corpus.label_rows {
        notes.push(format!(
            "{name}: of {} rows at most {cap} a label are used, chosen at random (--label-rows, \
             --rows)",
            corpus.rows
        ));
    }
}

/// A label with one text cannot be checked against another one: it is left out, by name.
fn drop_rare(train: &mut Corpus, notes: &mut Vec<String>) {
    let counts = train.counts();
    let named = |places: &[usize]| {
        let names: Vec<String> = places
            .iter()
            .map(|&place| {
                let line = train.examples.iter().find(|example| example.label == place);
                let line =
                    line.map_or(String::new(), |example| format!(" (line {})", example.line));
                format!("{}{line}", train.labels[place])
            })
            .collect();
        some(&names, ", ")
    };
    let rare: Vec<usize> = (0..counts.len()).filter(|&place| counts[place] < 2).collect();
    let few: Vec<usize> =
        (0..counts.len()).filter(|&place| (2..FEW).contains(&counts[place])).collect();
    if !rare.is_empty() {
        notes.push(format!(
            "{} labels are left out, since they have fewer than two different texts: {}",
            rare.len(),
            named(&rare)
        ));
    }
    if !few.is_empty() {
        notes.push(format!(
            "{} labels have fewer than {FEW} texts; more would help: {}",
            few.len(),
            named(&few)
        ));
    }
    train.remove_labels(&rare.into_iter().collect());
}

/// Gives the test the labels of what is learnt; rows of other labels cannot come out right.
pub(super) fn relabel(test: &mut Corpus, train: &Corpus, name: &str, notes: &mut Vec<String>) {
    let places: BTreeMap<&String, usize> = train.labels.iter().zip(0..).collect();
    let unknown: BTreeSet<usize> =
        (0..test.labels.len()).filter(|&at| !places.contains_key(&test.labels[at])).collect();
    if !unknown.is_empty() {
        let names: Vec<String> = unknown.iter().map(|&at| test.labels[at].clone()).collect();
        notes.push(format!(
            "{} labels of {name} are not learnt, and their rows are left out: {}",
            names.len(),
            some(&names, ", ")
        ));
    }
    test.remove_labels(&unknown);
    for example in &mut test.examples {
        if let Some(&place) = test.labels.get(example.label).and_then(|label| places.get(label)) {
            example.label = place;
        }
    }
    test.labels.clone_from(&train.labels);
}

fn lines(lines: &[u64]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("line {line}")).collect();
    some(&lines, ", ")
}

/// The first of many.
fn some(all: &[String], between: &str) -> String {
    let more = all.len().saturating_sub(NAMED);
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(between);
    if more > 0 { format!("{named}{between}and {more} more") } else { named }
}
