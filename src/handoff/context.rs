//! What surrounds the problem: impact, hints, a stated cause, what is missing, who keeps in touch.

use regex::Regex;

use crate::domain::{
    AttachmentName, Evidence, EvidenceKind, Hints, Impact, KnowledgeDraft, MissingContext, Packet,
    Prediction, Quote, RoleId, SentimentLabel, Severity, Signal, SignalKind, Speaker, Step,
    StepOutcome, Tier, Who, Work,
};

use super::{Case, numbers::number, transcript::Transcript, trim, wording::Wording};

/// Who keeps the customer informed while a higher tier works.
const FRONTLINE: &str = "frontline_agent";

/// From how many users on they are more than a team.
const MANY_USERS: u64 = 10;

/// Frustration from which a customer counts as frustrated, and as strongly so.
const FRUSTRATED: (f32, f32) = (0.5, 0.8);

/// Longest hypothesis in characters.
const MAX_HYPOTHESIS_CHARS: usize = 240;

/// Patterns of what surrounds a problem.
#[derive(Debug)]
pub(super) struct Patterns {
    singular: Regex,
    plural: Regex,
    slowed: Regex,
    search: Regex,
    self_service: Regex,
    configuration: Regex,
    reproduction: Regex,
    environment: Regex,
    users: Regex,
    authority: Regex,
    picture: Regex,
    log_file: Regex,
    clock: Regex,
}

impl Patterns {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let words = |pattern: &str| Regex::new(&format!(r"(?i)(?-u:\b)(?:{pattern})(?-u:\b)"));
        Ok(Self {
            // Whoever writes in another language speaks for one or for several as well.
            singular: words(concat!(
                "i|i['’]m|i['’]ve|my|me|mine|myself|ich|mir|mich|mein|meine[mnrs]?|je|mon|yo|",
                "mis?|eu|meu|minha|mio|mia|ik|mijn|jag|jeg",
            ))?,
            plural: words(concat!(
                "we|us|our|ours|everyone|everybody|team|users|colleagues|customers|wir|uns|",
                "unsere?[mnrs]?|nous|notre|nosotros|nuestr[ao]s?|noss[ao]s?|noi|nostr[aeio]|",
                "wij|onze|vår|vores",
            ))?,
            slowed: words(concat!(
                r"slow|slowly|slower|sluggish|lag|lags|lagging|laggy|takes? (?:ages|forever|",
                r"minutes|hours|too long)|times? out|timing out|time-?outs?|delay(?:s|ed)?|",
                r"workaround|intermittent(?:ly)?|loading for",
            ))?,
            search: words("searched|searching|search(?:ed)? for|googled|looked up|query|queries")?,
            self_service: words(concat!(
                r"help (?:center|centre|article|page|docs?)|knowledge base|faqs?|",
                r"documentation|docs|article|tutorial|guide|self-?service|chat ?bot|the bot",
            ))?,
            configuration: words(concat!(
                r"settings?|configur(?:ed|ation|ations)|config|set (?:up|to)|permissions?|",
                r"enabled|disabled|role|plan|sso|integration",
            ))?,
            reproduction: words(concat!(
                r"(?:steps )?to reproduce|repro|reproduc(?:ed|ible)|every time|each time|",
                r"always (?:when|happens|fails)|when(?:ever)? (?:i|we|you|they) (?:click|",
                r"open|try|press|select|save|upload|export|import|log|sign|run|start|send|",
                r"submit|add|go)",
            ))?,
            environment: words(concat!(
                r"chrome|firefox|safari|edge|opera|internet explorer|windows|mac ?os|os x|",
                r"linux|ubuntu|debian|ios|ipados|iphone|ipad|android|browser|staging|",
                r"production|sandbox|docker|kubernetes|aws|azure",
            ))?,
            users: words(concat!(
                r"[0-9]+ (?:users?|people|persons?|colleagues|employees|seats|accounts|",
                r"customers|of us|agents)|only me|just me",
            ))?,
            authority: words(concat!(
                r"approved by|authori[sz]ed (?:by|to)|contract(?:ual|ually)?|purchase order|",
                r"sign-?off",
            ))?,
            picture: Regex::new(r"(?i)\.(?:png|jpe?g|gif|bmp|webp|heic|svg|mp4|mov)$")?,
            log_file: Regex::new(r"(?i)\.(?:log|txt|har|zip|gz|json|dmp|evtx|out)$")?,
            clock: Regex::new(r"[0-9]{1,2}:[0-9]{2}")?,
        })
    }
}

/// Who is affected and how.
pub(super) fn impact(case: &Case<'_>, transcript: &Transcript<'_>, patterns: &Patterns) -> Impact {
    let ticket = &case.conversation.ticket;
    let says = |kind| case.features.signal(kind).is_some();
    let own = |pattern: &Regex| {
        let mut lines = transcript.lines.iter();
        lines.any(|line| line.speaker == Speaker::Customer && pattern.is_match(line.words))
    };
    let who = if says(SignalKind::ManyAffected) {
        Who::Many
    } else if says(SignalKind::TeamAffected) {
        Who::Team
    } else {
        match ticket.impacted_users.or_else(|| counted(case)) {
            Some(users) if users >= MANY_USERS => Who::Many,
            Some(2..) => Who::Team,
            Some(1) => Who::One,
            _ => speaks_for(case, patterns, own),
        }
    };
    let work = if says(SignalKind::WorkStopped) {
        Work::Stopped
    } else if own(&patterns.slowed) {
        Work::Slowed
    } else {
        Work::Unknown
    };
    Impact {
        who,
        work,
        impacted_users: ticket.impacted_users,
        customer_plan: case.conversation.customer.plan.clone(),
        severity: Some(case.decision.severity),
    }
}

/// Intents that say nothing of who is affected.
const NOBODY: &[&str] = &["human_request", "out_of_scope"];

/// Intents that say that everybody is affected.
const OUTAGES: &[&str] = &["service_outage", "feature_outage", "architecture"];

/// Whom a customer speaks for that names nobody: "we" of a fault at tier 2 and above is a team, of
/// an account, an order or an invoice it is still one account.
fn speaks_for(case: &Case<'_>, patterns: &Patterns, own: impl Fn(&Regex) -> bool) -> Who {
    let ranked = case.prediction.map(Prediction::ranked).unwrap_or_default();
    // What the model makes of a language that it was not trained for says nothing.
    let top = ranked.first().filter(|_| case.features.language.supported);
    let is_one_of = |labels: &[&str]| top.is_some_and(|top| labels.contains(&top.label.as_str()));
    let technical = case.decision.tier.get() >= 2;
    // An outage is nobody's own, whoever reports it.
    if technical && is_one_of(OUTAGES) {
        return Who::Many;
    }
    match (own(&patterns.singular), own(&patterns.plural)) {
        _ if is_one_of(NOBODY) => Who::Unknown,
        // How far a breach reaches, "our key" does not tell.
        (_, true) if is_one_of(&["security_incident"]) => Who::Unknown,
        (_, true) if technical => Who::Team,
        (false, false) if technical => Who::Unknown,
        _ => Who::One,
    }
}

/// The largest number of people or places that the customer names in a case that is no question
/// or wish.
fn counted(case: &Case<'_>) -> Option<u64> {
    let of_people = |signal: &&Signal| signal.kind == SignalKind::PeopleCounted;
    let mut largest = None;
    for signal in case.features.signals.iter().filter(of_people) {
        let Some(text) = case.features.text(signal.source.message) else { continue };
        if text.speaker == Speaker::Customer {
            largest = largest.max(number(text.masked_span(signal.source.span)));
        }
    }
    largest.filter(|_| case.decision.tier.get() >= 2 || case.decision.severity > Severity::Low)
}

/// How the text sounds, in the order in which the hints name it.
const TONES: &[(SignalKind, &str)] = &[
    (SignalKind::Shouting, "shouting"),
    (SignalKind::RepeatedMarks, "repeated punctuation"),
    (SignalKind::Sarcasm, "sarcastic"),
    (SignalKind::WaitingComplaint, "tired of waiting"),
    (SignalKind::Deadline, "under time pressure"),
    (SignalKind::MoneyAtStake, "money at stake"),
];

/// Mood and number of the attempt, for whoever writes the two sections left to people.
pub(super) fn hints(case: &Case<'_>) -> Hints {
    let attempt = case.decision.strikes.count.saturating_add(1);
    let mood = case.prediction.map_or("unknown", |prediction| {
        let sentiment = &prediction.sentiment;
        match sentiment.label {
            _ if sentiment.frustration.get() >= FRUSTRATED.1 => "strongly frustrated",
            _ if sentiment.frustration.get() >= FRUSTRATED.0 => "frustrated",
            SentimentLabel::Negative => "unhappy",
            SentimentLabel::Neutral => "calm",
            SentimentLabel::Positive => "friendly",
        }
    });
    let tones = TONES.iter().filter(|(kind, _)| case.features.signal(*kind).is_some());
    let words: Vec<&str> = [mood].into_iter().chain(tones.map(|(_, tone)| *tone)).collect();
    Hints { mood: words.join(", "), attempt }
}

/// The cause that somebody states; an agent knows better than a customer, the latest best.
pub(super) fn hypothesis(transcript: &Transcript<'_>, wording: &Wording) -> Option<Quote> {
    let stated = |line: &&super::transcript::Line<'_>| {
        line.message.is_some() && wording.states_cause(line.words)
    };
    let line = transcript.lines.iter().filter(stated).max_by_key(|line| {
        let rank = match line.speaker {
            Speaker::Agent => 2,
            Speaker::Customer => 1,
            Speaker::Bot | Speaker::System => 0,
        };
        (rank, line.message)
    })?;
    let part = trim::around(line.words, 0, MAX_HYPOTHESIS_CHARS);
    let bytes = line.bytes.start + part.start..line.bytes.start + part.end;
    Some(transcript.quote(&[(line.text, bytes)]))
}

/// Every file, with the message that it came with.
pub(super) fn attachments(case: &Case<'_>) -> Vec<AttachmentName> {
    let mut names = Vec::new();
    for (message, turn) in (0..).zip(&case.conversation.messages) {
        for file in &turn.attachments {
            names.push(AttachmentName { name: file.name.clone(), message });
        }
    }
    names
}

/// Who keeps the customer informed: experts work, the frontline talks.
pub(super) fn communication_owner(case: &Case<'_>) -> RoleId {
    if case.decision.tier.get() >= 2 { RoleId::from(FRONTLINE) } else { case.decision.role.clone() }
}

/// The draft of a knowledge-base note: the problem and the last step that worked.
pub(super) fn knowledge_draft(problem: Option<&Quote>, steps: &[Step]) -> Option<KnowledgeDraft> {
    let step = steps.iter().rev().find(|step| step.outcome == StepOutcome::Worked)?;
    let resolution = Quote { text: step.text.clone(), sources: vec![step.source] };
    Some(KnowledgeDraft { problem: problem?.clone(), resolution })
}

/// What the stage that the case goes to needs and nobody has said.
pub(super) fn missing(
    case: &Case<'_>,
    transcript: &Transcript<'_>,
    patterns: &Patterns,
    packet: &Packet,
) -> Vec<MissingContext> {
    use MissingContext as M;
    let needed: &[M] = match stage(case) {
        Some(1) => &[M::UserId, M::SearchQueries, M::FailedSelfService],
        Some(2) => {
            &[M::TroubleshootingSteps, M::AccountConfiguration, M::Screenshots, M::CustomerTier]
        }
        Some(3) => &[
            M::SystemLogs,
            M::ReproductionSteps,
            M::ErrorCodes,
            M::ImpactedUsers,
            M::Environment,
            M::Timestamps,
        ],
        Some(4) => &[M::VendorEvidence, M::DiagnosticResults, M::ContractualAuthority],
        _ => &[],
    };
    let known = Known { case, transcript, patterns, packet };
    needed.iter().copied().filter(|item| !known.has(*item)).collect()
}

/// The tier that the case is handed up to; `None` if it stays where it is.
fn stage(case: &Case<'_>) -> Option<u8> {
    let to = case.decision.escalation.as_ref().map_or(case.decision.tier, |to| to.to_tier).get();
    let agent = case.conversation.messages.iter().any(|turn| turn.speaker == Speaker::Agent);
    let default = u8::from(agent).min(to.saturating_sub(1));
    let from = case.conversation.ticket.current_tier.unwrap_or(default);
    (to > from).then_some(to.min(Tier::HIGHEST))
}

/// Everything that is known of a case.
struct Known<'k, 'a> {
    case: &'k Case<'a>,
    transcript: &'k Transcript<'a>,
    patterns: &'k Patterns,
    packet: &'k Packet,
}

impl Known<'_, '_> {
    fn has(&self, item: MissingContext) -> bool {
        use EvidenceKind as E;
        let parts = &**self.case.conversation;
        let (patterns, steps) = (self.patterns, &self.packet.whats_been_done);
        match item {
            MissingContext::UserId => {
                parts.customer.id.is_some() || self.found(&[E::Email, E::Reference])
            }
            MissingContext::SearchQueries => {
                self.field("search") || self.field("query") || self.said(&patterns.search)
            }
            MissingContext::FailedSelfService => {
                self.field("article")
                    || self.said(&patterns.self_service)
                    || steps.iter().any(|step| step.outcome == StepOutcome::Failed)
            }
            MissingContext::TroubleshootingSteps => !steps.is_empty(),
            MissingContext::AccountConfiguration => {
                self.field("config")
                    || self.found(&[E::Setting])
                    || self.said(&patterns.configuration)
            }
            MissingContext::Screenshots => self.attached(&patterns.picture, "image/"),
            MissingContext::CustomerTier => {
                let agreed = parts.ticket.sla_minutes_left.is_some() || self.field("sla");
                parts.customer.plan.is_some() && agreed
            }
            MissingContext::SystemLogs => {
                self.found(&[E::LogLine]) || self.attached(&patterns.log_file, "text/")
            }
            MissingContext::ReproductionSteps => self.said(&patterns.reproduction),
            MissingContext::ErrorCodes => self.found(&[E::ErrorCode, E::HttpStatus, E::Exception]),
            MissingContext::ImpactedUsers => {
                parts.ticket.impacted_users.is_some() || self.said(&patterns.users)
            }
            MissingContext::Environment => {
                self.found(&[E::Version])
                    || self.field("environment")
                    || self.said(&patterns.environment)
            }
            MissingContext::Timestamps => self.found(&[E::Time]) || self.logs_tell_time(),
            MissingContext::VendorEvidence => {
                !self.packet.attachments.is_empty()
                    || self.found(&[E::LogLine, E::ErrorCode, E::Exception])
            }
            MissingContext::DiagnosticResults => steps.iter().any(|step| {
                step.by == crate::domain::Actor::Agent && step.outcome != StepOutcome::Unknown
            }),
            MissingContext::ContractualAuthority => {
                self.field("contract") || self.field("approv") || self.said(&patterns.authority)
            }
        }
    }

    fn found(&self, kinds: &[EvidenceKind]) -> bool {
        self.packet.evidence.iter().any(|item: &Evidence| kinds.contains(&item.kind))
    }

    fn said(&self, pattern: &Regex) -> bool {
        self.transcript.lines.iter().any(|line| pattern.is_match(line.words))
    }

    fn field(&self, name: &str) -> bool {
        let mut fields = self.case.conversation.ticket.fields.keys();
        fields.any(|key| key.to_ascii_lowercase().contains(name))
    }

    fn attached(&self, name: &Regex, media: &str) -> bool {
        let messages = self.case.conversation.messages.iter();
        messages.flat_map(|turn| &turn.attachments).any(|file| {
            let is_media = file.content_type.as_ref().is_some_and(|kind| kind.starts_with(media));
            is_media || name.is_match(&file.name)
        })
    }

    fn logs_tell_time(&self) -> bool {
        let mut logs =
            self.packet.evidence.iter().filter(|item| item.kind == EvidenceKind::LogLine);
        logs.any(|line| self.patterns.clock.is_match(&line.value))
    }
}

#[cfg(test)]
#[path = "context/tests.rs"]
mod tests;
