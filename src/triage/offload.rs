//! Work that grows with the text, on a thread that may block.

use super::Error;
use crate::domain::Conversation;

/// Texts longer than this are read on a thread that may block, so that no other request waits.
const LONG_TEXT_BYTES: usize = 32 * 1024;

/// Runs work that grows with the text: a long one where blocking is allowed, so that no other
/// request waits for it.
pub(super) async fn offload<T: Send + 'static>(
    text_bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    if text_bytes <= LONG_TEXT_BYTES {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Stage)
}

/// Bytes of a conversation's messages.
pub(super) fn text_bytes(conversation: &Conversation) -> usize {
    conversation.messages.iter().map(|message| message.text.len()).sum()
}
