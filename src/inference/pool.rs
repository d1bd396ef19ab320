//! Token vectors → sentence vectors → the vector of the conversation.

use ndarray::ArrayView1;
use serde::Serialize;

use super::{
    acts::{Acts, Probabilities, content_weight},
    calibrate::NotFinite,
    head::DIMENSIONS,
    manner::MANNERS,
};
use crate::domain::{Source, Speaker};

/// What the encoder makes of a conversation, before any head reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vectors {
    /// The conversation: `[384]`, length 1; all zeros where the customer said nothing readable.
    pub conversation: Vec<f32>,
    /// How the customer sounds: `[384]`, length 1; all zeros where they said nothing readable.
    pub tone: Vec<f32>,
    /// How the customer writes: numbers in `[0, 1]`.
    pub manner: [f32; MANNERS],
    /// Every sentence that was read, the subject line first, then in reading order.
    pub sentences: Vec<SentenceVector>,
    /// What was not read because of a stated limit.
    pub left_out: Vec<Source>,
}

impl Vectors {
    /// As many numbers as a head for intents has columns: the conversation, and its tone behind it.
    pub fn topic(&self, columns: usize) -> Vec<f32> {
        let tone = columns.saturating_sub(self.conversation.len()).min(self.tone.len());
        [&self.conversation[..], &self.tone[..tone]].concat()
    }
}

/// What the encoder makes of one sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentenceVector {
    /// Place of the message; `None` is the subject line.
    pub message: Option<u32>,
    /// Place of the sentence in its text.
    pub sentence: u32,
    /// Who wrote it.
    pub speaker: Speaker,
    /// Tokens that were read of it.
    pub tokens: u32,
    /// Length of the mean of its tokens' vectors.
    pub norm: f32,
    /// That mean at length 1: `[384]`.
    pub vector: Vec<f32>,
    /// What the sentence does, calibrated; `None` while the pack has no acts head.
    pub acts: Option<Probabilities>,
}

/// What the encoder makes of one text, whoever wrote it and wherever it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pooled {
    /// The vector of its start marker, at length 1: `[384]`.
    pub(super) start: Vec<f32>,
    /// Its sentences that have tokens, in order.
    pub(super) sentences: Vec<PooledSentence>,
}

/// A sentence of such a text; the fields mean what they do in [`SentenceVector`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PooledSentence {
    pub(super) sentence: u32,
    pub(super) tokens: u32,
    pub(super) norm: f32,
    pub(super) vector: Vec<f32>,
    pub(super) acts: Option<Probabilities>,
}

/// The mean of the vectors of one sentence's tokens, while it is being made.
#[derive(Debug, Clone)]
pub(super) struct Mean {
    sum: Vec<f32>,
    pub(super) tokens: u32,
}

impl Mean {
    /// The mean of nothing yet.
    pub(super) fn new() -> Self {
        Self { sum: vec![0.0; DIMENSIONS], tokens: 0 }
    }

    /// Adds the vector of one token.
    pub(super) fn add(&mut self, token: &ArrayView1<'_, f32>) {
        for (sum, number) in self.sum.iter_mut().zip(token) {
            *sum += number;
        }
        self.tokens += 1;
    }

    /// The mean at length 1, and the length that it had.
    ///
    /// # Errors
    /// [`NotFinite`] where the encoder gave a NaN or an infinite number.
    pub(super) fn finish(mut self) -> Result<(Vec<f32>, f32), NotFinite> {
        #[expect(clippy::cast_precision_loss, reason = "a budget of tokens is far below 2^24")]
        let tokens = self.tokens.max(1) as f32;
        for sum in &mut self.sum {
            *sum /= tokens;
        }
        let norm = normalise(&mut self.sum);
        if norm.is_finite() { Ok((self.sum, norm)) } else { Err(NotFinite) }
    }
}

impl Pooled {
    /// Asks the acts head what each sentence does.
    pub(super) fn read_acts(&mut self, acts: Option<&Acts>) -> Result<(), NotFinite> {
        let Some(acts) = acts else { return Ok(()) };
        for sentence in &mut self.sentences {
            sentence.acts = Some(acts.probabilities(&sentence.vector)?);
        }
        Ok(())
    }

    /// What it takes up beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        let vectors = self.sentences.iter().map(|sentence| size_of_val(&*sentence.vector));
        size_of_val(&*self.start) + size_of_val(&*self.sentences) + vectors.sum::<usize>()
    }
}

impl PooledSentence {
    /// The same as a part of a conversation.
    pub(super) fn placed(&self, message: Option<u32>, speaker: Speaker) -> SentenceVector {
        SentenceVector {
            message,
            sentence: self.sentence,
            speaker,
            tokens: self.tokens,
            norm: self.norm,
            vector: self.vector.clone(),
            acts: self.acts,
        }
    }
}

/// The vector of a conversation: the sum of the customer's sentence vectors (the subject line
/// among them), at length 1.
///
/// A sentence weighs as many tokens as were read of it, times how much it says about the matter
/// ([`content_weight`]; 1 while there is no acts head). Training reads conversations through this
/// very function: whoever changes it trains again.
pub(super) fn conversation(sentences: &[SentenceVector]) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSIONS];
    for sentence in sentences.iter().filter(|sentence| sentence.speaker == Speaker::Customer) {
        #[expect(clippy::cast_precision_loss, reason = "a budget of tokens is far below 2^24")]
        let tokens = sentence.tokens as f32;
        let weight = tokens * sentence.acts.as_ref().map_or(1.0, content_weight);
        add_weighted(&mut sum, weight, &sentence.vector);
    }
    normalise(&mut sum);
    sum
}

/// Adds `weight · vector` to a sum.
pub(super) fn add_weighted(sum: &mut [f32], weight: f32, vector: &[f32]) {
    for (sum, number) in sum.iter_mut().zip(vector) {
        *sum += weight * number;
    }
}

/// How much an earlier text of the customer's counts beside the next: the latest says most.
const EARLIER: f32 = 0.5;

/// How the customer sounds: the sum of their texts' vectors, each earlier one half as heavy, at
/// length 1. Training reads this very function too.
pub(super) fn tone(texts: &[(Speaker, &Pooled)]) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSIONS];
    let mut weight = 1.0;
    for (_, text) in texts.iter().rev().filter(|(speaker, _)| *speaker == Speaker::Customer) {
        add_weighted(&mut sum, weight, &text.start);
        weight *= EARLIER;
    }
    normalise(&mut sum);
    sum
}

/// Brings a vector to length 1 and returns the length it had; a vector of zeros stays as it is.
pub(super) fn normalise(vector: &mut [f32]) -> f32 {
    let norm = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if norm > 0.0 {
        for number in vector {
            *number /= norm;
        }
    }
    norm
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Act;

    fn axis(place: usize) -> Vec<f32> {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[place] = 1.0;
        vector
    }

    fn sentence(speaker: Speaker, place: usize, tokens: u32) -> SentenceVector {
        let (message, sentence, norm, acts) = (Some(0), 0, 1.0, None);
        SentenceVector { message, sentence, speaker, tokens, norm, vector: axis(place), acts }
    }

    #[test]
    fn longer_sentences_weigh_more_and_helpers_nothing() {
        let got = conversation(&[
            sentence(Speaker::Customer, 0, 3),
            sentence(Speaker::Customer, 1, 4),
            sentence(Speaker::Agent, 2, 50),
        ]);
        assert!((got[0] - 0.6).abs() < 1e-6 && (got[1] - 0.8).abs() < 1e-6 && got[2] == 0.0);
    }

    #[test]
    fn greetings_hardly_move_the_conversation() {
        let mut greeting = sentence(Speaker::Customer, 0, 10);
        let mut acts = [0.0; Act::ALL.len()];
        acts[Act::GreetingThanks as usize] = 1.0;
        greeting.acts = Some(acts);
        let got = conversation(&[greeting, sentence(Speaker::Customer, 1, 10)]);
        assert!(got[0] < 0.11 && got[1] > 0.99, "{:?}", &got[..2]);
    }

    #[test]
    fn the_latest_text_sets_the_tone() {
        let texts = [0, 1, 2, 3].map(|place| Pooled { start: axis(place), sentences: Vec::new() });
        let got = tone(&[
            (Speaker::Customer, &texts[0]),
            (Speaker::Customer, &texts[1]),
            (Speaker::Agent, &texts[2]),
            (Speaker::Customer, &texts[3]),
        ]);
        let length = (1.0_f32 + 0.25 + 0.0625).sqrt();
        assert!((got[3] - 1.0 / length).abs() < 1e-6 && (got[1] - 0.5 / length).abs() < 1e-6);
        assert!((got[0] - 0.25 / length).abs() < 1e-6 && got[2] == 0.0);
    }

    #[test]
    fn a_silent_customer_has_no_direction() {
        assert_eq!(conversation(&[]), vec![0.0; DIMENSIONS]);
        assert_eq!(tone(&[]), vec![0.0; DIMENSIONS]);
        let mean = Mean::new().finish().unwrap();
        assert_eq!(mean, (vec![0.0; DIMENSIONS], 0.0));
    }

    #[test]
    fn a_broken_vector_is_noticed() {
        let mut mean = Mean::new();
        mean.add(&ArrayView1::from(&[f32::NAN; DIMENSIONS]));
        assert_eq!(mean.finish(), Err(NotFinite));
    }

    proptest! {
        #[test]
        fn a_mean_has_length_one_and_tells_the_length_it_had(
            tokens in proptest::collection::vec(proptest::collection::vec(-9f32..9.0, 384), 1..9),
        ) {
            let mut mean = Mean::new();
            for token in &tokens {
                mean.add(&ArrayView1::from(token));
            }
            let (vector, norm) = mean.finish().unwrap();
            prop_assert!((vector.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4);
            let sum: f32 = tokens.iter().map(|token| token[0]).sum();
            let count: f32 = tokens.iter().map(|_| 1.0).sum();
            prop_assert!((vector[0] * norm - sum / count).abs() < 1e-3);
        }
    }
}
