//! The words by which a sentence is known: greetings, steps, outcomes, suggestions, causes.

use regex::Regex;

use crate::domain::{Act, StepOutcome};

use super::transcript::Line;

/// Probability from which an act of the model counts.
const ACT_COUNTS: f32 = 0.5;

/// Steps of the past: what people do to a thing that does not work.
const DEEDS: &str = "tried|retried|re-?tested|restarted|rebooted|reset|cleared|reinstalled|\
    re-?installed|uninstalled|waited|checked|double-?checked|re-?checked|updated|upgraded|\
    downgraded|re-?synced|synced|resynced|refunded|refreshed|reloaded|relogged|re-?logged|\
    logged (?:out|off|back)|signed (?:out|back)|disabled|enabled|unplugged|replugged|replaced|\
    switched|swapped|removed|deleted|recreated|re-?added|re-?entered|reconnected|re-?paired|\
    power[- ]cycled|tested|verified|re-?sent|resent|changed|turned|toggled|emptied|flushed|\
    re-?authori[sz]ed|re-?authenticated|rolled back|reverted|regenerated|rotated|looked|\
    searched|googled|followed|contacted|called|phoned|ran|re-?ran|configured|reconfigured|\
    re-?imported|re-?exported|re-?uploaded|unlocked|cancelled|canceled|issued|processed|\
    escalated|confirmed|reproduced|reviewed|created|sent|applied|opened|added|investigated|\
    corrected|fixed|extended|granted|activated|deactivated|whitelisted|allowlisted|credited|\
    repaired|rebuilt|redeployed|did (?:a|the|that|this|so|it|all)|done (?:a|the|that|this|so|it|all)";

/// Every pattern of words that the summary goes by; compiled once.
///
/// All word borders are ASCII ones: with Unicode borders the regex engine falls back to its slow
/// paths as soon as a text has one letter that is not ASCII.
#[derive(Debug)]
pub(super) struct Wording {
    greeting: Regex,
    opening: Regex,
    filler: Regex,
    problem: Regex,
    request: Regex,
    customer_deed: Regex,
    named_deed: Regex,
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
}

impl Wording {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let deeds = format!(
            r"(?:^|[,;:.(*\-–—]\s*|(?-u:\b)(?:i|we|also|already|just|then|and|have|had|even|so far|first|twice)\s+|['’](?:ve|d)\s+)(?:{DEEDS})(?-u:\b)"
        );
        let agent = format!(
            r"(?-u:\b)(?:(?:i|we)(?:['’]ve| have| had)?(?: (?:just|already|also|now|then|have))*|(?:has|have) (?:now |just |already )?been|(?:is|was|were) (?:now |just )?|and|^(?:just )?)\s*(?:{DEEDS})(?-u:\b)"
        );
        let named = DEEDS.replace("tried|retried|", "").replace(
            "did (?:a|the|that|this|so|it|all)|done (?:a|the|that|this|so|it|all)",
            "did (?:a|the) [a-z]+",
        );
        Ok(Self {
            greeting: words(GREETING)?,
            opening: words(OPENING)?,
            filler: words(FILLER)?,
            problem: words(PROBLEM)?,
            request: words(REQUEST)?,
            customer_deed: words(&deeds)?,
            named_deed: words(&format!(r"\b(?:{named}|tried (?:to )?[a-z]*ing)\b"))?,
            agent_deed: words(&agent)?,
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
        self.named_deed.is_match(words)
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
        if self.asks.is_match(line.words) {
            return false;
        }
        let tells = self.suggestion.is_match(line.words);
        let model = probability(line, Act::StepTried) >= ACT_COUNTS;
        tells || (model && !line.words.ends_with('?'))
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
            _ if probability(line, Act::OutcomeWorked) >= ACT_COUNTS => StepOutcome::Worked,
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
    let pattern = pattern.replace(r"(?-u:\b)", r"\b").replace(r"\b", r"(?-u:\b)");
    let pattern = pattern.replace("['’]", "'").replace('\'', "['’]");
    Regex::new(&format!("(?i){pattern}"))
}

const GREETING: &str = r"^[\W_]*(?:(?:hi|hiya|hello|hey|yo|dear|greetings|good (?:morning|afternoon|evening|day)|how are you|hope (?:you|this)|thanks|thank you|thx|ty|many thanks|cheers|(?:kind|best|warm)?\s*regards|best|sincerely|yours|bye|goodbye|good night|have a (?:nice|good|great)|take care|welcome|you're welcome|no problem|ok|okay|great|perfect|sure|yes|no|yep|nope|alright|got it)\b[\s,.!:;-]*){1,4}(?:(?:so much|a lot|very much|again|in advance|for (?:your|the|all)(?: \w+){1,3}|there|team|all|everyone|support(?: team)?|sir|madam|or|folks|guys|to whom it may concern|today|you|well|(?:finds )?you well)\b[\s,.!:;-]*|[\w.-]{1,20}[\s,.!-]*$){0,4}[\W_]*$";

const OPENING: &str = r"^\s*(?:hi|hiya|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day))\b(?: (?:there|team|all|everyone|support|support team|folks|sir|madam)| [\w-]{1,20})?\s*[,!.:–—-]+\s*";

const FILLER: &str = r"^\W*(?:i(?:'m| am) (?:so |very |really |truly )?sorry|sorry\b|(?:i |we |my |our )?(?:sincere(?:ly)? )?apolog|i(?:'d| would) be (?:happy|glad)|happy to help|glad to|i understand|let me|one moment|just a moment|please (?:hold|wait|bear)|i can help|i(?:'ll| will)\b|is there anything|anything else|how can i|thank)";

const PROBLEM: &str = r"\b(?:can'?t|cannot|can not|couldn'?t|won'?t|will not|wouldn'?t|doesn'?t|does not|don'?t work|didn'?t|did not|isn'?t|is not|aren'?t|hasn'?t|haven'?t|not (?:able|working|loading|syncing|receiv\w*|arriv\w*|show\w*|sent|been)|unable|fail(?:s|ed|ing|ure)?|errors?|broken|broke|crash\w*|freez\w*|frozen|stuck|locked|missing|lost|wrong|incorrect\w*|twice|double|duplicat\w*|unknown charge|overcharged|charged|slow\w*|lagg\w*|times? out|timed out|timeout|down|outage|hacked|stolen|phishing|breach\w*|damaged|defective|never (?:arrived|received|got|came)|no longer|stopped|problem|issue|bug|refus\w*|rejected|declined|denied|expired|disappear\w*|corrupt\w*|blank|disconnect\w*|drops|unauthori[sz]ed|invalid|trouble)\b";

const REQUEST: &str = r"\b(?:i(?:'d| would) (?:like|love)|i (?:need|want|wish)|we (?:need|want)|need to|want to|looking (?:to|for)|please|can (?:you|i|we)|could (?:you|i|we)|how (?:do|can|to|would)|help (?:me|us)|where is|where's|when (?:will|does)|is it possible|i was wondering|requesting|trying to)\b";

const FINDING: &str = r"\b(?:i (?:can )?see\b|i(?:'m| am) seeing|(?:the|our|your) (?:logs?|records?|systems?) (?:show|say|indicate)|according to (?:the|our|your)|in (?:the|our) logs|looking (?:at|into) (?:the|your))";

const CHECK: &str = r"\b(?:checked|double-?checked|looked|reviewed|verified|confirmed|investigated|reproduced|tested|searched)\b";

const PASSED: &str = r"\b(?:(?:looks?|is|are|was|were|seems?|everything(?:'s)?|all) (?:all )?(?:fine|good|ok|okay|correct|healthy|up|active|normal|in order|valid|enabled|green)|no (?:errors?|issues?|problems?|faults?|outages?)|passed|succeeded|successful(?:ly)?|works? (?:fine|here|on my|for me)|as expected)\b";

const NOT_YET: &str = r"\b(?:(?:i|we)(?:'ll| will)|(?:i|we)(?:'m| am|'re| are) (?:going|about|trying) to|let me|let's|gonna|haven't|have not|hasn't|has not|didn't (?:try|restart|reset|check)|not (?:yet )?(?:tried|checked|restarted)|never (?:tried|restarted|reset|checked)|should (?:i|we)|(?:can|could|would|will) you|if (?:you|i|we)(?:'ve| have)?|before (?:i|we)|will be|want(?:ed)? to|need(?:ed)? to|would like|how (?:do|can|to)|waiting|have you|did you|once (?:you|i|we)|(?:i|we) (?:was|were|got|am|are) (?:re)?(?:charged|sent|issued))\b";

const FAILED: &str = r"\b(?:same (?:result|error|thing|issue|problem|message|story|outcome|behaviou?r)|(?:did|do|does|was|is|has|have)(?:n't| not| nothing)(?: (?:really|even|been))?(?: (?:help|work|change|fix|solve|resolve|do)\w*(?: anything)?| it\b)|doesn't|no (?:luck|change|difference|joy|success|effect|avail|use|help|improvement|dice)|without (?:any )?(?:success|luck|effect|result|change)|in vain|(?:nothing|none|neither)(?: (?:of|changed|happen\w*|work\w*|help\w*|fix\w*)| \w+ (?:work|help)\w*|\W*$)|still (?:not|no|the same|can't|cannot|doesn't|isn't|won't|don't|having|getting|see|seeing|get|fail\w*|broken|stuck|down|happen\w*|shows?|says?|locked|there|an? error|error|nothing|slow|missing|gone|wrong|blank|crash\w*|red|offline|unable|times?)|not (?:work\w*|help\w*|fixed|solved|resolved)|isn't work\w*|(?:it|that|this|which|but|and|then) (?:also )?(?:fails?|failed)|fails? again|failed again|keeps? \w+ing|back again|can't|cannot|won't|useless|worse|but (?:it|the|i|that) .{0,40}(?:expired|error|crash\w*|broken|denied|invalid))";

const WORKED: &str = r"\b(?:(?:that|it|this|which|all|everything|now|and)(?:'s| is| has| did| all| seems to| finally)*(?: (?:be|been))? (?:worked|works|work now|working|helped|helps|fixed|solved|resolved|did it|did the trick|back (?:up|to normal)|sorted)|(?:fixed|solved|resolved|sorted) (?:it|that|now|the)|works? (?:now|again|fine|perfectly|great)|working (?:now|again|fine)|problem (?:is )?(?:solved|gone|fixed)|got (?:the|my|an?) (?:\w+ )?(?:e-?mail|mail|code|link|refund|message|text)|i(?:'m| am) (?:back )?in now|can (?:now )?(?:log|sign) in (?:now|again)|success\b|worked|(?:did|does) the trick|all (?:good|set) now)\b";

const SUGGESTION: &str = r"(?:^|[.,;:!?]\s*|\b(?:please|you (?:can|could|should|may|might|need to|have to|will need to)|try|to do (?:this|so),?|then|and|first|next|simply|just|could you|can you|would you|have you (?:tried|already)|make sure(?: (?:to|you|that you))?|be sure to|i(?:'d)? (?:suggest|recommend|advise)(?: (?:you|that you|to))?)\s+)(?:please |also |now |kindly |try to |try )*(?:try|tried|restart\w*|reboot\w*|reset\w*|clear\w*|reinstall\w*|re-?install\w*|uninstall\w*|install\w*|wait|check\w*|updat\w*|upgrad\w*|re-?sync\w*|refresh\w*|reload\w*|log(?:ging)? (?:out|in|off|back)|sign(?:ing)? (?:out|in|back)|disabl\w*|enabl\w*|unplug\w*|plug|turn\w*|switch\w*|toggle|open\w*|click\w*|go to|navigat\w*|select|press|tap|visit|follow\w*|use|using|remov\w*|delet\w*|re-?add\w*|re-?connect\w*|re-?pair\w*|re-?enter\w*|chang\w*|set|ensure|make sure|see|read|look (?:at|in|under)|run|download|power[- ]cycl\w*|hold|adjust|move|allow|empty|flush|add)\b";

const ASKS: &str = r"\b(?:(?:provide|share|send|give|tell|confirm|describe|let (?:me|us) know|specify|clarify|attach|upload|paste)\b|(?:what|which|when|who|where|how many|how long)\b.*\?|do you (?:have|see|know|get|use|want)|are you (?:using|able|on|still|seeing)|is (?:it|this|that|there)\b.*\?|would you like|may i (?:have|know|ask)|can i (?:have|get))";

const REFERS_BACK: &str = r"\b(?:(?:tried|did|done|do|doing|tried doing) (?:that|this|it|so|both|all|those|these|them|everything)|already (?:did|tried|done)|^\W*(?:done|did|tried)\b|i did\b|that (?:didn't|did not|worked|helped|fixed|doesn't)|(?:it|this) (?:didn't|did not|worked|helped|fixed) |neither|none of|still\b|no luck|same (?:result|error|thing|issue|problem)|nothing|didn't (?:help|work)|did not (?:help|work)|not (?:helpful|work\w*)|works? now|no (?:change|difference)|works|worked|fixed|solved|helped)";

const HYPOTHESIS: &str = r"(?:\b(?:i|we) (?:think|believe|suspect|assume|guess|reckon|bet|wonder if)\b.{0,120}\b(?:because|due to|caus\w+|related|since|issue|bug|conflict|cache|after|from the|update|mismatch|blocked|blocking|expired|misconfigur\w+|limit|firewall|proxy|to do with|comes? from|fault)\b|\b(?:i|we) suspect\b|\b(?:looks|sounds|seems) (?:like|to be) (?:it's |it is |this is |there's |there is )?(?:an?|the|some) (?:\S+ ){0,5}(?:issue|problem|bug|error|fault|conflict|outage|glitch|mismatch|limit|timeout|misconfiguration|regression|cache)\b|\b(?:probably|maybe|perhaps|likely|possibly|presumably|apparently)\b.{0,60}\b(?:because|since|due to|caused|related to|after the|from the|issue|bug|update|conflict)\b|\b(?:might|may|could|must)(?: (?:it|this|that))? (?:be|have been) (?:because|due to|caused|related|an? \S+ (?:issue|problem|bug|conflict)|the (?:update|upgrade|firewall|proxy|cache|vpn))\b|\b(?:is|was|been) (?:caused by|due to|related to)\b|\broot cause\b|\bthe (?:cause|culprit|reason) (?:is|was|seems)\b)";

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
