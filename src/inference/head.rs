//! Small matrices on top of the encoder, read from `heads.safetensors`.

use ndarray::{Array1, Array2, ArrayView1};
use safetensors::{Dtype, SafeTensors};

/// Numbers in one vector of the encoder.
pub const DIMENSIONS: usize = 384;

/// A linear layer: `weight · vector + bias`.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

/// Typical conversations of every intent, as unit vectors.
#[derive(Debug, Clone)]
pub(super) struct Prototypes(Array2<f32>);

impl Linear {
    /// Reads `{name}.weight` of `[rows, columns]` and `{name}.bias` of `[rows]`; `Err` says what is
    /// wrong with them.
    pub(super) fn read(
        file: &SafeTensors<'_>,
        name: &str,
        (rows, columns): (usize, usize),
    ) -> Result<Self, String> {
        let weight = tensor(file, &format!("{name}.weight"), &[rows, columns])?;
        let bias = tensor(file, &format!("{name}.bias"), &[rows])?;
        let weight = Array2::from_shape_vec((rows, columns), weight);
        let weight = weight.map_err(|error| error.to_string())?;
        Ok(Self { weight, bias: Array1::from(bias) })
    }

    /// How many columns the file gives the layer, where it has it.
    pub(super) fn columns_in(file: &SafeTensors<'_>, name: &str) -> Option<usize> {
        file.tensor(&format!("{name}.weight")).ok()?.shape().get(1).copied()
    }

    /// How many numbers it reads.
    pub(super) fn columns(&self) -> usize {
        self.weight.ncols()
    }

    /// The raw scores of a vector of as many numbers as the layer has columns: `[rows]`.
    pub(super) fn logits(&self, vector: &[f32]) -> Vec<f32> {
        (self.weight.dot(&ArrayView1::from(vector)) + &self.bias).to_vec()
    }
}

impl Prototypes {
    /// Reads `prototypes` of `[k * intents, 384]`, each of length 1.
    pub(super) fn read(file: &SafeTensors<'_>, intents: usize) -> Result<Self, String> {
        let view = file.tensor("prototypes").map_err(|_| missing("prototypes"))?;
        let rows = view.shape().first().copied().unwrap_or(0);
        if rows == 0 || rows % intents != 0 {
            return Err(format!("prototypes has {rows} rows, no multiple of {intents} intents"));
        }
        let numbers = tensor(file, "prototypes", &[rows, DIMENSIONS])?;
        let matrix = Array2::from_shape_vec((rows, DIMENSIONS), numbers);
        let matrix = matrix.map_err(|error| error.to_string())?;
        for (place, row) in matrix.rows().into_iter().enumerate() {
            let length = row.dot(&row).sqrt();
            if (length - 1.0).abs() > 1e-3 {
                return Err(format!("row {place} of prototypes has length {length}, not 1"));
            }
        }
        Ok(Self(matrix))
    }

    /// The largest cosine of a unit vector to a prototype, in `[-1, 1]`.
    pub(super) fn best_cosine(&self, vector: &[f32]) -> f32 {
        let cosines = self.0.dot(&ArrayView1::from(vector));
        cosines.iter().copied().fold(-1.0, f32::max)
    }
}

fn missing(name: &str) -> String {
    format!("the tensor {name} is missing")
}

/// The numbers of one tensor, checked: its type, its shape, and that all are finite.
fn tensor(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let view = file.tensor(name).map_err(|_| missing(name))?;
    if view.dtype() != Dtype::F32 {
        return Err(format!("{name} holds {:?}, not F32", view.dtype()));
    }
    if view.shape() != shape {
        return Err(format!("{name} has the shape {:?} instead of {shape:?}", view.shape()));
    }
    let (numbers, _) = view.data().as_chunks::<4>();
    let numbers: Vec<f32> = numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(place) => Err(format!("number {place} of {name} is not finite")),
        None => Ok(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tiny, *};

    fn read<T>(tensors: &[tiny::Tensor], get: impl Fn(&SafeTensors<'_>) -> T) -> T {
        let bytes = tiny::safetensors(tensors);
        get(&SafeTensors::deserialize(&bytes).unwrap())
    }

    fn one_at(place: usize) -> Vec<f32> {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[place] = 1.0;
        vector
    }

    #[test]
    fn a_layer_is_weight_times_vector_plus_bias() {
        let mut weight = vec![0.0; 2 * DIMENSIONS];
        weight[3] = 2.0;
        weight[DIMENSIONS + 3] = -1.0;
        let tensors = [("x.weight", vec![2, 384], weight), ("x.bias", vec![2], vec![0.5, 0.25])];
        let layer = read(&tensors, |file| Linear::read(file, "x", (2, DIMENSIONS))).unwrap();
        assert_eq!(layer.logits(&one_at(3)), [2.5, -0.75]);
        assert_eq!(layer.logits(&one_at(4)), [0.5, 0.25]);
    }

    #[test]
    fn a_tensor_that_does_not_fit_is_named_with_the_reason() {
        let bias = ("x.bias", vec![1], vec![0.0]);
        let fault = |weight: Option<tiny::Tensor>| {
            let tensors: Vec<_> = weight.into_iter().chain([bias.clone()]).collect();
            read(&tensors, |file| Linear::read(file, "x", (1, DIMENSIONS))).unwrap_err()
        };
        assert_eq!(fault(None), "the tensor x.weight is missing");
        let wide = fault(Some(("x.weight", vec![1, 2], vec![0.0; 2])));
        assert_eq!(wide, "x.weight has the shape [1, 2] instead of [1, 384]");
        let mut broken = one_at(0);
        broken[7] = f32::NAN;
        let broken = fault(Some(("x.weight", vec![1, 384], broken)));
        assert_eq!(broken, "number 7 of x.weight is not finite");
    }

    #[test]
    fn prototypes_are_unit_vectors_some_for_every_intent() {
        let rows = |numbers: Vec<f32>| {
            let tensors = [("prototypes", vec![numbers.len() / DIMENSIONS, DIMENSIONS], numbers)];
            read(&tensors, |file| Prototypes::read(file, 2))
        };
        let two = rows([one_at(0), one_at(1)].concat()).unwrap();
        assert!((two.best_cosine(&one_at(1)) - 1.0).abs() < 1e-6);
        assert!(rows(one_at(0)).unwrap_err().contains("no multiple of 2"));
        let long: Vec<f32> = one_at(0).iter().map(|x| x * 2.0).collect();
        assert!(rows([one_at(0), long].concat()).unwrap_err().contains("length 2"));
    }
}
