//! How well a score tells two kinds of rows apart.

use super::real;

/// The area under the ROC curve: the probability that a row of the kind has the higher score than
/// one that is not; ties count half. `None` unless there are rows of both kinds.
///
/// `rows`: score, and whether the row is of the kind. Source: Mann and Whitney 1947.
pub fn auroc(rows: &[(f32, bool)]) -> Option<f64> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut others, mut kind, mut pairs) = (0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let here = real(tied.iter().filter(|(_, is)| *is).count());
        let not_here = real(tied.len()) - here;
        pairs += here * (others + not_here / 2.0);
        others += not_here;
        kind += here;
    }
    (others > 0.0 && kind > 0.0).then(|| pairs / (others * kind))
}
