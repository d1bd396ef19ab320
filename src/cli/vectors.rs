//! `baton vectors`: what the heads are trained on, by the very path that serves.

use super::{Error, input, print, runtime};
use crate::{app, config::Config};

/// Reads request bodies line by line, prints their vectors.
pub(super) fn run(config: &Config) -> Result<(), Error> {
    let input = input()?;
    runtime()?.block_on(async { Ok(()) })
}
