//! Labels that cannot be told apart.

use super::verdict::Verdict;

/// Two labels that are taken for each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The two labels.
    pub labels: (usize, usize),
    /// Rows of one that are taken for the other.
    pub confused: usize,
    /// Rows of both.
    pub rows: usize,
}

/// The share of rows from which on two labels overlap.
const SHARE: f64 = 0.15;
/// Fewer confused rows may be chance.
const LEAST: usize = 4;

/// Pairs of labels of which many rows out of fold are taken for the other label, worst first.
pub fn overlaps(verdicts: &[Verdict], classes: usize) -> Vec<Overlap> {
    let mut counts = vec![0_usize; classes];
    let mut confused = std::collections::BTreeMap::new();
    for verdict in verdicts {
        counts[verdict.class] += 1;
        if verdict.class != verdict.called {
            let pair = (verdict.class.min(verdict.called), verdict.class.max(verdict.called));
            *confused.entry(pair).or_insert(0_usize) += 1;
        }
    }
    let mut found: Vec<Overlap> = confused
        .into_iter()
        .map(|(labels, confused)| Overlap {
            labels,
            confused,
            rows: counts[labels.0] + counts[labels.1],
        })
        .filter(|pair| pair.confused >= LEAST && pair.share() >= SHARE)
        .collect();
    found.sort_by(|a, b| b.share().total_cmp(&a.share()));
    found
}

impl Overlap {
    /// The share of the rows of both that are confused.
    #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
    pub fn share(&self) -> f64 {
        self.confused as f64 / self.rows.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_taken_for_each_other_are_named() {
        let verdict = |class, called| Verdict { class, called, confidence: 0.5, out_of_scope: 0.0 };
        let mut verdicts = vec![verdict(0, 1); 3];
        verdicts.extend(vec![verdict(1, 0); 2]);
        verdicts.extend(vec![verdict(0, 0); 10]);
        verdicts.extend(vec![verdict(2, 0); 2]);
        let found = overlaps(&verdicts, 3);
        assert_eq!(found, [Overlap { labels: (0, 1), confused: 5, rows: 15 }]);
    }
}
