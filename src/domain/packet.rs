//! What travels with a handoff: every word of it stands in the conversation.

use serde::{Deserialize, Serialize};

use super::{
    conversation::{Severity, Speaker},
    features::Features,
    intent::RoleId,
    source::Source,
    spelled::spelled,
};

/// The draft of a handoff packet; whoever takes over completes and confirms it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// What is wrong, for whom; identifiers verbatim. `None` if nothing in the text says it.
    pub problem: Option<Quote>,
    /// Every step already tried, in order.
    pub whats_been_done: Vec<Step>,
    /// For whoever writes the two sections that are left to people.
    pub hints: Hints,
    /// A starting hypothesis, only where somebody in the conversation states one.
    pub hypothesis: Option<Quote>,
    /// Identifiers, error messages and the like, verbatim.
    pub evidence: Vec<Evidence>,
    /// How many pieces of evidence did not fit, at least; the transcript has them.
    #[serde(default)]
    pub evidence_left_out: u32,
    /// Files that came along, by name.
    pub attachments: Vec<AttachmentName>,
    /// Who is affected and how.
    pub impact: Impact,
    /// What the next stage needs and the conversation does not say.
    pub missing_context: Vec<MissingContext>,
    /// At closure: the draft of a knowledge-base note.
    pub knowledge_draft: Option<KnowledgeDraft>,
    /// Who keeps the customer informed.
    pub communication_owner: Option<RoleId>,
}

/// Words taken from the conversation: the texts of `sources`, joined by a space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words.
    pub text: String,
    /// Where they stand, in order.
    pub sources: Vec<Source>,
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who did it.
    pub by: Actor,
    /// The words that say so.
    pub text: String,
    /// What came of it.
    pub outcome: StepOutcome,
    /// Where the words stand.
    pub source: Source,
}

spelled! {
    /// Who did a step.
    pub enum Actor {
        /// The customer.
        Customer => "customer",
        /// The bot.
        Bot => "bot",
        /// An agent.
        Agent => "agent",
    }
}

impl From<Speaker> for Actor {
    fn from(speaker: Speaker) -> Self {
        match speaker {
            Speaker::Customer => Self::Customer,
            Speaker::Bot | Speaker::System => Self::Bot,
            Speaker::Agent => Self::Agent,
        }
    }
}

spelled! {
    /// What came of a step.
    pub enum StepOutcome {
        /// It did not help.
        Failed => "failed",
        /// It helped, or a check passed.
        Worked => "worked",
        /// Nobody says.
        Unknown => "unknown",
    }
}

/// An identifier or another fact that has to survive the handoff to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// The characters as they were written.
    pub value: String,
    /// Where they stand first.
    pub source: Source,
}

spelled! {
    /// What a piece of evidence is; evidence is grouped in this order.
    pub enum EvidenceKind {
        /// An error message in quotes or after "error:".
        ErrorMessage => "error_message",
        /// A code such as `E403` or `ERR_CONNECTION_RESET`.
        ErrorCode => "error_code",
        /// The name of an exception class.
        Exception => "exception",
        /// A line of a stack trace or log.
        LogLine => "log_line",
        /// An HTTP status such as `HTTP 502 Bad Gateway`.
        HttpStatus => "http_status",
        /// An order number.
        Order => "order",
        /// An invoice number.
        Invoice => "invoice",
        /// A ticket or case number.
        Ticket => "ticket",
        /// A tracking number.
        Tracking => "tracking",
        /// An account, customer, device or other reference number.
        Reference => "reference",
        /// An amount of money.
        Amount => "amount",
        /// A web address.
        Url => "url",
        /// An e-mail address.
        Email => "email",
        /// A phone number.
        Phone => "phone",
        /// An IP address.
        IpAddress => "ip_address",
        /// A version.
        Version => "version",
        /// A file name or path.
        Path => "path",
        /// A key, setting or label named in quotes or code marks.
        Setting => "setting",
        /// A date or a time of day.
        Time => "time",
    }
}

/// A file that came along; never fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentName {
    /// File name as the caller gave it.
    pub name: String,
    /// Place of its message in the transcript.
    pub message: u32,
}

/// Who is affected and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// How many.
    pub who: Who,
    /// What it does to the work.
    pub work: Work,
    /// Users affected, as the caller gives it.
    pub impacted_users: Option<u64>,
    /// The customer's plan, as the caller gives it.
    pub customer_plan: Option<String>,
    /// Severity of the decision.
    pub severity: Option<Severity>,
}

/// How many are affected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// One person.
    One,
    /// One team.
    Team,
    /// Many users or everybody.
    Many,
    /// Nobody says.
    #[default]
    Unknown,
}

/// What the problem does to the customer's work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It has stopped.
    Stopped,
    /// It is slowed.
    Slowed,
    /// Nobody says.
    #[default]
    Unknown,
}

/// Hints for the two sections that people write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hints {
    /// The customer's mood in a few fixed words: the model's, then what the text shows.
    pub mood: String,
    /// Which attempt this is: strikes plus one.
    pub attempt: u32,
}

/// At closure: what was wrong and what helped, as spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeDraft {
    /// What was wrong.
    pub problem: Quote,
    /// What helped.
    pub resolution: Quote,
}

spelled! {
    /// What a stage needs before it can start (definition of ready).
    pub enum MissingContext {
        /// 0 to 1: who the user is.
        UserId => "user_id",
        /// 0 to 1: what was searched for.
        SearchQueries => "search_queries",
        /// 0 to 1: which self-service path failed.
        FailedSelfService => "failed_self_service",
        /// 1 to 2: what was tried.
        TroubleshootingSteps => "troubleshooting_steps",
        /// 1 to 2: how the account is set up.
        AccountConfiguration => "account_configuration",
        /// 1 to 2: pictures.
        Screenshots => "screenshots",
        /// 1 to 2: plan and service-level agreement.
        CustomerTier => "customer_tier",
        /// 2 to 3: logs.
        SystemLogs => "system_logs",
        /// 2 to 3: how to make it happen again.
        ReproductionSteps => "reproduction_steps",
        /// 2 to 3: error codes.
        ErrorCodes => "error_codes",
        /// 2 to 3: how many users.
        ImpactedUsers => "impacted_users",
        /// 2 to 3: browser, system, version.
        Environment => "environment",
        /// 2 to 3: when it happened.
        Timestamps => "timestamps",
        /// 3 to 4: evidence for the vendor.
        VendorEvidence => "vendor_evidence",
        /// 3 to 4: results of internal diagnosis.
        DiagnosticResults => "diagnostic_results",
        /// 3 to 4: who may decide.
        ContractualAuthority => "contractual_authority",
    }
}

impl Packet {
    /// The same packet in the masked words of the features: what may be kept at rest.
    #[must_use]
    pub fn masked(mut self, features: &Features) -> Self {
        let words = |source: &Source| {
            let text = features.text(source.message);
            text.map(|text| text.masked_span(source.span)).unwrap_or_default().to_owned()
        };
        let mask = |quote: &mut Quote| {
            quote.text = quote.sources.iter().map(words).collect::<Vec<_>>().join(" ");
        };
        self.problem.iter_mut().for_each(mask);
        self.hypothesis.iter_mut().for_each(mask);
        if let Some(draft) = &mut self.knowledge_draft {
            mask(&mut draft.problem);
            mask(&mut draft.resolution);
        }
        for step in &mut self.whats_been_done {
            step.text = words(&step.source);
        }
        for item in &mut self.evidence {
            item.value = words(&item.source);
        }
        // A file name stands in no text, so there is no masked form of it.
        for file in &mut self.attachments {
            file.name = String::from("<attachment>");
        }
        self
    }
}
