//! The people of the desk: what they say of a decision, how long they take, what becomes of a
//! conversation.

use jiff::SignedDuration;

use super::{calendar::Calendar, chance::Chance};
use crate::domain::{
    Band, Completed, Decision, Intent, LabelSource, Resolution, Review, RoleId, Severity, Tier,
    Timestamp, Verdict,
};

/// Where a conversation belongs, as the people of the desk know.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Truth {
    pub(super) tier: Tier,
    pub(super) role: RoleId,
    /// What it is about; `None` where only the queue is another one.
    pub(super) intent: Option<Intent>,
    /// The decision says the same.
    pub(super) is_right: bool,
    /// The queue has been moved, and everybody corrects it.
    pub(super) is_moved: bool,
}

/// How far the people of the desk have come with a conversation.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// A person has it.
    pub(super) handed_over: bool,
    pub(super) picked_up: Option<Timestamp>,
    pub(super) is_confirmed: bool,
}

/// Who works behind a role, by the beginning of its name; the last line is for all others.
const GROUPS: &[(&str, &[&str])] = &[
    ("billing", &["emil", "farah", "noor"]),
    ("retention", &["farah", "noor"]),
    ("senior", &["grace", "hugo", "ines"]),
    ("integration", &["hugo", "ines"]),
    ("engineering", &["milan", "olga"]),
    ("on_call", &["milan", "olga"]),
    ("security", &["olga"]),
    ("team_lead", &["jonas"]),
    ("legal", &["jonas"]),
    ("", &["ana", "ben", "chloe", "deniz", "yusuf"]),
];
/// Who audits: they see no suggestion, and so review nothing.
pub(super) const AUDITORS: &[&str] = &["kira", "leo"];
/// Why the queue was moved, in the words of those who correct it.
const MOVED_NOTES: &[&str] = &[
    "Invoice questions are with billing now.",
    "Goes to the billing desk since the price change.",
    "Frontline cannot see the new invoices, billing can.",
];
/// Of handoffs so short before the end, some still wait.
const RECENT: SignedDuration = SignedDuration::from_hours(30);
const NEEDS: &[&str] = &[
    "Please check the account on your side and answer the customer today.",
    "Please confirm the cause and say what the customer can do until it is mended.",
    "Please decide on this one and tell the customer.",
    "Please look at the logs of the time named, we have no access.",
];
const CONTEXTS: &[&str] = &[
    "Patient so far, needs an answer before the end of the day.",
    "Annoyed: explained it twice already.",
    "Friendly, several colleagues wait for it.",
    "Second contact about the same thing this month.",
];

/// Somebody who works behind a role.
pub(super) fn agent(role: &RoleId, chance: &mut Chance) -> String {
    let group = GROUPS.iter().find(|(begin, _)| role.as_str().starts_with(begin));
    group.map_or("", |(_, people)| chance.one(people)).to_owned()
}

/// What an agent says of a decision that they see, and when; `None` if nobody says anything.
pub(super) fn review(
    decision: &Decision,
    truth: &Truth,
    at: Timestamp,
    chance: &mut Chance,
) -> Option<Review> {
    let (share, minutes) = match (decision.band, truth.is_right) {
        _ if truth.is_moved => (0.92, (10.0, 240.0)),
        (Band::Auto, true) => (0.06, (30.0, 600.0)),
        (Band::Auto, false) => (0.75, (10.0, 400.0)),
        (Band::Suggest, _) => (0.85, (2.0, 40.0)),
        (Band::Human, _) => (0.65, (4.0, 90.0)),
    };
    if !chance.happens(share) {
        return None;
    }
    let at = Calendar::at_work(at).checked_add(chance.minutes(minutes)).ok()?;
    let by = agent(&truth.role, chance);
    let is_right = truth.is_right;
    let note = truth.is_moved.then(|| chance.one(MOVED_NOTES).to_owned());
    Some(Review {
        verdict: if is_right { Verdict::Accepted } else { Verdict::Overridden },
        tier: (!is_right).then_some(truth.tier),
        role: (!is_right).then(|| truth.role.clone()),
        intent: truth.intent.clone().filter(|_| !is_right),
        note: note.filter(|_| chance.happens(0.4)),
        by,
        at,
        source: LabelSource::Agent,
        shown: true,
        observed: None,
    })
}

/// When somebody picks a handoff up; `None` if nobody does.
///
/// - `left`: until the end of the story.
pub(super) fn pick_up(
    decision: &Decision,
    at: Timestamp,
    left: SignedDuration,
    chance: &mut Chance,
) -> Option<Timestamp> {
    if !chance.happens(if left < RECENT { 0.7 } else { 0.99 }) {
        return None;
    }
    // Somebody is on call for what is urgent.
    let (open, minutes) = if decision.severity >= Severity::High {
        (at, (2.0, 55.0))
    } else {
        (Calendar::at_work(at), (5.0, 150.0))
    };
    open.checked_add(chance.minutes(minutes)).ok()
}

/// What the receiver makes of a packet.
pub(super) fn completed(chance: &mut Chance) -> Completed {
    Completed {
        whats_needed: Some(chance.one(NEEDS).to_owned()),
        customer_context: chance.happens(0.8).then(|| chance.one(CONTEXTS).to_owned()),
        ..Completed::default()
    }
}

/// How long a case of a tier takes.
pub(super) fn work(tier: Tier, chance: &mut Chance) -> SignedDuration {
    chance.minutes(match tier.get() {
        0 => (4.0, 40.0),
        1 => (20.0, 500.0),
        2 => (90.0, 3_000.0),
        3 => (400.0, 7_000.0),
        _ => (60.0, 1_400.0),
    })
}

/// What became of a conversation that ends now.
pub(super) fn resolution(
    truth: &Truth,
    progress: &Progress,
    at: Timestamp,
    chance: &mut Chance,
) -> Resolution {
    let tier = truth.tier.get();
    let higher = u8::from(chance.happens(if tier == 0 { 0.18 } else { 0.07 }));
    let resolved = Tier::try_from((tier + higher).min(Tier::HIGHEST)).unwrap_or(truth.tier);
    let moves = u32::from(!truth.is_right) + u32::from(chance.happens(0.08)) + u32::from(higher);
    let bounces = if truth.is_right { 0.05 } else { 0.24 };
    let asks = if progress.is_confirmed { 0.05 } else { 0.14 };
    let satisfied = if truth.is_right { 0.9 } else { 0.62 };
    let csat = chance.happens(0.36).then(|| {
        let stars = [0.1, 0.15, 0.3].into_iter();
        if chance.happens(satisfied) {
            if chance.happens(0.6) { 5 } else { 4 }
        } else {
            u8::try_from(1 + chance.weighted(stars)).unwrap_or(3)
        }
    });
    let by_person = resolved != Tier::SELF_SERVICE;
    Resolution {
        resolved_tier: Some(resolved),
        resolved_at: Some(at),
        reopened_at: None,
        csat,
        reassignments: Some(moves),
        bounced_back: by_person.then(|| chance.happens(bounces)),
        repeat_explanation: by_person.then(|| chance.happens(asks * 0.8)),
        asked_again: progress.handed_over.then(|| chance.happens(asks)),
        picked_up_at: progress.picked_up.filter(|picked_up| *picked_up <= at),
        sla_breached: Some(chance.happens(if tier > 1 { 0.09 } else { 0.03 })),
    }
}
