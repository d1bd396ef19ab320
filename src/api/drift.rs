//! `GET /v1/reports/drift`: what has changed, for analysts.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    admin::ModelName,
    problem::{ApiError, Problem},
    schema,
};
use crate::{
    domain::Timestamp,
    monitor::{Basis, Cause, Comparison, Finding, Kind, Level, Outcome},
    triage::Drift,
};

/// The latest window against what is usual.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DriftBody {
    model: ModelName,
    window: WindowBody,
    /// The probability with which each finding may be wrong.
    #[schema(example = 0.01)]
    risk: f64,
    /// One a reference.
    references: Vec<ReferenceBody>,
}

/// The latest decisions: 500 of them in whole hours, and no more than a day.
#[derive(Debug, Serialize, ToSchema)]
struct WindowBody {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Decisions that the model judged.
    decisions: u64,
    /// Decisions without the model.
    unjudged: u64,
}

/// The window against one reference.
#[derive(Debug, Serialize, ToSchema)]
struct ReferenceBody {
    /// `trailing`: the 28 days before, without the last 7. `training`: the held-out texts of the
    /// model's training.
    #[schema(schema_with = schema::basis)]
    basis: Basis,
    /// `not_enough_data` is not "nothing has changed".
    #[schema(schema_with = schema::comparison)]
    outcome: &'static str,
    /// Why there are no findings, or not all; null otherwise.
    reason: Option<String>,
    /// One a kind; empty unless `outcome` is `compared`.
    findings: Vec<FindingBody>,
}

/// One comparison.
#[derive(Debug, Serialize, ToSchema)]
struct FindingBody {
    #[schema(schema_with = schema::finding)]
    kind: Kind,
    /// Who should look.
    #[schema(schema_with = schema::level)]
    level: Level,
    /// The window's share or mean; for `intents` and `distribution` the population stability index
    /// less what chance gives.
    now: f64,
    /// What is usual; 0 for the two indices.
    usual: f64,
    /// The probability of a difference at least as large if nothing has changed.
    #[schema(minimum = 0, maximum = 1)]
    p: f64,
    /// `p` is at most `risk`.
    moved: bool,
    /// What the difference is made of, the largest part first; at most ten.
    causes: Vec<CauseBody>,
}

/// A part of a difference.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CauseBody {
    /// An intent, or a range of confidence.
    #[schema(example = "billing_dispute")]
    name: String,
    /// Its share of the window, or its mean confidence there.
    now: f64,
    /// The same of the reference.
    usual: f64,
    /// Its part of the whole difference.
    #[schema(minimum = 0, maximum = 1)]
    part: f64,
}

/// What has changed in the conversations, and why.
///
/// See docs/monitoring.md for what each finding means and what to do.
#[utoipa::path(get, path = "/v1/reports/drift", tag = "reports", responses(
    (status = 200, description = "The comparison", body = DriftBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
#[tracing::instrument(skip_all)]
pub(super) async fn drift(State(app): State<App>) -> Result<Json<DriftBody>, ApiError> {
    Ok(Json(app.triage.drift().await?.into()))
}

impl From<Drift> for DriftBody {
    fn from(drift: Drift) -> Self {
        let Drift { model, from, to, decisions, unjudged, risk, comparisons } = drift;
        let mut references: Vec<_> = comparisons.into_iter().map(ReferenceBody::from).collect();
        references.push(ReferenceBody {
            basis: Basis::Training,
            outcome: "no_reference",
            reason: Some("the model's pack carries no sums of its held-out texts".to_owned()),
            findings: Vec::new(),
        });
        let window = WindowBody { from, to, decisions, unjudged };
        Self { model: model.into(), window, risk, references }
    }
}

impl From<Comparison> for ReferenceBody {
    fn from(Comparison { basis, decisions, outcome }: Comparison) -> Self {
        match outcome {
            Outcome::NotEnoughData { usual, fewest } => Self {
                basis,
                outcome: "not_enough_data",
                reason: Some(format!(
                    "the window has {decisions} judged decisions and the reference {usual}: \
                     each needs at least {fewest}"
                )),
                findings: Vec::new(),
            },
            Outcome::Findings(findings) => {
                let has_vectors = findings.iter().any(|finding| finding.kind == Kind::Meaning);
                let without = "vectors are not compared: the model's pack does not say in how many \
                               directions they vary";
                Self {
                    basis,
                    outcome: "compared",
                    reason: (!has_vectors).then(|| without.to_owned()),
                    findings: findings.into_iter().map(FindingBody::from).collect(),
                }
            }
        }
    }
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        let Finding { kind, level, now, usual, p, moved, causes } = finding;
        let causes = causes.into_iter().map(CauseBody::from).collect();
        Self { kind, level, now, usual, p, moved, causes }
    }
}

impl From<Cause> for CauseBody {
    fn from(Cause { name, now, usual, part }: Cause) -> Self {
        Self { name, now, usual, part }
    }
}
