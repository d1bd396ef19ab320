//! The store → reviewed decisions with their vectors, newest first, and all that is left out.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
};

use ndarray::Array2;

use super::{bar, embed::Encoder, learnt::Learnt};
use crate::{
    cli::Error,
    config::Config,
    dataset::{self, Correction, LeftOut, Routes},
    domain::{ConversationId, DecisionId, Features, Record, Timestamp, Verdict},
    learn::Told,
    store::{Archive, Reviewed},
};

/// What was found in the store.
pub(super) struct Found {
    /// Decisions that somebody has reviewed, and that this version can read.
    pub(super) reviewed: usize,
    /// Those that are learnt from.
    pub(super) rows: Vec<Row>,
    /// Reviewers, by their number.
    pub(super) people: Vec<String>,
    /// Decisions that nothing is learnt from.
    pub(super) left_out: BTreeMap<LeftOut, Vec<DecisionId>>,
    /// Rows that this version cannot read at all.
    pub(super) unreadable: usize,
}

/// With fewer corrections there is nothing to compare, let alone to learn.
const LEAST: usize = 10;

/// A reviewed decision.
pub(super) struct Row {
    pub(super) id: DecisionId,
    /// When the latest of its reviews was given.
    pub(super) at: Timestamp,
    pub(super) told: Told,
}

/// What is looked for.
pub(super) struct Wanted<'a> {
    /// Labels of the model in force.
    pub(super) labels: &'a [String],
    pub(super) routes: &'a Routes,
    /// Digests of texts that are measured on.
    pub(super) test: &'a HashSet<[u8; 16]>,
    /// What the model in force has learnt from.
    pub(super) learnt: &'a Learnt,
    /// Rows of one label, and of all, that are taken.
    pub(super) caps: (usize, usize),
}

/// What was taken so far, to know what comes again.
struct Taking<'a> {
    wanted: &'a Wanted<'a>,
    episodes: HashSet<(ConversationId, u32)>,
    texts: HashMap<[u8; 16], usize>,
    counts: Vec<usize>,
    numbers: HashMap<String, usize>,
    found: Found,
}

/// Reads the whole store; keeps numbers, no texts. The vectors are those of the rows, in their
/// order: `[rows, columns]`, as many columns as the head in force reads.
pub(super) async fn find(
    config: &Config,
    encoder: &Encoder,
    wanted: &Wanted<'_>,
) -> Result<(Found, Array2<f32>), Error> {
    let refused = |cause: &dyn std::error::Error| Error::Reported(cause.to_string());
    let mut archive = Archive::open(&config.records).await.map_err(|cause| refused(&cause))?;
    let mut taking = Taking::new(wanted);
    let mut numbers = Vec::new();
    let bar = bar(0, "reading the store");
    let mut place = None;
    loop {
        let portion = archive.reviewed(place).await.map_err(|cause| refused(&cause))?;
        taking.found.unreadable += portion.unreadable;
        let mut texts = Vec::new();
        for reviewed in portion.reviewed {
            bar.inc(1);
            let id = reviewed.id;
            match taking.take(reviewed) {
                Ok(features) => texts.push((format!("decision {id}"), features)),
                Err(why) => taking.found.left_out.entry(why).or_default().push(id),
            }
        }
        numbers.extend(encoder.vectors_of(texts.into_iter()).await?);
        place = portion.next;
        if place.is_none() {
            break;
        }
    }
    bar.finish_and_clear();
    archive.close().await;
    let found = taking.found;
    let vectors = Array2::from_shape_vec(
        (found.rows.len(), numbers.len() / found.rows.len().max(1)),
        numbers,
    );
    let vectors = vectors.map_err(|cause| Error::Reported(cause.to_string()))?;
    Ok((found, vectors))
}

impl Found {
    /// Refuses what nothing can be learnt from, and says where it went.
    pub(super) fn check(&self, store: &str) -> Result<(), Error> {
        let refused = |why: String| Err(Error::Reported(format!("{store}: {why}")));
        let reviewed = self.reviewed + self.unreadable;
        if reviewed == 0 {
            return refused(
                "nobody has reviewed a decision in it; send what agents say to POST \
                 /v1/decisions/{id}/review, or name another store with --store"
                    .to_owned(),
            );
        }
        let mut lost = String::new();
        let unreadable = (self.unreadable > 0).then_some((&LeftOut::Unreadable, self.unreadable));
        let others = self.left_out.iter().map(|(why, ids)| (why, ids.len()));
        for (why, count) in others.chain(unreadable) {
            // Writing to a string cannot fail.
            let _ = write!(lost, "; {count}: {why}");
        }
        let classes: HashSet<usize> = self.rows.iter().map(|row| row.told.class).collect();
        if self.rows.len() < LEAST {
            return refused(format!(
                "{} of {reviewed} reviewed decisions can be learnt from, and it takes at least \
                 {LEAST}; review more{lost}",
                self.rows.len()
            ));
        }
        if classes.len() < 2 {
            return refused(format!(
                "all {} reviewed decisions have the same intent, and it takes at least two; \
                 review decisions of other intents, too{lost}",
                self.rows.len()
            ));
        }
        Ok(())
    }
}

impl<'a> Taking<'a> {
    fn new(wanted: &'a Wanted<'a>) -> Self {
        let found = Found {
            reviewed: 0,
            rows: Vec::new(),
            people: Vec::new(),
            left_out: BTreeMap::new(),
            unreadable: 0,
        };
        Self {
            wanted,
            episodes: HashSet::new(),
            texts: HashMap::new(),
            counts: vec![0; wanted.labels.len()],
            numbers: HashMap::new(),
            found,
        }
    }

    /// Takes a decision in, and gives what the encoder is to read of it.
    fn take(&mut self, reviewed: Reviewed) -> Result<Features, LeftOut> {
        self.found.reviewed += 1;
        let record = reviewed.record.ok_or(LeftOut::Erased)?;
        let correction = dataset::correction(&record, &reviewed.reviews, self.wanted.routes)?;
        let class = self.check(reviewed.id, &record, &correction)?;
        self.counts[class] += 1;
        let accepted = correction.verdict == Verdict::Accepted;
        let told = Told {
            class,
            by: correction.by.iter().map(|name| self.number(name)).collect(),
            observed: correction.observed,
            anchored: correction.anchored,
            accepted,
            shown: correction.shown,
        };
        self.found.rows.push(Row { id: reviewed.id, at: correction.at, told });
        Ok(record.features)
    }

    /// The class of a decision that brings something new.
    fn check(
        &mut self,
        id: DecisionId,
        record: &Record,
        correction: &Correction,
    ) -> Result<usize, LeftOut> {
        let label = correction.intent.as_str();
        let class = self.wanted.labels.iter().position(|known| known == label);
        let class = class.ok_or_else(|| LeftOut::Unknown(label.to_owned()))?;
        let digest = dataset::digest(&record.features);
        let episode = (record.conversation_id.clone(), record.standing.episode);
        if self.wanted.learnt.knows(id, correction.at) {
            // What came before it in its conversation, or in the same words, is no news either.
            self.episodes.insert(episode);
            self.texts.entry(digest).or_insert(class);
            return Err(LeftOut::Learnt);
        }
        if self.wanted.test.contains(&digest) {
            return Err(LeftOut::InTest);
        }
        if !self.episodes.insert(episode) {
            return Err(LeftOut::Earlier);
        }
        match self.texts.insert(digest, class) {
            Some(known) if known == class => return Err(LeftOut::Repeated),
            Some(known) => {
                self.texts.insert(digest, known);
                return Err(LeftOut::Outdated);
            }
            None => {}
        }
        let caps = self.wanted.caps;
        if self.counts[class] >= caps.0 || self.found.rows.len() >= caps.1 {
            return Err(LeftOut::TooMany);
        }
        Ok(class)
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.found.people.len();
        self.numbers.insert(name.to_owned(), number);
        self.found.people.push(name.to_owned());
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Intent, LabelSource, Review, RoleId, Speaker, TextFeatures, Tier, samples,
    };

    fn found(unreadable: usize) -> Found {
        Found {
            reviewed: 0,
            rows: Vec::new(),
            people: Vec::new(),
            left_out: BTreeMap::new(),
            unreadable,
        }
    }

    #[test]
    fn reviews_that_cannot_be_read_are_none_that_nobody_gave() {
        let said = |unreadable| found(unreadable).check("store").unwrap_err().to_string();
        assert!(said(0).contains("nobody has reviewed a decision in it"), "{}", said(0));
        for want in ["0 of 3 reviewed decisions", "3: their record cannot be read by this version"]
        {
            assert!(said(3).contains(want), "{want}: {}", said(3));
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A decision with words of its own that somebody files under an intent.
    fn reviewed(number: u8, intent: &str) -> Reviewed {
        let mut record = samples::record(at(1));
        record.id = DecisionId::new(at(1), [number; 10]);
        record.conversation_id = ConversationId::try_from(format!("c{number}")).unwrap();
        record.features.messages = vec![TextFeatures {
            speaker: Speaker::Customer,
            masked: format!("words {number}"),
            segments: Vec::new(),
            sentences: Vec::new(),
        }];
        let review = Review {
            verdict: Verdict::Overridden,
            tier: None,
            role: None,
            intent: Some(Intent::from(intent)),
            note: None,
            by: "ann".to_owned(),
            at: at(60 + i64::from(number)),
            source: LabelSource::Agent,
            shown: true,
            observed: Some(1.0),
        };
        Reviewed { id: record.id, record: Some(Box::new(record)), reviews: vec![review] }
    }

    /// What becomes of decisions where the model has these labels; then what it has learnt.
    fn taken(
        labels: &[&str],
        (test, learnt, rows): (&HashSet<[u8; 16]>, &Learnt, usize),
        decisions: impl IntoIterator<Item = Reviewed>,
    ) -> (Vec<Option<LeftOut>>, Learnt) {
        let to = (Tier::try_from(1).unwrap(), RoleId::from("desk"));
        let routes = Routes::new(labels.iter().map(|label| (Intent::from(*label), to.clone())));
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let wanted =
            Wanted { labels: &labels, routes: &routes, test, learnt, caps: (rows, 2 * rows) };
        let mut taking = Taking::new(&wanted);
        let taken = decisions.into_iter().map(|one| taking.take(one).err()).collect();
        (taken, learnt.with(taking.found.rows.iter().map(|row| (row.id, row.at))))
    }

    #[test]
    fn what_was_left_out_once_is_news_later_and_what_was_learnt_is_not() {
        let decisions = || {
            [(5, "cake"), (4, "cake"), (3, "cake"), (2, "tea"), (1, "cake")]
                .map(|(number, intent)| reviewed(number, intent))
        };
        let tested = decisions().into_iter().nth(1).and_then(|one| one.record);
        let test = HashSet::from([dataset::digest(&tested.unwrap().features)]);
        let none = Learnt::default();
        let (first, learnt) = taken(&["cake"], (&test, &none, 2), decisions());
        let unknown = LeftOut::Unknown("tea".to_owned());
        let want = [None, Some(LeftOut::InTest), None, Some(unknown), Some(LeftOut::TooMany)];
        assert_eq!(first, want);
        let nothing = HashSet::new();
        let (second, learnt) = taken(&["cake", "tea"], (&nothing, &learnt, 9), decisions());
        let old = Some(LeftOut::Learnt);
        assert_eq!(second, [old.clone(), None, old.clone(), None, None]);
        // Every generation adds to what is known.
        let mut again = decisions();
        again[0].reviews[0].at = at(600);
        let (third, _) = taken(&["cake", "tea"], (&nothing, &learnt, 9), again);
        let rest = vec![old; 4];
        assert_eq!(third, [vec![None], rest].concat(), "a later review is news");
    }

    #[test]
    fn what_came_before_a_learnt_decision_of_its_conversation_is_no_news() {
        let none = (HashSet::new(), Learnt::default());
        let (_, learnt) = taken(&["cake"], (&none.0, &none.1, 9), [reviewed(2, "cake")]);
        let mut earlier = reviewed(1, "cake");
        let mut same_words = reviewed(0, "cake");
        let latest = reviewed(2, "cake");
        if let (Some(latest), Some(earlier), Some(same)) =
            (&latest.record, &mut earlier.record, &mut same_words.record)
        {
            earlier.conversation_id = latest.conversation_id.clone();
            same.features = latest.features.clone();
        }
        let (left_out, _) = taken(&["cake"], (&none.0, &learnt, 9), [latest, earlier, same_words]);
        let want = [LeftOut::Learnt, LeftOut::Earlier, LeftOut::Repeated].map(Some);
        assert_eq!(left_out, want);
    }
}
