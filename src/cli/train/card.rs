//! What is told of a new model: on the terminal, on its card, in its figures.

use std::{fmt::Write as _, path::Path};

use serde_json::{Value, json};

use crate::{
    evaluate::escaped,
    learn::{FOLDS, Figures, Overlap},
};

/// What is known of a new model.
pub(super) struct Report {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    /// Texts a label.
    pub(super) counts: Vec<usize>,
    pub(super) notes: Vec<String>,
    pub(super) strength: f64,
    /// Strengths with the share of rows out of fold that came out right.
    pub(super) tried: Vec<(f64, f64)>,
    /// Of rows out of fold.
    pub(super) across: Figures,
    /// Of the test, where there is one.
    pub(super) test: Option<Figures>,
    pub(super) overlaps: Vec<Overlap>,
    pub(super) out_of_scope: Option<usize>,
}

impl Report {
    /// For the terminal.
    pub(super) fn text(&self, pack: &Path, routes: &str) -> String {
        let rows: usize = self.counts.iter().sum();
        let mut text = format!(
            "{}: {} labels, {rows} texts, penalty 1/{} (chosen by {FOLDS}-fold cross-validation)\n",
            pack.display(),
            self.labels.len(),
            self.strength
        );
        for (name, value) in rows_of("cross-validation", &self.across) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name}: {value}");
        }
        for (name, value) in self.test.iter().flat_map(|test| rows_of("test", test)) {
            let _ = writeln!(text, "  {name}: {value}");
        }
        for note in self.all_notes() {
            let _ = writeln!(text, "note: {note}");
        }
        text + routes + "\n"
    }

    /// `card.md`.
    pub(super) fn card(&self, routes: &str) -> String {
        let rows: usize = self.counts.iter().sum();
        let mut text = format!(
            "# {}\n\nTrained by `baton train` on {rows} labelled texts with {} labels. Encoder, \
             sentiment, frustration and acts are those of the model it was made from; the intents \
             are its own: multinomial logistic regression with a penalty of 1/{}, calibrated on \
             predictions out of fold ({FOLDS} folds). The pack holds no text of the data.\n\n\
             {routes}\n\n## Figures\n\nBrackets: 95 % Clopper-Pearson intervals. Confidence is \
             that of the label; decisions of several labels are at least as sure.\n\n| | |\n|---|\
             ---|\n",
            self.name,
            self.labels.len(),
            self.strength
        );
        let measured = self.test.iter().flat_map(|test| rows_of("test", test));
        let across = rows_of("cross-validation", &self.across);
        for (name, value) in across.into_iter().chain(measured) {
            let _ = writeln!(text, "| {name} | {value} |");
        }
        text += "\n## Labels\n\n| label | texts |\n|---|---|\n";
        for (label, count) in self.labels.iter().zip(&self.counts) {
            let _ = writeln!(text, "| {} | {count} |", escaped(label));
        }
        text += "\n## Notes\n\n";
        for note in self.all_notes() {
            let _ = writeln!(text, "- {note}");
        }
        text + "- Without a certificate nothing is automatic: `baton evaluate --data FILE \
                --certify` with labelled conversations that nothing was learnt from.\n"
    }

    /// `figures.json`.
    pub(super) fn figures(&self) -> Value {
        let counts: serde_json::Map<String, Value> =
            self.labels.iter().cloned().zip(self.counts.iter().map(|count| json!(count))).collect();
        let overlaps: Vec<Value> = self
            .overlaps
            .iter()
            .map(|pair| {
                let (a, b) = (&self.labels[pair.labels.0], &self.labels[pair.labels.1]);
                json!({ "labels": [a, b], "confused": pair.confused, "rows": pair.rows })
            })
            .collect();
        let tried: Vec<Value> = self
            .tried
            .iter()
            .map(|(strength, accuracy)| json!({ "strength": strength, "accuracy": accuracy }))
            .collect();
        json!({
            "texts": counts, "strength": self.strength, "tried": tried,
            "cross_validation": self.across, "test": self.test, "overlaps": overlaps,
        })
    }

    fn all_notes(&self) -> Vec<String> {
        let overlaps = self.overlaps.iter().map(|pair| {
            format!(
                "{} and {} are often taken for each other ({} of {} texts): merge them, or make \
                 their texts differ",
                self.labels[pair.labels.0], self.labels[pair.labels.1], pair.confused, pair.rows
            )
        });
        let mut notes: Vec<String> = self.notes.iter().cloned().chain(overlaps).collect();
        if self.out_of_scope.is_none() {
            notes.push(
                "no label says what is out of scope, so that everything gets one of the others; \
                 add a hundred texts that are not for your desk under the label out_of_scope"
                    .to_owned(),
            );
        }
        notes
    }
}

fn rows_of(of: &str, figures: &Figures) -> Vec<(String, String)> {
    let mut rows = vec![
        (format!("{of}: right label, in scope"), figures.accuracy.to_string()),
        (format!("{of}: confidence from 0.90 on"), figures.auto.to_string()),
        (format!("{of}: right of those"), figures.auto_right.to_string()),
        (format!("{of}: calibration error"), format!("{:.3}", figures.calibration_error)),
    ];
    if let Some(outside) = &figures.out_of_scope {
        let auroc = outside.auroc.map_or_else(|| "none".to_owned(), |area| format!("{area:.3}"));
        rows.push((format!("{of}: AUROC of out of scope"), auroc));
        rows.push((format!("{of}: out of scope from 0.90 on"), outside.wrongly_auto.to_string()));
        rows.push((format!("{of}: out of scope found"), outside.found.to_string()));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_in_their_cells() {
        let report = Report {
            name: "own".to_owned(),
            labels: vec!["tea|coffee".to_owned(), "two\nlines".to_owned()],
            counts: vec![3, 4],
            notes: Vec::new(),
            strength: 1.0,
            tried: Vec::new(),
            across: Figures::of(&[], None),
            test: None,
            overlaps: Vec::new(),
            out_of_scope: None,
        };
        let card = report.card("");
        assert!(card.contains("\n| tea\\|coffee | 3 |\n| two lines | 4 |\n"), "{card}");
    }
}
