//! How many decisions the next hours will bring: the mean of the same hour of the week, drawn
//! towards that of the same hour of the day.

use jiff::{SignedDuration, tz::TimeZone};

use crate::domain::Timestamp;

/// What an hour is expected to bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// When it begins.
    pub at: Timestamp,
    /// On average.
    pub decisions: f64,
    /// In 39 of 40 such hours at least so many.
    pub low: u64,
    /// In 39 of 40 such hours at most so many.
    pub high: u64,
}

/// Hours of a week.
const WEEK: usize = 168;
/// Fewest hours to learn from: every hour of the week twice.
const FEWEST: usize = 2 * WEEK;
/// What a week counts less than the one after it.
const FADING: f64 = 0.8;
/// Weeks that the same hour of other days counts for.
const DRAWN: f64 = 2.0;
/// What an interval leaves out on each side.
const TAIL: f64 = 0.025;
/// Above this many an hour, the normal distribution is near enough.
const MANY: f64 = 200.0;
/// 97.5 % of a standard normal number lie below.
const Z: f64 = 1.959_964;

/// Expects so many decisions in the hours that follow.
///
/// An hour is a negative binomial number: its mean is that of the same hour of the week, recent
/// weeks first, with two weeks' worth of the same hour of all working days, or of the weekend. Its
/// variance is as many times its mean as the hours that were seen lay apart from what the others
/// had made of them, so that the uncertainty of the mean is in it. Times are universal.
///
/// - `seen`: whole hours without a gap, oldest first.
///
/// # Errors
/// In words, if fewer than two weeks were seen.
pub fn forecast(seen: &[(Timestamp, u64)], hours: usize) -> Result<Vec<Expected>, String> {
    let Some((last, _)) = seen.last().filter(|_| seen.len() >= FEWEST) else {
        let days = seen.len() / 24;
        return Err(format!("not enough data: {days} days of decisions, and it takes 14"));
    };
    let seasons = Seasons::of(seen);
    let spread = seasons.spread(seen);
    let mut expected = Vec::with_capacity(hours);
    let mut at = *last;
    for _ in 0..hours {
        at = at.checked_add(SignedDuration::from_hours(1)).unwrap_or(at);
        let decisions = seasons.mean(at, None);
        let (low, high) = bounds(decisions, spread);
        expected.push(Expected { at, decisions, low, high });
    }
    Ok(expected)
}

/// Sums with their weights.
#[derive(Clone, Copy, Default)]
struct Weighted {
    sum: f64,
    weight: f64,
}

/// What hours of the week and of the day have brought.
struct Seasons {
    week: Vec<Weighted>,
    /// Hours of working days, then of the weekend.
    day: Vec<Weighted>,
    all: Weighted,
}

impl Weighted {
    fn add(&mut self, number: f64, weight: f64) {
        self.sum += number * weight;
        self.weight += weight;
    }

    /// The mean, drawn towards another with so much weight.
    fn towards(self, other: f64, weight: f64) -> f64 {
        (self.sum + other * weight) / (self.weight + weight)
    }
}

impl Seasons {
    fn of(seen: &[(Timestamp, u64)]) -> Self {
        let none = Weighted::default();
        let mut seasons = Self { week: vec![none; WEEK], day: vec![none; 48], all: none };
        for (place, (at, count)) in seen.iter().enumerate() {
            let (number, weight) = (real(*count), weight(seen.len() - 1 - place));
            let (week, day) = places(*at);
            seasons.week[week].add(number, weight);
            seasons.day[day].add(number, weight);
            seasons.all.add(number, weight);
        }
        seasons
    }

    /// The mean of an hour, as if it had not been seen itself with that number and weight.
    fn mean(&self, at: Timestamp, without: Option<(f64, f64)>) -> f64 {
        let (week, day) = places(at);
        let (mut week, mut day, mut all) = (self.week[week], self.day[day], self.all);
        if let Some((number, weight)) = without {
            week.add(number, -weight);
            day.add(number, -weight);
            all.add(number, -weight);
        }
        let all = all.towards(0.0, 1e-9);
        week.towards(day.towards(all, 1.0), DRAWN)
    }

    /// How many times its mean the variance of an hour is, at least once.
    fn spread(&self, seen: &[(Timestamp, u64)]) -> f64 {
        let mut spread = Weighted::default();
        for (place, (at, count)) in seen.iter().enumerate() {
            let (number, weight) = (real(*count), weight(seen.len() - 1 - place));
            let mean = self.mean(*at, Some((number, weight)));
            // Hours in which next to nothing happens say nothing of the spread.
            if mean > 0.01 {
                spread.add((number - mean).powi(2), weight);
                spread.weight += (mean - 1.0) * weight;
            }
        }
        (spread.sum / spread.weight.max(1e-9)).max(1.0)
    }
}

/// What an hour counts that so many hours followed.
fn weight(ago: usize) -> f64 {
    let weeks = i32::try_from(ago / WEEK).unwrap_or(i32::MAX);
    FADING.powi(weeks)
}

/// The place of an hour in the week, and in the two kinds of days.
fn places(at: Timestamp) -> (usize, usize) {
    let at = at.to_zoned(TimeZone::UTC);
    let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
    let hour = usize::try_from(at.hour()).unwrap_or(0);
    (day * 24 + hour, usize::from(day >= 5) * 24 + hour)
}

/// Between which numbers an hour of that mean and spread lies, but for a fortieth on each side.
fn bounds(mean: f64, spread: f64) -> (u64, u64) {
    if mean > MANY {
        let wide = Z * (spread * mean).sqrt();
        return (whole((mean - wide).floor()), whole((mean + wide).ceil()));
    }
    // Terms of the negative binomial distribution, or of Poisson's where the spread is 1.
    let excess = spread - 1.0;
    let size = mean / excess.max(1e-6);
    let mut term = if excess < 1e-6 { (-mean).exp() } else { (-size * spread.ln()).exp() };
    let (mut below, mut low, mut count) = (term, None, 0_u64);
    while below < 1.0 - TAIL && count < 100_000 {
        if below >= TAIL {
            low.get_or_insert(count);
        }
        let k = real(count);
        let ratio = if excess < 1e-6 { mean } else { (k + size) * excess / spread };
        term *= ratio / (k + 1.0);
        below += term;
        count += 1;
    }
    (low.unwrap_or(count), count)
}

#[expect(clippy::cast_precision_loss, reason = "an hour has far fewer than 2^53 decisions")]
fn real(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and not negative"
)]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics::Random;

    /// A Poisson number: how many exponential waits fit into the mean.
    fn poisson(mean: f64, random: &mut Random) -> u64 {
        let (mut waited, mut count) = (0.0, 0);
        loop {
            waited -= (1.0 - random.uniform()).ln();
            if waited > mean {
                return count;
            }
            count += 1;
        }
    }

    /// Weeks with days, nights and weekends. `bursts`: every so many hours in a hundred bring three
    /// times as many, so that the spread exceeds Poisson's.
    fn weeks(weeks: usize, rate: f64, bursts: f64, random: &mut Random) -> Vec<(Timestamp, u64)> {
        let begin: Timestamp = "2026-09-07T00:00:00Z".parse().unwrap();
        let hour = |hours: usize| {
            begin.checked_add(SignedDuration::from_hours(i64::try_from(hours).unwrap())).unwrap()
        };
        let seen = (0..weeks * WEEK).map(|place| {
            let (of_week, of_day) = (place % WEEK, place % 24);
            let busy = if (8..18).contains(&of_day) { 1.0 } else { 0.2 };
            let busy = if of_week >= 120 { busy * 0.4 } else { busy };
            let burst = if random.uniform() < bursts { 3.0 } else { 1.0 };
            (hour(place), poisson(rate * busy * burst, random))
        });
        seen.collect()
    }

    #[test]
    fn less_than_two_weeks_give_a_reason() {
        let seen = weeks(2, 5.0, 0.0, &mut Random::new(1));
        assert!(forecast(&seen, 24).is_ok());
        let reason = forecast(&seen[1..], 24).unwrap_err();
        assert_eq!(reason, "not enough data: 13 days of decisions, and it takes 14");
        assert!(forecast(&[], 24).is_err());
    }

    #[test]
    fn bounds_are_those_of_the_distributions() {
        // Quantiles 0.025 and 0.975 of scipy.stats 1.17.1: poisson(7), nbinom(7 / 2, 1 / 3).
        assert_eq!(bounds(7.0, 1.0), (2, 13));
        assert_eq!(bounds(7.0, 3.0), (1, 18));
        let (low, high) = bounds(10_000.0, 1.0);
        assert!((9_803..=9_805).contains(&low) && (10_195..=10_197).contains(&high));
    }

    #[test]
    fn nothing_but_silence_is_expected_to_go_on() {
        let silent: Vec<_> =
            weeks(3, 1.0, 0.0, &mut Random::new(1)).iter().map(|(at, _)| (*at, 0)).collect();
        for hour in forecast(&silent, 24).unwrap() {
            assert!(hour.decisions.abs() < 1e-9 && (hour.low, hour.high) == (0, 0), "{hour:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

        /// 40 streams of a day each: 95 % less three standard deviations, and the whole of small
        /// numbers.
        #[test]
        fn nineteen_of_twenty_hours_lie_within(
            seed in any::<u64>(), rate in 0.5..60.0_f64, has_bursts in any::<bool>(),
        ) {
            let bursts = if has_bursts { 0.1 } else { 0.0 };
            let mut random = Random::new(seed);
            let (mut within, mut of) = (0.0, 0.0);
            for _ in 0..40 {
                let all = weeks(8, rate, bursts, &mut random);
                let (seen, next) = all.split_at(7 * WEEK + 24);
                for (expected, (at, count)) in forecast(seen, 24).unwrap().iter().zip(next) {
                    prop_assert_eq!(expected.at, *at);
                    within += f64::from((expected.low..=expected.high).contains(count));
                    of += 1.0;
                }
            }
            prop_assert!(within / of > 0.925, "{}", within / of);
        }
    }
}
