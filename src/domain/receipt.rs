//! What the receiver makes of a packet: the sections that only people write, and what the draft
//! got wrong.

use serde::{Deserialize, Serialize};

use super::{
    conversation::Invalid,
    packet::{Actor, EvidenceKind, Packet, StepOutcome, Who, Work},
    record::Record,
    spelled::spelled,
    time::Timestamp,
};

/// One person's completion and confirmation of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Who confirmed it, as the caller names them.
    pub confirmed_by: String,
    /// When.
    pub confirmed_at: Timestamp,
    /// Which sections they wrote or corrected, in the order of [`Section`].
    pub sections: Vec<Section>,
    /// What they wrote; `None` where no text is kept.
    pub completed: Option<Completed>,
}

/// What the receiver wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Completed {
    /// The specific request to the next tier.
    pub whats_needed: Option<String>,
    /// Mood, business impact, attempt number.
    pub customer_context: Option<String>,
    /// What the draft got wrong.
    pub corrections: Corrections,
}

/// What the draft got wrong. Places count the lists of the stored packet from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Corrections {
    /// What is wrong, for whom, in better words.
    pub problem: Option<String>,
    /// Steps of the draft that were not quite so.
    pub change_steps: Vec<StepChange>,
    /// Steps that the draft lacks; they come last.
    pub add_steps: Vec<NewStep>,
    /// Steps that were none.
    pub remove_steps: Vec<u32>,
    /// Facts that the draft lacks; they come last.
    pub add_evidence: Vec<EvidenceNote>,
    /// Facts that were none.
    pub remove_evidence: Vec<u32>,
    /// Who is affected and how.
    pub impact: Option<ImpactCorrection>,
    /// A better starting hypothesis; an empty text says that there is none.
    pub hypothesis: Option<String>,
}

/// What was not quite so about a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepChange {
    /// Its place.
    pub step: u32,
    /// Who did it.
    pub by: Option<Actor>,
    /// What was done.
    pub text: Option<String>,
    /// What came of it.
    pub outcome: Option<StepOutcome>,
}

/// A step in the receiver's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStep {
    /// Who did it.
    pub by: Actor,
    /// What was done.
    pub text: String,
    /// What came of it.
    pub outcome: StepOutcome,
}

/// A fact that the draft lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceNote {
    /// What it is.
    pub kind: EvidenceKind,
    /// Its characters.
    pub value: String,
}

/// Who is affected and how; what is absent stays as drafted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImpactCorrection {
    /// How many.
    pub who: Option<Who>,
    /// What it does to the work.
    pub work: Option<Work>,
    /// Users affected.
    pub impacted_users: Option<u64>,
}

spelled! {
    /// A section of the packet that a receiver may write or correct.
    pub enum Section {
        /// What is wrong.
        Problem => "problem",
        /// What was tried.
        WhatsBeenDone => "whats_been_done",
        /// The request to the next tier.
        WhatsNeeded => "whats_needed",
        /// Mood, business impact, attempt number.
        CustomerContext => "customer_context",
        /// Facts to the letter.
        Evidence => "evidence",
        /// Who is affected.
        Impact => "impact",
        /// What it may be.
        Hypothesis => "hypothesis",
    }
}

/// Longest text of a section, in characters.
const SECTION_CHARS: usize = 10_000;
/// Longest text of one step or fact, in characters.
const ITEM_CHARS: usize = 2_048;
/// Most corrections of one kind.
const MOST: usize = 500;

impl Completed {
    /// Checks it against the packet that it completes.
    ///
    /// # Errors
    /// Everything that is wrong, each with its JSON pointer.
    pub fn check(&self, packet: &Packet) -> Result<(), Vec<Invalid>> {
        let mut check = Check { packet, wrong: Vec::new() };
        check.text("/whats_needed", self.whats_needed.as_deref(), SECTION_CHARS);
        check.text("/customer_context", self.customer_context.as_deref(), SECTION_CHARS);
        check.corrections(&self.corrections);
        if check.wrong.is_empty() { Ok(()) } else { Err(check.wrong) }
    }

    /// Which sections were written or corrected.
    pub fn sections(&self) -> Vec<Section> {
        let made = &self.corrections;
        let steps =
            [made.change_steps.len(), made.add_steps.len(), made.remove_steps.len()] != [0; 3];
        let evidence = [made.add_evidence.len(), made.remove_evidence.len()] != [0; 2];
        let touched = |section: &Section| match section {
            Section::Problem => made.problem.is_some(),
            Section::WhatsBeenDone => steps,
            Section::WhatsNeeded => self.whats_needed.is_some(),
            Section::CustomerContext => self.customer_context.is_some(),
            Section::Evidence => evidence,
            Section::Impact => made.impact.is_some(),
            Section::Hypothesis => made.hypothesis.is_some(),
        };
        Section::ALL.iter().copied().filter(touched).collect()
    }

    /// The same in other words, each text replaced by what `words` makes of it.
    #[must_use]
    pub fn in_words(mut self, words: impl Fn(&str) -> String) -> Self {
        let made = &mut self.corrections;
        let sections = [&mut self.whats_needed, &mut self.customer_context];
        let corrected = [&mut made.problem, &mut made.hypothesis];
        let texts = sections.into_iter().chain(corrected).flatten();
        let changed = made.change_steps.iter_mut().filter_map(|step| step.text.as_mut());
        let added = made.add_steps.iter_mut().map(|step| &mut step.text);
        let facts = made.add_evidence.iter_mut().map(|fact| &mut fact.value);
        for text in texts.chain(changed).chain(added).chain(facts) {
            *text = words(text);
        }
        self
    }
}

/// A check of corrections on its way.
struct Check<'a> {
    packet: &'a Packet,
    wrong: Vec<Invalid>,
}

impl Check<'_> {
    fn refuse(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.wrong.push(Invalid::new(pointer, detail));
    }

    fn corrections(&mut self, made: &Corrections) {
        self.text("/corrections/problem", made.problem.as_deref(), SECTION_CHARS);
        if let Some(text) = made.hypothesis.as_deref().filter(|text| !text.is_empty()) {
            self.text("/corrections/hypothesis", Some(text), SECTION_CHARS);
        }
        let lists = [
            ("change_steps", made.change_steps.len()),
            ("add_steps", made.add_steps.len()),
            ("remove_steps", made.remove_steps.len()),
            ("add_evidence", made.add_evidence.len()),
            ("remove_evidence", made.remove_evidence.len()),
        ];
        for (name, count) in lists.into_iter().filter(|(_, count)| *count > MOST) {
            let detail = format!("{count} entries are more than the limit of {MOST}");
            self.refuse(format!("/corrections/{name}"), detail);
        }
        if !self.wrong.is_empty() {
            return;
        }
        self.steps(made);
        let known = self.packet.evidence.len();
        self.places("/corrections/remove_evidence", &made.remove_evidence, (known, "evidence"));
        for (place, fact) in made.add_evidence.iter().enumerate() {
            let pointer = format!("/corrections/add_evidence/{place}/value");
            self.text(&pointer, Some(&fact.value), ITEM_CHARS);
        }
    }

    fn steps(&mut self, made: &Corrections) {
        let known = self.packet.whats_been_done.len();
        let changed: Vec<u32> = made.change_steps.iter().map(|change| change.step).collect();
        self.places("/corrections/remove_steps", &made.remove_steps, (known, "steps"));
        for (place, change) in made.change_steps.iter().enumerate() {
            let at = format!("/corrections/change_steps/{place}");
            let pointer = format!("{at}/step");
            if change.step as usize >= known {
                self.refuse(&pointer, missing(change.step, known, "steps"));
            } else if changed[..place].contains(&change.step) {
                self.refuse(&pointer, "this step is changed twice");
            } else if made.remove_steps.contains(&change.step) {
                self.refuse(&pointer, "this step is removed as well");
            }
            if (change.by, &change.text, change.outcome) == (None, &None, None) {
                self.refuse(&at, "nothing is changed: give by, text or outcome");
            }
            self.text(&format!("{at}/text"), change.text.as_deref(), ITEM_CHARS);
        }
        for (place, step) in made.add_steps.iter().enumerate() {
            let pointer = format!("/corrections/add_steps/{place}/text");
            self.text(&pointer, Some(&step.text), ITEM_CHARS);
        }
    }

    fn places(&mut self, pointer: &str, places: &[u32], (known, what): (usize, &str)) {
        for (at, place) in places.iter().enumerate() {
            if *place as usize >= known {
                self.refuse(format!("{pointer}/{at}"), missing(*place, known, what));
            } else if places[..at].contains(place) {
                self.refuse(format!("{pointer}/{at}"), "it is named twice");
            }
        }
    }

    fn text(&mut self, pointer: &str, text: Option<&str>, limit: usize) {
        let Some(text) = text else { return };
        let chars = text.chars().count();
        if text.trim().is_empty() {
            self.refuse(pointer, "give at least one word, or leave the field out");
        } else if chars > limit {
            let detail = format!("{chars} characters are more than the limit of {limit}");
            self.refuse(pointer, detail);
        }
    }
}

fn missing(place: u32, known: usize, what: &str) -> String {
    format!("there is no place {place}: the packet has {known} {what}, counted from 0")
}

impl Record {
    /// The receipt as it may be kept beside this record: in masked words, or without any.
    ///
    /// - `mask`: the text with personal data replaced, `None` if it has none.
    #[must_use]
    pub fn kept_receipt(&self, receipt: Receipt, mask: impl Fn(&str) -> Option<String>) -> Receipt {
        use super::kept::{StoreText, kept_name};
        let confirmed_by = kept_name(receipt.confirmed_by, &mask);
        let masked = |text: &str| mask(text).unwrap_or_else(|| text.to_owned());
        let completed = match self.store_text {
            StoreText::Full => receipt.completed,
            StoreText::Masked => receipt.completed.map(|made| made.in_words(masked)),
            StoreText::Nothing => None,
        };
        Receipt { confirmed_by, completed, ..receipt }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Evidence, Source, Span, Step};

    fn packet() -> Packet {
        let source = Source { message: Some(0), span: Span::new(0, 4) };
        let step = Step {
            by: Actor::Bot,
            text: "Restart".to_owned(),
            outcome: StepOutcome::Unknown,
            source,
        };
        let fact = Evidence { kind: EvidenceKind::Order, value: "A-1".to_owned(), source };
        Packet {
            whats_been_done: vec![step.clone(), step],
            evidence: vec![fact],
            ..Packet::default()
        }
    }

    fn pointers(corrections: Corrections) -> Vec<String> {
        let made = Completed { corrections, ..Completed::default() };
        let wrong = made.check(&packet()).err().unwrap_or_default();
        wrong.into_iter().map(|wrong| wrong.pointer).collect()
    }

    #[test]
    fn corrections_must_point_at_what_the_packet_has() {
        let change = |step, outcome| StepChange { step, outcome, ..StepChange::default() };
        let failed = Some(StepOutcome::Failed);
        let made = Corrections {
            change_steps: vec![change(2, failed), change(0, failed), change(0, None)],
            remove_steps: vec![1, 5, 1],
            remove_evidence: vec![1],
            add_evidence: vec![EvidenceNote { kind: EvidenceKind::Order, value: " ".to_owned() }],
            ..Corrections::default()
        };
        let want = [
            "/corrections/remove_steps/1",
            "/corrections/remove_steps/2",
            "/corrections/change_steps/0/step",
            "/corrections/change_steps/2/step",
            "/corrections/change_steps/2",
            "/corrections/remove_evidence/0",
            "/corrections/add_evidence/0/value",
        ];
        assert_eq!(pointers(made), want);
    }

    #[test]
    fn a_step_is_changed_or_removed_and_a_hypothesis_may_be_emptied() {
        let change = StepChange { step: 0, by: Some(Actor::Agent), ..StepChange::default() };
        let made = Corrections {
            change_steps: vec![change],
            remove_steps: vec![0],
            hypothesis: Some(String::new()),
            ..Corrections::default()
        };
        assert_eq!(pointers(made), ["/corrections/change_steps/0/step"]);
    }

    #[test]
    fn every_text_is_reworded_and_every_section_named() {
        let text = || Some("secret".to_owned());
        let step =
            NewStep { by: Actor::Agent, text: "secret".to_owned(), outcome: StepOutcome::Failed };
        let made = Completed {
            whats_needed: text(),
            customer_context: text(),
            corrections: Corrections {
                problem: text(),
                change_steps: vec![StepChange { text: text(), ..StepChange::default() }],
                add_steps: vec![step],
                add_evidence: vec![EvidenceNote {
                    kind: EvidenceKind::Order,
                    value: "secret".to_owned(),
                }],
                hypothesis: text(),
                impact: Some(ImpactCorrection::default()),
                ..Corrections::default()
            },
        };
        assert_eq!(made.sections(), Section::ALL);
        let kept = serde_json::to_string(&made.in_words(|_| "masked".to_owned())).unwrap();
        assert!(!kept.contains("secret"), "{kept}");
    }
}
