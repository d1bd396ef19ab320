//! `[trigger.*]`: the parameters of the escalation triggers. Without its table a trigger never
//! fires, and a value that the caller did not give never matches.

use serde::Deserialize;

use crate::domain::{Channel, Intent, Probability, RoleId, Tier};

use super::routes::Destination;

/// All of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    /// A content rule leads to a higher tier than the case stands at.
    pub(super) functional: Option<NoParameters>,
    /// Critical severity at a tier below the routed one.
    pub(super) severity: Option<NoParameters>,
    /// Open longer than its tier allows.
    pub(super) time: Option<OpenTime>,
    /// A contract demands it.
    #[serde(default)]
    pub(super) contract: Contract,
    /// Many users or accounts are affected.
    pub(super) impact: Option<Reach>,
    /// Strong frustration, a bad mood that lasts, or a complaint.
    pub(super) sentiment: Option<Mood>,
    /// A customer of high value.
    pub(super) value: Option<CustomerValue>,
    /// A public post.
    pub(super) channel: Option<Channels>,
    /// A handoff not picked up in time.
    pub(super) acknowledgement: Option<Acknowledgement>,
}

/// A table that only switches its trigger on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParameters {}

/// `[trigger.time]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenTime {
    /// Longest time that a case may be open at tier 1, in minutes.
    pub(super) tier_1_minutes: f64,
    /// Longest time that a case may be open at tier 2, in minutes.
    pub(super) tier_2_minutes: f64,
    /// The same at tier 1 for a customer on one of the enterprise plans.
    pub(super) enterprise_tier_1_minutes: f64,
    /// Those plans, in any case of letters.
    pub(super) enterprise_plans: Vec<String>,
}

/// `[trigger.contract.*]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contract {
    /// A dispute about much money.
    pub(super) dispute: Option<Dispute>,
    /// An SLA that is about to be missed.
    pub(super) sla: Option<Sla>,
}

/// `[trigger.contract.dispute]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dispute {
    /// The intents of a dispute.
    pub(super) intents: Vec<Intent>,
    /// Fires above this amount, in US dollars.
    pub(super) usd_over: f64,
    /// The helpdesk's field with the amount; without one, or without a value, the largest amount
    /// that the customer writes.
    pub(super) field: Option<String>,
    /// The expert.
    pub(super) to: Destination,
}

/// `[trigger.contract.sla]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sla {
    /// Fires with at most this many minutes left.
    pub(super) minutes_left: f64,
    /// The expert.
    pub(super) to: Destination,
    /// Roles to inform once it is missed.
    #[serde(default)]
    pub(super) missed_notify: Vec<RoleId>,
}

/// `[trigger.impact]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reach {
    /// Fires from this many users on, if the caller gives their number.
    pub(super) users: u64,
}

/// `[trigger.sentiment]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mood {
    /// Fires at this frustration.
    pub(super) frustration: Probability,
    /// Fires when the customer was negative so many times running; at least 1, absent: never.
    pub(super) negative_running: Option<u32>,
    /// Fires when one of these is the most probable intent.
    #[serde(default)]
    pub(super) intents: Vec<Intent>,
    /// Who has the authority.
    pub(super) role: RoleId,
}

/// `[trigger.value]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerValue {
    /// Average monthly revenue of a customer, in US dollars.
    pub(super) mrr_average_usd: f64,
    /// Fires from this multiple of the average on.
    pub(super) mrr_multiple: f64,
    /// Fires when the contract renews within this many days.
    pub(super) renewal_days: i64,
}

/// `[trigger.channel]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channels {
    /// The channels on which others read along.
    pub(super) channels: Vec<Channel>,
}

/// `[trigger.acknowledgement]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// Fires for a handoff of high or critical severity that nobody has picked up after this many
    /// minutes.
    pub minutes: f64,
    /// Whom to inform.
    pub notify: Vec<RoleId>,
}

impl OpenTime {
    /// Longest time at a tier for a customer on that plan, in minutes.
    pub(super) fn limit(&self, tier: Tier, plan: Option<&str>) -> Option<f64> {
        let listed = |plan: &str| {
            self.enterprise_plans.iter().any(|listed| listed.eq_ignore_ascii_case(plan))
        };
        match u8::from(tier) {
            1 if plan.is_some_and(listed) => Some(self.enterprise_tier_1_minutes),
            1 => Some(self.tier_1_minutes),
            2 => Some(self.tier_2_minutes),
            _ => None,
        }
    }
}
