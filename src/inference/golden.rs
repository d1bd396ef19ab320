//! `golden.json`: what a pack must give for known texts, to be checked on the machine at hand.
//!
//! 8-bit arithmetic can differ between processor families; `baton doctor` shows whether it does.

use serde::Deserialize;

use super::pool::{SentenceVector, Vectors};
use crate::domain::{
    Features, Language, Prediction, Segment, Sentence, SentenceKind, Span, Speaker, TextFeatures,
};

/// Texts with what a pack must give for them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Golden {
    /// Largest difference of a number of a vector.
    vector_tolerance: f32,
    /// Largest difference of a probability.
    probability_tolerance: f32,
    pub(super) cases: Vec<Case>,
}

/// One text, read as a conversation of one message of one sentence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) text: String,
    /// The first numbers of the unit vector of the text.
    vector: [f32; 8],
    /// The length of the mean of its token vectors.
    norm: f32,
    /// The most probable intent.
    intent: String,
    /// Its probability in the end.
    probability: f32,
}

/// How one golden text came out on this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenResult {
    /// The text.
    pub text: String,
    /// Largest difference of a number of the vector, or of its length as a share.
    pub vector_difference: f32,
    /// Difference of the probability of the expected intent.
    pub probability_difference: f32,
    /// The intent that the pack must give.
    pub expected_intent: String,
    /// The intent that it gave.
    pub intent: String,
    /// True if the intent is the same and both differences are within the pack's tolerances.
    pub passed: bool,
}

impl Golden {
    /// Reads and checks the golden texts; `Err` says what is wrong with them.
    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let golden: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let tolerances = [golden.vector_tolerance, golden.probability_tolerance];
        if golden.cases.is_empty() {
            return Err("cases is empty".to_owned());
        }
        if tolerances.iter().any(|tolerance| !(0.0..=0.2).contains(tolerance)) {
            return Err("a tolerance is a number from 0 to 0.2".to_owned());
        }
        Ok(golden)
    }

    /// Compares what came out with what must come out.
    pub(super) fn compare(
        &self,
        case: &Case,
        vectors: &Vectors,
        prediction: &Prediction,
    ) -> GoldenResult {
        let vector_difference =
            vectors.sentences.first().map_or(f32::INFINITY, |first| case.vector_difference(first));
        let expected = prediction.probability(&case.intent).get();
        let probability_difference = (expected - case.probability).abs();
        let top = prediction.ranked().first().map(|score| score.label.as_str().to_owned());
        let intent = top.unwrap_or_default();
        GoldenResult {
            text: case.text.clone(),
            vector_difference,
            probability_difference,
            passed: intent == case.intent
                && vector_difference <= self.vector_tolerance
                && probability_difference <= self.probability_tolerance,
            expected_intent: case.intent.clone(),
            intent,
        }
    }
}

impl Case {
    /// The text as the stage before would hand it over.
    pub(super) fn features(&self) -> Features {
        let chars = u32::try_from(self.text.chars().count()).unwrap_or(u32::MAX);
        let bytes = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let (span, masked) = (Span::new(0, chars), (0, bytes));
        let text = TextFeatures {
            speaker: Speaker::Customer,
            masked: self.text.clone(),
            segments: vec![Segment { original: span, masked, verbatim: true }],
            sentences: vec![Sentence { span, masked, kind: SentenceKind::Prose }],
        };
        let language = Language { code: "unknown".to_owned(), supported: true };
        Features { subject: None, messages: vec![text], language, signals: Vec::new() }
    }

    fn vector_difference(&self, got: &SentenceVector) -> f32 {
        let length = (self.norm - got.norm).abs() / self.norm.abs().max(f32::MIN_POSITIVE);
        let numbers = self.vector.iter().zip(&got.vector).map(|(want, got)| (want - got).abs());
        // Unlike `f32::max`, this order puts NaN last, so a broken number cannot pass.
        numbers.chain([length]).max_by(f32::total_cmp).unwrap_or(f32::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{head::DIMENSIONS, tiny},
        *,
    };
    use crate::domain::{Intent, IntentScore, Probability, Sentiment, SentimentLabel};

    fn golden() -> Golden {
        Golden::from_json(tiny::GOLDEN.as_bytes()).unwrap()
    }

    /// What came out: the fourth number of the vector, its length, and the intent.
    fn outcome(number: f32, norm: f32, intent: &str) -> (Vectors, Prediction) {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[3] = number;
        let (message, sentence, tokens, acts) = (Some(0), 0, 1, None);
        let speaker = Speaker::Customer;
        let sentences =
            vec![SentenceVector { message, sentence, speaker, tokens, norm, vector, acts }];
        let label = Intent::from(intent);
        let sentiment = Sentiment {
            label: SentimentLabel::Neutral,
            probability: Probability::ONE,
            frustration: Probability::ZERO,
        };
        let prediction = Prediction {
            intents: vec![IntentScore { label, probability: Probability::ONE }],
            sentiment,
            novelty: 0.0,
            novelty_limit: 0.0,
            acts: Vec::new(),
            repeats: Vec::new(),
            left_out: Vec::new(),
            certificate: std::sync::Arc::default(),
            vector: None,
        };
        let (conversation, tone, manner) = Default::default();
        (Vectors { conversation, tone, manner, sentences, left_out: Vec::new() }, prediction)
    }

    fn passes(number: f32, norm: f32, intent: &str) -> bool {
        let (vectors, prediction) = outcome(number, norm, intent);
        golden().compare(&golden().cases[0], &vectors, &prediction).passed
    }

    #[test]
    fn vector_length_and_intent_must_all_be_right() {
        assert!(passes(1.0, 1.0, "refund"));
        assert!(passes(0.995, 1.005, "refund"), "within the tolerance");
        assert!(!passes(0.98, 1.0, "refund"));
        assert!(!passes(1.0, 1.02, "refund"));
        assert!(!passes(1.0, 1.0, "billing"));
        assert!(!passes(f32::NAN, 1.0, "refund"));
    }

    #[test]
    fn golden_texts_that_check_nothing_are_refused() {
        let fault = |from: &str, to: &str| {
            let json = tiny::GOLDEN.replacen(from, to, 1);
            assert_ne!(json, tiny::GOLDEN);
            Golden::from_json(json.as_bytes()).unwrap_err()
        };
        assert!(fault("0.01", "2.0").contains("tolerance"));
        assert!(fault("\"norm\"", "\"length\"").contains("length"));
        let none = r#"{"vector_tolerance": 0.1, "probability_tolerance": 0.1, "cases": []}"#;
        assert!(Golden::from_json(none.as_bytes()).unwrap_err().contains("cases"));
    }
}
