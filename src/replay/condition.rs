//! `--fail-if`: a condition on a figure, e.g. `auto_precision < 0.95`.

use std::{fmt, str::FromStr};

use super::figures::{Figure, names};

/// A condition on a figure: its name, a comparison, a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    name: String,
    comparison: Comparison,
    number: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [(&str, Comparison); 4] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// What has become of a condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// It holds; the figure has this value.
    Holds(f64),
    /// It does not hold.
    Clear,
    /// The figure has no value.
    Unknown,
}

impl Condition {
    /// Looks whether it holds.
    pub fn check(&self, figures: &[Figure]) -> Outcome {
        let figure = figures.iter().find(|figure| figure.name == self.name);
        let Some(value) = figure.and_then(|figure| figure.value) else { return Outcome::Unknown };
        let holds = match self.comparison {
            Comparison::Below => value < self.number,
            Comparison::AtMost => value <= self.number,
            Comparison::Above => value > self.number,
            Comparison::AtLeast => value >= self.number,
        };
        if holds { Outcome::Holds(value) } else { Outcome::Clear }
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = "write a figure, a comparison (<, <=, >, >=) and a number, such as \
                     auto_precision < 0.95";
        let found = SIGNS.into_iter().find_map(|(sign, comparison)| {
            text.split_once(sign).map(|(name, number)| (name.trim(), comparison, number.trim()))
        });
        let (name, comparison, number) = found.ok_or(shape)?;
        let number = number.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(shape)?;
        let known = names();
        if !known.iter().any(|known| known == name) {
            let names = known.join(", ");
            return Err(format!("there is no figure {name:?}; the figures are {names}"));
        }
        Ok(Self { name: name.to_owned(), comparison, number })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = SIGNS.iter().find(|(_, comparison)| *comparison == self.comparison);
        write!(f, "{} {} {}", self.name, sign.map_or("", |(sign, _)| sign), self.number)
    }
}
