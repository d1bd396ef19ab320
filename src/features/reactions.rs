//! How a customer reacts to an answer: it helped, it did not, or neither is said.
//!
//! Failures have too many words for a list. After an answer that proposes something or asks
//! whether it helped, a turn is one of few harmless things (thanks, a plan to try, a question, a
//! new topic, a request for a person); what is none of them says that the answer did not help.

use regex::Regex;

use crate::domain::{Sentence, SentenceKind, SignalKind, Span, Speaker, TextFeatures};

use super::{
    answers::{Answer, is_question},
    pattern::compile,
};

/// Sentences of a turn that are looked at.
const SENTENCES_MAX: usize = 12;

/// The compiled phrases.
#[derive(Debug)]
pub(super) struct Reactions {
    denies: Regex,
    closes: Regex,
    helped: Regex,
    thanks: Regex,
    accepts: Regex,
    postpones: Regex,
    persists: Regex,
    negates: Regex,
    wishes: Regex,
    exasperated: Regex,
    turns_to: Regex,
    agrees: Regex,
    contrasts: Regex,
    asks: Regex,
    addresses: Regex,
    unsure: Regex,
    insists: Regex,
}

/// A "no" at the beginning.
const DENIES: &[&str] = &[
    r"^\W*(?:(?:lol|haha|um+|uh+|er+|hm+|well|sorry|good grief|omg|god|oh|hell|so|and|but|
        guess what|
        kind of you but|nice try but|thanks but|thank you but)\W+)*(?:no+|nope|nah|nein|não|nee|
        nej|non|negative|wrong|
        incorrect|not really|not at all|not quite|not it|unfortunately not|sadly not|none|neither|
        not (?:the|that|this|it|my|mine|ours|what|a|helpful|fixed|working|better|solved)|it did not|
        it didn't|it doesn't|it hasn't|afraid not)\b",
    r"\b(?:so|but|and),? (?:no|nope)\b(?:[,.!]|$)",
];

/// A "no" that refuses nothing.
const CLOSES: &[&str] = &[
    r"\b(?:no|nope|nah),? (?:thanks?|thank you|thx|ty|worries|problem|rush|hurry|that's (?:all|it|
        fine)|
        that is all|that will be all|i'm (?:good|fine|all set)|all good|all set|nothing else|
        that's everything|more questions|further|questions|stress|it's (?:fine|ok|okay))\b",
    r"\b(?:never ?mind|nothing else|all good|not urgent|oh nothing|no need|if not)\b",
    r"\b(?:haven't|have not|didn't|did not) (?:\w+ )?(?:try|tried|do|done|check|checked) (?:that|
        it|this|
        them|those)(?: yet)?\b",
    r"^\W*(?:\w+\W+){0,3}that(?:'s| is| was| will be|'ll be) (?:all|everything)\b",
    r"\bno,? (?:let me|i'll|i will|not yet)\b|\bnot yet\b",
];

/// It helped.
const HELPED: &[&str] = &[
    r"\b(?:that|this|it|which|everything|all|link|reset|restart|your \w+|the \w+) (?:has |have |
        just |now |
        really |actually |finally |all |indeed |totally |definitely |seems to (?:have )?|
        did )*(?:works|worked|working|helped|helps|fixed (?:it|that)|solved (?:it|that)|did (?:it|
        the trick)|does (?:it|the trick)|fixes|solves|resolved|sorted|answers|answered)\b",
    r"^\W*(?:yes|yep|yeah|yup|ya|sure|ok|okay|ah|oh|great|perfect|wow)?\W*(?:it|that|this|you|
        they) (?:did|
        does|do|is|was|has|have)\b\W*(?:$|[,.!]|thanks?|thank)",
    r"\b(?:found it|got it (?:working|now|to work)|(?:i'm|we're|i am|we are) (?:back )?(?:in|back|
        online|good|all set|sorted)\b|works? (?:now|again|fine|perfectly|great|like a charm)|
        working (?:now|again|fine|perfectly)|all (?:good|sorted|set|fixed|working|fine)|(?:is|it's|
        now|all|problem|issue) (?:fixed|solved|resolved|sorted)|problem solved|that's (?:it|
        the one|what i (?:needed|wanted|was looking for)|perfect|great|better|all i)|there it is|
        much better|good to know|makes sense|exactly what i)\b",
    r"\b(?:did|does) the trick\b",
];

/// Thanks and praise.
const THANKS: &[&str] = &[
    r"\b(?:thank(?:s| you)?|thx|tks|ta|ty|tysm|cheers|appreciate(?:d)?|grateful|gracias|merci|danke|
        obrigad[oa]|
        grazie|bye|goodbye|have a (?:nice|good|great|lovely))\b|[👍🙏❤]",
];

/// Agreement.
const ACCEPTS: &[&str] = &[
    r"^\W*(?:ok(?:ay)?|okey|k|sure|alright|all right|right|fine|great|perfect|cool|awesome|
        excellent|
        wonderful|yes|yep|yeah|yup|ya|aha|ah|oh|will do|got it|understood|i see|good|nice|deal|
        agreed|noted|fair enough|done|correct|please do|go ahead|sounds good|that works|pity|
        too bad|shame|both|either|the (?:first|second|last) one|whatever|hm+|hold on|hang on|
        one sec\w*|
        just a|give me a|wait)\b",
    r"^[\w ,]{1,60}\bplease\W*$",
];

/// A plan to try it.
const POSTPONES: &[&str] = &[
    r"\b(?:i['’]?ll|i will|we['’]ll|we will|will|gonna|going to|let me|about to|lemme|need to|
        have to|
        must) (?:\w+ ){0,3}(?:try|check|look|test|do|see|give|go|get back|report|ask|wait|
        let you know|
        have a)\b",
    r"\b(?:trying|testing|checking|looking|doing|rebooting|restarting|installing|downloading|
        updating) (?:it |that |this )?(?:now|right now|at the moment)\b",
];

/// It goes on: words that hardly stand in a turn that is content.
const PERSISTS: &[&str] = &[
    r"\b(?:still|worse|nothing|nowhere|nobody|neither|nah|nope|zilch|nada|zip|already (?:tried|
        did|done|said|told|checked|have|sent|gave|been)|no (?:change|difference|luck|joy|dice|word|
        news|
        reply|answer|update|data|effect|result|success|better|improvement|avail|idea|good)|kicked|
        locked|expired|as before|guess (?:where|what|who)|useless|for nothing|empty|gr[ea]yed)\b",
    r"^\W*(?:please )?try again\b|^\W*(?:\w+\W+)?(?:again|same|back to)\b|\b(?:again|same)(?:[.!,?]|\W*$)|\bsame (?:\w+ )?(?:
        thing|
        error|issue|problem|results?|message|answer|loop|page|here|again|story|old|as (?:before|
        ever))\b",
    r"\b(?:it|now|here|there|happen\w*|locked|failed|fails|down|out|off|broke\w*) (?:\w+ )?again\b|
        \b(?:jump|go|went|goes|revert|send|straight|kick|bounce|loop)\w* (?:me |it |us |
        right )*back to\b",
];

/// Any negation or contrast.
const NEGATES: &[&str] =
    &[r"\b(?:no|not|never|none|(?:do|does|did|is|are|was|were|has|have|had|ca|wo|would|could|
        should)n't|cannot|but|however|except|without|though|although|instead|only|already|wrong|
        unfortunately|sadly|error|fail\w*|broken|gone|missing|dead|stuck|rejected|denied|blank|
        lost)\b"];

/// A wish or a choice: what goes on with the matter at hand.
const WISHES: &[&str] = &[
    r"\b(?:(?:i['’]d|i would|we['’]d|we would|i['’]ll|i will) (?:\w+ )?(?:like|prefer|love|rather|
        take|go|stick|
        need|want)|(?:i|we) (?:\w+ )?(?:want|need|wish|was hoping|were hoping|am looking|am fine|
        believe)|please|(?:can|could|would|will) (?:you|i|we)|let['’]s|in that case|proceed|
        go with|i understand)\b",
];

/// Words that a customer has run out of patience with.
const EXASPERATED: &[&str] = &[r"\b(?:omg|ffs|wtf|jesus|christ|good grief|for \w+ sake|
        kidding(?: me)?|joking|are you (?:serious|deaf|blind|for real)|seriously|unbelievable|
        ridiculous|joke|disgrace\w*|useless|hopeless|pathetic|absurd|nonsense|waste of (?:my )?time|
        fed up|sick of|tired of|had enough|come on|do you (?:even|actually|ever)|did you (?:even|
        actually)|can you (?:even )?read|talking to a (?:wall|brick|machine|robot|parrot)|
        going (?:round|around) in circles|over and over|damn|bloody|hell|crap|shit\w*|bullshit|
        fuck\w*|
        stupid|idiot\w*|how many times|told you|i (?:just|already|literally) (?:said|told|wrote)|
        like i said|as i said)\b|\bhello\?\?"];

/// Another matter.
const TURNS_TO: &[&str] =
    &[r"^\W*(?:also|one more|another (?:thing|question|issue|topic)|next(?: one)?|separately|
        by the way|btw|
        second(?:ly|,| thing| question| point)|different (?:question|topic)|
         on another note|unrelated|while i(?:'m| am|
         have)|
        a follow|follow-up)\b"];

/// A question without its mark.
const ASKS: &[&str] =
    &[r"^\W*(?:(?:and|so|ok|okay|then|hm+|sorry|but|oh|ah|wait|well|right|yes|yeah|great|
        alright)\W+)*(?:how|
        what|where|when|which|who|whose|why|can|could|is|are|do|does|will|would|should|shall|may|
        has|have you|am i|any idea|what's|where's|how's)\b"];

/// A "no" to a question for information.
const UNSURE: &[&str] =
    &[r"\b(?:not sure|no idea|no clue|(?:do|did|ca)n't (?:know|remember|recall|
    think|tell|have (?:a|an|any|that|the|it))|no,? (?:only|just|we|i|it)|never (?:had|used|
    heard))\b"];

/// A line that only addresses somebody or signs.
const ADDRESSES: &[&str] = &[
    r"^\W*(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening))\b(?: [\w.]+){0,3}\W*$",
    r"^\W*[\w.'-]+(?: [\w.'-]+)?,\W*$",
    r"^\W*(?:best|regards|kind regards|best regards|sincerely|yours|warm regards)\b.{0,30}$",
];

/// How a turn reacts to the answer before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    /// The answer helped.
    Helped,
    /// The answer did not help.
    Failed,
    /// The customer agrees, or goes away to try it: the answer stays open.
    Open,
    /// Something else, or nothing that tells.
    Other,
}

/// What the customer reacts to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reacting {
    /// The answer, and who gave it.
    pub(super) answer: Answer,
    pub(super) speaker: Speaker,
    /// The customer has reacted to it once without saying what came of it.
    pub(super) open: bool,
    /// The turn asks for a person.
    pub(super) asks_for_person: bool,
}

impl Reactions {
    /// Compiles the phrases.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            denies: compile(DENIES)?,
            closes: compile(CLOSES)?,
            helped: compile(HELPED)?,
            thanks: compile(THANKS)?,
            accepts: compile(ACCEPTS)?,
            postpones: compile(POSTPONES)?,
            persists: compile(PERSISTS)?,
            negates: compile(NEGATES)?,
            wishes: compile(WISHES)?,
            exasperated: compile(EXASPERATED)?,
            turns_to: compile(TURNS_TO)?,
            agrees: compile(&[r"^\W*(?:yes|yeah|yep|yup|sure|please do|go ahead)\b"])?,
            contrasts: compile(&[r"\b(?:but|however|though|although|except)\b"])?,
            asks: compile(ASKS)?,
            addresses: compile(ADDRESSES)?,
            unsure: compile(UNSURE)?,
            insists: compile(&[
                r"^\W*(?:just|simply|i (?:just |only )?(?:want|need|asked)) (?:\w+)",
            ])?,
        })
    }

    /// How the first message of a customer turn reacts, and the sentence that shows it.
    pub(super) fn read(&self, text: &TextFeatures, to: Reacting) -> (Reaction, Option<Span>) {
        let own = text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose);
        let own = own.filter(|sentence| !self.addresses.is_match(text.words(sentence)));
        let said: Vec<&Sentence> = own.take(SENTENCES_MAX).collect();
        let Some(first) = said.first() else { return (Reaction::Other, None) };
        let words: Vec<&str> = said.iter().map(|sentence| text.words(sentence)).collect();
        let reaction = self.judge(&words, to);
        (reaction, Some(first.span))
    }

    fn judge(&self, said: &[&str], to: Reacting) -> Reaction {
        let any = |pattern: &Regex| said.iter().any(|words| pattern.is_match(words));
        let first = said.first().copied().unwrap_or_default();
        // "Is it still in transit?" asks, "Why is it still locked?" complains.
        let neutral = |words: &str| is_question(words) && !words.to_lowercase().contains("why");
        let persists = said.iter().any(|words| !neutral(words) && self.persists.is_match(words));
        // After a question a "no" is its answer.
        let asked = matches!(to.answer, Answer::Asks { .. });
        let denies = !asked && (self.denies.is_match(first) || self.ends_with_no(said));
        let closes = any(&self.closes);
        if denies && !closes {
            return Reaction::Failed;
        }
        let states_help = |words: &&str| !is_question(words) && self.helped.is_match(words);
        if said.iter().any(states_help) && !persists {
            return Reaction::Helped;
        }
        // "No thanks. Just reverse the one." declines and insists.
        let insists = denies && said.len() > 1 && any(&self.insists);
        if closes {
            return if insists { Reaction::Failed } else { Reaction::Other };
        }
        let exasperated = any(&self.exasperated) || said.iter().any(|words| stresses(words));
        let postpones = any(&self.postpones);
        if any(&self.thanks) && !persists && !exasperated {
            let verdict = to.answer == Answer::AsksIfHelped && !postpones;
            return if verdict { Reaction::Helped } else { Reaction::Open };
        }
        let negates = persists || exasperated || any(&self.negates);
        if !negates && (self.accepts.is_match(first) || postpones) {
            return Reaction::Open;
        }
        let agrees = self.agrees.is_match(first) && !any(&self.contrasts);
        if !persists && !exasperated && (agrees || (postpones && said.len() == 1)) {
            return Reaction::Open;
        }
        let asks = |words: &&str| is_question(words) || self.asks.is_match(words);
        if said.iter().all(asks) && !persists && !exasperated {
            return Reaction::Other;
        }
        if self.turns_to.is_match(first) && !persists {
            return Reaction::Other;
        }
        // "Not that one. I want …" corrects the answer, "I want …" goes on from it.
        let corrects =
            said.len() > 1 && self.negates.is_match(first) && !self.wishes.is_match(first);
        let goes_on = any(&self.wishes) && !corrects && !persists && !exasperated;
        if goes_on && (to.answer == Answer::States || !negates) {
            return Reaction::Other;
        }
        let informs = said.len() == 1 && is_information(first) && !negates;
        let asks_only_for_person = to.asks_for_person
            && (to.answer != Answer::AsksIfHelped || said.len() <= 2)
            && !persists
            && !(negates && said.len() > 2);
        if asks_only_for_person || (informs && to.answer != Answer::AsksIfHelped) {
            return Reaction::Other;
        }
        let expects_verdict = match to.answer {
            Answer::AsksIfHelped | Answer::Proposes => !to.open,
            Answer::States => to.speaker == Speaker::Bot && !to.open,
            Answer::Holds | Answer::Asks { .. } => false,
        };
        // What was proposed beside a question cannot be done: "there is no such button".
        let refuted = to.answer == (Answer::Asks { proposes: true })
            && !to.open
            && self.negates.is_match(first)
            && !self.unsure.is_match(first);
        if refuted {
            return Reaction::Failed;
        }
        let persists = if asked { persists && said.len() > 1 } else { persists };
        if expects_verdict || persists || exasperated { Reaction::Failed } else { Reaction::Other }
    }

    /// "… so no": a verdict at the end of the first sentences.
    fn ends_with_no(&self, said: &[&str]) -> bool {
        said.iter().take(3).skip(1).any(|words| self.denies.is_match(words) && words.len() < 80)
    }
}

/// Words that people write in capitals to be understood at last; none is an abbreviation.
#[rustfmt::skip]
const STRESSED: &[&str] = &[
    "ACTUALLY", "AGAIN", "ALL", "ALREADY", "AND", "ANY", "ANYTHING", "ARE", "BEFORE", "BUT",
    "CANCEL", "CANNOT", "CANT", "CHANGE", "CLOSE", "DID", "DIDNT", "DOES", "DOESNT", "DONT", "EVERY",
    "EXACTLY", "GET", "GONE", "HAS", "HAVE", "HOW", "JUST", "KNOW", "LONG", "MY", "NEVER", "NONE",
    "NOT", "NOTHING", "NOW", "ONLY", "OUT", "PLEASE", "READ", "REAL", "SAME", "STILL", "STOP", "THAT",
    "THE", "THIS", "TRIED", "TWICE", "WANT", "WAS", "WHAT", "WHEN", "WHERE", "WHY", "WRONG", "YOU",
    "YOUR",
];

/// True if a word is stressed by capitals.
fn stresses(words: &str) -> bool {
    let mut letters = words.split(|c: char| !c.is_ascii_alphabetic() && c != '\'' && c != '’');
    letters.any(|word| {
        let plain = word.replace(['\'', '’'], "");
        STRESSED.binary_search(&plain.as_str()).is_ok()
    })
}

/// A few words with a number, an address or a name of a thing: information that was lacking.
fn is_information(words: &str) -> bool {
    const STATING: &[&str] = &["it", "its", "it's", "there", "this", "that", "they", "i", "we"];
    let count = words.split_whitespace().count();
    let first = words.split_whitespace().next().unwrap_or_default().to_lowercase();
    let has_data = words.contains(|c: char| c.is_ascii_digit() || c == '<' || c == '@');
    count <= 2 || (has_data && count <= 3 && !STATING.contains(&first.as_str()))
}

/// The kind of signal that a reaction is.
pub(super) fn signal_of(reaction: Reaction) -> Option<SignalKind> {
    match reaction {
        Reaction::Helped => Some(SignalKind::AttemptWorked),
        Reaction::Failed => Some(SignalKind::AttemptFailed),
        Reaction::Open | Reaction::Other => None,
    }
}

#[cfg(test)]
#[path = "reactions_tests.rs"]
mod tests;
