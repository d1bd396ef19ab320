//! What analysts read, put together from the store.

use jiff::SignedDuration;

use super::Promised;
use crate::{
    domain::{Certificate, Timestamp},
    monitor::{Contract, Standing},
    policy::Policy,
    reports::{Between, Calibration, Dimension, Handoffs, Overview, Scorecard, Sums},
    store::{Error, Ledger},
};

/// Which window, and by what it is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The window.
    pub between: Between,
    /// By what its decisions are divided.
    pub by: Option<Dimension>,
    /// The present.
    pub now: Timestamp,
}

/// Why a window is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoWindow {
    /// Nothing lies between the two.
    #[error("it is not before the end of the window, {0}: give an earlier time")]
    Empty(Timestamp),
    /// Nothing has happened there yet.
    #[error("it is {0} now: give an earlier time")]
    Future(Timestamp),
}

/// A window that nobody has named.
const USUAL: SignedDuration = SignedDuration::from_hours(28 * 24);
/// What a forecast learns from.
const SEASONS: SignedDuration = SignedDuration::from_hours(56 * 24);
/// Examples of an intent that tier 1 could learn from.
const EXAMPLES: u32 = 3;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// A handoff should be picked up within this.
const PICK_UP: SignedDuration = SignedDuration::from_mins(30);
/// Handoffs that are listed.
const LISTED: u32 = 100;

impl Asked {
    /// The window from one time to another: the last 28 days if neither is given, and never beyond
    /// the present.
    ///
    /// # Errors
    /// It begins in the future, or ends before it begins.
    pub fn new(
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        by: Option<Dimension>,
        now: Timestamp,
    ) -> Result<Self, NoWindow> {
        // The present hour belongs to it even in its first millisecond.
        let present = now.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        let to = to.unwrap_or(present).min(present);
        let from = from.unwrap_or_else(|| to.checked_sub(USUAL).unwrap_or(Timestamp::MIN));
        if from > now {
            return Err(NoWindow::Future(now));
        }
        if from >= to {
            return Err(NoWindow::Empty(to));
        }
        Ok(Self { between: Between { from, to }, by, now })
    }

    async fn sums(self, ledger: &Ledger) -> Result<Sums, Error> {
        let Self { between, by, .. } = self;
        let total = ledger.sums(Dimension::All, between).await?;
        let total = total.first().map(|(_, counts)| *counts).unwrap_or_default();
        let divided = match by {
            Some(by) => Some((by, ledger.sums(by, between).await?)),
            None => None,
        };
        Ok(Sums { between, total, divided })
    }
}

/// How long a handoff may wait: the policy's time, half an hour where it has none.
pub fn patience(policy: &Policy) -> SignedDuration {
    let seconds = policy.acknowledgement().map(|rule| rule.minutes * 60.0);
    seconds.and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok()).unwrap_or(PICK_UP)
}

/// Whether the service keeps its promise, and what it has to do.
///
/// # Errors
/// The store cannot be read.
pub async fn overview(ledger: &Ledger, asked: Asked) -> Result<Overview, Error> {
    let bands = ledger.sums(Dimension::Band, asked.between).await?;
    let to = asked.between.to;
    let from = to.checked_sub(SEASONS).unwrap_or(asked.between.from);
    let counted = ledger.volume(Between { from, to }).await?;
    // Before the first decision nothing was counted, which is not the same as none.
    let first = counted.first().map_or(to, |(at, _)| *at);
    let hours = every_hour(&counted, Between { from: first, to });
    Ok(Overview::of(asked.sums(ledger).await?, &bands, &hours))
}

/// What becomes of handoffs. Those that may still be picked up in time are left out of the figures.
///
/// - `patience`: after that long a handoff that nobody has picked up is listed.
///
/// # Errors
/// The store cannot be read.
pub async fn handoffs(
    ledger: &Ledger,
    asked: Asked,
    patience: SignedDuration,
) -> Result<Handoffs, Error> {
    let due = hour(asked.now.checked_sub(PICK_UP).unwrap_or(asked.now));
    let Between { from, to } = asked.between;
    let settled = Asked { between: Between { from, to: to.min(due) }, ..asked };
    let before = asked.now.checked_sub(patience).unwrap_or(asked.now);
    let waiting = ledger.waiting(before, LISTED).await?;
    let sums = settled.sums(ledger).await?;
    Ok(Handoffs::of(sums, patience.as_secs_f64() / 60.0, waiting))
}

/// Whether confidences mean what they say.
///
/// - `certificate`: the one in force, where it is known.
///
/// # Errors
/// The store cannot be read.
pub async fn calibration(
    ledger: &Ledger,
    asked: Asked,
    certificate: Option<&Certificate>,
) -> Result<Calibration, Error> {
    let confidences = ledger.sums(Dimension::Confidence, asked.between).await?;
    let intents = ledger.sums(Dimension::AutoIntent, asked.between).await?;
    let audits = ledger.audits(asked.between).await?;
    let sums = asked.sums(ledger).await?;
    Ok(Calibration::of(sums, &confidences, (&intents, certificate), audits))
}

/// How support does, and what its lower tiers could learn.
///
/// # Errors
/// The store cannot be read.
pub async fn scorecard(ledger: &Ledger, asked: Asked) -> Result<Scorecard, Error> {
    let intents = ledger.sums(Dimension::Intent, asked.between).await?;
    let mut scorecard = Scorecard::of(asked.sums(ledger).await?, &intents, &ledger.cases().await?);
    for recurring in &mut scorecard.return_path {
        let examples = ledger.solved_by_experts(&recurring.intent, asked.between, EXAMPLES);
        recurring.examples = examples.await?;
    }
    Ok(scorecard)
}

/// Whether the promise about automatic decisions holds, as the store last said; whether the model
/// at hand has that certificate is not asked.
///
/// # Errors
/// The store cannot be read.
pub async fn promised(ledger: &Ledger) -> Result<Promised, Error> {
    let contract = ledger.contract().await?;
    Ok(match contract.as_ref().map(Contract::standing) {
        None => Promised::Nothing,
        Some(Standing::Kept) => Promised::Kept,
        Some(Standing::Tightened { breach, .. } | Standing::Demoted(breach)) => {
            Promised::Broken(Box::new(breach.clone()))
        }
    })
}

/// The hour of a moment.
fn hour(at: Timestamp) -> Timestamp {
    let ms = at.as_millisecond();
    let begin = ms - ms.rem_euclid(HOUR.as_millis().try_into().unwrap_or(1));
    Timestamp::from_millisecond(begin).unwrap_or(at)
}

/// Every hour of a window with its count, 0 where nothing was counted.
fn every_hour(counted: &[(Timestamp, u64)], between: Between) -> Vec<(Timestamp, u64)> {
    let mut all = Vec::new();
    let mut counted = counted.iter().peekable();
    let mut at = hour(between.from);
    while at < between.to {
        let count = counted.next_if(|(begin, _)| *begin == at).map_or(0, |(_, count)| *count);
        all.push((at, count));
        let Ok(next) = at.checked_add(HOUR) else { break };
        at = next;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_ends_at_the_present_and_never_begins_after_it() {
        let now = at("2026-11-20T10:30:00Z");
        let usual = Asked::new((None, None), None, now).unwrap().between;
        assert_eq!(usual.to.duration_since(now).as_millis(), 1);
        assert_eq!(usual.to.duration_since(usual.from), USUAL);
        let late = at("2026-12-01T00:00:00Z");
        let cut = Asked::new((Some(at("2026-11-01T00:00:00Z")), Some(late)), None, now).unwrap();
        assert_eq!(cut.between.to, usual.to);
        assert_eq!(Asked::new((Some(late), None), None, now), Err(NoWindow::Future(now)));
        let early = at("2026-11-01T00:00:00Z");
        assert_eq!(Asked::new((Some(early), Some(early)), None, now), Err(NoWindow::Empty(early)));
    }

    #[test]
    fn hours_without_decisions_are_there() {
        let between = Between { from: at("2026-11-20T08:40:00Z"), to: at("2026-11-20T11:00:00Z") };
        let hours = every_hour(&[(at("2026-11-20T09:00:00Z"), 7)], between);
        let counts: Vec<_> = hours.iter().map(|(_, count)| *count).collect();
        assert_eq!((hours[0].0, counts), (at("2026-11-20T08:00:00Z"), vec![0, 7, 0]));
    }
}
