//! Numbers as people read them.

use crate::statistics::{Level, Missing};

/// `95.3 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Three digits, or `none`.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:.3}"))
}

/// A threshold with what proves it.
pub(super) fn level(level: Option<&Level>) -> String {
    level.map_or_else(
        || "none".to_owned(),
        |level| {
            let Level { threshold, rows, wrong, p } = level;
            format!("from {threshold:.3} ({wrong} wrong of {rows}, p = {p:.4})")
        },
    )
}

/// How many rows of the band are missing.
pub(super) fn missing(missing: Missing) -> String {
    match missing {
        Missing::Rows(rows) => format!("{rows} in the band"),
        Missing::Hopeless => "no number of rows would do at the precision seen".to_owned(),
    }
}
