//! Typical conversations of every label: centres of k-means, as unit vectors.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use crate::statistics::Random;

/// Centres of one label.
pub const EACH: usize = 5;
/// Passes over the rows after which the centres stay.
const PASSES: usize = 30;

/// The centres of the rows of every class: `[classes * EACH, dimensions]`, each of length 1.
///
/// A class with fewer rows than centres has some of them twice; one without rows gets the centres
/// of the whole; without any row all are zeros, which are near to nothing.
pub(super) fn prototypes(
    vectors: &ArrayView2<'_, f32>,
    classes: &[usize],
    count: usize,
    seed: u64,
) -> Array2<f32> {
    let mut found = Array2::zeros((count * EACH, vectors.ncols()));
    if vectors.is_empty() {
        return found;
    }
    for class in 0..count {
        let rows: Vec<usize> = (0..classes.len()).filter(|&row| classes[row] == class).collect();
        let own = vectors.select(Axis(0), &rows);
        let own = if rows.is_empty() { vectors.to_owned() } else { own };
        let mut random = Random::new(seed ^ class as u64);
        let centres = centres(&own, &mut random);
        for place in 0..EACH {
            let centre = centres.row(place % centres.nrows());
            found.row_mut(class * EACH + place).assign(&centre);
        }
    }
    found
}

/// The largest cosine of every vector to a prototype: `[rows]`.
pub(super) fn best_cosines(vectors: &ArrayView2<'_, f32>, prototypes: &Array2<f32>) -> Vec<f32> {
    let cosines = vectors.dot(&prototypes.t());
    let best = |row: ArrayView1<'_, f32>| row.iter().copied().fold(-1.0, f32::max);
    cosines.rows().into_iter().map(best).collect()
}

fn centres(rows: &Array2<f32>, random: &mut Random) -> Array2<f32> {
    if rows.nrows() <= EACH {
        return unit(rows.clone());
    }
    let mut centres = seeds(rows, random);
    let mut nearest = vec![usize::MAX; rows.nrows()];
    for _ in 0..PASSES {
        let before = nearest.clone();
        for (row, vector) in rows.rows().into_iter().enumerate() {
            let distances = centres.rows().into_iter().map(|centre| distance(&vector, &centre));
            let best = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            nearest[row] = best.map_or(0, |(place, _)| place);
        }
        if nearest == before {
            break;
        }
        for (place, mut centre) in centres.rows_mut().into_iter().enumerate() {
            let own: Vec<usize> = (0..rows.nrows()).filter(|&row| nearest[row] == place).collect();
            if let Some(mean) = rows.select(Axis(0), &own).mean_axis(Axis(0)) {
                centre.assign(&mean);
            }
        }
    }
    unit(centres)
}

/// First centres far from each other (k-means++; Arthur and Vassilvitskii 2007).
fn seeds(rows: &Array2<f32>, random: &mut Random) -> Array2<f32> {
    let mut chosen = vec![random.below(rows.nrows())];
    let mut away: Vec<f32> = vec![f32::INFINITY; rows.nrows()];
    while chosen.len() < EACH {
        let last = rows.row(chosen[chosen.len() - 1]);
        for (away, row) in away.iter_mut().zip(rows.rows()) {
            *away = away.min(distance(&row, &last));
        }
        let total: f64 = away.iter().map(|&far| f64::from(far)).sum();
        let mut left = random.uniform() * total;
        let mut place = 0;
        for (row, &far) in away.iter().enumerate() {
            if far > 0.0 {
                place = row;
            }
            left -= f64::from(far);
            if left < 0.0 {
                break;
            }
        }
        chosen.push(place);
    }
    rows.select(Axis(0), &chosen)
}

/// Squared Euclidean distance.
fn distance(a: &ArrayView1<'_, f32>, b: &ArrayView1<'_, f32>) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn unit(mut rows: Array2<f32>) -> Array2<f32> {
    for mut row in rows.rows_mut() {
        let length = row.dot(&row).sqrt();
        if length > 1e-6 {
            row /= length;
        } else {
            // A vector of nothing has no direction; any will do, and none is near it.
            row.fill(0.0);
            row[0] = 1.0;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_are_of_length_one_and_near_their_rows() {
        let rows = Array2::from_shape_fn((30, 8), |(row, column)| {
            let hill = if row % 5 == column { 1.0 } else { 0.0 };
            hill + 0.01 * f32::from(u8::try_from(row).unwrap()) / 30.0
        });
        let rows = unit(rows);
        let classes: Vec<usize> = (0..30).map(|row| row / 28).collect();
        let found = prototypes(&rows.view(), &classes, 3, 1);
        assert_eq!(found.dim(), (3 * EACH, 8));
        for row in found.rows() {
            assert!((row.dot(&row) - 1.0).abs() < 1e-5);
        }
        let cosines = best_cosines(&rows.view(), &found);
        assert!(cosines.iter().all(|&cosine| cosine > 0.99), "{cosines:?}");
        assert_eq!(found, prototypes(&rows.view(), &classes, 3, 1));
        let none = prototypes(&rows.select(Axis(0), &[]).view(), &[], 3, 1);
        assert_eq!(none, Array2::<f32>::zeros((3 * EACH, 8)));
    }
}
