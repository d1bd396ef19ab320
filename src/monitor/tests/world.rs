//! Made-up support desks to draw decisions from.

use crate::{
    domain::{Band, Intent, Probability},
    monitor::{Bucket, Contribution, Judgement, Reference, Sums, Window},
    statistics::{Random, degrees},
};

/// One decision that can be drawn.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) intent: Intent,
    pub(super) confidence: f32,
    pub(super) novel: bool,
    pub(super) vector: Vec<f32>,
}

impl Row {
    pub(super) fn contribution(&self) -> Contribution<'_> {
        let confidence = Probability::saturating(self.confidence);
        let band = match self.confidence {
            0.9.. => Band::Auto,
            0.7.. => Band::Suggest,
            _ => Band::Human,
        };
        let judged = Judgement { intent: &self.intent, band, confidence, novel: self.novel };
        Contribution { judged: Some(judged), vector: Some(&self.vector) }
    }
}

/// A standard normal number (Box and Muller).
pub(super) fn normal(random: &mut Random) -> f64 {
    let radius = (-2.0 * (1.0 - random.uniform()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.uniform()).cos()
}

#[expect(clippy::cast_precision_loss, reason = "a simulation counts to some thousands")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
fn single(number: f64) -> f32 {
    number as f32
}

/// A vector of length 1 about `middle`.
pub(super) fn about(middle: &[f64], random: &mut Random) -> Vec<f32> {
    let vector: Vec<f64> = middle.iter().map(|number| number + 0.25 * normal(random)).collect();
    let length = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
    vector.iter().map(|number| single(number / length)).collect()
}

/// A population of decisions on `topics` intents, some much more frequent than others.
pub(super) fn population(topics: usize, dimensions: usize, size: usize, seed: u64) -> Vec<Row> {
    let mut random = Random::new(seed);
    let middles: Vec<Vec<f64>> =
        (0..topics).map(|_| (0..dimensions).map(|_| normal(&mut random)).collect()).collect();
    let mut rows = Vec::with_capacity(size);
    for _ in 0..size {
        // The more frequent topic of two: shares fall in a line, the rarest has 1 in topics².
        let topic = random.below(topics).min(random.below(topics));
        let confidence = single(1.0 - 0.6 * random.uniform().powi(4));
        rows.push(Row {
            intent: format!("topic_{topic:02}").into(),
            confidence,
            novel: random.uniform() < 0.05,
            vector: about(&middles[topic], &mut random),
        });
    }
    rows
}

pub(super) fn vectors(rows: &[Row]) -> Vec<Vec<f32>> {
    rows.iter().map(|row| row.vector.clone()).collect()
}

/// Sums of `size` rows that are drawn, with replacement.
pub(super) fn draw(rows: &[Row], size: usize, random: &mut Random) -> Sums {
    let mut sums = Sums::default();
    for _ in 0..size {
        sums.add(&rows[random.below(rows.len())].contribution());
    }
    sums
}

pub(super) fn alone(sums: Sums) -> Window {
    Window::from([(Bucket::default(), sums)])
}

/// A reference of that many rows, with the directions of the whole population.
pub(super) fn reference(rows: &[Row], size: usize, random: &mut Random) -> Reference {
    Reference::training(draw(rows, size, random), degrees(&vectors(rows)))
}
