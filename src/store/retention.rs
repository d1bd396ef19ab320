//! Retention: what is older than the options allow is erased, as if its customer had asked.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{Error, Recorder};
use crate::{
    domain::{Clock, Timestamp},
    telemetry::metrics::{self, ErasedBy},
};

/// Erases old records for as long as the process runs.
pub struct Retention {
    recorder: Arc<Recorder>,
    clock: Arc<dyn Clock>,
    days: NonZeroU32,
}

/// Pause between two looks for old records.
const EVERY: Duration = Duration::from_hours(1);

/// Records erased in one transaction at most: a few milliseconds, which is what a record that
/// comes in meanwhile has to wait.
const BATCH_RECORDS: u32 = 100;

/// Pause between two transactions, so that whoever waits comes first.
const PAUSE: Duration = Duration::from_millis(20);

impl Retention {
    /// Keeps records for that many days.
    pub fn new(recorder: Arc<Recorder>, clock: Arc<dyn Clock>, days: NonZeroU32) -> Self {
        Self { recorder, clock, days }
    }

    /// Looks once an hour; spawn it once. It may be dropped at any point: each batch is a
    /// transaction of its own, and the next look goes on.
    pub async fn run(&self) {
        loop {
            match self.round().await {
                Ok(0) => {}
                Ok(records) => {
                    tracing::info!(records, days = self.days, "old records are erased");
                }
                Err(cause) => {
                    tracing::warn!(%cause, days = self.days, "old records stay for another hour");
                }
            }
            sleep(EVERY).await;
        }
    }

    /// Erases everything that is too old now; returns how many records that were.
    ///
    /// # Errors
    /// The store or the spool fails; what is left is erased by the next round.
    pub async fn round(&self) -> Result<u64, Error> {
        let before = self.oldest_kept();
        let mut records = 0;
        loop {
            let erased = self.recorder.erase_before(before, BATCH_RECORDS).await?;
            metrics::erased(ErasedBy::Age, erased.records);
            records += erased.records;
            if erased.all {
                return Ok(records);
            }
            sleep(PAUSE).await;
        }
    }

    /// The time before which nothing is kept.
    fn oldest_kept(&self) -> Timestamp {
        let kept = Duration::from_hours(24) * self.days.get();
        // Before the year that times can express there is nothing to erase.
        self.clock.now().checked_sub(kept).unwrap_or(Timestamp::MIN)
    }
}
