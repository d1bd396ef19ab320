//! `baton doctor`.

use super::Error;
use crate::config::Config;

/// Checks.
pub(super) fn run(config: &Config) -> Result<(), Error> {
    let _ = config;
    Ok(())
}
