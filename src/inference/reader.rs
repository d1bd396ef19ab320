//! Features → Vectors → Prediction: the way that every request takes, whoever walks it.

use std::sync::Arc;

use super::{
    cache::{Cache, Known},
    encode::{Between, Broken, Encoder, Framing, Stop, encode},
    manner::manner,
    options::Options,
    pack::Pack,
    pool::{Pooled, Vectors, conversation, tone},
    reading::{Budget, New, Text, Words, read},
    repeats::repeats,
};
use crate::{
    domain::{Features, Prediction, Source, Speaker},
    telemetry::metrics,
};

/// A text in its place, with what was made of it.
struct Said {
    message: Option<u32>,
    speaker: Speaker,
    known: Arc<Known>,
}

/// Reads conversations; shared by the engine and its workers.
pub(super) struct Reader {
    pack: Arc<Pack>,
    budget: Budget,
    framing: Framing,
    cache: Option<Cache>,
}

impl Reader {
    /// A reader that has read nothing yet.
    pub(super) fn new(pack: Arc<Pack>, options: &Options) -> Self {
        let budget = Budget {
            conversation: options.max_tokens,
            subject: options.window_tokens,
            logs: options.log_tokens_per_message,
        };
        let framing = Framing {
            start: pack.tokenizer.start,
            end: pack.tokenizer.end,
            window: options.window_tokens,
            overlap: options.window_overlap,
        };
        Self { pack, budget, framing, cache: Cache::new(options.cache_bytes) }
    }

    /// The vectors of a conversation of which every text was read before; needs no encoder.
    pub(super) fn recall(&self, features: &Features) -> Option<Vectors> {
        let cache = self.cache.as_ref()?;
        let reading = read(features, self.budget, Some(cache), |_| Err(())).ok()?;
        let said = put_together(reading.texts, std::iter::empty())?;
        metrics::texts_read(said.len(), 0);
        Some(vectors_of(features, &said, reading.left_out))
    }

    /// The vectors of a conversation; what was read before is not encoded again. `between` is
    /// called before every row of the encoder, see [`encode`].
    pub(super) fn vectors(
        &self,
        features: &Features,
        encoder: &mut dyn Encoder,
        between: &mut Between<'_>,
    ) -> Result<Vectors, Stop> {
        let tokens = |words: &str| self.pack.tokenizer.tokens(words);
        let reading = read(features, self.budget, self.cache.as_ref(), tokens);
        let reading = reading.map_err(Stop::Tokenizer)?;
        let new: Vec<&New> = reading.texts.iter().filter_map(Text::new_words).collect();
        let tokens: Vec<_> = new.iter().map(|new| &new.tokens[..]).collect();
        let mut texts = encode(&tokens, self.framing, encoder, between)?;
        for pooled in &mut texts {
            pooled.read_acts(self.pack.acts.as_ref())?;
        }
        let fresh = new.into_iter().zip(texts).map(|(new, pooled)| self.keep(new, pooled));
        let fresh: Vec<_> = fresh.collect();
        if self.cache.is_some() {
            metrics::texts_read(reading.texts.len() - fresh.len(), fresh.len());
        }
        let said = put_together(reading.texts, fresh.into_iter());
        let said = said.ok_or_else(|| Broken("it left out a text".to_owned()))?;
        Ok(vectors_of(features, &said, reading.left_out))
    }

    /// What the heads make of the vectors.
    pub(super) fn predict(
        &self,
        features: &Features,
        vectors: &Vectors,
    ) -> Result<Prediction, Stop> {
        // The engine refuses predictions of a pack without heads before they get here.
        let Some(predictor) = &self.pack.predictor else { return Err(Stop::NotWanted) };
        let prediction = predictor.predict(vectors)?;
        Ok(Prediction { repeats: repeats(features, &vectors.sentences), ..prediction })
    }

    /// What the texts that were read before take up, in bytes.
    pub(super) fn cache_bytes(&self) -> u64 {
        self.cache.as_ref().map_or(0, Cache::bytes)
    }

    /// Remembers what was made of a text, unless its conversation cut it.
    fn keep(&self, new: &New, pooled: Pooled) -> Arc<Known> {
        let (tokens, cuts) = (new.tokens.len(), new.cuts.clone().into());
        let known = Arc::new(Known { tokens, cuts, pooled });
        if let (Some(cache), Some(key), false) = (&self.cache, new.key, new.is_part) {
            cache.insert(key, known.clone());
        }
        known
    }
}

/// Every text with what was made of it, before or in `fresh`; `None` if one is missing there.
fn put_together(
    texts: Vec<Text>,
    mut fresh: impl Iterator<Item = Arc<Known>>,
) -> Option<Vec<Said>> {
    let mut said = Vec::with_capacity(texts.len());
    for Text { message, speaker, words } in texts {
        let known = match words {
            Words::Known(known) => known,
            Words::New(_) => fresh.next()?,
        };
        said.push(Said { message, speaker, known });
    }
    Some(said)
}

fn vectors_of(features: &Features, said: &[Said], left_out: Vec<Source>) -> Vectors {
    let mut sentences = Vec::with_capacity(said.len() * 2);
    for Said { message, speaker, known } in said {
        let of_text = known.pooled.sentences.iter();
        sentences.extend(of_text.map(|sentence| sentence.placed(*message, *speaker)));
    }
    let texts: Vec<_> = said.iter().map(|said| (said.speaker, &said.known.pooled)).collect();
    let (conversation, tone) = (conversation(&sentences), tone(&texts));
    Vectors { conversation, tone, manner: manner(features), sentences, left_out }
}

#[cfg(test)]
mod tests;
