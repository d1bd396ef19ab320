//! What is watched at a fixed pace: what is told, once, and what ends it.

use crate::{
    domain::{Intent, Timestamp},
    monitor::{
        Alarm, Basis, Comparison, Finding, Judged, Kind, Level, Outcome, Sighting, Span, Subject,
        Vigil,
    },
};

fn hour(hours: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 / 3_600 * 3_600 + hours * 3_600).unwrap()
}

/// A window of a day that has drifted in its share of new topics, or has not.
fn day(vigil: &mut Vigil, days: i64, moved: bool) -> Vec<Alarm> {
    let level = Level::Notify;
    let (kind, now, usual, p, causes) = (Kind::Novelty, 0.2, 0.05, 1e-6, Vec::new());
    let findings = vec![Finding { kind, level, now, usual, p, moved, causes }];
    let outcome = Outcome::Findings(findings);
    let comparison = Comparison { basis: Basis::Trailing, decisions: 500, outcome };
    let span = Span { from: hour(24 * days), to: hour(24 * (days + 1)) };
    vigil.compared(span.to, span, &[comparison])
}

/// Goes on as after a restart.
fn restarted(vigil: &Vigil) -> Vigil {
    serde_json::from_str(&serde_json::to_string(vigil).unwrap()).unwrap()
}

#[test]
fn what_was_raised_of_one_model_ends_with_another() {
    let mut vigil = Vigil::default();
    assert!(vigil.begin("1", hour(0), hour(0)).is_empty());
    assert!(day(&mut vigil, 0, true).is_empty());
    let mut vigil = restarted(&vigil);
    let raised = day(&mut vigil, 1, true);
    assert_eq!((raised.len(), raised[0].subject), (1, Subject::Novelty));
    assert!(raised[0].raised && vigil.has_drifted(Kind::Novelty));
    assert_eq!((raised[0].from, raised[0].to), (Some(hour(24)), hour(48)));
    assert_eq!(vigil.figure(Kind::Novelty), Some(0.2));
    assert!(vigil.begin("1", hour(49), hour(49)).is_empty(), "it is the same model");

    let over = vigil.begin("2", hour(50), hour(50));
    assert_eq!((over.len(), over[0].raised, over[0].level), (1, false, Level::Notify));
    assert!(!vigil.has_drifted(Kind::Novelty));
    assert_eq!(vigil.figure(Kind::Novelty), None);
    assert_eq!(vigil.unseen(hour(50)), None);
    assert_eq!(vigil.unseen(hour(52)), Some(Span { from: hour(50), to: hour(52) }));
}

#[test]
fn hours_that_make_no_window_yet_are_looked_at_once_and_belong_to_the_next() {
    let mut vigil = Vigil::default();
    vigil.begin("1", hour(0), hour(0));
    vigil.looked(hour(3));
    assert_eq!(vigil.unseen(hour(3)), None);
    assert_eq!(vigil.unseen(hour(4)), Some(Span { from: hour(0), to: hour(4) }));
    // A clock that was put back is no hour to look at.
    assert_eq!(vigil.unseen(hour(2)), None);
}

#[test]
fn one_intent_alarms_alone_and_its_share_is_named() {
    let mut vigil = Vigil::default();
    let mut told = Vec::new();
    for n in 0..3_000_u32 {
        let (name, overridden) = match n % 10 {
            0 => ("refund_request", n.is_multiple_of(20)),
            _ => ("how_to", n % 20 == 7),
        };
        let sighting = if overridden { Sighting::Bad } else { Sighting::Good };
        let judged = Judged { intent: Some(Intent::from(name)), sighting };
        told.extend(vigil.judged(hour(1), &judged));
        vigil = if n.is_multiple_of(500) { restarted(&vigil) } else { vigil };
    }
    let intents: Vec<_> =
        told.iter().map(|alarm| alarm.intent.as_ref().map(Intent::as_str)).collect();
    assert_eq!(intents, [Some("refund_request"); 2], "{told:?}");
    assert_eq!([told[0].level, told[1].level], [Level::Show, Level::Notify]);
    assert!((told[1].now - 0.5).abs() < 0.05, "{told:?}");
    assert!(told[1].says.contains("refund_request"), "{}", told[1].says);
    assert_eq!(vigil.overrides_raised(), 1);
}

#[test]
fn handoffs_are_told_when_the_first_is_overdue_and_when_none_was_for_two_looks() {
    let mut vigil = Vigil::default();
    let looks = [0, 1, 2, 0, 1, 0, 0, 0, 3];
    let told = looks.map(|handoffs| vigil.waiting(hour(1), hour(0), handoffs));
    let told = told.map(|alarm| alarm.map(|alarm| (alarm.raised, alarm.now, alarm.to)));
    let (begin, end) = (Some((true, 1.0, hour(0))), Some((false, 0.0, hour(0))));
    let again = Some((true, 3.0, hour(0)));
    assert_eq!(told, [None, begin, None, None, None, None, end, None, again]);
}
