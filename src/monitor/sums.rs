//! What is kept of the decisions of an hour: counts and sums, no text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Band, Decision, Intent, Prediction, Probability},
    statistics::{Powers, VectorSum},
};

/// Bins of the confidence, each 0.05 wide.
pub const BINS: usize = 20;

/// Counts and sums over decisions.
///
/// All are whole numbers, sums of fractions in fixed parts of 1: whatever the order in which
/// decisions are counted and sums are merged, the result is the same, bit for bit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sums {
    /// Judged decisions by their most probable intent.
    pub intents: BTreeMap<Intent, Tally>,
    /// Judged decisions by band.
    pub bands: BTreeMap<Band, Tally>,
    /// Judged decisions by confidence: bin `i` is from `i / 20` to below `(i + 1) / 20`, the last
    /// one to 1.
    pub bins: [u64; BINS],
    /// Judged decisions on text unlike what the model was trained on.
    pub novel: u64,
    /// Decisions without the model: it was not there, or too slow.
    pub unjudged: u64,
    /// The sum of the cubes of the confidences, in parts of [`PART`].
    pub cubes: u64,
    /// Decisions whose vector was added.
    pub vectors: u64,
    /// `[dimensions]`: the sum of the conversations' vectors, in parts of [`STEP`]; empty at first.
    pub vector: Vec<i64>,
}

/// Judged decisions of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The sum of their confidences `p`, in parts of [`PART`].
    pub sure: u64,
    /// The sum of `p (1 - p)`, in parts of [`PART`].
    pub doubt: u64,
}

/// What one decision adds.
#[derive(Debug, Clone, Copy)]
pub struct Contribution<'a> {
    /// What the model said of it; `None` without the model.
    pub judged: Option<Judgement<'a>>,
    /// `[dimensions]`, of length 1: the conversation's vector, where there is one.
    pub vector: Option<&'a [f32]>,
}

/// What the model said, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// The most probable intent.
    pub intent: &'a Intent,
    /// The band.
    pub band: Band,
    /// The probability that tier and role are right.
    pub confidence: Probability,
    /// The text is unlike what the model was trained on.
    pub novel: bool,
}

/// Confidences are added in parts of this: 2^-24, as precise as they are given.
pub const PART: f64 = 1.0 / 16_777_216.0;
/// Coordinates of vectors are added in parts of this: 2^-20.
pub const STEP: f64 = 1.0 / 1_048_576.0;

impl<'a> Contribution<'a> {
    /// What a decision adds.
    ///
    /// `vector`: the conversation's, of length 1; one that is not (nothing was read) is left out.
    pub fn of(
        prediction: Option<&'a Prediction>,
        decision: &Decision,
        vector: Option<&'a [f32]>,
    ) -> Self {
        let judged = prediction.and_then(|said| {
            Some(Judgement {
                intent: &said.ranked().first()?.label,
                band: decision.band,
                confidence: decision.confidence,
                novel: said.novelty > said.novelty_limit,
            })
        });
        Self { judged, vector: vector.filter(|vector| is_direction(vector)) }
    }
}

/// True for a vector of length 1, whose coordinates can be added in whole parts.
fn is_direction(vector: &[f32]) -> bool {
    let length: f32 = vector.iter().map(|number| number * number).sum();
    (length - 1.0).abs() < 0.01
}

impl Tally {
    fn add(&mut self, confidence: f64) {
        self.count = self.count.saturating_add(1);
        self.sure = self.sure.saturating_add(parts(confidence));
        self.doubt = self.doubt.saturating_add(parts(confidence * (1.0 - confidence)));
    }

    /// Adds what somebody else has counted.
    pub fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sure = self.sure.saturating_add(other.sure);
        self.doubt = self.doubt.saturating_add(other.doubt);
    }

    /// The mean confidence, which estimates the share that is right; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| real(self.sure) * PART / real(self.count))
    }
}

impl Sums {
    /// Counts a decision.
    pub fn add(&mut self, decision: &Contribution<'_>) {
        if let Some(judged) = decision.judged {
            let confidence = f64::from(judged.confidence.get());
            self.intents.entry(judged.intent.clone()).or_default().add(confidence);
            self.bands.entry(judged.band).or_default().add(confidence);
            let bin = &mut self.bins[bin(judged.confidence)];
            *bin = bin.saturating_add(1);
            self.novel = self.novel.saturating_add(u64::from(judged.novel));
            self.cubes = self.cubes.saturating_add(parts(confidence.powi(3)));
        } else {
            self.unjudged = self.unjudged.saturating_add(1);
        }
        let Some(vector) = decision.vector else { return };
        self.vectors = self.vectors.saturating_add(1);
        self.vector.resize(vector.len().max(self.vector.len()), 0);
        for (sum, &number) in self.vector.iter_mut().zip(vector) {
            *sum = sum.saturating_add(steps(number));
        }
    }

    /// Adds what another instance, or another hour, has counted.
    pub fn merge(&mut self, other: &Self) {
        for (intent, tally) in &other.intents {
            self.intents.entry(intent.clone()).or_default().merge(tally);
        }
        for (band, tally) in &other.bands {
            self.bands.entry(*band).or_default().merge(tally);
        }
        for (bin, more) in self.bins.iter_mut().zip(other.bins) {
            *bin = bin.saturating_add(more);
        }
        self.novel = self.novel.saturating_add(other.novel);
        self.unjudged = self.unjudged.saturating_add(other.unjudged);
        self.cubes = self.cubes.saturating_add(other.cubes);
        self.vectors = self.vectors.saturating_add(other.vectors);
        self.vector.resize(other.vector.len().max(self.vector.len()), 0);
        for (sum, &more) in self.vector.iter_mut().zip(&other.vector) {
            *sum = sum.saturating_add(more);
        }
    }

    /// All judged decisions together.
    pub fn judged(&self) -> Tally {
        let mut all = Tally::default();
        for tally in self.bands.values() {
            all.merge(tally);
        }
        all
    }

    /// The powers of the confidences.
    pub(super) fn powers(&self) -> Powers {
        let all = self.judged();
        let sum = real(all.sure) * PART;
        Powers {
            count: real(all.count),
            sum,
            squares: sum - real(all.doubt) * PART,
            cubes: real(self.cubes) * PART,
        }
    }

    /// The sum of the vectors.
    pub(super) fn direction(&self) -> VectorSum {
        let number = |&sum: &i64| {
            #[expect(clippy::cast_precision_loss, reason = "the sum is below 2^53 steps")]
            let sum = sum as f64;
            sum * STEP
        };
        VectorSum { count: real(self.vectors), sum: self.vector.iter().map(number).collect() }
    }
}

/// The bin of a confidence; calculated as precisely as thresholds are compared, so that each bin
/// lies in one band where thresholds are multiples of 0.05.
fn bin(confidence: Probability) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a probability: 0 to 20"
    )]
    let bin = (confidence.get() * 20.0) as usize;
    bin.min(BINS - 1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 2^24")]
fn parts(share: f64) -> u64 {
    (share / PART).round() as u64
}

#[expect(clippy::cast_possible_truncation, reason = "at most 2^21: the vector has length 1")]
fn steps(coordinate: f32) -> i64 {
    (f64::from(coordinate) / STEP).round() as i64
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}
