//! The receiver completes and confirms a packet.

use super::Triage;
use crate::{
    domain::{Completed, DecisionId, Invalid, Receipt, Record},
    store,
};

/// A packet that a person has completed and confirmed.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The decision as it is kept, with the packet as it was drafted.
    pub record: Record,
    /// What the receiver made of it, in their own words.
    pub receipt: Receipt,
}

/// Why a packet was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum Unconfirmed {
    /// There is no such decision, or it was erased.
    #[error("there is no decision with this identifier")]
    NoDecision,
    /// The completion does not fit the packet.
    #[error("the completion does not fit the packet")]
    Invalid(Vec<Invalid>),
    /// The store does not work.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A stage panicked on another thread.
    #[error("a stage of the pipeline failed")]
    Stage,
}

impl Triage {
    /// Keeps what a receiver made of a packet, once per person, the latest wins.
    ///
    /// The same completion by the same person again changes nothing, and gives the same answer.
    ///
    /// - `confirmed_by`: who, as the caller names them.
    ///
    /// # Errors
    /// There is no such decision, or a correction points at what its packet does not have.
    pub async fn confirm(
        &self,
        id: DecisionId,
        completed: Completed,
        confirmed_by: String,
    ) -> Result<Confirmed, Unconfirmed> {
        let recorder = self.recorder.as_ref().ok_or(Unconfirmed::NoDecision)?;
        let record = recorder.decision(id).await?.ok_or(Unconfirmed::NoDecision)?;
        completed.check(&record.packet).map_err(Unconfirmed::Invalid)?;
        let receipt = Receipt {
            confirmed_by,
            confirmed_at: self.now(),
            sections: completed.sections(),
            completed: Some(completed),
        };
        let (extractor, said) = (self.in_force.load().extractor.clone(), receipt.clone());
        // A body is at most a few megabytes, and masking takes milliseconds for each.
        let mask = move || (record.kept_receipt(said, |text| extractor.mask(text)), record);
        let (kept, record) =
            tokio::task::spawn_blocking(mask).await.map_err(|_| Unconfirmed::Stage)?;
        let kept = recorder.confirm(id, &kept).await?.ok_or(Unconfirmed::NoDecision)?;
        Ok(Confirmed { record, receipt: Receipt { confirmed_at: kept.confirmed_at, ..receipt } })
    }
}
