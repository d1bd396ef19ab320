//! Findings that last: an alarm takes two windows running, and so does its end.

use serde::{Deserialize, Serialize};

use super::{
    drift::{Comparison, Outcome},
    finding::{Finding, Kind, Level},
    reference::Basis,
};

/// What has been found in the windows so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watch {
    runs: Vec<Run>,
}

/// One kind of finding against one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    kind: Kind,
    basis: Basis,
    raised: bool,
    /// Windows running that say otherwise.
    against: u8,
}

/// An alarm begins or ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Against what.
    pub basis: Basis,
    /// True at its beginning.
    pub raised: bool,
    /// Who should look.
    pub level: Level,
    /// The finding of the window that made the difference, with its causes.
    pub finding: Finding,
}

/// Windows running that begin or end an alarm: a single one may be chance.
const RUNNING: u8 = 2;

impl Watch {
    /// Takes the comparisons of the next window into account; returns the alarms that begin or end.
    ///
    /// A window with too few decisions changes nothing.
    pub fn take(&mut self, comparisons: &[Comparison]) -> Vec<Change> {
        let mut changes = Vec::new();
        for comparison in comparisons {
            let Outcome::Findings(findings) = &comparison.outcome else { continue };
            for finding in findings {
                let run = self.run(finding.kind, comparison.basis);
                if finding.moved == run.raised {
                    run.against = 0;
                    continue;
                }
                run.against += 1;
                if run.against < RUNNING {
                    continue;
                }
                run.raised = finding.moved;
                run.against = 0;
                let (basis, raised, level) = (comparison.basis, run.raised, finding.level);
                changes.push(Change { basis, raised, level, finding: finding.clone() });
            }
        }
        changes
    }

    /// The alarms that last.
    pub fn raised(&self) -> impl Iterator<Item = (Kind, Basis)> {
        self.runs.iter().filter(|run| run.raised).map(|run| (run.kind, run.basis))
    }

    fn run(&mut self, kind: Kind, basis: Basis) -> &mut Run {
        let known = self.runs.iter().position(|run| (run.kind, run.basis) == (kind, basis));
        let place = known.unwrap_or_else(|| {
            self.runs.push(Run { kind, basis, raised: false, against: 0 });
            self.runs.len() - 1
        });
        &mut self.runs[place]
    }
}
