//! Audits: decisions drawn at random, judged by somebody who does not see what was decided.

use serde::{Deserialize, Serialize};

use super::{
    decision::Tier,
    intent::{Intent, RoleId},
    record::Record,
    review::{LabelSource, Review, Verdict},
    spelled::spelled,
    time::Timestamp,
};

/// Names one audit: 32 hexadecimal digits that do not tell which decision it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditId(String);

/// The text names no audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give 32 hexadecimal digits, as GET /v1/audits/next names the audit")]
pub struct NotAnAuditId;

impl AuditId {
    /// Writes 16 bytes as digits.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(hex::encode(bytes))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AuditId {
    type Err = NotAnAuditId;

    fn from_str(text: &str) -> Result<Self, NotAnAuditId> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAnAuditId)?;
        Ok(Self::new(bytes))
    }
}

impl std::fmt::Display for AuditId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

spelled! {
    /// How far an audit has come.
    pub enum AuditState {
        /// It waits for an answer.
        Open => "open",
        /// Somebody has answered.
        Answered => "answered",
        /// Its conversation was erased before anybody answered.
        Erased => "erased",
    }
}

/// Where a conversation belongs, as somebody says who has not seen the decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The right tier.
    pub tier: Tier,
    /// The right role.
    pub role: RoleId,
    /// The right intent, where they can say.
    pub intent: Option<Intent>,
    /// In their words.
    pub note: Option<String>,
    /// Who, as the caller names them.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Answer {
    /// The label that it makes: the decision was right if tier and role are the same, which is
    /// what its confidence speaks of; another intent alone does not make it wrong.
    ///
    /// - `drawn`: the probability with which the decision was drawn.
    #[must_use]
    pub fn judge(self, record: &Record, drawn: f64) -> Review {
        let decision = &record.decision;
        let is_right = self.tier == decision.tier && self.role == decision.role;
        Review {
            verdict: if is_right { Verdict::Accepted } else { Verdict::Overridden },
            tier: Some(self.tier),
            role: Some(self.role),
            intent: self.intent,
            note: self.note,
            by: self.by,
            at: self.at,
            source: LabelSource::Audit,
            shown: false,
            observed: Some(drawn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_32_digits_in_one_spelling() {
        let id: AuditId = "00FF00ff00ff00ff00ff00ff00ff00ff".parse().unwrap();
        assert_eq!(id.as_str(), "00ff00ff00ff00ff00ff00ff00ff00ff");
        for wrong in ["", "00", "zz", "00ff00ff00ff00ff00ff00ff00ff00ff00", "é"] {
            assert_eq!(wrong.parse::<AuditId>(), Err(NotAnAuditId));
        }
    }
}
