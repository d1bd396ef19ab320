//! What a turn of the customer's says that was tried: by the customer, or by the helpdesk in the
//! customer's words.

use std::ops::Range;

use crate::domain::{Actor, SentenceKind, StepOutcome};

use super::{
    super::{transcript::Line, wording::Wording},
    clauses::clauses,
    shares_word,
};

/// Words of a clause below which it is no step of its own beside another.
const SHORT_WORDS: usize = 4;

/// Longest sentence in words that only says how something stands.
const STATE_WORDS: usize = 10;

/// Most words in front of a colon that say under what condition something came of it.
const HEAD_WORDS: usize = 6;

/// A step as the customer tells it.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) by: Actor,
    pub(super) text: usize,
    pub(super) bytes: Range<usize>,
    pub(super) outcome: StepOutcome,
    /// Points at what somebody else has named ("did that") and names nothing.
    pub(super) is_bare: bool,
    /// An attempt by its verb alone; else it may as well be the course of business.
    is_attempt: bool,
    /// A step, though nobody says what came of it.
    is_sure: bool,
}

/// What stands around a turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// The suggestion that the turn may report on.
    pub(super) suggestion: Option<&'a str>,
    /// The matter is an incident: what was done stopped harm and solved nothing.
    pub(super) is_incident: bool,
    /// The turn follows an answer.
    pub(super) replies: bool,
    /// The customer has written before, so what is told now has been done since.
    pub(super) later: bool,
}

/// The steps of a turn in order.
pub(super) fn read(wording: &Wording, turn: &[Line<'_>], around: Around<'_>) -> Vec<Own> {
    let mut reader =
        Reader { wording, around, steps: Vec::new(), kept: 0, in_list: false, agent: false };
    for line in turn.iter().filter(|line| line.kind == SentenceKind::Prose) {
        reader.line(line);
    }
    reader.finish()
}

struct Reader<'r> {
    wording: &'r Wording,
    around: Around<'r>,
    steps: Vec<Own>,
    /// Steps before this place are sure; the others wait for a word that says so.
    kept: usize,
    /// The lines after "What I tried:" are steps as long as they are items.
    in_list: bool,
    /// Somebody of the helpdesk has been named, so that "she" may be that person.
    agent: bool,
}

impl Reader<'_> {
    fn line(&mut self, line: &Line<'_>) {
        let from = self.steps.len();
        self.agent |= self.wording.names_helpdesk(line.words);
        if let Some(intro) = self.wording.list_intro(line.words) {
            self.list(line, intro);
        } else if self.in_list && line.words.starts_with(['-', '*', '•', '–']) {
            self.items(line, 0);
        } else {
            self.in_list = false;
            self.deeds(line);
        }
        let verdict = self.wording.verdict(line);
        let no_effect = self.wording.has_no_effect(line.words);
        let found = &self.steps[from..];
        let strong = found.iter().any(|step| step.is_attempt || step.is_sure);
        let sure = strong || no_effect || (!found.is_empty() && self.around.suggestion.is_some());
        if sure && !found.is_empty() && from > self.kept {
            // The report is on these, not on what somebody told before.
            if strong || no_effect {
                self.steps.drain(self.kept..from);
            }
            self.kept = self.steps.len();
        } else if sure {
            self.kept = self.steps.len();
        } else if found.is_empty() {
            self.steps.truncate(self.kept);
        }
        let verdict = if no_effect { StepOutcome::Failed } else { verdict };
        // "Works, but the invoice is wrong" is a report only where it is one on a step.
        if verdict != StepOutcome::Unknown {
            report_on(&mut self.steps, verdict);
        }
    }

    /// The deeds of one sentence.
    fn deeds(&mut self, line: &Line<'_>) {
        if Wording::is_question_only(line.words) {
            return;
        }
        let parts = clauses(line.words);
        let mut opened: Option<usize> = None;
        for (place, part) in parts.iter().enumerate() {
            let clause = &line.words[part.clone()];
            let Some(mut own) = self.clause(line, part, clause) else { continue };
            // "Two people clicked and typed it in": whoever did the first did the second.
            let elided = own.by == Actor::Customer && !self.wording.names_writer(clause);
            let before = &line.words[..part.start];
            let follows = place > 0
                && (before.trim_end().ends_with("and") || self.wording.is_of_others(before));
            if elided && follows && opened.is_none() && self.around.suggestion.is_none() {
                continue;
            }
            own.bytes.end = line.bytes.end;
            if let Some(last) = opened.and_then(|at| self.steps.get_mut(at)) {
                let end = line.bytes.start + parts[place - 1].end;
                let so_far = &line.words[last.bytes.start - line.bytes.start..parts[place - 1].end];
                let joined = self.around.suggestion.is_some()
                    || words(so_far) < SHORT_WORDS
                    || words(clause) < SHORT_WORDS;
                if joined {
                    last.is_attempt |= own.is_attempt;
                    last.is_bare &= own.is_bare;
                    continue;
                }
                last.bytes.end = end;
            }
            opened = Some(self.steps.len());
            self.steps.push(own);
        }
        let Some(suggestion) = self.around.suggestion.filter(|_| opened.is_none()) else { return };
        if self.steps.is_empty()
            && let Some((head, tail)) = line.words.split_once(": ")
            && words(head) <= HEAD_WORDS
            && shares_word(suggestion, head)
        {
            let outcome = self.wording.result_of(tail);
            self.steps.push(Own {
                by: Actor::Customer,
                text: line.text,
                bytes: line.bytes.clone(),
                outcome,
                is_bare: false,
                is_attempt: true,
                is_sure: true,
            });
            return;
        }
        if words(line.words) > STATE_WORDS || !shares_word(suggestion, line.words) {
            return;
        }
        if let Some(outcome) = self.wording.state(line.words) {
            self.steps.push(Own {
                by: Actor::Customer,
                text: line.text,
                bytes: line.bytes.clone(),
                outcome,
                is_bare: false,
                is_attempt: true,
                is_sure: true,
            });
        }
    }

    /// The step that a clause tells, if it tells one.
    fn clause(&self, line: &Line<'_>, part: &Range<usize>, clause: &str) -> Option<Own> {
        let told = self.wording.told_and_done(clause, &line.words[part.start..]);
        let start = told.unwrap_or(0) + part.start;
        let bytes = line.bytes.start + start..line.bytes.start + part.end;
        let own = |by, outcome, is_attempt| Own {
            by,
            text: line.text,
            bytes: bytes.clone(),
            outcome,
            is_bare: false,
            is_attempt,
            is_sure: false,
        };
        if told.is_some() {
            return Some(own(Actor::Customer, StepOutcome::Unknown, true));
        }
        if self.wording.is_subordinate(clause) || self.wording.is_not_yet(clause) {
            return None;
        }
        if let Some(by) = self.wording.deed_of_helpdesk(clause) {
            return Some(own(by, StepOutcome::Unknown, false));
        }
        if self.agent && self.wording.is_deed_of_that_person(clause) {
            return Some(own(Actor::Agent, StepOutcome::Unknown, true));
        }
        if let Some(outcome) = self.wording.tool_check(clause) {
            return Some(own(Actor::Customer, outcome, true));
        }
        if self.wording.is_same_elsewhere(clause) {
            return Some(own(Actor::Customer, StepOutcome::Failed, true));
        }
        let reports = self.around.suggestion.is_some() || self.around.replies;
        if let Some(is_attempt) = self.wording.own_deed(clause, reports) {
            let protects = self.wording.protects(clause);
            let in_order = self.wording.found_in_order(line.words);
            let outcome = if in_order { StepOutcome::Worked } else { StepOutcome::Unknown };
            // "Disabled all 14": who answers with a bare deed has done it.
            let opens = part.start == 0 && words(clause) > 1 && !self.wording.names_writer(clause);
            let is_attempt = is_attempt || (self.around.replies && opens);
            let mut step = own(Actor::Customer, outcome, is_attempt && !protects);
            step.is_bare = self.wording.is_bare(clause);
            step.is_sure = protects
                || (self.wording.names_writer(clause)
                    && (self.around.later || self.wording.changes_a_thing(clause)));
            return Some(step);
        }
        let is_item = self.wording.is_alternative(clause);
        if is_item && (self.around.suggestion.is_some() || self.wording.has_no_effect(line.words)) {
            return Some(own(Actor::Customer, StepOutcome::Failed, true));
        }
        let suggestion = self.around.suggestion.filter(|_| words(clause) <= STATE_WORDS)?;
        if self.wording.done_to_a_thing(clause) && shares_word(suggestion, clause) {
            return Some(own(Actor::Customer, StepOutcome::Unknown, true));
        }
        let outcome = self.wording.state(clause)?;
        shares_word(suggestion, clause).then(|| own(Actor::Customer, outcome, true))
    }

    /// "Things I did: this, that and the other": every item is a step.
    fn list(&mut self, line: &Line<'_>, intro: usize) {
        self.in_list = true;
        self.items(line, intro);
    }

    fn items(&mut self, line: &Line<'_>, from: usize) {
        let rest = &line.words[from..];
        for part in clauses(rest) {
            let clause = &rest[part.clone()];
            if self.wording.has_no_effect(clause) {
                continue;
            }
            let start = line.bytes.start + from;
            let bytes = start + part.start..start + part.end;
            let goes_on = words(clause) < 2 || self.wording.is_continuation(clause);
            match self.steps.last_mut().filter(|last| goes_on && last.text == line.text) {
                Some(last) if last.bytes.end > start => last.bytes.end = bytes.end,
                _ => self.steps.push(Own {
                    by: Actor::Customer,
                    text: line.text,
                    bytes,
                    outcome: StepOutcome::Unknown,
                    is_bare: false,
                    is_attempt: true,
                    is_sure: true,
                }),
            }
        }
    }

    /// Who still writes about the problem has not solved it by what was tried.
    fn finish(mut self) -> Vec<Own> {
        self.steps.truncate(self.kept);
        for step in &mut self.steps {
            let tried = step.is_attempt || (self.around.suggestion.is_some() && !step.is_sure);
            if step.outcome == StepOutcome::Unknown && tried && !self.around.is_incident {
                step.outcome = StepOutcome::Failed;
            }
        }
        self.steps
    }
}

fn words(clause: &str) -> usize {
    clause.split_whitespace().count()
}

/// "Nothing helped" is said of every step before it, "that worked" of the last.
fn report_on(steps: &mut [Own], verdict: StepOutcome) {
    let open = steps.iter_mut().rev().filter(|step| step.outcome == StepOutcome::Unknown);
    let reach = if verdict == StepOutcome::Worked { 1 } else { usize::MAX };
    open.take(reach).for_each(|step| step.outcome = verdict);
}
