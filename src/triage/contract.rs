//! The promise about automatic decisions: what it leaves open now, and what it takes to give it
//! anew.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{InForce, Triage};
use crate::{
    domain::{Certificate, Prediction},
    monitor::{Breach, Contract, Response, Standing, Terms},
    store,
    telemetry::metrics,
};

/// What is known of the promise.
#[derive(Debug, Clone)]
pub(super) enum Promise {
    /// Nothing is kept, so there is nothing to watch.
    Unwatched,
    /// The store has not said yet: nothing is automatic.
    Unknown,
    /// As the store last said.
    Given(Arc<Contract>),
}

/// Whether the promise about automatic decisions holds under the certificate in force.
#[derive(Debug, Clone, PartialEq)]
pub enum Promised {
    /// Nothing is certified of the model, or nothing is kept: there is no promise.
    Nothing,
    /// It does, as far as anybody knows.
    Kept,
    /// It was broken: nothing is automatic, or only from a higher confidence on.
    Broken(Box<Breach>),
    /// It was broken under this certificate before, or the store has not said yet.
    Withheld,
}

/// What is promised (`docs/evaluate.md`), and when it counts as broken.
const TERMS: Terms = Terms {
    precision: 0.90,
    patience: 10_000.0,
    // Whoever is asked, and how often, depends on the time alone: each audit counts in full.
    audited: 1.0,
    satisfied: None,
    response: Response::Demote,
};

/// After that long an agent has seen what became of an automatic decision, and has overridden it
/// or will not.
const SETTLES: SignedDuration = SignedDuration::from_hours(24);

impl Triage {
    /// An operator puts the certificate in force that the model has: promises it, the first time or
    /// anew. The certificate that was in force already changes nothing, and one under which the
    /// promise was broken brings nothing back.
    ///
    /// `by`: who does it, or how.
    ///
    /// # Errors
    /// The store does not work; then nothing is automatic under a new certificate.
    pub async fn promise(&self, by: &str) -> Result<(), store::Error> {
        let (rules, at) = (self.in_force(), self.now());
        if let (Some(recorder), Some(digest)) = (&self.recorder, rules.model.certificate_digest()) {
            let (certificate, by) = (digest.to_owned(), by.to_owned());
            let promise = store::Promise { terms: TERMS, certificate, by, at };
            recorder.store().promise(promise).await?;
        }
        self.recall_promise().await
    }

    /// Counts automatic decisions of which nothing more is to be expected, and reads what other
    /// instances have learnt.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn settle(&self) -> Result<(), store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(()) };
        let now = self.now();
        let before = now.checked_sub(SETTLES).unwrap_or_default();
        while recorder.store().settle(before, now).await? {}
        self.recall_promise().await
    }

    /// Whether the promise holds, and if not since when and why.
    pub fn promised(&self) -> Promised {
        let rules = self.in_force();
        let Some(digest) = rules.model.certificate_digest() else { return Promised::Nothing };
        match &**self.promise.load() {
            Promise::Unwatched => Promised::Nothing,
            Promise::Unknown => Promised::Withheld,
            Promise::Given(contract) => match contract.standing() {
                Standing::Kept if contract.certificate() == digest => Promised::Kept,
                Standing::Kept => Promised::Withheld,
                Standing::Tightened { breach, .. } | Standing::Demoted(breach) => {
                    Promised::Broken(Box::new(breach.clone()))
                }
            },
        }
    }

    /// How far the model in force may act alone, by its certificate and by the promise.
    pub fn certificate(&self) -> Certificate {
        let rules = self.in_force();
        let certificate = rules.model.certificate();
        self.left_open(&rules, &certificate).unwrap_or(certificate)
    }

    /// The same prediction, trusted no further than the promise allows.
    pub(super) fn narrowed(&self, rules: &InForce, mut said: Prediction) -> Prediction {
        if let Some(narrower) = self.left_open(rules, &said.certificate) {
            said.certificate = Arc::new(narrower);
        }
        said
    }

    /// What the promise leaves open of a certificate; `None` if all of it.
    fn left_open(&self, rules: &InForce, certificate: &Certificate) -> Option<Certificate> {
        let digest = rules.model.certificate_digest()?;
        let nothing = || Certificate { auto_from: None, broken: true, ..certificate.clone() };
        match &**self.promise.load() {
            Promise::Unwatched => None,
            Promise::Given(contract) if contract.certificate() == digest => {
                let is_kept = *contract.standing() == Standing::Kept;
                let own = rules.policy.thresholds().0;
                (!is_kept).then(|| contract.narrowed(certificate, own))
            }
            Promise::Unknown | Promise::Given(_) => Some(nothing()),
        }
    }

    /// Reads the promise as the store has it, and tells where it has been broken meanwhile.
    pub(super) async fn recall_promise(&self) -> Result<(), store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(()) };
        let before = self.promised();
        let known = recorder.store().contract().await?;
        let known = known.map_or(Promise::Unknown, |known| Promise::Given(Arc::new(known)));
        self.promise.store(Arc::new(known));
        let now = self.promised();
        match &now {
            Promised::Broken(_) | Promised::Withheld => metrics::demoted(),
            Promised::Kept | Promised::Nothing => metrics::not_demoted(),
        }
        if now != before {
            match &now {
                Promised::Broken(breach) => {
                    tracing::error!(%breach, "nothing is automatic until a fresh certificate");
                }
                Promised::Kept => tracing::info!("the promise about automatic decisions holds"),
                Promised::Withheld | Promised::Nothing => {}
            }
        }
        Ok(())
    }
}
