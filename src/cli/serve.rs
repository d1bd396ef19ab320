//! `baton serve`.

use super::{Error, runtime};
use crate::{app, config::Config, telemetry};

/// Serves until the process is asked to end.
pub(super) fn run(config: Config) -> Result<(), Error> {
    telemetry::logs::install(&config.log).map_err(|cause| Error::Reported(cause.to_string()))?;
    let runtime = runtime()?;
    let ended = runtime.block_on(app::serve(config));
    // Work that was cut off is not waited for.
    runtime.shutdown_background();
    Ok(ended?)
}
