//! A packet as its receiver completed it: the draft, with what they corrected in it.

use super::{
    packet::{Actor, Evidence, EvidenceKind, Impact, Packet, Quote, Step, StepOutcome},
    receipt::{Completed, Corrections, EvidenceNote, NewStep},
    source::Source,
};

/// A packet that counts as reviewed. What has no source is in the receiver's own words.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfirmedPacket {
    /// What is wrong, for whom.
    pub problem: Option<Quote>,
    /// Every step already tried: those of the draft in order, then the receiver's.
    pub whats_been_done: Vec<ConfirmedStep>,
    /// The specific request to the next tier.
    pub whats_needed: Option<String>,
    /// Mood, business impact, attempt number.
    pub customer_context: Option<String>,
    /// A starting hypothesis.
    pub hypothesis: Option<Quote>,
    /// Facts to the letter: those of the draft in order, then the receiver's.
    pub evidence: Vec<ConfirmedEvidence>,
    /// Who is affected and how.
    pub impact: Impact,
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedStep {
    /// Who did it.
    pub by: Actor,
    /// The words that say so.
    pub text: String,
    /// What came of it.
    pub outcome: StepOutcome,
    /// Where the words stand; `None` for the receiver's own.
    pub source: Option<Source>,
}

/// A fact that has to survive to the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedEvidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Its characters.
    pub value: String,
    /// Where they stand first; `None` for the receiver's own.
    pub source: Option<Source>,
}

impl ConfirmedPacket {
    /// Puts a draft and its completion together; the completion must have passed
    /// [`Completed::check`] against that draft.
    pub fn new(draft: &Packet, completed: &Completed) -> Self {
        let made = &completed.corrections;
        Self {
            problem: corrected(draft.problem.as_ref(), made.problem.as_deref()),
            whats_been_done: steps(draft, made),
            whats_needed: completed.whats_needed.clone(),
            customer_context: completed.customer_context.clone(),
            hypothesis: corrected(draft.hypothesis.as_ref(), made.hypothesis.as_deref()),
            evidence: evidence(draft, made),
            impact: impact(&draft.impact, made),
        }
    }
}

/// The receiver's words where there are any; an empty text says that there is nothing.
fn corrected(draft: Option<&Quote>, words: Option<&str>) -> Option<Quote> {
    match words {
        None => draft.cloned(),
        Some("") => None,
        Some(words) => Some(Quote { text: words.to_owned(), sources: Vec::new() }),
    }
}

fn steps(draft: &Packet, made: &Corrections) -> Vec<ConfirmedStep> {
    let mut steps = Vec::with_capacity(draft.whats_been_done.len() + made.add_steps.len());
    for (place, step) in (0..).zip(&draft.whats_been_done) {
        if made.remove_steps.contains(&place) {
            continue;
        }
        let mut step = ConfirmedStep::from(step);
        if let Some(change) = made.change_steps.iter().find(|change| change.step == place) {
            step.by = change.by.unwrap_or(step.by);
            step.outcome = change.outcome.unwrap_or(step.outcome);
            if let Some(text) = &change.text {
                (step.text, step.source) = (text.clone(), None);
            }
        }
        steps.push(step);
    }
    steps.extend(made.add_steps.iter().map(ConfirmedStep::from));
    steps
}

fn evidence(draft: &Packet, made: &Corrections) -> Vec<ConfirmedEvidence> {
    let drafted = (0..).zip(&draft.evidence);
    let kept = drafted.filter(|(place, _)| !made.remove_evidence.contains(place));
    let mut evidence: Vec<_> = kept.map(|(_, item)| ConfirmedEvidence::from(item)).collect();
    evidence.extend(made.add_evidence.iter().map(ConfirmedEvidence::from));
    evidence
}

fn impact(draft: &Impact, made: &Corrections) -> Impact {
    let made = made.impact.unwrap_or_default();
    Impact {
        who: made.who.unwrap_or(draft.who),
        work: made.work.unwrap_or(draft.work),
        impacted_users: made.impacted_users.or(draft.impacted_users),
        ..draft.clone()
    }
}

impl From<&Step> for ConfirmedStep {
    fn from(step: &Step) -> Self {
        let (by, outcome, source) = (step.by, step.outcome, Some(step.source));
        Self { by, text: step.text.clone(), outcome, source }
    }
}

impl From<&NewStep> for ConfirmedStep {
    fn from(step: &NewStep) -> Self {
        Self { by: step.by, text: step.text.clone(), outcome: step.outcome, source: None }
    }
}

impl From<&Evidence> for ConfirmedEvidence {
    fn from(item: &Evidence) -> Self {
        Self { kind: item.kind, value: item.value.clone(), source: Some(item.source) }
    }
}

impl From<&EvidenceNote> for ConfirmedEvidence {
    fn from(note: &EvidenceNote) -> Self {
        Self { kind: note.kind, value: note.value.clone(), source: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Span, StepChange};

    fn step(text: &str) -> Step {
        let source = Source { message: Some(0), span: Span::new(0, 4) };
        Step { by: Actor::Bot, text: text.to_owned(), outcome: StepOutcome::Unknown, source }
    }

    fn draft() -> Packet {
        let problem = Quote { text: "It fails".to_owned(), sources: Vec::new() };
        Packet {
            problem: Some(problem.clone()),
            hypothesis: Some(problem),
            whats_been_done: vec![step("a"), step("b"), step("c")],
            ..Packet::default()
        }
    }

    #[test]
    fn without_corrections_the_draft_stands() {
        let draft = draft();
        let packet = ConfirmedPacket::new(&draft, &Completed::default());
        assert_eq!(packet.problem, draft.problem);
        let steps: Vec<_> = draft.whats_been_done.iter().map(ConfirmedStep::from).collect();
        assert_eq!(packet.whats_been_done, steps);
    }

    #[test]
    fn places_count_the_draft_whatever_is_removed() {
        let change =
            StepChange { step: 2, outcome: Some(StepOutcome::Worked), ..StepChange::default() };
        let new = NewStep { by: Actor::Agent, text: "d".to_owned(), outcome: StepOutcome::Failed };
        let corrections = Corrections {
            remove_steps: vec![0],
            change_steps: vec![change],
            add_steps: vec![new],
            hypothesis: Some(String::new()),
            ..Corrections::default()
        };
        let packet =
            ConfirmedPacket::new(&draft(), &Completed { corrections, ..Completed::default() });
        let steps: Vec<_> =
            packet.whats_been_done.iter().map(|step| (step.text.as_str(), step.outcome)).collect();
        let want =
            [("b", StepOutcome::Unknown), ("c", StepOutcome::Worked), ("d", StepOutcome::Failed)];
        assert_eq!(steps, want);
        assert_eq!(packet.hypothesis, None);
    }
}
