//! What would come of a text: its faults and probes, and the latest decisions taken again under it.

use super::super::view::{count, percent, words};
use crate::{
    policy::{About, Error, Examined},
    replay::{self, BandFigures, Costs, Report},
    store::Window,
    triage::Asked,
};

/// A fault beside its line.
pub(super) struct Fault {
    pub(super) line: Option<usize>,
    pub(super) key: String,
    pub(super) detail: String,
}

/// What was found in a text.
pub(super) struct Checked {
    /// Its version; none with a fault.
    pub(super) version: Option<String>,
    pub(super) passed: usize,
    /// Probes that did not come out as expected.
    pub(super) failed: Vec<(String, usize)>,
    pub(super) notes: Vec<String>,
    /// Rules and intents that no probe covers.
    pub(super) gaps: Vec<String>,
}

/// What would have been decided.
pub(super) struct Replayed {
    pub(super) decisions: String,
    pub(super) changed: String,
    pub(super) rerouted: String,
    pub(super) nothing: bool,
    pub(super) older: Option<String>,
    pub(super) bands: Vec<BandRow>,
    pub(super) listed: Vec<Listed>,
    pub(super) unlisted: String,
}

/// A band.
pub(super) struct BandRow {
    pub(super) band: &'static str,
    /// Before and after.
    pub(super) sides: [Share; 2],
}

/// A part of the decisions of record.
pub(super) struct Share {
    pub(super) count: String,
    pub(super) percent: String,
    /// Of 100.
    pub(super) width: String,
}

/// A decision that would come out otherwise.
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) because: String,
}

/// Faults that are listed.
const FAULTS: usize = 200;
/// Gaps that are listed.
const GAPS: usize = 50;
/// Decisions that a page takes again: a few seconds at most. More are for `baton replay`.
const DECISIONS: u32 = 5_000;
/// Changed decisions that are listed.
const LISTED: usize = 20;

/// What a page asks a replay for.
pub(super) fn asked(policy: String) -> Asked {
    let window = Window { from: None, to: None };
    Asked { policy, window, at_most: DECISIONS, list: LISTED, costs: Costs::default() }
}

/// The faults that are shown.
pub(super) fn faults(faults: Vec<Error>) -> Vec<Fault> {
    faults.into_iter().take(FAULTS).map(Fault::from).collect()
}

impl Checked {
    /// - `today`: the notes of that day.
    pub(super) fn of(examined: &Examined, today: jiff::civil::Date) -> Self {
        let policy = examined.policy.as_ref();
        let notes = policy.map(|policy| policy.notes(today)).unwrap_or_default();
        let (gaps, notes): (Vec<_>, Vec<_>) =
            notes.into_iter().partition(|note| note.about == About::Coverage);
        let failed = examined.probes.iter().filter(|probe| !probe.passed);
        let failed: Vec<_> = failed.map(|probe| (probe.name.clone(), probe.line)).collect();
        Self {
            version: policy.map(|policy| policy.version().to_owned()),
            passed: examined.probes.len() - failed.len(),
            failed,
            notes: notes.iter().map(ToString::to_string).collect(),
            gaps: gaps.into_iter().take(GAPS).map(|note| note.text).collect(),
        }
    }
}

impl From<Error> for Fault {
    fn from(fault: Error) -> Self {
        Self { line: fault.line, key: fault.key, detail: fault.reason }
    }
}

impl From<&Report> for Replayed {
    #[expect(clippy::cast_possible_truncation, reason = "a share is shown in whole percent")]
    fn from(report: &Report) -> Self {
        let number = |number: usize| count(number as u64);
        let bands = report.before.bands.iter().zip(&report.after.bands);
        let part = |figures: &BandFigures| {
            let share = figures.share.unwrap_or_default() as f32;
            Share {
                count: number(figures.decisions),
                percent: percent(share),
                width: format!("{:.1}", share * 100.0),
            }
        };
        let older = report.about.left_out.older;
        Self {
            decisions: number(report.decisions),
            changed: number(report.changes.decisions),
            rerouted: number(report.changes.rerouted),
            nothing: report.decisions == 0,
            older: (older > 0).then(|| number(older)),
            bands: bands
                .map(|(before, after)| BandRow {
                    band: before.band.as_str(),
                    sides: [part(before), part(after)],
                })
                .collect(),
            listed: report.changes.listed.iter().map(Listed::from).collect(),
            unlisted: number(report.changes.unlisted),
        }
    }
}

impl From<&replay::Listed> for Listed {
    fn from(listed: &replay::Listed) -> Self {
        let short = |short: &replay::Short| {
            format!("tier {} {}, {}", short.tier, words(short.role.as_str()), short.band)
        };
        let new = listed.reasons_new.iter().map(|code| format!("+{code}"));
        let gone = listed.reasons_gone.iter().map(|code| format!("−{code}"));
        let because: Vec<_> = new.chain(gone).collect();
        Self {
            id: listed.name.clone(),
            before: short(&listed.before),
            after: short(&listed.after),
            because: because.join(" "),
        }
    }
}
