//! Which labels are taken for which: accuracy, precision, recall, F1.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Proportion, real};

/// How often each label was taken for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Rows by what they are and what they were called.
    cells: BTreeMap<(String, String), usize>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Its name.
    pub label: String,
    /// Rows that are called so: how many rightly.
    pub precision: Proportion,
    /// Rows that are so: how many were found.
    pub recall: Proportion,
    /// Harmonic mean of precision and recall; 0 where nothing was called so rightly.
    pub f1: f64,
}

impl Confusion {
    /// Counts a row.
    pub fn add(&mut self, is: &str, called: &str) {
        *self.cells.entry((is.to_owned(), called.to_owned())).or_default() += 1;
    }

    /// Every pair that came up: what rows are, what they were called, how many.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.cells.iter().map(|((is, called), &rows)| (is.as_str(), called.as_str(), rows))
    }

    /// Rows that were called what they are.
    pub fn accuracy(&self) -> Proportion {
        let right = self.cells().filter(|(is, called, _)| is == called).map(|(_, _, rows)| rows);
        Proportion::of(right.sum(), self.cells.values().sum())
    }

    /// Every label that a row is or was called, by name.
    pub fn classes(&self) -> Vec<Class> {
        // Rows that are so, rows that are called so, both.
        let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for (is, called, rows) in self.cells() {
            counts.entry(is).or_default()[0] += rows;
            counts.entry(called).or_default()[1] += rows;
            if is == called {
                counts.entry(is).or_default()[2] += rows;
            }
        }
        let class = |(label, [are, called, both]): (&str, [usize; 3])| Class {
            label: label.to_owned(),
            precision: Proportion::of(both, called),
            recall: Proportion::of(both, are),
            f1: 2.0 * real(both) / real(are + called),
        };
        counts.into_iter().map(class).collect()
    }

    /// The mean F1 over all labels that a row is or was called; `None` without rows.
    pub fn macro_f1(&self) -> Option<f64> {
        let classes = self.classes();
        let total: f64 = classes.iter().map(|class| class.f1).sum();
        (!classes.is_empty()).then(|| total / real(classes.len()))
    }
}
