//! What people say of a decision, and what became of its conversation.

use serde::{Deserialize, Serialize};

use super::{
    conversation::Invalid,
    decision::{Band, Tier},
    intent::{Intent, RoleId},
    kept::{StoreText, kept_name},
    record::Record,
    spelled::spelled,
    time::Timestamp,
};

spelled! {
    /// What a person says of a decision.
    pub enum Verdict {
        /// It was right.
        Accepted => "accepted",
        /// It was wrong.
        Overridden => "overridden",
    }
}

spelled! {
    /// How a label came about, which says what may be concluded from it.
    pub enum LabelSource {
        /// An agent, in the course of work.
        Agent => "agent",
        /// An agent who was asked about a decision drawn at random, without seeing the suggestion.
        Audit => "audit",
    }
}

/// What one person says of a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Right or wrong.
    pub verdict: Verdict,
    /// The right tier, where it is another.
    pub tier: Option<Tier>,
    /// The right role, where it is another.
    pub role: Option<RoleId>,
    /// The right intent, where it is another.
    pub intent: Option<Intent>,
    /// In their words; `None` where no text is kept.
    pub note: Option<String>,
    /// Who, as the caller names them.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How it came about.
    pub source: LabelSource,
    /// They saw the suggestion first, which draws people towards it.
    pub shown: bool,
    /// How probable it was, before the decision was taken, that somebody would look at it: 1 below
    /// the band `auto`, where every decision goes by a person; `None` where nobody knows.
    pub observed: Option<f64>,
}

impl Review {
    /// Checks a review against the decision it is about; every fault with its JSON pointer.
    ///
    /// # Errors
    /// It accepts another decision than the one taken, or overrides with the same.
    pub fn check(&self, record: &Record) -> Result<(), Vec<Invalid>> {
        let decision = &record.decision;
        let predicted = record
            .prediction
            .as_ref()
            .and_then(|said| said.ranked().first().map(|score| score.label.clone()));
        let others = [
            ("/tier", self.tier.is_some_and(|tier| tier != decision.tier)),
            ("/role", self.role.as_ref().is_some_and(|role| *role != decision.role)),
            ("/intent", self.intent.is_some() && self.intent != predicted),
        ];
        match self.verdict {
            Verdict::Overridden if others.iter().all(|(_, is_other)| !is_other) => {
                let detail = "nothing else is given than what was decided: give another tier, \
                              role or intent, or send accepted";
                Err(vec![Invalid::new("/verdict", detail)])
            }
            Verdict::Overridden => Ok(()),
            Verdict::Accepted => {
                let wrong = others.iter().filter(|(_, is_other)| *is_other).map(|(pointer, _)| {
                    Invalid::new(
                        *pointer,
                        "it is not what was decided: send overridden, or leave it out",
                    )
                });
                let wrong: Vec<_> = wrong.collect();
                if wrong.is_empty() { Ok(()) } else { Err(wrong) }
            }
        }
    }

    /// The same review with the probability of its being seen, and no more text than may be kept.
    ///
    /// - `mask`: the text with personal data replaced, `None` if it has none.
    #[must_use]
    pub fn about(mut self, record: &Record, mask: impl Fn(&str) -> Option<String>) -> Self {
        if self.source == LabelSource::Agent {
            self.observed = (record.decision.band != Band::Auto).then_some(1.0);
        }
        self.by = kept_name(self.by, &mask);
        self.note = match record.store_text {
            StoreText::Full => self.note,
            StoreText::Masked => self.note.map(|note| mask(&note).unwrap_or(note)),
            StoreText::Nothing => None,
        };
        self
    }
}

/// What became of a conversation; what is absent is not known, or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resolution {
    /// The tier that resolved it.
    pub resolved_tier: Option<Tier>,
    /// When.
    pub resolved_at: Option<Timestamp>,
    /// When it was opened again.
    pub reopened_at: Option<Timestamp>,
    /// The customer's rating, 1 to 5.
    pub csat: Option<u8>,
    /// How often it changed hands after the first.
    pub reassignments: Option<u32>,
    /// It came back to a team that had passed it on.
    pub bounced_back: Option<bool>,
    /// The customer had to tell it again.
    pub repeat_explanation: Option<bool>,
    /// The receiver had to ask for what the handoff lacked.
    pub asked_again: Option<bool>,
    /// When a person picked it up.
    pub picked_up_at: Option<Timestamp>,
    /// A promised time was missed.
    pub sla_breached: Option<bool>,
}

/// Lowest and highest rating of a customer.
pub const CSAT: std::ops::RangeInclusive<u8> = 1..=5;

impl Resolution {
    /// Takes in what is known later: it wins where it says anything.
    #[must_use]
    pub fn then(self, later: &Self) -> Self {
        Self {
            resolved_tier: later.resolved_tier.or(self.resolved_tier),
            resolved_at: later.resolved_at.or(self.resolved_at),
            reopened_at: later.reopened_at.or(self.reopened_at),
            csat: later.csat.or(self.csat),
            reassignments: later.reassignments.or(self.reassignments),
            bounced_back: later.bounced_back.or(self.bounced_back),
            repeat_explanation: later.repeat_explanation.or(self.repeat_explanation),
            asked_again: later.asked_again.or(self.asked_again),
            picked_up_at: later.picked_up_at.or(self.picked_up_at),
            sla_breached: later.sla_breached.or(self.sla_breached),
        }
    }

    /// Checks values that no type can; every fault with its JSON pointer.
    ///
    /// # Errors
    /// A rating out of range, or a time after the present.
    pub fn check(&self, now: Timestamp) -> Result<(), Vec<Invalid>> {
        let mut wrong = Vec::new();
        if self.csat.is_some_and(|csat| !CSAT.contains(&csat)) {
            wrong.push(Invalid::new("/csat", "give a whole number from 1 to 5"));
        }
        let times = [
            ("/resolved_at", self.resolved_at),
            ("/reopened_at", self.reopened_at),
            ("/picked_up_at", self.picked_up_at),
        ];
        for (pointer, at) in times {
            if at.is_some_and(|at| at > now) {
                wrong.push(Invalid::new(pointer, format!("it is {now} now: give no later time")));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_later_wins_where_it_says_anything() {
        let early = Resolution { csat: Some(2), reassignments: Some(1), ..Resolution::default() };
        let late = Resolution { csat: Some(4), bounced_back: Some(false), ..Resolution::default() };
        let both = early.clone().then(&late);
        assert_eq!(
            (both.csat, both.reassignments, both.bounced_back),
            (Some(4), Some(1), Some(false))
        );
        assert_eq!(early.clone().then(&Resolution::default()), early);
        assert_eq!(Resolution::default().then(&late), late);
    }

    #[test]
    fn ratings_and_times_are_checked() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let late: Timestamp = "2026-11-20T10:00:01Z".parse().unwrap();
        for csat in [0, 6, 255] {
            let wrong = Resolution { csat: Some(csat), ..Resolution::default() };
            assert_eq!(wrong.check(now).unwrap_err()[0].pointer, "/csat");
        }
        let wrong = Resolution {
            resolved_at: Some(late),
            reopened_at: Some(late),
            picked_up_at: Some(now),
            ..Resolution::default()
        };
        let pointers: Vec<_> =
            wrong.check(now).unwrap_err().into_iter().map(|w| w.pointer).collect();
        assert_eq!(pointers, ["/resolved_at", "/reopened_at"]);
    }
}
