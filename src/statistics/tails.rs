//! Tails of the normal and the chi-squared distribution.

use statrs::{
    distribution::{ChiSquared, Continuous as _, ContinuousCDF as _, Normal},
    function::erf::erfc,
};

/// `P(Z ≥ z)` of a standard normal number.
pub fn normal_above(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// The density of a standard normal number.
pub(super) fn normal_density(z: f64) -> f64 {
    Normal::standard().pdf(z)
}

/// `P(X ≥ x)` of a chi-squared number with so many degrees of freedom, which need not be whole.
///
/// Without a degree of freedom nothing can be exceeded: 1.
pub fn chi_squared_above(x: f64, degrees: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    ChiSquared::new(degrees).map_or(1.0, |distribution| distribution.sf(x))
}
