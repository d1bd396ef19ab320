//! Data narrows what is automatic, and only a person with a fresh certificate widens it.

use proptest::prelude::*;

use super::super::contract::Voices;
use crate::{
    domain::{Certificate, Probability, Timestamp},
    monitor::{Contract, Evidence, Ground, NotFresh, Renewal, Response, Standing, Terms},
    statistics::Random,
};

pub(super) const TERMS: Terms = Terms {
    precision: 0.90,
    patience: 10_000.0,
    audited: 0.03,
    satisfied: Some(0.85),
    response: Response::Demote,
};

pub(super) fn contract() -> Contract {
    Contract::new(TERMS, "first").unwrap()
}

fn tightening() -> Contract {
    let response = Response::Tighten { step: Probability::saturating(0.02), times: 2 };
    Contract::new(Terms { response, ..TERMS }, "first").unwrap()
}

fn audit(wrong: bool, by: &str) -> Evidence<'_> {
    Evidence::Audit { wrong, observed: 0.03, by }
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// Feeds the same until the promise breaks; how often, or `None` after 10,000 times.
fn until_broken(contract: &mut Contract, evidence: Evidence<'_>) -> Option<u64> {
    (1..10_000).find(|_| contract.observe(evidence, now()).is_some())
}

/// In thousandths.
fn thousandths(threshold: Option<Probability>) -> Option<f32> {
    threshold.map(|threshold| (threshold.get() * 1_000.0).round())
}

fn auto_from(contract: &Contract, certified: Option<f32>) -> Option<Probability> {
    let auto_from = certified.map(Probability::saturating);
    let certificate = Certificate { auto_from, vetoed: vec!["how_to".into()], broken: false };
    let narrowed = contract.narrowed(&certificate, Probability::saturating(0.9));
    assert_eq!(narrowed.vetoed, certificate.vetoed);
    narrowed.auto_from
}

#[test]
fn wrong_audits_demote_and_say_since_when_and_why() {
    let mut contract = contract();
    assert_eq!(contract.standing(), &Standing::Kept);
    assert_eq!(auto_from(&contract, Some(0.5)), Some(Probability::saturating(0.5)));
    let needed = until_broken(&mut contract, audit(true, "ann")).unwrap();
    let Standing::Demoted(breach) = contract.standing() else { panic!("{contract:?}") };
    assert_eq!((breach.at, breach.ground, breach.seen), (now(), Ground::Audits, needed));
    let words = breach.to_string();
    assert!(
        words.contains("2026-11-20T10:00:00Z") && words.contains("more than 10.0 %"),
        "{words}"
    );
    assert!(words.contains("audited decisions that were wrong"), "{words}");
    assert_eq!(auto_from(&contract, Some(0.5)), None);
    // From then on nothing is automatic, and nothing is learnt.
    assert_eq!(contract.observe(audit(true, "ann"), now()), None);
}

#[test]
fn overrides_and_dissatisfaction_demote_too() {
    for (evidence, ground) in [
        (Evidence::Settled { overridden_by: Some("ann") }, Ground::Overrides),
        (Evidence::Rating { satisfied: false }, Ground::Satisfaction),
    ] {
        let mut contract = contract();
        until_broken(&mut contract, evidence).unwrap();
        let Standing::Demoted(breach) = contract.standing() else { panic!("{contract:?}") };
        assert_eq!(breach.ground, ground);
    }
    let unwatched = Terms { satisfied: None, ..TERMS };
    let mut contract = Contract::new(unwatched, "first").unwrap();
    assert_eq!(until_broken(&mut contract, Evidence::Rating { satisfied: false }), None);
    let rated = |csat| Evidence::rated(csat);
    assert_eq!(rated(3), Some(Evidence::Rating { satisfied: false }));
    assert_eq!(rated(4), Some(Evidence::Rating { satisfied: true }));
    assert_eq!((rated(0), rated(6)), (None, None));
}

#[test]
fn a_policy_may_tighten_first() {
    let mut contract = tightening();
    let from = |contract: &Contract, certified| thousandths(auto_from(contract, Some(certified)));
    until_broken(&mut contract, audit(true, "ann")).unwrap();
    assert!(matches!(contract.standing(), Standing::Tightened { steps: 1, .. }));
    // From the stricter of policy and certificate.
    assert_eq!(from(&contract, 0.5), Some(920.0));
    assert_eq!(from(&contract, 0.95), Some(970.0));
    assert_eq!(auto_from(&contract, Some(0.99)), None);
    assert_eq!(auto_from(&contract, None), None);
    // The evidence starts anew.
    assert!(until_broken(&mut contract, audit(true, "ann")).unwrap() > 5);
    assert_eq!(from(&contract, 0.5), Some(940.0));
    until_broken(&mut contract, audit(true, "ann")).unwrap();
    assert!(matches!(contract.standing(), Standing::Demoted(_)));
    assert_eq!(auto_from(&contract, Some(0.5)), None);
}

#[test]
fn only_a_person_with_a_fresh_certificate_brings_it_back() {
    let mut contract = contract();
    until_broken(&mut contract, audit(true, "ann")).unwrap();
    let renewal = |certificate, by| Renewal { certificate, by, satisfied: None };
    let broken = contract.clone();
    assert_eq!(contract.renew(renewal("first", "ann")), Err(NotFresh::Broken("first".to_owned())));
    assert_eq!(contract.renew(renewal("second", " ")), Err(NotFresh::Nobody));
    let odd = Renewal { satisfied: Some(f64::NAN), ..renewal("second", "ann") };
    assert!(matches!(contract.renew(odd), Err(NotFresh::Unwatchable(_))));
    assert_eq!(contract, broken, "what is refused changes nothing");

    contract.renew(renewal("second", "ann")).unwrap();
    assert_eq!((contract.standing(), contract.certificate()), (&Standing::Kept, "second"));
    assert_eq!(auto_from(&contract, Some(0.5)), Some(Probability::saturating(0.5)));
    until_broken(&mut contract, audit(true, "ann")).unwrap();
    // One that failed earlier is not fresh either.
    for certificate in ["first", "second"] {
        assert!(matches!(contract.renew(renewal(certificate, "ann")), Err(NotFresh::Broken(_))));
    }
}

#[test]
fn terms_that_cannot_be_watched_are_refused() {
    for terms in [
        Terms { precision: 1.0, ..TERMS },
        Terms { precision: 0.0, ..TERMS },
        Terms { patience: 1.0, ..TERMS },
        Terms { satisfied: Some(f64::NAN), ..TERMS },
    ] {
        assert!(Contract::new(terms, "first").is_err(), "{terms:?}");
    }
    for satisfied in [0.0, 0.5, 1.0] {
        assert!(Contract::new(Terms { satisfied: Some(satisfied), ..TERMS }, "first").is_ok());
    }
}

#[test]
fn decisions_that_were_audited_more_probably_count_for_less() {
    let needed = |observed| {
        let evidence = Evidence::Audit { wrong: true, observed, by: "ann" };
        until_broken(&mut contract(), evidence).unwrap()
    };
    assert!(needed(0.3) > needed(0.03));
    assert_eq!(needed(0.01), needed(0.03));
}

#[test]
fn no_single_person_decides() {
    let mut voices = Voices::default();
    let mut weight = 1.0;
    for _ in 0..50 {
        weight = voices.hear("ann");
    }
    assert!(weight >= 1.0, "the first fifty count whole");
    for _ in 0..400 {
        weight = voices.hear("ann");
    }
    assert!((weight - 0.25).abs() < 1e-9, "alone: fifty of two hundred, {weight}");
    assert!(voices.hear("ben") >= 1.0);
    for _ in 0..100 {
        voices.hear("ben");
        weight = voices.hear("ann");
    }
    assert!(weight >= 1.0, "two who say as much count whole");
}

/// Of thirty intents one has a reviewer who turns a tenth of its labels around, either way.
#[test]
fn a_hostile_reviewer_never_widens_a_band() {
    for (seed, hides) in [(1, true), (2, false)] {
        let mut random = Random::new(seed);
        let (mut honest, mut flipped) = (contract(), contract());
        for _ in 0..5_000 {
            let wrong = random.uniform() < 0.03;
            let turned = random.below(30) == 0 && random.uniform() < 0.1 && wrong == hides;
            let by = ["ann", "ben", "cem"][random.below(3)];
            honest.observe(audit(wrong, by), now());
            let by = if turned { "mallory" } else { by };
            flipped.observe(audit(wrong != turned, by), now());
            for certified in [None, Some(0.5), Some(0.93)] {
                let allowed = certified.map(Probability::saturating);
                assert!(!wider(auto_from(&flipped, certified), allowed));
            }
        }
        assert_eq!(honest.standing(), &Standing::Kept);
        assert_eq!(
            flipped.standing(),
            &Standing::Kept,
            "nor does it close a band that is in order"
        );
    }
}

/// True if more is automatic from `a` on than from `b` on.
fn wider(a: Option<Probability>, b: Option<Probability>) -> bool {
    match (a, b) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(a), Some(b)) => a < b,
    }
}

#[derive(Debug, Clone)]
enum Event {
    Audit(bool, f64, u8),
    Settled(Option<u8>),
    Rating(bool),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (any::<bool>(), 0.001f64..=1.0, 0u8..4).prop_map(|(w, pi, by)| Event::Audit(w, pi, by)),
        proptest::option::of(0u8..4).prop_map(Event::Settled),
        any::<bool>().prop_map(Event::Rating),
    ]
}

fn observe(contract: &mut Contract, event: &Event) {
    let names = ["ann", "ben", "cem", "mallory"];
    let evidence = match *event {
        Event::Audit(wrong, observed, by) => {
            Evidence::Audit { wrong, observed, by: names[usize::from(by)] }
        }
        Event::Settled(by) => {
            Evidence::Settled { overridden_by: by.map(|by| names[usize::from(by)]) }
        }
        Event::Rating(satisfied) => Evidence::Rating { satisfied },
    };
    contract.observe(evidence, now());
}

proptest! {
    #[test]
    fn whatever_data_says_a_band_only_gets_narrower(
        events in proptest::collection::vec(event(), 0..300),
        tightens in any::<bool>(),
        certified in proptest::option::of(0.0f32..=1.0),
    ) {
        let mut contract = if tightens { tightening() } else { contract() };
        let policy = Probability::saturating(0.9);
        let auto_from = certified.map(Probability::saturating);
        // What is automatic before anything is known: the stricter of policy and certificate.
        let mut last = auto_from.map(|from| if policy > from { policy } else { from });
        for event in &events {
            observe(&mut contract, event);
            let certificate = Certificate { auto_from, ..Certificate::default() };
            let narrowed = contract.narrowed(&certificate, policy).auto_from;
            prop_assert!(!wider(narrowed, auto_from));
            let effective = narrowed.map(|from| if policy > from { policy } else { from });
            prop_assert!(!wider(effective, last));
            last = effective;
        }
    }

    #[test]
    fn a_contract_goes_on_where_it_stopped(
        events in proptest::collection::vec(event(), 0..200),
        cut in 0usize..200,
    ) {
        let (mut whole, mut parts) = (tightening(), tightening());
        for (at, event) in events.iter().enumerate() {
            if at == cut {
                let kept = serde_json::to_string(&parts).unwrap();
                parts = serde_json::from_str(&kept).unwrap();
            }
            observe(&mut whole, event);
            observe(&mut parts, event);
        }
        prop_assert_eq!(whole, parts);
    }
}
