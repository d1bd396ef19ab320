//! What is kept of every labelled conversation.

use std::collections::HashMap;

use crate::{
    domain::{Band, Intent},
    statistics::{Judged, sample},
};

/// What the pipeline made of one labelled conversation.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// What it is: its first label.
    pub label: &'a str,
    /// The most probable intent.
    pub called: &'a str,
    /// Whether the labels accept that intent.
    pub intent_right: bool,
    /// Whether tier and role are those that one of the labels leads to.
    pub decision_right: bool,
    /// Confidence of the decision.
    pub confidence: f32,
    /// The highest band that the rules leave open, whatever confidence and certificate say.
    pub ceiling: Band,
    /// Probability of being out of scope.
    pub out_of_scope: f32,
    /// How unlike the training texts it is; no unit.
    pub novelty: f32,
}

/// A judgement without its names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) confidence: f32,
    pub(super) out_of_scope: f32,
    pub(super) novelty: f32,
    /// Place among the names.
    pub(super) label: u32,
    /// Place among the names.
    pub(super) called: u32,
    pub(super) intent_right: bool,
    pub(super) decision_right: bool,
    pub(super) ceiling: Band,
}

/// Every judgement so far, 24 bytes each.
#[derive(Debug, Default)]
pub struct Tally {
    rows: Vec<Row>,
    names: Vec<String>,
    places: HashMap<String, u32>,
}

impl Row {
    /// The decision with its confidence.
    pub(super) fn judged(&self) -> Judged {
        Judged { confidence: self.confidence, right: self.decision_right }
    }

    /// True if confidence and certificate alone decide whether it is automatic.
    pub(super) fn is_open(&self) -> bool {
        self.ceiling == Band::Auto
    }
}

impl Tally {
    /// Counts a judgement.
    pub fn add(&mut self, judgement: Judgement<'_>) {
        let (label, called) = (self.place(judgement.label), self.place(judgement.called));
        let Judgement { intent_right, decision_right, confidence, ceiling, .. } = judgement;
        let (out_of_scope, novelty) = (judgement.out_of_scope, judgement.novelty);
        self.rows.push(Row {
            confidence,
            out_of_scope,
            novelty,
            label,
            called,
            intent_right,
            decision_right,
            ceiling,
        });
    }

    /// How many were counted.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True before the first.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn name(&self, place: u32) -> &str {
        self.names.get(place as usize).map_or("", String::as_str)
    }

    /// Rows that are out of scope, and those that are not.
    pub(super) fn split(&self) -> (Vec<Row>, Vec<Row>) {
        let outside = self.places.get(Intent::OUT_OF_SCOPE).copied();
        self.rows.iter().partition(|row| Some(row.label) == outside)
    }

    /// The rows that figures are taken of: all, or with so many of the out-of-scope ones that they
    /// make up a share, where there are more.
    pub(super) fn counted(&self, share: Option<f64>, seed: u64) -> Vec<Row> {
        let (outside, mut counted) = self.split();
        let keep = match share {
            Some(share) => part_of(counted.len(), share).min(outside.len()),
            None => outside.len(),
        };
        counted.extend(sample(outside.len(), keep, seed).into_iter().map(|place| outside[place]));
        counted
    }

    fn place(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// How many rows beside `others` make up that share of all.
fn part_of(others: usize, share: f64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "nobody has labelled 2^53 rows")]
    let part = (others as f64 * share / (1.0 - share)).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
    let part = part.max(0.0) as usize;
    part
}
