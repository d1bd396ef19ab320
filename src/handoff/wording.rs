//! The words by which a sentence is known: greetings, steps, outcomes, suggestions, causes.

use regex::Regex;

use crate::domain::{Act, StepOutcome};

use super::transcript::Line;

mod attempts;
mod deeds;
mod phrases;

use self::{
    attempts::Attempts,
    phrases::{
        ANSWERER_BEFORE, ASKS, CHECK, DEED_AFTER, DEED_BEFORE, DEEDS, DEEDS_NAMED_ELSEWHERE,
        FAILED, FILLER, FINDING, GREETING, HELPED, HYPOTHESIS, LET_ME, NO, NOT_YET, OFFER, OPENING,
        PASSED, PROBLEM, PROPOSAL, PUT_OFF, REFERS_BACK, REQUEST, RESULT, SUBJECT_LABEL,
        SUGGESTION, THANKS, TRY_NOW, WORKED, YES,
    },
};

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
    customer_deed: Regex,
    named_deed: Regex,
    tried_what: Regex,
    agent_deed: Regex,
    finding: Regex,
    check: Regex,
    passed: Regex,
    not_yet: Regex,
    failed: Regex,
    worked: Regex,
    suggestion: Regex,
    asks: Regex,
    refers_back: Regex,
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
        let customer = format!("{DEED_BEFORE}(?:{DEEDS}|{DEEDS_NAMED_ELSEWHERE}){DEED_AFTER}");
        let answerer = format!("{ANSWERER_BEFORE}(?:{DEEDS}|tried){DEED_AFTER}");
        let named = format!(r"\b(?:{DEEDS}|did (?:a|the) [a-z]+)\b");
        Ok(Self {
            greeting: words(GREETING)?,
            opening: words(OPENING)?,
            subject_label: words(SUBJECT_LABEL)?,
            filler: words(FILLER)?,
            problem: words(PROBLEM)?,
            request: words(REQUEST)?,
            customer_deed: words(&customer)?,
            named_deed: words(&named)?,
            tried_what: words(r"\btried\s+(\w+)")?,
            agent_deed: words(&answerer)?,
            finding: words(FINDING)?,
            check: words(CHECK)?,
            passed: words(PASSED)?,
            not_yet: words(NOT_YET)?,
            failed: words(FAILED)?,
            worked: words(WORKED)?,
            suggestion: words(SUGGESTION)?,
            asks: words(ASKS)?,
            refers_back: words(REFERS_BACK)?,
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

    /// Where in the words something is said to be wrong.
    pub(super) fn problem_at(&self, words: &str) -> Option<usize> {
        self.problem.find(words).or_else(|| self.request.find(words)).map(|found| found.start())
    }

    /// Asks in words for something.
    pub(super) fn requests(&self, words: &str) -> bool {
        self.request.is_match(words)
    }

    /// A step that the customer has done.
    pub(super) fn is_customer_step(&self, line: &Line<'_>) -> bool {
        if self.is_not_yet(line.words) || line.words.ends_with('?') {
            return false;
        }
        self.customer_deed.is_match(line.words) || probability(line, Act::StepTried) >= ACT_COUNTS
    }

    /// The step that it reports is named, not only pointed at ("tried that").
    pub(super) fn names_step(&self, words: &str) -> bool {
        const PRONOUNS: [&str; 11] = [
            "that",
            "this",
            "it",
            "so",
            "both",
            "all",
            "those",
            "these",
            "them",
            "everything",
            "but",
        ];
        let mut tried = self.tried_what.captures_iter(words).filter_map(|found| found.get(1));
        let names = |what: regex::Match<'_>| {
            !PRONOUNS.contains(&what.as_str().to_ascii_lowercase().as_str())
        };
        self.named_deed.is_match(words) || tried.any(names)
    }

    /// Only points at a step that somebody else has named.
    pub(super) fn refers_back(&self, words: &str) -> bool {
        self.refers_back.is_match(words)
    }

    /// A step or a finding of the bot or an agent.
    pub(super) fn is_answerer_step(&self, line: &Line<'_>) -> bool {
        let told = self.agent_deed.is_match(line.words) || self.finding.is_match(line.words);
        told && !self.is_not_yet(line.words) && !line.words.ends_with('?')
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
        if self.asks.is_match(line.words) && !self.attempts_instead(line.words) {
            return false;
        }
        self.suggestion.is_match(line.words) || self.proposal.is_match(line.words)
    }

    /// "Could you give it another try": asks for a deed and not for information.
    fn attempts_instead(&self, words: &str) -> bool {
        self.try_now.is_match(words) && !words.ends_with("now?")
    }

    /// Asks whether the answer helped, and for nothing else.
    pub(super) fn asks_whether_it_helped(&self, words: &str) -> bool {
        self.helped.is_match(words) && !self.wh_question.is_match(words)
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
    pub(super) fn is_question_only(&self, words: &str) -> bool {
        const OWN: [&str; 4] = ["i ", "we ", "i've ", "we've "];
        let small = words.get(..words.len().min(6)).unwrap_or(words).to_ascii_lowercase();
        words.ends_with('?') && !OWN.iter().any(|own| small.starts_with(own))
    }

    /// What a turn says of the answer before it; `asked` if that asked for information as well.
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
mod tests {
    use super::*;
    use crate::domain::{SentenceKind, Speaker};

    fn line(words: &str) -> Line<'_> {
        let (kind, speaker) = (SentenceKind::Prose, Speaker::Customer);
        Line { text: 0, message: Some(0), speaker, kind, words, bytes: 0..words.len(), acts: None }
    }

    #[test]
    fn greetings_say_nothing_else() {
        let wording = Wording::new().unwrap();
        for text in ["Hi", "Hello team,", "Thanks in advance!", "Good morning Anna.", "ok thanks"] {
            assert!(wording.is_greeting(&line(text)), "{text}");
        }
        for text in ["Hi, my invoice is wrong", "Hello, E403", "No internet since Monday", "ERR_1"]
        {
            assert!(!wording.is_greeting(&line(text)), "{text}");
        }
    }

    #[test]
    fn deeds_of_the_customer_are_told_from_events_and_plans() {
        let wording = Wording::new().unwrap();
        for text in [
            "I restarted the router twice.",
            "tried Chrome and Firefox, same result",
            "We’ve already cleared the cache",
            "Yes, did the reset, got the mail.",
        ] {
            assert!(wording.is_customer_step(&line(text)), "{text}");
        }
        for text in [
            "My plan was updated yesterday.",
            "I haven't tried that yet.",
            "I'll try the reset.",
            "Should I have restarted it?",
            "I want my password reset",
        ] {
            assert!(!wording.is_customer_step(&line(text)), "{text}");
        }
    }

    #[test]
    fn the_later_verdict_counts() {
        let wording = Wording::new().unwrap();
        let cases = [
            ("That didn’t help.", StepOutcome::Failed),
            ("No luck", StepOutcome::Failed),
            ("It did not work at first but works now", StepOutcome::Worked),
            ("That fixed it, thanks", StepOutcome::Worked),
            ("It worked for a minute, then the same error", StepOutcome::Failed),
            ("The printer is on the second floor", StepOutcome::Unknown),
            ("Did that work?", StepOutcome::Unknown),
        ];
        for (text, want) in cases {
            assert_eq!(wording.verdict(&line(text)), want, "{text}");
        }
    }

    #[test]
    fn suggestions_are_told_from_questions_for_information() {
        let wording = Wording::new().unwrap();
        for text in ["Please clear your cache.", "Have you tried restarting it?", "Go to Settings."]
        {
            assert!(wording.is_suggestion(&line(text)), "{text}");
        }
        for text in ["Could you provide your email address?", "Which browser do you use?"] {
            assert!(!wording.is_suggestion(&line(text)), "{text}");
        }
    }

    #[test]
    fn causes_are_told_from_opinions() {
        let wording = Wording::new().unwrap();
        for text in [
            "I think it's because of the proxy",
            "Looks like a DNS issue.",
            "probably since the update",
            "Could it be related to the new firewall?",
        ] {
            assert!(wording.states_cause(text), "{text}");
        }
        for text in ["I think you are rude", "Looks like rain", "I was charged twice"] {
            assert!(!wording.states_cause(text), "{text}");
        }
    }
}
