use super::*;
use crate::domain::{Decision, Mode, TextFeatures, Timestamp, samples};

fn tier(number: u8) -> Tier {
    Tier::try_from(number).unwrap()
}

/// Two intents lead to the frontline, one to the security team.
fn routes() -> Routes {
    Routes::new([
        (Intent::from("access"), (tier(1), RoleId::from("frontline"))),
        (Intent::from("billing"), (tier(1), RoleId::from("frontline"))),
        (Intent::from("breach"), (tier(4), RoleId::from("security"))),
    ])
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// Decided for tier and role of the intent that the model was sure of.
fn record(band: Band, top: &str, to: (u8, &str)) -> Record {
    let said = TextFeatures {
        speaker: Speaker::Customer,
        masked: "Help, <email>!".to_owned(),
        segments: Vec::new(),
        sentences: Vec::new(),
    };
    let mut record = samples::record(now());
    record.features.messages = vec![said];
    record.prediction = Some(samples::prediction(top));
    let (mode, tier, role) = (Mode::Live, tier(to.0), RoleId::from(to.1));
    record.decision = Decision { mode, band, tier, role, ..samples::decision() };
    record
}

fn suggested() -> Record {
    record(Band::Suggest, "access", (1, "frontline"))
}

fn accepted(by: &str) -> Review {
    Review {
        verdict: Verdict::Accepted,
        tier: None,
        role: None,
        intent: None,
        note: None,
        by: by.to_owned(),
        at: now(),
        source: LabelSource::Agent,
        shown: true,
        observed: Some(1.0),
    }
}

fn overridden(by: &str, intent: &str) -> Review {
    let intent = Some(Intent::from(intent));
    Review { verdict: Verdict::Overridden, intent, ..accepted(by) }
}

fn way(to_tier: Option<u8>, role: Option<&str>) -> Review {
    let (tier, role) = (to_tier.map(tier), role.map(RoleId::from));
    Review { verdict: Verdict::Overridden, tier, role, ..accepted("ann") }
}

fn of(record: &Record, reviews: &[Review]) -> Result<String, LeftOut> {
    correction(record, reviews, &routes()).map(|found| found.intent.to_string())
}

#[test]
fn an_intent_is_what_the_review_names_or_what_alone_leads_where_it_says() {
    let record = suggested();
    assert_eq!(of(&record, &[accepted("ann")]), Ok("access".to_owned()));
    assert_eq!(of(&record, &[overridden("ann", "billing")]), Ok("billing".to_owned()));
    for (tier, role) in [(Some(4), None), (None, Some("security")), (Some(4), Some("security"))] {
        assert_eq!(of(&record, &[way(tier, role)]), Ok("breach".to_owned()));
    }
    assert_eq!(of(&record, &[way(Some(1), None)]), Err(LeftOut::Several));
    assert_eq!(of(&record, &[way(Some(2), None)]), Err(LeftOut::Nowhere));
    let unknown = LeftOut::Unknown("wizardry".to_owned());
    assert_eq!(of(&record, &[overridden("ann", "wizardry")]), Err(unknown));
}

#[test]
fn an_acceptance_stands_for_the_intent_only_where_it_led_to_the_decision() {
    let moved = record(Band::Suggest, "access", (4, "security"));
    assert_eq!(of(&moved, &[accepted("ann")]), Ok("breach".to_owned()), "the only one that does");
    let summed = record(Band::Suggest, "breach", (1, "frontline"));
    assert_eq!(of(&summed, &[accepted("ann")]), Err(LeftOut::Several));
    let silent = Record { prediction: None, ..suggested() };
    assert_eq!(of(&silent, &[accepted("ann")]), Err(LeftOut::Several));
}

#[test]
fn what_was_accepted_while_automatic_is_never_a_positive() {
    let record = record(Band::Auto, "access", (1, "frontline"));
    let unobserved = |review: Review| Review { observed: None, ..review };
    assert_eq!(of(&record, &[unobserved(accepted("ann"))]), Err(LeftOut::AcceptedAuto));
    let found = of(&record, &[unobserved(overridden("ann", "breach"))]);
    assert_eq!(found, Ok("breach".to_owned()), "but a mistake is one");
    let audit =
        Review { source: LabelSource::Audit, observed: Some(0.03), shown: false, ..accepted("bo") };
    let found = correction(&record, &[unobserved(accepted("ann")), audit], &routes()).unwrap();
    assert_eq!((found.observed, found.anchored), (Some(0.03), false));
    assert_eq!(found.by, BTreeSet::from(["bo".to_owned()]), "an audit outranks agents");
}

#[test]
fn people_who_disagree_cancel_each_other_out_and_those_who_agree_are_named() {
    let record = suggested();
    let two = [accepted("ann"), overridden("bo", "billing")];
    assert_eq!(of(&record, &two), Err(LeftOut::Contradicted));
    let vague = [accepted("ann"), way(Some(1), Some("frontline"))];
    assert_eq!(of(&record, &vague), Err(LeftOut::Contradicted));
    let blind = Review { shown: false, ..accepted("bo") };
    let found = correction(&record, &[accepted("ann"), blind], &routes()).unwrap();
    assert_eq!(found.by.len(), 2);
    assert!(!found.anchored, "one of them had not seen it");
}

#[test]
fn a_record_without_words_teaches_nothing_and_equal_words_have_one_digest() {
    let mut record = suggested();
    let mut other = record.features.clone();
    other.messages[0].masked = "help <EMAIL>".to_owned();
    assert_eq!(digest(&record.features), digest(&other));
    other.messages[0].masked = "help me".to_owned();
    assert_ne!(digest(&record.features), digest(&other));
    record.features.messages[0].masked.clear();
    assert_eq!(of(&record, &[accepted("ann")]), Err(LeftOut::NoText));
}
