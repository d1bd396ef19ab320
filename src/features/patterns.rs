//! What the signals sound like: one table per kind, matched sentence by sentence.
//!
//! In these patterns `'` stands for any apostrophe or none, a space for white space, `\b` for an
//! edge between ASCII words; `WHO` is a person one may ask for. Capitals do not matter.

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

/// A person one may ask for, with what stands before.
pub(super) const WHO: &str = r"(?:(?:an?|the|some|any|your|another|other|real|live|actual|human|proper|competent|customer|support|service|technical|tech|care|sales|billing|senior|different|physical|living) )*(?:human(?: being)?|(?:real|live|actual) people|person|agents?|reps?|representatives?|adviser|advisor|operator|manager|supervisor|someone|somebody|specialist|team lead|technician|engineer|colleague|associate|staff|human support)\b";

/// The customer asks for a person.
pub(super) const PERSON: Said = Said {
    kind: SignalKind::PersonRequested,
    yes: &[
        r"\b(?:speak|talk|chat) (?:directly |now )?(?:to|with) WHO",
        r"\b(?:connect|transfer|put|pass|hand|forward|switch|redirect|escalate) (?:me|this|us|it|my (?:case|ticket|issue|chat|call)) (?:\w+ )?(?:to|with) WHO",
        r"\bput (?:me|us) through\b",
        r"\b(?:be|get) (?:connected|transferred|put through) (?:to|with) WHO",
        r"\b(?:need|want|get me|give me|get us|i'd like|i would like|we'd like|prefer|request|requesting|demand|find me|send me|let me have|looking for) (?:to have |to see )?(?:an? |the |some |another |your )?(?:(?:real|live|actual|human|proper|different|support|service|customer) )*(?:human(?: being)?|person|people|agent|rep|representative|manager|supervisor|operator)\b",
        r"\b(?:need|want|get|have|send|find|(?:would|'d) like) (?:someone|somebody|anyone|a person|a human|an agent|a manager|a rep) (?:real |else |from [\w ]{2,20} )?to (?:call|contact|phone|ring|speak|talk)",
        r"\b(?:real|live|actual) (?:human being|human|person|agent|operator|representative|rep)\b",
        r"\b(?:someone|somebody) real\b",
        r"\b(?:human|person|agent|representative|operator|manager|supervisor|rep),? (?:please|pls|plz|now)\b",
        r"^\W*(?:(?:an?|the|customer|human|support|to) )*(?:human|person|agent|representative|operator|manager|supervisor)\W*$",
        r"\b(?:is|isn't|are) there (?:WHO|anyone|anybody) (?:there|here|available|i |we |(?:that|who) (?:i |can |could )|to (?:talk|speak|help|chat))",
        r"\b(?:someone|somebody|anyone|anybody|person|human|agent) (?:that )?(?:i|we) (?:can|could|may) (?:speak|talk|chat|call)\b",
        r"\bcall me (?:<phone>|(?:back|now|asap|please|at|on|today|tomorrow|when|as soon|immediately|later|to|about|regarding)\b)",
        r"\bcall me(?: ?[.!?,]|$)",
        r"\b(?:give me a (?:call|ring)|phone me|ring me|(?:request|want|need|like) a call ?back)\b",
        r"\bescalat\w+ (?:\w+ ){0,4}(?:to )(?:your |a |the )?(?:manager|supervisor|superior|team lead|boss|human)\b",
        r"\b(?:get|where is|where's|let me|bring|fetch) (?:me )?(?:your|a|the) (?:manager|supervisor|boss)\b",
        r"\b(?:don't|do not|not|stop|tired of|sick of|no longer) (?:want |wish |like )?(?:to )?(?:talk|speak|chat|deal|talking|speaking|chatting|dealing) (?:to|with) (?:a |an |this |the |your |some )?(?:stupid |dumb |useless )?(?:bot|robot|machine|ai|chatbot|computer)\b",
        r"\bno (?:more )?(?:bots?|robots?|chatbots?)\b,? ?(?:please|thanks|$)",
    ],
    not: &[
        r"\b(?:don't|do not|doesn't|didn't|no|not|never|without|won't) (?:really |even |actually )?(?:need|want|wish|have|having|speaking|talking)(?: to)?(?: (?:speak|talk|chat|be \w+))?(?: to| with| for)?(?: any)? ?WHO",
        r"\bno need (?:to|for) (?:\w+ ){0,3}WHO",
        r"\b(?:was|were|been|got|am|already|i've|had) (?:just |already )?(?:connected|transferred|put through|passed|handed) (?:\w+ )?(?:to|with) WHO",
        r"\b(?:every time|whenever|after|once|when|last time) (?:i|we) (?:speak|talk|chat) (?:to|with) WHO",
        r"\b(?:users?|customers|visitors|clients|employees|they) (?:can |to |could |will )?(?:speak|talk|chat) (?:to|with) WHO",
        r"\b(?:agent|manager|supervisor|operator|person|human|rep|representative)s? (?:seats?|licen[cs]es?|accounts?|roles?|access|permissions?|dashboard|workspace|install\w*|version|software|logs?|key|id|script|widget|feature|button|desktop|app|console|status|limits?|view|field|resources?|error|readable|rights|count|string|report)\b",
        r"\b(?:user|browser|build|backup|monitoring|contact|human) agents?\b",
        r"\b(?:am i|are you|you are|you're|you be|is this|were you) (?:[\w,]+ ){0,8}WHO",
        r"\b(?:do|must|why do) (?:i|we) (?:have |need )?(?:to )?(?:speak|talk|chat) (?:to|with) WHO",
        r"\b(?:who is|who's|whos) (?:\w+ )?(?:supervisor|manager|agent)\b.{0,10}",
        r"\b(?:never|nobody|no one|don't|do not|didn't|you can|stop|they|he|she|who) (?:ever )?call me\b",
        r"\bhuman resources\b",
    ],
};

/// The customer says that an answer did not help.
pub(super) const FAILED: Said = Said {
    kind: SignalKind::AttemptFailed,
    yes: &[
        r"\b(?:that|this|it|they|these|those|which|none of (?:that|this|these|those|it|the \w+)|the (?:link|steps?|fix|solution|article|instructions?|workaround|suggestions?|reset|answer|guide|code)|your (?:link|steps?|fix|solution|article|instructions?|suggestions?|answer|guide|advice)) (?:just |still |also |really |unfortunately |sadly )?(?:didn't|did not|doesn't|does not|hasn't|has not|don't|do not|isn't|is not|wasn't|won't|not) (?:really |actually |even |seem to |exactly |quite )?(?:help|work|solve|fix|resolve|do anything|do the trick|make (?:any|a) difference|change anything)",
        r"^\W*(?:no,? |nope,? |sorry,? )?(?:did not|didn't|doesn't|does not|not) (?:help|work|helpful|helping|working|fixed|solved|resolved)",
        r"\bstill (?:\w+ )?(?:not|doesn't|does not|isn't|is not|won't|can't|cannot|didn't|unable|no) (?:\w+ ){0,2}(?:work|help|load|open|log|connect|sync|let|receiv|get|access|able|sign|fix|resolv|arriv|luck|solv|send|print|updat)",
        r"\b(?:doesn't|does not|isn't|is not|didn't|not|won't) (?:work|working|fixed|solved|resolved) (?:still|either|for me|as well)\b",
        r"\bstill (?:get|getting|see|seeing|have|having|shows?|showing|says?|giving|gives) (?:me )?(?:\w+ )?(?:same|error|errors|issue|issues|problem|problems|message|trouble|nothing)\b",
        r"\bstill (?:happens|happening|the same (?:error|issue|problem|thing|result)|broken|failing|fails|failed|stuck|locked|the issue|an issue|a problem|down|occurs|occurring)\b",
        r"\b(?:same|identical) (?:(?:error|issue|problem|result|message|outcome)(?: (?:again|as before|still|appears|here|comes|persists|happens|happened|now)|\W*$)|thing (?:again|happens|happened))",
        r"^\W*(?:same|identical) (?:error|issue|problem|thing|result|message|outcome)\b",
        r"\b(?:get|getting|got|gives?|gave|see|with|it's|its) (?:me )?(?:exactly )?the same (?:error|issue|problem|result|message)",
        r"\bno (?:luck|joy|dice|success|improvement)\b",
        r"\b(?:there'?s|there is|made|makes|with|still|see|saw) no (?:change|difference)\b|^\W*no (?:change|difference)\W*$",
        r"\b(?:to no avail|in vain|back to square one)\b",
        r"\b(?:(?:i've|i have|we've|we have|i|we) (?:already )?tried|already (?:tried|did|done)) (?:all |both )?(?:of )?(?:that|this|it|those|these|them|everything|all|the steps|your)\b",
        r"\b(?:tried|did|done) (?:all |both )?(?:of )?(?:that|this|it|those|these|them|everything) (?:already|twice|many times|several times)\b",
        r"\b(?:tried|did) (?:that|this|it|those|all|everything|both|again)\b.{0,30}\b(?:nothing|no|not|didn't|doesn't|but|same|still)\b",
        r"\bnothing (?:changed|happened|happens|works|worked|helps|helped)\b",
        r"\b(?:issue|problem|error) (?:still )?(?:persists|remains|is still|still exists|continues)\b",
        r"\b(?:not|isn't|wasn't|that's not) (?:very |really |at all )?help(?:ful|ing)\b",
        r"\b(?:was|is|that's|it's) (?:of )?no (?:help|use)\b",
    ],
    not: &[
        r"\b(?:haven't|have not|not|never|didn't|will|can|could|should|to|if|unless) (?:\w+ )?(?:tried|try|did|done)\b.{0,20}",
        r"\bhave (?:i|we) (?:tried|done)\b.{0,20}",
        r"\b(?:tried|did|done) (?:it|this|that) (?:\w+ ){0,5}and (?:it|that) (?:\w+ )?work(?:ed|s)\b",
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
        r"\b(?:not|isn't|wasn't|ain't) (?:really |even |at all )?(?:what i (?:asked|meant|wanted to know|said|was asking|need to know|am asking)|my (?:question|issue|problem)|the (?:question|answer to my|problem i))",
        r"\b(?:doesn't|does not|didn't|did not|don't|not|isn't|never|haven't|hasn't) (?:even |really |actually )?(?:answer|answered|answering|address|addressing) (?:my|the|what|our) ?(?:question|issue|problem|concern|i asked|query)?",
        r"\byou (?:are not|aren't|re not|did not|didn't|don't|do not|clearly|obviously|just|completely)? ?(?:\w+ )?(?:misunderstood|misunderstand|misread|listen|listening|understand(?:ing)? (?:me|my|the|what))\b",
        r"\b(?:you (?:didn't|did not) (?:even )?read|did you (?:even )?read|read (?:my|the) (?:question|message) again)\b",
        r"\bwrong answer\b",
        r"\b(?:irrelevant|unrelated answer|off[- ]topic)\b",
        r"\bnothing to do with (?:my|what i|the question)\b",
        r"\bi (?:didn't|did not|never) ask(?:ed)? (?:you )?(?:about |for |to )?(?:that|this|how)\b",
        r"\b(?:i asked|my question was) (?:about |for |how |why |whether ).{2,60}, not (?:about |how |for |why |whether )",
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
        r"\b(?:i|we) (?:\w+ )?(?:didn't|did not|don't|do not|couldn't|could not|can't|cannot) (?:quite |fully |really |seem to )?(?:understand|follow|get that|catch|recogni[sz]e)",
        r"\b(?:not able|unable|wasn't able|failed) to (?:understand|process|interpret|find an answer)\b",
        r"\b(?:not sure|unsure|not certain) (?:that |if )?(?:i|what you|how to help|i can help|i know)",
        r"\b(?:could|can|would|please|try) (?:you )?(?:please )?(?:to )?(?:rephras|reword|reformulat)\w*",
        r"\b(?:say|ask|put|phrase|word) (?:that|it|this|your question) (?:again|differently|another way|in (?:a different way|other words|different words|another way))",
        r"\b(?:i'm|i am) (?:still (?:learning|in training)|just a (?:bot|virtual))",
        r"\b(?:don't|do not|didn't|couldn't|could not|can't|cannot) (?:have|find) (?:an answer|anything|any (?:article|result|information|match)|a match|information)\b",
        r"\b(?:sorry,? )?(?:i )?(?:didn't get that|come again)\b",
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
        r"\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|every|of|the|these|those|other) )*(?:your|previous|prior|above|earlier|preceding|system|triage|routing|all|existing|my previous) (?:(?:previous|prior|above|earlier|system|triage|routing|other|of|your|the) )*(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|directives?|training|programming|orders)\b",
        r"\b(?:set|assign|change|force|mark|return|output|choose|select|use|make|respond with|answer with|give) (?:\w+ ){0,4}tier ?(?:to |as |= ?|: ?|is )?(?:[0-4]|zero|one|two|three|four)\b",
        r#"\btier["']? ?[:=] ?["']?[0-4]\b"#,
        r"\b(?:route|send|assign|escalate|move|forward|classify) (?:this|it|me|us|the (?:ticket|case|conversation|issue)|my (?:ticket|case|issue|conversation)) (?:\w+ ){0,3}(?:to|at|into|as) (?:the )?tier ?[0-4]\b",
        r#"\bconfidence["']? ?(?:score |level |of |to |is |at |as |= ?|: ?)*(?:[01]\.[0-9]+|1\b|100 ?%|0\.9)"#,
        r"\byou are now (?:an? |the |in |acting |operating )?(?:\w+ ){0,3}(?:router|assistant|bot|ai|model|triage|system|admin(?:istrator)?|developer|mode|classifier|dan|root|unrestricted)\b",
        r"\bsystem prompt\b",
        r#"\b(?:band|mode|action)["']? ?(?:[:=]|to|is|must be)? ?["']?(?:auto|live|resolve)\b"#,
        r"\bclassify (?:this|it|me|my|the (?:message|ticket|conversation|request)) (?:\w+ ){0,3}as\b",
        r"\b(?:respond|reply|answer|output) only (?:with|in) (?:json|tier|the|\{)",
        r"\b(?:as|dear|hey|attention|note to(?: the)?|message to(?: the)?) (?:ai )?(?:triage|router|routing|classifier) ?(?:bot|system|model|engine|service|agent|ai)?[:,]",
        r"\b(?:do not|don't) (?:hand (?:this|it) (?:off|over)|escalate this|involve) (?:to )?(?:a |any )?(?:human|person)s?,? (?:and|just|set|route)\b",
    ],
    not: &[
        r"\btier ?[0-4] (?:plan|pricing|subscription|account|package|customer|support plan|license|billing|price|discount|membership|benefits?)",
        r"\b(?:plan|pricing|subscription|membership|package) tier\b.{0,6}",
        r"\b(?:app|dark|light|airplane|demo|view|edit|camera|the|in|flash|focus) mode (?:to|is)? ?(?:auto|live)\b",
    ],
};

/// An agent says that the fault was reproduced or is a defect.
pub(super) const BUG: Said = Said {
    kind: SignalKind::BugConfirmed,
    yes: &[
        r"\b(?:i|we|i've|we've|team|engineers?|could|can|able to|managed to|have|was|were) (?:have |was |were |can |could |now |also |just |been |indeed |successfully |able to |managed to )*(?:reproduced?|replicated?|recreated?)\b",
        r"\b(?:it's|it is|this is|that's|that is|is|looks like|appears to be|seems to be|confirmed as|to be) (?:indeed |definitely |clearly |confirmed |actually |in fact )*(?:a |an )?(?:known |confirmed |genuine |real )?(?:bug|defect|regression|product fault|software fault)\b",
        r"\b(?:known|confirmed) (?:bug|defect|regression)\b",
        r"\b(?:bug|defect|fault|issue|error) (?:\w+ )?on our (?:side|end)\b",
        r"\b(?:bug|defect|regression) (?:has been |was |is )(?:now )?(?:confirmed|reproduced|logged|filed|acknowledged)\b",
        r"\b(?:filed|logged|opened|raised|created) (?:a |an |this as a )(?:bug|defect)\b",
    ],
    not: &[
        r"\b(?:can't|cannot|couldn't|could not|unable to|not able to|wasn't able to|weren't able to|haven't|have not|not|didn't|try to|trying to|need to|let me|steps to|how to|be able to) (?:been able to |yet |be able to )?(?:reproduce|replicate|recreate)d?\b",
        r"\b(?:not|isn't|wasn't|no|if it's|if it is|if this is|whether it's|whether this is|whether it is|don't think it's|don't think this is) (?:a |an )?(?:known |confirmed )?(?:bug|defect|regression)\b",
        r"\b(?:might|may|could|would|can) be (?:a |an )?(?:known )?(?:bug|defect|regression)\b",
        r"\b(?:not|isn't|no|don't see an?|if there is an?) (?:a |an )?(?:bug|defect|fault|issue|error) (?:\w+ )?on our (?:side|end)\b",
    ],
};

/// An agent says that something is lacking to go on.
pub(super) const NEXT_TIER: Said = Said {
    kind: SignalKind::NextTierNeeded,
    yes: &[
        r"\b(?:don't|do not|no|lack|without|haven't|doesn't|not) (?:\w+ )?(?:have |got )?(?:any |the )?(?:access|visibility|permissions?|tools?|insight|rights) (?:to|into|for) (?:\w+ ){0,3}(?:logs?|backend|back[- ]end|servers?|database|systems?|code|infrastructure|admin|that|this|those|it)\b",
        r"\b(?:can't|cannot|unable to|not able to|couldn't) (?:see|access|view|check|reach|read) (?:\w+ ){0,3}(?:logs?|backend|back[- ]end|servers?|database|code|infrastructure)\b",
        r"\b(?:need|have|going|want|like|will|must|i'll|we'll|let me) (?:to )?(?:pass|escalate|hand|transfer|forward|send|refer|route|move|bring) (?:\w+ ){0,5}(?:to|with|in) (?:\w+ ){0,3}(?:technical|engineering|engineers?|specialists?|tier ?[2-4]|level ?[2-4]|l[2-4]|second[- ]line|third[- ]line|developers?|dev|backend|expert|integrations?|product)\b",
        r"\b(?:outside|beyond|above) (?:of )?(?:what i|what we|my|our) (?:can|am|are|scope|ability|abilities|permissions?|remit|access|knowledge|expertise|level|tools)",
        r"\b(?:exhausted|run out of|ran out of|gone through|been through|tried) (?:all |every |everything )?(?:of )?(?:our |my |the |in )?(?:\w+ )?(?:troubleshooting|steps|options|script|ideas|playbook|runbook|suggestions)\b",
        r"\bno (?:documented|known|published|standard) (?:fix|solution|workaround|answer|procedure)\b",
        r"\b(?:requires?|needs?) (?:backend|back[- ]end|server|database|engineering|developer|technical team|a specialist|an engineer|tier ?[2-4]|elevated)\b",
    ],
    not: &[
        r"\b(?:don't|do not|doesn't|no) (?:need|have) to (?:escalate|pass|transfer)\b.{0,40}",
        r"\byou (?:don't|do not) (?:\w+ )?(?:have |need )?(?:any |the )?(?:access|permissions?|rights).{0,40}",
        r"\b(?:once|when|if|after) you(?:'ve| have) (?:exhausted|gone through|been through|tried).{0,40}",
    ],
};

/// Work has stopped.
pub(super) const STOPPED: Said = Said {
    kind: SignalKind::WorkStopped,
    yes: &[
        r"\b(?:work|business|operations?|production|everything|we|team|store|shop|office|warehouse|i|company) (?:\w+ ){0,3}(?:at a (?:complete |total |full )?(?:stand ?still|halt)|ground to a halt|come to a (?:stop|halt|standstill))",
        r"\b(?:work|business|operations|production|our \w+) (?:has |have |is |are )?(?:been |now )?(?:completely |totally |fully )?(?:stopped|halted|paraly[sz]ed|blocked)\b",
        r"\b(?:can't|cannot|can not|unable to|not able to|couldn't|impossible to) (?:do (?:any |our |my )?(?:work|business|job)|work(?: at all| anymore| any more| today| until| right now| because| since|\W*$)|operate|ship|(?:take|process|accept|fulfil+|ship|bill|invoice|serve) (?:any |our |new |more )?(?:orders?|payments?|customers?|clients?|anything|invoices?|patients?|sales))",
        r"\b(?:we're|we are|us|team is|everyone is|completely|totally|entirely|fully) (?:now |currently |all )?(?:completely |totally |entirely |fully )?(?:blocked|dead in the water|at a standstill)\b",
        r"\b(?:blocking|blocks|stops|stopping|prevents|preventing) (?:(?:us|our \w+|everyone|the whole \w+) (?:from \w+ing|completely|entirely|work|operations)|me from (?:working|doing my (?:job|work)))\b",
        r"\b(?:losing|lose|lost) (?:\w+ )?(?:money|sales|revenue|business|customers|orders) (?:every|by the|each|because|right now|per|while|as)\b",
        r"\bproduction (?:is |has been |has gone |went )?down\b",
        r"\b(?:brought|bringing) (?:\w+ ){1,4}to a (?:halt|standstill|stop)\b",
    ],
    not: &[
        r"\bwork out\b",
        r"\b(?:can't|cannot) work(?: at all)? (?:out|with this layout)\b",
        r"\b(?:not|isn't|aren't|no longer) (?:\w+ )?(?:blocked|blocking|stopped)\b",
        r"\b(?:was|were|account|card|user|number|caller|ip|site|website) (?:is |was )?(?:blocked|stopped)\b",
    ],
};

/// Many users or accounts are affected.
pub(super) const MANY: Said = Said {
    kind: SignalKind::ManyAffected,
    yes: &[
        r"\b(?:all|many|multiple|several|most|hundreds|thousands|dozens|lots|numerous|a lot|[0-9][0-9,]*[0-9]\+?|every|each|half) (?:of )?(?:our |the |my |your |these )?(?:other |of our |different )?(?:users?|customers?|clients?|accounts?|employees|people|colleagues|staff|students|tenants|offices|locations|stores|sites|agents|members|subscribers|companies|organi[sz]ations|regions) (?:\w+ ){0,4}(?:can't|cannot|can not|couldn't|affected|impacted|unable|locked|down|getting|gets?|see|seeing|report(?:ed|ing|s)?|fail\w*|lost|losing|complain\w*|experienc\w+|hit|not able|receiv\w+|stuck|without|blocked|logged out|kicked)\b",
        r"\b(?:everyone|everybody|nobody|no one|no-one|none of (?:us|our (?:users|customers|staff|employees))) (?:here |else |in [\w ]{2,20} |at [\w ]{2,20} |on [\w ]{2,20} )?(?:is |are |has |have |in )?(?:\w+ )?(?:can't|cannot|can|able|unable|affected|impacted|locked|down|getting|gets|sees|seeing|having|has|stuck|blocked|lost|kicked|experienc\w+|complain\w+|report\w+)\b",
        r"\b(?:affects?|affecting|affected|impacts?|impacting|impacted|hits|hitting|happening (?:to|for)|happens (?:to|for)|down for|broken for|out for|blocked for) (?:\w+ )?(?:everyone|everybody|(?:all|many|multiple|most|several|hundreds|thousands|[0-9]{2,}) (?:of )?(?:our |the |my )?(?:\w+ )?(?:users|customers|clients|accounts|employees|people|staff|offices|sites|locations|stores|departments|teams)|(?:the |our )?(?:whole|entire) (?:company|organi[sz]ation|office|business|school|site|region|department))",
        r"\b(?:company|organi[sz]ation|org|site|office|system|firm|business|nation|world)[- ]wide\b",
        r"\b(?:whole|entire) (?:company|organi[sz]ation|office|business|school|floor|building|region) (?:is|are|has|can't|cannot|lost|down|without|gets|cant)\b",
    ],
    not: &[
        r"\b(?:everyone|everybody|all|nobody|no one|none|most|several|many)(?: of us| of the \w+| people| users)? (?:on|in|from) (?:my|our|the) (?:\w+ )?(?:team|department|group)\b",
        r"\b(?:how|where|can i|could i|want to|possible to|way to) (?:\w+ ){0,4}(?:all|every|multiple|many|several) (?:\w+ ){0,2}(?:users?|customers?|accounts?|members|sites)\b",
        r"\bso (?:that )?(?:nobody|no one|no-one) (?:else )?can\b",
        r"\b(?:not|isn't|doesn't|don't) (?:affecting|affect|impacting|impact|everyone|everybody|all)\b",
        r"\b(?:company|system|site|organi[sz]ation|org|world)[- ]wide (?:settings?|policy|admin|plan|licen[cs]e|shipping|announcement|template|discount|rollout)\b",
    ],
};

/// One team is affected.
pub(super) const TEAM: Said = Said {
    kind: SignalKind::TeamAffected,
    yes: &[
        r"\b(?:my|our|the|whole|entire) (?:(?:whole|entire|\w+) )?(?:team|department|group|squad) (?:\w+ )?(?:can't|cannot|can not|is (?:affected|impacted|blocked|unable|stuck|down|locked|getting|not able|seeing|having|waiting|without|losing)|are (?:affected|impacted|blocked|unable|stuck|down|locked|getting|not able|seeing|having)|gets?|has (?:lost|the same|been|no)|have (?:lost|the same|been|no)|lost|sees?|couldn't|unable)\b",
        r"\b(?:team members?|teammates|colleagues|co-?workers) (?:\w+ )?(?:can't|cannot|can not|are (?:affected|impacted|blocked|unable|getting|seeing|having|stuck|locked)|is (?:affected|impacted|blocked|unable|getting|seeing)|have the same|has the same|get the same|see the same|couldn't|also)\b",
        r"\b(?:two|three|four|five|six|seven|eight|nine|a few|some|several|all|none|both|[2-9]) of (?:us|my (?:colleagues|coworkers|teammates|team)|our team|the team)\b",
        r"\b(?:everyone|everybody|nobody|no one|most people) (?:on|in|from) (?:my|our|the) (?:\w+ )?(?:team|department|group)\b",
        r"\b(?:affect|impact|block|hit|stop|slow)(?:s|ed|ing|ping)? (?:\w+ )?(?:my|our|the) (?:whole |entire |\w+ )?(?:team|department|group)\b",
        r"\bdown for (?:my|our) (?:whole |entire |\w+ )?(?:team|department|group)\b",
    ],
    not: &[
        r"\b(?:support|your|service|billing|sales) (?:team|department) .{0,40}",
        r"\b(?:how|want to|can i|could i|like to) (?:\w+ ){0,4}(?:my|our|the) (?:\w+ )?team\b.{0,20}",
    ],
};
