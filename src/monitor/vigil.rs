//! What is watched at a fixed pace, and the alarms that come of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    alarm::{Alarm, Subject},
    contract::{Breach, Contract, Standing},
    drift::{Comparison, Outcome},
    finding::{Kind, Level},
    rate::{Rate, Sighting, Stage},
    watch::{Change, Watch},
};
use crate::domain::{Intent, Timestamp};

/// All that is watched, of all instances on one store.
///
/// Serialised, it goes on where it stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vigil {
    /// The version of the model whose windows are compared.
    model: String,
    /// Windows up to there have been compared.
    until: Option<Timestamp>,
    /// Hours up to there have been counted.
    looked: Option<Timestamp>,
    drift: Watch,
    /// What the last comparison found, by kind.
    figures: BTreeMap<Kind, f64>,
    /// The overrides of all intents together; `None` before the first review.
    overrides: Option<Rate>,
    /// The same by intent.
    overrides_of: BTreeMap<Intent, Rate>,
    /// The breach that was told.
    breach: Option<Breach>,
    overdue: Overdue,
}

/// Handoffs that wait for too long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Overdue {
    raised: bool,
    /// Looks running that found none.
    none: u8,
}

/// What an agent said of a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The most probable intent; `None` without the model.
    pub intent: Option<Intent>,
    /// Bad if it was changed.
    pub sighting: Sighting,
}

/// A window that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// It begins there.
    pub from: Timestamp,
    /// It ends there.
    pub to: Timestamp,
}

/// The highest share of overridden suggestions that is in order.
const OVERRIDDEN: f64 = 0.12;
/// Reviews to a false alarm on average, at least: a year of 200 a day.
const PATIENCE: f64 = 73_000.0;
/// Looks running without an overdue handoff that end the alarm.
const NONE: u8 = 2;

impl Vigil {
    /// Begins to watch a model version, if it is another than before. What was raised of the other
    /// one ends.
    pub fn begin(&mut self, model: &str, at: Timestamp, from: Timestamp) -> Vec<Alarm> {
        if self.model == model && self.until.is_some() {
            return Vec::new();
        }
        let mut ended = Vec::new();
        for (kind, basis) in self.drift.raised() {
            ended.push(Alarm {
                level: kind.level(),
                basis: Some(basis),
                says: format!("over: the model {model} decides now"),
                raised: false,
                ..bare(kind.into(), at)
            });
        }
        model.clone_into(&mut self.model);
        (self.until, self.looked) = (Some(from), Some(from));
        self.drift = Watch::default();
        self.figures.clear();
        ended
    }

    /// The hours that nobody has looked at yet, up to `end`: the part that is not yet compared;
    /// `None` if there are none.
    pub fn unseen(&self, end: Timestamp) -> Option<Span> {
        let (from, looked) = (self.until?, self.looked?);
        (end > looked).then_some(Span { from, to: end })
    }

    /// Takes note that the hours up to there are no window yet.
    pub fn looked(&mut self, end: Timestamp) {
        self.looked = Some(end);
    }

    /// Takes the comparisons of a window into account.
    pub fn compared(&mut self, at: Timestamp, span: Span, found: &[Comparison]) -> Vec<Alarm> {
        (self.until, self.looked) = (Some(span.to), Some(span.to));
        for comparison in found {
            let Outcome::Findings(findings) = &comparison.outcome else { continue };
            self.figures.extend(findings.iter().map(|finding| (finding.kind, finding.now)));
        }
        let changes = self.drift.take(found);
        changes.into_iter().map(|change| drifted(change, at, span)).collect()
    }

    /// Takes the first review of a suggestion into account.
    pub fn judged(&mut self, at: Timestamp, judged: &Judged) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let all = self.overrides.take().or_else(|| Rate::new(OVERRIDDEN, PATIENCE).ok());
        if let Some(mut rate) = all {
            alarms.extend(overridden(&mut rate, judged.sighting, None, at));
            self.overrides = Some(rate);
        }
        let Some(intent) = &judged.intent else { return alarms };
        let known = self.overrides_of.remove(intent);
        if let Some(mut rate) = known.or_else(|| Rate::new(OVERRIDDEN, PATIENCE).ok()) {
            alarms.extend(overridden(&mut rate, judged.sighting, Some(intent), at));
            self.overrides_of.insert(intent.clone(), rate);
        }
        alarms
    }

    /// Takes note of whether the promise about automatic decisions holds.
    pub fn promised(&mut self, at: Timestamp, contract: Option<&Contract>) -> Option<Alarm> {
        let breach = match contract?.standing() {
            Standing::Kept => None,
            Standing::Tightened { breach, .. } | Standing::Demoted(breach) => Some(breach.clone()),
        };
        if breach == self.breach {
            return None;
        }
        let before = std::mem::replace(&mut self.breach, breach.clone());
        let bare = bare(Subject::Contract, at);
        let Some(breach) = breach else {
            let ground = before.map(|breach| breach.ground);
            let says = "over: a fresh certificate is in force".to_owned();
            return Some(Alarm { raised: false, level: Level::Act, ground, says, ..bare });
        };
        Some(Alarm {
            level: Level::Act,
            ground: Some(breach.ground),
            now: breach.evidence,
            usual: breach.limit,
            says: breach.to_string(),
            ..bare
        })
    }

    /// Takes note of how many handoffs have waited since before `due`.
    pub fn waiting(&mut self, at: Timestamp, due: Timestamp, handoffs: u64) -> Option<Alarm> {
        let none = if handoffs == 0 { self.overdue.none.saturating_add(1).min(NONE) } else { 0 };
        let was = self.overdue.raised;
        let raised = handoffs > 0 || (was && none < NONE);
        self.overdue = Overdue { raised, none: if raised { none } else { 0 } };
        if raised == was {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "there are far fewer handoffs than 2^52")]
        let now = handoffs as f64;
        let says = format!("{handoffs} handoffs of high or critical severity wait for too long");
        let bare = bare(Subject::Handoffs, at);
        Some(Alarm { raised, level: Level::Notify, to: due, now, says, ..bare })
    }

    /// True if a kind of drift is raised against any reference.
    pub fn has_drifted(&self, kind: Kind) -> bool {
        self.drift.raised().any(|(raised, _)| raised == kind)
    }

    /// What the last comparison found of a kind; `None` before the first.
    pub fn figure(&self, kind: Kind) -> Option<f64> {
        self.figures.get(&kind).copied()
    }

    /// How many override rates are in alarm: that of all intents, and those of single ones.
    pub fn overrides_raised(&self) -> usize {
        let rates = self.overrides.iter().chain(self.overrides_of.values());
        rates.filter(|rate| rate.stage() == Stage::Alarm).count()
    }
}

fn drifted(change: Change, at: Timestamp, span: Span) -> Alarm {
    let Change { basis, raised, level, finding } = change;
    let (now, usual) = (finding.now, finding.usual);
    let says = format!(
        "{} {now:.3}, usually {usual:.3} (probability of chance {:.2e})",
        finding.kind.words(),
        finding.p
    );
    Alarm {
        level,
        basis: Some(basis),
        from: Some(span.from),
        to: span.to,
        now,
        usual,
        says,
        causes: finding.causes,
        raised,
        ..bare(finding.kind.into(), at)
    }
}

fn overridden(
    rate: &mut Rate,
    sighting: Sighting,
    of: Option<&Intent>,
    at: Timestamp,
) -> Option<Alarm> {
    let before = rate.stage();
    let stage = rate.observe(sighting)?;
    let raised = stage != Stage::Quiet;
    let loudest = if raised { stage } else { before };
    let now = rate.share().unwrap_or_default();
    let whose = of.map_or_else(String::new, |intent| format!(" of {intent}"));
    let says = format!(
        "{:.0} % of the latest reviewed suggestions{whose} were overridden; up to {:.0} % is in order",
        now * 100.0,
        OVERRIDDEN * 100.0
    );
    Some(Alarm {
        level: if loudest == Stage::Alarm { Level::Notify } else { Level::Show },
        intent: of.cloned(),
        now,
        usual: OVERRIDDEN,
        says,
        raised,
        ..bare(Subject::Overrides, at)
    })
}

/// The beginning of an alarm, without figures.
fn bare(subject: Subject, at: Timestamp) -> Alarm {
    Alarm {
        at,
        subject,
        raised: true,
        level: Level::Show,
        intent: None,
        basis: None,
        ground: None,
        from: None,
        to: at,
        now: 0.0,
        usual: 0.0,
        says: String::new(),
        causes: Vec::new(),
        decisions: Vec::new(),
    }
}
