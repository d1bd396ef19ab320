//! Verbs of what people do to a thing that does not work, and how they say what came of it.

/// Deeds that are attempts by themselves.
pub(in super::super) const ATTEMPTS: &str = concat!(
    r"(?:re-?)?tried|(?:did|do) try|attempted|repeated|re-?started|re-?booted|reset|cleared|(?:un|re-?)installed|",
    r"installed|",
    r"re-?(?:tested|checked|synced|sent|added|entered|saved|ran|run|connected|paired|created|",
    r"uploaded|imported|exported|loaded|logged|freshed|seated|generated|authori[sz]ed|",
    r"authenticated|enabled|built|deployed|submitted|calculated|configured|indexed|scanned|",
    r"opened|typed|did|attached|issued|registered|invited|activated)|power[- ]?cycled|",
    r"(?:un|re-?)plugged|logged (?:out|off|back|in)|signed (?:out|off|back|in)|toggled|",
    r"flushed|emptied|",
    r"swapped|(?:double-?|cross-?)?checked|verified|tested|searched|googled|",
    r"looked (?:in|at|under|through|everywhere|it up|around|with|every)|had a look|",
    r"followed (?:the|your|all|these|those)|",
    r"waited|pinged|curled|rolled (?:it )?back|reverted|purged|wiped|compared|",
    r"went (?:through|to|into|over|back)|clicked|pressed|long-?pressed|troubleshot|",
    r"switched (?:it |them |the \w+ )?(?:off|on|out)|switched (?:to|browser|network|profile|",
    r"device|out)\w*|",
    r"turned (?:it|them|off|on|the|my|everything)|rotated|redid|(?:un)?ticked|unpaired|merged|",
    r"gave (?:it|them|him|her) .{1,40}\b(?:again|once more|a second time)|",
    r"(?:had|made|got) (?:it|them|him|her|every(?:one|body)) (?:to )?(?:sign|log|restart|reboot|",
    r"re-?install|clear|try|test|check|reset|refresh|update|swap|re-?open|re-?connect)",
);

/// Deeds that may as well be what caused the trouble, or the course of business: what stands
/// around them decides.
pub(in super::super) const DEEDS: &str = concat!(
    r"changed|updated|upgraded|downgraded|disabled|enabled|deleted|removed|unlocked|ran|moved|",
    r"raised|lowered|halved|doubled|increased|decreased|reduced|scaled|split|uploaded|set|put|",
    r"gave (?:it|them)|left it|had (?:a|my|the|our|someone|somebody|another) .{1,40}|asked|",
    r"added|adjusted|",
    r"configured|copied|pasted|opened|closed|chose|picked|selected|read|watched|took|pulled|",
    r"pushed|plugged|connected|disconnected|borrowed|replaced|blocked|revoked|froze|frozen|",
    r"archived|",
    r"sent|wrote|emailed|e-mailed|rang|phoned|called|contacted|reported|",
    r"submitted|scanned|measured|traced|used|hit|entered|typed|held|ran|did|made sure|",
    r"switched|granted|activated|deactivated|whitelisted|allowlisted|created|paid|",
    r"confirmed|applied|converted|exported|imported|downloaded|unsubscribed|cancelled|",
    r"canceled|taken|",
    r"found|skipped|saved|gone|dragged|tapped|swiped|exchanged|cleaned|formatted|printed|quit|",
    r"launched|spoke (?:to|with)|talked (?:to|with)|chatted (?:to|with)",
);

/// The same deeds as the subject of a sentence: "Removing it did the same".
pub(in super::super) const GERUNDS: &str = concat!(
    r"removing|adding|re-?adding|scaling|lowering|raising|increasing|reducing|calling|changing|",
    r"clearing|re-?starting|rebooting|re-?installing|resetting|switching|turning|logging|signing|",
    r"using|trying|updating|upgrading|downgrading|disabling|enabling|unplugging|replacing|",
    r"swapping|deleting|refreshing|reloading|waiting|moving|rolling back|re-?connecting|",
    r"re-?syncing",
);

/// What a gerund does when it was a deed.
pub(in super::super) const GERUND_RESULT: &str = concat!(
    r"\b(?:did(?:n't| not)?|made|makes|gives?|gave|brought|moved|changes?|changed|has|had|helped|",
    r"helps|doesn't|does not|worked|works|fixed|solved|brings|results?|resulted)\b",
);

/// Words in front of a deed that name nobody.
pub(in super::super) const LEAD: &str = concat!(
    r"(?:\[\w+\] )?(?:(?:(?:as|like) i said|hi \w+|of course|in between|so far|meanwhile|",
    r"yesterday|today|this morning|last night|earlier|since then|before that|after that|",
    r"after the \w+(?: \w+)?|twice|even|already|on \w+day|hang on|sure|done)[, ]+)*",
);

/// The writer, or nobody named because the writer did it.
pub(in super::super) const OWN_SUBJECT: &str = concat!(
    r"(?:(?:i|we|both of us|the (?:two|three|four) of us)(?:'ve| have|'d| had)? )?",
    r"(?:(?:already|also|just|even|then|now|first|have|had|both|personally|manually|since|all|",
    r"again|twice|actually|literally|did|finally|obviously)\s+)*",
);

/// Somebody beside the writer.
pub(in super::super) const OTHER_SUBJECT: &str = concat!(
    r"(?:he|she|they|(?:my|our|the) (?:\w+ ){0,2}?\w+(?: (?-i:[A-Z])\w+)?|(?-i:[A-Z][a-z]+))",
    r"(?:'ve| have|'s| has|'d| had)? (?:(?:already|also|just|even|then|now|first|both|again|",
    r"twice|actually)\s+)*",
);

/// What somebody else does for the writer.
pub(in super::super) const OTHERS_ATTEMPTS: &str = concat!(
    r"(?:re-?)?(?:tried|tested|checked|looked|swapped|restarted|rebooted|reset|installed|",
    r"verified|sent|added|logged (?:in|out)|signed (?:in|out)|plugged)",
);

/// Deeds that stop harm.
pub(in super::super) const PROTECTS: &str = concat!(
    r"(?:changed|reset|deleted|removed|disabled|blocked|revoked|froze|frozen|locked|rotated|",
    r"cancelled|canceled|taken|took|switched off|turned off|isolated|quarantined|",
    r"disconnected)\b.{0,40}\b(?:",
    r"passwords?|passcodes?|pins?|keys?|cards?|tokens?|domains?|commit|access|sessions?|payees?|",
    r"accounts?|sims?|machines?|laptops?|users?|secrets?)\b",
);

/// Who did it: the people or the bot of the helpdesk, in the customer's words.
pub(in super::super) const YOUR_SIDE: &str = concat!(
    r"^(?:.{0,60}\b)?your (?:\w+ ){0,2}?(consultant|engineer|technician|colleagues?|agent|",
    r"support|rep|",
    r"representative|team|guy|people|staff|developer|specialist|supervisor|bot|chat ?bot|",
    r"assistant)s?(?: \w+)?(?:'ve| have| has| had)? (?:(?:already|also|just|even|then|now)\s+)*",
);

/// A clause that opens with one of these tells when or why, not what was tried.
pub(in super::super) const SUBORDINATE: &str = concat!(
    r"^(?:ever )?(?:since|when|whenever|if|because|before|until|till|once|as soon|while|that|",
    r"which|who|where|unless|although|though|as|every time|each time)\b",
);

/// Programs that check something.
pub(in super::super) const TOOL: &str = concat!(
    r"^(?:a )?(?:curl|ping|traceroute|tracert|dig|nslookup|telnet|openssl|wget|postman|",
    r"speed ?test|ssllabs|ssl labs)\b.{0,80}\b(?:gets?|gives?|returns?|shows?|works?|is|says|",
    r"fine|ok|answers|resolves|times?|fails?)\b",
);

/// Things that people try instead of others.
pub(in super::super) const ALTERNATIVE: &str = concat!(
    r"chrome|firefox|edge|safari|opera|brave|incognito|private (?:window|mode|tab|browsing)|",
    r"(?:other|different|another|second|new|three|two|four|several) (?:\w+ )?(?:browsers?|",
    r"computers?|",
    r"laptops?|pcs?|macs?|phones?|devices?|networks?|cables?|ports?|machines?|accounts?|",
    r"outlets?|sockets?|routers?|tablets?|locations?|cards?|printers?|users?|profiles?)|",
    r"mobile data|hotspot|wi-?fi|ethernet|vpn|4g|5g|tethering|lan|bluetooth|usb",
);

/// The same again somewhere else.
pub(in super::super) const SAME_ELSEWHERE: &str = concat!(
    r"^(?:(?:it's |its |exactly )?(?:the )?(?:same|identical|no (?:luck|difference|better)|",
    r"nothing|not better)(?: \w+){0,3} (?:on|in|with|from|under|via|using|over)\b|",
    r"not the (?:browser|cache|network|cable|router|computer)\b)",
);

/// Where somebody has looked in vain.
pub(in super::super) const NOT_THERE: &str = concat!(
    r"\b(?:nothing|not|none|isn't|aren't|wasn't|weren't|neither|no \w+)\b.{0,30}\bin (?:the |",
    r"her |his |my |our |your |any )?",
    r"(?:\w+ )?(?:spam|junk|bin|trash|archive|logs?|backups?|inbox|quarantine)\b",
);

/// Opens a list of what was tried.
pub(in super::super) const LIST_INTRO: &str = concat!(
    r"^(?:.{0,40}\b)?(?:(?:things?|what|stuff|steps|everything)(?: that)? (?:i|we)(?:'ve|",
    r" have)?(?: already)? (?:did|done|",
    r"tried|checked)|(?:i|we)(?:'ve| have)? (?:already )?(?:tried|checked)|",
    r"(?:already )?(?:tried|checked|done)|",
    r"troubleshooting(?: steps)?|steps taken)(?: so far| already)?(?: is| are)?:",
);

/// How a thing stands: what a customer says who has looked where an answer pointed.
pub(in super::super) const STATE: &str = concat!(
    r"\b(?:(?:is|are|am|was|were|'s|'m|its|both|all)(?: (?:already|all|both|now|still|set to|",
    r"at|even|definitely))*|^\S+(?: \S+)?) ",
    r"(?:on|off|ticked|listed|enabled|disabled|checked|selected|set|empty|automatic|fine|ok|okay|",
    r"correct|right|up to date|updated|installed|deleted|gone|cleared|done|active|open|connected|",
    r"plugged in|greyed out|grayed out|locked|green|saved|there|valid|working|blank|",
    r"\w+[ai]ble|confirmed)\b|^(?:on|off|done|disabled|enabled|ticked|unticked|deleted|cleared|removed|saved|",
    r"purged|updated|installed)\b",
);

/// "Her card in mine: works."
pub(in super::super) const STATE_AFTER_COLON: &str =
    r": *(?:no \w+|nothing|same|works?|worked|fine|ok|okay|fails?|failed|dead)\W*$";

/// A check that found nothing wrong, in the customer's words.
pub(in super::super) const CHECKED: &str =
    r"\b(?:curled|pinged|tested|checked|verified|measured|scanned|traced|compared|looked)\b";

/// Denies a deed, or tells it of nobody in particular.
pub(in super::super) const DENIED: &str = concat!(
    r"^(?:\S+ ){0,4}(?:didn't|did not|never|haven't|have not|hasn't|nothing|",
    r"everything|nobody|somebody|someone)\b|\btook (?:me|us|him|her|them|ages|hours|forever|[0-9])|\bdid not\W*$",
);

/// What a look at something found in order.
pub(in super::super) const CHECK_IS_FINE: &str = concat!(
    r"\b(?:200|ok|fine|works?|there (?:are|is|were|was) none|no (?:errors?|",
    r"problems?|leaks?|issues?)|nothing (?:wrong|odd|unusual)|all (?:good|green|",
    r"clear)|passed|succeeds?|in order|identical|match(?:es|ed)?|intact)\b",
);

/// A deed told in the present, with its verb behind or without who did it: "I always restart it",
/// "reinstall i have done", "cache cleared twice".
pub(in super::super) const PRESENT: &str = concat!(
    r"^(?:i|we) (?:always |can |have to |then )?(?:switch|turn|unplug|restart|",
    r"reboot|reset|log out|sign out|clear|",
    r"refresh|reload|reconnect) |",
    r"^(?:the )?(?:re-?\w+|dis\w+|un\w+|log\w*|sign\w*|clear\w*|up(?:date|grade)|swap\w*|switch\w*|",
    r"turn\w*|power|connect|install|delet\w+|wip\w+)\b.{0,40} (?:i|we)(?:'ve| have)? ",
    r"(?:already )?(?:done|did|tried)\b|",
    r"^(?:(?:the|my|our|its) )?[\w-]+(?: [\w-]+)? (?:cleared|restarted|rebooted|pressed|",
    r"re-?installed|re-?connected|re-?loaded|re-?entered|re-?paired|re-?added|refreshed|unplugged|",
    r"swapped|toggled|wiped|flushed|power[- ]cycled)(?: (?:twice|again|too|as well|once more|",
    r"(?:two|three|four|five|[0-9]+) times))*\W*$",
);

/// What a program says that cannot get through.
pub(in super::super) const TOOL_FAILS: &str = concat!(
    r"\b(?:fails?|failed|times? out|timeout|no (?:answer|reply)|refused|lost|",
    r"unreachable|[45][0-9]{2})\b",
);

/// Words that make a clause of what would be a mere item.
pub(in super::super) const FINITE: &str = concat!(
    r"\b(?:i|we|you|it|he|she|they|is|are|was|were|does|do|did|can|can't|cannot|",
    r"has|have|",
    r"get|gets|keeps?|says?|shows?|won't|works?|fails?|drops?|needs?|crash\w*)\b",
);

/// Turns a statement into its opposite; what stands in quotes ('No limit') is a name.
pub(in super::super) const NEGATED: &str =
    r"(?:^|[\s,.(-])(?:no|not|nothing|none|never|without|cannot|i mean)\b|n't\b";

/// Nothing has changed.
pub(in super::super) const NO_EFFECT: &str = concat!(
    r"\b(?:same (?:result|error|thing|issue|problem|message|story|outcome|",
    r"behaviou?r|number|loop|stop|again|here|",
    r"here)|no (?:luck|change|difference|joy|success|effect|avail|use|help|",
    r"improvement|dice|better|good)|",
    r"made no|(?:to|with) no avail|nothing (?:changed|happened|helped|worked|",
    r"works|helps)|neither|",
    r"none of (?:it|that|this|them|these|those)|zilch|nada|in vain|(?:didn't|",
    r"did not|doesn't|does not) (?:help|work|",
    r"change|fix|make|do anything|solve)|still (?:the same|not|no|broken|red|",
    r"shows?|says?|fails?|failing|",
    r"there|nothing|getting|get|happens?|happening|an? error|error|can't|doesn't|",
    r"won't|locked|offline|slow|down|stuck|missing|empty)|not better|by nothing|",
    r"but (?:it|that|the \w+) (?:was|is|came|keeps?|still))\b|(?:^|,) same\W*$|",
    r"^\W*nothing\b|[,.] nothing\W*$|^no change",
);

/// A deed of somebody named before.
pub(in super::super) const THAT_PERSON: &str = concat!(
    r"^(?:he|she|they)(?:'ve| have| has|'d| had)? ",
    r"(?:(?:already|also|just|even|then|now|again|twice) )*([a-z-]+)\b",
);

/// Somebody of the helpdesk.
pub(in super::super) const NAMES_HELPDESK: &str = concat!(
    r"\b(?:an?|your|one of your) (?:\w+ )?(?:representative|agent|rep|advis[eo]r|technician|",
    r"engineer|consultant|operator|colleague|assistant)s?\b",
);

/// Somebody beside the writer and the helpdesk did something.
pub(in super::super) const OTHERS: &str = concat!(
    r"(?:^|[.,;:!?] |\b(?:and|but) |^@\S+ )(?:he|she|they|someone|somebody|(?:my|our) (?:mother|",
    r"father|mum|mom|dad|wife|husband|son|daughter|partner|boss|colleague|neighbou?r|friend|",
    r"client|customer|\w+er|\w+or)) (?:got|had|was|were|saw|came|\w+ed)\b",
);

/// Tells when or where, in front of who did it.
pub(in super::super) const OPENER: &str = concat!(
    r"^(?:on|over|in|at|during|last|this|within|for|with) (?:[^\s,]+ ){1,5}",
    r"((?:i|we)(?:'ve|'d)? )",
);

/// Deeds on a thing that people do to mend it, whatever they say came of it.
pub(in super::super) const CHANGES: &str = concat!(
    r"disabled|enabled|deleted|removed|raised|lowered|halved|doubled|increased|decreased|reduced|",
    r"scaled|adjusted|configured|opened|closed|plugged|disconnected|connected|borrowed|replaced|",
    r"scanned|measured|traced|cleaned|formatted|printed|unlocked|deactivated|whitelisted|",
    r"allowlisted|converted|switched|pulled|pushed|held|hit|typed|entered|selected|dragged",
);
