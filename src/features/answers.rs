//! What bots and agents say: an answer to react to, a question, or a mere "one moment".

use regex::Regex;

use crate::domain::{SentenceKind, Speaker, TextFeatures};

use super::pattern::compile;

/// Sentences of one message that are looked at: what an answer is shows within them.
const SENTENCES_MAX: usize = 40;

/// Words of a question about success that follows an instruction: "Is data back?".
const SHORT_QUESTION_WORDS: usize = 8;

/// What an answer is for the customer turn after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It greets, apologises, thanks, or asks for patience.
    Holds,
    /// It asks for information.
    Asks {
        /// It proposes something as well.
        proposes: bool,
    },
    /// It states something.
    States,
    /// It tells the customer what to do.
    Proposes,
    /// It asks whether it helped.
    AsksIfHelped,
}

/// What one sentence of an answer does, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Part {
    Fills,
    States,
    Asks,
    Proposes,
    AsksIfHelped,
}

/// The compiled phrases.
#[derive(Debug)]
pub(super) struct Answers {
    helped: Regex,
    offers_more: Regex,
    offers: Regex,
    suggests: Regex,
    wants: Regex,
    proposes: Regex,
    mends: Regex,
    shows: Regex,
    asks_for: Regex,
    acts: Regex,
    looks: Regex,
    greets: Regex,
    fills: Regex,
    diagnoses: Regex,
    hands_over: Regex,
}

/// Questions and wishes about the success of what was said.
const HELPED: &[&str] = &[
    r"\b(?:did|does|do|has|have|was|is|are|were) (?:that|this|it|these|those|any of (?:that|this|
        these)|my (?:answer|reply|suggestion)|i|we|(?:this|that|the|my) (?:article|answer|page|
        reply|response|information|link|steps?|suggestions?|guide|fix))\b.{0,40}\b(?:help(?:ed|
        ful)?|
        work(?:s|ed|ing)?|fix(?:ed)?|solv(?:e|ed)|resolv(?:e|ed)|sort(?:s|ed)?|the trick|do it|
        answer(?:ed|s)?|clear(?:s|ed)? (?:it|things|that) up|useful|what you (?:were|needed|need|
        meant|wanted|had|are)|looking for|difference|better|right for you|clearer|what you need|
        any good|make sense|of (?:any )?(?:help|use))\b[^?]*\?",
    r"(?:^|[^a-z0-9 ,'’] ?)\W*(?:any |is it |is that |is everything |all |feeling |and |a bit |
        is this |that )?(?:better|
        sorted|fixed|solved|done|working|resolved|quicker|faster|
        helpful|useful|relevant|clear|clearer|luck|joy|
        improvement|change|difference|good|success|progress|answered|
        back)(?: now| yet| then| at all| for you)?\W*\?",
    r"\bhow(?:'s| does| do| did| is| are| was) (?:it|that|this|things|everything|the \w+|
        your \w+)\b.{0,20}\b(?:look|looking|go|going|work|working|now|behav\w+)\b",
    r"\b(?:let|tell) (?:me|us) (?:know )?(?:if|whether|how|what) (?:that|this|it|things|you get|
        you got|you see|everything|happens|the (?:issue|problem|error)|the \w+ (?:does|do|says?|
        shows?|looks?))\b",
    r"\b(?:drop (?:me|us) a (?:line|note)|report back|ping (?:me|us)|come back to (?:me|us)|
        get back to (?:me|us)|write (?:me|us)) (?:\w+ )?(?:after|once|when|if|how|in|with)\b",
    r"\bdid you (?:find|get|see) (?:what|the (?:answer|information|page))\b[^?]*\?|
        \breply (?:\W?yes\W?|y|ok) (?:if|when|once)\b",
    r"\b(?:hope|trust|hopefully),? (?:that |this |it |these |the above )*(?:\w+ )?(?:help|clarif|
        clear|
        answer|solv|resolv|sort|get)",
    r"\b(?:could|can|would|will) you (?:please )?(?:try|test|check)(?: it| that| this)? (?:again|
        now|
        once more)\b",
    r"\b(?:try|work|works|working|better|okay|ok) now\W*\?|\bcurious what you\b",
    r"\b(?:would|will|does|is) (?:that|this|it) (?:be )?(?:work|suit|do|ok|okay|alright|all right|
        acceptable|fine|enough)\b[^?]*\?|\bshall (?:we|i) (?:leave|close|keep|call|consider|mark|
        go ahead|do)\b[^?]*\?",
    r"\bwhat (?:do you (?:see|get)|happens|changes|does (?:it|that|the \w+) (?:say|show|do))
        (?: there| on it)? (?:now|afterwards?|then|after that)\W*\?",
    r"\b(?:anything|any (?:better|change|difference|luck|effect|improvement))(?: now| yet| at all|
        different)?\W*\?",
    r"\b(?:ha servido|sirvió|fue útil|útil esta|ayudado|ayudó|resuelto|geholfen|hilfreich|gelöst|
        aidé|été utile|résolu|ajudou|foi útil|resolveu|resolvido|aiutato|stato utile|risolto|
        geholpen|opgelost|hjälpte|hjalp|pomogło|pomogla)\b[^?]*\?",
];

/// Closing questions, which ask for nothing in particular.
const OFFERS_MORE: &[&str] = &[
    r"\b(?:anything|something) (?:else|more|further)\b",
    r"\b(?:what|how) else (?:can|may) (?:i|we)\b",
    r"\b(?:further|more|other) (?:questions|help|assistance)\b",
    r"\bfeel free to\b|\b(?:if|should) you (?:have|need) (?:any|other|further|more|help)\b",
    r"\b(?:can|shall|may|should) i (?:add|book|order|put|reserve)\b",
];

/// Proposals that are put as a question.
const SUGGESTS: &[&str] = &[
    r"\b(?:could|can|would|will) (?:you|she|he|they|someone|somebody|your \w+) (?:please |just |
        maybe |perhaps |quickly |also )*(?:\w+)",
    r"\b(?:i|we) (?:can|could) (?:only )?(?:offer|book|give|do|propose)\b",
    r"\b(?:how|what) about\b|\bwhy not\b|\bwhat if you\b|\bdid you know (?:that )?you can\b",
    r"\b(?:would|have) you (?:considered?|like to (?:pause|keep|stay))\b",
    r"\bcan (?:i|we) (?:offer|tempt|interest)\b",
    r"(?:^|[.,!] )\W*(?:then |now |next |and |so |okay |right |maybe )*(?:VERB) .{2,120}\b(?:would|
        could|can|will) you\b|^\W*(?:and |so |maybe |what about |how about )*(?:with|without|using|
        after|from|via) (?:\w+ ){1,7}\w+\W*$",
];

/// Questions that look like these and want an answer in words.
const WANTS: &[&str] = &[
    r"\b(?:could|can|would|will) you (?:please |just |maybe |perhaps |quickly |also )*(?:be |tell|
        send|
        share|confirm|give|provide|let|describe|explain|rephrase|say|specify|attach|paste|forward|
        state|spell|repeat|clarify|name|remind|mind|help|like|prefer|mean|see|read|recall|remember|
        know|happen|be able|
        elaborate|upload a|show|point me|be so|possibly (?:tell|send|give))\b",
    r"\b(?:provide|share|confirm|tell me|send me|give me|let me know)\b",
    r"\b(?:verify|double-?check) (?:the|your) (?:\w+ )?(?:ids?|orders?|numbers?|e-?mail|address|
        details|spelling|name|zip|code|date)\b",
];

/// Instructions, and what else tells a customer what to do.
const PROPOSES: &[&str] = &[
    r"\bplease (?:also |just |now |then |do |first |try to |kindly )*(?:VERB)\b",
    r"\b(?:you|one) (?:can|could|should|must|need to|have to|will find|'ll find|will need|'ll need|
        only need|just need|(?:may|might) (?:want|need))\b",
    r"(?:^|[,:;!–—-] |\b(?:then|next|next one|now|first|also|and|so|or|alternatively|simply|just|
        okay|ok|right|alright|otherwise|instead|step) )\W*(?:VERB)\b",
    r"\b(?:let's|let us) (?:try|start|do|VERB)\b|\b(?:ask you to|kindly|want you to|
        have you) (?:VERB)\b|\blet (?:one|the|your|somebody|someone) .{2,40}\b(?:VERB)\b",
    r"\b(?:i'd|i would|we'd|we|i) (?:then |also |first )?(?:suggest|recommend|advise|propose|try|
        run|
        start)\b",
    r"\b(?:often|usually|generally|normally|typically|always|sometimes|mostly|should) (?:helps?|
        fix\w*|do(?:es)? the trick|solves?|works?|clears?|refresh\w*|gets?)\b",
    r"\bhelps (?:with|in)\b|\breply (?:yes|pause|stop|ok|with)\b|\bgive (?:it|that|this) a (?:go|
        try|shot)\b|\bworth (?:a|another) (?:go|try|shot|look)\b|\b(?:will|'ll|can) (?:fix|solve|sort|clear|refresh|do the trick)\b",
    r"\b(?:here's|here is|here are|these|this) (?:\w+ )?(?:articles?|guides?|steps?|links?|how)\b",
];

/// Deeds of the answerer that are to mend it: as good as an instruction.
const MENDS: &[&str] = &[
    r"\b(?:i'm|i am|i've|i have|we've|we have|i|we) (?:just |now |already |also |have )*(?:restart|
        reset|mov|clear|refresh|resync|rebuil[dt]|re-?enabl|recreat|reassign|switch|push|roll|
        re-?index|reboot|reconnect|replac|unlock|flush|rerun)(?:t?ing|t?ed|t|s)?\b",
];

/// Questions after such a deed that ask what has come of it.
const SHOWS: &[&str] =
    &[r"^\W*(?:(?:so|and|now|then|okay|ok)\W+)*what(?:'s| is| are| does| do) .{1,40}\b(?:show|say|
        see|read|display|do)(?:s|ing)?\b"];

/// The verbs that support people tell customers what to do with.
const VERBS: &str = "add|adjust|allow|archive|boot|browse|cancel|change|charge|check|choose|clean|
    clear|click|close|configure|connect|contact|copy|create|delete|disable|disconnect|
    double-check|download|edit|enable|ensure|enter|exit|export|find|flush|follow|force|go|
    give (?:it|that) a|have (?:a|another)|head|hit|hold|import|install|launch|leave|log|long-press|
    look|
    make|map|merge|move|navigate|open|paste|pick|plug|point|power|power-cycle|press|pull|push|put|
    reboot|rebuild|reconnect|recreate|refresh|reinstall|reload|remove|rename|repair|repeat|
    replace|request|reset|restart|resend|resync|retry|return|review|right-click|roll|rotate|run|
    save|scan|scroll|search|select|set|shut|sign|start|stop|swap|switch|sync|take|tap|test|tick|
    toggle|track|try|turn|type|uncheck|uninstall|unplug|untick|update|upgrade|upload|use|verify|
    view|visit|wipe";

/// Requests for information without a question mark.
const ASKS_FOR: &[&str] = &[
    r"^\W*(?:\w+, )?(?:please |kindly |just |and |then |could you |can you |also )*(?:send|share|
        provide|give|tell|confirm|describe|specify|attach|state|reply|forward|paste) (?:(?:me|us|
        with|in|over|along) )*(?:a |an |the |your |what|which|whether|when|how|if|more|any|some|
        few|about|both|full|exact)",
    r"\bplease (?:\w+ )?(?:confirm (?:the|your|if|whether|which|that)|provide|share|tell|specify)\b|
        \byou (?:can|could) (?:also )?(?:provide|share|tell|confirm|send)|
        \bif you (?:can|could) (?:give|find|locate|recall)\b",
    r"\b(?:need|require|want|like) (?:you to confirm|to know|your|a few|some more|more (?:details|
        information)|
        the (?:\w+ )?(?:number|id|e-?mail|address|name|date|code|details))\b",
    r"\blet (?:me|us) know (?:\w+ )?(?:which|what|where|when|who|your|the|how you|if you|
        whether you|how many)\b",
    r"\b(?:may|can|could) i (?:\w+ )?(?:have|get|ask|know|take)\b",
    r"\b(?:pick|choose|select) (?:a |one |an |from )?(?:\w+ )?(?:topics?|options?|categor\w+|of the|
        the (?:options|topics|following))\b",
];

/// What an answerer has done or is doing about it.
const ACTS: &[&str] =
    &[r"\b(?:i've|i have|we've|we have|i'm|i am|we're|we are|i|we) (?:just |now |already |also |
        quickly )*(?:\w+ed|\w+ing|run|ran|set|put|sent|made|rebuilt|reset|took|taken|gave|cut)\b"];

/// Deeds that only look, pass on or note.
const LOOKS: &[&str] = &[r"\b(?:noted|passed|forwarded|escalated|logged|looked|checked|received|
    located|found|opened|attached|understood|looking|checking|seeing|wondering|afraid|
    happy|going|trying|speaking|calling|writing)\b"];

/// What opens a short sentence that answers nothing; a long one may go on with an answer.
const GREETS: &[&str] = &[
    r"^\W*(?:hi|hello|hey|hiya|heya|dear|good (?:morning|afternoon|evening|day)|welcome|greetings|
        thank|thanks|thx|cheers|understood|got it|got you|gotcha|i see|of course|sure|okay|ok|
        alright|all right|right|certainly|absolutely|great|perfect|excellent|oh|ah|hmm?|ouch|
        noted|bye|goodbye|oops|yes|no)\b",
];

/// Words of such a sentence at most.
const GREETING_WORDS: usize = 12;

/// What fills a sentence that answers nothing.
const FILLS: &[&str] = &[
    r"^\W*(?:(?:hi|hello|okay|ok|oh|oh no|thanks|thank you|\w+ \w+|\w+),? )?(?:sorry|my apologies|
        apologies|i'm (?:so |very |really |truly )*(?:sorry|sad)|i am (?:so |very )*(?:sorry|sad)|
        we (?:apologi[sz]e|are sorry|appreciate|value)|i (?:apologi[sz]e|understand|hear you)|
        no problem|no worries|my pleasure|you're welcome|happy to|glad to|that (?:does )?sounds?|
        i can (?:help|look|sort)|i'd be|i'm happy|i'll be happy|we'd hate|let me|one moment|
        a moment|just a|bear with|hang on|hold on|give me|i'll (?:check|look|find|get back|see|be|
        stay|have a look|take a look|just|note|add)|i will (?:check|look|be|get back|stay)|
        i'm (?:checking|looking|still|here|adding|just)|i am (?:checking|looking|adding)|
        have a (?:nice|great|good|lovely)|take (?:care|your time)|best|kind|regards|sincerely|
        yours|warm|
        while (?:you|i)|this is \w+\W*$|you're speaking|i have noted|i've noted|shout if|
        loud and clear|i do\W*$|that's (?:odd|strange|very clear))\b",
    r"\b\w+ (?:here|speaking)\W*$|\bplease (?:wait|hold (?:on|the line|while)|bear|give me|
        allow me|stay (?:on|with)|be patient|accept)\b|\bi'll stay on\b",
];

/// An agent admits that the means at hand are at an end, or that the fault is found.
const DIAGNOSES: &[&str] = &[
    r"\b(?:reproduced|(?:a|the) (?:bug|defect)|on our (?:side|end)|end of my script|no access to|
        don't have access|logged as|beyond what i)\b",
];

/// A bot makes room for a person.
const HANDS_OVER: &[&str] = &[
    r"\b(?:connect|transfer|pass|hand|forward|rout|redirect)(?:ing|ed)? (?:you|this|it|
        your \w+)(?: \w+)? (?:to|on|over|through|with)\b",
    r"\b(?:agent|colleague|specialist|representative|team member|human|somebody|someone) (?:will|
        is going to|shall|has been|can) (?:be |get |call |contact |join |take |reply|reach|answer|
        assist|help|pick)",
    r"\b(?:created|opened|logged|raised|added) (?:a |an |your |this |the |them |it |as )*(?:ticket|
        case|
        request|note)\b",
];

/// Compiles patterns with the verbs in their places.
fn compile_with_verbs(patterns: &[&str]) -> Result<Regex, regex::Error> {
    let patterns: Vec<_> = patterns.iter().map(|pattern| pattern.replace("VERB", VERBS)).collect();
    compile(&patterns.iter().map(String::as_str).collect::<Vec<_>>())
}

impl Answers {
    /// Compiles the phrases.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            helped: compile(HELPED)?,
            offers_more: compile(OFFERS_MORE)?,
            offers: compile(&[r"\b(?:would|do) you (?:like|want|prefer)\b"])?,
            suggests: compile_with_verbs(SUGGESTS)?,
            wants: compile(WANTS)?,
            proposes: compile_with_verbs(PROPOSES)?,
            mends: compile(MENDS)?,
            shows: compile(SHOWS)?,
            asks_for: compile(ASKS_FOR)?,
            acts: compile(ACTS)?,
            looks: compile(LOOKS)?,
            greets: compile(GREETS)?,
            fills: compile(FILLS)?,
            diagnoses: compile(DIAGNOSES)?,
            hands_over: compile(HANDS_OVER)?,
        })
    }

    /// What the answer is.
    pub(super) fn read(&self, text: &TextFeatures) -> Answer {
        let (mut last, mut told, mut admits) = (Part::Fills, Part::Fills, false);
        let mut mends = false;
        let prose = text.sentences.iter().filter(|s| s.kind == SentenceKind::Prose);
        for sentence in prose.take(SENTENCES_MAX) {
            let words = text.words(sentence);
            let mut part = self.part(words, told);
            if part == Part::Asks && mends && self.shows.is_match(words) {
                part = Part::AsksIfHelped;
            }
            mends |= self.mends.is_match(words);
            let acts =
                part == Part::States && self.acts.is_match(words) && !self.looks.is_match(words);
            if part == Part::Proposes {
                told = part;
            } else if acts && told == Part::Fills {
                told = Part::States;
            }
            admits |= match text.speaker {
                Speaker::Agent => self.diagnoses.is_match(words),
                _ => self.hands_over.is_match(words),
            };
            // What explains a question or an instruction takes nothing from it.
            if part > Part::States || last == Part::Fills {
                last = part;
            }
        }
        let proposes = told == Part::Proposes;
        match last {
            Part::AsksIfHelped => Answer::AsksIfHelped,
            Part::Asks => Answer::Asks { proposes },
            Part::Proposes => Answer::Proposes,
            Part::States if !admits => Answer::States,
            Part::States | Part::Fills => Answer::Holds,
        }
    }

    /// What one sentence does; `told` is [`Part::Proposes`] after an instruction, and
    /// [`Part::States`] after a deed.
    fn part(&self, words: &str, told: Part) -> Part {
        let asks = is_question(words);
        if self.helped.is_match(words) {
            return Part::AsksIfHelped;
        }
        let wants = asks && (self.offers.is_match(words) || self.wants.is_match(words));
        if self.offers_more.is_match(words) && !wants {
            return Part::Fills;
        }
        if asks {
            return self.question(words, told);
        }
        if self.asks_for.is_match(words) {
            return Part::Asks;
        }
        if self.fills.is_match(words) && !words.contains("lease ") {
            return Part::Fills;
        }
        if self.proposes.is_match(words) || self.mends.is_match(words) {
            return Part::Proposes;
        }
        let count = words.split_whitespace().count();
        let greets = count <= GREETING_WORDS && self.greets.is_match(words);
        if greets || count <= 2 || self.fills.is_match(words) { Part::Fills } else { Part::States }
    }

    fn question(&self, words: &str, told: Part) -> Part {
        if self.suggests.is_match(words) && !self.wants.is_match(words) {
            return Part::Proposes;
        }
        let opener = words.trim_start_matches(|c: char| !c.is_alphanumeric());
        let opener = opener.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let about_state = ["is", "are", "does", "has", "did"];
        let about_state = about_state.iter().any(|word| opener.eq_ignore_ascii_case(word));
        let short = words.split_whitespace().count() <= SHORT_QUESTION_WORDS;
        if told > Part::Fills && about_state && short { Part::AsksIfHelped } else { Part::Asks }
    }
}

/// True for a sentence that ends with a question mark, emoji and quotes after it aside.
pub(super) fn is_question(words: &str) -> bool {
    let end = words.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '?');
    end.ends_with('?')
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
