//! `baton config`: the options in force and where each comes from.

use std::fmt::Write as _;

use super::{Error, print};
use crate::config::{Config, Settings, variable};

/// Prints every key with its value, source and variable, then says what is wrong, if anything.
pub(super) fn run(settings: &Settings) -> Result<(), Error> {
    let rows: Vec<_> = settings
        .iter()
        .map(|(key, setting)| (format!("{key} = {}", setting.value), setting, variable(key)))
        .collect();
    let width = rows.iter().map(|(text, ..)| text.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (left, setting, variable) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{left:width$}  # {}, or {variable}", setting.source);
    }
    print(&text)?;
    Config::from_settings(settings)?;
    Ok(())
}
