//! Matters that automation may not decide, as far as the text alone tells them: legal steps,
//! cancellations, and what is not for this desk.
//!
//! The notation is that of [`super::patterns`]. Precision comes first: what these tables leave
//! open, the model still reads.

use regex::Regex;

use crate::domain::SignalKind;

use super::{pattern::compile, patterns::Said};

/// The customer exercises a right, names lawyers or courts, or disputes a contract.
pub(super) const LEGAL: Said = Said {
    kind: SignalKind::LegalMatter,
    yes: &[
        r"\b(?:under|per|pursuant to|according to|in accordance with|as per) (?:the )?(?:gdpr|ccpa|
            cpra|dsgvo|rgpd|data protection act|art(?:icle|\.)? ?[0-9]+)\b",
        r"\b(?:gdpr|ccpa|cpra|privacy|data protection) (?:\w+ )?(?:request|erasure|deletion|
            complaint|
            violation|breach|rights)\b",
        r"\b(?:article|art\.) ?(?:1[5-9]|2[0-2]) (?:of (?:the )?)?(?:gdpr|dsgvo|rgpd)\b|
            \b(?:gdpr|dsgvo|rgpd),? (?:article|art\.) ?[0-9]+",
        r"\bright (?:to (?:erasure|be forgotten|rectification|data portability|access my)|
            of access)\b",
        r"\bsubject access request\b|\bdsar\b",
        r"\b(?:erase|delete|remove|wipe|destroy|copy of|disclose|export of) (?:\w+ ){0,3}(?:my|our|
            his|her|
            the) personal (?:data|information)\b",
        r"\ball (?:the |of the )?(?:personal )?(?:data|information) (?:that )?you (?:hold|have|
            store|keep|
            process) (?:on|about) (?:me|us|my|him|her)\b",
        r"\b(?:my|our|his|her) (?:lawyers?|solicitors?|attorneys?|barrister|legal counsel|
            legal representatives?)\b",
        r"\b(?:lawyers?|solicitors?|attorneys?|legal (?:team|department)) (?:will|is going to|
            has been|
            have been|has advised|shall)\b",
        r"\btak(?:e|ing) (?:you|this|it|the matter|your company) to (?:court|small claims|
            arbitration|
            the ombudsman)\b",
        r"\b(?:legal (?:action|proceedings|steps|notice)|lawsuit|small claims|court (?:order|
            summons)|
            subpoenas?|cease and desist|class action|litigation|letter before action|notice of (?:
            dispute|claim|breach)|breach of (?:the )?contract|power of attorney)\b",
        r"\b(?:report|complain|complaint|turn|go|escalate|contact|write|notif\w+) (?:
            \w+ ){0,5}(?:to |
            with )?(?:the |your |a )?(?:\w+ )?(?:regulator|ombudsman|supervisory authority|
            data protection (?:authority|commissioner)|information commissioner|attorney general|
            trading standards|consumer protection)\b",
        r"\b(?:sue|suing) (?:you|your|the company|them|for)\b",
    ],
    not: &[
        r"\b(?:are|is) (?:you|your \w+|it|the \w+) (?:\w+ )?(?:gdpr|ccpa).{0,30}",
        r"\b(?:gdpr|ccpa)[- ](?:compliant|compliance|ready|banner|cookie|settings?|page|export)\b",
        r"\b(?:law firm|legal team|lawyers?) (?:who |that )?(?:uses?|needs?|plan|role|cannot|can't|
            can|wants?|seats?|account|workspace|edition)\b",
    ],
};

/// The customer wants to leave.
pub(super) const CANCELLATION: Said = Said {
    kind: SignalKind::CancellationAsked,
    yes: &[
        r"\b(?:cancel|terminate|close|deactivate|discontinue) (?:my|our|the|this) (?:\w+ ){0,2}(?:
            subscription|account|membership|contract|agreement|service|plan|policy|line|
            auto-?renewal|
            licen[cs]e)\b",
        r"\b(?:end|stop) (?:my|our|the|this) (?:\w+ ){0,2}(?:subscription|membership|contract|
            agreement|
            auto-?renewal|renewal)\b",
        r"\bdelete (?:my|our) (?:\w+ )?account\b",
        r"\b(?:want|like|wish|decided|ready|going|would like) to cancel(?: it)?(?:\W*$|[.,!]| (?:
            please|asap|
            immediately|today|now|effective|as of|from|with you|right away))",
        r"\b(?:please (?:do not|don't)|(?:i|we) (?:\w+ )?(?:won't|will not|shall not|do not want to|
            don't want to|do not wish to)|decided not to|(?:am|are|won't be|will not be) not|
            won't be|
            will not be) renew(?:ing)?\b|\bnon-?renewal\b",
        r"^\W*(?:please |just |i said |then )?cancel(?: it| everything| me)?(?: please| now|
             asap)*\W*$",
        r"\bcancellation (?:request|of (?:my|our) (?:\w+ )?(?:subscription|account|membership|
            contract|
            plan|service))\b|\bnotice of (?:cancellation|termination)\b",
    ],
    not: &[
        r"\b(?:tried|trying|attempted|unable|failed|how|where|when|if|before|after|can|could|did|
            didn't|without|instead of|rather than|not|don't|never|do not want|anyone|somebody|
            someone|
            you|they|it|will) (?:\w+ ){0,3}(?:to )?(?:cancel|close|terminate|end|stop|delete|
            deactivate)\b.{0,20}",
        r"\b(?:account|plan|line|policy|service|contract|licen[cs]e) (?:manager|team|owner|chart|
            number|
            page|item|items|tab|window|dialog|desk|level)\b",
        r"\b(?:any ?time|at any time|cancellation (?:fee|policy|terms))\b",
    ],
};

/// An agent or a bot says that the customer is at the wrong desk.
pub(super) const WRONG_DESK: Said = Said {
    kind: SignalKind::OutOfScope,
    yes: &[
        r"\b(?:have|got|dialled|dialed|called|reached|contacted|written to) the wrong (?:number|
            company|
            business|firm|place|organi[sz]ation|shop)\b",
        r"\bwe (?:are|'re) not (?:the|a|your) (?:\w+ ){0,2}(?:surgery|bank|shop|airline|hospital|
            clinic|
            store|hotel|school|company you)\b",
    ],
    not: &[],
};

/// What unsolicited advertising says; two of them make it one.
const SPAM: &[&str] =
    &[r"\b(?:(?:dofollow |quality |da ?[0-9]+\+? )?backlinks?|seo (?:services?|packages?|audit|
        experts?|agency)|
        guest posts?|link building|(?:page|position) (?:one|1|#1)|first page|google ranking|
        rank(?:ing)?
        (?:on|in|#)|white hat|high da|domain authority|free (?:seo )?audit|(?:boost|increase|
        drive) (?:
        your )?(?:\w+ )?(?:traffic|followers|ranking|visibility)|buy followers|search results|
        webmaster|(?:business|site|website) owner|crypto investment|bitcoin|forex|casino|viagra|
        you(?:'ve| have) won|lottery|claim your (?:prize|reward)|inheritance|guaranteed|100 ?%|
        make money|passive income|(?:web|app) (?:design|development) (?:services?|company|agency)|
        business loans?|work from home|limited offer|only \$[0-9]+|packages? from|to (?:unsubscribe|
        be removed)|surfing your (?:web)?site|digital (?:growth|marketing) (?:consultant|agency|
        expert)|
        investment opportunity|next of kin)\b"];

/// Bytes of a text in which advertising shows.
const SPAM_BYTES: usize = 4_096;

/// Cues that make a text advertising.
const SPAM_CUES: usize = 3;

/// Tells advertising.
#[derive(Debug)]
pub(super) struct Spam(Regex);

impl Spam {
    /// Compiles the cues.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self(compile(SPAM)?))
    }

    /// True for a text with several different cues.
    pub(super) fn holds(&self, masked: &str) -> bool {
        let head = masked.get(..masked.floor_char_boundary(SPAM_BYTES)).unwrap_or(masked);
        let mut cues: Vec<String> = Vec::new();
        for found in self.0.find_iter(head) {
            let cue = found.as_str().to_lowercase();
            if !cues.contains(&cue) {
                cues.push(cue);
            }
        }
        cues.len() >= SPAM_CUES
    }
}

/// True for words that are none: keys hit at random.
///
/// Most of them have no vowel, five consonants in a row, or a run of neighbouring keys.
pub(super) fn is_gibberish(words: &[String]) -> bool {
    const RUNS: &[&str] =
        &["asdf", "sdfg", "dfgh", "fghj", "ghjk", "hjkl", "qwer", "wert", "zxcv", "xcvb", "lkjh"];
    let vowel = |c: char| "aeiouyäöüáéíóúàèìòùâêîôûå".contains(c);
    let senseless = |word: &&String| {
        let mut row = 0;
        let mut longest = 0;
        for c in word.chars() {
            row = if vowel(c) { 0 } else { row + 1 };
            longest = longest.max(row);
        }
        let long = word.chars().count() >= 4;
        long && word.is_ascii() && (longest >= 5 || !word.contains(vowel))
            || RUNS.iter().any(|run| word.contains(run))
    };
    let long = words.iter().filter(|word| word.chars().count() >= 3).count();
    let found = words.iter().filter(senseless).count();
    found > 0 && found * 2 >= long
}

#[cfg(test)]
#[path = "matters_tests.rs"]
mod tests;
