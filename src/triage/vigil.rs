//! What is watched at a fixed pace, never while a caller waits: drift, overrides, the promise and
//! the handoffs. What begins or ends is kept, counted and told in the log.

use jiff::{SignedDuration, Unit};

use super::{Triage, drift, reports};
use crate::{
    domain::{Band, Timestamp},
    monitor::{Alarm, Kind, Span, Subject, Vigil},
    store::{self, Look, Unwatched, Wanted},
    telemetry::metrics::{self, AlarmEvent},
};

/// Records of an hour may come so late, from the spool or from another instance.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// Reviews that are counted in one look.
const REVIEWS: u32 = 500;

impl Triage {
    /// Looks once at everything that is watched; keeps and tells what began or ended, unless
    /// another instance has.
    ///
    /// # Errors
    /// The store does not work.
    pub async fn look(&self) -> Result<(), store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(()) };
        let store = recorder.store();
        let now = self.now();
        let (mut vigil, version) = store.vigil().await?;
        let before = vigil.clone();
        let mut alarms = self.look_at_windows(&mut vigil, now).await?;
        let reviews = store.unwatched(REVIEWS).await?;
        for Unwatched { judged, .. } in &reviews {
            alarms.extend(judged.iter().flat_map(|judged| vigil.judged(now, judged)));
        }
        alarms.extend(vigil.promised(now, store.contract().await?.as_ref()));
        if let Some(due) = self.handoffs_due() {
            alarms.extend(vigil.waiting(now, due, store.overdue(due).await?));
        }
        for alarm in alarms.iter_mut().filter(|alarm| alarm.raised) {
            alarm.decisions = store.behind(alarm).await?;
        }
        show(&vigil);
        self.show_bands(now).await?;
        if vigil == before && reviews.is_empty() {
            return Ok(());
        }
        let watched = reviews.into_iter().map(|review| (review.decision, review.reviewer));
        let (watched, told) = (watched.collect(), alarms.clone());
        if store.looked(Look { vigil, version, watched, alarms }).await? {
            told.iter().for_each(tell);
        }
        Ok(())
    }

    /// The latest alarms, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn alarms(
        &self,
        wanted: Wanted,
    ) -> Result<Vec<(store::Cursor, Alarm)>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(Vec::new()) };
        recorder.store().alarms(wanted).await
    }

    /// Shows what reviews of the last 28 days say of each band.
    async fn show_bands(&self, now: Timestamp) -> Result<(), store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(()) };
        let Ok(asked) = reports::Asked::new((None, None), None, now) else { return Ok(()) };
        let overview = reports::overview(&recorder.store().ledger(), asked).await?;
        for (band, group) in Band::ALL.iter().zip(&overview.bands) {
            let metric = |name| group.metrics.iter().find(|metric| metric.name == name);
            let precision = metric("precision").and_then(|metric| metric.interval);
            let overridden = metric("override_rate").and_then(|metric| metric.value);
            metrics::band_reviewed(*band, overridden, precision.map(|interval| interval.low));
        }
        Ok(())
    }

    /// Compares the hours since the last window once they make one: 500 decisions, or a day.
    async fn look_at_windows(
        &self,
        vigil: &mut Vigil,
        now: Timestamp,
    ) -> Result<Vec<Alarm>, store::Error> {
        let Some(recorder) = &self.recorder else { return Ok(Vec::new()) };
        let model = self.model().identity().version;
        let settled = now.checked_sub(LATE).unwrap_or(now);
        let end = settled.round(hour_before()).unwrap_or(settled);
        let mut alarms = vigil.begin(&model, now, end);
        let Some(Span { from, to }) = vigil.unseen(end) else { return Ok(alarms) };
        // After a long rest only the last day is a window.
        let from = from.max(to.checked_sub(drift::DAY).unwrap_or(from));
        let hours = recorder.store().hours(&model, from, to).await?;
        let decisions: u64 = hours.iter().map(|hour| hour.sums.judged().count).sum();
        if decisions < drift::WINDOW && to.duration_since(from) < drift::DAY {
            vigil.looked(end);
            return Ok(alarms);
        }
        let found = self.compare(&model, from, to).await?;
        alarms.extend(vigil.compared(now, Span { from, to }, &found));
        Ok(alarms)
    }

    /// Handoffs that have waited since before then are overdue; `None` if the policy names no time.
    pub(super) fn handoffs_due(&self) -> Option<Timestamp> {
        let policy = self.policy();
        let minutes = policy.acknowledgement()?.minutes;
        let patience = SignedDuration::try_from_secs_f64(minutes * 60.0).unwrap_or_default();
        Some(self.now().checked_sub(patience).unwrap_or_default())
    }
}

/// Down to the full hour.
fn hour_before() -> jiff::TimestampRound {
    jiff::TimestampRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor)
}

/// Shows the state in metrics: every instance the same.
fn show(vigil: &Vigil) {
    for kind in Kind::ALL {
        let subject = Subject::from(kind).as_str();
        if vigil.has_drifted(kind) {
            metrics::drift_raised(subject);
        } else {
            metrics::drift_over(subject);
        }
        if let Some(figure) = vigil.figure(kind) {
            metrics::drift_statistic(subject, figure);
            match kind {
                Kind::Novelty => metrics::novelty(figure),
                Kind::Confidence => metrics::estimated_accuracy(figure),
                Kind::Intents | Kind::Distribution | Kind::Meaning => {}
            }
        }
    }
    metrics::overrides_raised(vigil.overrides_raised());
}

/// Tells of an alarm, where it was noticed first.
fn tell(alarm: &Alarm) {
    let (subject, level) = (alarm.subject.as_str(), alarm.level.as_str());
    let event = if alarm.raised { AlarmEvent::Raised } else { AlarmEvent::Over };
    metrics::alarmed(subject, level, event);
    let intent = alarm.intent.as_ref().map(tracing::field::display);
    let decisions = alarm.decisions.len();
    let says = &alarm.says;
    if alarm.raised {
        tracing::warn!(alarm.subject = subject, alarm.level = level, intent, decisions, %says, "alarm");
    } else {
        tracing::info!(alarm.subject = subject, alarm.level = level, intent, %says, "alarm over");
    }
}
