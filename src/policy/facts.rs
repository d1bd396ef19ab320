//! What the rules look at: the case, and what is read off it once.

use std::ops::Deref;

use crate::domain::{Features, IntentScore, Prediction, Severity, Strikes};

use super::{
    Case,
    bypass::Bypass,
    document::Document,
    routes::{List, Routed, Routes},
};

/// The case before it is routed.
#[derive(Debug)]
pub(super) struct Heard<'a> {
    /// The document whose parameters the rules obey.
    pub(super) document: &'a Document,
    /// Its routes.
    pub(super) routes: &'a Routes,
    /// What came in.
    pub(super) case: &'a Case<'a>,
    /// What the text says.
    pub(super) features: &'a Features,
    /// Failed attempts.
    pub(super) strikes: Strikes,
    /// What the model says; empty if it did not answer.
    pub(super) intents: &'a [IntentScore],
    /// The most probable intent.
    pub(super) top: Option<&'a IntentScore>,
    /// Probability of the intents with each bypass.
    bypass: [f32; Bypass::ALL.len()],
    /// Probability of the intents of each severity.
    severity: [f32; Severity::ALL.len()],
}

/// The case, routed.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    heard: Heard<'a>,
    /// Where it leads.
    pub(super) routed: Routed,
}

impl<'a> Heard<'a> {
    pub(super) fn of(document: &'a Document, routes: &'a Routes, case: &'a Case<'a>) -> Self {
        let intents = case.prediction.map_or(&[][..], |prediction| &prediction.intents);
        let mut bypass = [0.0; Bypass::ALL.len()];
        let mut severity = [0.0; Severity::ALL.len()];
        let mut top: Option<&IntentScore> = None;
        for score in intents {
            let probability = score.probability.get();
            if top.is_none_or(|top| probability > top.probability.get()) {
                top = Some(score);
            }
            let rule = routes.rule(&score.label);
            if let Some(kind) = rule.and_then(|rule| rule.bypass) {
                bypass[kind as usize] += probability;
            }
            let stated = rule.and_then(|rule| rule.severity).unwrap_or(Severity::Normal);
            severity[stated as usize] += probability;
        }
        let (count, limit) = (case.standing.strikes, document.strikes.limit);
        // Whatever the count says later, a person has the conversation until it is released.
        let tripped = count >= limit || case.standing.handed_over;
        let strikes = Strikes { count, limit, tripped };
        let features = case.features;
        Self { document, routes, case, features, strikes, intents, top, bypass, severity }
    }

    /// True if the model said something.
    pub(super) fn judged(&self) -> bool {
        !self.intents.is_empty()
    }

    /// Probability of the intents with that bypass.
    pub(super) fn bypass_probability(&self, bypass: Bypass) -> f32 {
        self.bypass[bypass as usize]
    }

    /// True if an intent with that bypass is the most probable one, or such intents are
    /// probable enough together.
    pub(super) fn bypass_holds(&self, bypass: Bypass) -> bool {
        let top = self.top.and_then(|top| self.routes.rule(&top.label));
        top.is_some_and(|rule| rule.bypass == Some(bypass))
            || (self.judged()
                && self.bypass_probability(bypass) >= self.document.bands.bypass_probability.get())
    }

    /// True if the customer asks for a person, in so many words or as the model reads it.
    pub(super) fn person_requested(&self) -> bool {
        self.case.standing.person_requested || self.bypass_holds(Bypass::Person)
    }

    /// True if the text is of a kind that the model was trained on.
    pub(super) fn is_readable(&self) -> bool {
        self.features.language.supported && !self.is_novel()
    }

    /// True if the text is unlike anything in training.
    pub(super) fn is_novel(&self) -> bool {
        // A novelty that is no number says nothing good about the text.
        let usual = |prediction: &Prediction| prediction.novelty <= prediction.novelty_limit;
        !self.case.prediction.is_none_or(usual)
    }

    /// Probability that the case is at least that severe, by its intents.
    pub(super) fn at_least(&self, severity: Severity) -> f32 {
        self.severity[severity as usize..].iter().sum()
    }

    /// Probability of the intents that a list of the document names.
    pub(super) fn probability(&self, list: List) -> f32 {
        let named = self.intents.iter().filter(|score| self.routes.names(list, &score.label));
        named.map(|score| score.probability.get()).sum()
    }

    /// True if a list of the document names the most probable intent.
    pub(super) fn top_is(&self, list: List) -> bool {
        self.top.is_some_and(|top| self.routes.names(list, &top.label))
    }
}

impl<'a> Facts<'a> {
    pub(super) fn new(heard: Heard<'a>, routed: Routed) -> Self {
        Self { heard, routed }
    }
}

impl<'a> Deref for Facts<'a> {
    type Target = Heard<'a>;

    fn deref(&self) -> &Heard<'a> {
        &self.heard
    }
}
