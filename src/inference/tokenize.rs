//! Words → tokens, with the place of every token in the text.

/// Turns text into the tokens that the encoder was trained on. Shared by all workers.
pub(super) struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// Id of the marker before a text.
    pub(super) start: u32,
    /// Id of the marker after a text.
    pub(super) end: u32,
}

/// One token and the byte of the text at which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) id: u32,
    pub(super) from: usize,
    /// One past its last byte.
    pub(super) to: usize,
}

impl Tokenizer {
    /// Reads a `tokenizer.json` of the Hugging Face format; `Err` says what is wrong with it.
    pub(super) fn from_bytes(json: &[u8]) -> Result<Self, String> {
        let mut inner =
            tokenizers::Tokenizer::from_bytes(json).map_err(|error| error.to_string())?;
        inner.with_truncation(None).map_err(|error| error.to_string())?;
        inner.with_padding(None);
        // A customer who writes "[SEP]" means these five characters, not the end of the text.
        inner.set_encode_special_tokens(true);
        let marker = |token: &str| {
            inner.token_to_id(token).ok_or_else(|| format!("the marker {token} is missing"))
        };
        let (start, end) = (marker("[CLS]")?, marker("[SEP]")?);
        Ok(Self { inner, start, end })
    }

    /// The tokens of a text, without markers, in order. Cost: linear in the text.
    ///
    /// `Err` says why the vocabulary cannot spell the text.
    pub(super) fn tokens(&self, text: &str) -> Result<Vec<Token>, String> {
        let encoding = self.inner.encode(text, false).map_err(|error| error.to_string())?;
        let places = encoding.get_ids().iter().zip(encoding.get_offsets());
        Ok(places.map(|(&id, &(from, to))| Token { id, from, to }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};

    fn words(text: &str) -> Vec<String> {
        let tokens = tiny::tokenizer().tokens(text).unwrap();
        tokens.iter().map(|token| text[token.from..token.to].to_owned()).collect()
    }

    #[test]
    fn tokens_know_their_bytes() {
        assert_eq!(words("Réfund  my invoice!"), ["Réfund", "my", "invoice", "!"]);
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words("\u{1}\u{2}\n"), [""; 0]);
    }

    #[test]
    fn markers_in_a_text_are_plain_text() {
        let tokenizer = tiny::tokenizer();
        let tokens = tokenizer.tokens("refund [SEP] [CLS]").unwrap();
        assert!(tokens.iter().all(|t| t.id != tokenizer.start && t.id != tokenizer.end));
    }

    #[test]
    fn a_tokenizer_without_markers_is_refused() {
        let json = tiny::TOKENIZER.replace("[SEP]", "[END]");
        assert!(Tokenizer::from_bytes(json.as_bytes()).err().unwrap().contains("[SEP]"));
        assert!(Tokenizer::from_bytes(b"{}").is_err());
    }
}
