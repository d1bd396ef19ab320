//! One decision as its page shows it.

use askama::Template;

use super::{
    forms::{Entered, say_who, say_work},
    people::{Confirmed, Handoff, Said},
    transcript::{Extent, Transcript},
};
use crate::{
    api::{
        App,
        dashboard::{
            decisions::{done, intents, roles},
            frame::{Frame, Place},
            view::{Bar, Moment, percent, words},
        },
    },
    domain::{Action, Band, DecisionId, Invalid, Record, StepOutcome, Tier, Who, Work},
    handoff,
};

/// Intents that are shown.
const INTENTS: usize = 5;
/// Other routes that are offered for one click.
const OFFERED: usize = 3;

/// One decision.
#[derive(Template)]
#[template(path = "decision.html")]
pub(super) struct View {
    pub(super) frame: Frame,
    id: DecisionId,
    conversation: String,
    at: Moment,
    band: Band,
    /// What was done, in one sentence.
    headline: String,
    /// How sure that is, in one sentence.
    sureness: String,
    facts: Vec<(&'static str, String)>,
    reasons: Vec<(&'static str, String)>,
    routes: Vec<Bar>,
    intents: Vec<Bar>,
    transcript: Transcript,
    steps: Vec<Step>,
    evidence: Vec<Fact>,
    evidence_left_out: u32,
    problem: String,
    hypothesis: Option<String>,
    missing: Vec<String>,
    mood: String,
    who: &'static str,
    work: &'static str,
    /// The packet as a private note.
    note: String,
    /// What may be said to the customer, where the policy says it.
    customer_message: Option<String>,
    /// Routes that one click overrides to.
    offered: Vec<Route>,
    all_roles: Vec<String>,
    all_intents: Vec<String>,
    pub(super) reviews: Vec<Said>,
    pub(super) receipts: Vec<Confirmed>,
    pub(super) handoff: Handoff,
    pub(super) is_of_record: bool,
    /// What was entered and did not fit.
    pub(super) entered: Entered,
    pub(super) faults: Vec<Invalid>,
}

/// Something that was tried.
struct Step {
    by: &'static str,
    text: String,
    outcome: StepOutcome,
    /// Its message, from 1; none for the subject line.
    message: Option<u32>,
}

/// A piece of evidence.
struct Fact {
    kind: String,
    value: String,
}

/// Another place where the conversation could go.
struct Route {
    tier: Tier,
    role: String,
    label: String,
}

impl View {
    pub(super) fn new(app: &App, record: &Record, extent: Extent) -> Self {
        let (decision, packet) = (&record.decision, &record.packet);
        let conversation = record.conversation_id.to_string();
        let steps = packet.whats_been_done.iter().map(|step| Step {
            by: step.by.as_str(),
            text: step.text.clone(),
            outcome: step.outcome,
            message: step.source.message.map(|place| place + 1),
        });
        let evidence = packet.evidence.iter();
        let evidence = evidence
            .map(|item| Fact { kind: words(item.kind.as_str()), value: item.value.clone() });
        Self {
            frame: Frame::new(app, Place::Decisions, format!("Decision on {conversation}")),
            id: record.id,
            at: Moment(record.at),
            band: decision.band,
            headline: headline(record),
            sureness: sureness(record),
            facts: facts(record),
            reasons: decision.reasons.iter().map(|r| (r.code.as_str(), r.text.clone())).collect(),
            routes: routes(record),
            intents: intent_bars(record),
            transcript: Transcript::new(record, extent),
            steps: steps.collect(),
            evidence: evidence.collect(),
            evidence_left_out: packet.evidence_left_out,
            problem: packet.problem.as_ref().map(|quote| quote.text.clone()).unwrap_or_default(),
            hypothesis: packet.hypothesis.as_ref().map(|quote| quote.text.clone()),
            missing: packet.missing_context.iter().map(|what| words(what.as_str())).collect(),
            mood: packet.hints.mood.clone(),
            who: say_who(packet.impact.who),
            work: say_work(packet.impact.work),
            note: handoff::markdown(packet, decision),
            customer_message: decision.customer_message.clone(),
            offered: offered(record),
            all_roles: roles(app),
            all_intents: intents(app),
            reviews: Vec::new(),
            receipts: Vec::new(),
            handoff: Handoff::None,
            is_of_record: false,
            entered: Entered::default(),
            faults: Vec::new(),
            conversation,
        }
    }

    /// What is wrong with that field.
    fn fault(&self, pointer: &str) -> Option<&str> {
        let found = self.faults.iter().find(|fault| fault.pointer == pointer);
        found.map(|fault| fault.detail.as_str())
    }

    /// Faults that no field of the page is about.
    fn other_faults(&self) -> impl Iterator<Item = &Invalid> {
        const FIELDS: [&str; 6] =
            ["/by", "/confirmed_by", "/tier", "/role", "/intent", "/note"];
        self.faults.iter().filter(|fault| !FIELDS.contains(&fault.pointer.as_str()))
    }

    fn whos(&self) -> [&'static str; 4] {
        [Who::Unknown, Who::One, Who::Team, Who::Many].map(say_who)
    }

    fn works(&self) -> [&'static str; 3] {
        [Work::Unknown, Work::Slowed, Work::Stopped].map(say_work)
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
    let best = decision.candidates.iter().take(INTENTS);
    best.map(|candidate| {
        let label = format!("{} · tier {}", words(candidate.role.as_str()), candidate.tier);
        let strong = candidate.tier == decision.tier && candidate.role == decision.role;
        Bar { strong, ..Bar::new(label, candidate.probability) }
    })
    .collect()
}

fn intent_bars(record: &Record) -> Vec<Bar> {
    let Some(said) = &record.prediction else { return Vec::new() };
    let best = said.ranked().into_iter().take(INTENTS).enumerate();
    best.map(|(place, score)| {
        Bar { strong: place == 0, ..Bar::new(words(score.label.as_str()), score.probability) }
    })
    .collect()
}

fn offered(record: &Record) -> Vec<Route> {
    let decision = &record.decision;
    let others = decision
        .candidates
        .iter()
        .filter(|other| other.tier != decision.tier || other.role != decision.role);
    let others = others.take(OFFERED).map(|other| Route {
        tier: other.tier,
        role: other.role.to_string(),
        label: format!("{} (tier {})", words(other.role.as_str()), other.tier),
    });
    others.collect()
}
