//! The closed sets that label metrics.

/// A stage of the pipeline, as `triage_stage_duration_seconds{stage}` and `server-timing` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Conversation → Features.
    Features,
    /// Features → Prediction.
    Model,
    /// Prediction → Decision.
    Policy,
    /// Decision → Packet.
    Packet,
    /// Keeping the record.
    Store,
}

impl Stage {
    /// The name in metrics and headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Model => "model",
            Self::Policy => "policy",
            Self::Packet => "packet",
            Self::Store => "store",
        }
    }
}

/// What demanded an erasure, as `triage_erased_records_total{by}` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasedBy {
    /// Somebody asked for a conversation to be erased.
    Conversation,
    /// Somebody asked for a customer to be erased.
    Customer,
    /// The records were older than the options allow.
    Age,
}

impl ErasedBy {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Customer => "customer",
            Self::Age => "age",
        }
    }
}

/// What a model is there for, as `triage_model_reloads_total{slot}` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// It decides.
    InForce,
    /// It is compared with the one that decides.
    Shadow,
}

impl Slot {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Shadow => "shadow",
        }
    }
}

/// What came of a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// It is in force.
    Accepted,
    /// It is broken; the old one stays.
    Refused,
}

impl Reload {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// How the shadow model compares, as `triage_shadow_total{result}` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShadowResult {
    /// The same tier, role and band.
    Same,
    /// Another tier or role.
    OtherRoute,
    /// The same tier and role in another band.
    OtherBand,
    /// The shadow model was too busy, or the decision was taken without model or store.
    Skipped,
    /// The shadow model failed.
    Failed,
}

impl ShadowResult {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::OtherRoute => "other_route",
            Self::OtherBand => "other_band",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// What an alarm does, as `triage_alarms_total{event}` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmEvent {
    /// It begins.
    Raised,
    /// It is over.
    Over,
}

impl AlarmEvent {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Over => "over",
        }
    }
}
