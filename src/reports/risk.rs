//! How probable it is that a case reaches tier 3: learnt from the cases that were solved.

use ndarray::Array2;

use crate::{domain::Severity, learn::Odds, statistics::auroc};

/// What is known of a case when it is decided, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its decision of record.
    pub decision: String,
    /// The tier that it was sent to.
    pub tier: u8,
    /// How sure that was.
    pub confidence: f64,
    /// How severe; `None` where it is not known any more.
    pub severity: Option<Severity>,
    /// How frustrated the customer was, 0 to 1.
    pub frustration: f64,
    /// Failed attempts.
    pub strikes: u32,
    /// With an escalation.
    pub escalated: bool,
    /// With required context missing.
    pub lacks_context: bool,
    /// Tier 3 or 4 solved it, or a lower one; `None` where nobody has yet.
    pub reached: Option<bool>,
}

/// What was learnt, and whom it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// Solved cases that it was learnt from.
    pub cases: usize,
    /// Of these, solved by tier 3 or 4.
    pub reached: usize,
    /// The probability that of two cases the one that reached tier 3 had the higher risk, judged by
    /// what the other cases have taught.
    pub auroc: f64,
    /// What each fact adds to the logarithm of the odds.
    pub weights: Vec<(&'static str, f64)>,
    /// The cases that nobody has solved yet with the highest risk: decision and probability.
    pub highest: Vec<(String, f64)>,
}

/// Fewest cases of each kind.
const FEWEST: usize = 50;
/// Open cases that are listed.
const LISTED: usize = 10;

/// The facts, each between 0 and 1.
const FACTS: [&str; 9] = [
    "sent_to_tier_2",
    "sent_to_tier_3",
    "sent_to_tier_4",
    "unsure",
    "severity",
    "frustration",
    "strikes",
    "escalated",
    "missing_context",
];

/// Learns the risk from solved cases, and says which open ones have the highest.
///
/// # Errors
/// In words, as long as fewer than 50 cases reached tier 3, or fewer than 50 did not.
pub fn risk(cases: &[Case]) -> Result<Risk, String> {
    let (solved, open): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.reached.is_some());
    let hits: Vec<bool> = solved.iter().map(|case| case.reached == Some(true)).collect();
    let reached = hits.iter().filter(|&&hit| hit).count();
    let others = hits.len() - reached;
    if reached < FEWEST || others < FEWEST {
        return Err(format!(
            "not enough data: {reached} solved cases reached tier 3 and {others} did not, and it \
             takes {FEWEST} of each"
        ));
    }
    let (odds, judged) = Odds::learn(&facts(&solved), &hits);
    #[expect(clippy::cast_possible_truncation, reason = "a score keeps its place")]
    let scored: Vec<_> = judged.iter().zip(&hits).map(|(p, hit)| (*p as f32, *hit)).collect();
    let risks = odds.of(&facts(&open).view());
    let mut highest: Vec<_> = open.iter().map(|case| case.decision.clone()).zip(risks).collect();
    highest.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
    highest.truncate(LISTED);
    Ok(Risk {
        cases: hits.len(),
        reached,
        auroc: auroc(&scored).unwrap_or(0.5),
        weights: FACTS.into_iter().zip(odds.weights()).collect(),
        highest,
    })
}

fn facts(cases: &[&Case]) -> Array2<f32> {
    Array2::from_shape_fn((cases.len(), FACTS.len()), |(row, fact)| {
        let case = cases[row];
        let yes = |flag: bool| if flag { 1.0 } else { 0.0 };
        let severity = case.severity.unwrap_or(Severity::Normal);
        let rank = Severity::ALL.iter().filter(|other| **other < severity).count();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small")]
        match fact {
            0..=2 => yes(usize::from(case.tier) == fact + 2),
            3 => 1.0 - case.confidence as f32,
            4 => rank as f32 / 3.0,
            5 => case.frustration as f32,
            6 => case.strikes.min(3) as f32 / 3.0,
            7 => yes(case.escalated),
            _ => yes(case.lacks_context),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Random;

    /// A case that reaches tier 3 with a probability that depends on tier, frustration and strikes.
    fn case(n: usize, random: &mut Random) -> (Case, f64) {
        let mut case = Case {
            decision: format!("d-{n}"),
            tier: u8::try_from(random.below(4)).unwrap(),
            confidence: random.uniform(),
            severity: Some(Severity::ALL[random.below(4)]),
            frustration: random.uniform(),
            strikes: u32::try_from(random.below(4)).unwrap(),
            escalated: random.uniform() < 0.2,
            lacks_context: random.uniform() < 0.5,
            reached: None,
        };
        let odds = f64::from(u8::from(case.tier == 3)) * 2.5
            + case.frustration * 1.5
            + f64::from(case.strikes) * 0.5
            - 3.0;
        let probability = 1.0 / (1.0 + (-odds).exp());
        case.reached = Some(random.uniform() < probability);
        (case, probability)
    }

    #[test]
    fn there_is_no_risk_before_fifty_cases_of_each_kind() {
        let mut random = Random::new(1);
        let mut cases: Vec<_> = (0..120).map(|n| case(n, &mut random).0).collect();
        for (n, case) in cases.iter_mut().enumerate() {
            case.reached = Some(n < 49);
        }
        let reason = risk(&cases).unwrap_err();
        assert!(reason.contains("49 solved cases") && reason.contains("71 did not"), "{reason}");
        cases[49].reached = Some(true);
        assert!(risk(&cases).is_ok());
        assert!(risk(&[]).is_err());
    }

    #[test]
    fn probabilities_are_near_the_true_ones_and_the_highest_are_named() {
        let mut random = Random::new(7);
        let mut cases: Vec<_> = (0..3_000).map(|n| case(n, &mut random).0).collect();
        let open: Vec<_> = (3_000..3_400).map(|n| case(n, &mut random)).collect();
        cases.extend(open.iter().map(|(case, _)| Case { reached: None, ..case.clone() }));
        let found = risk(&cases).unwrap();
        assert_eq!(found.cases, 3_000);
        assert!(found.auroc > 0.70, "{}", found.auroc);
        let weight = |name: &str| found.weights.iter().find(|(n, _)| *n == name).unwrap().1;
        assert!((weight("sent_to_tier_3") - 2.5).abs() < 0.5, "{:?}", found.weights);
        assert!((weight("strikes") - 1.5).abs() < 0.5 && weight("escalated").abs() < 0.4);
        for (decision, probability) in &found.highest {
            let (_, truth) = open.iter().find(|(case, _)| case.decision == *decision).unwrap();
            assert!((probability - truth).abs() < 0.1, "{decision}: {probability} and {truth}");
        }
        assert_eq!(found.highest.len(), 10);
    }
}
