//! When two customer turns state the same problem: a comparison of their content words.
//!
//! Two statements count as the same when enough of the new one's content words stood in one
//! earlier statement. The measure looks at the new turn, so that an angry one-liner after a long
//! report is a restatement, and a follow-up question that names the old subject is not.

use crate::domain::{
    Features, Mark, Sentence, SentenceKind, Sign, SignalKind, Span, memory::digest,
};

/// Content words of a statement that are compared; a longer one is judged by its beginning, so
/// that the cost stays linear in the transcript.
const WORDS_MAX: usize = 64;

/// Bytes of a message that are read for it.
const BYTES_MAX: usize = 4_096;

/// What a customer turn states, as the set of its content words.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    /// Digests of the words' stems, sorted, each once.
    pub(super) words: Vec<u32>,
    /// The customer says "still", "again", "already".
    pub(super) insists: bool,
}

/// What the customer reacts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// An answer that proposes or states something.
    Answer,
    /// A clarifying question: its answer naturally repeats words of the problem.
    Question,
}

/// Words that say nothing about which problem it is; sorted, apostrophes removed.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "again", "all", "already", "also", "am", "an", "and", "any",
    "anymore", "anyone", "are", "as", "asked", "at", "back", "be", "because", "been", "before",
    "but", "by", "bye", "can", "cannot", "cant", "could", "couldnt", "day", "dear", "did",
    "didnt", "do", "does", "doesnt", "doing", "done", "dont", "even", "ever", "every", "for",
    "from", "get", "gets", "getting", "give", "go", "going", "good", "got", "great", "had",
    "has", "hasnt", "have", "havent", "hello", "help", "helped", "helpful", "helping", "helps",
    "here", "hey", "hi", "how", "however", "i", "id", "if", "ill", "im", "in", "into", "is", "isnt",
    "issue", "it", "its", "ive", "just", "know", "let", "like", "look", "lot", "made", "make",
    "me", "mean", "morning", "much", "my", "need", "never", "nice", "no", "not", "nothing",
    "now", "of", "off", "ok", "okay", "on", "one", "only", "or", "other", "our", "out", "over",
    "please", "problem", "question", "really", "regards", "repeat", "said", "same", "say",
    "see", "should", "so", "some", "something", "sorry", "still", "sure", "team", "tell",
    "thank", "thanks", "that", "thats", "the", "their", "them", "then", "there", "they",
    "thing", "this", "to", "told", "too", "tried", "try", "trying", "up", "us", "very", "want",
    "was", "wasnt", "way", "we", "well", "went", "were", "what", "when", "where", "which",
    "while", "who", "why", "will", "with", "wont", "work", "worked", "working", "works",
    "would", "yes", "yet", "you", "your", "youre",
];

/// True for a word with which a customer insists.
fn insists(word: &str) -> bool {
    matches!(word, "again" | "already" | "repeat" | "still")
}

/// True for a word of thanks or success; a sentence with one states no problem ...
fn is_content(word: &str) -> bool {
    matches!(
        word,
        "fixed"
            | "resolved"
            | "solved"
            | "sorted"
            | "thank"
            | "thanks"
            | "thx"
            | "worked"
            | "works"
    )
}

/// ... unless one of these stands beside it.
fn contrasts(word: &str) -> bool {
    matches!(
        word,
        "but"
            | "cant"
            | "didnt"
            | "doesnt"
            | "dont"
            | "hasnt"
            | "havent"
            | "however"
            | "isnt"
            | "never"
            | "no"
            | "not"
            | "nothing"
            | "still"
            | "wasnt"
            | "wont"
    )
}

impl Statement {
    /// Reads the statement of message `index`: its own prose and logs, without quotations,
    /// signatures, thanks, and requests for a person.
    pub(super) fn of(features: &Features, index: usize) -> Self {
        let Some(text) = features.messages.get(index) else { return Self::default() };
        let requests = requests_for_person(features, index);
        let mut reader = Reader::default();
        if text.sentences.is_empty() {
            reader.read(beginning(&text.masked));
        }
        for sentence in &text.sentences {
            if reader.is_full() {
                break;
            }
            let asks = requests.iter().any(|request| request.overlaps(sentence.span));
            if counts(sentence) && !asks {
                reader.read(beginning(text.words(sentence)));
            }
        }
        reader.finish()
    }

    /// The statement that was read from a message before.
    pub(super) fn from_mark(mark: &Mark) -> Self {
        Self { words: mark.words.clone(), insists: mark.says(Sign::Insists) }
    }

    /// True if it says nothing that could be stated again.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// True if this turn states again what `earlier` stated.
    ///
    /// The same words always do. Otherwise, after an answer, at least two shared content words
    /// (one, if the customer insists) that make up 60 % of the new turn, or half of both
    /// together. After a clarifying question only the very same words (two or more) do.
    pub(super) fn restates(&self, earlier: &Self, after: After) -> bool {
        let shared = shared(&self.words, &earlier.words);
        let (new, old) = (self.words.len(), earlier.words.len());
        let same = shared > 0 && shared == new && shared == old;
        match after {
            After::Question => same && shared >= 2,
            After::Answer => {
                let least = if self.insists { 1 } else { 2 };
                let union = new + old - shared;
                same || (shared >= least && (shared * 5 >= new * 3 || shared * 2 >= union))
            }
        }
    }
}

/// True for text that is the customer's own and of today.
fn counts(sentence: &Sentence) -> bool {
    matches!(sentence.kind, SentenceKind::Prose | SentenceKind::Log)
}

/// Where message `index` asks for a person.
fn requests_for_person(features: &Features, index: usize) -> Vec<Span> {
    let mut found = Vec::new();
    for signal in &features.signals {
        let here = signal.source.message.is_some_and(|message| message as usize == index);
        if here && signal.kind == SignalKind::PersonRequested {
            found.push(signal.source.span);
        }
    }
    found
}

/// The first bytes of a text, cut at a character.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or(text)
}

/// How many words two sorted lists share.
fn shared(left: &[u32], right: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, count) = (i + 1, j + 1, count + 1),
        }
    }
    count
}

/// Collects the words of a statement, sentence by sentence.
#[derive(Default)]
struct Reader {
    words: Vec<u32>,
    insists: bool,
    /// The word at hand, in lower case; kept so that no word allocates.
    word: String,
}

impl Reader {
    fn is_full(&self) -> bool {
        self.words.len() >= WORDS_MAX
    }

    fn read(&mut self, text: &str) {
        let (kept, insisted) = (self.words.len(), self.insists);
        let (mut content, mut contrast) = (false, false);
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
        for word in text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
            lowercase(word, &mut self.word);
            let word = self.word.as_str();
            if STOP_WORDS.binary_search(&word).is_err() {
                if !word.is_empty() && self.words.len() < WORDS_MAX {
                    self.words.push(short_digest(stem(word)));
                }
                content |= is_content(word);
            } else {
                self.insists |= insists(word);
                content |= is_content(word);
                contrast |= contrasts(word);
            }
        }
        if content && !contrast {
            self.words.truncate(kept);
            self.insists = insisted;
        }
    }

    fn finish(mut self) -> Statement {
        self.words.sort_unstable();
        self.words.dedup();
        Statement { words: self.words, insists: self.insists }
    }
}

/// Writes the letters and digits of `word` into `to`, in lower case.
fn lowercase(word: &str, to: &mut String) {
    to.clear();
    if word.is_ascii() {
        to.extend(
            word.bytes()
                .filter(u8::is_ascii_alphanumeric)
                .map(|b| char::from(b.to_ascii_lowercase())),
        );
        return;
    }
    to.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
}

/// A word without its commonest English endings, so that "charged" meets "charge".
fn stem(word: &str) -> &str {
    if word.len() < 5 {
        return word;
    }
    let plain = ["ing", "ed"].iter().find_map(|end| word.strip_suffix(end));
    let plain = plain.or_else(|| word.strip_suffix('s').filter(|rest| !rest.ends_with('s')));
    let plain = plain.unwrap_or(word);
    plain.strip_suffix('e').unwrap_or(plain)
}

/// Half of a digest: a statement has few words, so two of them hardly ever meet in one.
#[expect(clippy::cast_possible_truncation, reason = "half of it is meant")]
fn short_digest(word: &str) -> u32 {
    digest(word.as_bytes()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, Speaker, TextFeatures};

    fn features(texts: &[&str]) -> Features {
        let text = |text: &&str| TextFeatures {
            speaker: Speaker::Customer,
            masked: (*text).to_owned(),
            segments: Vec::new(),
            sentences: Vec::new(),
        };
        Features {
            subject: None,
            messages: texts.iter().map(text).collect(),
            language: Language { code: "en".to_owned(), supported: true },
            signals: Vec::new(),
        }
    }

    fn restated(earlier: &str, new: &str, after: After) -> bool {
        let features = features(&[earlier, new]);
        Statement::of(&features, 1).restates(&Statement::of(&features, 0), after)
    }

    #[test]
    fn stop_words_are_sorted_for_the_search() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn the_same_problem_in_other_words_is_a_restatement() {
        let long = "I was charged twice for invoice 2231, please refund the second payment";
        for new in [
            long,
            "I was CHARGED TWICE!!",
            "You charged me twice for the invoice",
            "I still see the second payment",
        ] {
            assert!(restated(long, new, After::Answer), "{new}");
        }
        assert!(restated("I can't log in to my account", "I still can't log in", After::Answer));
    }

    #[test]
    fn a_follow_up_or_thanks_is_none() {
        let long = "I was charged twice for invoice 2231, please refund the second payment";
        for new in [
            "When will the money for invoice 2231 arrive on the card?",
            "Thanks, the second payment was refunded, solved",
            "Thank you!",
            "ok",
            "Great, and how do I change the address on an invoice?",
        ] {
            assert!(!restated(long, new, After::Answer), "{new}");
        }
        assert!(!restated("ok thanks", "ok thanks", After::Answer));
    }

    #[test]
    fn the_answer_to_a_question_repeats_words_without_restating() {
        let problem = "Invoice 2231 was charged twice";
        assert!(!restated(problem, "It is invoice 2231", After::Question));
        assert!(restated(problem, problem, After::Question));
    }
}
