//! One stored decision, taken again, and what is known of where its case should have gone.

use crate::{
    domain::{
        Action, Degraded, Invalid, LabelSource, Prediction, Record, Resolution, Review, Verdict,
    },
    policy::{Case, Policy},
    replay::{Place, Replayed, Weight},
    store::Past,
    triage::meaning::leads_to,
};

/// A stored decision, taken again.
pub(super) struct Again {
    /// The decision on both sides.
    pub(super) replayed: Replayed,
    /// Version of the policy that it was taken under.
    pub(super) policy: String,
    /// True if its label names a role that the policy does not have, or an intent that leads
    /// nowhere, so that it says nothing here.
    pub(super) unknown_label: bool,
}

/// What is known of where a case should have gone.
enum Truth {
    /// Nobody has said.
    Unsaid,
    /// Somebody has, but it means nothing under this policy.
    Unknown,
    Known(Place),
}

/// Takes a stored decision again, with what the model says of it.
///
/// # Errors
/// The record holds no conversation.
pub(super) fn again(
    policy: &Policy,
    past: &Past,
    prediction: Option<&Prediction>,
) -> Result<Again, Vec<Invalid>> {
    let Past { record, reviews, resolution } = past;
    let conversation = record.conversation()?;
    let case = Case {
        conversation: &conversation,
        features: &record.features,
        prediction,
        standing: &record.standing,
        now: record.at,
    };
    let mut after = policy.decide(&case);
    if record.decision.degraded.contains(&Degraded::Store) {
        after = policy.without_store(after);
    }
    let truth = truth(policy, &case, record, (reviews, resolution.as_ref()));
    let (right, unknown_label) = match truth {
        Truth::Unsaid => (Vec::new(), false),
        Truth::Unknown => (Vec::new(), true),
        Truth::Known(place) => (vec![place], false),
    };
    let weight = if !reviews.is_empty() {
        Weight::Reviewed
    } else if record.decision.action == Action::Suggest {
        Weight::Taken
    } else {
        Weight::ActedOn
    };
    let replayed = Replayed {
        name: record.id.to_string(),
        at: record.at,
        episode: Some((record.conversation_id.clone(), record.standing.episode)),
        weight,
        before: record.decision.clone(),
        after,
        right_before: right.clone(),
        right_after: right,
    };
    Ok(Again { replayed, policy: record.policy.clone(), unknown_label })
}

/// Where the case should have gone: as the latest audit says, else the latest review, else the
/// tier that resolved it.
fn truth(
    policy: &Policy,
    case: &Case<'_>,
    record: &Record,
    (reviews, resolution): (&[Review], Option<&Resolution>),
) -> Truth {
    let latest = |audit: bool| {
        reviews.iter().rev().find(|review| (review.source == LabelSource::Audit) == audit)
    };
    let place = match latest(true).or_else(|| latest(false)) {
        Some(review) => match reviewed(policy, case, record, review) {
            Some(place) => place,
            None => return Truth::Unknown,
        },
        None => match resolution.and_then(|resolution| resolution.resolved_tier) {
            Some(tier) => Place { tier: Some(tier), role: None },
            None => return Truth::Unsaid,
        },
    };
    match &place.role {
        Some(role) if !policy.knows_role(role) => Truth::Unknown,
        _ => Truth::Known(place),
    }
}

/// The place that a review says is right; `None` if it names an intent that means nothing.
fn reviewed(policy: &Policy, case: &Case<'_>, record: &Record, review: &Review) -> Option<Place> {
    let decision = &record.decision;
    if review.verdict == Verdict::Accepted {
        return Some(Place { tier: Some(decision.tier), role: Some(decision.role.clone()) });
    }
    if review.tier.is_some() || review.role.is_some() {
        // What an override leaves open may be anything: a case of another tier has another role.
        return Some(Place { tier: review.tier, role: review.role.clone() });
    }
    let (tier, role) = leads_to(policy, case, review.intent.as_ref()?)?;
    Some(Place { tier: Some(tier), role: Some(role) })
}
