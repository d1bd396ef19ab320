//! What decisions cost people, in minutes of their work.

use super::{case::Verdict, side::Row};
use crate::domain::{Action, Band};

/// Minutes of a person's work. The defaults are a beginning: every desk should set its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// A case that was sent to a tier too low, for each tier: it is read, tried and passed on.
    pub too_low: f64,
    /// A case that was sent to a tier too high, for each tier: the time of an expert.
    pub too_high: f64,
    /// A case that was sent to the right tier, but the wrong role.
    pub wrong_role: f64,
    /// A wrong suggestion that an agent corrects.
    pub correction: f64,
    /// Any suggestion that an agent looks at.
    pub confirmation: f64,
    /// Any case that a person triages.
    pub triage: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            too_low: 20.0,
            too_high: 15.0,
            wrong_role: 10.0,
            correction: 2.0,
            confirmation: 0.5,
            triage: 4.0,
        }
    }
}

impl Costs {
    /// Every name with its value, in order.
    pub fn all(&self) -> [(&'static str, f64); 6] {
        [
            ("too_low", self.too_low),
            ("too_high", self.too_high),
            ("wrong_role", self.wrong_role),
            ("correction", self.correction),
            ("confirmation", self.confirmation),
            ("triage", self.triage),
        ]
    }

    /// Sets one cost by its name.
    ///
    /// # Errors
    /// There is no such cost, or the value is no number of minutes.
    pub fn set(&mut self, name: &str, minutes: f64) -> Result<(), String> {
        if !minutes.is_finite() || minutes < 0.0 {
            return Err(format!("{name} must be a number of minutes, 0 or more"));
        }
        let place = match name {
            "too_low" => &mut self.too_low,
            "too_high" => &mut self.too_high,
            "wrong_role" => &mut self.wrong_role,
            "correction" => &mut self.correction,
            "confirmation" => &mut self.confirmation,
            "triage" => &mut self.triage,
            _ => {
                let names = self.all().map(|(name, _)| name).join(", ");
                return Err(format!("there is no cost of that name; the costs are {names}"));
            }
        };
        *place = minutes;
        Ok(())
    }

    /// What a case costs that was sent somewhere wrong without anybody looking.
    fn sent(&self, tiers_too_high: i16) -> f64 {
        let tiers = f64::from(tiers_too_high.unsigned_abs());
        match tiers_too_high {
            0 => self.wrong_role,
            1.. => self.too_high * tiers,
            _ => self.too_low * tiers,
        }
    }
}

/// What decisions have cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bill {
    /// Labelled decisions that lead to a wrong place, whatever their band.
    pub misroutes: usize,
    /// Minutes that these cost in the mode of each decision: sent there, or corrected. Where a
    /// person triages anyway, a wrong candidate costs nothing.
    pub misroute_minutes: f64,
    /// The same if every decision of band `auto` were automatic: what going live costs.
    pub live_misroute_minutes: f64,
    /// Minutes for looking at suggestions and for triage, over all decisions of record.
    pub handling_minutes: f64,
}

impl Bill {
    /// Adds a decision of record.
    pub(super) fn add(&mut self, costs: &Costs, row: &Row) {
        self.handling_minutes += match row.action {
            Action::Suggest => costs.confirmation,
            Action::HandOff => costs.triage,
            Action::Resolve | Action::Route => 0.0,
        };
        let Verdict::Wrong(tiers_too_high) = row.verdict else { return };
        self.misroutes += 1;
        self.misroute_minutes += match row.action {
            Action::Resolve | Action::Route => costs.sent(tiers_too_high),
            Action::Suggest => costs.correction,
            Action::HandOff => 0.0,
        };
        self.live_misroute_minutes += match row.band {
            Band::Auto => costs.sent(tiers_too_high),
            Band::Suggest => costs.correction,
            Band::Human => 0.0,
        };
    }
}
