//! Tokens → sentence vectors: windows through the encoder, one row a run.
//!
//! One row a run: so no request fails or waits with another, and people go ahead of a batch between
//! two rows. Several in one run would save a tenth at most (`docs/adr/one-row-a-run.md`).

use std::collections::HashMap;

use ndarray::Array2;

use super::{
    calibrate::NotFinite,
    pool::{Mean, Pooled, PooledSentence},
    reading::ReadToken,
    windows::{Window, windows},
};

/// Something that turns the tokens of one row, markers included, into one vector a token.
pub(super) trait Encoder: Send {
    /// Vectors of `[tokens, 384]`.
    fn encode(&mut self, ids: &[i64]) -> Result<Array2<f32>, Broken>;
}

/// What is done between two rows; an error ends the work on all of them.
pub(super) type Between<'a> = dyn FnMut(&mut dyn Encoder) -> Result<(), Stop> + 'a;

/// The encoder failed: it has to be loaded again.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encoder failed: {0}")]
pub(super) struct Broken(pub(super) String);

/// Why a request got no vectors.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stop {
    /// The caller has left, or the deadline has passed.
    #[error("nobody waits for the answer any more")]
    NotWanted,
    /// A text cannot be tokenised.
    #[error("a text cannot be tokenised: {0}")]
    Tokenizer(String),
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// How rows are cut and framed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Framing {
    /// Marker before a row.
    pub(super) start: u32,
    /// Marker after a row.
    pub(super) end: u32,
    /// Tokens of a row, both markers included.
    pub(super) window: usize,
    /// Tokens that a row shares with the one before.
    pub(super) overlap: usize,
}

/// One row, and where its vectors belong.
struct Row {
    ids: Vec<i64>,
    uses: Vec<(usize, Window)>,
}

/// What the encoder makes of texts, given by their tokens, in the same order.
///
/// Rows with the same tokens are encoded once. `between` is called before every row: it stops the
/// work for a caller who has left, and may put the encoder to another use in the meantime.
pub(super) fn encode(
    texts: &[&[ReadToken]],
    framing: Framing,
    encoder: &mut dyn Encoder,
    between: &mut Between<'_>,
) -> Result<Vec<Pooled>, Stop> {
    let mut means: Vec<Vec<(u32, Mean)>> = texts.iter().map(|text| means_of(text)).collect();
    let mut starts = vec![Mean::new(); texts.len()];
    for row in rows(texts, framing) {
        between(encoder)?;
        let vectors = encoder.encode(&row.ids)?;
        for (place, window) in &row.uses {
            // A text in several windows is the mean of what each gives for its start marker.
            if vectors.nrows() > 0 {
                starts[*place].add(&vectors.row(0));
            }
            add(texts[*place], window, &vectors, &mut means[*place])?;
        }
    }
    let mut pooled = Vec::with_capacity(texts.len());
    for (means, start) in means.into_iter().zip(starts) {
        let mut sentences = Vec::with_capacity(means.len());
        for (sentence, mean) in means {
            let tokens = mean.tokens;
            let (vector, norm) = mean.finish()?;
            sentences.push(PooledSentence { sentence, tokens, norm, vector, acts: None });
        }
        pooled.push(Pooled { start: start.finish()?.0, sentences });
    }
    Ok(pooled)
}

/// An empty mean for every sentence of a text that has tokens.
fn means_of(text: &[ReadToken]) -> Vec<(u32, Mean)> {
    let mut means: Vec<(u32, Mean)> = Vec::new();
    for token in text {
        if means.last().is_none_or(|(sentence, _)| *sentence != token.sentence) {
            means.push((token.sentence, Mean::new()));
        }
    }
    means
}

/// Cuts the texts into rows and finds those that are the same.
fn rows(texts: &[&[ReadToken]], framing: Framing) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut known: HashMap<Vec<i64>, usize> = HashMap::new();
    let content = framing.window.saturating_sub(2);
    for (place, text) in texts.iter().enumerate() {
        for window in windows(text.len(), content, framing.overlap) {
            let tokens = text[window.tokens.clone()].iter().map(|token| token.id);
            let framed = [framing.start].into_iter().chain(tokens).chain([framing.end]);
            let ids: Vec<i64> = framed.map(i64::from).collect();
            let row = *known.entry(ids).or_insert_with_key(|ids| {
                rows.push(Row { ids: ids.clone(), uses: Vec::new() });
                rows.len() - 1
            });
            rows[row].uses.push((place, window));
        }
    }
    rows
}

/// Adds the vectors that a window keeps to the means of their sentences.
fn add(
    text: &[ReadToken],
    window: &Window,
    vectors: &Array2<f32>,
    means: &mut [(u32, Mean)],
) -> Result<(), Broken> {
    let kept = &text[window.keep.clone()];
    let Some(first) = kept.first() else { return Ok(()) };
    let mut place = means.partition_point(|(sentence, _)| *sentence < first.sentence);
    for (token, index) in kept.iter().zip(window.keep.clone()) {
        while means.get(place).is_some_and(|(sentence, _)| *sentence != token.sentence) {
            place += 1;
        }
        // One row further down, for the marker in front.
        let row = index - window.tokens.start + 1;
        let (true, Some((_, mean))) = (row < vectors.nrows(), means.get_mut(place)) else {
            return Err(Broken("it gave fewer vectors than tokens".to_owned()));
        };
        mean.add(&vectors.row(row));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};

    const FRAMING: Framing = Framing { start: 1, end: 2, window: 16, overlap: 4 };

    fn text(tokens: &[(u32, u32)]) -> Vec<ReadToken> {
        tokens.iter().map(|&(id, sentence)| ReadToken { id, sentence }).collect()
    }

    fn run(texts: &[Vec<ReadToken>], encoder: &mut tiny::FakeEncoder) -> Vec<Pooled> {
        let texts: Vec<_> = texts.iter().map(Vec::as_slice).collect();
        encode(&texts, FRAMING, encoder, &mut |_| Ok(())).unwrap()
    }

    #[test]
    fn a_sentence_is_the_mean_of_its_own_tokens() {
        let mut encoder = tiny::FakeEncoder::default();
        let got = run(&[text(&[(7, 0), (8, 0), (9, 2)])], &mut encoder);
        let got = &got[0].sentences;
        let half = 0.5_f32.sqrt();
        assert_eq!((got[0].sentence, got[0].tokens), (0, 2));
        assert!((got[0].vector[7] - half).abs() < 1e-6 && (got[0].vector[8] - half).abs() < 1e-6);
        assert!((got[0].norm - half).abs() < 1e-6);
        assert_eq!((got[1].sentence, got[1].tokens, got[1].vector[9]), (2, 1, 1.0));
        assert_eq!(encoder.rows, [vec![1, 7, 8, 9, 2]]);
    }

    #[test]
    fn a_text_is_the_vector_of_its_start_marker() {
        let tokens: Vec<_> = (0..100).map(|place| (30 + place, 0)).collect();
        let texts = [text(&tokens), text(&[(7, 0)])];
        let got = run(&texts, &mut tiny::FakeEncoder::default());
        assert_eq!(got.iter().map(|text| text.start[1]).collect::<Vec<_>>(), [1.0, 1.0]);
    }

    #[test]
    fn the_same_text_is_encoded_once() {
        let mut encoder = tiny::FakeEncoder::default();
        let texts = [text(&[(7, 0)]), text(&[(8, 0)]), text(&[(7, 1)])];
        let got = run(&texts, &mut encoder);
        assert_eq!(encoder.rows.len(), 2);
        assert_eq!(got[0].sentences[0].vector, got[2].sentences[0].vector);
        assert_eq!(got[2].sentences[0].sentence, 1);
    }

    #[test]
    fn no_token_of_a_long_text_is_lost_or_counted_twice() {
        let tokens: Vec<_> = (0..100).map(|place| (30 + place, place / 7)).collect();
        let mut encoder = tiny::FakeEncoder::default();
        let got = run(&[text(&tokens)], &mut encoder);
        let got = &got[0].sentences;
        assert_eq!(got.iter().map(|sentence| sentence.tokens).sum::<u32>(), 100);
        for (id, sentence) in tokens {
            assert!(got[sentence as usize].vector[id as usize] > 0.1, "token {id} is lost");
        }
        assert!(encoder.rows.iter().all(|row| row.len() <= 16 && row[0] == 1));
    }

    #[test]
    fn nobody_is_served_who_has_left() {
        let mut encoder = tiny::FakeEncoder::default();
        let left = &mut |_: &mut dyn Encoder| Err(Stop::NotWanted);
        let got = encode(&[&text(&[(7, 0)])], FRAMING, &mut encoder, left);
        assert_eq!(got, Err(Stop::NotWanted));
        assert!(encoder.rows.is_empty());
    }
}
