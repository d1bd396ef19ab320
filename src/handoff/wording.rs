//! The words by which a sentence is known: greetings, steps, outcomes, suggestions, causes.

use regex::Regex;

use crate::domain::{Act, StepOutcome};

use super::transcript::Line;

mod attempts;
mod deeds;
mod phrases;
mod verbs;

use self::{
    attempts::Attempts,
    phrases::{
        ANSWERER_BEFORE, ANSWERER_DID, ANSWERER_DOES, ASKS, CHECK, CONDITION, DEED_AFTER, DEEDS,
        FAILED, FILLER, FINDING, GREETING, HELPED, HYPOTHESIS, LET_ME, NO, NOT_YET, OFFER, OPENING,
        ORDER, PASSED, PROBLEM, PROPOSAL, PUT_OFF, REQUEST, RESULT, SUBJECT_LABEL, SUGGESTION,
        THANKS, TRY_NOW, WANTS_REPORT, WORKED, YES,
    },
};

use self::verbs::{is_answerer_deed, is_deed_in_progress, is_order};

/// Probability from which an act of the model counts.
const ACT_COUNTS: f32 = 0.5;

/// Every pattern of words that the summary goes by; compiled once.
///
/// All word borders are ASCII ones: with Unicode borders the regex engine falls back to its slow
/// paths as soon as a text has one letter that is not ASCII.
#[derive(Debug)]
pub(super) struct Wording {
    greeting: Regex,
    opening: Regex,
    subject_label: Regex,
    filler: Regex,
    problem: Regex,
    request: Regex,
    agent_deed: Regex,
    agent_did: Regex,
    agent_does: Regex,
    order: Regex,
    condition: Regex,
    wants_report: Regex,
    finding: Regex,
    check: Regex,
    passed: Regex,
    not_yet: Regex,
    failed: Regex,
    worked: Regex,
    suggestion: Regex,
    asks: Regex,
    hypothesis: Regex,
    helped: Regex,
    try_now: Regex,
    let_me: Regex,
    put_off: Regex,
    thanks: Regex,
    yes: Regex,
    wh_question: Regex,
    offer: Regex,
    proposal: Regex,
    result: Regex,
    no: Regex,
    attempts: Attempts,
}

/// What a turn of the customer's says of the answer before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    /// It helped.
    Worked,
    /// It did not help, or was not what was asked.
    Failed,
    /// The customer will try it later.
    PutOff,
    /// Thanks or consent and nothing else.
    Acknowledged,
    /// None of these in words.
    Unclear,
}

impl Wording {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let answerer = format!("{ANSWERER_BEFORE}(?:{DEEDS}|tried){DEED_AFTER}");
        Ok(Self {
            greeting: words(GREETING)?,
            opening: words(OPENING)?,
            subject_label: words(SUBJECT_LABEL)?,
            filler: words(FILLER)?,
            problem: words(PROBLEM)?,
            request: words(REQUEST)?,
            agent_deed: words(&answerer)?,
            agent_did: words(ANSWERER_DID)?,
            agent_does: words(ANSWERER_DOES)?,
            order: words(ORDER)?,
            condition: words(CONDITION)?,
            wants_report: words(WANTS_REPORT)?,
            finding: words(FINDING)?,
            check: words(CHECK)?,
            passed: words(PASSED)?,
            not_yet: words(NOT_YET)?,
            failed: words(FAILED)?,
            worked: words(WORKED)?,
            suggestion: words(SUGGESTION)?,
            asks: words(ASKS)?,
            hypothesis: words(HYPOTHESIS)?,
            helped: words(HELPED)?,
            try_now: words(TRY_NOW)?,
            let_me: words(LET_ME)?,
            put_off: words(PUT_OFF)?,
            thanks: words(THANKS)?,
            yes: words(YES)?,
            wh_question: words(
                r"^\W*(?:and |so )?(?:what|which|when|where|who|why|how (?:many|long|much|old))\b",
            )?,
            offer: words(OFFER)?,
            proposal: words(PROPOSAL)?,
            result: words(RESULT)?,
            no: words(NO)?,
            attempts: Attempts::new()?,
        })
    }

    /// Greets, thanks or says good-bye, and nothing else.
    pub(super) fn is_greeting(&self, line: &Line<'_>) -> bool {
        let greets = self.greeting.is_match(line.words);
        let counts = probability(line, Act::GreetingThanks) >= 0.6;
        greets || (counts && !self.names_problem(line.words) && line.words.len() < 60)
    }

    /// Bytes of a greeting in front of what somebody has to say.
    pub(super) fn opening_bytes(&self, words: &str) -> usize {
        self.opening.find(words).map_or(0, |found| found.end())
    }

    /// Bytes of "Subject:" and "Re:" in front of a subject line that stands in a text.
    pub(super) fn subject_label(&self, words: &str) -> usize {
        self.subject_label.find(words).map_or(0, |found| found.end())
    }

    /// Politeness that answers nothing.
    pub(super) fn is_filler(&self, line: &Line<'_>) -> bool {
        self.filler.is_match(line.words) || self.is_greeting(line)
    }

    /// Says in words that something is wrong.
    pub(super) fn names_problem(&self, words: &str) -> bool {
        self.problem.is_match(words)
    }

    /// Asks in words for something.
    pub(super) fn requests(&self, words: &str) -> bool {
        self.request.is_match(words)
    }

    /// A step or a finding of the bot or an agent.
    pub(super) fn is_answerer_step(&self, line: &Line<'_>) -> bool {
        if line.words.ends_with('?') {
            return false;
        }
        // "I have sent a reminder, they will be in touch" announces only what follows.
        let mut clauses = line.words.split_inclusive([',', ';', ':']);
        clauses.any(|clause| self.tells_step(clause.trim_start()) && !self.is_not_yet(clause))
    }

    fn tells_step(&self, clause: &str) -> bool {
        // "When the hub is unplugged" tells a condition and no deed.
        let told = self.agent_deed.find(clause).is_some_and(|deed| {
            let names_who = deed.as_str().starts_with(['i', 'I', 'w', 'W']);
            names_who || !self.condition.is_match(&clause[..deed.start()])
        });
        told || self.finding.is_match(clause) || self.tells_deed(clause)
    }

    /// Any deed that somebody of the answering side tells of.
    fn tells_deed(&self, words: &str) -> bool {
        let any = |pattern: &Regex, is_deed: fn(&str) -> bool| {
            let mut found = pattern.captures_iter(words);
            found.any(|found| found.get(1).is_some_and(|verb| is_deed(verb.as_str())))
        };
        any(&self.agent_did, is_answerer_deed) || any(&self.agent_does, is_deed_in_progress)
    }

    /// A look at something, which no later failure of the customer's can undo.
    pub(super) fn is_check(&self, words: &str) -> bool {
        self.check.is_match(words) || self.finding.is_match(words)
    }

    /// Announces, plans or denies a step instead of reporting it.
    pub(super) fn is_not_yet(&self, words: &str) -> bool {
        self.not_yet.is_match(words)
    }

    /// Tells the customer what to do.
    pub(super) fn is_suggestion(&self, line: &Line<'_>) -> bool {
        let suggests = self.suggestion.find(line.words).map(|found| found.end());
        let asks = self.asks.find(line.words).map(|found| found.start());
        // "Upload it again and tell me what it says" asks for what comes of the deed.
        let asks_first = asks.is_some_and(|asks| suggests.is_none_or(|deed| asks < deed));
        let only_asks = asks_first || (asks.is_some() && line.words.ends_with('?'));
        let reports = suggests.is_some() && self.wants_report.is_match(line.words);
        if only_asks && !reports && !self.attempts_instead(line.words) {
            return false;
        }
        let orders = self.order.captures(line.words).and_then(|found| found.get(1));
        suggests.is_some()
            || self.proposal.is_match(line.words)
            || orders.is_some_and(|verb| is_order(verb.as_str()))
    }

    /// "Could you give it another try": asks for a deed and not for information.
    fn attempts_instead(&self, words: &str) -> bool {
        self.try_now.is_match(words) && !words.ends_with("now?")
    }

    /// Asks whether the answer helped, and for nothing else.
    pub(super) fn asks_whether_it_helped(&self, words: &str) -> bool {
        self.helped.is_match(words) && !self.wh_question.is_match(words)
    }

    /// Asks which, who, when, where or how many.
    pub(super) fn asks_for_a_fact(&self, words: &str) -> bool {
        self.wh_question.is_match(words) || self.asks.is_match(words)
    }

    /// Offers something by way of a question.
    pub(super) fn offers(&self, words: &str) -> bool {
        self.offer.is_match(words)
    }

    /// Tells what a deed has shown.
    pub(super) fn is_result(&self, words: &str) -> bool {
        self.result.is_match(words)
    }

    /// Asks for information.
    pub(super) fn asks(&self, words: &str) -> bool {
        self.asks.is_match(words)
    }

    /// Asks the customer to try again what somebody has just seen to.
    pub(super) fn says_try_now(&self, words: &str) -> bool {
        self.try_now.is_match(words)
    }

    /// Announces a deed: done once the customer is asked to try again.
    pub(super) fn announces_deed(&self, words: &str) -> bool {
        self.let_me.is_match(words)
    }

    /// A question and no report: "have you restarted it?", not "I restarted it, what else?".
    pub(super) fn is_question_only(words: &str) -> bool {
        const OWN: [&str; 4] = ["i ", "we ", "i've ", "we've "];
        let small = words.get(..words.len().min(6)).unwrap_or(words).to_ascii_lowercase();
        words.ends_with('?') && !OWN.iter().any(|own| small.starts_with(own))
    }

    /// What a turn says of the answer before it; `asked` if that asked for information as well.
    #[expect(clippy::fn_params_excessive_bools, reason = "one fact about the answer before")]
    pub(super) fn reaction(&self, turn: &[Line<'_>], asked: bool) -> Reaction {
        let Some(first) = turn.first() else { return Reaction::Unclear };
        let says_no = !asked && self.no.is_match(first.words);
        let mut came = StepOutcome::Unknown;
        for line in turn {
            match self.verdict(line) {
                StepOutcome::Failed => return Reaction::Failed,
                StepOutcome::Worked => came = StepOutcome::Worked,
                StepOutcome::Unknown if self.has_no_effect(line.words) => return Reaction::Failed,
                StepOutcome::Unknown => {}
            }
        }
        let any = |pattern: &Regex| turn.iter().any(|line| pattern.is_match(line.words));
        if came == StepOutcome::Worked {
            Reaction::Worked
        } else if any(&self.put_off) {
            Reaction::PutOff
        } else if says_no && !any(&self.thanks) {
            Reaction::Failed
        } else if any(&self.thanks) || self.yes.is_match(first.words) {
            Reaction::Acknowledged
        } else {
            Reaction::Unclear
        }
    }

    /// What a report says came of a step; the later word counts ("failed at first, works now").
    pub(super) fn verdict(&self, line: &Line<'_>) -> StepOutcome {
        if line.words.ends_with('?') {
            return StepOutcome::Unknown;
        }
        let failed = self.failed.find_iter(line.words).last().map(|found| found.end());
        let worked = self.worked.find_iter(line.words).last().map(|found| found.start());
        match (failed, worked) {
            (Some(failed), Some(worked)) if worked >= failed => StepOutcome::Worked,
            (Some(_), _) => StepOutcome::Failed,
            (None, Some(_)) => StepOutcome::Worked,
            _ if probability(line, Act::OutcomeFailed) >= ACT_COUNTS => StepOutcome::Failed,
            _ => StepOutcome::Unknown,
        }
    }

    /// A check of the bot's or an agent's that found nothing wrong.
    pub(super) fn check_passed(&self, words: &str) -> bool {
        self.passed.is_match(words) && !self.failed.is_match(words)
    }

    /// States a cause.
    pub(super) fn states_cause(&self, words: &str) -> bool {
        self.hypothesis.is_match(words)
    }
}

/// What the model gives an act; 0 where it has not read the sentence.
pub(super) fn probability(line: &Line<'_>, act: Act) -> f32 {
    line.acts.map_or(0.0, |scores| scores.of(act).get())
}

/// Compiles a pattern of words: case does not matter, `\b` is an ASCII border, `'` any apostrophe.
fn words(pattern: &str) -> Result<Regex, regex::Error> {
    let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace('\'', "['’]");
    Regex::new(&format!("(?i){pattern}"))
}

#[cfg(test)]
#[path = "wording/tests.rs"]
mod tests;
