//! What the signals sound like: one table per kind, matched sentence by sentence.
//!
//! In these patterns `'` stands for any apostrophe or none, a space for white space, `\b` for an
//! edge between ASCII words; `WHO` is a person one may ask for. Capitals do not matter. A line
//! end and the indent after it are no part of a pattern.

use crate::domain::SignalKind;

/// How one kind of signal is said.
pub(super) struct Said {
    /// The signal.
    pub(super) kind: SignalKind,
    /// Any of these says it …
    pub(super) yes: &'static [&'static str],
    /// … unless one of these overlaps it.
    pub(super) not: &'static [&'static str],
}

/// A part of a company that is less than all of it.
pub(super) const DEPARTMENT: &str = r"(?:accounting|accounts|admissions|billing|compliance|
    design|dispatch|engineering|finance|hr|human resources|legal|logistics|maintenance|marketing|
    operations|payroll|procurement|production|purchasing|qa|radiology|reception|sales|shipping|
    support|warehouse)\b";

/// A person one may ask for, with what stands before.
pub(super) const WHO: &str = r"(?:(?:an?|the|some|any|your|another|other|real|live|actual|human|
    proper|competent|customer|support|service|technical|tech|care|sales|billing|senior|different|
    physical|living) )*(?:human(?: being)?|(?:real|live|actual) people|person|agents?|reps?|
    representatives?|adviser|advisor|operator|manager|supervisor|someone|somebody|specialist|
    team lead|technician|engineer|colleague|associate|staff|human support)\b";

/// The customer asks for a person.
pub(super) const PERSON: Said = Said {
    kind: SignalKind::PersonRequested,
    yes: &[
        r"\b(?:speak|talk|chat) (?:directly |now )?(?:to|with) WHO",
        r"\b(?:connect|transfer|put|pass|hand|forward|switch|redirect|escalate) (?:me|this|us|it|
            my (?:case|ticket|issue|chat|call)) (?:\w+ )?(?:to|with) WHO",
        r"\bput (?:me|us) through\b",
        r"\b(?:be|get) (?:connected|transferred|put through) (?:to|with) WHO",
        r"\b(?:need|want|get me|give me|get us|i'd like|i would like|we'd like|prefer|request|
            requesting|demand|find me|send me|let me have|looking for) (?:to have |
            to see )?(?:an? |the |some |another |your )?(?:(?:real|live|actual|human|proper|
            different|support|service|customer) )*(?:human(?: being)?|person|people|agent|rep|
            representative|manager|supervisor|operator)\b",
        r"\b(?:need|want|get|have|send|find|(?:would|'d) like) (?:someone|somebody|anyone|
            a person|a human|an agent|a manager|a rep) (?:real |else |
            from [\w ]{2,20} )?to (?:call|contact|phone|ring|speak|talk)",
        r"\b(?:real|live|actual) (?:human being|human|person|agent|operator|representative|rep)\b",
        r"\b(?:someone|somebody) real\b",
        r"\b(?:human|person|agent|representative|operator|manager|supervisor|rep),? (?:please|pls|
            plz|now)\b",
        r"^\W*(?:(?:an?|the|customer|human|support|to) )*(?:human|person|agent|representative|
            operator|manager|supervisor)\W*$",
        r"\b(?:is|isn't|are) there (?:WHO|anyone|anybody) (?:there|here|available|i |we |(?:that|
            who) (?:i |can |could )|to (?:talk|speak|help|chat))",
        r"\b(?:someone|somebody|anyone|anybody|person|human|agent) (?:that )?(?:i|we) (?:can|
            could|may) (?:speak|talk|chat|call)\b",
        r"\bcall me (?:<phone>|(?:back|now|asap|please|at|on|today|tomorrow|when|as soon|
            immediately|later|to|about|regarding)\b)",
        r"\bcall me(?: ?[.!?,]|$)",
        r"\b(?:give me a (?:call|ring)|phone me|ring me|(?:request|want|need|like) a call ?back)\b",
        r"\bescalat\w+ (?:\w+ ){0,4}(?:to )(?:your |a |the )?(?:manager|supervisor|superior|
            team lead|boss|human)\b",
        r"\b(?:get|where is|where's|let me|bring|fetch) (?:me )?(?:your|a|the) (?:manager|
            supervisor|boss)\b",
        r"\b(?:don't|do not|not|stop|tired of|sick of|no longer) (?:want |wish |
            like )?(?:to )?(?:talk|speak|chat|deal|talking|speaking|chatting|dealing) (?:to|
            with) (?:a |an |this |the |your |some )?(?:stupid |dumb |useless )?(?:bot|robot|
            machine|ai|chatbot|computer)\b",
        r"\bno (?:more )?(?:bots?|robots?|chatbots?)\b,? ?(?:please|thanks|$)",
        r"\b(?:have|get|ask|let) (?:someone|somebody|anyone|a person|a human|a colleague|your (?:
            boss|
            manager|supervisor|team lead)) (?:\w+ )?(?:to )?(?:call|ring|phone|contact|speak|
            talk)\b",
        r"\b(?:speak|talk|complain|explain (?:it|this|that|myself)|pass (?:me|this|it)|
            escalate (?:it|this)|
            put me) (?:to|with|through to|on to) (?:whoever|whomever|the person|the one|somebody|
            someone|
            anybody|anyone|a person|a human|an adult|your)\b",
        r"\bwhoever(?:'s| is) in charge\b|\b(?:manager|supervisor|boss) on (?:the phone|duty)\b",
        r"\bput (?:your|the|a) (?:boss|manager|supervisor|team lead|superior|colleague) on\b",
        r"\b(?:hold|holding) for (?:the|a|your|an) (?:manager|supervisor|human|person|agent|
            representative|operator|boss|colleague)\b",
        r"\b(?:get|give|find|fetch|put) me (?:\w+ )?(?:somebody|someone|anybody|anyone)\b",
        r"\b(?:human|person|people|somebody|someone|anybody|anyone) (?:\w+ ){0,3}(?:
            on the other (?:end|
            side)|behind (?:this|the) (?:chat|bot|screen)|with a (?:pulse|brain|heartbeat|clue))\b",
        r"\b(?:need|want|prefer|rather have|deserve|expect) (?:somebody|someone) (?:who|that) (?:
            actually |
            really )?(?:knows|understands|can (?:decide|help|think|read|fix|answer|actually))\b",
        r"\b(?:is|isn't|are) there (?:a|an|any|actually a) (?:\w+ ){0,3}(?:human|person|people|
            humans)\b",
        r"\b(?:stop|quit|enough|done|finished|through) (?:with )?(?:the|this|that|using the|of the|
            of this|
            your) (?:\w+ )?(?:bots?|robots?|chatbots?|automated (?:\w+)|machines?)\b",
        r"\b(?:rather|sooner) (?:\w+ ){1,4}(?:to|with) (?:a |some |an actual |a real )?(?:person|
            human|
            somebody|someone|being)\b",
        r"\b(?:talk|speak|chat) (?:to|with) (?:a |an )?(?:flesh|living|breathing)\b|
            \b(?:of )?flesh[- ]and[- ]blood\b",
        r"\b(?:give|call|ring|phone) us (?:a (?:call|ring)|back)\b",
    ],
    not: &[
        r"\b(?:don't|do not|doesn't|didn't|no|not|never|without|won't) (?:really |even |
            actually )?(?:need|want|wish|have|having|speaking|talking)(?: to)?(?: (?:speak|talk|
            chat|be \w+))?(?: to| with| for)?(?: any)? ?WHO",
        r"\bno need (?:to|for) (?:(?:\w+ ){0,3}WHO|.{0,30})",
        r"\b(?:was|were|been|got|am|already|i've|had) (?:just |already )?(?:connected|transferred|
            put through|passed|handed) (?:\w+ )?(?:to|with) WHO",
        r"\b(?:every time|whenever|after|once|when|last time) (?:i|we) (?:speak|talk|chat) (?:to|
            with) WHO",
        r"\b(?:users?|customers|visitors|clients|employees|they) (?:can |to |could |
            will )?(?:speak|talk|chat) (?:to|with) WHO",
        r"\b(?:agent|manager|supervisor|operator|person|human|rep|representative)s? (?:seats?|
            licen[cs]es?|accounts?|roles?|access|permissions?|dashboard|workspace|install\w*|
            version|software|logs?|key|id|script|widget|feature|button|desktop|app|console|status|
            limits?|view|field|resources?|error|readable|rights|count|string|report)\b",
        r"\b(?:user|browser|build|backup|monitoring|contact) agents?\b",
        r"\b(?:am i|are you|you are|you're|you be|is this|were you) (?:[\w,]+ ){0,8}WHO",
        r"\b(?:do|must|why do) (?:i|we) (?:have |need )?(?:to )?(?:speak|talk|chat) (?:to|
            with) WHO",
        r"\b(?:who is|who's|whos) (?:\w+ )?(?:supervisor|manager|agent)\b.{0,10}",
        r"\b(?:never|nobody|no one|don't|do not|didn't|you can|stop|they|he|she|
            who) (?:ever )?call me\b",
        r"\bhuman resources\b|\bnot a (?:robot|bot)\b",
        r"\b(?:how|where) (?:do|can|could|does|to) .{0,40}\b(?:visitors?|customers?|users?|
            clients?|callers?)
            .{0,40}",
    ],
};

/// The customer says that an answer did not help.
pub(super) const FAILED: Said = Said {
    kind: SignalKind::AttemptFailed,
    yes: &[
        r"\b(?:that|this|it|they|these|those|which|none of (?:that|this|these|those|it|the \w+)|
            the (?:link|steps?|fix|solution|article|instructions?|workaround|suggestions?|reset|
            answer|guide|code)|your (?:link|steps?|fix|solution|article|instructions?|
            suggestions?|answer|guide|advice)) (?:just |still |also |really |unfortunately |
            sadly )?(?:didn't|did not|doesn't|does not|hasn't|has not|don't|do not|isn't|is not|
            wasn't|won't|not) (?:really |actually |even |seem to |exactly |quite )?(?:help|work|
            solve|fix|resolve|do anything|do the trick|make (?:any|a) difference|change anything)",
        r"^\W*(?:no,? |nope,? |sorry,? )?(?:did not|didn't|doesn't|does not|not) (?:help|work|
            helpful|helping|working|fixed|solved|resolved)",
        r"\bstill (?:\w+ )?(?:not|doesn't|does not|isn't|is not|won't|can't|cannot|didn't|unable|
            no) (?:\w+ ){0,2}(?:work|help|load|open|log|connect|sync|let|receiv|get|access|able|
            sign|fix|resolv|arriv|luck|solv|send|print|updat)",
        r"\b(?:doesn't|does not|isn't|is not|didn't|not|won't) (?:work|working|fixed|solved|
            resolved) (?:still|either|for me|as well)\b",
        r"\bstill (?:get|getting|see|seeing|have|having|shows?|showing|says?|giving|
            gives) (?:me )?(?:\w+ )?(?:same|error|errors|issue|issues|problem|problems|message|
            trouble|nothing)\b",
        r"\bstill (?:happens|happening|the same (?:error|issue|problem|thing|result)|broken|
            failing|fails|failed|stuck|locked|the issue|an issue|a problem|down|occurs|
            occurring)\b",
        r"\b(?:same|identical) (?:(?:error|issue|problem|result|message|outcome)(?: (?:again|
            as before|still|appears|here|comes|persists|happens|happened|now)|\W*$)|
            thing (?:again|happens|happened))",
        r"^\W*(?:same|identical) (?:error|issue|problem|thing|result|message|outcome)\b",
        r"\b(?:get|getting|got|gives?|gave|see|with|it's|
            its) (?:me )?(?:exactly )?the same (?:error|issue|problem|result|message)",
        r"\bno (?:luck|joy|dice|success|improvement)\b",
        r"\bno (?:change|difference|effect|better)(?:\W*$|[.,;!]| (?:at all|i'm afraid|whatsoever|
            here|so far|either|still|for me|though|unfortunately|sadly))",
        r"\b(?:there'?s|there is|made|makes|with|still|see|saw) no (?:change|difference)\b|
            ^\W*no (?:change|difference)\W*$",
        r"\b(?:to no avail|in vain|back to square one)\b",
        r"\b(?:(?:i've|i have|we've|we have|i|we) (?:already )?tried|already (?:tried|did|
            done)) (?:all |both )?(?:of )?(?:that|this|it|those|these|them|everything|all|
            the steps|your)\b",
        r"\b(?:tried|did|done) (?:all |both )?(?:of )?(?:that|this|it|those|these|them|
            everything) (?:already|twice|many times|several times)\b",
        r"\b(?:tried|did) (?:that|this|it|those|all|everything|both|again)\b.{0,30}\b(?:nothing|
            no|not|didn't|doesn't|but|same|still)\b",
        r"\bnothing (?:changed|happened|happens|works|worked|helps|helped)\b",
        r"\b(?:issue|problem|error) (?:still )?(?:persists|remains|is still|still exists|
            continues)\b",
        r"\b(?:not|isn't|wasn't|that's not) (?:very |really |at all )?help(?:ful|ing)\b",
        r"\b(?:was|is|that's|it's) (?:of )?no (?:help|use)\b",
    ],
    not: &[
        r"\b(?:haven't|have not|not|never|didn't|will|can|could|should|to|if|
            unless) (?:\w+ )?(?:tried|try|did|done)\b.{0,20}",
        r"\bhave (?:i|we) (?:tried|done)\b.{0,20}",
        r"\b(?:tried|did|done) (?:it|this|that) (?:\w+ ){0,5}and (?:it|that) (?:\w+ )?work(?:ed|
            s)\b",
        r"\bnot help(?:ing)? (?:myself|yourself)\b",
        r"\b(?:can|could|may|will|do|would) (?:i|we|you) still\b.{0,20}",
        r"\b(?:isn't|not) (?:a )?problem\b",
        r"\bno (?:difference|change) between\b",
    ],
};

/// The customer refuses an answer.
pub(super) const REFUSED: Said = Said {
    kind: SignalKind::AnswerRefused,
    yes: &[
        r"\b(?:not|isn't|wasn't|ain't) (?:really |even |at all )?(?:what i (?:asked|meant|
            wanted to know|said|was asking|need to know|am asking)|my (?:question|issue|problem)|
            the (?:question|answer to my|problem i))",
        r"\b(?:doesn't|does not|didn't|did not|don't|not|isn't|never|haven't|hasn't) (?:even |
            really |actually )?(?:answer|answered|answering|address|addressing) (?:my|the|what|
            our) ?(?:question|issue|problem|concern|i asked|query)?",
        r"\byou (?:are not|aren't|re not|did not|didn't|don't|do not|clearly|obviously|just|
            completely)? ?(?:\w+ )?(?:misunderstood|misunderstand|misread|listen|listening|
            understand(?:ing)? (?:me|my|the|what))\b",
        r"\b(?:you (?:didn't|did not) (?:even )?read|did you (?:even )?read|read (?:my|
            the) (?:question|message) again)\b",
        r"\bwrong answer\b",
        r"\b(?:irrelevant|unrelated answer|off[- ]topic)\b",
        r"\bnothing to do with (?:my|what i|the question)\b",
        r"\bi (?:didn't|did not|never) ask(?:ed)? (?:you )?(?:about |for |to )?(?:that|this|how)\b",
        r"\b(?:i asked|my question was) (?:about |for |how |why |whether ).{2,60}, not (?:about |
            how |for |why |whether )",
    ],
    not: &[
        r"\b(?:is|was) (?:it|this|that) (?:irrelevant|off[- ]topic)\b",
        r"\b(?:sorry|apologi[sz]e).{0,20}\bmisunderstood\b",
        r"\bi (?:\w+ )?misunderstood\b",
    ],
};

/// A bot says that it did not understand.
pub(super) const FALLBACK: Said = Said {
    kind: SignalKind::BotFallback,
    yes: &[
        r"\b(?:i|we) (?:\w+ )?(?:didn't|did not|don't|do not|couldn't|could not|can't|
            cannot) (?:quite |fully |really |seem to )?(?:understand|follow|get that|catch|
            recogni[sz]e)",
        r"\b(?:not able|unable|wasn't able|failed) to (?:understand|process|interpret|
            find an answer)\b",
        r"\b(?:not sure|unsure|not certain) (?:that |if )?(?:i|what you|how to help|i can help|
            i know)",
        r"\b(?:could|can|would|please|try|mind) (?:you )?(?:please )?(?:to )?(?:rephras|reword|
            reformulat)\w*",
        r"\b(?:say|ask|put|phrase|word) (?:that|it|this|your question) (?:again|differently|
            another way|in (?:a different way|other words|different words|another way))",
        r"\b(?:i'm|i am) (?:still (?:learning|in training)|just a (?:bot|virtual))",
        r"\b(?:don't|do not|didn't|couldn't|could not|can't|cannot) (?:have|find) (?:an answer|
            anything|any (?:article|result|information|match)|a match|information)\b",
        r"\b(?:sorry,? )?(?:i )?(?:didn't get that|come again)\b",
        r"\b(?:didn't|did not|couldn't|could not|haven't|not) (?:quite |fully |really |
            entirely )?(?:catch|get|grasp|hear|make (?:any )?sense of|follow|have) (?:that|this|it|
            you|
            what you|your (?:question|message|last)|the (?:question|last))\b",
        r"\b(?:that|this|it) (?:one )?(?:went|goes|is|was) (?:right |straight |a bit |well )?(?:
            over my head|
            beyond me|past me|lost on me|above my pay)",
        r"\b(?:that|this|it)(?:'s| has) gone (?:right |straight )?(?:over my head|past me)\b",
        r"\b(?:i )?(?:lost|missed) (?:the|your|that) (?:thread|track|plot|point|last|bit|part)\b|
            \bno (?:he|hemos|te he) (?:captado|entendido|comprendido)\b",
        r"\bnot (?:quite |yet )?(?:with|following) you\b|\b(?:you'?ve )?lost me\b|\bi'm (?:a bit |a little |slightly )?(?:lost|confused|stumped|
            puzzled)\b",
        r"\b(?:put|say|phrase|word|explain|describe|try|ask)(?:ing)? (?:that|it|this|
            your \w+) (?:in (?:other|
            different|simpler|fewer) (?:words|terms)|(?:a )?(?:different|another) way|differently|
            again|once more|in (?:a )?(?:full|complete|different) (?:sentence|way)s?)\b",
        r"\b(?:describe|ask|type|write) your (?:question|request|issue|problem) (?:in|with|using|
            again|
            differently)\b",
        r"\b(?:i'm|i am) (?:afraid |sorry,? )?(?:i )?(?:can't|cannot|not able to|unable to) (?:
            help|assist|
            answer)(?: (?:you )?with)? (?:that|this|it)\b",
        r"\b(?:i|we) (?:only|just) (?:understand|know about|speak)\b|\b(?:hmm?|oops|uh-oh|
            whoops)[,.!]* i (?:\w+ )?(?:
            missed|don't have|have no) (?:that|an? |any)\b",
        r"\bhav(?:e|ing) (?:\w+ )?(?:trouble|difficulty|a hard time|problems) (?:understanding|
            following|
            making sense|processing)\b",
        r"\b(?:didn't|did not|doesn't|does not|don't) (?:recogni[sz]e|match)\b.{0,40}\b(?:question|
            request|command|option|input|anything|intent|topic)\b",
        r"\b(?:no|zero) (?:results?|match(?:es)?|articles?|answers?) (?:found|for|in|matched)\b|
            \b(?:try|use|with) (?:\w+ )?(?:other|different|another|fewer|simpler) (?:key ?words?|
            words|terms|phrasing|wording)\b",
        r"\b(?:no (?:le |te |lo |la )?(?:he )?(?:entend\w+|comprend\w+)|nicht (?:ganz |
            richtig )?verstanden|
            pas (?:bien )?compris|não (?:entendi|percebi|compreendi)|non ho capito|
            niet begrepen)\b",
    ],
    not: &[
        r"\b(?:if|in case|when|anything|something) you (?:didn't|don't|do not) understand\b",
        r"\b(?:i|we) (?:do not|don't) understand why\b",
    ],
};

/// The text gives orders to the triage itself.
pub(super) const ROUTER: Said = Said {
    kind: SignalKind::RouterAddressed,
    yes: &[
        r"\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|every|of|the|these|those|
            other) )*(?:your|previous|prior|above|earlier|preceding|system|triage|routing|all|
            existing|my previous) (?:(?:previous|prior|above|earlier|system|triage|routing|other|
            of|your|the) )*(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|
            directives?|training|programming|orders)\b",
        r"\b(?:set|assign|change|force|mark|return|output|choose|select|use|make|respond with|
            answer with|give) (?:\w+ ){0,4}tier ?(?:to |as |= ?|: ?|is )?(?:[0-4]|zero|one|two|
            three|four)\b",
        r#"\btier["']? ?[:=] ?["']?[0-4]\b"#,
        r"\b(?:route|send|assign|escalate|move|forward|classify) (?:this|it|me|us|the (?:ticket|
            case|conversation|issue)|my (?:ticket|case|issue|conversation)) (?:\w+ ){0,3}(?:to|at|
            into|as) (?:the )?tier ?[0-4]\b",
        r#"\bconfidence["']? ?(?:score |level |of |to |is |at |as |= ?|: ?)*(?:[01]\.[0-9]+|1\b|
            100 ?%|0\.9)"#,
        r"\byou are now (?:an? |the |in |acting |operating )?(?:\w+ ){0,3}(?:router|assistant|bot|
            ai|model|triage|system|admin(?:istrator)?|developer|mode|classifier|dan|root|
            unrestricted)\b",
        r"\bsystem prompt\b",
        r#"\b(?:band|mode|action)["']? ?(?:[:=]|to|is|must be)? ?["']?(?:auto|live|resolve)\b"#,
        r"\bclassify (?:this|it|me|my|the (?:message|ticket|conversation|
            request)) (?:\w+ ){0,3}as\b",
        r"\b(?:respond|reply|answer|output) only (?:with|in) (?:json|tier|the|\{)",
        r"\b(?:as|dear|hey|attention|note to(?: the)?|message to(?: the)?) (?:ai )?(?:triage|
            router|routing|classifier) ?(?:bot|system|model|engine|service|agent|ai)?[:,]",
        r"\b(?:do not|don't) (?:hand (?:this|it) (?:off|over)|escalate this|
            involve) (?:to )?(?:a |any )?(?:human|person)s?,? (?:and|just|set|route)\b",
    ],
    not: &[
        r"\btier ?[0-4] (?:plan|pricing|subscription|account|package|customer|support plan|
            license|billing|price|discount|membership|benefits?)",
        r"\b(?:plan|pricing|subscription|membership|package) tier\b.{0,6}",
        r"\b(?:app|dark|light|airplane|demo|view|edit|camera|the|in|flash|focus) mode (?:to|
            is)? ?(?:auto|live)\b",
    ],
};
