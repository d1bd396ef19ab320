//! Every metric: its name, what it is, and which sums it is made of.

use super::metric::{Measure, Rule};

/// What the overview says.
pub(super) const OVERVIEW: &[Rule] =
    &[AUTO_SHARE, SUGGEST_SHARE, HUMAN_SHARE, CONFIDENCE, PRECISION, OVERRIDE, HANDOFF, CSAT];
/// What the report of handoffs says.
pub(super) const HANDOFFS: &[Rule] = &[
    HANDOFF,
    IN_TIME,
    URGENT_IN_TIME,
    DELAY,
    BOUNCE,
    LACKING,
    ASKED,
    RETOLD,
    CHURN,
    HANDED_CSAT,
    SLA,
];
/// What the scorecard says.
pub(super) const SCORECARD: &[Rule] = &[
    ESCALATION,
    HANDOFF,
    MISROUTED,
    NEEDLESS,
    FIRST,
    DEFLECTION,
    REOPENED,
    RETURN,
    BOUNCE,
    ASKED,
    RETOLD,
    CHURN,
    CSAT,
    HANDED_CSAT,
    SLA,
];
/// What the report of calibration says.
pub(super) const CALIBRATION: &[Rule] = &[CONFIDENCE, PRECISION, OVERRIDE];
/// What is said of each band.
pub(super) const BANDS: &[Rule] = &[PRECISION, OVERRIDE, CONFIDENCE];

const AUTO_SHARE: Rule = Rule {
    name: "auto_share",
    definition: "Share of decisions of record in band auto.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.auto, of: |sums| sums.decisions },
};
const SUGGEST_SHARE: Rule = Rule {
    name: "suggest_share",
    definition: "Share of decisions of record in band suggest.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.suggest, of: |sums| sums.decisions },
};
const HUMAN_SHARE: Rule = Rule {
    name: "human_share",
    definition: "Share of decisions of record in band human.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.human, of: |sums| sums.decisions },
};
const CONFIDENCE: Rule = Rule {
    name: "estimated_accuracy",
    definition: "Mean confidence of decisions of record: the share that is right if confidences \
                 are calibrated.",
    healthy: None,
    measure: Measure::Mean {
        sum: |sums| sums.confidence_sum,
        of: |sums| sums.decisions,
        most: 1.0,
        unit: 1e6,
    },
};
/// What is said of a confidence, or of automatic decisions.
pub(super) const PRECISION: Rule = Rule {
    name: "precision",
    definition: "Share of decisions whose tier and role were right, of those with a label of \
                 known weight, each weighted by the inverse of the probability of being looked \
                 at.",
    healthy: Some("at least the floor of the band"),
    measure: Measure::Precision,
};
const OVERRIDE: Rule = Rule {
    name: "override_rate",
    definition: "Share of the decisions that agents reviewed which the latest review overrides.",
    healthy: Some("rising: retrain that intent"),
    measure: Measure::Share { hits: |sums| sums.overridden, of: |sums| sums.reviewed },
};
const HANDOFF: Rule = Rule {
    name: "ai_to_human_rate",
    definition: "Share of decisions of record that were handed over to a person.",
    healthy: Some("5-10 %; 0 %: a bot trap"),
    measure: Measure::Share { hits: |sums| sums.handed, of: |sums| sums.decisions },
};
const IN_TIME: Rule = Rule {
    name: "picked_up_in_time",
    definition: "Share of handoffs that a person picked up within 30 minutes, of those older than \
                 that.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.taken_in_time, of: |sums| sums.handed },
};
const URGENT_IN_TIME: Rule = Rule {
    name: "urgent_picked_up_in_time",
    definition: "The same of handoffs of high or critical severity.",
    healthy: Some("all of them"),
    measure: Measure::Share { hits: |sums| sums.urgent_in_time, of: |sums| sums.urgent },
};
const DELAY: Rule = Rule {
    name: "pickup_minutes",
    definition: "Mean minutes from a handoff until a person picked it up, a day at most each; \
                 those that nobody has picked up are not in it.",
    healthy: Some("under 30 for high priority"),
    measure: Measure::Mean {
        sum: |sums| sums.delay_s,
        of: |sums| sums.taken,
        most: 1440.0,
        unit: 60.0,
    },
};
const BOUNCE: Rule = Rule {
    name: "bounceback_rate",
    definition: "Share of conversations that came back to a team which had passed them on, of \
                 those where it is known.",
    healthy: Some("5-10 %, warning over 20 %"),
    measure: Measure::Share { hits: |sums| sums.bounced_back, of: |sums| sums.bounce_known },
};
const LACKING: Rule = Rule {
    name: "missing_context_rate",
    definition: "Share of handoffs whose packet lacked context that their stage requires.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.lacking, of: |sums| sums.handed },
};
const ASKED: Rule = Rule {
    name: "context_loss_rate",
    definition: "Share of conversations in which the receiver asked for what was known already, \
                 of those where it is known.",
    healthy: Some("under 10 %"),
    measure: Measure::Share { hits: |sums| sums.asked_again, of: |sums| sums.asked_known },
};
const RETOLD: Rule = Rule {
    name: "repeat_explanation_rate",
    definition: "Share of conversations in which the customer had to tell it again, of those \
                 where it is known.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.retold_again, of: |sums| sums.retold_known },
};
const CHURN: Rule = Rule {
    name: "group_changes",
    definition: "Mean number of times that a conversation changed hands after the first, ten at \
                 most each.",
    healthy: None,
    measure: Measure::Mean {
        sum: |sums| sums.changes,
        of: |sums| sums.assigned,
        most: 10.0,
        unit: 1.0,
    },
};
const HANDED_CSAT: Rule = Rule {
    name: "post_handoff_csat",
    definition: "Share of ratings 4 and 5 among rated conversations that were handed over.",
    healthy: Some("warning at a drop of 3 points"),
    measure: Measure::Share { hits: |sums| sums.handed_satisfied, of: |sums| sums.handed_rated },
};
const CSAT: Rule = Rule {
    name: "csat",
    definition: "Share of ratings 4 and 5 among rated conversations.",
    healthy: Some("warning at a drop of 3 points"),
    measure: Measure::Share { hits: |sums| sums.satisfied, of: |sums| sums.rated },
};
const SLA: Rule = Rule {
    name: "sla_breach_rate",
    definition: "Share of conversations handed over or escalated that missed a promised time, of \
                 those where it is known.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.sla_breached, of: |sums| sums.sla_known },
};
const ESCALATION: Rule = Rule {
    name: "escalation_rate",
    definition: "Share of conversations sent to people that a higher tier than that solved.",
    healthy: Some("10-15 %, warning over 20 %"),
    measure: Measure::Share { hits: |sums| sums.passed_on, of: |sums| sums.staffed },
};
const NEEDLESS: Rule = Rule {
    name: "unnecessary_escalation_rate",
    definition: "Share of conversations sent to people that a lower tier than that solved.",
    healthy: Some("warning from 20 %"),
    measure: Measure::Share { hits: |sums| sums.needless, of: |sums| sums.staffed },
};
const MISROUTED: Rule = Rule {
    name: "misrouting_rate",
    definition: "Share of conversations whose first assignment was changed, of those where it is \
                 known.",
    healthy: Some("warning over 30 %"),
    measure: Measure::Share { hits: |sums| sums.reassigned, of: |sums| sums.assigned },
};
const FIRST: Rule = Rule {
    name: "first_contact_resolution",
    definition: "Share of solved conversations that the tier they were sent to solved, without \
                 changing hands or coming back.",
    healthy: Some("70-80 %"),
    measure: Measure::Share { hits: |sums| sums.first_tier, of: |sums| sums.resolved },
};
const DEFLECTION: Rule = Rule {
    name: "deflection_rate",
    definition: "Share of solved conversations that tier 0 solved.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.deflected, of: |sums| sums.resolved },
};
const REOPENED: Rule = Rule {
    name: "repeat_contact_rate",
    definition: "Share of solved conversations that were opened again within 48 hours.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.reopened, of: |sums| sums.closed },
};
/// What tier 1 could learn from.
pub(super) const RETURN: Rule = Rule {
    name: "return_path_share",
    definition: "Share of solved conversations that tier 2 or 3 solved: what tier 1 could learn \
                 from.",
    healthy: None,
    measure: Measure::Share { hits: |sums| sums.expert, of: |sums| sums.resolved },
};
