//! What is entered on the page of a decision, made into what the JSON API takes.

use crate::{
    api::review::ReviewRequest,
    domain::{
        Completed, Corrections, ImpactCorrection, Packet, StepChange, StepOutcome, Verdict, Who,
        Work,
    },
};

/// The fields of a form, as they were entered.
#[derive(Debug, Default)]
pub(super) struct Entered(Vec<(String, String)>);

impl Entered {
    pub(super) fn new(mut fields: Vec<(String, String)>) -> Self {
        for (_, value) in &mut fields {
            // Browsers send the lines of a text with carriage returns.
            *value = value.replace("\r\n", "\n");
        }
        Self(fields)
    }

    /// What was entered there, trimmed; empty if nothing was.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }

    /// True if that was chosen.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    fn optional(&self, name: &str) -> Option<String> {
        let value = self.get(name);
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The review that was entered: accepted, one of the routes offered, or another.
    pub(super) fn review(&self) -> ReviewRequest {
        let verdict = Verdict::parse(self.get("verdict")).unwrap_or(Verdict::Overridden);
        let mut asked = ReviewRequest {
            verdict,
            tier: None,
            role: None,
            intent: None,
            note: self.optional("note"),
            by: self.get("by").to_owned(),
            shown: Some(true),
        };
        if verdict == Verdict::Accepted {
            return asked;
        }
        let (tier, role) = match self.get("route").split_once(' ') {
            Some((tier, role)) => (Some(tier.to_owned()), Some(role.to_owned())),
            None => (self.optional("tier"), self.optional("role")),
        };
        // What is no number is no tier either, which the check of the review says.
        asked.tier = tier.map(|tier| tier.parse().unwrap_or(u8::MAX));
        asked.role = role;
        asked.intent = self.optional("intent");
        asked
    }

    /// The packet that was entered: what is as the draft says is no correction.
    pub(super) fn completed(&self, draft: &Packet) -> Completed {
        let problem = self.get("problem");
        let was = draft.problem.as_ref().map_or("", |quote| quote.text.as_str());
        let mut made = Corrections {
            problem: (!problem.is_empty() && problem != was.trim()).then(|| problem.to_owned()),
            ..Corrections::default()
        };
        for (place, step) in (0u32..).zip(&draft.whats_been_done) {
            let outcome = self.get(&format!("step-{place}"));
            if outcome == "none" {
                made.remove_steps.push(place);
            } else if let Some(outcome) = StepOutcome::parse(outcome)
                && outcome != step.outcome
            {
                let outcome = Some(outcome);
                made.change_steps.push(StepChange {
                    step: place,
                    outcome,
                    ..StepChange::default()
                });
            }
        }
        // A box that is not ticked is not sent at all.
        let asked = if self.is("evidence", "asked") { draft.evidence.len() } else { 0 };
        for place in (0u32..).take(asked) {
            if !self.is(&format!("evidence-{place}"), "keep") {
                made.remove_evidence.push(place);
            }
        }
        let who = who(self.get("who")).filter(|who| *who != draft.impact.who);
        let work = work(self.get("work")).filter(|work| *work != draft.impact.work);
        if who.is_some() || work.is_some() {
            made.impact = Some(ImpactCorrection { who, work, impacted_users: None });
        }
        Completed {
            whats_needed: self.optional("whats_needed"),
            customer_context: self.optional("customer_context"),
            corrections: made,
        }
    }
}

fn who(text: &str) -> Option<Who> {
    [Who::One, Who::Team, Who::Many, Who::Unknown].into_iter().find(|who| say_who(*who) == text)
}

fn work(text: &str) -> Option<Work> {
    [Work::Stopped, Work::Slowed, Work::Unknown].into_iter().find(|work| say_work(*work) == text)
}

/// Who is affected, as the form says it.
pub(super) fn say_who(who: Who) -> &'static str {
    match who {
        Who::One => "one person",
        Who::Team => "a team",
        Who::Many => "many",
        Who::Unknown => "unknown",
    }
}

/// What became of their work, as the form says it.
pub(super) fn say_work(work: Work) -> &'static str {
    match work {
        Work::Stopped => "stopped",
        Work::Slowed => "slowed",
        Work::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Actor, Quote, Source, Span, Step};

    fn entered(fields: &[(&str, &str)]) -> Entered {
        let owned = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Entered::new(owned.collect())
    }

    fn draft() -> Packet {
        let source = Source { message: Some(0), span: Span::new(0, 4) };
        let (text, outcome) = ("Restart".to_owned(), StepOutcome::Unknown);
        let step = Step { by: Actor::Bot, text, outcome, source };
        let problem = Some(Quote { text: "It fails.".to_owned(), sources: Vec::new() });
        Packet { problem, whats_been_done: vec![step.clone(), step], ..Packet::default() }
    }

    #[test]
    fn a_route_that_was_offered_names_tier_and_role() {
        let form = [("route", "2 senior_specialist"), ("by", " Kim ")];
        let asked = entered(&form).review();
        assert_eq!((asked.tier, asked.role.as_deref()), (Some(2), Some("senior_specialist")));
        assert_eq!((asked.verdict, asked.by.as_str()), (Verdict::Overridden, "Kim"));
    }

    #[test]
    fn accepting_says_nothing_else() {
        let form = [("verdict", "accepted"), ("tier", "3"), ("by", "Kim")];
        assert_eq!(entered(&form).review().tier, None);
    }

    #[test]
    fn what_is_as_the_draft_says_is_no_correction() {
        let same = entered(&[
            ("problem", "It fails."),
            ("step-0", "unknown"),
            ("step-1", "unknown"),
            ("who", "unknown"),
        ]);
        assert_eq!(same.completed(&draft()).corrections, Corrections::default());
        let other =
            entered(&[("problem", "It fails daily."), ("step-0", "failed"), ("step-1", "none")]);
        let made = other.completed(&draft()).corrections;
        assert_eq!(made.problem.as_deref(), Some("It fails daily."));
        assert_eq!((made.change_steps.len(), made.remove_steps), (1, vec![1]));
    }
}
