//! Where a conversation goes and why.

use serde::{Deserialize, Serialize};

use super::{conversation::Severity, intent::RoleId, probability::Probability, spelled::spelled};

/// Where a conversation goes, how sure that is, and every rule that shaped it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What the service may do on its own.
    pub mode: Mode,
    /// How sure the service is, after every bypass.
    pub band: Band,
    /// What may be done now, given mode and band.
    pub action: Action,
    /// Who should act, by skill.
    pub tier: Tier,
    /// Who should act, by role.
    pub role: RoleId,
    /// The helpdesk's queue of that role.
    pub queue: String,
    /// Roles to inform besides.
    pub notify: Vec<RoleId>,
    /// Calibrated probability that tier and role are right.
    pub confidence: Probability,
    /// Every decision that an intent leads to, best first; the probabilities sum to 1.
    pub candidates: Vec<Candidate>,
    /// Impact on the customer's work.
    pub severity: Severity,
    /// The place in the queue.
    pub priority: Priority,
    /// Failed attempts so far.
    pub strikes: Strikes,
    /// A deliberate handoff of a case that somebody works on; never changes tier, role, confidence.
    pub escalation: Option<Escalation>,
    /// Every rule that shaped the decision, in order.
    pub reasons: Vec<Reason>,
    /// What the bot may say to the customer at a hand-over.
    pub customer_message: Option<String>,
    /// Parts that could not be used.
    pub degraded: Vec<Degraded>,
}

/// Who should act, by skill: 0 (self-service) to 4 (specialist).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Tier(u8);

/// The number is not a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a tier: give a whole number from 0 to 4")]
pub struct NotATier(pub u8);

impl Tier {
    /// Answered by documentation, no person needed.
    pub const SELF_SERVICE: Self = Self(0);
    /// A generalist.
    pub const FRONTLINE: Self = Self(1);
    /// The highest tier.
    pub const HIGHEST: u8 = 4;

    /// The number, 0 to 4.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The spelling in metrics and the store.
    pub const fn as_str(self) -> &'static str {
        match self.0 {
            0 => "0",
            1 => "1",
            2 => "2",
            3 => "3",
            _ => "4",
        }
    }
}

impl TryFrom<u8> for Tier {
    type Error = NotATier;

    fn try_from(number: u8) -> Result<Self, NotATier> {
        if number <= Self::HIGHEST { Ok(Self(number)) } else { Err(NotATier(number)) }
    }
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        tier.0
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

spelled! {
    /// How sure the service is; orders from least to most sure.
    pub enum Band {
        /// Below the suggestion threshold, or a bypass holds: a human triages.
        Human => "human",
        /// Sure enough to suggest.
        Suggest => "suggest",
        /// Sure enough to act without asking.
        Auto => "auto",
    }
}

spelled! {
    /// What the service may do on its own.
    pub enum Mode {
        /// Nothing is automatic yet.
        Shadow => "shadow",
        /// Band `auto` acts.
        Live => "live",
    }
}

spelled! {
    /// What may be done now.
    pub enum Action {
        /// Answer by self-service.
        Resolve => "resolve",
        /// Route without asking.
        Route => "route",
        /// Suggest the route; an agent confirms or overrides.
        Suggest => "suggest",
        /// Hand off to a human.
        HandOff => "hand_off",
    }
}

spelled! {
    /// The place in the queue; orders from low to urgent.
    pub enum Priority {
        /// Last.
        Low => "low",
        /// The usual place.
        Normal => "normal",
        /// Before the usual.
        High => "high",
        /// First.
        Urgent => "urgent",
    }
}

spelled! {
    /// A part that could not be used.
    pub enum Degraded {
        /// The model did not answer in time.
        Model => "model",
        /// The store could not be written; the record went to the spool.
        Store => "store",
    }
}

/// A decision that some intents lead to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Tier of the decision.
    pub tier: Tier,
    /// Role of the decision.
    pub role: RoleId,
    /// Sum over the intents that lead here.
    pub probability: Probability,
}

/// Failed attempts to resolve, in the current episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strikes {
    /// How many.
    pub count: u32,
    /// At how many the conversation goes to a human.
    pub limit: u32,
    /// True from the limit on.
    pub tripped: bool,
}

/// A deliberate handoff of a case that somebody already works on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// To more skill or to more authority.
    pub kind: EscalationKind,
    /// Where the case stands, if known.
    pub from_tier: Option<Tier>,
    /// Where it should go.
    pub to_tier: Tier,
    /// Who should take it.
    pub to_role: RoleId,
    /// What fired.
    pub triggers: Vec<ReasonCode>,
}

spelled! {
    /// To more skill or to more authority.
    pub enum EscalationKind {
        /// To the right skill.
        Functional => "functional",
        /// To more authority.
        Hierarchical => "hierarchical",
    }
}

/// One rule that shaped the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which rule.
    pub code: ReasonCode,
    /// What it saw and what it did, for a person to read; never text of the conversation.
    pub text: String,
}

spelled! {
    /// Which rule shaped a decision; the closed set of `reasons[].code`.
    pub enum ReasonCode {
        /// Confidence reached the `auto` threshold.
        BandAuto => "band.auto",
        /// Confidence lies between the thresholds.
        BandSuggest => "band.suggest",
        /// Confidence is below the `suggest` threshold.
        BandHuman => "band.human",
        /// The two best decisions are too close to act on the first.
        InputAmbiguous => "input.ambiguous",
        /// The conversation is unlike anything the model was trained on, or not for this desk.
        InputOutOfScope => "input.out_of_scope",
        /// Too few words to decide on.
        InputTooShort => "input.too_short",
        /// The text gives orders to the triage itself.
        InputInstructions => "input.instructions",
        /// Invisible or direction-changing characters stand inside words.
        InputHiddenCharacters => "input.hidden_characters",
        /// Part of the text was not read because of a stated limit.
        InputLeftOut => "input.left_out",
        /// Too few words to tell the language, and none that is surely a supported one.
        LanguageUnclear => "language.unclear",
        /// The customer writes a language that the model was not trained for.
        LanguageUnsupported => "language.unsupported",
        /// Nothing is certified of the model, so nothing is automatic.
        CertificateMissing => "certificate.missing",
        /// The confidence lies below what is certified of the model.
        CertificateThreshold => "certificate.threshold",
        /// Decisions of this intent were wrong too often to be automatic.
        CertificateVeto => "certificate.veto",
        /// Automatic decisions broke their promise, so nothing is automatic.
        ContractBroken => "contract.broken",
        /// A cancellation always goes to a human.
        BypassCancellation => "bypass.cancellation",
        /// A legal or privacy matter always goes to a human.
        BypassLegal => "bypass.legal",
        /// This customer always goes to a human, says the policy.
        BypassVip => "bypass.vip",
        /// The customer asked for a person.
        HandoffRequested => "handoff.requested",
        /// Three failed attempts.
        StrikesTripped => "strikes.tripped",
        /// Data loss, security or a system that is down.
        SeverityCritical => "severity.critical",
        /// A bug confirmed in the conversation goes to engineering.
        RouteConfirmedBug => "route.confirmed_bug",
        /// An agent lacks access, logs or tools: next tier.
        RouteNextTier => "route.next_tier",
        /// Self-service has failed or a person was asked for: frontline.
        RouteFrontline => "route.frontline",
        /// A content rule leads to a higher tier than the case stands at.
        TriggerFunctional => "trigger.functional",
        /// Critical severity at a lower tier.
        TriggerSeverity => "trigger.severity",
        /// Open longer than its tier allows.
        TriggerTime => "trigger.time",
        /// A contract demands it.
        TriggerContract => "trigger.contract",
        /// Many users or accounts are affected.
        TriggerImpact => "trigger.impact",
        /// Strong frustration.
        TriggerSentiment => "trigger.sentiment",
        /// A customer of high value.
        TriggerValue => "trigger.value",
        /// A public post.
        TriggerChannel => "trigger.channel",
        /// A handoff not picked up in time.
        TriggerAcknowledgement => "trigger.acknowledgement",
        /// The role is outside its hours; the fallback takes over.
        RoleClosed => "role.closed",
        /// The role does not speak the customer's language; the fallback takes over.
        RoleLanguage => "role.language",
        /// Nobody can take over now.
        RoleUnavailable => "role.unavailable",
        /// Suggestion-only mode: nothing is automatic.
        ModeShadow => "mode.shadow",
        /// The model did not answer in time.
        DegradedModel => "degraded.model",
        /// The store could not be written.
        DegradedStore => "degraded.store",
    }
}

impl ReasonCode {
    /// The highest band that the rule leaves open where it holds, whatever the confidence and
    /// the certificate.
    pub const fn ceiling(self) -> Band {
        match self {
            Self::InputOutOfScope
            | Self::InputTooShort
            | Self::InputInstructions
            | Self::InputHiddenCharacters
            | Self::LanguageUnsupported
            | Self::BypassCancellation
            | Self::BypassLegal
            | Self::BypassVip
            | Self::HandoffRequested
            | Self::StrikesTripped
            | Self::DegradedModel => Band::Human,
            Self::InputLeftOut | Self::LanguageUnclear | Self::DegradedStore => Band::Suggest,
            _ => Band::Auto,
        }
    }
}

impl Reason {
    /// Names the rule and what it saw.
    pub fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl Decision {
    /// True if that rule shaped the decision.
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }
}
