//! The language gate: only what is surely foreign is called so.
//!
//! A false alarm sends an English customer to a person for no reason, so every doubt counts as
//! supported: the model's own limits (novelty, confidence) come after this.

use std::collections::HashMap;

use crate::domain::{Language, SentenceKind, Speaker, TextFeatures};

use super::{
    matters::is_gibberish,
    redact::PLACEHOLDERS,
    words::{ENGLISH, FOREIGN},
};

/// Characters of one text that are looked at: enough to tell, and the cost stays bounded.
const TEXT_CHARS: usize = 1_500;
/// Letters below which a text is too short for statistics.
const FEW_LETTERS: usize = 20;
/// Words below which a text is too short for statistics.
const FEW_WORDS: usize = 4;
/// The code of a text too short to tell.
pub(super) const UNKNOWN: &str = "unknown";
/// Confidence of the statistics from which a text without any known word is foreign.
const SURE: f64 = 0.9;
/// The same where many words have letters that English lacks.
const SURE_WITH_MARKS: f64 = 0.3;

/// Decides which language the customer writes.
#[derive(Debug)]
pub(super) struct Gate {
    supported: Vec<String>,
    words: HashMap<&'static str, Known>,
}

/// English words that other languages have too: beside foreign words they tell nothing.
const SHARED: &[&str] = &[
    "a", "all", "am", "an", "as", "at", "by", "do", "for", "he", "her", "i", "in", "is", "log",
    "me", "no", "of", "on", "or", "so", "was", "we", "problem", "password", "error", "account",
];

/// In which languages a word is known: one bit per entry of [`FOREIGN`], and English.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    english: bool,
    shared: bool,
    plain: u32,
    weak: u32,
}

/// The words of a text, as far as they tell its language.
#[derive(Debug, Default)]
struct Sample {
    words: Vec<String>,
    /// Letters of Latin script.
    latin: usize,
    /// Letters of any other script.
    other: usize,
    /// Words that tell nothing: numbers, identifiers, placeholders.
    skipped: usize,
}

impl Gate {
    /// - `supported`: ISO 639-1 codes.
    pub(super) fn new(supported: &[&str]) -> Self {
        let mut words: HashMap<&'static str, Known> = HashMap::new();
        for word in ENGLISH.split_whitespace() {
            let known = words.entry(word).or_default();
            known.english = true;
            known.shared = SHARED.contains(&word);
        }
        for (place, language) in FOREIGN.iter().enumerate() {
            for word in language.plain.split_whitespace() {
                words.entry(word).or_default().plain |= 1 << place;
            }
            for word in language.weak.split_whitespace() {
                words.entry(word).or_default().weak |= 1 << place;
            }
        }
        Self { supported: supported.iter().map(|&code| code.to_owned()).collect(), words }
    }

    /// The language of the customer's own words, by the majority of their letters.
    pub(super) fn of(&self, subject: Option<&TextFeatures>, messages: &[TextFeatures]) -> Language {
        let mut letters: Vec<(String, usize)> = Vec::new();
        let mut unsure = Sample::default();
        let own = messages.iter().filter(|text| text.speaker == Speaker::Customer);
        for text in subject.into_iter().chain(own) {
            let sample = Sample::of(text);
            let count = sample.latin + sample.other;
            match self.judge(&sample) {
                None => unsure.add(sample),
                Some(code) => match letters.iter_mut().find(|(known, _)| *known == code) {
                    Some((_, letters)) => *letters += count,
                    None => letters.push((code, count)),
                },
            }
        }
        if letters.is_empty() {
            // Several messages of a word or two may be enough together.
            letters.extend(self.judge(&unsure).map(|code| (code, 1)));
        }
        self.majority(&letters)
    }

    /// True if a text too short to tell its language does not look like English either: no word
    /// of it is English alone, or as many are of another language, or it has letters that English
    /// lacks.
    pub(super) fn is_unclear(
        &self,
        subject: Option<&TextFeatures>,
        messages: &[TextFeatures],
    ) -> bool {
        let mut sample = Sample::default();
        let own = messages.iter().filter(|text| text.speaker == Speaker::Customer);
        for text in subject.into_iter().chain(own) {
            sample.add(Sample::of(text));
        }
        let is_english = |word: &&String| {
            self.words.get(word.as_str()).is_some_and(|known| known.english && !known.shared)
        };
        let english = sample.words.iter().filter(is_english).count();
        let (_, foreign, _) = self.hits(&sample);
        let accented = |word: &String| word.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        !sample.words.is_empty()
            && (english == 0 || foreign >= english || sample.words.iter().any(accented))
    }

    /// True if the customer hits keys at random: no word is known, most cannot be spoken.
    pub(super) fn is_senseless(
        &self,
        subject: Option<&TextFeatures>,
        messages: &[TextFeatures],
    ) -> bool {
        let mut sample = Sample::default();
        let own = messages.iter().filter(|text| text.speaker == Speaker::Customer);
        for text in subject.into_iter().chain(own) {
            sample.add(Sample::of(text));
        }
        let known = |word: &String| self.words.contains_key(word.as_str());
        !sample.words.iter().any(known) && is_gibberish(&sample.words)
    }

    /// What the caller knows settles what the text leaves open.
    pub(super) fn settle(&self, read: Language, told: Option<&str>) -> Language {
        let told = told.and_then(|told| told.split(['-', '_']).next()).map(str::to_lowercase);
        match told.filter(|told| !told.is_empty() && read.code == UNKNOWN) {
            Some(code) => Language { supported: self.supported.contains(&code), code },
            None => read,
        }
    }

    fn majority(&self, letters: &[(String, usize)]) -> Language {
        let is_foreign = |code: &str| !self.supported.iter().any(|known| known == code);
        let all: usize = letters.iter().map(|(_, count)| count).sum();
        let foreign = letters.iter().filter(|(code, _)| is_foreign(code));
        let foreign: usize = foreign.map(|(_, count)| count).sum();
        let supported = foreign * 2 <= all;
        let side = letters.iter().filter(|(code, _)| is_foreign(code) != supported);
        // Of equals the one that came first.
        let top = side.rev().max_by_key(|(_, count)| *count);
        match top {
            Some((code, _)) => Language { code: code.clone(), supported },
            None => Language { code: UNKNOWN.to_owned(), supported: true },
        }
    }

    /// The code of a language, `None` with too little to go by.
    fn judge(&self, sample: &Sample) -> Option<String> {
        if sample.other > sample.latin {
            return other_script(sample);
        }
        let count = sample.words.len();
        let (english, foreign, code) = self.hits(sample);
        // One word is enough only where it stands alone and is no likely name or typing slip.
        let alone = count == 1 && sample.skipped == 0 && sample.latin >= 4;
        if english == 0 && foreign * 2 >= count && (foreign >= 2 || (foreign == 1 && alone)) {
            return Some(code.to_owned());
        }
        if foreign >= 2 && foreign > 2 * english && foreign * 5 >= count {
            return Some(code.to_owned());
        }
        if english >= 2 && english >= foreign {
            return Some("en".to_owned());
        }
        if sample.latin < FEW_LETTERS || count < FEW_WORDS {
            return None;
        }
        let marked = sample.words.iter().filter(|word| !word.is_ascii()).count();
        let has_marks = marked * 8 >= count;
        let limit = if has_marks { SURE_WITH_MARKS } else { SURE };
        let text = sample.words.join(" ");
        let guess = whatlang::detect(&text)?;
        let surely = guess.confidence() >= limit && english * 8 <= count && count > FEW_WORDS;
        let surely = surely && sample.skipped * 4 <= count;
        if guess.lang() != whatlang::Lang::Eng && surely {
            return Some(short_code(guess.lang()));
        }
        (english > 0 || guess.lang() == whatlang::Lang::Eng).then(|| "en".to_owned())
    }

    /// Words of English, words of the best other language, and its code.
    fn hits(&self, sample: &Sample) -> (usize, usize, &'static str) {
        let (mut english, mut shared) = (0, 0);
        let (mut plain, mut weak) = ([0; FOREIGN.len()], [0; FOREIGN.len()]);
        for word in &sample.words {
            let Some(known) = self.words.get(word.as_str()) else { continue };
            english += usize::from(known.english && !known.shared);
            shared += usize::from(known.shared);
            for place in 0..FOREIGN.len() {
                plain[place] += usize::from(known.plain >> place & 1 == 1);
                weak[place] += usize::from(known.weak >> place & 1 == 1);
            }
        }
        let (mut best, mut code) = (0, "");
        for (place, language) in FOREIGN.iter().enumerate() {
            let sum = if plain[place] > 0 { plain[place] + weak[place] } else { 0 };
            if sum > best {
                (best, code) = (sum, language.code);
            }
        }
        (if best > 0 { english } else { english + shared }, best, code)
    }
}

impl Sample {
    /// The words of the prose, without placeholders, addresses and identifiers.
    fn of(text: &TextFeatures) -> Self {
        let mut sample = Self::default();
        let mut seen = 0;
        for sentence in text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose) {
            for token in text.words(sentence).split_whitespace() {
                sample.read(token);
                seen += token.len();
                if seen > TEXT_CHARS {
                    return sample;
                }
            }
        }
        sample
    }

    fn read(&mut self, token: &str) {
        let marks = |c: char| c.is_ascii_digit() || matches!(c, '/' | '\\' | '@' | '_' | '=' | '#');
        let hidden = PLACEHOLDERS.iter().any(|name| token.contains(name));
        if hidden || token.contains(marks) || token.len() > 200 {
            self.skipped += 1;
            return;
        }
        for part in token.split(|c: char| !(c.is_alphabetic() || is_apostrophe(c) || is_mark(c))) {
            let part = part.trim_matches(is_apostrophe);
            if !part.contains(char::is_alphabetic) {
                continue;
            }
            let word = part.to_lowercase().replace('’', "'");
            let latin = word.chars().filter(|c| is_latin(*c)).count();
            self.latin += latin;
            self.other += word.chars().filter(|c| c.is_alphabetic()).count() - latin;
            self.words.push(word);
        }
    }

    fn add(&mut self, other: Self) {
        self.words.extend(other.words);
        self.latin += other.latin;
        self.other += other.other;
        self.skipped += other.skipped;
    }
}

fn is_apostrophe(found: char) -> bool {
    matches!(found, '\'' | '’')
}

/// Marks that combine with the letter before.
fn is_mark(found: char) -> bool {
    matches!(found, '\u{300}'..='\u{36F}')
}

fn is_latin(found: char) -> bool {
    matches!(found, 'a'..='z' | 'A'..='Z' | '\u{AA}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

/// The language of a text that is mostly not in Latin script.
fn other_script(sample: &Sample) -> Option<String> {
    if sample.other < 2 {
        return None;
    }
    let other: Vec<&str> =
        sample.words.iter().map(String::as_str).filter(|w| !w.is_ascii()).collect();
    let guess = whatlang::detect(&other.join(" "))?;
    // A few letters tell the script, but hardly which of its languages.
    let usual = match guess.script() {
        whatlang::Script::Latin => return None,
        whatlang::Script::Cyrillic => "ru",
        whatlang::Script::Arabic => "ar",
        whatlang::Script::Hebrew => "he",
        whatlang::Script::Devanagari => "hi",
        _ => "",
    };
    let few = sample.other < FEW_LETTERS && !usual.is_empty();
    Some(if few { usual.to_owned() } else { short_code(guess.lang()) })
}

/// ISO 639-1 where there is one, else ISO 639-3.
fn short_code(lang: whatlang::Lang) -> String {
    const SHORT: &str = "afr af ara ar aze az bel be ben bn bul bg cat ca ces cs cmn zh dan \
    da deu de ell el \
        epo eo est et fin fi fra fr guj gu heb he hin hi hrv hr hun hu hye hy ind id ita it jpn \
        ja kan kn \
        kat ka khm km kor ko lat la lav lv lit lt mal ml mar mr mkd mk mya my nep ne nld nl nob \
        no ori or \
        pan pa pes fa pol pl por pt ron ro rus ru sin si slk sk slv sl sna sn spa es srp sr swe \
        sv tam ta \
        tel te tgl tl tha th tuk tk tur tr ukr uk urd ur uzb uz vie vi yid yi zul zu amh am aka \
        ak jav jv \
        eng en cym cy";
    let mut codes = SHORT.split_whitespace();
    while let (Some(long), Some(short)) = (codes.next(), codes.next()) {
        if long == lang.code() {
            return short.to_owned();
        }
    }
    lang.code().to_owned()
}
