//! The promise about automatic decisions, and what happens when it is broken.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Ground};
use crate::{
    domain::{Certificate, Probability, Timestamp},
    statistics::{Detector, Unwatchable},
};

/// What is promised, and what follows if it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// At least this share of automatic decisions is right, in `(0, 1)`.
    pub precision: f64,
    /// The mean number of events to a false alarm is at least this, on each ground; above 1.
    pub patience: f64,
    /// The share of automatic decisions that is audited, in `(0, 1]`. Decisions that were more
    /// probably audited than this count for less.
    pub audited: f64,
    /// The share of satisfied customers when the promise was given; `None`: it is not watched.
    pub satisfied: Option<f64>,
    /// What an alarm leads to.
    pub response: Response,
}

/// What an alarm leads to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// Nothing is automatic any more.
    Demote,
    /// The threshold rises by a step with each alarm, so many times; then as `Demote`.
    Tighten {
        /// By how much.
        step: Probability,
        /// How often.
        times: u32,
    },
}

/// Watches a promise. Data can only narrow what is automatic; a person widens it again, with a
/// certificate under which the promise was never broken.
///
/// Serialised, it goes on where it stopped, bit for bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    terms: Terms,
    /// The digest of the certificate in force.
    certificate: String,
    standing: Standing,
    audits: Detector,
    overrides: Detector,
    satisfaction: Option<Detector>,
    /// Who gave the latest labels, and who overrode last.
    auditors: Voices,
    overriders: Voices,
    /// The certificates under which the promise was broken.
    broken: BTreeSet<String>,
}

/// Whether the promise holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does, as far as anybody knows.
    Kept,
    /// It was broken; the threshold is higher.
    Tightened {
        /// By so many steps.
        steps: u32,
        /// The latest breach.
        breach: Breach,
    },
    /// It was broken; nothing is automatic.
    Demoted(Breach),
}

/// When and why a promise was broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breach {
    /// When.
    pub at: Timestamp,
    /// On which ground.
    pub ground: Ground,
    /// Events on that ground since the promise was given or last broken.
    pub seen: u64,
    /// The share of bad ones that was promised at most.
    pub limit: f64,
    /// The evidence against the promise, rounded; it grew from 0 to at least the patience.
    pub evidence: f64,
    /// The certificate in force at that time.
    pub certificate: String,
}

/// A person puts a certificate in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Renewal<'a> {
    /// The digest of the certificate.
    pub certificate: &'a str,
    /// Who does it.
    pub by: &'a str,
    /// The share of satisfied customers from now on; `None`: it is not watched.
    pub satisfied: Option<f64>,
}

/// Why a certificate does not renew a promise.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotFresh {
    /// It has failed before.
    #[error(
        "the promise was broken under the certificate {0}: certify the model again on new labels"
    )]
    Broken(String),
    /// A promise is not renewed by a machine.
    #[error("nobody is named who puts the certificate in force: say who does")]
    Nobody,
    /// No promise can be watched with such numbers.
    #[error(transparent)]
    Unwatchable(#[from] Unwatchable),
}

/// A drop of satisfaction by this much breaks the promise: 3 percentage points.
const DROP: f64 = 0.03;
/// Labels of which it is known who gave them.
const REMEMBERED: usize = 200;
/// What one person's labels count beyond those of all others.
const HEAD_START: usize = 50;

impl Contract {
    /// Promises something under a certificate, named by its digest.
    ///
    /// # Errors
    /// [`Unwatchable`] names the term that is out of its range.
    pub fn new(terms: Terms, certificate: &str) -> Result<Self, Unwatchable> {
        let detector = |limit: f64| Detector::new(limit, terms.patience);
        let satisfaction = match terms.satisfied {
            None => None,
            Some(satisfied) if !(0.0..=1.0).contains(&satisfied) => {
                return Err(Unwatchable::Limit(satisfied));
            }
            Some(satisfied) => Some(detector((1.0 - satisfied + DROP).min(1.0 - DROP))?),
        };
        Ok(Self {
            terms,
            certificate: certificate.to_owned(),
            standing: Standing::Kept,
            audits: detector(1.0 - terms.precision)?,
            overrides: detector(1.0 - terms.precision)?,
            satisfaction,
            auditors: Voices::default(),
            overriders: Voices::default(),
            broken: BTreeSet::new(),
        })
    }

    /// Whether the promise holds, and if not since when and why.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The digest of the certificate in force.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Takes into account what was learnt at a time; returns the breach if the promise breaks now.
    ///
    /// It can narrow what is automatic and never widen it. After a demotion nothing changes any
    /// more until [`Self::renew`].
    pub fn observe(&mut self, evidence: Evidence<'_>, at: Timestamp) -> Option<Breach> {
        if matches!(self.standing, Standing::Demoted(_)) {
            return None;
        }
        let (ground, detector) = match evidence {
            Evidence::Audit { wrong, observed, by } => {
                let weight = (self.terms.audited / observed).min(1.0) * self.auditors.hear(by);
                self.audits.observe(f64::from(wrong), weight);
                (Ground::Audits, &self.audits)
            }
            Evidence::Settled { overridden_by } => {
                let weight = overridden_by.map_or(1.0, |by| self.overriders.hear(by));
                let overridden = f64::from(overridden_by.is_some());
                self.overrides.observe(overridden, weight);
                (Ground::Overrides, &self.overrides)
            }
            Evidence::Rating { satisfied } => {
                let detector = self.satisfaction.as_mut()?;
                detector.observe(f64::from(!satisfied), 1.0);
                (Ground::Satisfaction, &*detector)
            }
        };
        if !detector.alarms() {
            return None;
        }
        let breach = Breach {
            at,
            ground,
            seen: detector.seen(),
            limit: (detector.limit() * 1e6).round() / 1e6,
            evidence: detector.evidence().round(),
            certificate: self.certificate.clone(),
        };
        self.narrow(breach.clone());
        Some(breach)
    }

    /// What is still automatic of what a certificate and a policy allow: the certificate with a
    /// threshold that is as high or higher, or none.
    ///
    /// `policy`: the policy's own threshold.
    #[must_use]
    pub fn narrowed(&self, certificate: &Certificate, policy: Probability) -> Certificate {
        let steps = match &self.standing {
            Standing::Kept => return certificate.clone(),
            Standing::Tightened { steps, .. } => *steps,
            Standing::Demoted(_) => {
                return Certificate { auto_from: None, broken: true, ..certificate.clone() };
            }
        };
        let auto_from = certificate.auto_from.and_then(|from| {
            let from = if policy > from { policy } else { from };
            raised(from, self.terms.response, steps)
        });
        Certificate { auto_from, ..certificate.clone() }
    }

    /// A person puts a certificate in force: what it allows is automatic again, and all evidence
    /// starts anew.
    ///
    /// # Errors
    /// [`NotFresh`] if the promise was broken under this certificate, now or before, or if nobody
    /// is named.
    pub fn renew(&mut self, renewal: Renewal<'_>) -> Result<(), NotFresh> {
        if renewal.by.trim().is_empty() {
            return Err(NotFresh::Nobody);
        }
        if self.broken.contains(renewal.certificate) {
            return Err(NotFresh::Broken(renewal.certificate.to_owned()));
        }
        let terms = Terms { satisfied: renewal.satisfied, ..self.terms };
        let broken = std::mem::take(&mut self.broken);
        match Self::new(terms, renewal.certificate) {
            Ok(new) => *self = Self { broken, ..new },
            Err(cause) => {
                self.broken = broken;
                return Err(cause.into());
            }
        }
        Ok(())
    }

    fn narrow(&mut self, breach: Breach) {
        self.broken.insert(self.certificate.clone());
        let steps = match &self.standing {
            Standing::Kept => 1,
            Standing::Tightened { steps, .. } => steps.saturating_add(1),
            Standing::Demoted(_) => return,
        };
        self.standing = match self.terms.response {
            Response::Tighten { times, .. } if steps <= times => {
                Standing::Tightened { steps, breach }
            }
            Response::Tighten { .. } | Response::Demote => Standing::Demoted(breach),
        };
        // Decisions from the new threshold on are others: what was learnt of the old ones is done.
        self.audits.reset();
        self.overrides.reset();
        if let Some(detector) = &mut self.satisfaction {
            detector.reset();
        }
    }
}

/// A threshold after so many steps; `None` if nothing is left above it.
fn raised(from: Probability, response: Response, steps: u32) -> Option<Probability> {
    let Response::Tighten { step, .. } = response else { return None };
    #[expect(clippy::cast_precision_loss, reason = "with 2^24 steps nothing is left")]
    let threshold = from.get() + step.get() * steps as f32;
    (threshold < 1.0).then(|| Probability::saturating(threshold))
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, ground, seen, limit, evidence, certificate } = self;
        let certificate = certificate.get(..12).unwrap_or(certificate);
        write!(
            f,
            "since {at:.0}, of {seen} labels more than {:.1} % are {} \
             (evidence {evidence:.0} to 1; certificate {certificate})",
            limit * 100.0,
            ground.words()
        )
    }
}

/// Who was heard of late, so that no single person decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Voices(VecDeque<String>);

impl Voices {
    /// How much the next label of a person counts: of the latest 200, one person's count at most
    /// as many as those of all others together, and 50.
    ///
    /// It depends on who speaks and not on what they say.
    pub(super) fn hear(&mut self, by: &str) -> f64 {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        let own = self.0.iter().filter(|name| *name == by).count() + 1;
        let others = self.0.len() + 1 - own;
        self.0.push_back(by.to_owned());
        ratio(others + HEAD_START, own).min(1.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 250 of at most 200")]
fn ratio(of: usize, to: usize) -> f64 {
    of as f64 / to as f64
}
