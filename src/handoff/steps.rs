//! What has been done: every step tried, in order, by the one who did it, with its outcome.

mod clauses;
mod own;

use std::{collections::HashSet, ops::Range};

use crate::domain::{Actor, Outcome, SignalKind, Speaker, Step, StepOutcome};

use super::{
    Case,
    transcript::{Line, Transcript},
    trim,
    wording::{Reaction, Wording},
};

use self::own::{Around, Own};

/// Steps in one packet; the oldest stay, since whoever takes over must not repeat them.
const MAX_STEPS: usize = 60;

/// Longest step in characters.
const MAX_CHARS: usize = 300;

/// A step told again may add this many words ("as I said, ...") and is still the same.
const MAX_ADDED: usize = 2;

/// Intents whose steps stop harm instead of solving a problem.
const INCIDENT: &str = "security_incident";

/// A step as it was found.
#[derive(Debug)]
struct Found {
    by: Actor,
    outcome: StepOutcome,
    text: usize,
    bytes: Range<usize>,
    /// An outcome that the caller gave is not overruled by the text.
    is_settled: bool,
    /// A look at something stays what it found, whatever happens later.
    is_check: bool,
}

/// What an answer that nobody has reacted to yet does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Tells the customer what to do.
    Suggests,
    /// Only tells something.
    Tells,
}

/// An answer that nobody has reacted to yet.
#[derive(Debug)]
struct Open {
    by: Actor,
    text: usize,
    bytes: Range<usize>,
    does: Does,
    /// Asks for information besides, so that the next turn may be no more than the answer to that.
    asks: bool,
    outcome: Option<StepOutcome>,
}

/// Walks through the turns.
struct Walk<'c, 'a> {
    case: &'c Case<'a>,
    transcript: &'c Transcript<'a>,
    wording: &'c Wording,
    is_incident: bool,
    steps: Vec<Found>,
    open: Vec<Open>,
    /// Steps before this place were followed by a turn of the customer's.
    answered: usize,
    /// The last answer asks for information.
    asked: bool,
    /// The customer has said what it is about; before that nothing can have been tried.
    began: bool,
}

/// Lists the steps.
pub(super) fn steps(case: &Case<'_>, transcript: &Transcript<'_>, wording: &Wording) -> Vec<Step> {
    let (steps, open) = (Vec::new(), Vec::new());
    let ranked = case.prediction.map(|prediction| prediction.ranked());
    let top = ranked.as_ref().and_then(|ranked| ranked.first());
    let is_incident = top.is_some_and(|intent| intent.label.as_str() == INCIDENT);
    let (answered, asked, began) = (0, false, false);
    let mut walk =
        Walk { case, transcript, wording, is_incident, steps, open, answered, asked, began };
    for turn in transcript.turns() {
        match turn.first().map(|line| line.speaker) {
            Some(Speaker::Customer) => walk.customer(turn),
            Some(Speaker::Bot | Speaker::Agent) => walk.answer(turn),
            Some(Speaker::System) | None => {}
        }
    }
    walk.finish()
}

impl Walk<'_, '_> {
    /// Reads a turn of the bot or an agent.
    fn answer(&mut self, turn: &[Line<'_>]) {
        let Some(first) = turn.first() else { return };
        let outcome = self.outcome_of(first.message);
        self.asked = false;
        if self.has_signal(SignalKind::BotFallback, first.message) {
            return;
        }
        let by = Actor::from(first.speaker);
        let from = self.steps.len();
        let mut suggested: Option<Range<usize>> = None;
        let mut told: Option<Range<usize>> = None;
        let try_now = turn.iter().any(|line| self.wording.says_try_now(line.words));
        for line in turn {
            let did = self.steps.len() > from;
            if did && self.wording.is_result(line.words) {
                // What was found belongs to the deed before it.
            } else if self.wording.is_answerer_step(line)
                || (try_now && self.wording.announces_deed(line.words))
            {
                self.add_done(line, outcome);
            } else if did && self.wording.says_try_now(line.words) {
                // Asks for a look at what has just been done.
            } else if self.wording.is_suggestion(line) {
                let start = suggested.as_ref().map_or(line.bytes.start, |range| range.start);
                suggested = Some(start..line.bytes.end);
            } else if line.words.ends_with('?') {
                let helps = self.wording.asks_whether_it_helped(line.words)
                    || (suggested.is_some() && !self.wording.asks_for_a_fact(line.words));
                self.asked |= !helps && !self.wording.offers(line.words);
            } else if self.wording.asks(line.words) {
                self.asked = true;
            } else if !self.wording.is_filler(line) {
                let start = told.as_ref().map_or(line.bytes.start, |range| range.start);
                told = Some(start..line.bytes.end);
            }
        }
        let told = told.filter(|_| self.steps.len() == from && !self.asked);
        let does = if suggested.is_some() { Does::Suggests } else { Does::Tells };
        if let Some(bytes) = suggested.or(told).filter(|_| self.began) {
            self.open.push(Open { by, text: first.text, bytes, does, asks: self.asked, outcome });
        }
    }

    fn add_done(&mut self, line: &Line<'_>, outcome: Option<StepOutcome>) {
        let is_check = self.wording.is_check(line.words);
        let read = match (self.wording.check_passed(line.words), self.wording.verdict(line)) {
            (true, _) | (false, StepOutcome::Worked) => StepOutcome::Worked,
            (false, StepOutcome::Failed) if !is_check => StepOutcome::Failed,
            _ => StepOutcome::Unknown,
        };
        self.steps.push(Found {
            by: Actor::from(line.speaker),
            outcome: outcome.unwrap_or(read),
            text: line.text,
            bytes: line.bytes.clone(),
            is_settled: outcome.is_some(),
            is_check,
        });
    }

    /// Reads a turn of the customer's: reports on open answers, then steps of their own.
    fn customer(&mut self, turn: &[Line<'_>]) {
        let Some(first) = turn.first() else { return };
        let reaction = self.reaction(turn, first.message);
        let reports_on = |open: &&Open| open.does == Does::Suggests || reaction == Reaction::Worked;
        let suggestion = self.open.iter().rev().find(reports_on);
        let words = suggestion.map(|open| self.transcript.words(open.text, &open.bytes));
        let refused = self.has_signal(SignalKind::AnswerRefused, first.message);
        // Who refuses an answer and yet speaks of what it names has tried it.
        let names = |words: &&str| turn.iter().any(|line| shares_word(words, line.words));
        let around = Around {
            suggestion: words.filter(|words| !refused || names(words)),
            is_incident: self.is_incident,
            later: self.began,
            replies: self.began && self.open.last().is_some(),
        };
        self.began = true;
        let own = own::read(self.wording, turn, around);
        if reaction == Reaction::PutOff && own.is_empty() {
            return;
        }
        self.settle_deeds(reaction);
        let mut reported = false;
        for open in std::mem::take(&mut self.open) {
            reported |= self.close(open, reaction, &own);
        }
        for own in own {
            // "Did that" has become the suggestion that it points at.
            if own.is_bare && reported {
                continue;
            }
            let Own { by, text, bytes, mut outcome, .. } = own;
            let helped = matches!(reaction, Reaction::Worked | Reaction::Acknowledged);
            if helped && words.is_some() {
                outcome = StepOutcome::Worked;
            }
            let (is_settled, is_check) = (false, false);
            self.steps.push(Found { by, outcome, text, bytes, is_settled, is_check });
        }
        self.answered = self.steps.len();
    }

    /// What the turn says came of what the bot or the agent did before it.
    fn settle_deeds(&mut self, reaction: Reaction) {
        let outcome = match reaction {
            Reaction::Worked => StepOutcome::Worked,
            Reaction::Failed => StepOutcome::Failed,
            Reaction::Unclear if !self.asked => StepOutcome::Failed,
            _ => return,
        };
        for step in &mut self.steps[self.answered..] {
            let open = !step.is_settled && !step.is_check && step.by != Actor::Customer;
            if open && step.outcome != StepOutcome::Failed {
                step.outcome = outcome;
            }
        }
    }

    /// What the turn says of the answers before it.
    fn reaction(&self, turn: &[Line<'_>], message: Option<u32>) -> Reaction {
        let failed = [SignalKind::AttemptFailed, SignalKind::AnswerRefused];
        if failed.iter().any(|kind| self.has_signal(*kind, message)) {
            return Reaction::Failed;
        }
        self.wording.reaction(turn, self.asked)
    }

    /// Turns an open answer into the one step that it and the customer's report are; true if it
    /// became one in its own words.
    fn close(&mut self, open: Open, reaction: Reaction, own: &[Own]) -> bool {
        let Open { mut by, text, bytes, does, asks, outcome } = open;
        let reports = own.iter().any(|own| !own.is_bare && own.by == Actor::Customer);
        if reports && outcome.is_none() {
            return false;
        }
        if does == Does::Suggests && own.iter().any(|own| own.is_bare) {
            by = Actor::Customer;
        }
        let is_bot = by == Actor::Bot;
        let read = match (reaction, does) {
            (Reaction::Failed, Does::Suggests) => Some(StepOutcome::Failed),
            (Reaction::Failed, Does::Tells) if is_bot => Some(StepOutcome::Failed),
            (Reaction::Worked, Does::Suggests) => Some(StepOutcome::Worked),
            (Reaction::Unclear, Does::Suggests) if !asks => Some(StepOutcome::Failed),
            (Reaction::Unclear, Does::Tells) if is_bot && !asks => Some(StepOutcome::Failed),
            _ => None,
        };
        let Some(came) = outcome.or(read) else { return false };
        let (is_settled, is_check) = (outcome.is_some(), false);
        self.steps.push(Found { by, outcome: came, text, bytes, is_settled, is_check });
        true
    }

    fn outcome_of(&self, message: Option<u32>) -> Option<StepOutcome> {
        let message = self.case.conversation.messages.get(message? as usize)?;
        Some(match message.outcome? {
            Outcome::Failed => StepOutcome::Failed,
            Outcome::Worked => StepOutcome::Worked,
        })
    }

    fn has_signal(&self, kind: SignalKind, message: Option<u32>) -> bool {
        let signals = &self.case.features.signals;
        signals.iter().any(|signal| signal.kind == kind && signal.source.message == message)
    }

    /// What is still open counts only if the caller says what came of it.
    fn finish(mut self) -> Vec<Step> {
        for open in std::mem::take(&mut self.open) {
            let Open { by, text, bytes, outcome, .. } = open;
            if let Some(outcome) = outcome {
                let (is_settled, is_check) = (true, false);
                self.steps.push(Found { by, outcome, text, bytes, is_settled, is_check });
            }
        }
        self.steps.sort_by_key(|step| (step.text, step.bytes.start));
        let mut kept: Vec<(Found, HashSet<String>)> = Vec::new();
        for step in self.steps {
            let words = content(self.transcript.words(step.text, &step.bytes)).collect();
            let repeats = |(other, known): &(Found, HashSet<String>)| {
                other.by == step.by && is_same(known, &words)
            };
            match kept.iter().position(repeats).map(|at| &mut kept[at].0) {
                Some(known) if known.outcome == StepOutcome::Unknown => {
                    known.outcome = step.outcome;
                }
                Some(_) => {}
                None => kept.push((step, words)),
            }
            if kept.len() == MAX_STEPS {
                break;
            }
        }
        let steps = kept.into_iter();
        steps.map(|(found, _)| written(self.transcript, &found)).collect()
    }
}

fn written(transcript: &Transcript<'_>, found: &Found) -> Step {
    let part = trim::around(transcript.words(found.text, &found.bytes), 0, MAX_CHARS);
    let bytes = found.bytes.start + part.start..found.bytes.start + part.end;
    Step {
        by: found.by,
        text: transcript.words(found.text, &bytes).to_owned(),
        outcome: found.outcome,
        source: transcript.source(found.text, &bytes),
    }
}

/// The stems of the words that carry meaning.
fn content(words: &str) -> impl Iterator<Item = String> + use<'_> {
    const EMPTY: [&str; 38] = [
        "please", "could", "would", "should", "that", "this", "with", "your", "again", "have",
        "still", "same", "then", "from", "when", "there", "they", "them", "been", "what", "were",
        "tried", "just", "already", "the", "and", "you", "for", "can", "try", "not", "but", "are",
        "our", "out", "now", "get", "was",
    ];
    let words = words.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| word.chars().count() >= 3).map(str::to_lowercase);
    words.filter(|word| !EMPTY.contains(&word.as_str())).map(|word| word.chars().take(5).collect())
}

/// True if both name the same thing or deed, or both speak of on, off, both or all.
fn shares_word(a: &str, b: &str) -> bool {
    const SWITCHES: [&str; 3] = ["on", "off", "both"];
    let small = |text: &str| text.to_lowercase();
    let has =
        |text: &str, word: &str| text.split(|c: char| !c.is_alphanumeric()).any(|own| own == word);
    let known: HashSet<String> = content(a).collect();
    let (a, lower) = (small(a), small(b));
    content(b).any(|word| known.contains(&word))
        || SWITCHES.iter().any(|word| has(&a, word) && has(&lower, word))
}

/// True if the later step says no more than the earlier, or hardly more.
fn is_same(earlier: &HashSet<String>, later: &HashSet<String>) -> bool {
    let common = earlier.intersection(later).count();
    let all = earlier.union(later).count();
    let adds = later.len() - common;
    let holds = common >= 2 && common == earlier.len().min(later.len()) && adds <= MAX_ADDED;
    holds || (all > 0 && common * 4 >= all * 3)
}

#[cfg(test)]
#[path = "steps/tests.rs"]
mod tests;
