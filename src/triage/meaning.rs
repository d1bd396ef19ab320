//! What a label means as a decision.

use super::Triage;
use crate::{
    domain::{Conversation, Intent, IntentScore, Probability, Record, RoleId, Tier},
    policy::{self, Policy},
};

impl Triage {
    /// Where a conversation that was assessed would have gone, had the model been sure of an
    /// intent: with every rule that moves intents by what is said. `None` if the model was silent.
    pub fn meaning(
        &self,
        said: &Conversation,
        answer: &Record,
        intent: &Intent,
    ) -> Option<(Tier, RoleId)> {
        let case = policy::Case {
            conversation: said,
            features: &answer.features,
            prediction: answer.prediction.as_ref(),
            standing: &answer.standing,
            now: answer.at,
        };
        leads_to(&self.policy(), &case, intent)
    }
}

/// Where a case would have gone under a policy, had the model been sure of an intent; `None` if
/// the model was silent.
pub(super) fn leads_to(
    policy: &Policy,
    case: &policy::Case<'_>,
    intent: &Intent,
) -> Option<(Tier, RoleId)> {
    let mut prediction = case.prediction?.clone();
    let (label, probability) = (intent.clone(), Probability::ONE);
    prediction.intents = vec![IntentScore { label, probability }];
    let decision = policy.decide(&policy::Case { prediction: Some(&prediction), ..*case });
    Some((decision.tier, decision.role))
}
