//! Minimises a smooth convex function of many numbers.

use std::collections::VecDeque;

/// When a search ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    /// The largest slope that counts as none.
    pub(super) slope: f64,
    /// Steps after which it ends all the same.
    pub(super) steps: usize,
}

/// Where a search ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Minimum {
    /// The point.
    pub(super) point: Vec<f64>,
    /// The function there.
    pub(super) value: f64,
    /// Steps that were taken.
    pub(super) steps: usize,
}

/// One step and how it changed the slope.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// `1 / (step · change)`.
    inverse: f64,
}

/// Pairs that are remembered.
const MEMORY: usize = 10;
/// The share of what the slope promises that a step must bring.
const SUFFICIENT: f64 = 1e-4;
/// Halvings of one step.
const HALVINGS: usize = 30;

/// Searches a minimum from `start` with limited memory (L-BFGS); `value` gives the function at a
/// point and writes its slope into the second argument.
///
/// The same input gives the same bits.
///
/// Source: Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5.
pub(super) fn minimise(
    start: Vec<f64>,
    stop: Stop,
    mut value: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Minimum {
    let mut point = start;
    let mut slope = vec![0.0; point.len()];
    let mut now = value(&point, &mut slope);
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    let (mut next, mut next_slope) = (point.clone(), slope.clone());
    for steps in 0..stop.steps {
        if largest(&slope) <= stop.slope {
            return Minimum { point, value: now, steps };
        }
        let mut direction = direction(&slope, &pairs);
        let mut descent = dot(&direction, &slope);
        if descent >= 0.0 {
            // The memory misleads; the slope itself never does.
            pairs.clear();
            direction = slope.iter().map(|number| -number).collect();
            descent = -dot(&slope, &slope);
        }
        let mut length = if pairs.is_empty() { 1.0 / dot(&slope, &slope).sqrt() } else { 1.0 };
        let mut reached = f64::INFINITY;
        for _ in 0..HALVINGS {
            for ((to, from), along) in next.iter_mut().zip(&point).zip(&direction) {
                *to = length.mul_add(*along, *from);
            }
            reached = value(&next, &mut next_slope);
            if reached <= now + SUFFICIENT * length * descent {
                break;
            }
            length /= 2.0;
        }
        // Rounding leaves no step that goes down: this is as low as it gets.
        if reached >= now {
            return Minimum { point, value: now, steps };
        }
        remember(&mut pairs, difference(&next, &point), difference(&next_slope, &slope));
        std::mem::swap(&mut point, &mut next);
        std::mem::swap(&mut slope, &mut next_slope);
        now = reached;
    }
    Minimum { point, value: now, steps: stop.steps }
}

fn remember(pairs: &mut VecDeque<Pair>, step: Vec<f64>, change: Vec<f64>) {
    let bend = dot(&step, &change);
    // Without a bend upwards the pair says nothing of the shape.
    if bend <= 1e-12 * dot(&change, &change) {
        return;
    }
    if pairs.len() == MEMORY {
        pairs.pop_front();
    }
    pairs.push_back(Pair { step, change, inverse: 1.0 / bend });
}

/// Where to go: the slope, turned by what the last steps have taught.
fn direction(slope: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut turned: Vec<f64> = slope.iter().map(|number| -number).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.inverse * dot(&pair.step, &turned);
        add(&mut turned, -share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = 1.0 / (last.inverse * dot(&last.change, &last.change));
        for number in &mut turned {
            *number *= scale;
        }
    }
    for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
        let back = pair.inverse * dot(&pair.change, &turned);
        add(&mut turned, share - back, &pair.step);
    }
    turned
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to = times.mul_add(*what, *to);
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most, number| most.max(number.abs()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STOP: Stop = Stop { slope: 1e-9, steps: 500 };

    proptest! {
        #[test]
        fn the_bottom_of_a_bowl_is_found(
            centre in proptest::collection::vec(-5.0..5.0, 1..8),
            steepness in proptest::collection::vec(0.1..50.0, 8),
        ) {
            let found = minimise(vec![0.0; centre.len()], STOP, |point, slope| {
                let mut sum = 0.0;
                for i in 0..point.len() {
                    let away = point[i] - centre[i];
                    slope[i] = 2.0 * steepness[i] * away;
                    sum += steepness[i] * away * away;
                }
                sum
            });
            for (found, centre) in found.point.iter().zip(&centre) {
                let away: f64 = found - centre;
                prop_assert!(away.abs() < 1e-6, "{found} {centre}");
            }
        }
    }

    #[test]
    fn a_function_without_slope_stays_where_it_is() {
        let found = minimise(vec![3.0], STOP, |_, slope| {
            slope[0] = 0.0;
            1.0
        });
        assert_eq!((found.point, found.steps), (vec![3.0], 0));
    }
}
