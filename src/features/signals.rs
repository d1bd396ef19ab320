//! Signals: what the text says that a rule may want to know, with its place.

use regex::Regex;

use crate::domain::{
    Conversation, Features, Sentence, SentenceKind, Signal, SignalKind, Source, Span, Speaker,
    TextFeatures,
};

use super::{
    hidden::first_hidden,
    normalize::whole,
    offsets::{Anchor, locate, offset},
    patterns, situation,
};

/// The compiled patterns of every kind.
#[derive(Debug)]
pub(super) struct Patterns {
    customer: Vec<Pattern>,
    router: Pattern,
    bot: Vec<Pattern>,
    agent: Vec<Pattern>,
    impact: Vec<Pattern>,
    refusal: Regex,
    asked_if_it_helped: Regex,
    placeholder: Regex,
}

/// One kind of signal: what says it, and what only seems to.
#[derive(Debug)]
struct Pattern {
    kind: SignalKind,
    yes: Regex,
    not: Regex,
    /// `yes` without its anchors: what a whole text must hold for any sentence to say it.
    somewhere: Regex,
}

/// A short "no" at the start of a turn.
const REFUSAL: &str = r"^\W*(?:no|nope|nah|negative|not really|not at all|unfortunately not|
    sadly not|it did not|it didn't)\b(?:$|[^a-z]*$|[,.!;] )";
/// A question after which a "no" says that the answer did not help.
const ASKED: &str = r"\b(?:did|does|has|have) (?:that|this|it|these|the \w+|my answer|
    i) (?:\w+ ){0,2}(?:help|work|fix|solve|resolve|answer)\w*|\b(?:is|was) (?:it|that|this|
    your \w+|the \w+|everything) (?:\w+ )?(?:helpful|resolved|solved|fixed|working|useful)|
    \b(?:is it|does it) (?:work|working)";

impl Patterns {
    /// Compiles the tables.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let all = |table: &[&patterns::Said]| {
            let compiled = table.iter().map(|said| Pattern::new(said));
            compiled.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            customer: all(&[&patterns::PERSON, &patterns::FAILED, &patterns::REFUSED])?,
            router: Pattern::new(&patterns::ROUTER)?,
            bot: all(&[&patterns::FALLBACK])?,
            agent: all(&[&situation::BUG, &situation::NEXT_TIER])?,
            impact: all(&[&situation::STOPPED, &situation::MANY, &situation::TEAM])?,
            refusal: compile(&[REFUSAL])?,
            asked_if_it_helped: compile(&[ASKED])?,
            placeholder: compile(super::redact::PLACEHOLDERS)?,
        })
    }

    /// Every signal of the conversation in reading order.
    pub(super) fn of(&self, conversation: &Conversation, features: &Features) -> Vec<Signal> {
        let mut out = Vec::new();
        if let (Some(original), Some(text)) = (&conversation.subject, &features.subject) {
            self.read(text, original, |kind, span| out.push(signal(kind, None, span)));
        }
        let mut before: Option<&TextFeatures> = None;
        for (index, (message, text)) in
            conversation.messages.iter().zip(&features.messages).enumerate()
        {
            let place = Some(offset(index));
            self.read(text, &message.text, |kind, span| out.push(signal(kind, place, span)));
            let refused = before.and_then(|before| self.refused(before, text));
            let known = |span: Span| {
                let here = out.iter().rev().take_while(|signal| signal.source.message == place);
                let mut failed = here.filter(|signal| signal.kind == SignalKind::AttemptFailed);
                failed.any(|signal| signal.source.span.overlaps(span))
            };
            if let Some(span) = refused.filter(|span| !known(*span)) {
                out.push(signal(SignalKind::AttemptFailed, place, span));
            }
            if text.speaker != Speaker::System {
                before = Some(text);
            }
        }
        out.extend(self.too_short(conversation, features));
        out.sort_by_key(|signal| signal.source);
        out
    }

    /// The signals of one text.
    fn read(&self, text: &TextFeatures, original: &str, mut add: impl FnMut(SignalKind, Span)) {
        if text.speaker == Speaker::Customer
            && let Some(span) = first_hidden(original)
        {
            add(SignalKind::HiddenCharacters, span);
        }
        let groups: &[&[Pattern]] = match text.speaker {
            Speaker::Customer => &[&self.customer, &self.impact],
            Speaker::Bot => &[&self.bot],
            Speaker::Agent => &[&self.agent, &self.impact],
            Speaker::System => &[],
        };
        for pattern in groups.iter().copied().flatten() {
            // Most texts say nothing of a kind: one search over the text tells.
            if !pattern.may_say(text) {
                continue;
            }
            for sentence in text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose) {
                let asks = text.speaker == Speaker::Agent && text.words(sentence).ends_with('?');
                if let Some(span) = pattern.find(text, sentence).filter(|_| !asks) {
                    add(pattern.kind, span);
                }
            }
        }
        // Orders to the triage hide in quotes and code too.
        if text.speaker == Speaker::Customer && self.router.may_say(text) {
            for sentence in &text.sentences {
                if let Some(span) = self.router.find(text, sentence) {
                    add(self.router.kind, span);
                }
            }
        }
    }

    /// The customer's "no" to an answer, or to the question whether it helped.
    fn refused(&self, before: &TextFeatures, text: &TextFeatures) -> Option<Span> {
        let answered = matches!(before.speaker, Speaker::Bot | Speaker::Agent);
        if text.speaker != Speaker::Customer || !answered {
            return None;
        }
        let first = text.sentences.first().filter(|first| first.kind == SentenceKind::Prose)?;
        let last = before.sentences.iter().rev().find(|s| s.kind == SentenceKind::Prose)?;
        let question = before.words(last);
        let about_it = !question.ends_with('?') || self.asked_if_it_helped.is_match(question);
        (about_it && self.refusal.is_match(text.words(first))).then_some(first.span)
    }

    /// Fewer than two words or four letters of the customer's own in the whole conversation.
    fn too_short(&self, conversation: &Conversation, features: &Features) -> Option<Signal> {
        let own = features.messages.iter().filter(|text| text.speaker == Speaker::Customer);
        let (mut words, mut letters) = (0, 0);
        for text in features.subject.iter().chain(own) {
            for sentence in text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose) {
                for token in text.words(sentence).split_whitespace() {
                    let (latin, dense) = if token.contains('<') {
                        letters_of(&self.placeholder.replace_all(token, ""))
                    } else {
                        letters_of(token)
                    };
                    letters += latin + dense;
                    // Scripts without spaces have about two letters to a word.
                    words += usize::from(latin > 0) + dense.div_ceil(2);
                    if words >= 2 && letters >= 4 {
                        return None;
                    }
                }
            }
        }
        let (index, message) = conversation.customer_turns().next_back()?;
        Some(signal(SignalKind::TooShort, Some(offset(index)), whole(&message.text)))
    }
}

/// The customer's newest message is in a language that cannot be told.
pub(super) fn unclear_language(conversation: &Conversation) -> Option<Signal> {
    let (index, message) = conversation.customer_turns().next_back()?;
    let span = Span::new(0, offset(message.text.chars().count()));
    Some(signal(SignalKind::LanguageUnclear, Some(offset(index)), span))
}

fn signal(kind: SignalKind, message: Option<u32>, span: Span) -> Signal {
    Signal { kind, source: Source { message, span } }
}

/// Thai and Lao, kana, Chinese characters.
fn is_dense(c: char) -> bool {
    let southern = matches!(c, '\u{E00}'..='\u{EFF}');
    southern || matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

/// Letters of a word, and those of scripts that are written without spaces.
fn letters_of(token: &str) -> (usize, usize) {
    if token.is_ascii() {
        return (token.bytes().filter(u8::is_ascii_alphabetic).count(), 0);
    }
    let letters = token.chars().filter(|c| c.is_alphabetic()).count();
    let dense = token.chars().filter(|c| is_dense(*c)).count();
    (letters.saturating_sub(dense), dense)
}

impl Pattern {
    fn new(said: &patterns::Said) -> Result<Self, regex::Error> {
        let loose: Vec<_> = said.yes.iter().map(|yes| without_anchors(yes)).collect();
        let loose: Vec<_> = loose.iter().map(String::as_str).collect();
        let somewhere = compile(&loose)?;
        Ok(Self { kind: said.kind, yes: compile(said.yes)?, not: compile(said.not)?, somewhere })
    }

    fn may_say(&self, text: &TextFeatures) -> bool {
        self.somewhere.is_match(&text.masked)
    }

    /// Where the sentence says it first.
    fn find(&self, text: &TextFeatures, sentence: &Sentence) -> Option<Span> {
        let words = text.words(sentence);
        let mut seems: Option<Vec<_>> = None;
        for found in self.yes.find_iter(words) {
            let seems = seems.get_or_insert_with(|| self.not.find_iter(words).collect());
            let is_not =
                |not: &regex::Match<'_>| not.start() < found.end() && found.start() < not.end();
            if seems.iter().any(is_not) {
                continue;
            }
            let from = sentence.masked.0 as usize;
            let anchor = Anchor { byte: from, char: sentence.span.start };
            let visible = found.as_str().trim_start();
            let start = from + found.end() - visible.len();
            let bytes = start..start + visible.trim_end().len();
            return Some(locate(&text.segments, &text.masked, anchor, &bytes));
        }
        None
    }
}

/// The pattern where anchors and what may stand before them match anything.
fn without_anchors(pattern: &str) -> String {
    let pattern = pattern.replace(r"^\W*", "").replace(r"\W*$", "");
    pattern.replace("|$", "|").replace("$|", "|")
}

/// One expression out of several, in the notation of the tables.
fn compile(patterns: &[&str]) -> Result<Regex, regex::Error> {
    let joined = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>();
    let pattern = joined.join("|").replace("WHO", patterns::WHO);
    // Long patterns are broken into lines; neither line ends nor indents belong to them.
    let pattern = pattern.lines().map(str::trim_start).collect::<String>();
    let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[0-9a-z_'’]");
    let pattern = pattern.replace(r"\W", "[^0-9a-z]");
    let pattern = pattern.replace("[[0-9a-z_'’] ]", "[0-9a-z_'’ ]");
    regex::RegexBuilder::new(&quote_marks(&pattern))
        .case_insensitive(true)
        .size_limit(64 << 20)
        .dfa_size_limit(16 << 20)
        .build()
}

/// Lets `'` outside brackets stand for any apostrophe or none, and a space for a line end.
fn quote_marks(pattern: &str) -> String {
    let (mut out, mut in_class, mut escaped) = (String::new(), false, false);
    for found in pattern.chars() {
        match found {
            _ if escaped => out.push(found),
            '[' => {
                in_class = true;
                out.push(found);
            }
            ']' => {
                in_class = false;
                out.push(found);
            }
            '\'' if !in_class => out.push_str("['’ʼ`´]?"),
            ' ' if !in_class => out.push_str("[ \n]"),
            _ => out.push(found),
        }
        escaped = found == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
#[path = "signals_tests.rs"]
mod tests;
