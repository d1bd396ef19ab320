//! Steps in the customer's words: who did what, where they looked, what stands how.

use regex::Regex;

use crate::domain::{Actor, StepOutcome};

use super::{
    Wording,
    deeds::{
        ALTERNATIVE, ATTEMPTS, CHANGES, CHECK_IS_FINE, CHECKED, DEEDS, DENIED, FINITE,
        GERUND_RESULT, GERUNDS, LEAD, LIST_INTRO, NAMES_HELPDESK, NEGATED, NO_EFFECT, NOT_THERE,
        OPENER, OTHER_SUBJECT, OTHERS, OTHERS_ATTEMPTS, OWN_SUBJECT, PRESENT, PROTECTS,
        SAME_ELSEWHERE, STATE, STATE_AFTER_COLON, SUBORDINATE, THAT_PERSON, TOOL, TOOL_FAILS,
        YOUR_SIDE,
    },
    verbs::is_deed,
    words,
};

/// Words that point at a step instead of naming it.
const POINTERS: &str = "that|this|it|so|both|all|those|these|them|everything";

/// Most words of an item such as "a private window".
const ITEM_WORDS: usize = 5;

/// Every pattern of attempts; compiled once.
#[derive(Debug)]
pub(super) struct Attempts {
    attempt: Regex,
    deed: Regex,
    reported: Regex,
    passive: Regex,
    opener: Regex,
    that_person: Regex,
    changes: Regex,
    names_helpdesk: Regex,
    others: Regex,
    protects: Regex,
    bare: Regex,
    subject: Regex,
    ambiguous: Regex,
    order: Regex,
    denied: Regex,
    checked: Regex,
    check_is_fine: Regex,
    state_after_colon: Regex,
    gerund: Regex,
    gerund_result: Regex,
    present: Regex,
    helpdesk: Regex,
    told_and_done: Regex,
    subordinate: Regex,
    tool: Regex,
    tool_fails: Regex,
    same_elsewhere: Regex,
    not_there: Regex,
    alternative: Regex,
    finite: Regex,
    list_intro: Regex,
    continuation: Regex,
    state: Regex,
    state_is_fine: Regex,
    negated: Regex,
    no_effect: Regex,
}

impl Attempts {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            attempt: words(&format!(
                r"^{LEAD}(?:{OWN_SUBJECT}(?:{ATTEMPTS})|{OTHER_SUBJECT}{OTHERS_ATTEMPTS})\b"
            ))?,
            deed: words(&format!(r"^{LEAD}{OWN_SUBJECT}(?:{DEEDS})\b"))?,
            protects: words(&format!(r"^{LEAD}{OWN_SUBJECT}{PROTECTS}"))?,
            reported: words(&format!(r"^{LEAD}{OWN_SUBJECT}([a-z-]{{3,}})\b"))?,
            passive: words(
                r"^(?:(?:the|my|our|its) )?\S+(?: \S+)?(?: also| now| then)? ([a-z-]{3,})\b",
            )?,
            opener: words(OPENER)?,
            changes: words(&format!(r"^{LEAD}{OWN_SUBJECT}(?:{CHANGES})\b"))?,
            that_person: words(THAT_PERSON)?,
            names_helpdesk: words(NAMES_HELPDESK)?,
            others: words(OTHERS)?,
            bare: words(&format!(
                r"^{LEAD}{OWN_SUBJECT}(?:re-?)?(?:tried|did|done)(?: (?:{POINTERS})\b|\W*$)"
            ))?,
            subject: words(&format!(r"^{LEAD}(?:i|we)\b"))?,
            ambiguous: words(r"^(?:put|set|read|hit|quit|reset|run)\b")?,
            order: words(r"^(?:put|set) (?:me|your|him|her|someone|somebody)\b")?,
            denied: words(DENIED)?,
            checked: words(CHECKED)?,
            check_is_fine: words(CHECK_IS_FINE)?,
            state_after_colon: words(STATE_AFTER_COLON)?,
            gerund: words(&format!(r"^(?:even )?(?:{GERUNDS})\b"))?,
            gerund_result: words(GERUND_RESULT)?,
            present: words(PRESENT)?,
            helpdesk: words(&format!(r"{YOUR_SIDE}(?:{ATTEMPTS}|{DEEDS})\b"))?,
            told_and_done: words(
                r"(?:told|asked|advised) (?:me|us) to (.{3,80}?),? (?:which|and|so) (?:i|we) did\b",
            )?,
            subordinate: words(SUBORDINATE)?,
            tool: words(TOOL)?,
            tool_fails: words(TOOL_FAILS)?,
            same_elsewhere: words(SAME_ELSEWHERE)?,
            not_there: words(NOT_THERE)?,
            alternative: words(&format!(
                r"^(?:(?:an?|my|the|in|on|with|via|also|even) )*(?:{ALTERNATIVE})\b"
            ))?,
            finite: words(FINITE)?,
            list_intro: words(LIST_INTRO)?,
            continuation: words(r"^(?:let|made|had) (?:it|them|him|her)\b")?,
            state: words(STATE)?,
            state_is_fine: words(r"\b(?:fine|works|working|ok|okay|good|reachable|valid|green)\b")?,
            negated: words(NEGATED)?,
            no_effect: words(NO_EFFECT)?,
        })
    }
}

impl Wording {
    /// A step of the customer's side: `Some(true)` for an attempt by its verb alone, `Some(false)`
    /// for a deed that may as well be the course of business.
    ///
    /// In a report on a suggestion (`reports`) any past deed counts.
    #[expect(clippy::fn_params_excessive_bools, reason = "one fact about the turn")]
    pub(in super::super) fn own_deed(&self, clause: &str, reports: bool) -> Option<bool> {
        let attempts = &self.attempts;
        let opener = attempts.opener.captures(clause).and_then(|found| found.get(1));
        let clause = opener.map_or(clause, |subject| &clause[subject.start()..]);
        if attempts.not_there.is_match(clause) {
            return Some(true);
        }
        if attempts.denied.is_match(clause) || attempts.order.is_match(clause) {
            return None;
        }
        if attempts.ambiguous.is_match(clause) && !reports {
            // "Put your boss on" orders, "put it back" in an answer reports.
            return None;
        }
        if attempts.attempt.is_match(clause) || attempts.present.is_match(clause) {
            return Some(true);
        }
        if attempts.gerund.is_match(clause) && attempts.gerund_result.is_match(clause) {
            return Some(true);
        }
        if attempts.deed.is_match(clause) {
            return Some(false);
        }
        let past = attempts.reported.captures(clause)?;
        let told = reports || self.names_writer(clause);
        (told && is_deed(past.get(1)?.as_str())).then_some(false)
    }

    /// A deed on a thing and no dealing with people, money or orders.
    pub(in super::super) fn changes_a_thing(&self, clause: &str) -> bool {
        self.attempts.changes.is_match(clause)
    }

    /// "She re-sent it": a deed of whoever was named before.
    pub(in super::super) fn is_deed_of_that_person(&self, clause: &str) -> bool {
        let verb = self.attempts.that_person.captures(clause).and_then(|found| found.get(1));
        verb.is_some_and(|verb| is_deed(verb.as_str()))
    }

    /// Names somebody of the helpdesk.
    pub(in super::super) fn names_helpdesk(&self, sentence: &str) -> bool {
        self.attempts.names_helpdesk.is_match(sentence)
    }

    /// Tells what somebody beside the writer did.
    pub(in super::super) fn is_of_others(&self, words: &str) -> bool {
        self.attempts.others.is_match(words)
    }

    /// What the words after "without the report:" say came of it.
    pub(in super::super) fn result_of(&self, words: &str) -> StepOutcome {
        let fine = self.attempts.state_is_fine.is_match(words);
        let fine = fine && !self.attempts.negated.is_match(words);
        if fine { StepOutcome::Worked } else { StepOutcome::Failed }
    }

    /// "Cache cleared, service restarted": a thing, then what was done to it.
    pub(in super::super) fn done_to_a_thing(&self, clause: &str) -> bool {
        let past = self.attempts.passive.captures(clause).and_then(|found| found.get(1));
        past.is_some_and(|verb| is_deed(verb.as_str()))
            && !self.attempts.finite.is_match(clause)
            && !self.attempts.negated.is_match(clause)
    }

    /// A deed that stops harm, whatever comes of it.
    pub(in super::super) fn protects(&self, clause: &str) -> bool {
        self.attempts.protects.is_match(clause) && !self.attempts.denied.is_match(clause)
    }

    /// Only points at a step that somebody else has named.
    pub(in super::super) fn is_bare(&self, clause: &str) -> bool {
        self.attempts.bare.is_match(clause)
    }

    /// Names the writer as the one who did it.
    pub(in super::super) fn names_writer(&self, clause: &str) -> bool {
        self.attempts.subject.is_match(clause)
    }

    /// A look at something that found it in order.
    pub(in super::super) fn found_in_order(&self, sentence: &str) -> bool {
        self.attempts.checked.is_match(sentence) && self.attempts.check_is_fine.is_match(sentence)
    }

    /// A step that the customer says somebody of the helpdesk has done.
    pub(in super::super) fn deed_of_helpdesk(&self, clause: &str) -> Option<Actor> {
        let found = self.attempts.helpdesk.captures(clause)?;
        let who = found.get(1)?.as_str().to_ascii_lowercase();
        Some(if who.contains("bot") || who == "assistant" { Actor::Bot } else { Actor::Agent })
    }

    /// "Told me to delete it, which I did": where in the clause the deed begins.
    pub(in super::super) fn told_and_done(&self, clause: &str, rest: &str) -> Option<usize> {
        let found = self.attempts.told_and_done.captures(rest)?;
        let told = found.get(0)?.start() < clause.len();
        told.then(|| found.get(1).map_or(0, |deed| deed.start()))
    }

    /// Tells when or why, not what was tried.
    pub(in super::super) fn is_subordinate(&self, clause: &str) -> bool {
        self.attempts.subordinate.is_match(clause)
    }

    /// A program that was asked, with what it answered.
    pub(in super::super) fn tool_check(&self, clause: &str) -> Option<StepOutcome> {
        let asked = self.attempts.tool.is_match(clause);
        let fails = self.attempts.tool_fails.is_match(clause);
        asked.then_some(if fails { StepOutcome::Failed } else { StepOutcome::Worked })
    }

    /// "Same in Firefox."
    pub(in super::super) fn is_same_elsewhere(&self, clause: &str) -> bool {
        self.attempts.same_elsewhere.is_match(clause)
            && (clause.starts_with("Not") || self.attempts.same_elsewhere_names(clause))
    }

    /// Nothing but what was tried instead: "Chrome", "another cable".
    pub(in super::super) fn is_alternative(&self, clause: &str) -> bool {
        clause.split(' ').count() <= ITEM_WORDS
            && self.attempts.alternative.is_match(clause)
            && !self.attempts.finite.is_match(clause)
    }

    /// How something stands that an answer pointed at: it is fine, or it did not help.
    pub(in super::super) fn state(&self, clause: &str) -> Option<StepOutcome> {
        if self.attempts.state_after_colon.is_match(clause) {
            let fine = self.attempts.state_is_fine.is_match(clause);
            return Some(if fine { StepOutcome::Worked } else { StepOutcome::Failed });
        }
        let says = self.attempts.state.is_match(clause) && !self.attempts.negated.is_match(clause);
        let fine = self.attempts.state_is_fine.is_match(clause);
        says.then_some(if fine { StepOutcome::Worked } else { StepOutcome::Failed })
    }

    /// Bytes of "Things I tried:".
    pub(in super::super) fn list_intro(&self, sentence: &str) -> Option<usize> {
        self.attempts.list_intro.find(sentence).map(|found| found.end())
    }

    /// Goes on with the item before it.
    pub(in super::super) fn is_continuation(&self, clause: &str) -> bool {
        self.attempts.continuation.is_match(clause)
    }

    /// Says that what was tried changed nothing.
    pub(in super::super) fn has_no_effect(&self, sentence: &str) -> bool {
        self.attempts.no_effect.is_match(sentence)
    }
}

impl Attempts {
    fn same_elsewhere_names(&self, clause: &str) -> bool {
        let rest = clause.split(' ').skip(1);
        let mut rest = rest.collect::<Vec<_>>().join(" ");
        while let Some((_, after)) = rest.split_once(' ') {
            if self.alternative.is_match(after) {
                return true;
            }
            rest = after.to_owned();
        }
        false
    }
}
