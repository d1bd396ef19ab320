//! `--add`: a label from a few examples, on top of the model in force.

use super::Arguments;
use crate::{cli::Error, config::Config};

pub(super) fn run(_config: &Config, _given: &Arguments) -> Result<(), Error> {
    Err(Error::Reported("--add is not there yet".to_owned()))
}
