//! What has been done: every step tried, in order, by the one who did it, with its outcome.

use std::{collections::HashSet, ops::Range};

use crate::domain::{Actor, Outcome, SignalKind, Speaker, Step, StepOutcome};

use super::{
    Case,
    transcript::{Line, Transcript},
    trim,
    wording::Wording,
};

/// Steps in one packet; the oldest stay, since whoever takes over must not repeat them.
const MAX_STEPS: usize = 60;

/// Longest step in characters.
const MAX_CHARS: usize = 300;

/// A step told again may add this many words ("as I said, ...") and is still the same.
const MAX_ADDED: usize = 2;

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

/// A turn of the customer and what it says of the answers before it.
struct Reaction<'t, 'l> {
    turn: &'t [Line<'l>],
    verdict: StepOutcome,
}

/// An answer that nobody has reacted to yet.
#[derive(Debug)]
struct Open {
    by: Actor,
    text: usize,
    bytes: Range<usize>,
    /// Tells the customer what to do; else it only tells something.
    is_suggestion: bool,
    outcome: Option<StepOutcome>,
}

/// Walks through the turns.
struct Walk<'c, 'a> {
    case: &'c Case<'a>,
    transcript: &'c Transcript<'a>,
    wording: &'c Wording,
    steps: Vec<Found>,
    open: Vec<Open>,
    /// Steps before this place were followed by a turn of the customer's.
    answered: usize,
}

/// Lists the steps.
pub(super) fn steps(case: &Case<'_>, transcript: &Transcript<'_>, wording: &Wording) -> Vec<Step> {
    let (steps, open) = (Vec::new(), Vec::new());
    let mut walk = Walk { case, transcript, wording, steps, open, answered: 0 };
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
        if self.has_signal(SignalKind::BotFallback, first.message) {
            return;
        }
        let by = Actor::from(first.speaker);
        let from = self.steps.len();
        let mut suggested: Option<Range<usize>> = None;
        let mut told = None;
        for line in turn {
            if self.wording.is_answerer_step(line) {
                self.add_done(line, outcome);
            } else if self.wording.is_suggestion(line) {
                let start = suggested.as_ref().map_or(line.bytes.start, |range| range.start);
                suggested = Some(start..line.bytes.end);
            } else if told.is_none() && !self.wording.is_filler(line) && !line.words.ends_with('?')
            {
                told = Some(line.bytes.clone());
            }
        }
        let is_suggestion = suggested.is_some();
        let told = told.filter(|_| self.steps.len() == from);
        if let Some(bytes) = suggested.or(told) {
            self.open.push(Open { by, text: first.text, bytes, is_suggestion, outcome });
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
        let verdict = self.verdict(turn, first.message);
        let is_step = |line: &&Line<'_>| self.wording.is_customer_step(line);
        let has_step = turn.iter().any(|line| is_step(&line));
        let put_off = turn.iter().any(|line| self.wording.is_not_yet(line.words));
        if verdict == StepOutcome::Unknown && !has_step && put_off {
            return;
        }
        for step in &mut self.steps[self.answered..] {
            let open = !step.is_settled && !step.is_check && step.by != Actor::Customer;
            if open && step.outcome == StepOutcome::Unknown {
                step.outcome = verdict;
            }
        }
        let mut used = HashSet::new();
        let reaction = Reaction { turn, verdict };
        for open in std::mem::take(&mut self.open) {
            self.close(open, &reaction, &mut used);
        }
        self.add_own(turn, &used);
        self.answered = self.steps.len();
    }

    /// What the turn says came of the answers before it.
    fn verdict(&self, turn: &[Line<'_>], message: Option<u32>) -> StepOutcome {
        let failed = [SignalKind::AttemptFailed, SignalKind::AnswerRefused];
        if failed.iter().any(|kind| self.has_signal(*kind, message)) {
            return StepOutcome::Failed;
        }
        let mut verdicts = turn.iter().map(|line| self.wording.verdict(line));
        verdicts.find(|verdict| *verdict != StepOutcome::Unknown).unwrap_or(StepOutcome::Unknown)
    }

    /// Turns an open answer into the one step that it and the customer's report are.
    fn close(&mut self, open: Open, reaction: &Reaction<'_, '_>, used: &mut HashSet<usize>) {
        let Reaction { turn, verdict } = *reaction;
        let message = turn.first().and_then(|line| line.message);
        let refused = self.has_signal(SignalKind::AnswerRefused, message);
        let suggestion = self.transcript.words(open.text, &open.bytes);
        let about = |line: &Line<'_>| {
            self.wording.is_customer_step(line)
                && self.wording.names_step(line.words)
                && shares_word(suggestion, line.words)
        };
        let report = turn.iter().position(about).filter(|_| open.is_suggestion);
        let refers = turn.iter().any(|line| self.wording.refers_back(line.words));
        let known = verdict != StepOutcome::Unknown;
        let is_settled = open.outcome.is_some();
        let (mut by, mut text, mut bytes) = (open.by, open.text, open.bytes);
        if let Some(line) = report.map(|at| (at, &turn[at])) {
            used.insert(line.0);
            (by, text, bytes) = (Actor::Customer, line.1.text, line.1.bytes.clone());
        } else if open.is_suggestion && (refers || known) && !refused {
            by = Actor::Customer;
        } else if !(open.is_suggestion || is_settled || refused || (refers && known)) {
            // A mere answer that the customer passes over is no attempt.
            return;
        }
        let read = if known || report.is_some() || refers { verdict } else { StepOutcome::Unknown };
        let outcome = open.outcome.unwrap_or(read);
        self.steps.push(Found { by, outcome, text, bytes, is_settled, is_check: false });
    }

    /// Adds the steps that the customer has done unasked.
    fn add_own(&mut self, turn: &[Line<'_>], used: &HashSet<usize>) {
        let from = self.steps.len();
        for (at, line) in turn.iter().enumerate() {
            let verdict = self.wording.verdict(line);
            if self.wording.is_customer_step(line) && self.wording.names_step(line.words)
                || (self.steps.len() == from
                    && self.wording.is_customer_step(line)
                    && !self.wording.refers_back(line.words))
            {
                if !used.contains(&at) {
                    self.steps.push(Found {
                        by: Actor::Customer,
                        outcome: verdict,
                        text: line.text,
                        bytes: line.bytes.clone(),
                        is_settled: false,
                        is_check: false,
                    });
                }
            } else if verdict != StepOutcome::Unknown {
                report_on(&mut self.steps[from..], verdict);
            }
        }
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

/// "Nothing helped" is said of every step before it, "that worked" of the last.
fn report_on(steps: &mut [Found], verdict: StepOutcome) {
    let open = steps.iter_mut().rev().filter(|step| step.outcome == StepOutcome::Unknown);
    let reach = if verdict == StepOutcome::Worked { 1 } else { usize::MAX };
    open.take(reach).for_each(|step| step.outcome = verdict);
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

/// True if both name the same thing or deed.
fn shares_word(a: &str, b: &str) -> bool {
    let known: HashSet<String> = content(a).collect();
    content(b).any(|word| known.contains(&word))
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
