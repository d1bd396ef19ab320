//! What a scan of everything says, told again in Rust.

use super::{Handed, Known, Sums};
use crate::{
    domain::{Action, Band, Channel, Record, Resolution, Review, Timestamp, Verdict},
    reports::Counts,
};

/// Counts the decisions of record of a conversation, said again in Rust.
pub(super) fn count(known: &Known, into: &mut Sums) {
    let last = known.episodes.keys().last();
    for (number, episode) in &known.episodes {
        let acted = |record: &&Record| {
            record.decision.action != Action::Suggest
                || episode.reviews.iter().any(|(id, _)| *id == record.id)
        };
        let record = episode.records.iter().find(acted).or(episode.records.last()).unwrap();
        let outcome =
            if Some(number) == last { known.outcome.clone() } else { Resolution::default() };
        let labels: Vec<_> =
            episode.reviews.iter().filter(|(id, _)| *id == record.id).map(|(_, r)| r).collect();
        let latest = labels.iter().max_by_key(|review| (review.at, std::cmp::Reverse(&review.by)));
        let counts = contribution(record, latest.copied(), episode.handed, &outcome);
        let intent = record.prediction.as_ref().map(|said| said.intents[0].label.to_string());
        let intent = intent.unwrap_or_default();
        let decision = &record.decision;
        let bin = (f64::from(decision.confidence.get()) * 20.0 + 1e-5).floor().min(19.0);
        let origin = &record.origin;
        let auto = (decision.band == Band::Auto).then(|| intent.clone());
        let keys = [
            ("all", Some(String::new())),
            ("intent", Some(intent)),
            ("tier", Some(decision.tier.to_string())),
            ("role", Some(decision.role.to_string())),
            ("band", Some(decision.band.as_str().to_owned())),
            ("channel", Some(origin.channel.map_or("", Channel::as_str).to_owned())),
            ("group", Some(origin.group.clone().unwrap_or_else(|| decision.queue.clone()))),
            ("product_area", Some(origin.product_area.clone().unwrap_or_default())),
            ("confidence", Some(format!("{bin:02}"))),
            ("auto_intent", auto),
        ];
        for (dimension, value) in keys {
            let Some(value) = value else { continue };
            into.entry((dimension, value)).or_default().add(&counts);
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one field after the other")]
fn contribution(
    record: &Record,
    label: Option<&Review>,
    handed: Option<Handed>,
    outcome: &Resolution,
) -> Counts {
    let decision = &record.decision;
    let yes = i64::from;
    let known = |flag: Option<bool>| (yes(flag.is_some()), yes(flag == Some(true)));
    let confidence = f64::from(decision.confidence.get());
    let picked_up = outcome.picked_up_at.map(Timestamp::as_millisecond);
    let taken_ms = handed.and_then(|handed| handed.taken_ms).or(picked_up);
    let is_handed = handed.is_some_and(|handed| taken_ms.is_some() || !handed.withdrawn);
    let handed = handed.filter(|_| is_handed);
    let delay_ms = handed.zip(taken_ms).map(|(handed, taken)| taken - handed.at_ms);
    let delay_ms = delay_ms.filter(|delay| *delay >= 0);
    let in_time = delay_ms.is_some_and(|delay| delay <= 30 * 60 * 1000);
    let urgent = handed.is_some_and(|handed| handed.urgent);
    let tier = i64::from(decision.tier.get());
    let solved = outcome.resolved_tier.map(|tier| i64::from(tier.get()));
    let staffed = solved.filter(|_| tier > 0);
    let moved = outcome.reassignments;
    let wrong = label.filter(|label| label.observed.is_some());
    let wrong = wrong.map(|label| label.tier.is_some_and(|tier| tier != decision.tier));
    let escalated = decision.escalation.is_some();
    let promised = outcome.sla_breached.filter(|_| is_handed || escalated);
    let reopened = outcome.resolved_at.zip(outcome.reopened_at).is_some_and(|(closed, again)| {
        let gap = again.as_millisecond() - closed.as_millisecond();
        (0..=48 * 3_600_000).contains(&gap)
    });
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    let millionths = (confidence * 1e6).round() as i64;
    let (satisfied, rated) = (outcome.csat.is_some_and(|csat| csat >= 4), outcome.csat.is_some());
    Counts {
        decisions: 1,
        auto: yes(decision.band == Band::Auto),
        suggest: yes(decision.band == Band::Suggest),
        human: yes(decision.band == Band::Human),
        confidence_sum: millionths,
        escalated: yes(escalated),
        reviewed: yes(label.is_some()),
        overridden: yes(label.is_some_and(|label| label.verdict == Verdict::Overridden)),
        labelled: yes(wrong.is_some()),
        label_weight: 1000 * yes(wrong.is_some()),
        label_right: 1000 * yes(wrong == Some(false)),
        label_square: 1000 * yes(wrong.is_some()),
        label_confidence: if wrong.is_some() { millionths } else { 0 },
        handed: yes(is_handed),
        lacking: yes(is_handed && !record.packet.missing_context.is_empty()),
        taken: yes(delay_ms.is_some()),
        taken_in_time: yes(in_time),
        urgent: yes(urgent),
        urgent_in_time: yes(urgent && in_time),
        delay_s: delay_ms.map_or(0, |delay| delay.min(86_400_000) / 1000),
        resolved: yes(solved.is_some()),
        deflected: yes(solved == Some(0)),
        first_tier: yes(solved == Some(tier)
            && moved.is_none_or(|moved| moved == 0)
            && outcome.bounced_back != Some(true)),
        staffed: yes(staffed.is_some()),
        passed_on: yes(staffed.is_some_and(|solved| solved > tier)),
        needless: yes(staffed.is_some_and(|solved| solved < tier)),
        expert: yes(solved == Some(2) || solved == Some(3)),
        assigned: yes(moved.is_some()),
        reassigned: yes(moved.is_some_and(|moved| moved > 0)),
        changes: moved.map_or(0, |moved| i64::from(moved.min(10))),
        bounce_known: known(outcome.bounced_back).0,
        bounced_back: known(outcome.bounced_back).1,
        retold_known: known(outcome.repeat_explanation).0,
        retold_again: known(outcome.repeat_explanation).1,
        asked_known: known(outcome.asked_again).0,
        asked_again: known(outcome.asked_again).1,
        closed: yes(outcome.resolved_at.is_some()),
        reopened: yes(reopened),
        rated: yes(rated),
        satisfied: yes(satisfied),
        handed_rated: yes(is_handed && rated),
        handed_satisfied: yes(is_handed && satisfied),
        sla_known: known(promised).0,
        sla_breached: known(promised).1,
    }
}
