//! The phrases themselves, as regular expressions without case; `'` stands for any apostrophe.

/// Steps of the past: what people do to a thing that does not work.
pub(super) const DEEDS: &str = "re-?tested|restarted|rebooted|reset|cleared|reinstalled|\
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
    repaired|rebuilt|redeployed|had an? (?:[a-z]+ )?look|(?:gone|went) (?:through|over|into|out)";

/// What stands before a deed of the bot's or an agent's.
pub(super) const ANSWERER_BEFORE: &str = concat!(
    r"\b(?:(?:i|we)(?:'ve| have| had)?(?: (?:just|already|also|now|then|have))*|",
    concat!(
        r"(?:has|have) (?:now |just |already )?been|is (?:now |just )|",
        r"(?:was|were) (?:now |just )?|and|",
        r"^(?:just )?)\s*",
    ),
);

/// What stands after a deed.
pub(super) const DEED_AFTER: &str = r"\b";

/// Salutations and thanks, with a name or a courtesy after them, or mere yes and no.
pub(super) const GREETING: &str = concat!(
    r"^[\W_]*(?:(?:ok|okay|great|perfect|sure|yes|no|yep|nope|alright|got it|",
    r"oh)\b[\s,.!-]*){0,3}(?:(?:hi|hiya|hello|hey|yo|dear|greetings|good (?:morning|afternoon|",
    r"evening|day)|how are you|hope (?:you|this)|thanks|thank you|thx|ty|many thanks|cheers|",
    r"(?:kind|best|warm)?\s*regards|best wishes|sincerely|yours|bye|goodbye|good night|",
    r"have a (?:nice|good|great)|take care|you're welcome|",
    r"no problem)\b[\s,.!:;-]*){1,4}(?:(?:so much|a lot|very much|again|in advance|for (?:your|",
    r"the|all)(?: \w+){1,3}|there|team|all|everyone|support(?: team)?|sir|madam|or|folks|guys|",
    r"to whom it may concern|today|you|well|(?:finds )?you well|day|one|weekend|",
    r"evening)\b[\s,.!:;-]*){0,4}(?:[\p{L}.-]{1,20}[\s,.!-]*)?[\W_]*$|^[\W_]*(?:(?:ok|okay|",
    r"great|perfect|sure|yes|no|yep|nope|alright|got it|welcome|done)\b[\W_]*){1,3}$|",
    r"^[\W_]*(?:guten (?:tag|morgen|abend)|sehr geehrte|liebes? |mit freundlichen grüßen|",
    r"viele grüße|beste grüße|",
    r"danke|bonjour|bonsoir|madame|monsieur|cordialement|merci|je vous prie d'agréer|hola|",
    r"buen[ao]s|",
    r"estimad[oa]s?|saludos|atentamente|gracias|bom dia|boa (?:tarde|noite)|com os melhores|",
    r"atenciosamente|obrigad[oa]|buongiorno|gentile|cordiali saluti|grazie)[^.?!]{0,60}[\W_]*$",
);

/// A greeting in front of something else.
pub(super) const OPENING: &str = concat!(
    r"^\s*(?:hi|hiya|hello|hey|dear|greetings|good (?:morning|afternoon|evening|",
    r"day))\b(?: (?:there|team|all|everyone|support|support team|folks|sir|madam)|",
    r" [\w-]{1,20})?\s*[,!.:–—-]+\s*",
);

/// Politeness that answers nothing.
pub(super) const FILLER: &str = concat!(
    r"^\W*(?:i(?:'m| am) (?:so |very |really |truly )?sorry|sorry\b|(?:i |we |my |",
    r"our )?(?:sincere(?:ly)? )?apolog|i(?:'d| would) be (?:happy|glad)|happy to help|glad to|",
    r"i understand|let me|one moment|just a moment|please (?:hold|wait|bear)|i can help|i(?:'ll|",
    r" will)\b|i(?:'m| am)\b.{0,40}\b(?:assistant|helper|bot)\b|(?:hi,? )?\w+ here\b|",
    r"(?:much )?appreciate|i(?:'d| would) love|loud and clear|it seems i (?:have no|haven't)|",
    r"you(?:'d| would) like to (?:talk|speak)|is there anything|anything else|how can i|thank)",
);

/// Something is wrong.
pub(super) const PROBLEM: &str = concat!(
    r"\b(?:can'?t|cannot|can not|couldn'?t|won'?t|will not|wouldn'?t|doesn'?t|does not|",
    r"don'?t work|didn'?t|did not|isn'?t|is not|aren'?t|hasn'?t|haven'?t|not (?:able|working|",
    r"loading|syncing|receiv\w*|arriv\w*|show\w*|sent|been)|unable|fail(?:s|ed|ing|ure)?|",
    r"errors?|broken|broke|crash\w*|freez\w*|frozen|stuck|locked|missing|lost|wrong|",
    r"incorrect\w*|twice|double|duplicat\w*|unknown charge|overcharged|charged|slow\w*|lagg\w*|",
    r"times? out|timed out|timeout|down|outage|hacked|stolen|phishing|breach\w*|damaged|",
    r"defective|never (?:arrived|received|got|came)|no longer|stopped|problem|issue|bug|",
    r"refus\w*|rejected|declined|denied|expired|disappear\w*|corrupt\w*|blank|disconnect\w*|",
    r"drops|unauthori[sz]ed|invalid|trouble)\b",
);

/// Somebody wants something.
pub(super) const REQUEST: &str = concat!(
    r"\b(?:i(?:'d| would) (?:like|love)|i (?:need|want|wish)|we (?:need|want)|need to|want to|",
    r"looking (?:to|for)|please|can (?:you|i|we)|could (?:you|i|we)|how (?:do|can|to|would)|",
    r"help (?:me|us)|where is|where's|when (?:will|does)|is it possible|i was wondering|",
    r"requesting|trying to)\b",
);

/// An answerer reads something out of a system.
pub(super) const FINDING: &str = concat!(
    r"\b(?:i (?:can )?see (?:an?|the|that|your|in|from|it|one|two|no|you|only|both)\b|i(?:'m|",
    r" am) seeing|(?:the|our|your) (?:logs?|records?|",
    r"systems?) (?:show|say|indicate)|according to (?:the|our|your)|in (?:the|our) logs|",
    r"looking (?:at|into) (?:the|your))",
);

/// An answerer looks at something.
pub(super) const CHECK: &str = concat!(
    r"\b(?:checked|double-?checked|looked|reviewed|verified|confirmed|investigated|reproduced|",
    r"tested|searched|compared|inspected|examined|had a (?:good |quick |closer )?look|",
    r"(?:gone|went|been) (?:through|over|into))\b",
);

/// A check found nothing wrong.
pub(super) const PASSED: &str = concat!(
    r"\b(?:(?:looks?|is|are|was|were|seems?|shows?(?: up)? as|that's|it's|everything(?:'s)?|",
    r"all) (?:all )?(?:fine|good|ok|",
    r"okay|correct|healthy|up|active|confirmed|inactive|normal|in order|valid|enabled|green)|",
    r"no (?:errors?|issues?|backlog|warnings?|alerts?|delays?|blocks?|holds?|restrictions?|",
    r"problems?|faults?|outages?|loss(?:es)?|conflicts?|failures?)|complete|intact|in place|",
    r"identical|matche?s?|allowed|in sync|is in\b|passed|succeeded|successful(?:ly)?|works? (?:fine|here|on my|",
    r"for me)|as expected|in the green|all clear|reproduced|could reproduce)\b",
);

/// A step that is announced, asked for, denied or only thought of.
pub(super) const NOT_YET: &str = concat!(
    r"\b(?:(?:i|we)(?:'ll| will)|(?:i|we)(?:'m| am|'re| are) (?:going|about|trying) to|let me|",
    r"let's|gonna|haven't|have not|hasn't|has not|didn't (?:try|restart|reset|check)|",
    r"not (?:yet )?(?:tried|checked|restarted)|never (?:tried|restarted|reset|checked)|",
    r"should (?:i|we)|(?:can|could|would|will) you|if (?:you|i|we)(?:'ve| have)?|before (?:i|",
    r"we)|will be|want(?:ed)? to|need(?:ed)? to|would like|how (?:do|can|to)|waiting|have you|",
    r"did you|once (?:you|i|we)|(?:taken|took) (?:this |it )?over|(?:i|we) (?:was|were|got|am|are) (?:re)?(?:charged|sent|",
    r"issued))\b",
);

/// It did not help.
pub(super) const FAILED: &str = concat!(
    r"\b(?:same (?:result|error|thing|issue|problem|message|story|outcome|behaviou?r)|(?:did|do|",
    r"does|was|is|has|have)(?:n't| not| nothing)(?: (?:really|even|been))?(?: (?:help|work|",
    r"change|fix|solve|resolve|do)\w*(?: anything)?| it\b|\W*$)|doesn't|no (?:luck|change|",
    r"difference|",
    r"joy|success|effect|avail|use|help|improvement|dice)|without (?:any )?(?:success|luck|",
    r"effect|result|change)|in vain|(?:nothing|none|neither)(?: (?:of|changed|happen\w*|work\w*|",
    r"help\w*|fix\w*)| \w+ (?:work|help)\w*|\W*$)|still (?:not|no|the same|can't|cannot|doesn't|",
    r"isn't|won't|don't|having|getting|see|seeing|get|fail\w*|broken|stuck|down|happen\w*|",
    r"shows?|says?|locked|there|an? error|error|nothing|slow|missing|gone|wrong|blank|crash\w*|",
    r"red|offline|unable|times?)|not (?:work\w*|help\w*|fixed|solved|resolved)|isn't work\w*|",
    r"(?:it|that|this|which|but|and|then) (?:also )?(?:fails?|failed)|fails? again|failed again|",
    r"keeps? \w+ing|back again|can't|cannot|won't|useless|worse|but (?:it|the|i|",
    r"that) .{0,40}(?:expired|error|crash\w*|broken|denied|invalid))",
);

/// It helped.
pub(super) const WORKED: &str = concat!(
    r"\b(?:(?:that|it|this|which|all|everything|now|and)(?:'s| is| has| did| all| seems to|",
    r" finally)*(?: (?:be|been))? (?:worked|works|work now|working|helped|helps|fixed|solved|",
    r"resolved|did it|did the trick|back (?:up|to normal)|sorted)|(?:fixed|solved|resolved|",
    r"sorted) (?:it|that|now|the)|works? (?:now|again|fine|perfectly|great)|working (?:now|",
    r"again|fine)|problem (?:is )?(?:solved|gone|fixed)|got (?:the|my|an?) (?:\w+ )?(?:e-?mail|",
    r"mail|code|link|refund|message|text)|i(?:'m| am) (?:back )?in now|can (?:now )?(?:log|",
    r"sign) in (?:now|again)|(?:there|here) it is|found it|got it (?:working|to work)|",
    r"you did\b|it did,? (?:thanks|thank|yes)|",
    r"success\b|worked|(?:did|does) the trick|all (?:good|set) now)\b",
);

/// A step that the customer should do.
pub(super) const SUGGESTION: &str = concat!(
    r"(?:^|[.,;:!?]\s*|\b(?:please|you (?:can|could|should|may|might|need to|have to|",
    r"will need to)|try|to do (?:this|so),?|then|and|first|next|simply|just|could you|can you|",
    r"would you|have you (?:tried|already)|make sure(?: (?:to|you|that you))?|be sure to|",
    r"i(?:'d)? (?:suggest|recommend|advise)(?: (?:you|that you|to))?|i'd|let's|would you|",
    r"will you|then)\s+)(?:please |also |now |",
    r"kindly |try to |try )*(?:try|tried|restart\w*|reboot\w*|reset\w*|clear\w*|reinstall\w*|",
    r"re-?install\w*|uninstall\w*|install\w*|wait|check\w*|updat\w*|upgrad\w*|re-?sync\w*|",
    r"refresh\w*|reload\w*|log(?:ging)? (?:out|in|off|back)|sign(?:ing)? (?:out|in|back)|",
    r"disabl\w*|enabl\w*|unplug\w*|plug|turn\w*|switch\w*|toggle|open\w*|click\w*|go to|",
    r"navigat\w*|select|press|tap|visit|follow\w*|use|using|remov\w*|delet\w*|re-?add\w*|",
    r"re-?connect\w*|re-?pair\w*|re-?enter\w*|chang\w*|set|ensure|make sure|see|read|look (?:at|",
    r"in|under)|run|download|power[- ]cycl\w*|hold|adjust|move|allow|empty|flush|add|choose|",
    r"pick|paste|",
    r"(?:un)?tick|type|scroll|swipe|(?:long-)?press|push|pull|take|put|give|have|copy|save|",
    r"submit|contact|call|",
    r"enter|request|start|stop|close|insert|connect|pair|scan|verify|archive|purge|merge|",
    r"upload|rotate|re-?start|",
    r"re-?run|mark|drag|unlock|sync|wipe|format|replace|expand|keep|leave|force|quit|swap|log|",
    r"rename|redeploy|re-?deploy|generate|create)\b",
);

/// A question for information.
pub(super) const ASKS: &str = concat!(
    r"\b(?:(?:provide|share|send|give|tell|confirm|describe|let (?:me|us) know|specify|clarify|",
    r"attach|upload|paste)\b|(?:what|which|when|who|where|how many|how long)\b.*\?|",
    r"(?:pick|choose|select) (?:an?|one|from)\b.{0,20}(?:topic|option|category|menu|number|",
    r"following|below)|in a few words|",
    r"have you got|do you (?:have|see|know|get|use|want)|are you (?:using|able|on|still|seeing)|is (?:it|",
    r"this|that|there)\b.*\?|would you like|may i (?:have|know|ask)|can i (?:have|get))",
);

/// States a cause.
pub(super) const HYPOTHESIS: &str = concat!(
    r"(?:\b(?:i|we) (?:think|believe|suspect|assume|guess|reckon|bet|",
    r"wonder if)\b.{0,120}\b(?:because|due to|caus\w+|related|since|issue|bug|conflict|cache|",
    r"after|from the|update|mismatch|blocked|blocking|expired|misconfigur\w+|limit|firewall|",
    r"proxy|to do with|comes? from|fault)\b|\b(?:i|we) suspect\b|\b(?:looks|sounds|",
    r"seems) (?:like|to be) (?:it's |it is |this is |there's |there is )?(?:an?|the|",
    r"some) (?:\S+ ){0,5}(?:issue|problem|bug|error|fault|conflict|outage|glitch|mismatch|limit|",
    r"timeout|misconfiguration|regression|cache)\b|\b(?:probably|maybe|perhaps|likely|possibly|",
    r"presumably|apparently)\b.{0,60}\b(?:because|since|due to|caused|related to|after the|",
    r"from the|issue|bug|update|conflict)\b|\b(?:might|may|could|must)(?: (?:it|this|",
    r"that))? (?:be|have been) (?:because|due to|caused|related|an? \S+ (?:issue|problem|bug|",
    r"conflict)|the (?:update|upgrade|firewall|proxy|cache|vpn))\b|\b(?:is|was|",
    r"been) (?:caused by|due to|related to)\b|\broot cause\b|\bmy (?:guess|hunch|theory|suspicion|",
    r"bet) (?:is|would be)\b|\b(?:might|may|could|must) be an? (?:\S+ ){1,2}thing\b|",
    r"\b(?:looks|sounds|seems) like (?:the|your|my|our) .{1,40}\b(?:expired|revoked|blocked|",
    r"changed|ran out|out of sync)\b|\bthe (?:cause|culprit|",
    r"reason) (?:is|was|seems)\b)",
);

/// Asks whether the answer helped, or offers more help.
pub(super) const HELPED: &str = concat!(
    r"\b(?:help(?:ed|ful)?|useful|solved?|resolved?|fix(?:ed)?|answer(?:ed)?|trick|sorted?|",
    r"better|quicker|",
    r"faster|improve\w*|anything (?:else|more|further)|something else|right for you|looking for|",
    r"is .{1,30} back|back\?|clear(?:ed)?(?: things)? up|working|work|try now|now\?|",
    r"how (?:does|do|is|are) (?:it|that|the|things)|",
    r"any (?:change|difference|luck|joy)|luck|success|go through|good now|",
    r"(?:get|got) (?:that|it|you) right|what you (?:meant|needed|asked|wanted|were after)|",
    r"that (?:all|everything))\b.*\?$|^(?:sorted|",
    r"fixed|better|done|ok(?:ay)?|did it)\?$",
);

/// Asks for another try after a deed.
pub(super) const TRY_NOW: &str = concat!(
    r"\b(?:(?:try|test|check|look|log in|sign in) (?:it |that |this )?(?:again |",
    r"once more )?now|try again|try once more|",
    r"(?:give|gave) it (?:another|a) (?:try|go)|any better|better now|",
    r"how (?:are|is|does) (?:the|it|that|things) .{1,30} now|quicker|is it back)\b",
);

/// Announces a deed of one's own.
pub(super) const LET_ME: &str = concat!(
    r"\b(?:let me|i'll|i will|i'm going to|i am going to|i'm|i am) (?:just |now |",
    r"quickly )?(?:re-?start|re-?boot|re-?set|",
    r"re-?send|refresh|clear|unlock|push|move|switch|flush|re-?sync|trigger|apply|release|",
    r"kick|bump|",
    r"(?:re-?)?(?:sending|setting|starting|booting|syncing)|restarting|resetting|resending|",
    r"clearing|unlocking)\b",
);

/// Puts a step off.
pub(super) const PUT_OFF: &str = concat!(
    r"\b(?:(?:i'll|i will|we'll|we will|gonna|going to|let me|will) (?:\w+ )?(?:try|check|do|",
    r"test|look|give|have a look|see)|",
    r"(?:haven't|have not) (?:\w+ )?(?:tried|done|got|had)|not yet|one sec\w*|hold on|",
    r"bear with|brb)\b",
);

/// Thanks.
pub(super) const THANKS: &str =
    r"\b(?:thanks|thank you|thx|ty|cheers|appreciate it|much obliged)\b";

/// Opens with consent.
pub(super) const YES: &str = concat!(
    r"^\W*(?:yes|yep|yeah|yup|",
    r"ok|okay|sure|great|perfect|alright|fine|please do|go ahead|sounds good|deal)\b",
);

/// Opens with a refusal.
pub(super) const NO: &str =
    r"^\W*(?:no|nope|nah|not really|negative|lol no|kind of you but no|wrong)\b";

/// Offers something by way of a question.
pub(super) const OFFER: &str = concat!(
    r"\b(?:(?:can|shall|may|should|could) i (?:add|help|do|offer|send|show|look|book|get|set|",
    r"put)|want me to|",
    r"would you like (?:me|us|to)|anything else|something else)\b",
);

/// Proposes something, or says what usually helps.
pub(super) const PROPOSAL: &str = concat!(
    r"^(?:\w+\. )?(?:and|or|what|how)(?: \w+)? (?:about|if|with|without|on|from|after)\b[^?]*\?$|",
    r"\b(?:(?:would|'d|will) (?:ask|like|want|need|invite) you to|how about|did you know(?: that)? you can|why not|(?:we|i) (?:can|could) offer|",
    r"you(?:'ll| can| could| may| will)? (?:also |always |now |easily )?(?:find|do|see|use|",
    r"get|reach|download|edit|merge|manage|change|view|request|follow|track|",
    r"pause)\b.{0,60}(?:under|at|in|on|with|by|via|for)|",
    r"(?:i|we)(?:'d| would)? (?:suggest|recommend|advise) \w+ing|",
    r"(?-i:[A-Z])[\w' ]{1,25} (?:>|›|→) (?-i:[A-Z⋯])|",
    r"(?:often|usually|generally|normally|typically|sometimes)? ?(?:fixed|solved|resolved|",
    r"cured) by|",
    r"\w+ing .{3,60} (?:often |usually |generally |normally )?(?:helps|fixes|solves|resolves|",
    r"refreshes|clears|does the trick))\b",
);

/// What a deed has shown.
pub(super) const RESULT: &str = concat!(
    r"^(?:so |and )?(?:the (?:logs?|page|report|system) (?:shows?|says?)|",
    r"(?:so )?this is confirmed|(?:it|this) is (?:now )?(?:logged|noted|confirmed)|",
    r"it's (?:now )?(?:logged|noted|confirmed)|logged as|that number)\b",
);

/// The label of a subject line, with what mail programs put before the matter.
pub(super) const SUBJECT_LABEL: &str = concat!(
    r"^\s*(?:subject|betreff|objet|assunto|asunto|oggetto|onderwerp|emne|temat)\s*:\s*",
    r"(?:(?:re|fwd?|aw|wg|sv|tr)\s*:\s*)*",
);

/// Who did it on the answering side, the deed in the group.
pub(super) const ANSWERER_DID: &str = concat!(
    r"(?:^|[.,;:!?–—(-] ?|\b(?:and|but|so|then|today|yesterday|earlier|meanwhile|ok|okay|right) )",
    r"(?:(?:i|we)(?:'ve| have| had|'d)?|(?:our|my|the) (?:\w+ ){0,2}(?:team|colleagues?|engineers?|",
    r"people|specialists?|technicians?|staff|developers?|department|desk)(?:'s| has| have| had)?|",
    r"(?:[\w'-]+ ){1,6}(?:has|have)(?: now| just| already| since)? been)",
    r" (?:(?:just|already|also|now|then|since|meanwhile|gone ahead and|went ahead and) )*([a-z-]+)\b",
);

/// What the answering side is doing at this moment, the deed in the group.
pub(super) const ANSWERER_DOES: &str = concat!(
    r"\b(?:i'm|i am|we're|we are) (?:just |now |also )*([a-z-]+ing) ",
    r"(?:the|your|it|that|this|an?|them|both|all)\b",
);

/// Opens with a verb and its object: an order, whatever the verb.
pub(super) const ORDER: &str = concat!(
    r"^(?:[^:]{1,40}: )?(?:(?:please|then|next|now|so|okay|ok|right|well|first|instead|or|and|also|",
    r"again|alternatively|great|good|thanks|alright)[, ]+)*([a-z-]{2,14}) (?:the|your|it|that|both|",
    r"all|every|each|any|an?|one|them)\b",
);

/// A condition in front of what happens then.
pub(super) const CONDITION: &str =
    r"\b(?:when|if|once|until|unless|whenever|as soon as|provided|in case|means?)\b";

/// Asks what comes of a suggestion.
pub(super) const WANTS_REPORT: &str =
    r"\b(?:let (?:me|us) know|tell (?:me|us)|report back|say) (?:how|if|whether|what)\b";
