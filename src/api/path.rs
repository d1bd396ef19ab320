//! Identifiers in the paths of requests.

use std::str::FromStr as _;

use axum::extract::{Path, rejection::PathRejection};

use super::problem::ApiError;
use crate::domain::{ConversationId, DecisionId, Invalid};

/// What stands in the place of `{id}`.
pub(super) type Given = Result<Path<String>, PathRejection>;

/// The decision of that identifier.
///
/// # Errors
/// 404: what is no identifier names no decision.
pub(super) fn decision(id: Given) -> Result<DecisionId, ApiError> {
    let id = id.ok().and_then(|Path(id)| DecisionId::from_str(&id).ok());
    id.ok_or(ApiError::NO_DECISION)
}

/// The conversation of that identifier, which need not be known yet.
///
/// # Errors
/// 422: no conversation can have it.
pub(super) fn conversation(id: Given) -> Result<ConversationId, ApiError> {
    ConversationId::try_from(text(id)?).map_err(|cause| wrong(cause.to_string()))
}

/// The text that stands there.
///
/// # Errors
/// 422: its bytes are no UTF-8.
pub(super) fn text(id: Given) -> Result<String, ApiError> {
    let Path(id) = id.map_err(|_| wrong("percent-encode the bytes of UTF-8".to_owned()))?;
    Ok(id)
}

/// What is said of an identifier that cannot be one.
pub(super) fn wrong(detail: String) -> ApiError {
    vec![Invalid::new("{id}", detail)].into()
}
