//! Which conversations move the mean vector.

use super::{
    drift::direction,
    reference::{Reference, Window, pairs},
};

/// How strongly one conversation moves the mean vector of its window.
#[derive(Debug, Clone, PartialEq)]
pub struct Pull<T> {
    /// Which.
    pub which: T,
    /// The inner product of its vector with the movement; the mean over the window is that of the
    /// movement with itself.
    pub strength: f64,
}

/// The conversations that move the mean vector most, the strongest first.
///
/// - `vectors`: the conversations of the window with their vectors, `[dimensions]` each.
/// - `most`: how many are named.
///
/// Empty if the vectors cannot be compared.
pub fn pulls<T>(
    window: &Window,
    reference: &Reference,
    vectors: impl IntoIterator<Item = (T, Vec<f32>)>,
    most: usize,
) -> Vec<Pull<T>> {
    let Some(degrees) = reference.degrees else { return Vec::new() };
    let Some(moved) = direction(&pairs(window, &reference.window), degrees) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (which, vector) in vectors {
        let products = vector.iter().zip(&moved.towards);
        let strength = products.map(|(&number, step)| f64::from(number) * step).sum();
        found.push(Pull { which, strength });
    }
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    found.truncate(most);
    found
}
