//! Errors at the edge: one table from error to status and code, `application/problem+json` out.

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{domain::Invalid, inference::Unavailable, store, telemetry::metrics, triage};

/// Why a request was refused. Every code has a section in `docs/errors.md`.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body is no JSON.
    #[error("the body is not valid JSON: {0}")]
    Malformed(String),
    /// The body is JSON, but not what the API document describes.
    #[error("the request has values that are not allowed")]
    Invalid(Vec<Invalid>),
    /// A body of another media type.
    #[error("the body must be sent with content-type {0}")]
    MediaType(&'static str),
    /// The body is larger than the limit.
    #[error("the body is larger than {limit_bytes} bytes (limits.body_bytes)")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The connection broke while the body was read.
    #[error("the body could not be read to its end")]
    Interrupted,
    /// Nothing is there.
    #[error("{0}")]
    NotFound(&'static str),
    /// The request is for another machine's name.
    #[error(
        "this service answers to addresses and to localhost only; set expose = true to change it"
    )]
    Host,
    /// An audit is answered once, by somebody who has not seen the decision.
    #[error("{0}")]
    AuditClosed(String),
    /// For programs on the same machine only.
    #[error(
        "only programs on the machine of the service may ask this, not through a proxy or a browser"
    )]
    NotLocal,
    /// A page of another origin asks for a change.
    #[error("a web page of another origin asked for this change; open Baton's own pages instead")]
    Origin,
    /// The dashboard is for browsers on the same machine only.
    #[error("the dashboard answers browsers on the machine of the service only, and no proxy")]
    DashboardNotLocal,
    /// Model or policy were not read again.
    #[error("everything stays as it was: {0}")]
    Reload(String),
    /// One replay at a time.
    #[error("another replay runs; ask again when it has ended")]
    ReplayRuns,
    /// Another policy is in force than the one that was edited.
    #[error("{detail}")]
    PolicyChanged {
        /// What happened, and what to do.
        detail: String,
        /// The policy in force.
        current: Box<CurrentPolicy>,
    },
    /// The policy cannot be written: why, and what makes it possible.
    #[error("{0}")]
    PolicyReadOnly(String),
    /// The disk does not take the policy.
    #[error("everything stays as it was: {0}")]
    PolicyUnwritten(String),
    /// That method is not offered here.
    #[error("this address exists, but not with this method; see /openapi.json")]
    Method,
    /// The idempotency key belongs to another request.
    #[error("this idempotency key was used for another request; send a new key")]
    KeyReused,
    /// The queue before the model is full. The caller did nothing wrong, so 503 and not 429.
    #[error("all inference slots are taken, try again shortly")]
    Overloaded {
        /// When a slot is likely to be free.
        retry_after: Duration,
    },
    /// The service is shutting down.
    #[error("the service is shutting down; another instance or a retry will answer")]
    Draining,
    /// The store could not be read or written.
    #[error("the store does not work at the moment; ask again")]
    Store(#[source] store::Error),
    /// A mistake of ours.
    #[error("the request failed inside the service; the log has the cause under this trace")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// What is said of a decision that is not there, or not any more.
    pub(super) const NO_DECISION: Self =
        Self::NotFound("there is no decision with this identifier");

    /// Status and code of every error.
    pub fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::MediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Interrupted => (StatusCode::BAD_REQUEST, "interrupted"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
            Self::Host => (StatusCode::MISDIRECTED_REQUEST, "host"),
            Self::AuditClosed(_) => (StatusCode::CONFLICT, "audit-closed"),
            Self::NotLocal => (StatusCode::FORBIDDEN, "not-local"),
            Self::Origin => (StatusCode::FORBIDDEN, "cross-origin"),
            Self::DashboardNotLocal => (StatusCode::FORBIDDEN, "dashboard-not-local"),
            Self::Reload(_) => (StatusCode::CONFLICT, "reload-refused"),
            Self::ReplayRuns => (StatusCode::SERVICE_UNAVAILABLE, "replay-runs"),
            Self::PolicyChanged { .. } => (StatusCode::CONFLICT, "policy-changed"),
            Self::PolicyReadOnly(_) => (StatusCode::CONFLICT, "policy-read-only"),
            Self::PolicyUnwritten(_) => (StatusCode::INSUFFICIENT_STORAGE, "policy-unwritten"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method"),
            Self::KeyReused => (StatusCode::CONFLICT, "idempotency-key-reused"),
            Self::Overloaded { .. } => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "store-unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// What the caller is told.
    pub fn problem(&self) -> Problem {
        let (status, code) = self.kind();
        let errors = match self {
            Self::Invalid(wrong) => wrong.iter().map(Fault::from).collect(),
            _ => Vec::new(),
        };
        let policy = match self {
            Self::PolicyChanged { current, .. } => Some((**current).clone()),
            _ => None,
        };
        Problem {
            kind: format!("/errors#{code}"),
            title: code.to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            errors,
            policy,
        }
    }

    /// When to come back, for refusals that pass by themselves.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Draining | Self::Store(_) | Self::ReplayRuns => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

/// RFC 9457 problem details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Where the problem is explained.
    #[serde(rename = "type")]
    #[schema(example = "/errors#invalid")]
    pub kind: String,
    /// Its code.
    #[schema(example = "invalid")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What is wrong and what to do; never repeats text of the request.
    pub detail: String,
    /// For bad input: every fault with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// With `policy-changed`: the policy in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<CurrentPolicy>,
}

/// The policy in force, for whoever edited another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrentPolicy {
    /// Its version: `base` of a change of it.
    #[schema(example = "9b1c0c52ab77")]
    pub version: String,
    /// The document as it is written: TOML.
    pub text: String,
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            // Waiting mends no record.
            error @ store::Error::Unreadable { .. } => Self::Internal(error.into()),
            error => Self::Store(error),
        }
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the request; for a query parameter its name after `?`.
    #[schema(example = "/messages/0/role")]
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl From<&Invalid> for Fault {
    fn from(wrong: &Invalid) -> Self {
        Self { pointer: wrong.pointer.clone(), detail: wrong.detail.clone() }
    }
}

impl From<Vec<Invalid>> for ApiError {
    fn from(wrong: Vec<Invalid>) -> Self {
        Self::Invalid(wrong)
    }
}

impl From<triage::Error> for ApiError {
    fn from(error: triage::Error) -> Self {
        match error {
            triage::Error::Busy(Unavailable::Overloaded { retry_after }) => {
                Self::Overloaded { retry_after }
            }
            triage::Error::Busy(_) => Self::Draining,
            triage::Error::KeyTaken => Self::Overloaded { retry_after: Duration::from_secs(1) },
            triage::Error::KeyReused => Self::KeyReused,
            error @ (triage::Error::Random(_) | triage::Error::Stage) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<triage::Unreviewed> for ApiError {
    fn from(error: triage::Unreviewed) -> Self {
        match error {
            triage::Unreviewed::NoDecision => Self::NO_DECISION,
            triage::Unreviewed::Audited => Self::AuditClosed(error.to_string()),
            triage::Unreviewed::Invalid(wrong) => Self::Invalid(wrong),
            triage::Unreviewed::Store(cause) => cause.into(),
        }
    }
}

impl From<triage::Unaudited> for ApiError {
    fn from(error: triage::Unaudited) -> Self {
        match error {
            triage::Unaudited::NotYours => {
                Self::NotFound("no audit of this identifier is yours now; ask GET /v1/audits/next")
            }
            triage::Unaudited::Erased => Self::NotFound(
                "the conversation of this audit was erased; nothing is to be answered",
            ),
            triage::Unaudited::Answered | triage::Unaudited::NotBlind => {
                Self::AuditClosed(error.to_string())
            }
            triage::Unaudited::Invalid(wrong) => Self::Invalid(wrong),
            triage::Unaudited::Store(cause) => cause.into(),
        }
    }
}

impl From<triage::Unconfirmed> for ApiError {
    fn from(error: triage::Unconfirmed) -> Self {
        match error {
            triage::Unconfirmed::NoDecision => Self::NO_DECISION,
            triage::Unconfirmed::Invalid(wrong) => Self::Invalid(wrong),
            triage::Unconfirmed::Store(cause) => cause.into(),
            error @ triage::Unconfirmed::Stage => Self::Internal(error.into()),
        }
    }
}

/// The cause of a refusal, riding along with the response for the access log.
#[derive(Debug, Clone)]
pub(super) struct Cause(pub(super) Arc<ApiError>);

impl fmt::Display for Cause {
    /// The whole chain of causes, outermost first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(&*self.0);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let (status, code) = self.kind();
        metrics::refused(code);
        let mut response = (status, Json(&problem)).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        if let Some(wait) = self.retry_after() {
            // Rounded up: a caller that comes back too early only makes things worse.
            let seconds = wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Cause(Arc::new(self)));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_is_503_with_a_whole_number_of_seconds() {
        let error = ApiError::Overloaded { retry_after: Duration::from_millis(1_200) };
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
    }

    #[test]
    fn every_fault_is_listed_with_its_pointer() {
        let error = ApiError::from(vec![Invalid::new("/messages", "none")]);
        let problem = error.problem();
        assert_eq!(problem.status, 422);
        assert_eq!(problem.errors[0].pointer, "/messages");
    }
}
