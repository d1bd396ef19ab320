//! Decisions one by one → what the report needs of them.

use std::collections::{BTreeMap, HashMap};

use super::{
    case::{Aspect, Replayed, Verdict, Weight, aspects},
    costs::Costs,
    report::{About, Changes, Listed, Move, Report, Short},
    side::{Row, Side},
};
use crate::domain::{Band, ConversationId, Decision};

/// Every decision so far; one row for each episode of a conversation.
#[derive(Debug, Default)]
pub struct Tally {
    decisions: usize,
    changed: usize,
    rerouted: usize,
    aspects: BTreeMap<Aspect, usize>,
    listed: Vec<Listed>,
    list: usize,
    rows: Vec<Both>,
    /// Place of each episode's decision of record among the rows. Only looked up, never walked.
    episodes: HashMap<(ConversationId, u32), usize>,
}

/// A decision of record, on both sides.
#[derive(Debug)]
struct Both {
    weight: Weight,
    before: Row,
    after: Row,
}

impl Tally {
    /// Nothing yet; `list` changed decisions at most are kept to be listed.
    pub fn listing(list: usize) -> Self {
        Self { list, ..Self::default() }
    }

    /// Counts a decision; the order is that of the decisions.
    pub fn add(&mut self, case: Replayed) {
        self.decisions += 1;
        let before = row(&case.before, Verdict::of(&case.before, &case.right_before));
        let after = row(&case.after, Verdict::of(&case.after, &case.right_after));
        let differing = aspects(&case.before, &case.after);
        if !differing.is_empty() {
            self.changed += 1;
            let route = [Aspect::Tier, Aspect::Role];
            self.rerouted += usize::from(differing.iter().any(|aspect| route.contains(aspect)));
            for &aspect in &differing {
                *self.aspects.entry(aspect).or_default() += 1;
            }
            if self.listed.len() < self.list {
                self.listed.push(listed(&case, differing, (&before, &after)));
            }
        }
        let both = Both { weight: case.weight, before, after };
        let Some(episode) = case.episode else {
            self.rows.push(both);
            return;
        };
        match self.episodes.get(&episode) {
            Some(&place) if self.rows[place].weight <= both.weight => self.rows[place] = both,
            Some(_) => {}
            None => {
                self.episodes.insert(episode, self.rows.len());
                self.rows.push(both);
            }
        }
    }

    /// How many decisions were counted.
    pub fn len(&self) -> usize {
        self.decisions
    }

    /// True before the first.
    pub fn is_empty(&self) -> bool {
        self.decisions == 0
    }

    /// Computes every figure.
    pub fn report(self, about: About, costs: Costs) -> Report {
        let mut moves: BTreeMap<(Band, Band), usize> = BTreeMap::new();
        for row in &self.rows {
            *moves.entry((row.before.band, row.after.band)).or_default() += 1;
        }
        // Most sure first, as the bands are listed elsewhere.
        let moves = moves.into_iter().rev();
        let moves = moves.map(|((from, to), decisions)| Move { from, to, decisions });
        let known = |row: &&Both| row.before.verdict != Verdict::Unknown;
        Report {
            decisions: self.decisions,
            of_record: self.rows.len(),
            labelled: self.rows.iter().filter(known).count(),
            changes: Changes {
                decisions: self.changed,
                rerouted: self.rerouted,
                by_aspect: self.aspects.into_iter().collect(),
                unlisted: self.changed - self.listed.len(),
                listed: self.listed,
            },
            moves: moves.collect(),
            before: Side::of(&self.rows.iter().map(|row| &row.before).collect::<Vec<_>>(), &costs),
            after: Side::of(&self.rows.iter().map(|row| &row.after).collect::<Vec<_>>(), &costs),
            about,
            costs,
        }
    }
}

fn row(decision: &Decision, verdict: Verdict) -> Row {
    Row {
        band: decision.band,
        action: decision.action,
        tier: decision.tier,
        role: decision.role.clone(),
        confidence: decision.confidence.get(),
        escalates: decision.escalation.is_some(),
        verdict,
    }
}

fn listed(case: &Replayed, differing: Vec<Aspect>, (before, after): (&Row, &Row)) -> Listed {
    let only = |one: &Decision, other: &Decision| {
        let codes = one.reasons.iter().map(|reason| reason.code);
        codes.filter(|&code| !other.has(code)).collect()
    };
    Listed {
        name: case.name.clone(),
        at: case.at,
        differing,
        before: Short::of(&case.before, before.verdict.is_right()),
        after: Short::of(&case.after, after.verdict.is_right()),
        reasons_gone: only(&case.before, &case.after),
        reasons_new: only(&case.after, &case.before),
    }
}
