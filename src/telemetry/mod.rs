//! What operators see: metrics, logs, trace context. Never text of a conversation.

pub mod logs;
pub mod metrics;
pub mod trace_context;
