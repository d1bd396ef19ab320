//! The API, through its router.

mod alarms;
mod audits;
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
mod policy;
mod privacy;
mod replay;
mod reports;
mod reviews;
mod shadow;
mod store_text;
mod triage;
