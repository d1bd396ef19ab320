//! Confidence → band → action.

use serde::Deserialize;

use crate::domain::{Action, Band, Mode, Probability, ReasonCode, Tier};

use super::{facts::Facts, trace::Trace};

/// `[bands]`: how sure is sure enough.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bands {
    /// From this confidence on the service acts; above `suggest`, at most 1.
    pub(super) auto: Probability,
    /// From this confidence on the service suggests; above 0.
    pub(super) suggest: Probability,
    /// Two best decisions closer than this are called ambiguous; it explains, it never decides.
    pub(super) margin: Probability,
    /// An intent with a bypass holds from this probability on, even if it is not the first.
    pub(super) bypass_probability: Probability,
}

impl Bands {
    /// The band of a confidence alone.
    pub(super) fn of(&self, confidence: Probability) -> Band {
        if confidence >= self.auto {
            Band::Auto
        } else if confidence >= self.suggest {
            Band::Suggest
        } else {
            Band::Human
        }
    }
}

/// The highest band that other rules leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ceiling(pub(super) Band);

/// The band of the case: that of its confidence, at most the ceiling.
pub(super) fn decide(facts: &Facts<'_>, ceiling: Ceiling, trace: &mut Trace) -> Band {
    let bands = &facts.document.bands;
    let confidence = facts.routed.confidence;
    let own = bands.of(confidence);
    let band = own.min(ceiling.0);
    let (auto, suggest) = (bands.auto.get(), bands.suggest.get());
    let value = confidence.get();
    for (code, which) in [
        (ReasonCode::BandAuto, Band::Auto),
        (ReasonCode::BandSuggest, Band::Suggest),
        (ReasonCode::BandHuman, Band::Human),
    ] {
        // Where another rule lowered the band, that rule is the reason and not the confidence.
        trace.rule(code, own == which && band == which, || {
            let limits = format!("auto from {auto:.3}, suggest from {suggest:.3}");
            if own == band {
                format!("confidence {value:.3} is band {own} ({limits})")
            } else {
                format!("confidence {value:.3} alone would be band {own}, other rules say {band}")
            }
        });
    }
    let second = facts.routed.candidates.get(1).map_or(0.0, |second| second.probability.get());
    let close = facts.judged() && own < Band::Auto && value - second < bands.margin.get();
    trace.rule(ReasonCode::InputAmbiguous, close, || {
        let margin = bands.margin.get();
        format!("the two best decisions have {value:.3} and {second:.3}; the margin is {margin:.3}")
    });
    band
}

/// What may be done now.
pub(super) fn action(band: Band, tier: Tier, mode: Mode) -> Action {
    match (band, mode) {
        (Band::Human, _) => Action::HandOff,
        (Band::Suggest, _) | (Band::Auto, Mode::Shadow) => Action::Suggest,
        (Band::Auto, Mode::Live) if tier == Tier::SELF_SERVICE => Action::Resolve,
        (Band::Auto, Mode::Live) => Action::Route,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bands() -> Bands {
        let probability = Probability::saturating;
        let (auto, suggest) = (probability(0.9), probability(0.7));
        Bands { auto, suggest, margin: probability(0.1), bypass_probability: probability(0.2) }
    }

    #[test]
    fn a_threshold_belongs_to_the_band_above_it() {
        for (confidence, band) in [
            (0.9, Band::Auto),
            (0.899_99, Band::Suggest),
            (0.7, Band::Suggest),
            (0.699_99, Band::Human),
            (f32::NAN, Band::Human),
        ] {
            assert_eq!(bands().of(Probability::saturating(confidence)), band, "{confidence}");
        }
    }

    proptest! {
        #[test]
        fn more_confidence_never_lowers_the_band(a in 0.0f32..=1.0, b in 0.0f32..=1.0) {
            let (low, high) = (a.min(b), a.max(b));
            let band = |value| bands().of(Probability::saturating(value));
            prop_assert!(band(low) <= band(high));
        }
    }

    #[test]
    fn shadow_never_resolves_or_routes_and_human_always_hands_off() {
        for tier in (0..=4).map(|number| Tier::try_from(number).unwrap()) {
            for &band in Band::ALL {
                let shadow = action(band, tier, Mode::Shadow);
                assert!(matches!(shadow, Action::Suggest | Action::HandOff));
                let hands_off = action(band, tier, Mode::Live) == Action::HandOff;
                assert_eq!(hands_off, band == Band::Human);
            }
        }
        assert_eq!(action(Band::Auto, Tier::SELF_SERVICE, Mode::Live), Action::Resolve);
    }
}
