//! `GET /v1/policy`, `PUT /v1/policy` and `POST /v1/policy/check`: the policy in force, and another
//! in its place.

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use axum::{
    Extension, Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    admin::check_local,
    json::ApiJson,
    problem::{ApiError, CurrentPolicy, Problem},
    review, schema,
};
use crate::{
    domain::{Invalid, Mode, Timestamp},
    policy::{About, Error, Examined, Note, Policy, Probed},
    store,
    triage::Change,
};

/// Something that puts an edited policy in force and in the place of its file.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The policy file, and whether it can be written.
    async fn source(&self) -> PolicySource;

    /// Puts a text in force and in the place of the file, or leaves all as it was. It goes on if
    /// the caller stops waiting.
    async fn save(&self, change: Change) -> Result<SavedPolicy, Unsaved>;
}

/// Where the policy in force comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// The file; `None` for the built-in policy.
    pub file: Option<String>,
    /// Why it cannot be written, and what makes that possible; `None` if it can.
    pub read_only: Option<String>,
}

/// What is in force after a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPolicy {
    /// Version of the policy.
    pub version: String,
    /// Its place in the history; `None` if it was in force already.
    pub place: Option<i64>,
}

/// Why a policy was not saved; all is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Unsaved {
    /// Another policy is in force than the one that was edited.
    #[error(
        "somebody else changed the policy meanwhile: look at what is in force now, put your change \
         into it, and save that"
    )]
    Changed(Arc<Policy>),
    /// The file says something else than what is in force.
    #[error(
        "the policy file was changed beside the service and is not in force yet: reload it (SIGHUP, \
         or POST /v1/admin/reload) and put your change into that"
    )]
    Edited(Arc<Policy>),
    /// The text has faults.
    #[error("the policy has {} faults", .0.len())]
    Refused(Vec<Error>),
    /// It cannot be written: why, and what makes it possible.
    #[error("{0}")]
    ReadOnly(String),
    /// The disk says no.
    #[error("the policy file cannot be written ({0}); make room or mend the disk, then save again")]
    Disk(String),
    /// The history cannot be written.
    #[error(transparent)]
    Store(store::Error),
    /// The service ends.
    #[error("the service is about to end")]
    Ending,
    /// A mistake of ours.
    #[error("saving failed inside the service: {0}")]
    Broken(String),
}

/// The policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PolicyBody {
    /// What people call it.
    #[schema(example = "default")]
    name: String,
    /// The first digits of its SHA-256, as decisions name it; `base` of a change of it.
    #[schema(example = "9b1c0c52ab77")]
    version: String,
    #[schema(schema_with = schema::mode)]
    mode: Mode,
    /// When it is to be looked at again; null if it does not say.
    #[schema(value_type = Option<String>, format = Date)]
    review_by: Option<Date>,
    /// Its file; null for the built-in policy.
    file: Option<String>,
    /// Whether it can be changed here.
    editable: bool,
    /// Why not, and what makes it possible; null if it can.
    read_only: Option<String>,
    /// What is worth knowing about it, though it is no fault.
    notes: Vec<NoteBody>,
    /// The document as it is written: TOML.
    text: String,
}

/// One thing worth knowing about a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoteBody {
    /// `calendar`: a date has passed; `overlap`: two rules meet in one case; `coverage`: no probe
    /// would notice if the rule changed.
    about: &'static str,
    /// The key, dotted.
    #[schema(example = "review_by")]
    key: String,
    /// What was found, and what to do about it.
    detail: String,
}

/// A policy to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// The document as it is written: TOML.
    policy: String,
}

/// What is to be said of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckedPolicy {
    /// True if it could be in force.
    valid: bool,
    /// Its version; null with a fault.
    version: Option<String>,
    /// True if it is the one in force.
    in_force: bool,
    /// The first 1,000 faults.
    errors: Vec<PolicyFault>,
    /// The probes in their order, once nothing else is wrong.
    probes: Vec<ProbeBody>,
    /// What is worth knowing about a policy without a fault.
    notes: Vec<NoteBody>,
}

/// One fault of a policy.
#[derive(Debug, Serialize, ToSchema)]
struct PolicyFault {
    /// The line of the text, from 1; null if nothing of the key is there.
    #[schema(minimum = 1)]
    line: Option<usize>,
    /// The key, dotted.
    #[schema(example = "bands.auto")]
    key: String,
    /// What is wrong, and what to write instead.
    detail: String,
}

/// What became of one probe.
#[derive(Debug, Serialize, ToSchema)]
struct ProbeBody {
    /// The rule it protects.
    name: String,
    /// The line where it begins, from 1.
    #[schema(minimum = 1)]
    line: usize,
    /// True if the decision is the expected one; what came instead is among the faults.
    passed: bool,
}

/// A policy to be put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SaveRequest {
    /// The document as it is to be: TOML.
    policy: String,
    /// `version` of the policy that was edited; if another is in force meanwhile, nothing is saved.
    #[schema(example = "9b1c0c52ab77")]
    base: String,
    /// Who. 1 to 256 characters.
    #[schema(example = "lead-2", min_length = 1, max_length = 256)]
    by: String,
    /// Why, in at most 4,000 characters.
    #[schema(max_length = 4000)]
    note: Option<String>,
}

/// What is in force now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedBody {
    /// Version of the policy.
    #[schema(example = "9b1c0c52ab77")]
    version: String,
    /// Its place in the history; null if it was in force already.
    revision: Option<i64>,
    /// False if it was in force already.
    changed: bool,
}

/// Faults that are listed.
const LISTED: usize = 1_000;

/// The policy in force, with its text.
#[utoipa::path(get, path = "/v1/policy", tag = "policy", operation_id = "show_policy", responses(
    (status = 200, description = "The policy in force", body = PolicyBody),
    (status = "default", description = "See docs/errors.md", body = Problem,
        content_type = "application/problem+json"),
))]
pub(super) async fn show(State(app): State<App>) -> Json<PolicyBody> {
    let PolicySource { file, read_only } = app.policies.source().await;
    let policy = app.triage.policy();
    Json(PolicyBody {
        name: policy.name().to_owned(),
        version: policy.version().to_owned(),
        mode: policy.mode(),
        review_by: policy.review_by(),
        file,
        editable: read_only.is_none(),
        read_only,
        notes: notes(&policy, app.triage.present()),
        text: policy.text().to_owned(),
    })
}

/// Say what is wrong with a policy, and what its probes make of it; changes nothing.
#[utoipa::path(post, path = "/v1/policy/check", tag = "policy", operation_id = "check_policy",
    request_body = CheckRequest,
    responses(
        (status = 200, description = "What was found", body = CheckedPolicy),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn check(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: ApiJson<CheckRequest>,
) -> Result<Json<CheckedPolicy>, ApiError> {
    check_local(peer, &headers)?;
    let Examined { policy, faults, probes } = app.triage.examine(body.value.policy).await?;
    let policy = policy.as_ref();
    Ok(Json(CheckedPolicy {
        valid: policy.is_some(),
        version: policy.map(|policy| policy.version().to_owned()),
        in_force: policy.is_some_and(|new| new.version() == app.triage.policy().version()),
        errors: faults.into_iter().take(LISTED).map(PolicyFault::from).collect(),
        probes: probes.into_iter().map(ProbeBody::from).collect(),
        notes: policy.map(|policy| notes(policy, app.triage.present())).unwrap_or_default(),
    }))
}

/// Put another policy in force and in the place of the policy file.
///
/// The next request is decided by it. The old one stays in the history.
#[utoipa::path(put, path = "/v1/policy", tag = "policy", operation_id = "save_policy",
    request_body = SaveRequest,
    responses(
        (status = 200, description = "What is in force now", body = SavedBody),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
#[tracing::instrument(skip_all)]
pub(super) async fn save(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: ApiJson<SaveRequest>,
) -> Result<Json<SavedBody>, ApiError> {
    check_local(peer, &headers)?;
    let SavedPolicy { version, place } = app.policies.save(body.value.into_change()?).await?;
    Ok(Json(SavedBody { version, revision: place, changed: place.is_some() }))
}

/// What is worth knowing about a policy today.
fn notes(policy: &Policy, now: Timestamp) -> Vec<NoteBody> {
    let today = now.to_zoned(TimeZone::UTC).date();
    policy.notes(today).into_iter().map(NoteBody::from).collect()
}

impl SaveRequest {
    fn into_change(self) -> Result<Change, ApiError> {
        let Self { policy, base, by, note } = self;
        let (by, ()) = review::checked(&by, note.as_deref(), Ok::<_, String>(()))?;
        Ok(Change { text: policy, base, by, note: note.filter(|note| !note.trim().is_empty()) })
    }
}

impl From<Note> for NoteBody {
    fn from(note: Note) -> Self {
        let about = match note.about {
            About::Calendar => "calendar",
            About::Overlap => "overlap",
            About::Coverage => "coverage",
        };
        Self { about, key: note.key, detail: note.text }
    }
}

impl From<Error> for PolicyFault {
    fn from(fault: Error) -> Self {
        Self { line: fault.line, key: fault.key, detail: fault.reason }
    }
}

impl From<Probed> for ProbeBody {
    fn from(Probed { name, line, passed }: Probed) -> Self {
        Self { name, line, passed }
    }
}

impl From<Unsaved> for ApiError {
    fn from(error: Unsaved) -> Self {
        match error {
            Unsaved::Changed(ref policy) | Unsaved::Edited(ref policy) => {
                let (version, text) = (policy.version().to_owned(), policy.text().to_owned());
                let current = CurrentPolicy { version, text };
                Self::PolicyChanged { detail: error.to_string(), current: Box::new(current) }
            }
            Unsaved::Refused(faults) => {
                let named = faults.into_iter().take(LISTED).map(|fault| {
                    let place = fault.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                    Invalid::new("/policy", format!("{place}{}: {}", fault.key, fault.reason))
                });
                Self::Invalid(named.collect())
            }
            Unsaved::ReadOnly(_) => Self::PolicyReadOnly(error.to_string()),
            Unsaved::Disk(_) => Self::PolicyUnwritten(error.to_string()),
            Unsaved::Store(cause) => cause.into(),
            Unsaved::Ending => Self::Draining,
            Unsaved::Broken(_) => Self::Internal(error.into()),
        }
    }
}
