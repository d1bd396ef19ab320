//! The API, through its router.

mod batch;
mod conversations;
mod decisions;
mod document;
mod drift;
mod erase;
mod faults;
mod hostile;
mod idempotency;
mod overload;
mod packet;
mod planted;
mod privacy;
mod reviews;
mod store_text;
mod triage;
