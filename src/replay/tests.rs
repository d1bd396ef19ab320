//! The comparison, on decisions made by hand.

use proptest::prelude::*;

use super::{case::Verdict, *};
use crate::domain::{
    Action, Band, ConversationId, Decision, Mode, Priority, Probability, Reason, ReasonCode,
    RoleId, Severity, Strikes, Tier, Timestamp,
};

fn tier(number: u8) -> Tier {
    Tier::try_from(number).unwrap()
}

fn decision(band: Band, number: u8, role: &str, confidence: f32) -> Decision {
    let action = match band {
        Band::Human => Action::HandOff,
        Band::Suggest => Action::Suggest,
        Band::Auto => Action::Route,
    };
    Decision {
        mode: Mode::Live,
        band,
        action,
        tier: tier(number),
        role: role.into(),
        queue: role.to_uppercase(),
        notify: Vec::new(),
        confidence: Probability::saturating(confidence),
        candidates: Vec::new(),
        severity: Severity::Normal,
        priority: Priority::Normal,
        strikes: Strikes { count: 0, limit: 3, tripped: false },
        escalation: None,
        reasons: vec![Reason::new(ReasonCode::BandAuto, "sure")],
        customer_message: None,
        degraded: Vec::new(),
    }
}

fn place(number: u8, role: &str) -> Vec<Place> {
    vec![Place { tier: Some(tier(number)), role: Some(role.into()) }]
}

/// A case that stands alone and has one right place.
fn case(before: Decision, after: Decision, right: &[Place]) -> Replayed {
    Replayed {
        name: "d".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        episode: None,
        weight: Weight::Taken,
        before,
        after,
        right_before: right.to_vec(),
        right_after: right.to_vec(),
    }
}

fn report(cases: Vec<Replayed>) -> Report {
    let mut tally = Tally::listing(2);
    for case in cases {
        tally.add(case);
    }
    tally.report(About::default(), Costs::default())
}

fn value(report: &Report, name: &str) -> Option<f64> {
    let figures = figures(report);
    figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("{name}")).value
}

#[test]
fn a_change_is_counted_by_what_differs_and_reasons_alone_are_none() {
    let one = decision(Band::Auto, 1, "frontline", 0.95);
    let mut worded = one.clone();
    worded.reasons = vec![Reason::new(ReasonCode::BandSuggest, "other words")];
    let lower = decision(Band::Suggest, 1, "frontline", 0.95);
    let other = decision(Band::Auto, 2, "specialist", 0.95);
    let cases = [one.clone(), worded, lower, other.clone(), other];
    let report = report(cases.map(|after| case(one.clone(), after, &[])).to_vec());
    assert_eq!((report.decisions, report.changes.decisions, report.changes.rerouted), (5, 3, 2));
    assert_eq!(
        report.changes.by_aspect,
        [
            (Aspect::Tier, 2),
            (Aspect::Role, 2),
            (Aspect::Band, 1),
            (Aspect::Action, 1),
            (Aspect::Queue, 2)
        ]
    );
    assert_eq!((report.changes.listed.len(), report.changes.unlisted), (2, 1));
    assert_eq!(report.changes.listed[0].differing, [Aspect::Band, Aspect::Action]);
    let moved: Vec<_> = report.moves.iter().map(|one| (one.from, one.to, one.decisions)).collect();
    assert_eq!(moved, [(Band::Auto, Band::Auto, 4), (Band::Auto, Band::Suggest, 1)]);
}

#[test]
fn one_decision_of_an_episode_is_of_record_the_reviewed_the_acted_on_or_the_last() {
    use Weight::{ActedOn, Reviewed, Taken};

    let id = ConversationId::try_from("c-1".to_owned()).unwrap();
    let taken = |number: u8, weight, episode| {
        let one = decision(Band::Suggest, number, "r", 0.8);
        Replayed { weight, episode: Some((id.clone(), episode)), ..case(one.clone(), one, &[]) }
    };
    for (turns, of_record) in [
        (vec![(0, Taken), (1, Taken), (2, Taken)], 2),
        (vec![(0, Taken), (1, ActedOn), (2, Taken)], 1),
        (vec![(0, ActedOn), (1, ActedOn), (2, Taken)], 1),
        (vec![(0, Reviewed), (1, ActedOn), (2, Taken)], 0),
    ] {
        let cases = turns.iter().map(|&(number, weight)| taken(number, weight, 1));
        let report = report(cases.collect());
        assert_eq!((report.decisions, report.of_record), (3, 1));
        let at = report.before.tiers.iter().position(|load| load.decisions == 1);
        assert_eq!(at, Some(of_record), "{turns:?}");
    }
    let both = report(vec![taken(1, Taken, 1), taken(1, Taken, 2)]);
    assert_eq!(both.of_record, 2, "a release begins another episode");
}

#[test]
fn precision_and_cost_are_those_of_the_labels() {
    let sure = |number, role| decision(Band::Auto, number, role, 0.95);
    let right = place(2, "specialist");
    let cases = vec![
        // Two tiers too low, then right.
        case(sure(0, "knowledge"), sure(2, "specialist"), &right),
        // One tier too high, then only a wrong suggestion.
        case(sure(3, "engineering"), decision(Band::Suggest, 1, "frontline", 0.8), &right),
        // The wrong role, then to a person.
        case(sure(2, "integration"), decision(Band::Human, 2, "integration", 0.3), &right),
        // Nobody has said.
        case(sure(1, "frontline"), sure(1, "frontline"), &[]),
    ];
    let report = report(cases);
    assert_eq!(report.labelled, 3);
    assert_eq!(value(&report, "auto_precision_before"), Some(0.0));
    assert_eq!(value(&report, "auto_precision"), Some(1.0));
    assert_eq!(value(&report, "auto_precision_change"), Some(1.0));
    assert_eq!(value(&report, "precision"), Some(1.0 / 3.0));
    assert_eq!(value(&report, "auto_share"), Some(0.5));
    let costs = Costs::default();
    let sent = 2.0 * costs.too_low + costs.too_high + costs.wrong_role;
    assert_eq!(value(&report, "misroute_minutes_before"), Some(sent));
    assert_eq!(value(&report, "misroute_minutes"), Some(costs.correction));
    assert_eq!(value(&report, "handling_minutes_before"), Some(0.0));
    let looked_at = costs.confirmation + costs.triage;
    assert_eq!(value(&report, "handling_minutes"), Some(looked_at));
    assert_eq!(value(&report, "misroutes"), Some(2.0));
}

#[test]
fn in_shadow_a_wrong_decision_is_corrected_and_going_live_costs_more() {
    let mut shadowed = decision(Band::Auto, 0, "knowledge", 0.95);
    (shadowed.mode, shadowed.action) = (Mode::Shadow, Action::Suggest);
    let report = report(vec![case(shadowed.clone(), shadowed, &place(1, "frontline"))]);
    let costs = Costs::default();
    assert_eq!(value(&report, "misroute_minutes"), Some(costs.correction));
    assert_eq!(value(&report, "live_misroute_minutes"), Some(costs.too_low));
    assert_eq!(value(&report, "automatic_share"), Some(0.0));
}

#[test]
fn a_place_is_as_wide_as_what_was_said() {
    let decided = decision(Band::Auto, 2, "specialist", 0.9);
    let any = |number: Option<u8>, role: Option<&str>| Place {
        tier: number.map(tier),
        role: role.map(RoleId::from),
    };
    for (right, verdict) in [
        (vec![], Verdict::Unknown),
        (vec![any(Some(2), None)], Verdict::Right),
        (vec![any(None, Some("specialist"))], Verdict::Right),
        (vec![any(None, Some("integration"))], Verdict::Wrong(0)),
        (vec![any(Some(4), None)], Verdict::Wrong(-2)),
        (vec![any(Some(1), None), any(Some(2), Some("specialist"))], Verdict::Right),
    ] {
        assert_eq!(Verdict::of(&decided, &right), verdict, "{right:?}");
    }
}

#[test]
fn staffing_is_compared_with_healthy_shares() {
    let load = |number, share| Load { to: tier(number), decisions: 1, share: Some(share) };
    for (number, share, healthy) in [
        (1, 0.6, Some(true)),
        (1, 0.71, Some(false)),
        (2, 0.2, Some(false)),
        (3, 0.0, Some(true)),
        (3, 0.11, Some(false)),
        (0, 0.5, None),
    ] {
        let found = staffing(&load(number, share)).map(|found| found.healthy);
        assert_eq!(found, healthy, "tier {number}, {share}");
    }
}

#[test]
fn a_condition_is_a_figure_a_comparison_and_a_number() {
    let wrong = decision(Band::Auto, 1, "frontline", 0.95);
    let report = report(vec![case(wrong.clone(), wrong, &place(2, "specialist"))]);
    let figures = figures(&report);
    let check = |text: &str| text.parse::<Condition>().unwrap().check(&figures);
    assert_eq!(check("auto_precision < 0.95"), Outcome::Holds(0.0));
    assert_eq!(check("auto_precision<=0"), Outcome::Holds(0.0));
    assert_eq!(check("auto_precision > 0"), Outcome::Clear);
    assert_eq!(check(" misroutes >= 1 "), Outcome::Holds(1.0));
    assert_eq!(check("suggest_precision < 0.5"), Outcome::Unknown, "nobody has said");
    for text in ["auto_precision", "auto_precision < much", "auto_precision < NaN", "< 0.5", ""] {
        assert!(text.parse::<Condition>().is_err(), "{text}");
    }
    let unknown = "luck < 1".parse::<Condition>().unwrap_err();
    assert!(unknown.contains("\"luck\"") && unknown.contains("auto_precision_low"), "{unknown}");
    let text = "tier_1_share_change > 0.1";
    assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
}

#[test]
fn every_figure_has_one_name() {
    let report = report(Vec::new());
    let figured: Vec<_> = figures(&report).into_iter().map(|figure| figure.name).collect();
    assert_eq!(figured, names());
    let unique: std::collections::BTreeSet<_> = figured.iter().collect();
    assert_eq!(unique.len(), figured.len());
    assert_eq!(value(&report, "auto_share"), None);
    assert_eq!(value(&report, "decisions"), Some(0.0));
}

#[test]
fn costs_are_set_by_name_and_checked() {
    let mut costs = Costs::default();
    assert_eq!(costs.set("too_low", 30.0), Ok(()));
    assert_eq!(costs.all()[0], ("too_low", 30.0));
    for name in costs.all().map(|(name, _)| name) {
        assert_eq!(costs.set(name, 0.0), Ok(()));
    }
    assert!(costs.all().iter().all(|(_, minutes)| *minutes == 0.0), "each name is its own");
    assert!(costs.set("too_low", -1.0).is_err() && costs.set("too_low", f64::NAN).is_err());
    assert!(costs.set("luck", 1.0).unwrap_err().contains("wrong_role"));
}

#[test]
fn markdown_has_every_section_and_escapes_what_others_wrote() {
    let before = decision(Band::Auto, 1, "a|b", 0.95);
    let after = decision(Band::Human, 1, "a|b", 0.25);
    let text = report(vec![case(before, after, &place(1, "a|b"))]).markdown();
    for part in [
        "## Changed decisions",
        "## Bands",
        "## Precision by coverage",
        "## Load",
        "## Cost",
        "By what differs: band 1, action 1, confidence 1.",
        "From band to band: auto to human: 1.",
        "60 to 70 %: outside",
        "a\\|b",
        "confidence 0.250",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let nothing = report(Vec::new()).markdown();
    assert!(nothing.contains("None: every decision") && nothing.contains("nothing can be said"));
}

fn any_decision() -> impl Strategy<Value = Decision> {
    let band = prop::sample::select(Band::ALL);
    let role = prop::sample::select(vec!["a", "b", "c"]);
    (band, 0u8..=4, role, 0.0f32..=1.0)
        .prop_map(|(band, number, role, confidence)| decision(band, number, role, confidence))
}

fn any_case() -> impl Strategy<Value = Replayed> {
    let labels = prop::option::of((0u8..=4, prop::sample::select(vec!["a", "b", "c"])));
    let episode = prop::option::of((0u8..4, 1u32..3));
    let weight = prop::sample::select(vec![Weight::Taken, Weight::ActedOn, Weight::Reviewed]);
    (any_decision(), any_decision(), labels, episode, weight).prop_map(
        |(before, after, label, episode, weight)| {
            let right = label.map_or_else(Vec::new, |(number, role)| place(number, role));
            let named = |name: u8| ConversationId::try_from(format!("c-{name}")).unwrap();
            let episode = episode.map(|(name, episode)| (named(name), episode));
            Replayed { episode, weight, ..case(before, after, &right) }
        },
    )
}

proptest! {
    #[test]
    fn what_is_counted_adds_up_and_the_same_cases_give_the_same_bytes(
        cases in prop::collection::vec(any_case(), 0..60)
    ) {
        let report = report(cases.clone());
        for side in [&report.before, &report.after] {
            let sum = |counts: Vec<usize>| counts.into_iter().sum::<usize>();
            let bands = sum(side.bands.iter().map(|figures| figures.decisions).collect());
            let tiers = sum(side.tiers.iter().map(|load| load.decisions).collect());
            let roles = sum(side.roles.iter().map(|load| load.decisions).collect());
            let judged = sum(side.bands.iter().map(|figures| figures.right.of).collect());
            prop_assert_eq!((bands, tiers, roles), (report.of_record, report.of_record, roles));
            prop_assert_eq!(roles, report.of_record);
            prop_assert_eq!((judged, side.right.of), (report.labelled, report.labelled));
            prop_assert_eq!(side.bill.misroutes, side.right.of - side.right.right);
        }
        let moved: usize = report.moves.iter().map(|one| one.decisions).sum();
        prop_assert_eq!(moved, report.of_record);
        prop_assert_eq!(report.changes.listed.len() + report.changes.unlisted,
            report.changes.decisions);
        prop_assert_eq!(super::tests::report(cases).markdown(), report.markdown());
    }

    #[test]
    fn a_decision_compared_with_itself_has_not_changed(one in any_decision()) {
        prop_assert_eq!(aspects(&one, &one.clone()), Vec::new());
    }
}
