//! `DELETE /v1/conversations/{id}` and `DELETE /v1/customers/{id}`: erasure on demand.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App, path,
    problem::{ApiError, Problem},
};
use crate::telemetry::metrics::{self, ErasedBy};

/// Longest name of a customer, in characters, as `POST /v1/triage` takes it.
const CUSTOMER_CHARS: usize = 2_048;

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Erased {
    /// Decisions whose text and identifiers are gone now; 0 if there were none, or none any more.
    #[schema(example = 3)]
    erased: u64,
}

/// Erase a conversation: every text and identifier of its decisions goes, counts stay.
///
/// Asking again is harmless, and finishes what a failure has interrupted.
#[utoipa::path(delete, path = "/v1/conversations/{id}", tag = "record",
    operation_id = "erase_conversation",
    params(("id" = String, Path, description = "conversation_id, percent-encoded")),
    responses(
        (status = 200, description = "It is gone", body = Erased),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn conversation(
    State(app): State<App>,
    id: path::Given,
) -> Result<Json<Erased>, ApiError> {
    let id = path::conversation(id)?;
    let erased = app.recorder.erase_conversation(&id).await?;
    Ok(gone(ErasedBy::Conversation, erased))
}

/// Erase a customer: every text and identifier of their decisions goes, counts stay.
///
/// Asking again is harmless, and finishes what a failure has interrupted.
#[utoipa::path(delete, path = "/v1/customers/{id}", tag = "record",
    operation_id = "erase_customer",
    params(("id" = String, Path, description = "customer.id, percent-encoded")),
    responses(
        (status = 200, description = "They are gone", body = Erased),
        (status = "default", description = "See docs/errors.md", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn customer(
    State(app): State<App>,
    id: path::Given,
) -> Result<Json<Erased>, ApiError> {
    let id = path::text(id)?;
    if id.chars().count() > CUSTOMER_CHARS {
        return Err(path::wrong(format!("give at most {CUSTOMER_CHARS} characters")));
    }
    let erased = app.recorder.erase_customer(&id).await?;
    Ok(gone(ErasedBy::Customer, erased))
}

/// Counts and logs it; whose it was stands in no log line.
fn gone(by: ErasedBy, erased: u64) -> Json<Erased> {
    metrics::erased(by, erased);
    tracing::info!(records = erased, by = by.as_str(), "records are erased");
    Json(Erased { erased })
}
