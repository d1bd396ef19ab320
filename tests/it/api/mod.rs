//! The API, through its router.

mod batch;
mod decisions;
mod document;
mod faults;
mod hostile;
mod idempotency;
mod privacy;
mod triage;
