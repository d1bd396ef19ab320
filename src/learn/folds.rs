//! Folds for cross-validation: every label in every fold, and texts that say the same in one.

use ndarray::{Array2, Axis};

use crate::statistics::Random;

/// From this cosine on two texts of a label say the same, and must not stand on both sides.
const SAME: f32 = 0.95;

/// A fold a row, below `count`.
///
/// Each label is dealt out by itself, its groups of equal rows in random order, always to the fold
/// that has fewest rows of the label, then fewest rows.
pub(super) fn folds(
    vectors: &Array2<f32>,
    classes: &[usize],
    count: usize,
    seed: u64,
) -> Vec<usize> {
    let labels = classes.iter().max().map_or(0, |&most| most + 1);
    let mut rows_of = vec![Vec::new(); labels];
    for (row, &class) in classes.iter().enumerate() {
        rows_of[class].push(row);
    }
    let mut random = Random::new(seed);
    let mut fold = vec![0; classes.len()];
    let mut filled = vec![0_usize; count];
    for rows in rows_of {
        let mut groups = groups(&vectors.select(Axis(0), &rows));
        random.shuffle(&mut groups);
        // Large groups first, else the last one tips a fold over.
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        let mut own = vec![0_usize; count];
        for group in groups {
            let emptiest = (0..count).min_by_key(|&to| (own[to], filled[to])).unwrap_or(0);
            own[emptiest] += group.len();
            filled[emptiest] += group.len();
            for place in group {
                fold[rows[place]] = emptiest;
            }
        }
    }
    fold
}

/// Places of rows that say the same, chains of them included.
fn groups(vectors: &Array2<f32>) -> Vec<Vec<usize>> {
    let rows = vectors.nrows();
    // A vector may be several of length 1, one after the other.
    let mut units = vectors.clone();
    for mut row in units.rows_mut() {
        let length = row.dot(&row).sqrt().max(f32::MIN_POSITIVE);
        row /= length;
    }
    let mut groups = Vec::new();
    let mut taken = vec![false; rows];
    for first in 0..rows {
        if taken[first] {
            continue;
        }
        taken[first] = true;
        let (mut group, mut next) = (vec![first], 0);
        while let Some(&row) = group.get(next) {
            next += 1;
            // One row after the other: all cosines at once would be the square of the rows.
            let unit = units.row(row);
            for (other, taken) in taken.iter_mut().enumerate().skip(first + 1) {
                if !*taken && unit.dot(&units.row(other)) >= SAME {
                    *taken = true;
                    group.push(other);
                }
            }
        }
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_share_a_fold_and_every_label_is_everywhere() {
        // 20 rows a label; row 0 and 1 of each say the same.
        let vectors = Array2::from_shape_fn((40, 40), |(row, column)| {
            let row = if row % 20 == 1 { row - 1 } else { row };
            f32::from(u8::from(row == column))
        });
        let classes: Vec<usize> = (0..40).map(|row| row / 20).collect();
        let fold = folds(&vectors, &classes, 5, 7);
        assert_eq!((fold[0], fold[20]), (fold[1], fold[21]));
        for class in 0..2 {
            for number in 0..5 {
                let rows = (0..40).filter(|&row| classes[row] == class && fold[row] == number);
                assert_eq!(rows.count(), 4);
            }
        }
        assert_eq!(fold, folds(&vectors, &classes, 5, 7));
        assert_ne!(fold, folds(&vectors, &classes, 5, 8));
    }

    /// Groups by the closure of the whole matrix of cosines.
    fn of_all_cosines(vectors: &Array2<f32>) -> Vec<Vec<usize>> {
        let rows = vectors.nrows();
        let cosines = vectors.dot(&vectors.t());
        let mut label: Vec<usize> = (0..rows).collect();
        for _ in 0..rows {
            for (a, b) in (0..rows).flat_map(|a| (0..rows).map(move |b| (a, b))) {
                if cosines[[a, b]] >= SAME {
                    label[a] = label[a].min(label[b]);
                }
            }
        }
        let firsts = (0..rows).filter(|&row| label[row] == row);
        firsts.map(|first| (0..rows).filter(|&row| label[row] == first).collect()).collect()
    }

    #[test]
    fn groups_are_those_of_all_cosines() {
        let mut random = Random::new(3);
        let mut number = || f32::from(u8::try_from(random.below(256)).unwrap()) / 255.0 - 0.5;
        let middles = Array2::from_shape_simple_fn((9, 16), &mut number);
        let mut vectors = Array2::from_shape_fn((60, 16), |(row, column)| {
            middles[[row % 9, column]] + number() / 4.0
        });
        for mut row in vectors.rows_mut() {
            let length = row.dot(&row).sqrt();
            row /= length;
        }
        let mut found = groups(&vectors);
        for group in &mut found {
            group.sort_unstable();
        }
        assert!(found.len() > 5 && found.len() < 40, "{}", found.len());
        assert_eq!(found, of_all_cosines(&vectors));
    }
}
