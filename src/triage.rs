//! The pipeline: request → Conversation → Features → Prediction → Decision → Packet → record.
