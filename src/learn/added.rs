//! A label from a few examples, on top of a head that exists and keeps its rows.

use ndarray::{Array1, Array2, ArrayView1};

use super::prototypes::prototypes;

/// A further row of a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// `[dimensions]`.
    pub weight: Array1<f32>,
    /// Its bias.
    pub bias: f32,
    /// Its prototypes.
    pub prototypes: Array2<f32>,
    /// The cosine to the examples' middle from which on the label is a typical answer.
    pub from: f32,
    /// The smallest such cosine of an example to the middle of the others.
    pub spread: f32,
    /// The prototype of the other labels that is nearest to the middle, with its cosine.
    pub nearest: (usize, f32),
}

/// Raw score gained per unit of cosine: a tenth more makes a sure answer of a typical one.
const STEEPNESS: f32 = 30.0;
/// What further messages may be less typical than the examples are.
const SLACK: f32 = 0.03;

/// Makes a row for a new label: it points to the middle of the examples, and its bias makes it
/// as sure as a typical answer of the other rows (`typical`, a raw score) where a message is as
/// near to the middle as the examples are, and nearer than any prototype of the others.
///
/// Elsewhere its score is far below theirs, so that what was decided before stays as it was.
///
/// - `examples`: `[rows, dimensions]`, length 1, at least two rows.
/// - `known`: prototypes of the other labels.
pub fn added(examples: &Array2<f32>, known: &Array2<f32>, typical: f32, seed: u64) -> Added {
    let rows = examples.nrows();
    let sum = examples.sum_axis(ndarray::Axis(0));
    let middle = unit(sum.clone());
    // Each example is judged by the others: as a message that comes later will be.
    let spread = (0..rows)
        .map(|row| unit(&sum - &examples.row(row)).dot(&examples.row(row)))
        .fold(1.0, f32::min);
    let cosine = |row: ArrayView1<'_, f32>| row.dot(&middle);
    let nearest = known.rows().into_iter().map(cosine).enumerate().fold(
        (0, -1.0),
        |best, (place, cosine)| if cosine > best.1 { (place, cosine) } else { best },
    );
    let from = (spread - SLACK).max(nearest.1 + SLACK);
    Added {
        weight: &middle * STEEPNESS,
        bias: typical - STEEPNESS * from,
        prototypes: prototypes(&examples.view(), &vec![0; rows], 1, seed),
        from,
        spread,
        nearest,
    }
}

impl Added {
    /// True if the examples are no nearer to each other than to another label.
    pub fn overlaps(&self) -> bool {
        self.nearest.1 >= self.spread
    }
}

fn unit(vector: Array1<f32>) -> Array1<f32> {
    let length = vector.dot(&vector).sqrt().max(f32::MIN_POSITIVE);
    vector / length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(axis: usize, rows: usize) -> Array2<f32> {
        let rows = Array2::from_shape_fn((rows, 12), |(row, column)| {
            let own = if column == axis { 1.0 } else { 0.0 };
            own + if column == (axis + 1 + row) % 12 { 0.3 } else { 0.0 }
        });
        let mut units = rows.clone();
        for (mut to, from) in units.rows_mut().into_iter().zip(rows.rows()) {
            to.assign(&unit(from.to_owned()));
        }
        units
    }

    #[test]
    fn what_is_like_the_examples_wins_and_nothing_else() {
        let (examples, known) = (near(0, 5), near(6, 5));
        let added = added(&examples, &known, 4.0, 1);
        let score = |row: ArrayView1<'_, f32>| added.weight.dot(&row) + added.bias;
        for row in near(0, 9).rows() {
            assert!(score(row) > 4.0, "{}", score(row));
        }
        for row in known.rows() {
            assert!(score(row) < -5.0, "{}", score(row));
        }
        assert!(!added.overlaps());
        assert_eq!(added.prototypes.dim(), (5, 12));
    }

    #[test]
    fn examples_of_a_known_label_are_called_an_overlap() {
        assert!(added(&near(6, 4), &near(6, 5), 4.0, 1).overlaps());
    }
}
