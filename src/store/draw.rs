//! Which automatic decisions are audited: drawn by a keyed hash, with a probability that stands
//! before the decision is taken.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::chain::Digest;
use crate::domain::AuditId;

/// `[records.audit]`: how many automatic decisions are audited. Every default is in
/// `config/default.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditOptions {
    /// Share of the automatic decisions that is audited, 0 to 1.
    pub rate: f64,
    /// Audits a week at least; where the share would give fewer, it is raised ahead. 0 never
    /// raises it.
    pub weekly_minimum: u32,
    /// How long an audit stays with the auditor it was given to, e.g. `"30m"`; then somebody else
    /// may get it.
    #[serde(with = "humantime_serde")]
    pub lease: Duration,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { rate: 0.03, weekly_minimum: 30, lease: Duration::from_mins(30) }
    }
}

/// How sure it is that a week has its minimum: 1.645 standard deviations are 19 weeks of 20.
const DEVIATIONS: f64 = 1.645;

impl AuditOptions {
    /// The share of the coming automatic decisions that is audited.
    ///
    /// - `automatic`: automatic decisions of the last seven days.
    /// - `drawn`: audits among them.
    /// - returns: a probability; 1 as long as the week has no more decisions than are needed.
    ///
    /// The draw scatters around the share, so that the minimum is reached in 19 weeks of 20 only if
    /// more is aimed at: the mean of a Poisson distribution whose lower 5 % end there. A week that
    /// lies behind all the same, because there are fewer decisions than there were, doubles it.
    pub(super) fn share(&self, automatic: u64, drawn: u64) -> f64 {
        if self.weekly_minimum == 0 {
            return self.rate;
        }
        let minimum = f64::from(self.weekly_minimum);
        // The root of m - DEVIATIONS * sqrt(m) = minimum.
        let root = (DEVIATIONS * DEVIATIONS + 4.0 * minimum).sqrt();
        let aim = f64::midpoint(DEVIATIONS, root).powi(2);
        #[expect(clippy::cast_precision_loss, reason = "a week has far fewer than 2^52 decisions")]
        let needed = aim / automatic.max(1) as f64;
        let behind = drawn < u64::from(self.weekly_minimum);
        let needed = if behind { 2.0 * needed } else { needed };
        needed.max(self.rate).min(1.0)
    }
}

/// The secret of a store that every draw depends on.
#[derive(Clone, Copy)]
pub(super) struct Secret(pub(super) [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// True with exactly that probability, to within 2⁻⁵³, for whoever does not know the secret;
    /// always the same for the same decision.
    pub(super) fn draws(&self, decision: &str, share: f64) -> bool {
        let digest = self.digest(b"baton audit draw 1", decision);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        let bits = u64::from_be_bytes(first) >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let place = bits as f64 / (1_u64 << 53) as f64;
        place < share
    }

    /// What an auditor sees in the place of the decision's identifier.
    pub(super) fn names(&self, decision: &str) -> AuditId {
        let digest = self.digest(b"baton audit name 1", decision);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        AuditId::new(bytes)
    }

    /// The secret has a fixed length and each purpose its own, so that no two inputs are alike.
    fn digest(&self, purpose: &[u8; 18], decision: &str) -> Digest {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose);
        hash.update(decision);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(secret: &Secret, share: f64, decisions: u32) -> u32 {
        (0..decisions).map(|n| u32::from(secret.draws(&format!("decision-{n}"), share))).sum()
    }

    #[test]
    fn the_share_that_is_drawn_is_the_one_that_was_set() {
        let decisions = 100_000;
        for (seed, share) in [(1, 0.03), (2, 0.5), (3, 0.9)] {
            let found = f64::from(drawn(&Secret([seed; 32]), share, decisions));
            let n = f64::from(decisions);
            let deviation = (n * share * (1.0 - share)).sqrt();
            assert!((found - n * share).abs() < 4.0 * deviation, "{share}: {found}");
        }
    }

    #[test]
    fn nothing_is_drawn_at_0_and_everything_at_1() {
        let secret = Secret([7; 32]);
        assert_eq!((drawn(&secret, 0.0, 1_000), drawn(&secret, 1.0, 1_000)), (0, 1_000));
    }

    #[test]
    fn another_secret_draws_others_and_names_them_otherwise() {
        let (one, other) = (Secret([1; 32]), Secret([2; 32]));
        let both = (0..10_000)
            .map(|n| format!("decision-{n}"))
            .filter(|id| one.draws(id, 0.1) && other.draws(id, 0.1))
            .count();
        assert!((50..160).contains(&both), "about one in a hundred, not {both}");
        assert_ne!(one.names("x"), other.names("x"));
        assert_eq!(one.names("x"), one.names("x"));
    }

    /// P(X < k) of a Poisson distribution, summed term by term.
    fn poisson_below(mean: f64, k: u32) -> f64 {
        let (mut term, mut sum) = ((-mean).exp(), 0.0);
        for n in 0..k {
            sum += term;
            term *= mean / f64::from(n + 1);
        }
        sum
    }

    proptest! {
        #[test]
        fn a_week_like_the_last_has_its_minimum_in_19_of_20(
            minimum in 5_u32..200, automatic in 1_u32..1_000_000, rate in 0.0..1.0_f64,
        ) {
            let options = AuditOptions { rate, weekly_minimum: minimum, ..AuditOptions::default() };
            let share = options.share(u64::from(automatic), u64::from(minimum));
            prop_assert!((rate..=1.0).contains(&share));
            let mean = share * f64::from(automatic);
            // A share of 1 gives all there are.
            prop_assert!(share >= 1.0 || poisson_below(mean, minimum) <= 0.051, "{mean}");
        }

        #[test]
        fn more_decisions_never_need_a_larger_share(
            automatic in 0_u64..100_000, drawn in 0_u64..60,
        ) {
            let options = AuditOptions::default();
            prop_assert!(options.share(automatic, drawn) >= options.share(automatic + 1, drawn));
            prop_assert!(options.share(automatic, drawn) >= options.share(automatic, drawn + 1));
        }
    }

    #[test]
    fn without_a_minimum_the_share_is_the_rate() {
        let options = AuditOptions { weekly_minimum: 0, ..AuditOptions::default() };
        let is = |share: f64, wanted: f64| (share - wanted).abs() < 1e-12;
        assert!(is(options.share(0, 0), 0.03));
        assert!(is(AuditOptions::default().share(0, 0), 1.0));
        assert!(is(AuditOptions::default().share(1_000_000, 30), 0.03));
    }
}
