//! What the signals of the case itself sound like: confirmed faults, missing means, impact.
//!
//! The notation is that of [`super::patterns`].

use crate::domain::SignalKind;

use super::patterns::Said;

/// An agent says that the fault was reproduced or is a defect.
pub(super) const BUG: Said = Said {
    kind: SignalKind::BugConfirmed,
    yes: &[
        r"\b(?:i|we|i've|we've|team|engineers?|could|can|able to|managed to|have|was|
            were) (?:have |was |were |can |could |now |also |just |been |indeed |successfully |
            able to |managed to )*(?:reproduced?|replicated?|recreated?)\b",
        r"\b(?:it's|it is|this is|that's|that is|is|looks like|appears to be|seems to be|
            confirmed as|to be) (?:indeed |definitely |clearly |confirmed |actually |
            in fact )*(?:a |an )?(?:known |confirmed |genuine |real )?(?:bug|defect|regression|
            product fault|software fault)\b",
        r"\b(?:known|confirmed) (?:bug|defect|regression)\b",
        r"\b(?:bug|defect|fault|issue|error) (?:\w+ )?on our (?:side|end)\b",
        r"\b(?:bug|defect|regression) (?:has been |was |is )(?:now )?(?:confirmed|reproduced|
            logged|filed|acknowledged)\b",
        r"\b(?:filed|logged|opened|raised|created) (?:a |an |this as a )(?:bug|defect)\b",
    ],
    not: &[
        r"\b(?:can't|cannot|couldn't|could not|unable to|not able to|wasn't able to|
            weren't able to|haven't|have not|not|didn't|try to|trying to|need to|let me|steps to|
            how to|be able to) (?:been able to |yet |be able to )?(?:reproduce|replicate|
            recreate)d?\b",
        r"\b(?:not|isn't|wasn't|no|if it's|if it is|if this is|whether it's|whether this is|
            whether it is|don't think it's|don't think this is) (?:a |an )?(?:known |
            confirmed )?(?:bug|defect|regression)\b",
        r"\b(?:might|may|could|would|can) be (?:a |an )?(?:known )?(?:bug|defect|regression)\b",
        r"\b(?:not|isn't|no|don't see an?|if there is an?) (?:a |an )?(?:bug|defect|fault|issue|
            error) (?:\w+ )?on our (?:side|end)\b",
    ],
};

/// An agent says that something is lacking to go on.
pub(super) const NEXT_TIER: Said = Said {
    kind: SignalKind::NextTierNeeded,
    yes: &[
        r"\b(?:don't|do not|no|lack|without|haven't|doesn't|not) (?:\w+ )?(?:have |got )?(?:any |
            the )?(?:access|visibility|permissions?|tools?|insight|rights) (?:to|into|
            for) (?:\w+ ){0,3}(?:logs?|backend|back[- ]end|servers?|database|systems?|code|
            infrastructure|admin|that|this|those|it)\b",
        r"\b(?:can't|cannot|unable to|not able to|couldn't) (?:see|access|view|check|reach|
            read) (?:\w+ ){0,3}(?:logs?|backend|back[- ]end|servers?|database|code|
            infrastructure)\b",
        r"\b(?:need|have|going|want|like|will|must|i'll|we'll|let me) (?:to )?(?:pass|escalate|
            hand|transfer|forward|send|refer|route|move|bring) (?:\w+ ){0,5}(?:to|with|
            in) (?:\w+ ){0,3}(?:technical|engineering|engineers?|specialists?|tier ?[2-4]|
            level ?[2-4]|l[2-4]|second[- ]line|third[- ]line|developers?|dev|backend|expert|
            integrations?|product)\b",
        r"\b(?:outside|beyond|above) (?:of )?(?:what i|what we|my|our) (?:can|am|are|scope|
            ability|abilities|permissions?|remit|access|knowledge|expertise|level|tools)",
        r"\b(?:exhausted|run out of|ran out of|gone through|been through|tried) (?:all |every |
            everything )?(?:of )?(?:our |my |the |in )?(?:\w+ )?(?:troubleshooting|steps|options|
            script|ideas|playbook|runbook|suggestions)\b",
        r"\bno (?:documented|known|published|standard) (?:fix|solution|workaround|answer|
            procedure)\b",
        r"\b(?:requires?|needs?) (?:backend|back[- ]end|server|database|engineering|developer|
            technical team|a specialist|an engineer|tier ?[2-4]|elevated)\b",
    ],
    not: &[
        r"\b(?:don't|do not|doesn't|no) (?:need|have) to (?:escalate|pass|transfer)\b.{0,40}",
        r"\byou (?:don't|do not) (?:\w+ )?(?:have |need )?(?:any |the )?(?:access|permissions?|
            rights).{0,40}",
        r"\b(?:once|when|if|after) you(?:'ve| have) (?:exhausted|gone through|been through|
            tried).{0,40}",
    ],
};

/// Work has stopped.
pub(super) const STOPPED: Said = Said {
    kind: SignalKind::WorkStopped,
    yes: &[
        r"\b(?:work|business|operations?|production|everything|we|team|store|shop|office|
            warehouse|i|company) (?:\w+ ){0,3}(?:at a (?:complete |total |full )?(?:stand ?still|
            halt)|ground to a halt|come to a (?:stop|halt|standstill))",
        r"\b(?:work|business|operations|production|our \w+) (?:has |have |is |are )?(?:been |
            now )?(?:completely |totally |fully )?(?:stopped|halted|paraly[sz]ed|blocked)\b",
        r"\b(?:can't|cannot|can not|unable to|not able to|couldn't|impossible to) (?:do (?:any |
            our |my )?(?:work|business|job)|
            work(?: at all| anymore| any more| today| until| right now| because| since|\W*$)|
            operate|ship|(?:take|process|accept|fulfil+|ship|bill|invoice|serve) (?:any |our |
            new |more )?(?:orders?|payments?|customers?|clients?|anything|invoices?|patients?|
            sales))",
        r"\b(?:we're|we are|us|team is|everyone is|completely|totally|entirely|fully) (?:now |
            currently |all )?(?:completely |totally |entirely |fully )?(?:blocked|
            dead in the water|at a standstill)\b",
        r"\b(?:blocking|blocks|stops|stopping|prevents|preventing) (?:(?:us|our \w+|everyone|
            the whole \w+) (?:from \w+ing|completely|entirely|work|operations)|me from (?:working|
            doing my (?:job|work)))\b",
        r"\bdead in the water\b|\b(?:sitting|standing) (?:on their hands|around|idle)\b|
            \bnothing (?:works|
            moves|goes out|goes through) (?:here|any ?more|at all|since)\b",
        r"\b(?:can't|cannot|can not|couldn't|could not|unable to) (?:send|ship|sell|take|process|
            issue|close|
            print|pay|bill|serve|admit|treat|dispatch|deliver|book) (?:a single|any|one single|
            anything|
            card payments?|payments?|(?:the|our) (?:month|books|till|tills|wages|salaries))\b",
        r"\b(?:\w+ing|payroll|mailing|campaign|launch|production|everything|work|onboarding|
            closing) (?:is|
            are) (?:now |currently |all )?(?:on hold|at a standstill|suspended until)\b",
        r"\bnot (?:a|one) single (?:order|quote|payment|invoice|customer|call)\b|
            \bi can't do a thing\b",
        r"\b(?:losing|lose|lost) (?:\w+ )?(?:money|sales|revenue|business|customers|
            orders) (?:every|by the|each|because|right now|per|while|as)\b",
        r"\bproduction (?:is |has been |has gone |went )?down\b",
        r"\b(?:brought|bringing) (?:\w+ ){1,4}to a (?:halt|standstill|stop)\b",
    ],
    not: &[
        r"\bwork out\b",
        r"\b(?:can't|cannot) work(?: at all)? (?:out|with this layout)\b",
        r"\b(?:not|isn't|aren't|no longer) (?:\w+ )?(?:blocked|blocking|stopped)\b",
        r"\b(?:was|were|account|card|user|number|caller|ip|site|website) (?:is |was )?(?:blocked|
            stopped)\b",
    ],
};

/// Many users or accounts are affected.
pub(super) const MANY: Said = Said {
    kind: SignalKind::ManyAffected,
    yes: &[
        r"\b(?:all|many|multiple|several|most|hundreds|thousands|dozens|lots|numerous|a lot|
            [0-9][0-9,]*[0-9]\+?|every|each|half) (?:of )?(?:our |the |my |your |
            these )?(?:other |of our |different )?(?:users?|customers?|clients?|accounts?|
            employees|people|colleagues|staff|students|tenants|offices|locations|stores|sites|
            agents|members|subscribers|companies|organi[sz]ations|regions) (?:\w+ ){0,4}(?:can't|
            cannot|can not|couldn't|affected|impacted|unable|locked|down|getting|gets?|see|seeing|
            report(?:ed|ing|s)?|fail\w*|lost|losing|complain\w*|experienc\w+|hit|not able|
            receiv\w+|stuck|without|blocked|logged out|kicked)\b",
        r"\b(?:everyone|everybody|nobody|no one|no-one|none of (?:us|our (?:users|customers|staff|
            employees))) (?:here |else |in [\w ]{2,20} |at [\w ]{2,20} |on [\w ]{2,20} )?(?:is |
            are |has |have |in )?(?:\w+ )?(?:can't|cannot|can|able|unable|affected|impacted|
            locked|down|getting|gets|sees|seeing|having|has|stuck|blocked|lost|kicked|
            experienc\w+|complain\w+|report\w+)\b",
        r"\b(?:affects?|affecting|affected|impacts?|impacting|impacted|hits|hitting|
            happening (?:to|for)|happens (?:to|for)|down for|broken for|out for|
            blocked for) (?:\w+ )?(?:everyone|everybody|(?:all|many|multiple|most|several|
            hundreds|thousands|[0-9]{2,}) (?:of )?(?:our |the |my )?(?:\w+ )?(?:users|customers|
            clients|accounts|employees|people|staff|offices|sites|locations|stores|departments|
            teams)|(?:the |our )?(?:whole|entire) (?:company|organi[sz]ation|office|business|
            school|site|region|department))",
        r"\b(?:company|organi[sz]ation|org|site|office|system|firm|business|nation|
            world)[- ]wide\b",
        r"\b(?:dead|down|broken|gone|out|unavailable|the same|not working|doesn't work|happening|
            stuck) (?:\w+
            )?for (?:all of us|everyone|everybody|anyone|anybody|all (?:our |of our )?\w+)\b|
            \bfor (?:anybody|
            anyone|everybody|everyone),? (?:in|at|on) (?:all|any|every|our|the)\b",
        r"\b(?:none|not one|all|each|every one) of (?:our|the|my) (?:[0-9]+|two|three|four|five|
            six|seven|eight|
            nine|ten|\w+ )?(?: ?\w+ )?(?:offices|shops|stores|sites|locations|branches|clinics|
            schools|
            depots|campuses|users|customers|staff|people|students|terminals)\b",
        r"\bany (?:student|user|customer|employee|client|patient|player)s? (?:in any|who|on any|
            at any|that)\b",
        r"\b(?:whole|entire) (?:internet|town|city|country|region|side|district|
            neighbou?rhood|
            street|university|college|hospital)\b",
        r"\b(?:customers|patients|users|people|students|clients|players|guests) (?:\w+ )?(?:
            have rung|have called|
            are (?:calling|complaining|ringing|writing)|keep (?:calling|complaining|ringing))\b",
        r"\b(?:whole|entire) (?:company|organi[sz]ation|office|business|school|floor|building|
            region) (?:is|are|has|can't|cannot|lost|down|without|gets|cant)\b",
    ],
    not: &[
        r"\b(?:everyone|everybody|all|nobody|no one|none|most|several|
            many)(?: of us| of the \w+| people| users)? (?:on|in|from) (?:my|our|
            the) (?:\w+ )?(?:team|department|group)\b",
        r"\b(?:how|where|can i|could i|want to|possible to|way to) (?:\w+ ){0,4}(?:all|every|
            multiple|many|several) (?:\w+ ){0,2}(?:users?|customers?|accounts?|members|sites)\b",
        r"\b(?:everyone|everybody|all|nobody|no one|none|no-one) (?:here )?(?:in|at|from) (?:
            our |the )?DEPARTMENT\b",
        r"\bso (?:that )?(?:nobody|no one|no-one) (?:else )?can\b",
        r"\b(?:nobody|no one|no-one) (?:there|of you|at your|is down)\b.{0,20}",
        r"\b(?:not|isn't|doesn't|don't) (?:affecting|affect|impacting|impact|everyone|everybody|
            all)\b",
        r"\b(?:company|system|site|organi[sz]ation|org|world)[- ]wide (?:settings?|policy|admin|
            plan|licen[cs]e|shipping|announcement|template|discount|rollout)\b",
    ],
};

/// One team is affected.
pub(super) const TEAM: Said = Said {
    kind: SignalKind::TeamAffected,
    yes: &[
        r"\b(?:my|our|the|whole|entire) (?:(?:whole|entire|\w+) )?(?:team|department|group|
            squad) (?:\w+ )?(?:can't|cannot|can not|is (?:affected|impacted|blocked|unable|stuck|
            down|locked|getting|not able|seeing|having|waiting|without|losing)|are (?:affected|
            impacted|blocked|unable|stuck|down|locked|getting|not able|seeing|having)|gets?|
            has (?:lost|the same|been|no)|have (?:lost|the same|been|no)|lost|sees?|couldn't|
            unable)\b",
        r"\b(?:my|our|the) (?:\w+ )?(?:team|department|colleagues?|accountants|staff|crew|nurses|
            engineers|
            front desk|warehouse|reception|managers) (?:\w+ )?(?:is|are|sees?|waits?|can|has|have|
            noticed|
            looked|keeps?|gets?|got|all)\b",
        r"\b(?:team members?|teammates|colleagues|co-?workers) (?:\w+ )?(?:can't|cannot|can not|
            are (?:affected|impacted|blocked|unable|getting|seeing|having|stuck|locked)|
            is (?:affected|impacted|blocked|unable|getting|seeing)|have the same|has the same|
            get the same|see the same|couldn't|also)\b",
        r"\b(?:two|three|four|five|six|seven|eight|nine|a few|some|several|all|none|both|
            [2-9]) of (?:us|my (?:colleagues|coworkers|teammates|team)|our team|the team)\b",
        r"\b(?:everyone|everybody|nobody|no one|most people) (?:on|in|from) (?:my|our|
            the) (?:\w+ )?(?:team|department|group)\b",
        r"\b(?:everyone|everybody|nobody|no one|no-one|people|all|none) (?:here )?(?:in|at|
            from) (?:our |the )?DEPARTMENT\b|\b(?:all of|the whole|our|the entire) (?:\w+ )?
            DEPARTMENT (?:is|are|can|has|have|cannot|sees?|waits?)\b",
        r"\b(?:affect|impact|block|hit|stop|slow)(?:s|ed|ing|ping)? (?:\w+ )?(?:my|our|
            the) (?:whole |entire |\w+ )?(?:team|department|group)\b",
        r"\bdown for (?:my|our) (?:whole |entire |\w+ )?(?:team|department|group)\b",
    ],
    not: &[
        r"\b(?:team|department) (?:page|view|plan|settings?|calendar|list|tab|folder|chat|name|role|
            inbox|dashboard|report|member)\b",
        r"\b(?:support|your|service|billing|sales) (?:team|department) .{0,40}",
        r"\b(?:how|want to|can i|could i|like to) (?:\w+ ){0,4}(?:my|our|
            the) (?:\w+ )?team\b.{0,20}",
    ],
};

/// A number of people or places is named.
pub(super) const COUNTED: Said = Said {
    kind: SignalKind::PeopleCounted,
    yes: &[
        r"\b(?:[0-9][0-9.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|
            twenty|
            thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a |one |several |some )?(?:hundreds?|
            thousands?|
            dozens?)|(?:a|one|two|three|four|five|six|seven|eight|nine|several) (?:hundred|thousand|
            dozen))\+? (?:of )?(?:our |my |the |these |us\b|)(?:\w+ )?(?:users|people|persons|
            staff|employees|
            colleagues|coworkers|customers|clients|students|pupils|players|patients|members|agents|
            drivers|
            nurses|doctors|teachers|engineers|developers|accountants|guests|tenants|subscribers|
            viewers|
            families|shops|stores|offices|sites|locations|branches|campuses|depots|clinics|schools|
            restaurants|hotels|warehouses|us)\b",
        r"\b(?:the|all|both) (?:two|three|four|five|six|seven|eight|nine|ten|[0-9]+) of us\b",
    ],
    not: &[r"\b(?:add|invite|for|remove|up to|upgrade|maximum|limit of|more than|over|per|need|
            buy) (?:\w+ )?(?:
            [0-9]+|two|three|four|five|six|seven|eight|nine|ten) (?:\w+ )?(?:users|people|agents|
            members|
            seats|employees|guests|staff|sites)\b"],
};
