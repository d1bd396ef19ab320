//! What surrounds every page: its title, the navigation, and whether anything is automatic.

use super::assets;
use crate::{api::App, domain::Mode};

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Is the promise kept today?
    Overview,
    /// What was decided, why, and what is right.
    Decisions,
    /// Do confidences mean what they say?
    Calibration,
    /// Are conversations what they used to be?
    Drift,
    /// What becomes of conversations that people take over?
    Handoffs,
    /// What leads where, and who says so.
    Policy,
    /// What reads, and how far it may act alone.
    Model,
    /// What would be decided?
    TryIt,
}

impl Place {
    /// In the order of the navigation.
    const ALL: [Self; 8] = [
        Self::Overview,
        Self::Decisions,
        Self::Calibration,
        Self::Drift,
        Self::Handoffs,
        Self::Policy,
        Self::Model,
        Self::TryIt,
    ];

    /// Its address.
    pub(super) const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Decisions => "/decisions",
            Self::Calibration => "/calibration",
            Self::Drift => "/drift",
            Self::Handoffs => "/handoffs",
            Self::Policy => "/policy",
            Self::Model => "/model",
            Self::TryIt => "/try",
        }
    }

    /// Its name.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Decisions => "Decisions",
            Self::Calibration => "Calibration",
            Self::Drift => "Drift",
            Self::Handoffs => "Handoffs",
            Self::Policy => "Policy",
            Self::Model => "Model",
            Self::TryIt => "Try it",
        }
    }
}

/// The frame of one page.
#[derive(Debug)]
pub(super) struct Frame {
    /// The first words of the window's title.
    pub(super) title: String,
    here: Option<Place>,
    /// What the policy allows; `None` where nobody has asked, as on an error page.
    pub(super) mode: Option<Mode>,
}

impl Frame {
    /// The frame of a page of the navigation, or of one below it.
    ///
    /// - `title`: what the window is called; the page's heading says the same.
    pub(super) fn new(app: &App, here: Place, title: impl Into<String>) -> Self {
        let mode = Some(app.triage.policy().mode());
        Self { title: title.into(), here: Some(here), mode }
    }

    /// A frame for what belongs to no page.
    pub(super) fn bare(title: impl Into<String>) -> Self {
        Self { title: title.into(), here: None, mode: None }
    }

    /// The pages of the navigation.
    #[expect(clippy::unused_self, reason = "a template calls methods only")]
    pub(super) fn places(&self) -> [Place; Place::ALL.len()] {
        Place::ALL
    }

    /// True for the page that is shown, or above it.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes references")]
    pub(super) fn is_at(&self, place: &Place) -> bool {
        self.here == Some(*place)
    }

    /// What the mode means for whoever reads.
    pub(super) fn mode_says(&self) -> &'static str {
        match self.mode {
            Some(Mode::Live) => "Live: sure decisions are carried out",
            Some(Mode::Shadow) => "Shadow: nothing is automatic",
            None => "",
        }
    }

    /// The address of a file in `ui/`, which changes with its content.
    #[expect(clippy::unused_self, reason = "a template calls methods only")]
    pub(super) fn asset(&self, name: &str) -> String {
        assets::href(name)
    }
}
