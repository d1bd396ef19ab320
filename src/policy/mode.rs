//! What may be automatic: the kill switch first, then a role's own mode, then the document's.
//!
//! A desk goes live queue by queue. Two roles have a say: the routed one, whose decisions people
//! have reviewed, and whoever stands in for it, into whose queue the case would go. The stricter
//! one counts, so that nothing lands by itself in a queue that has not gone live.

use crate::domain::{Mode, RoleId};

use super::{document::Document, roles::Staffed};

/// Whose modes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modes {
    /// Those of the document and its roles, the kill switch above both.
    AsWritten,
    /// This one everywhere, and no kill switch: what a probe names.
    Fixed(Mode),
}

impl Modes {
    /// The mode of a decision for that role, with whoever stands in for it.
    pub(super) fn of(self, document: &Document, role: &RoleId, staffed: &Staffed) -> Mode {
        let own = self.of_role(document, role);
        staffed.stand_in.as_ref().map_or(own, |other| own.min(self.of_role(document, other)))
    }

    fn of_role(self, document: &Document, role: &RoleId) -> Mode {
        match self {
            Self::Fixed(mode) => mode,
            Self::AsWritten if document.kill_switch => Mode::Shadow,
            Self::AsWritten => written(document, role),
        }
    }

    /// Says where the mode of that decision comes from.
    pub(super) fn saw(self, document: &Document, role: &RoleId, staffed: &Staffed) -> String {
        if self == Self::AsWritten && document.kill_switch {
            return "the kill switch is on: nothing is automatic".to_owned();
        }
        let stand_in = staffed.stand_in.as_ref();
        let shadow = |role: &&RoleId| self.of_role(document, role) == Mode::Shadow;
        let Some(held) = [Some(role), stand_in].into_iter().flatten().find(shadow) else {
            return format!("{role} is live");
        };
        let takes_over = if stand_in == Some(held) { ", which takes over," } else { "" };
        match (self, document.role.get(held).and_then(|role| role.mode)) {
            (Self::AsWritten, Some(_)) => {
                format!("{held}{takes_over} is in shadow: nothing goes there automatically")
            }
            _ => "the policy is in shadow: nothing is automatic".to_owned(),
        }
    }
}

/// The mode of a role as it is written, the kill switch left aside.
pub(super) fn written(document: &Document, role: &RoleId) -> Mode {
    document.role.get(role).and_then(|role| role.mode).unwrap_or(document.mode)
}
