//! What a label means as a decision.

use super::Triage;
use crate::{
    domain::{Conversation, Intent, IntentScore, Probability, Record, RoleId, Tier},
    policy,
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
        let mut prediction = answer.prediction.clone()?;
        let (label, probability) = (intent.clone(), Probability::ONE);
        prediction.intents = vec![IntentScore { label, probability }];
        let decision = self.policy().decide(&policy::Case {
            conversation: said,
            features: &answer.features,
            prediction: Some(&prediction),
            standing: &answer.standing,
            now: answer.at,
        });
        Some((decision.tier, decision.role))
    }
}
