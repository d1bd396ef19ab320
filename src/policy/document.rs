//! The policy document as it is written: typed TOML, unknown keys refused.
//!
//! Parameters of a rule stand next to the code that obeys them; this file only puts them together.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::{Intent, Mode, ReasonCode, RoleId, Tier};

use super::{
    bands::Bands,
    bypass::{Novelty, Vip},
    hours::CalendarDate,
    probe::Probe,
    roles::Role,
    routes::{Destination, IntentRule, Rules},
    severity::SeverityRules,
    triggers::Triggers,
};

/// A policy document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// What people call it.
    pub(super) name: String,
    /// What the service may do on its own, where a role does not say otherwise.
    pub(super) mode: Mode,
    /// On: as in shadow, whatever `mode` says.
    #[serde(default)]
    pub(super) kill_switch: bool,
    /// When the policy is to be looked at again, e.g. `"2027-01-31"`.
    pub(super) review_by: Option<CalendarDate>,
    /// The tiers, each with its boundary.
    #[serde(default)]
    pub(super) tier: Vec<TierRule>,
    /// The roles.
    #[serde(default)]
    pub(super) role: BTreeMap<RoleId, Role>,
    /// Where each intent leads; the place in the document breaks ties.
    #[serde(default)]
    pub(super) intent: BTreeMap<Intent, Spanned<IntentRule>>,
    /// Where a case goes that the model did not judge.
    pub(super) fallback: Destination,
    /// How sure is sure enough.
    pub(super) bands: Bands,
    /// The 3-strike rule.
    pub(super) strikes: StrikeRule,
    /// Which customers always go to a human; without the table, none.
    pub(super) vip: Option<Vip>,
    /// Text unlike anything in training; without the table it is not looked at.
    pub(super) novelty: Option<Novelty>,
    /// What the text says about severity.
    pub(super) severity: SeverityRules,
    /// What the bot may say to the customer at a hand-over, by reason.
    #[serde(default)]
    pub(super) messages: BTreeMap<ReasonCode, String>,
    /// Content rules.
    #[serde(default)]
    pub(super) route: Rules,
    /// Escalation triggers.
    #[serde(default)]
    pub(super) trigger: Triggers,
    /// Cases with the decision they must get.
    #[serde(default)]
    pub(super) probe: Vec<Probe>,
}

/// `[[tier]]`: who acts, by skill.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// 0 to 4.
    pub number: Tier,
    /// What people call it.
    pub name: String,
    /// What belongs there, in one sentence.
    pub boundary: String,
    /// Who takes a case of this tier that no intent sends elsewhere.
    pub role: RoleId,
}

/// `[strikes]`: the 3-strike rule.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StrikeRule {
    /// At how many failed attempts the conversation goes to a human; at least 1.
    pub(super) limit: u32,
}
