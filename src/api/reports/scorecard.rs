//! The scorecard as it goes over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::{MetricBody, PageBody};
use crate::reports::{Recurring, Risk, Scorecard};

/// How support does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorecardBody {
    #[serde(flatten)]
    page: PageBody,
    /// Recurring intents that tier 2 or 3 solves: what tier 1 could learn; at most ten, the most
    /// frequent first.
    return_path: Vec<RecurringBody>,
    /// How probable it is that a case reaches tier 3; null with the reason.
    escalation_risk: Option<RiskBody>,
    /// Why there is no risk; null otherwise.
    escalation_risk_reason: Option<String>,
}

/// What was learnt from the latest solved cases, whatever the window, and which open ones it
/// concerns.
#[derive(Debug, Serialize, ToSchema)]
struct RiskBody {
    /// Solved cases that it was learnt from, at most 2,000.
    cases: usize,
    /// Of these, solved by tier 3 or 4.
    reached: usize,
    /// The probability that of two cases the one that reached tier 3 had the higher risk, judged
    /// out of fold.
    auroc: f64,
    weights: Vec<WeightBody>,
    /// The open ones of the latest 500 with the highest risk, at most ten.
    highest: Vec<AtRiskBody>,
}

/// What a fact adds to the logarithm of the odds.
#[derive(Debug, Serialize, ToSchema)]
struct WeightBody {
    #[schema(example = "frustration")]
    fact: &'static str,
    weight: f64,
}

/// A case that nobody has solved yet.
#[derive(Debug, Serialize, ToSchema)]
struct AtRiskBody {
    decision_id: String,
    #[schema(minimum = 0, maximum = 1)]
    probability: f64,
}

/// An intent that tier 2 or 3 solves again and again.
#[derive(Debug, Serialize, ToSchema)]
struct RecurringBody {
    intent: String,
    /// How often one of them did.
    solved: i64,
    /// Of all that was solved.
    share: MetricBody,
    /// The latest of these decisions, at most three.
    examples: Vec<String>,
}

impl From<Scorecard> for ScorecardBody {
    fn from(scorecard: Scorecard) -> Self {
        let recurring = scorecard.return_path.into_iter().map(|recurring| {
            let Recurring { intent, solved, share, examples } = recurring;
            RecurringBody { intent, solved, share: share.into(), examples }
        });
        let (escalation_risk, escalation_risk_reason) = match scorecard.risk {
            Ok(risk) => (Some(risk.into()), None),
            Err(reason) => (None, Some(reason)),
        };
        Self {
            page: scorecard.page.into(),
            return_path: recurring.collect(),
            escalation_risk,
            escalation_risk_reason,
        }
    }
}

impl From<Risk> for RiskBody {
    fn from(risk: Risk) -> Self {
        let Risk { cases, reached, auroc, weights, highest } = risk;
        let weights = weights.into_iter().map(|(fact, weight)| WeightBody { fact, weight });
        let highest = highest
            .into_iter()
            .map(|(decision_id, probability)| AtRiskBody { decision_id, probability });
        Self { cases, reached, auroc, weights: weights.collect(), highest: highest.collect() }
    }
}
