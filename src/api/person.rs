//! Names of people who do something with a conversation, as the caller gives them.

use crate::domain::Invalid;

/// Longest name, in characters.
const CHARS: usize = 256;

/// Checks a name that stands at `pointer`.
///
/// # Errors
/// It is empty, too long, or has control characters.
pub(super) fn check(pointer: &str, name: &str) -> Result<(), Invalid> {
    if (1..=CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let detail = format!("give 1 to {CHARS} characters, none of them a control character");
    Err(Invalid::new(pointer, detail))
}
