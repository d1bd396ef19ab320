//! What is told of a candidate: how it does beside the model in force, on the terminal, on its
//! card, and for programs. No text of a conversation is in it.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use serde_json::{Value, json};

use crate::{
    dataset::LeftOut,
    domain::DecisionId,
    evaluate::escaped,
    learn::{BLIND, Called, Comparison, LabelChange, Limits, MOST, Measured, Pair, Weighed},
};

/// A candidate beside the model in force.
pub(super) struct Compared {
    pub(super) name: String,
    /// Folder of the model in force.
    pub(super) model: String,
    pub(super) labels: Vec<String>,
    /// Tier and role of every label.
    pub(super) routes: Vec<String>,
    /// The number of every label's route.
    pub(super) decisions: Vec<usize>,
    pub(super) store: String,
    /// Decisions that somebody has reviewed.
    pub(super) reviewed: usize,
    /// Those that were learnt from.
    pub(super) learnt: usize,
    /// Rows of a file that were learnt from besides.
    pub(super) from_file: usize,
    pub(super) weighed: Weighed,
    pub(super) limits: Limits,
    /// Reviewers, by their number.
    pub(super) people: Vec<String>,
    pub(super) left_out: BTreeMap<LeftOut, Vec<DecisionId>>,
    pub(super) unreadable: usize,
    pub(super) strength: f64,
    pub(super) tried: Vec<(f64, f64)>,
    pub(super) recalibrated: bool,
    /// Before and after.
    pub(super) temperatures: (f64, f64),
    /// On reviewed decisions, each judged by a head and a calibration that did not see it.
    pub(super) reviews: Comparison,
    /// Which decisions those are.
    pub(super) rows: Vec<DecisionId>,
    /// On the test, where there is one.
    pub(super) test: Option<Comparison>,
    pub(super) notes: Vec<String>,
}

/// Things of one kind that are named on the terminal; the JSON has all.
const NAMED: usize = 10;
/// A difference that chance alone makes once in twenty times or more is none.
const CHANCE: f64 = 0.05;

impl Compared {
    /// For the terminal.
    pub(super) fn markdown(&self, pack: &Path, file: &Path) -> String {
        let (pack, file) = (pack.display(), file.display());
        self.report()
            + &format!(
                "\n## Next\n\nNothing has changed yet: {pack} is a candidate, {file} has all of \
                 the above for programs.\n\n- Watch it on the same traffic, acting on nothing: \
                 `baton serve --set shadow_model={pack}`, then `GET /v1/admin/shadow`.\n- \
                 Certify it on conversations that nothing was learnt from; without a certificate \
                 nothing is automatic: `baton evaluate --model {pack} --data FILE --certify`.\n- \
                 Put it in force yourself: `model = \"{pack}\"` in baton.toml, then `POST \
                 /v1/admin/reload`.\n"
            )
    }

    /// `card.md`.
    pub(super) fn card(&self) -> String {
        self.report()
            + "\nEncoder, prototypes and all heads but that of the intents are those of the model \
               it was made from. The pack holds no text of the store. Without a certificate \
               nothing is automatic.\n"
    }

    fn report(&self) -> String {
        let mut text = format!(
            "# {}: a candidate from corrections\n\nMade by `baton train --from-store` from {} and \
             {} of {} reviewed decisions in {}",
            self.name, self.model, self.learnt, self.reviewed, self.store
        );
        if self.from_file > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", with {} rows of a file besides", self.from_file);
        }
        let _ = writeln!(
            text,
            "; penalty on every change 1/{} (by cross-validation); {}.",
            self.strength,
            if self.recalibrated {
                format!("temperature {:.3}, before {:.3}", self.temperatures.1, self.temperatures.0)
            } else {
                "too few rows to calibrate anew: the old temperature stays".to_owned()
            }
        );
        text += "\n## On reviewed decisions that neither has learnt from\n\nEach is judged by a \
                 candidate that was fitted without it and its like (5 folds). Reviews of band \
                 auto by whoever happened to see a decision are left aside: they find only \
                 mistakes. Acceptances by people who had seen the suggestion favour the model in \
                 force.\n\n";
        self.table(&self.reviews, &mut text);
        self.changes(&mut text);
        if let Some(test) = &self.test {
            text += "\n## On the test\n\n";
            self.table(test, &mut text);
        }
        text += "\n## What was learnt from\n\n";
        for note in self.all_notes() {
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    /// The figures of both models, and what that means.
    fn table(&self, on: &Comparison, text: &mut String) {
        let (before, after) = (&on.before, &on.after);
        let weighted = |one: &Measured| {
            one.weighted.map_or_else(|| "none".to_owned(), |w| format!("{:.1} %", w * 100.0))
        };
        let error = |one: &Measured| {
            let chance = one.chance.map_or(0.0, |chance| chance.mean);
            format!("{:.3} ({chance:.3})", one.calibration_error)
        };
        let _ = writeln!(
            text,
            "| | in force | candidate |\n|---|---|---|\n| right decisions | {} | {} |\n| the \
             same, by the probability of being looked at | {} | {} |\n| right intents | {} | {} \
             |\n| calibration error (by chance alone) | {} | {} |\n\nBrackets: 95 % \
             Clopper-Pearson intervals. {}",
            before.decisions,
            after.decisions,
            weighted(before),
            weighted(after),
            before.labels,
            after.labels,
            error(before),
            error(after),
            verdict(&on.decisions),
        );
        let moved: Vec<_> = on.by_label.iter().filter(|one| is_moved(one)).collect();
        if moved.is_empty() {
            return;
        }
        *text += "\n| intent | rows | found: in force, candidate | wrongly called so: in force, \
                  candidate |\n|---|---|---|---|\n";
        for one in moved {
            let label = escaped(&self.labels[one.label]);
            let _ = writeln!(
                text,
                "| {label} | {} | {}, {} | {}, {} |",
                one.rows, one.before, one.after, one.wrongly_before, one.wrongly_after
            );
        }
    }

    /// The first decisions that come out differently.
    fn changes(&self, text: &mut String) {
        let changes = &self.reviews.changes;
        let _ = writeln!(text, "\n{} decisions come out differently.", changes.len());
        if changes.is_empty() {
            return;
        }
        *text += "\n| decision | reviewed as | in force | candidate |\n|---|---|---|---|\n";
        for change in changes.iter().take(NAMED) {
            let one = &change.judgement;
            let [is, before, after] =
                [one.label, one.before.label, one.after.label].map(|at| escaped(&self.labels[at]));
            let decision = self.rows[change.row];
            let _ = writeln!(text, "| {decision} | {is} | {before} | {after} |");
        }
    }

    fn all_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (why, ids) in &self.left_out {
            let named: Vec<String> = ids.iter().take(3).map(ToString::to_string).collect();
            let more = if ids.len() > 3 { ", …" } else { "" };
            let named = named.join(", ");
            notes.push(format!("{} left out: {why} ({named}{more})", ids.len()));
        }
        if self.unreadable > 0 {
            notes.push(format!("{} left out: {}", self.unreadable, LeftOut::Unreadable));
        }
        let anchor = self.weighed.anchor;
        notes.push(format!(
            "an acceptance by somebody who had seen the suggestion counts {:.2}: {} of {} such \
             reviews accept, of those who had not seen it {} of {}{}",
            anchor.factor,
            anchor.shown.1,
            anchor.shown.0,
            anchor.blind.1,
            anchor.blind.0,
            if anchor.blind.0 < BLIND {
                format!("; measured once there are {BLIND} of those")
            } else {
                String::new()
            }
        ));
        if self.weighed.clipped > 0 {
            notes.push(format!(
                "{} audits count {MOST} times, though they were less probable than that",
                self.weighed.clipped
            ));
        }
        for (person, (before, after)) in &self.weighed.capped {
            notes.push(format!(
                "{} counts {after:.0} rows instead of {before:.0}: one reviewer has at most {:.0} \
                 % of a label ({:.0} rows in any case) and of the whole ({:.0}); \
                 --reviewer-share 1 trusts them as far as they went",
                self.people[*person],
                self.limits.share * 100.0,
                self.limits.of_label,
                self.limits.of_all
            ));
        }
        notes.extend(self.notes.iter().cloned());
        notes
    }

    /// For programs: all of it.
    pub(super) fn json(&self) -> Value {
        let left_out: Vec<Value> = self
            .left_out
            .iter()
            .map(|(why, ids)| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                json!({ "reason": why.to_string(), "decisions": ids })
            })
            .collect();
        let capped: Vec<Value> = self
            .weighed
            .capped
            .iter()
            .map(|(person, (before, after))| {
                json!({ "by": self.people[*person], "weight": before, "counted": after })
            })
            .collect();
        let anchor = self.weighed.anchor;
        let shares =
            |(all, accepted): (usize, usize)| json!({ "reviews": all, "accepted": accepted });
        let tried =
            self.tried.iter().map(|(strength, loss)| json!({ "strength": strength, "loss": loss }));
        json!({
            "candidate": self.name, "model": self.model, "store": self.store,
            "reviewed": self.reviewed, "learnt": self.learnt, "rows_of_file": self.from_file,
            "left_out": left_out, "unreadable": self.unreadable,
            "anchoring": {
                "shown": shares(anchor.shown), "blind": shares(anchor.blind),
                "factor": anchor.factor,
            },
            "clipped": self.weighed.clipped, "reviewer_share": self.limits.share,
            "capped": capped, "strength": self.strength, "tried": tried.collect::<Vec<_>>(),
            "recalibrated": self.recalibrated,
            "temperature": { "before": self.temperatures.0, "after": self.temperatures.1 },
            "reviews": self.comparison(&self.reviews, Some(&self.rows)),
            "test": self.test.as_ref().map(|test| self.comparison(test, None)),
            "notes": self.notes,
        })
    }

    /// `rows`: which decision each row is, where it is one of the store.
    fn comparison(&self, on: &Comparison, rows: Option<&[DecisionId]>) -> Value {
        let labels: Vec<Value> = on
            .by_label
            .iter()
            .map(|one| {
                json!({
                    "intent": self.labels[one.label], "rows": one.rows,
                    "found": { "before": one.before, "after": one.after },
                    "wrongly": { "before": one.wrongly_before, "after": one.wrongly_after },
                })
            })
            .collect();
        let changes: Vec<Value> = on
            .changes
            .iter()
            .map(|change| {
                let one = &change.judgement;
                let called = |called: Called| {
                    json!({
                        "intent": self.labels[called.label],
                        "route": self.route(called.decision), "confidence": called.confidence,
                    })
                };
                json!({
                    "decision": rows.map(|rows| rows[change.row].to_string()), "row": change.row,
                    "intent": self.labels[one.label],
                    "before": called(one.before), "after": called(one.after),
                })
            })
            .collect();
        json!({
            "rows": on.rows, "before": on.before, "after": on.after,
            "decisions": on.decisions, "intents": on.labels,
            "by_intent": labels, "changes": changes,
        })
    }

    /// Tier and role of a decision.
    fn route(&self, decision: usize) -> &str {
        let label = self.decisions.iter().position(|number| *number == decision);
        label.map_or("", |label| self.routes[label].as_str())
    }
}

/// True if the two models treat the label differently.
fn is_moved(one: &LabelChange) -> bool {
    (one.before, one.wrongly_before) != (one.after, one.wrongly_after)
}

/// What the differences say, in words.
fn verdict(pair: &Pair) -> String {
    let Pair { gained, lost, p } = *pair;
    let counts = format!("{gained} decisions became right, {lost} wrong");
    let chance = if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
    match (p < CHANCE, gained > lost) {
        (true, true) => {
            format!("The candidate is better: {counts} (exact McNemar test, {chance}).")
        }
        (true, false) => {
            format!("**The candidate is worse**: {counts} (exact McNemar test, {chance}).")
        }
        (false, _) => {
            format!("No difference is shown: {counts} (exact McNemar test, {chance}).")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Timestamp, learn};

    #[test]
    fn labels_stay_in_their_cells() {
        let called = |at| Called { label: at, decision: at, confidence: 0.9 };
        let (before, after) = (called(1), called(0));
        let row = learn::Judgement { label: 0, decision: 0, before, after, weight: 1.0 };
        let compared = Compared {
            name: "own".to_owned(),
            model: "default".to_owned(),
            labels: vec!["tea|coffee".to_owned(), "two\nlines".to_owned()],
            routes: vec!["1 desk".to_owned(), "2 desk".to_owned()],
            decisions: vec![0, 1],
            store: "store".to_owned(),
            reviewed: 1,
            learnt: 1,
            from_file: 0,
            weighed: learn::weigh(&[], Limits::DEFAULT),
            limits: Limits::DEFAULT,
            people: Vec::new(),
            left_out: BTreeMap::new(),
            unreadable: 0,
            strength: 1.0,
            tried: Vec::new(),
            recalibrated: false,
            temperatures: (1.0, 1.0),
            reviews: Comparison::of(&[row], 2, 1),
            rows: vec![DecisionId::new(Timestamp::UNIX_EPOCH, [1; 10])],
            test: None,
            notes: Vec::new(),
        };
        let card = compared.card();
        assert!(card.contains("| tea\\|coffee | two lines | tea\\|coffee |"), "{card}");
        assert!(card.contains("\n| two lines | 0 |"), "{card}");
    }
}
