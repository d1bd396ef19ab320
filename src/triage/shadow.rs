//! A candidate model beside the one in force: it reads the same conversations, what it would have
//! decided is compared, and nothing that it says is acted on.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Semaphore, time::Instant};

use super::{InForce, Triage};
use crate::{
    domain::{
        Band, Conversation, Decision, DecisionId, Intent, Prediction, Probability, Record, RoleId,
        Standing, Tier, Timestamp,
    },
    inference::{Call, Identity, Unavailable, Urgency},
    policy::{self, Policy},
    telemetry::metrics::{self, ShadowResult},
};

/// A candidate and what has come of its comparison so far.
pub struct Shadow {
    candidate: InForce,
    deadline: Duration,
    /// Conversations that it reads at the same time; what comes on top is left out.
    places: Arc<Semaphore>,
    tally: Mutex<Compared>,
}

/// What a comparison has shown so far.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// Decisions of both models on the same conversation.
    pub compared: u64,
    /// Those with the same tier and role and the same band.
    pub same: u64,
    /// Those with another tier or role.
    pub other_route: u64,
    /// Those with the same tier and role in another band.
    pub other_band: u64,
    /// Those with another most probable intent, whatever was decided.
    pub other_intent: u64,
    /// Decisions that the candidate was too busy for, or that were taken without model or store.
    pub skipped: u64,
    /// Decisions that the candidate failed at.
    pub failed: u64,
    /// The latest that differ in tier, role or band, newest first.
    pub latest: VecDeque<Disagreement>,
}

/// A conversation that the two decide differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The decision of record.
    pub decision: DecisionId,
    /// When it was taken.
    pub at: Timestamp,
    /// What was decided.
    pub in_force: Outcome,
    /// What the candidate would have decided.
    pub candidate: Outcome,
}

/// A decision in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The most probable intent; `None` without a prediction.
    pub intent: Option<Intent>,
    /// Who should act, by skill.
    pub tier: Tier,
    /// Who should act, by role.
    pub role: RoleId,
    /// How sure the model is.
    pub band: Band,
    /// Calibrated probability that tier and role are right.
    pub confidence: Probability,
}

/// Disagreements that are listed one by one.
const LATEST_MAX: usize = 100;
/// Conversations that the candidate reads at the same time.
const PLACES: usize = 32;

impl Shadow {
    /// A candidate that nothing has been compared with yet; `deadline` is for one conversation.
    pub fn new(candidate: InForce, deadline: Duration) -> Self {
        let places = Arc::new(Semaphore::new(PLACES));
        Self { candidate, deadline, places, tally: Mutex::default() }
    }

    /// Name and version of the candidate.
    pub fn identity(&self) -> Identity {
        self.candidate.model.identity()
    }

    /// The intents that it knows.
    pub fn intents(&self) -> &[Intent] {
        self.candidate.model.intents()
    }

    /// What has come of it so far.
    pub fn compared(&self) -> Compared {
        self.tally().clone()
    }

    fn tally(&self) -> MutexGuard<'_, Compared> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the candidate would have decided.
    async fn decide(
        &self,
        said: &Arc<Conversation>,
        taken: &Taken,
    ) -> Result<Outcome, Unavailable> {
        let features = self.candidate.features(said).await.map_err(|_| Unavailable::Failed)?;
        let model = &self.candidate.model;
        let call = Call { deadline: Instant::now() + self.deadline, urgency: Urgency::Batch };
        let prediction = match model.predict(features.clone(), call).await {
            // It is not busy but broken, and does not come back.
            Err(Unavailable::TimedOut) if !model.is_ready() => Err(Unavailable::Failed),
            answer => answer,
        }?;
        let decision = taken.policy.decide(&policy::Case {
            conversation: said,
            features: &features,
            prediction: Some(&prediction),
            standing: &taken.standing,
            now: taken.at,
        });
        Ok(Outcome::of(&decision, Some(&prediction)))
    }

    /// Counts a decision that is not compared.
    fn skip(&self) {
        self.tally().skipped += 1;
        metrics::shadow_compared(ShadowResult::Skipped);
    }

    /// Counts a decision that the candidate failed at.
    fn fail(&self) {
        self.tally().failed += 1;
        metrics::shadow_compared(ShadowResult::Failed);
    }

    fn note(&self, taken: &Taken, candidate: Outcome) {
        let result = taken.outcome.against(&candidate);
        metrics::shadow_compared(result);
        let mut tally = self.tally();
        tally.compared += 1;
        tally.other_intent += u64::from(candidate.intent != taken.outcome.intent);
        match result {
            ShadowResult::OtherRoute => tally.other_route += 1,
            ShadowResult::OtherBand => tally.other_band += 1,
            _ => {
                tally.same += 1;
                return;
            }
        }
        tally.latest.truncate(LATEST_MAX - 1);
        let (decision, at) = (taken.id, taken.at);
        let in_force = taken.outcome.clone();
        tally.latest.push_front(Disagreement { decision, at, in_force, candidate });
    }
}

impl Outcome {
    fn of(decision: &Decision, prediction: Option<&Prediction>) -> Self {
        let ranked = prediction.map(Prediction::ranked).unwrap_or_default();
        Self {
            intent: ranked.first().map(|score| score.label.clone()),
            tier: decision.tier,
            role: decision.role.clone(),
            band: decision.band,
            confidence: decision.confidence,
        }
    }

    fn against(&self, other: &Self) -> ShadowResult {
        if (self.tier, &self.role) != (other.tier, &other.role) {
            ShadowResult::OtherRoute
        } else if self.band != other.band {
            ShadowResult::OtherBand
        } else {
            ShadowResult::Same
        }
    }
}

/// A decision that was taken, as far as a comparison needs it.
struct Taken {
    id: DecisionId,
    at: Timestamp,
    standing: Standing,
    outcome: Outcome,
    policy: Arc<Policy>,
}

impl Triage {
    /// Puts a candidate beside the model in force, or takes it away.
    pub fn set_shadow(&self, shadow: Option<Shadow>) {
        self.shadow.store(shadow.map(Arc::new));
    }

    /// The candidate beside the model in force.
    pub fn candidate(&self) -> Option<Arc<Shadow>> {
        self.shadow.load_full()
    }

    /// Shows a conversation to the candidate, where there is one; the caller waits for nothing.
    pub(super) fn shadow(&self, said: &Arc<Conversation>, record: &Record, policy: &Arc<Policy>) {
        let Some(shadow) = self.candidate() else { return };
        // What was decided without model or store says nothing of the candidate.
        if !record.decision.degraded.is_empty() {
            return shadow.skip();
        }
        let place = shadow.places.clone().try_acquire_owned().ok();
        // Where people wait for the model in force, the cores are theirs.
        let Some(place) = place.filter(|_| self.model().waiting() == 0) else {
            return shadow.skip();
        };
        let taken = Taken {
            id: record.id,
            at: record.at,
            standing: record.standing,
            outcome: Outcome::of(&record.decision, record.prediction.as_ref()),
            policy: policy.clone(),
        };
        let said = said.clone();
        self.tasks.spawn(async move {
            match shadow.decide(&said, &taken).await {
                Ok(candidate) => shadow.note(&taken, candidate),
                Err(Unavailable::Failed) => shadow.fail(),
                Err(
                    Unavailable::TimedOut | Unavailable::Overloaded { .. } | Unavailable::Draining,
                ) => shadow.skip(),
            }
            drop(place);
        });
    }
}
