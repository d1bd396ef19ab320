//! A reviewed decision → the intent that people give it, or why nothing is learnt from it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::corpus::words;
use crate::domain::{
    Band, Features, Intent, LabelSource, Record, Review, RoleId, Speaker, Tier, Timestamp, Verdict,
};

/// Where the intents of the model lead, by the policy in force.
#[derive(Debug, Clone, Default)]
pub struct Routes(BTreeMap<Intent, (Tier, RoleId)>);

/// What people say a decision should have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The right intent.
    pub intent: Intent,
    /// Who says so, each once.
    pub by: BTreeSet<String>,
    /// How probable it was that somebody would look; `None` where nobody knows.
    pub observed: Option<f64>,
    /// Whoever agreed had seen the suggestion, which draws people towards it.
    pub anchored: bool,
    /// What was said of the decision itself.
    pub verdict: Verdict,
    /// Everybody who said it had seen the suggestion.
    pub shown: bool,
    /// When the last of them said so.
    pub at: Timestamp,
}

/// Why nothing is learnt from a reviewed decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LeftOut {
    /// The words are gone.
    #[error("their text was erased or has aged out")]
    Erased,
    /// No words were ever kept.
    #[error("their text was not kept (records.store_text)")]
    NoText,
    /// A record of another version.
    #[error("their record cannot be read by this version")]
    Unreadable,
    /// Accepted in band `auto`, by somebody who happened to see it.
    #[error("accepted decisions of band auto: nobody knows how many wrong ones were not looked at")]
    AcceptedAuto,
    /// People disagree.
    #[error("people contradict each other")]
    Contradicted,
    /// Only the way is named.
    #[error("the review names tier or role alone, and several intents lead there")]
    Several,
    /// The way is none of the policy's.
    #[error("the review names tier or role alone, and no intent leads there")]
    Nowhere,
    /// The model has no such intent.
    #[error("the model in force does not know the intent {0}; add it with --add")]
    Unknown(String),
    /// The model in force was made of it.
    #[error("the model in force has learnt from them")]
    Learnt,
    /// A later decision of the same episode was reviewed, too.
    #[error("a later decision of the same conversation was reviewed, too")]
    Earlier,
    /// The same words with the same intent.
    #[error("the same words under the same intent count once")]
    Repeated,
    /// The same words under another intent, by a later decision.
    #[error("the same words stand under another intent in a later decision")]
    Outdated,
    /// Nothing is learnt from what is measured on.
    #[error("the same words stand in the test")]
    InTest,
    /// More than are wanted.
    #[error("older ones, of which there are more than --rows or --label-rows")]
    TooMany,
}

impl Routes {
    /// Takes the route of every intent of the model.
    pub fn new(routes: impl IntoIterator<Item = (Intent, (Tier, RoleId))>) -> Self {
        Self(routes.into_iter().collect())
    }

    /// The only intent that leads there.
    fn only(&self, tier: Option<Tier>, role: Option<&RoleId>) -> Result<&Intent, LeftOut> {
        let mut there = self.0.iter().filter(|(_, (to_tier, to_role))| {
            tier.is_none_or(|tier| tier == *to_tier) && role.is_none_or(|role| role == to_role)
        });
        match (there.next(), there.next()) {
            (Some((intent, _)), None) => Ok(intent),
            (None, _) => Err(LeftOut::Nowhere),
            (Some(_), Some(_)) => Err(LeftOut::Several),
        }
    }

    fn known<'a>(&self, intent: &'a Intent) -> Result<&'a Intent, LeftOut> {
        let is_known = self.0.contains_key(intent);
        if is_known { Ok(intent) } else { Err(LeftOut::Unknown(intent.to_string())) }
    }

    /// The intent that one review gives a decision.
    ///
    /// An acceptance stands for the most probable intent only where that intent led to what was
    /// decided: where a rule or a sum of others decided, it says nothing of the intent.
    fn named<'a>(&'a self, review: &'a Review, record: &'a Record) -> Result<&'a Intent, LeftOut> {
        if let Some(intent) = &review.intent {
            return self.known(intent);
        }
        let (tier, role) = (record.decision.tier, &record.decision.role);
        if review.verdict == Verdict::Overridden {
            return self.only(review.tier, review.role.as_ref());
        }
        let ranked = record.prediction.as_ref().map(|said| said.ranked()).unwrap_or_default();
        let Some(top) = ranked.first() else { return self.only(Some(tier), Some(role)) };
        let top = self.known(&top.label)?;
        let led = self.0.get(top).is_some_and(|to| to.0 == tier && to.1 == *role);
        if led { Ok(top) } else { self.only(Some(tier), Some(role)) }
    }
}

/// The intent that people give a decision.
///
/// A review by audit outranks all others. People who disagree cancel each other out.
///
/// # Errors
/// Why nothing can be learnt from it.
pub fn correction(
    record: &Record,
    reviews: &[Review],
    routes: &Routes,
) -> Result<Correction, LeftOut> {
    if !has_text(&record.features) {
        return Err(LeftOut::NoText);
    }
    let audits = reviews.iter().filter(|review| review.source == LabelSource::Audit);
    let mut counted: Vec<&Review> = audits.collect();
    if counted.is_empty() {
        counted = reviews.iter().collect();
    }
    let Some(first) = counted.first() else { return Err(LeftOut::Unreadable) };
    let unobserved = |review: &&Review| {
        review.verdict == Verdict::Accepted
            && review.observed.is_none()
            && record.decision.band == Band::Auto
    };
    if counted.iter().all(unobserved) {
        return Err(LeftOut::AcceptedAuto);
    }
    let named: Vec<_> = counted.iter().map(|review| routes.named(review, record)).collect();
    let agreed = counted.iter().all(|review| review.verdict == first.verdict);
    let intents: BTreeSet<&Intent> = named.iter().flatten().copied().collect();
    let clear = named.iter().all(Result::is_ok);
    if intents.len() > 1 || (!agreed && !clear) {
        return Err(LeftOut::Contradicted);
    }
    let Some(intent) = intents.first().map(|intent| (*intent).clone()) else {
        return Err(named.into_iter().find_map(Result::err).unwrap_or(LeftOut::Nowhere));
    };
    let said: Vec<&Review> = counted
        .iter()
        .zip(&named)
        .filter(|(_, named)| named.is_ok())
        .map(|(one, _)| *one)
        .collect();
    let accepted = said.iter().all(|review| review.verdict == Verdict::Accepted);
    let shown = said.iter().all(|review| review.shown);
    Ok(Correction {
        intent,
        by: said.iter().map(|review| review.by.clone()).collect(),
        observed: said.iter().filter_map(|review| review.observed).reduce(f64::max),
        anchored: accepted && shown,
        verdict: if accepted { Verdict::Accepted } else { Verdict::Overridden },
        shown,
        at: said.iter().map(|review| review.at).fold(first.at, Timestamp::max),
    })
}

/// A digest of what was said, as the record keeps it: the same for texts that differ in nothing
/// that matters.
pub fn digest(features: &Features) -> [u8; 16] {
    let mut text = String::new();
    for one in features.subject.iter().chain(&features.messages) {
        text.push(match one.speaker {
            Speaker::Customer => '\n',
            Speaker::Bot => '\u{1}',
            Speaker::Agent => '\u{2}',
            Speaker::System => '\u{3}',
        });
        words(&one.masked, &mut text);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(text)[..16]);
    digest
}

fn has_text(features: &Features) -> bool {
    let of_customer = features.messages.iter().filter(|text| text.speaker == Speaker::Customer);
    of_customer.chain(&features.subject).any(|text| !text.masked.trim().is_empty())
}

#[cfg(test)]
#[path = "corrections_tests.rs"]
mod tests;
