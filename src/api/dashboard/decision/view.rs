//! One decision as its page shows it.

use askama::Template;

use super::{
    forms::{Entered, say_who, say_work},
    people::{Confirmed, Handoff, Said},
};
use crate::{
    api::{
        App,
        dashboard::{
            decisions::{intents, roles},
            frame::{Frame, Place},
            outcome::Outcome,
            transcript::{Extent, Transcript},
            view::{Moment, words},
        },
    },
    domain::{DecisionId, Invalid, Record, StepOutcome, Tier, Who, Work},
    handoff,
};

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
    outcome: Outcome,
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
            outcome: Outcome::new(record),
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
        const FIELDS: [&str; 6] = ["/by", "/confirmed_by", "/tier", "/role", "/intent", "/note"];
        self.faults.iter().filter(|fault| !FIELDS.contains(&fault.pointer.as_str()))
    }

    #[expect(clippy::unused_self, reason = "a template calls methods only")]
    fn whos(&self) -> [&'static str; 4] {
        [Who::Unknown, Who::One, Who::Team, Who::Many].map(say_who)
    }

    #[expect(clippy::unused_self, reason = "a template calls methods only")]
    fn works(&self) -> [&'static str; 3] {
        [Work::Unknown, Work::Slowed, Work::Stopped].map(say_work)
    }
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
