//! Prediction → Decision: the rules of a support desk, as one typed document.
//!
//! Pure and total: what could fail was checked when the document was loaded. One evaluation asks
//! every rule in order (`evaluate`); each rule stands in a file of its own, next to the
//! parameters that it obeys.
//!
//! Without a prediction a case takes the document's `[fallback]`: it is the only candidate, with
//! probability 1 because nothing else is possible, and the confidence is 0 because nobody judged.

mod amount;
mod attempts;
mod bands;
mod bypass;
mod certificate;
mod check;
mod coverage;
mod document;
mod escalate;
mod evaluate;
mod facts;
mod hours;
mod load;
mod matrix;
mod mode;
mod notes;
mod overlap;
mod place;
mod probe;
mod probe_case;
mod restatement;
mod roles;
mod routes;
mod severity;
mod strikes;
#[cfg(test)]
mod tests;
mod trace;
mod triggers;

use jiff::civil::Date;

use crate::domain::{
    Band, Certificate, Conversation, Decision, Degraded, Features, Intent, Mode, Prediction,
    Probability, Reason, ReasonCode, RoleId, Standing, Tier, Timestamp,
};

use self::{document::Document, evaluate::Rulebook, mode::Modes, routes::Routes};

pub use self::{
    attempts::marks,
    document::TierRule,
    load::{Examined, Probed},
    matrix::{ContentMove, IntentRoute},
    notes::{About, Note},
    strikes::{Strike, StrikeKind, settle, strikes},
    trace::{Explained, Explanation},
    triggers::Acknowledgement,
};

/// A policy that was parsed, checked and probed.
#[derive(Debug)]
pub struct Policy {
    document: Document,
    routes: Routes,
    /// As it was written.
    text: String,
    version: String,
    /// What is worth knowing whatever the day.
    notes: Vec<Note>,
}

/// Everything a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What came in.
    pub conversation: &'a Conversation,
    /// What the text says.
    pub features: &'a Features,
    /// What the model says; `None` if it did not answer in time.
    pub prediction: Option<&'a Prediction>,
    /// What the conversation has seen so far, this request included.
    pub standing: &'a Standing,
    /// The present moment.
    pub now: Timestamp,
}

/// Why a policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {key}: {reason}")]
pub struct Error {
    /// The file.
    pub file: String,
    /// The key, dotted, e.g. `bands.auto`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub reason: String,
    /// The line of the text, from 1; `None` if nothing of the key is there.
    pub line: Option<usize>,
}

impl Policy {
    /// The policy that ships with the service.
    pub const DEFAULT: &str = include_str!("default.toml");

    /// Parses, checks and probes a policy document (TOML); `file` is named in errors.
    ///
    /// # Errors
    /// Every fault with file, key and reason: the first one of syntax or type, else all that the
    /// checks find, else all that the probes find.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Error>> {
        load::load(text, file)
    }

    /// The same, with what became of each probe.
    pub fn examine(text: &str, file: &str) -> Examined {
        load::examine(text, file)
    }

    /// The document as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True for a role of the policy.
    pub fn knows_role(&self, role: &RoleId) -> bool {
        self.document.role.contains_key(role)
    }

    /// Where an intent leads by itself; `None` if the document does not name it.
    pub fn route(&self, intent: &Intent) -> Option<(Tier, &RoleId)> {
        self.routes.rule(intent).map(|rule| (rule.tier, &rule.role))
    }

    /// Checks that every intent of a model has a route.
    ///
    /// # Errors
    /// Names the intents without one.
    pub fn check_covers(&self, intents: &[Intent]) -> Result<(), Error> {
        let lacking = intents.iter().filter(|intent| self.routes.rule(intent).is_none());
        let lacking: Vec<_> = lacking.map(Intent::as_str).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let names = lacking.join(", ");
        Err(Error {
            file: self.document.name.clone(),
            key: "intent".to_owned(),
            reason: format!(
                "the model knows intents without a route; write [intent.*] for {names}"
            ),
            line: None,
        })
    }

    /// The first digits of the document's digest.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What people call the policy.
    pub fn name(&self) -> &str {
        &self.document.name
    }

    /// What the service may do on its own now, where a role does not say otherwise; the kill
    /// switch makes it shadow everywhere.
    pub fn mode(&self) -> Mode {
        if self.document.kill_switch { Mode::Shadow } else { self.document.mode }
    }

    /// From this confidence on decisions of a model are automatic, where no other rule holds:
    /// the stricter of policy and certificate; `None` if the model is not certified.
    pub fn auto_from(&self, certificate: &Certificate) -> Option<Probability> {
        let own = self.document.bands.auto;
        certificate.auto_from.map(|certified| if certified > own { certified } else { own })
    }

    /// What is automatic with a model of that certificate, in words.
    pub fn automation(&self, certificate: &Certificate) -> String {
        certificate::words(self.document.bands.auto, certificate)
    }

    /// The policy's own thresholds: for `auto`, then for `suggest`.
    pub fn thresholds(&self) -> (Probability, Probability) {
        (self.document.bands.auto, self.document.bands.suggest)
    }

    /// When the policy is to be looked at again.
    pub fn review_by(&self) -> Option<Date> {
        self.document.review_by.map(|date| date.0)
    }

    /// What is worth knowing about the policy on that day, though it is no fault.
    pub fn notes(&self, today: Date) -> Vec<Note> {
        let mut notes = notes::calendar(&self.document, today);
        notes.extend_from_slice(&self.notes);
        notes
    }

    /// The escalation matrix as Markdown, drawn from the document alone.
    pub fn matrix(&self) -> String {
        matrix::draw(&self.document)
    }

    /// Where each intent leads, in the order of the document.
    pub fn routes(&self) -> Vec<IntentRoute> {
        matrix::routes(&self.document)
    }

    /// The tiers with their boundaries, as the document lists them.
    pub fn tiers(&self) -> &[TierRule] {
        &self.document.tier
    }

    /// The roles, in the order of their names.
    pub fn roles(&self) -> impl Iterator<Item = &RoleId> {
        self.document.role.keys()
    }

    /// When a handoff counts as not picked up, and whom to inform; `None` if it never does.
    pub fn acknowledgement(&self) -> Option<&Acknowledgement> {
        self.document.trigger.acknowledgement.as_ref()
    }

    /// Decides where a case goes.
    pub fn decide(&self, case: &Case<'_>) -> Decision {
        self.rulebook().decide(case)
    }

    /// The same decision with every rule that was asked, in order: what it saw, whether it held.
    pub fn explain(&self, case: &Case<'_>) -> Explanation {
        self.rulebook().explain(case)
    }

    /// The same decision for a case whose record could not be stored: the band at most `suggest`.
    #[must_use]
    pub fn without_store(&self, mut decision: Decision) -> Decision {
        if decision.degraded.contains(&Degraded::Store) {
            return decision;
        }
        // A lowered band has this reason, no longer its confidence.
        decision.reasons.retain(|reason| reason.code != ReasonCode::BandAuto);
        decision.band = decision.band.min(Band::Suggest);
        decision.action = bands::action(decision.band, decision.tier, decision.mode);
        let text = format!(
            "the store could not be written: the band is at most suggest, with confidence {:.3} \
             (auto from {:.3})",
            decision.confidence.get(),
            self.document.bands.auto.get()
        );
        decision.reasons.push(Reason::new(ReasonCode::DegradedStore, text));
        decision.degraded.push(Degraded::Store);
        decision
    }

    fn rulebook(&self) -> Rulebook<'_> {
        let (document, routes) = (&self.document, &self.routes);
        Rulebook { document, routes, modes: Modes::AsWritten }
    }
}
