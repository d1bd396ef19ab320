//! Vectors → Prediction: the heads, calibrated.

use std::sync::Arc;

use safetensors::SafeTensors;
use serde::Deserialize;

use super::{
    acts::Probabilities,
    calibrate::{NotFinite, Platt, Temperature, calibrate},
    head::{DIMENSIONS, Linear, Prototypes},
    manner::MANNERS,
    novelty::{Novelty, OutOfScope},
    pool::Vectors,
};
use crate::domain::{
    Act, ActScores, Certificate, Intent, IntentScore, Prediction, Probability, Sentiment,
    SentimentLabel,
};

/// `calibration.json`: how raw scores become probabilities.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calibration {
    pub(super) temperatures: Temperatures,
    frustration: Platt,
    novelty: Novelty,
    out_of_scope: OutOfScope,
}

/// One temperature a head.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Temperatures {
    intents: Temperature,
    sentiment: Temperature,
    pub(super) acts: Temperature,
}

/// The heads of a complete pack.
#[derive(Debug)]
pub(super) struct Predictor {
    pub(super) intents: Vec<Intent>,
    /// The row of [`Intent::OUT_OF_SCOPE`], where the model has it.
    out_of_scope: Option<usize>,
    intent: Linear,
    sentiment: Linear,
    frustration: Linear,
    prototypes: Prototypes,
    calibration: Calibration,
    /// How far all this may be trusted; nothing is certified until somebody says so.
    pub(super) certificate: Arc<Certificate>,
}

/// Numbers that the heads for sentiment and frustration read: the conversation, the tone, the
/// manner, one after the other.
pub(super) const MOOD: usize = 2 * DIMENSIONS + MANNERS;

/// Numbers that the head for intents reads: the conversation, and in some packs its tone behind it.
const TOPIC: [usize; 2] = [DIMENSIONS, 2 * DIMENSIONS];

impl Calibration {
    /// Reads and checks the calibration; `Err` says what is wrong with it.
    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let calibration: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let novelty = calibration.novelty;
        for (name, moments) in
            [("max_logit", novelty.max_logit), ("best_cosine", novelty.best_cosine)]
        {
            if !moments.is_scale() {
                return Err(format!("novelty.{name}: mean must be finite and sd above 0"));
            }
        }
        let Platt { a, b } = calibration.frustration;
        let OutOfScope { slope, intercept } = calibration.out_of_scope;
        if [a, b, slope, intercept, novelty.limit].iter().any(|number| !number.is_finite()) {
            return Err("a number is not finite".to_owned());
        }
        Ok(calibration)
    }
}

impl Predictor {
    /// Reads the heads of these intents; `Err` says which tensor is wrong.
    pub(super) fn read(
        file: &SafeTensors<'_>,
        intents: Vec<Intent>,
        calibration: Calibration,
    ) -> Result<Self, String> {
        let out_of_scope = |intent: &Intent| intent.as_str() == Intent::OUT_OF_SCOPE;
        let columns = Linear::columns_in(file, "intents").filter(|columns| TOPIC.contains(columns));
        let columns = columns.unwrap_or(DIMENSIONS);
        Ok(Self {
            intent: Linear::read(file, "intents", (intents.len(), columns))?,
            sentiment: Linear::read(file, "sentiment", (SentimentLabel::ALL.len(), MOOD))?,
            frustration: Linear::read(file, "frustration", (1, MOOD))?,
            prototypes: Prototypes::read(file, intents.len())?,
            out_of_scope: intents.iter().position(out_of_scope),
            intents,
            calibration,
            certificate: Arc::default(),
        })
    }

    /// Reads the vectors of a conversation.
    ///
    /// # Errors
    /// [`NotFinite`] where a head gives a NaN or an infinite score.
    pub(super) fn predict(&self, vectors: &Vectors) -> Result<Prediction, NotFinite> {
        let vector = &vectors.conversation;
        let novelty = &self.calibration.novelty;
        let logits = self.intent.logits(&vectors.topic(self.intent.columns()));
        let mut probabilities = calibrate(&logits, self.calibration.temperatures.intents)?;
        let max_logit = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let score = novelty.score(max_logit, self.prototypes.best_cosine(vector));
        if let Some(place) = self.out_of_scope {
            self.calibration.out_of_scope.shift(&mut probabilities, place, score);
        }
        let scored = self.intents.iter().zip(probabilities).map(|(label, probability)| {
            let probability = Probability::saturating(probability);
            IntentScore { label: label.clone(), probability }
        });
        let acts = vectors.sentences.iter().filter_map(|sentence| {
            let probabilities = rounded(sentence.acts.as_ref()?);
            let (message, sentence) = (sentence.message, sentence.sentence);
            Some(ActScores { message, sentence, probabilities })
        });
        Ok(Prediction {
            intents: scored.collect(),
            sentiment: self.sentiment(vectors)?,
            novelty: score,
            novelty_limit: novelty.limit,
            acts: acts.collect(),
            repeats: Vec::new(),
            left_out: vectors.left_out.clone(),
            certificate: Arc::clone(&self.certificate),
            vector: Some(vector.as_slice().into()),
        })
    }

    fn sentiment(&self, vectors: &Vectors) -> Result<Sentiment, NotFinite> {
        let mood = [&vectors.conversation[..], &vectors.tone, &vectors.manner].concat();
        let temperature = self.calibration.temperatures.sentiment;
        let probabilities = calibrate(&self.sentiment.logits(&mood), temperature)?;
        let frustration = self.frustration.logits(&mood).first().copied().ok_or(NotFinite)?;
        let frustration = self.calibration.frustration.probability(frustration)?;
        let (mut label, mut best) = (SentimentLabel::Neutral, f32::NEG_INFINITY);
        for (&candidate, &probability) in SentimentLabel::ALL.iter().zip(&probabilities) {
            if probability > best {
                (label, best) = (candidate, probability);
            }
        }
        Ok(Sentiment {
            label,
            probability: Probability::saturating(best),
            frustration: Probability::saturating(frustration),
        })
    }
}

/// Four digits are more than the model knows, and they keep records small.
fn rounded(acts: &Probabilities) -> [Probability; Act::ALL.len()] {
    acts.map(|probability| Probability::saturating((probability * 1e4).round() / 1e4))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{pool::SentenceVector, tiny},
        *,
    };
    use crate::domain::Speaker;

    fn predictor() -> Predictor {
        let bytes = tiny::safetensors(&tiny::heads());
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let intents = ["refund", "billing", "out_of_scope"].map(Intent::from).to_vec();
        let calibration = Calibration::from_json(tiny::CALIBRATION.as_bytes()).unwrap();
        Predictor::read(&file, intents, calibration).unwrap()
    }

    fn vectors_of(word: &str) -> Vectors {
        let mut conversation = vec![0.0; super::super::head::DIMENSIONS];
        conversation[tiny::WORDS.iter().position(|known| *known == word).unwrap()] = 1.0;
        let (tone, manner) = (vec![0.0; DIMENSIONS], [0.0; MANNERS]);
        Vectors { conversation, tone, manner, sentences: Vec::new(), left_out: Vec::new() }
    }

    fn total(prediction: &Prediction) -> f32 {
        prediction.intents.iter().map(|score| score.probability.get()).sum()
    }

    #[test]
    fn the_heads_answer_in_the_order_of_the_labels() {
        let got = predictor().predict(&vectors_of("invoice")).unwrap();
        let labels: Vec<_> = got.intents.iter().map(|score| score.label.as_str()).collect();
        assert_eq!(labels, ["refund", "billing", "out_of_scope"]);
        assert!(got.probability("billing").get() > 0.95, "{got:?}");
        assert!((total(&got) - 1.0).abs() < 1e-5);
        assert!(got.novelty < 0.0 && (got.novelty_limit - 1.6).abs() < 1e-6);
        assert_eq!(got.sentiment.label, SentimentLabel::Neutral);
    }

    #[test]
    fn a_strange_text_is_novel_and_out_of_scope() {
        let got = predictor().predict(&vectors_of("line")).unwrap();
        assert!(got.novelty > got.novelty_limit, "{}", got.novelty);
        assert!(got.probability("out_of_scope").get() > 0.9, "{got:?}");
        assert!((total(&got) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_model_without_out_of_scope_keeps_its_sum() {
        let mut predictor = predictor();
        predictor.out_of_scope = None;
        let got = predictor.predict(&vectors_of("line")).unwrap();
        assert!((total(&got) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn an_unhappy_customer_is_negative_and_frustrated() {
        let got = predictor().predict(&vectors_of("failed")).unwrap().sentiment;
        assert_eq!(got.label, SentimentLabel::Negative);
        assert!(got.frustration.get() > 0.9 && got.probability.get() > 0.9, "{got:?}");
    }

    #[test]
    fn tone_and_manner_stand_behind_the_conversation() {
        let mut predictor = predictor();
        let mut weight = vec![0.0; MOOD];
        weight[DIMENSIONS] = 1.0;
        weight[2 * DIMENSIONS + 2] = 10.0;
        let tensors = [("x.weight", vec![1, MOOD], weight), ("x.bias", vec![1], vec![0.0])];
        let bytes = tiny::safetensors(&tensors);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        predictor.frustration = Linear::read(&file, "x", (1, MOOD)).unwrap();
        let mut vectors = vectors_of("refund");
        vectors.tone[0] = 0.5;
        vectors.manner[2] = 0.2;
        let got = predictor.predict(&vectors).unwrap().sentiment.frustration.get();
        // The scaling of the tiny model doubles the score.
        assert!((got - 1.0 / (1.0 + (-5.0_f32).exp())).abs() < 1e-6, "{got}");
    }

    #[test]
    fn a_head_of_twice_the_columns_reads_the_tone_behind_the_conversation() {
        let mut tensors = tiny::heads();
        for (name, shape, numbers) in &mut tensors {
            if *name == "intents.weight" {
                *shape = vec![3, 2 * DIMENSIONS];
                *numbers = vec![0.0; 6 * DIMENSIONS];
                numbers[2 * DIMENSIONS + DIMENSIONS + 1] = 9.0;
            }
        }
        let bytes = tiny::safetensors(&tensors);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let intents = ["refund", "billing", "out_of_scope"].map(Intent::from).to_vec();
        let calibration = Calibration::from_json(tiny::CALIBRATION.as_bytes()).unwrap();
        let predictor = Predictor::read(&file, intents, calibration).unwrap();
        let mut vectors = vectors_of("refund");
        vectors.tone[1] = 1.0;
        let got = predictor.predict(&vectors).unwrap();
        assert!(got.probability("billing").get() > 0.9, "{got:?}");
    }

    #[test]
    fn acts_have_four_digits() {
        let mut vectors = vectors_of("refund");
        let (message, speaker, vector) = (Some(3), Speaker::Agent, Vec::new());
        let acts = Some([0.123_456, 0.876_544, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let (sentence, tokens, norm) = (2, 4, 1.0);
        vectors.sentences =
            vec![SentenceVector { message, sentence, speaker, tokens, norm, vector, acts }];
        let got = predictor().predict(&vectors).unwrap();
        let acts = got.acts_of(Some(3), 2).unwrap();
        assert_eq!(acts.of(Act::Problem), Probability::saturating(0.1235));
        assert_eq!(acts.of(Act::Request), Probability::saturating(0.8765));
    }

    #[test]
    fn a_calibration_that_cannot_scale_is_refused() {
        let fault = |from: &str, to: &str| {
            let json = tiny::CALIBRATION.replacen(from, to, 1);
            assert_ne!(json, tiny::CALIBRATION);
            Calibration::from_json(json.as_bytes()).unwrap_err()
        };
        assert!(fault("\"sd\": 2.0", "\"sd\": 0.0").contains("novelty.max_logit"));
        assert!(fault("\"acts\": 1.0", "\"acts\": -1.0").contains("temperature"));
        assert!(fault("\"slope\": 2.0", "\"slope\": 1e40").contains("finite"));
        assert!(fault("\"slope\"", "\"slop\"").contains("slop"));
    }
}
