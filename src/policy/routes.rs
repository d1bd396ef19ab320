//! Intents → candidates: the content rules move intents, then the probabilities are summed.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::domain::{
    Candidate, Intent, Probability, ReasonCode, RoleId, Severity, SignalKind, Tier,
};

use super::{
    bypass::Bypass,
    document::Document,
    facts::Heard,
    trace::{Held, Trace},
};

/// A decision: tier and role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Destination {
    /// Who acts, by skill.
    pub(super) tier: Tier,
    /// Who acts, by role.
    pub(super) role: RoleId,
}

/// `[intent.NAME]`: where an intent leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentRule {
    /// Tier of the decision.
    pub(super) tier: Tier,
    /// Role of the decision.
    pub(super) role: RoleId,
    /// Set: a human always decides.
    pub(super) bypass: Option<Bypass>,
    /// Severity of such a case; `low` makes it a question or a wish. Absent: normal.
    pub(super) severity: Option<Severity>,
    /// Roles to inform besides, when the intent is the most probable one.
    #[serde(default)]
    pub(super) notify: Vec<RoleId>,
}

/// `[route.*]`: content rules; without its table a rule never fires.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// An agent reproduced the fault or calls it a defect.
    pub(super) confirmed_bug: Option<ConfirmedBug>,
    /// An agent says that access, logs, tools or a documented fix are lacking.
    pub(super) next_tier: Option<NextTier>,
    /// Self-service has failed, or the customer asks for a person.
    pub(super) frontline: Option<Destination>,
}

/// `[route.confirmed_bug]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmedBug {
    /// Intents that move.
    pub(super) intents: Vec<Intent>,
    /// Their new tier.
    pub(super) tier: Tier,
    /// Their new role.
    pub(super) role: RoleId,
}

/// `[route.next_tier]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextTier {
    /// Intents that lead to this role move.
    pub(super) from_role: RoleId,
    /// Their new tier.
    pub(super) tier: Tier,
    /// Their new role.
    pub(super) role: RoleId,
}

/// The routes of a document, ready to be looked up.
#[derive(Debug)]
pub(super) struct Routes {
    /// Every decision, in the order of the document.
    destinations: Vec<Destination>,
    intents: HashMap<Intent, Entry>,
    /// Where a case goes without a judgement, or with an intent that the document does not name.
    fallback: Entry,
    /// Places of the content rules' destinations, in the order of [`RULES`].
    targets: [Option<usize>; RULES.len()],
}

/// One intent's route.
#[derive(Debug)]
struct Entry {
    rule: IntentRule,
    home: usize,
    /// Which content rules move it, in the order of [`RULES`].
    moved_by: [bool; RULES.len()],
    /// Which lists of the document name it, in the order of [`List`].
    named_in: [bool; List::ALL.len()],
}

/// Lists of intents in the parameters of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// `route.confirmed_bug.intents`.
    ConfirmedBug,
    /// `trigger.contract.dispute.intents`.
    Dispute,
    /// `trigger.sentiment.intents`.
    Sentiment,
}

impl List {
    /// Every list, in order.
    pub(super) const ALL: &[Self] = &[Self::ConfirmedBug, Self::Dispute, Self::Sentiment];

    /// What the document has there; nothing if the rule is switched off.
    pub(super) fn of(self, document: &Document) -> &[Intent] {
        let contract = &document.trigger.contract;
        let list = match self {
            Self::ConfirmedBug => document.route.confirmed_bug.as_ref().map(|rule| &rule.intents),
            Self::Dispute => contract.dispute.as_ref().map(|rule| &rule.intents),
            Self::Sentiment => document.trigger.sentiment.as_ref().map(|rule| &rule.intents),
        };
        list.map_or(&[], Vec::as_slice)
    }
}

/// The content rules in the order in which they are asked; the first that fires moves an intent.
const RULES: [ReasonCode; 3] =
    [ReasonCode::RouteConfirmedBug, ReasonCode::RouteNextTier, ReasonCode::RouteFrontline];

/// Where the intents lead.
#[derive(Debug)]
pub(super) struct Routed {
    /// Every decision, best first; never empty.
    pub(super) candidates: Vec<Candidate>,
    /// The best decision.
    pub(super) best: Destination,
    /// Its probability; 0 if the model said nothing.
    pub(super) confidence: Probability,
    /// A content rule shaped the best decision.
    pub(super) moved: bool,
}

impl Routes {
    /// Orders the routes of a document.
    pub(super) fn of(document: &Document) -> Self {
        let mut rules: Vec<_> = document.intent.iter().collect();
        rules.sort_by_key(|(_, rule)| rule.span().start);
        let lists = List::ALL.iter().map(|list| list.of(document).iter().collect::<HashSet<_>>());
        let lists: Vec<_> = lists.collect();
        let mut places = Places::default();
        let mut intents = HashMap::with_capacity(rules.len());
        for (name, rule) in rules {
            let rule = rule.get_ref();
            let home = places.of(rule.tier, &rule.role);
            let mut named_in = [false; List::ALL.len()];
            for (named, list) in named_in.iter_mut().zip(&lists) {
                *named = list.contains(name);
            }
            let moved_by = moved_by_rules(&document.route, named_in, rule);
            intents.insert(name.clone(), Entry { rule: rule.clone(), home, moved_by, named_in });
        }
        let route = &document.route;
        let Destination { tier, role } = document.fallback.clone();
        let home = places.of(tier, &role);
        let rule = IntentRule { tier, role, bypass: None, severity: None, notify: Vec::new() };
        let named_in = [false; List::ALL.len()];
        let moved_by = moved_by_rules(route, named_in, &rule);
        let fallback = Entry { rule, home, moved_by, named_in };
        let targets = [
            route.confirmed_bug.as_ref().map(|to| places.of(to.tier, &to.role)),
            route.next_tier.as_ref().map(|to| places.of(to.tier, &to.role)),
            route.frontline.as_ref().map(|to| places.of(to.tier, &to.role)),
        ];
        Self { destinations: places.list, intents, fallback, targets }
    }

    /// The rule of an intent.
    pub(super) fn rule(&self, intent: &Intent) -> Option<&IntentRule> {
        self.intents.get(intent).map(|entry| &entry.rule)
    }

    /// True if that list of the document names the intent.
    pub(super) fn names(&self, list: List, intent: &Intent) -> bool {
        self.intents.get(intent).is_some_and(|entry| entry.named_in[list as usize])
    }

    /// Every role that some intent, rule or fallback leads to; a role may come more than once.
    pub(super) fn roles(&self) -> impl Iterator<Item = &RoleId> {
        self.destinations.iter().map(|destination| &destination.role)
    }

    /// Moves the intents as the content rules say, and sums them by decision.
    pub(super) fn route(&self, heard: &Heard<'_>, trace: &mut Trace) -> Routed {
        let fires = fires(heard);
        let mut sums = Sums::default();
        if heard.intents.is_empty() {
            sums.add(self.fallback.home, self.target(self.fallback.moved_by, fires), 1.0);
        }
        for score in heard.intents {
            let entry = self.intents.get(&score.label).unwrap_or(&self.fallback);
            let probability = f64::from(score.probability.get());
            sums.add(entry.home, self.target(entry.moved_by, fires), probability);
        }
        let (best, stayed) = (sums.best(|sum| sum.after), sums.best(|sum| sum.before));
        let mut moved = false;
        for (place, &code) in RULES.iter().enumerate() {
            let mass = sums.moved[place];
            let target = self.targets[place];
            let shaped = mass > 0.0 && (target == Some(best) || best != stayed);
            moved |= trace.rule(code, shaped, || self.saw(place, fires[place].into(), mass));
        }
        let candidates = self.candidates(&sums);
        let judged = !heard.intents.is_empty();
        let confidence = candidates.first().filter(|_| judged).map(|best| best.probability);
        Routed {
            best: self.destinations[best].clone(),
            candidates,
            confidence: confidence.unwrap_or(Probability::ZERO),
            moved,
        }
    }

    /// The content rule that moves an intent, and where to.
    fn target(&self, by: [bool; RULES.len()], fires: [bool; RULES.len()]) -> Option<Move> {
        let rule = (0..RULES.len()).find(|&rule| by[rule] && fires[rule])?;
        self.targets[rule].map(|to| Move { rule, to })
    }

    fn saw(&self, place: usize, fires: Held, mass: f64) -> String {
        let Some(to) = self.targets[place].map(|to| &self.destinations[to]) else {
            return "the policy has no such rule".to_owned();
        };
        match fires {
            Held::No => "nothing in the conversation says so".to_owned(),
            Held::Yes => {
                format!("intents of probability {mass:.3} go to tier {} {}", to.tier, to.role)
            }
        }
    }

    fn candidates(&self, sums: &Sums) -> Vec<Candidate> {
        let mut candidates = Vec::with_capacity(sums.of.len());
        for (&place, sum) in &sums.of {
            let to = &self.destinations[place];
            #[expect(clippy::cast_possible_truncation, reason = "a probability fits")]
            if let Some(after) = sum.after {
                let probability = Probability::saturating(after as f32);
                candidates.push(Candidate { tier: to.tier, role: to.role.clone(), probability });
            }
        }
        // The sort is stable: the order of the document breaks ties.
        candidates.sort_by(|a, b| b.probability.get().total_cmp(&a.probability.get()));
        candidates
    }
}

/// Which content rules the conversation calls for, in the order of [`RULES`].
fn fires(heard: &Heard<'_>) -> [bool; RULES.len()] {
    let has = |kind| heard.features.signal(kind).is_some();
    let frontline = heard.strikes.tripped || heard.person_requested();
    [has(SignalKind::BugConfirmed), has(SignalKind::NextTierNeeded), frontline]
}

/// Which content rules move an intent, in the order of [`RULES`].
fn moved_by_rules(
    rules: &Rules,
    named_in: [bool; List::ALL.len()],
    rule: &IntentRule,
) -> [bool; RULES.len()] {
    [
        named_in[List::ConfirmedBug as usize],
        rules.next_tier.as_ref().is_some_and(|next| next.from_role == rule.role),
        rules.frontline.is_some() && rule.tier == Tier::SELF_SERVICE,
    ]
}

/// Decisions by their place in the document.
#[derive(Default)]
struct Places {
    list: Vec<Destination>,
    known: HashMap<Destination, usize>,
}

impl Places {
    fn of(&mut self, tier: Tier, role: &RoleId) -> usize {
        let destination = Destination { tier, role: role.clone() };
        let list = &mut self.list;
        *self.known.entry(destination).or_insert_with_key(|destination| {
            list.push(destination.clone());
            list.len() - 1
        })
    }
}

/// A content rule moves an intent.
#[derive(Clone, Copy)]
struct Move {
    rule: usize,
    to: usize,
}

/// Sums by decision, before and after the content rules: only of decisions that some intent leads
/// to, so that the work grows with the intents of the model and not with the document.
#[derive(Default)]
struct Sums {
    /// By place in the document, so that the first comes first.
    of: BTreeMap<usize, Sum>,
    /// What each content rule moved.
    moved: [f64; RULES.len()],
}

#[derive(Clone, Copy, Default)]
struct Sum {
    before: Option<f64>,
    after: Option<f64>,
}

impl Sums {
    fn add(&mut self, home: usize, moved: Option<Move>, probability: f64) {
        let to = moved.map_or(home, |moved| moved.to);
        *self.of.entry(home).or_default().before.get_or_insert(0.0) += probability;
        *self.of.entry(to).or_default().after.get_or_insert(0.0) += probability;
        if let Some(moved) = moved {
            self.moved[moved.rule] += probability;
        }
    }

    /// The place of the largest sum; the first of equals, as single precision sees them.
    fn best(&self, sum: impl Fn(&Sum) -> Option<f64>) -> usize {
        let (mut best, mut most) = (0, f32::NEG_INFINITY);
        for (&place, each) in &self.of {
            #[expect(clippy::cast_possible_truncation, reason = "a probability fits")]
            let value = sum(each).map_or(f32::NEG_INFINITY, |sum| sum.min(1.0) as f32);
            if value > most {
                (best, most) = (place, value);
            }
        }
        best
    }
}
