//! What the model says about a conversation.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    certificate::Certificate, intent::Intent, probability::Probability, source::Source,
    spelled::spelled,
};

/// The model's answer: calibrated, but not yet a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Every intent of the model in the order of its labels; the probabilities sum to 1.
    pub intents: Vec<IntentScore>,
    /// How the customer feels.
    pub sentiment: Sentiment,
    /// How unlike the training texts the conversation is: a z-score, 0 for the usual text, above
    /// [`Prediction::novelty_limit`] for one in twenty of the texts that it was calibrated on.
    pub novelty: f32,
    /// The model's own limit for `novelty`: its 95 % quantile on held-out texts.
    pub novelty_limit: f32,
    /// What each sentence that was read does, in reading order.
    pub acts: Vec<ActScores>,
    /// Messages of the customer's that state what an earlier turn stated, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Repeat>,
    /// What was not read because of a stated limit.
    pub left_out: Vec<Source>,
    /// How far the model may be trusted to act alone; records from before it was kept have none.
    #[serde(default)]
    pub certificate: Arc<Certificate>,
    /// The conversation's vector, of length 1, for those who watch how conversations change. It
    /// goes along with a prediction that was just made and is no part of what is recorded.
    #[serde(skip)]
    pub vector: Option<Arc<[f32]>>,
}

/// A message of the customer's that states, in whatever words, what an earlier turn stated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// Place of the message in the transcript.
    pub message: u32,
    /// Place of the message that stated it before: the one that is closest in meaning.
    pub earlier: u32,
    /// Cosine of the two, rounded to three digits.
    pub similarity: f32,
}

/// One intent with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentScore {
    /// Label of the model.
    pub label: Intent,
    /// Calibrated probability.
    pub probability: Probability,
}

/// How the customer feels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// The most probable of the three.
    pub label: SentimentLabel,
    /// Its calibrated probability.
    pub probability: Probability,
    /// Calibrated probability that the customer is strongly frustrated.
    pub frustration: Probability,
}

spelled! {
    /// The three sentiments, in the order of the model's rows.
    pub enum SentimentLabel {
        /// Unhappy.
        Negative => "negative",
        /// Neither.
        Neutral => "neutral",
        /// Happy.
        Positive => "positive",
    }
}

spelled! {
    /// What a sentence does, in the order of the model's rows.
    pub enum Act {
        /// Says what is wrong.
        Problem => "problem",
        /// Asks somebody to do something.
        Request => "request",
        /// Names a step towards a solution, result unknown.
        StepTried => "step_tried",
        /// Says that a step or an answer did not help.
        OutcomeFailed => "outcome_failed",
        /// Says that a step helped or a check passed.
        OutcomeWorked => "outcome_worked",
        /// Says who is affected, how much, until when.
        Impact => "impact",
        /// Asks for information.
        Question => "question",
        /// Greets, thanks, closes.
        GreetingThanks => "greeting_thanks",
        /// Anything else.
        Other => "other",
    }
}

/// How probable each act is for one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ActScores {
    /// Place of the message in the transcript; `None` is the subject line.
    pub message: Option<u32>,
    /// Place of the sentence in [`super::TextFeatures::sentences`].
    pub sentence: u32,
    /// Probabilities in the order of [`Act::ALL`], rounded to four digits; they sum to about 1.
    pub probabilities: [Probability; Act::ALL.len()],
}

impl Prediction {
    /// The intents, most probable first; ties in the order of the labels.
    pub fn ranked(&self) -> Vec<&IntentScore> {
        let mut ranked: Vec<_> = self.intents.iter().collect();
        ranked.sort_by(|a, b| b.probability.get().total_cmp(&a.probability.get()));
        ranked
    }

    /// The probability of an intent; 0 for one that the model does not know.
    pub fn probability(&self, label: &str) -> Probability {
        let found = self.intents.iter().find(|score| score.label.as_str() == label);
        found.map_or(Probability::ZERO, |score| score.probability)
    }

    /// The acts of one sentence, where the model has read it.
    pub fn acts_of(&self, message: Option<u32>, sentence: u32) -> Option<&ActScores> {
        self.acts.iter().find(|acts| acts.message == message && acts.sentence == sentence)
    }
}

impl ActScores {
    /// The most probable act.
    pub fn top(&self) -> Act {
        let mut best = Act::Other;
        for &act in Act::ALL {
            if self.of(act) > self.of(best) {
                best = act;
            }
        }
        best
    }

    /// The probability of one act.
    pub fn of(&self, act: Act) -> Probability {
        self.probabilities[act as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_looked_up_in_the_order_of_the_rows() {
        let mut probabilities = [Probability::ZERO; Act::ALL.len()];
        probabilities[Act::Impact as usize] = Probability::saturating(0.7);
        let acts = ActScores { message: Some(0), sentence: 0, probabilities };
        assert_eq!(acts.top(), Act::Impact);
        assert_eq!(Act::ALL[Act::Impact as usize], Act::Impact);
    }
}
