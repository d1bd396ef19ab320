//! How a customer writes: loudly, mockingly, tired of waiting, in a hurry, with money at stake.
//!
//! The notation is that of [`super::patterns`]. The model's calibrated frustration is left alone;
//! these go into the hints of the packet.

use regex::Regex;

use crate::domain::{SentenceKind, SignalKind, Span, TextFeatures};

use super::{
    pattern::{Pattern, compile},
    patterns::Said,
};

/// Sentences of a message that are looked at: a paste of thousands tells no mood.
const SENTENCES_MAX: usize = 100;

/// The customer has waited, or asks for the same thing once more.
pub(super) const WAITING: Said = Said {
    kind: SignalKind::WaitingComplaint,
    yes: &[
        r"\b(?:still|been|keep|kept|have waited|i'm|we're) (?:\w+ )?wait(?:ing|ed)\b",
        r"\b(?:[0-9]+|two|three|four|five|six|seven|eight|nine|ten|several|many|few) (?:\w+ )?(?:
            minutes|
            mins|hours|days|weeks|months) (?:now|later|ago|already|gone|and (?:no|nothing|still|
            counting)|of waiting|on hold|without)\b",
        r"\b(?:for )?the (?:second|third|fourth|fifth|sixth|umpteenth|nth|[0-9]+th|3rd) time\b|
            \b(?:second|
            third|fourth|fifth|umpteenth|[0-9]+th|3rd) time (?:i|we|that|now|this)\b",
        r"\bhow (?:much )?long(?:er)? (?:do|does|must|am|are|is|will|should) (?:i|we|it|this)\b",
        r"\b(?:no|not a|without (?:a|any)|never (?:got|had|received) (?:a|any)) (?:single )?(?:
            reply|replies|
            response|answer|word|update|news|call back)\b",
        r"\b(?:nobody|no one|no-one) (?:\w+ )?(?:answer\w*|repl\w+|call\w*|rang|rung|respond\w*|
            got back|
            gets back|contact\w*|came)\b",
        r"\b(?:asked|written|wrote|called|rung|rang|chased|contacted you) (?:\w+ )?(?:twice|(?:two|
            three|four|
            five|six|[0-9]+|several|many|multiple|countless) times)\b",
    ],
    not: &[
        r"\b(?:i'll|i will|we'll|happy to|can|could|should|do i|need to|have to) (?:
            \w+ )?wait\w*\b",
        r"\bno (?:reply|answer|response) (?:needed|necessary|required)\b|\bno-?reply\b",
        r"\b(?:first|last|every|each|any) time\b",
    ],
};

/// Words of praise that stand beside a failure are mockery; alone they are praise.
pub(super) const PRAISE: Said = Said {
    kind: SignalKind::Sarcasm,
    yes: &[
        r"\b(?:great|nice|good|amazing|brilliant|fantastic|stellar|top|excellent|wonderful|fine|
            lovely|
            cracking) (?:job|work|service|support|name|morning|start|stuff|going|experience|
            help)\b",
        r"\b(?:well done|bravo|congratulations|congrats|slow clap|hats off|11/10|10/10|
            thanks for nothing|thanks a (?:lot|bunch|million)|how (?:helpful|useful|convenient|
            lovely|nice)|
            so helpful|just (?:great|perfect|brilliant|lovely|what i needed)|oh (?:great|joy|lovely|
            wonderful|brilliant)|love that for me|what a surprise|
            surprise,? surprise)\b",
        r"(?:^|[,.] )(?:lovely|brilliant|great|fantastic|wonderful|marvellous|splendid|stellar|
            genius)
            ?(?:[.!]|$)|👏",
    ],
    not: &[
        r"\b(?:doing (?:a )?(?:great|good)|(?:have|having) a|keep up the|with|for the|your) (?:
            great|nice|good|
            excellent|wonderful|lovely) (?:job|work|service|support|morning|day|help)\b",
        r"\bgood morning\b",
    ],
};

/// Something has to be done by a certain time.
pub(super) const DEADLINE: Said = Said {
    kind: SignalKind::Deadline,
    yes: &[
        r"\b(?:by|before|until|till|no later than) (?:the )?(?:end of (?:the )?(?:day|week|month|
            quarter|
            year|business)|eod|cob|tomorrow|tonight|midnight|noon|close of business|this (?:
            afternoon|
            evening|week)|next (?:week|month)|(?:on )?(?:monday|tuesday|wednesday|thursday|friday|
            saturday|sunday)|the weekend|[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm|o'clock))\b",
        r"\bdue (?:in|on|at|by|today|tonight|tomorrow|this|next|(?:on )?(?:monday|tuesday|
            wednesday|thursday|
            friday|saturday|sunday))\b",
        r"\bdeadlines?\b",
        r"\b(?:audit(?:or)?|launch|go-?live|exams?|demo|presentation|payroll|payment run|term|
            webinar|event|
            wedding|trip|flight|conference|board meeting|inspection|release|tender) (?:
            \w+ ){0,2}(?:is |
            are |starts? |begins? |opens? |goes out )?(?:on (?:mon|tues|wednes|thurs|fri|satur|
            sun)day|
            tomorrow|tonight|today|at (?:noon|midnight|[0-9]{1,2}|one|two|three|four|five|six|seven|
            eight|nine|ten)|in (?:\w+ )?(?:hours?|days?|minutes))\b",
        r"\b(?:expires?|runs out|ends|gets shut down) (?:today|tonight|tomorrow|(?:on |this |
            next )?(?:mon|
            tues|wednes|thurs|fri|satur|sun)day|in [0-9]+ (?:hours|days))\b",
    ],
    not: &[
        r"\b(?:no|extend the|past the|missed the|change the|set (?:a|the)) deadlines?\b|\bdeadlines?
            (?:field|column|view|reminder|feature)\b",
    ],
};

/// Money is lost or in dispute.
pub(super) const MONEY: Said = Said {
    kind: SignalKind::MoneyAtStake,
    yes: &[
        r"\b(?:losing|lose|lost|costing|costs?) (?:us |me |our business )?(?:\w+ )?(?:money|sales|
            revenue|
            orders|customers|clients|business|bookings|thousands|hundreds)\b",
        r"\b(?:overcharged|over-?billed|double[- ]charged|charged (?:twice|double|again)|
            out of pocket|
            not owed|(?:wrongly|incorrectly|mistakenly) charged|unauthori[sz]ed (?:charge|payment|
            transaction)s?)\b",
        r"\b(?:penalt(?:y|ies)|late fees?|fines?|chargeback|refund) (?:of|if|unless|for every|
            per)\b",
    ],
    not: &[r"\b(?:don't|do not|not|never|without|won't) (?:want to )?(?:losing|lose|lost)\b"],
};

/// Reads how a customer writes.
#[derive(Debug)]
pub(super) struct Mood {
    tables: Vec<Pattern>,
    praise: Pattern,
    complains: Regex,
}

/// What turns praise beside it into mockery.
const COMPLAINS: &[&str] =
    &[r"\b(?:still|again|not|no|never|nothing|nobody|(?:do|does|did|is|are|was|has|have|ca|wo)n't|
        cannot|down|dead|broken|fail\w*|error|worse|useless|lost|gone|slow\w*|seconds|stuck|
        locked|charged|wrong|crash\w*)\b"];

impl Mood {
    /// Compiles the tables.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let tables = [&WAITING, &DEADLINE, &MONEY];
        Ok(Self {
            tables: tables.into_iter().map(Pattern::new).collect::<Result<_, _>>()?,
            praise: Pattern::new(&PRAISE)?,
            complains: compile(COMPLAINS)?,
        })
    }

    /// Adds the signals of one text of the customer's.
    pub(super) fn read(&self, text: &TextFeatures, add: &mut impl FnMut(SignalKind, Span)) {
        let prose = || text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose);
        let Some(last) = prose().take(SENTENCES_MAX).last() else { return };
        let head = text.masked.get(..last.masked.1 as usize).unwrap_or_default();
        let complains = self.complains.is_match(head);
        let praise = Some(&self.praise).filter(|_| complains);
        for pattern in self.tables.iter().chain(praise).filter(|table| table.may_say(head)) {
            for sentence in prose().take(SENTENCES_MAX) {
                if let Some(span) = pattern.find(text, sentence) {
                    add(pattern.kind, span);
                }
            }
        }
        for sentence in prose().take(SENTENCES_MAX) {
            let words = text.words(sentence);
            if shouts(words) {
                add(SignalKind::Shouting, sentence.span);
            }
            if piles_up_marks(words) {
                add(SignalKind::RepeatedMarks, sentence.span);
            }
        }
    }
}

/// Words in capitals from which a text shouts, and the share of them.
const SHOUTED_WORDS: usize = 3;

/// True for a sentence that is mostly capitals.
///
/// Codes and abbreviations are capitals too: only words of three letters and more count, at
/// least three of them and seven in ten.
pub(super) fn shouts(words: &str) -> bool {
    let (mut loud, mut all) = (0, 0);
    for word in words.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let letters = word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’');
        if letters && word.chars().count() >= 3 {
            all += 1;
            loud += usize::from(!word.contains(char::is_lowercase));
        }
    }
    loud >= SHOUTED_WORDS && loud * 10 >= all * 7
}

/// True for a sentence that ends in several marks: "??", "!!!", "?!".
pub(super) fn piles_up_marks(words: &str) -> bool {
    let end = words.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '!' | '?'));
    let body = end.trim_end_matches(['!', '?']);
    end.len() - body.len() >= 2
}

#[cfg(test)]
#[path = "mood_tests.rs"]
mod tests;
