//! A decision in words and bars, as several pages show it.

use super::{
    decisions::done,
    view::{Bar, percent, words},
};
use crate::domain::{Action, Band, Record};

/// Routes and intents that are shown.
const BARS: usize = 5;

/// What was decided, how sure, and why.
pub(super) struct Outcome {
    pub(super) band: Band,
    /// What is done, in one sentence.
    pub(super) headline: String,
    /// How sure that is, in one sentence.
    pub(super) sureness: String,
    pub(super) facts: Vec<(&'static str, String)>,
    /// Every rule that shaped the decision: its code and what it saw.
    pub(super) reasons: Vec<(&'static str, String)>,
    pub(super) routes: Vec<Bar>,
    pub(super) intents: Vec<Bar>,
}

impl Outcome {
    pub(super) fn new(record: &Record) -> Self {
        let reasons = record.decision.reasons.iter();
        Self {
            band: record.decision.band,
            headline: headline(record),
            sureness: sureness(record),
            facts: facts(record),
            reasons: reasons.map(|reason| (reason.code.as_str(), reason.text.clone())).collect(),
            routes: routes(record),
            intents: intents(record),
        }
    }
}

fn headline(record: &Record) -> String {
    let decision = &record.decision;
    let place = format!("{} (tier {})", words(decision.role.as_str()), decision.tier);
    match decision.action {
        Action::Resolve => format!("Resolved by self-service: {place}"),
        Action::Route => format!("Routed to {place}"),
        Action::Suggest => format!("Suggested: {place}"),
        Action::HandOff => format!("Handed to a person; most likely for {place}"),
    }
}

fn sureness(record: &Record) -> String {
    let decision = &record.decision;
    let share = percent(decision.confidence.get());
    let next = match (decision.band, decision.action) {
        (_, Action::Resolve | Action::Route) => "Nobody was asked.",
        (Band::Auto, _) => "Sure enough to act alone, but nothing is automatic there yet.",
        (Band::Suggest, _) => "An agent confirms or corrects it.",
        (Band::Human, _) => "A person decides.",
    };
    format!("{share} sure that tier and role are right. {next}")
}

fn facts(record: &Record) -> Vec<(&'static str, String)> {
    let decision = &record.decision;
    let strikes = decision.strikes;
    let mut facts = vec![
        ("Action", format!("{} ({})", done(decision.action), decision.mode)),
        ("Queue", decision.queue.clone()),
        ("Severity", decision.severity.to_string()),
        ("Priority", decision.priority.to_string()),
        ("Failed attempts", format!("{} of {}", strikes.count, strikes.limit)),
        ("Language", record.features.language.code.clone()),
    ];
    if let Some(said) = &record.prediction {
        let mood = said.sentiment;
        let frustration = percent(mood.frustration.get());
        facts.push(("Mood", format!("{}, frustration {frustration}", mood.label)));
    }
    if let Some(escalation) = &decision.escalation {
        let (kind, role) = (escalation.kind, words(escalation.to_role.as_str()));
        facts.push(("Escalation", format!("{kind}, to {role} (tier {})", escalation.to_tier)));
    }
    if !decision.notify.is_empty() {
        let notify: Vec<_> = decision.notify.iter().map(|role| words(role.as_str())).collect();
        facts.push(("Also told", notify.join(", ")));
    }
    if !decision.degraded.is_empty() {
        let parts: Vec<_> = decision.degraded.iter().map(|part| part.as_str()).collect();
        facts.push(("Done without", parts.join(", ")));
    }
    facts.push(("Model", format!("{} {}", record.model.0, record.model.1)));
    facts.push(("Policy", record.policy.clone()));
    facts
}

fn routes(record: &Record) -> Vec<Bar> {
    let decision = &record.decision;
    let best = decision.candidates.iter().take(BARS);
    best.map(|candidate| {
        let label = format!("{} · tier {}", words(candidate.role.as_str()), candidate.tier);
        let strong = candidate.tier == decision.tier && candidate.role == decision.role;
        Bar { strong, ..Bar::new(label, candidate.probability) }
    })
    .collect()
}

fn intents(record: &Record) -> Vec<Bar> {
    let Some(said) = &record.prediction else { return Vec::new() };
    let best = said.ranked().into_iter().take(BARS).enumerate();
    best.map(|(place, score)| Bar {
        strong: place == 0,
        ..Bar::new(words(score.label.as_str()), score.probability)
    })
    .collect()
}
