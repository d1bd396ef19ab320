//! `baton serve`.

use super::{Error, runtime};
use crate::{app, config::Config, telemetry};

/// Serves until the process is asked to end.
pub(super) fn run(config: Config) -> Result<(), Error> {
    telemetry::logs::install(&config.log).map_err(|cause| Error::Reported(cause.to_string()))?;
    runtime()?.block_on(app::serve(config))?;
    Ok(())
}
