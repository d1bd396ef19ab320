//! The conversations that are told again: those that the model was measured on, and never learnt.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{super::Error, chance::Chance};
use crate::{
    config::Config,
    dataset::{Options, Reader, Row},
    domain::Intent,
};

/// Conversations by their label, each pile in an order of its own.
pub(super) struct Corpus {
    piles: BTreeMap<String, Pile>,
    /// Conversations of people who meant somebody else.
    foreign: Pile,
}

/// Conversations that are dealt one after the other, and again from the first.
#[derive(Default)]
struct Pile {
    rows: Vec<Row>,
    next: usize,
}

/// Where the files lie below the folder of the model.
const FOLDER: &str = "corpus/held_out";
/// How often an intent is asked for, beside 1.0 for those that are not named.
const DEMAND: &[(&str, f64)] = &[
    ("account_access", 3.0),
    ("order_status", 3.0),
    ("how_to", 2.6),
    ("billing_inquiry", 2.4),
    ("device_connectivity", 2.0),
    ("permissions", 1.8),
    ("account_update", 1.8),
    ("return_exchange", 1.6),
    ("configuration", 1.5),
    ("integration", 1.5),
    ("software_bug", 1.5),
    ("billing_dispute", 1.2),
    ("case_follow_up", 1.2),
    ("complaint", 0.5),
    ("cancellation", 0.5),
    ("human_request", 0.4),
    ("data_integrity", 0.4),
    ("feature_outage", 0.4),
    ("out_of_scope", 0.3),
    ("legal_privacy", 0.3),
    ("small_talk", 0.3),
    ("security_incident", 0.3),
    ("service_outage", 0.2),
    ("architecture", 0.15),
];

impl Corpus {
    /// Reads what lies beside the model.
    ///
    /// # Errors
    /// The files are missing, or cannot be read.
    pub(super) fn read(config: &Config, chance: &mut Chance) -> Result<Self, Error> {
        let folder = config.model.join(FOLDER);
        let mut piles: BTreeMap<String, Pile> = BTreeMap::new();
        for row in rows(&folder, "conversations-", config)? {
            piles.entry(row.label.clone()).or_default().rows.push(row);
        }
        let foreign = Pile { rows: rows(&folder, "out_of_scope-", config)?, next: 0 };
        let mut corpus = Self { piles, foreign };
        for pile in corpus.piles.values_mut().chain([&mut corpus.foreign]) {
            chance.shuffle(&mut pile.rows);
        }
        Ok(corpus)
    }

    /// The labels, in order.
    pub(super) fn labels(&self) -> impl Iterator<Item = Intent> {
        self.piles.keys().map(|label| Intent::from(label.as_str()))
    }

    /// One of the usual conversations, the frequent intents more often.
    pub(super) fn usual(&mut self, chance: &mut Chance) -> Option<Row> {
        let demand = |label: &String| DEMAND.iter().find(|(name, _)| name == label);
        let weights = self.piles.keys().map(|label| demand(label).map_or(1.0, |(_, often)| *often));
        let place = chance.weighted(weights.collect::<Vec<_>>().into_iter());
        self.piles.values_mut().nth(place)?.deal()
    }

    /// One of that intent.
    pub(super) fn of(&mut self, label: &str) -> Option<Row> {
        self.piles.get_mut(label)?.deal()
    }

    /// One of somebody who meant somebody else.
    pub(super) fn foreign(&mut self) -> Option<Row> {
        self.foreign.deal()
    }
}

impl Pile {
    fn deal(&mut self) -> Option<Row> {
        let row = self.rows.get(self.next % self.rows.len().max(1))?;
        self.next += 1;
        Some(row.clone())
    }
}

/// The rows of every file whose name begins so.
fn rows(folder: &Path, begin: &str, config: &Config) -> Result<Vec<Row>, Error> {
    let missing = || {
        let folder = folder.display();
        Error::Reported(format!(
            "there are no conversations {begin}*.jsonl in {folder}; take --model models/default \
             of the repository, or install again with scripts/install, which brings them"
        ))
    };
    let listed = fs::read_dir(folder).map_err(|_| missing())?;
    let mut files: Vec<PathBuf> =
        listed.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(begin) && Path::new(name).extension().is_some_and(|end| end == "jsonl")
    });
    // The order in which a folder is listed is that of the machine.
    files.sort_unstable();
    let options = Options {
        row_bytes: config.limits.body_bytes,
        conversation: config.limits.conversation(),
        ..Options::default()
    };
    let mut rows = Vec::new();
    for file in files {
        for row in Reader::open(&file, &options)? {
            rows.push(row?);
        }
    }
    if rows.is_empty() { Err(missing()) } else { Ok(rows) }
}
