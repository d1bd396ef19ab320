//! What a report is about, and what the store says of it besides sums.

use crate::domain::Timestamp;

/// By what decisions of record are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Not at all: one row.
    All,
    /// The most probable intent.
    Intent,
    /// The tier.
    Tier,
    /// The role.
    Role,
    /// The band.
    Band,
    /// How the customer wrote.
    Channel,
    /// The helpdesk's group, else the queue of the role.
    Group,
    /// The caller's product area.
    ProductArea,
    /// Twentieths of confidence, `00` to `19`.
    Confidence,
    /// The most probable intent, of band `auto` alone.
    AutoIntent,
}

/// A window of time, in whole hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// From the beginning of the hour of this moment on.
    pub from: Timestamp,
    /// Hours that began before this.
    pub to: Timestamp,
}

/// A handoff that nobody has picked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub conversation: String,
    /// Since when.
    pub since: Timestamp,
    /// How severe, as spelled in the domain.
    pub severity: String,
}

/// Audits that were drawn in a window, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audits {
    /// All of them.
    pub drawn: u64,
    /// Answered.
    pub answered: u64,
    /// Nobody has answered yet.
    pub open: u64,
    /// Erased before anybody did.
    pub erased: u64,
}

const HOUR_MS: i64 = 3_600_000;

impl Dimension {
    /// By which a report can be divided.
    pub const BY: [Self; 7] = [
        Self::Intent,
        Self::Tier,
        Self::Role,
        Self::Band,
        Self::Channel,
        Self::Group,
        Self::ProductArea,
    ];

    /// The spelling in the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Intent => "intent",
            Self::Tier => "tier",
            Self::Role => "role",
            Self::Band => "band",
            Self::Channel => "channel",
            Self::Group => "group",
            Self::ProductArea => "product_area",
            Self::Confidence => "confidence",
            Self::AutoIntent => "auto_intent",
        }
    }

    /// That by which a report can be divided, from its spelling.
    pub fn by(text: &str) -> Option<Self> {
        Self::BY.into_iter().find(|dimension| dimension.as_str() == text)
    }
}

impl Between {
    /// The hours in milliseconds: from the first one on, before the second.
    pub fn hours_ms(self) -> (i64, i64) {
        let from = self.from.as_millisecond();
        (from - from.rem_euclid(HOUR_MS), self.to.as_millisecond())
    }
}
