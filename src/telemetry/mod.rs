//! What operators see: metrics, logs, trace context. Never text of a conversation.
