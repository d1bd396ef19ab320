//! The API, through its router.

mod batch;
mod conversations;
mod decisions;
mod document;
mod faults;
mod hostile;
mod idempotency;
mod privacy;
mod triage;
