//! Matrices of four-bit numbers in blocks of 32, and what is computed with them.

use rten_gemm::{BiasVector, BlockQuantizedMatrix, GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_simd::SimdOp;
use rten_tensor::{Contiguous, NdTensor, NdTensorView};
use rten_vecmath::{Normalize, NormalizeOptions, Sum, SumSquareSub};
use safetensors::tensor::Dtype;

use super::file::{ModelError, ModelFile};

/// Numbers that share a scale.
pub(crate) const BLOCK: usize = 32;

/// The matrices did not fit together: a fault of this program, since shapes are checked when a model is read.
#[derive(Debug, thiserror::Error)]
#[error("could not multiply the model's matrices: {0}")]
pub struct EncodeError(String);

impl EncodeError {
    pub(super) fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// A matrix with a bias: `outputs` numbers from `inputs`.
pub(super) struct Linear {
    /// Shape (outputs, blocks, bytes of a block); two numbers a byte, the first in the low half, 8 stands for 0.
    quants: Contiguous<NdTensor<u8, 3>>,
    /// Shape (outputs, blocks).
    scales: Contiguous<NdTensor<f32, 2>>,
    bias: Vec<f32>,
}

impl Linear {
    /// Reads `<name>.quants`, `<name>.scales` and `<name>.bias`.
    pub(super) fn read(file: &ModelFile<'_>, name: &str, outputs: usize, inputs: usize) -> Result<Self, ModelError> {
        let blocks = inputs / BLOCK;
        let shape = [outputs, blocks, BLOCK / 2];
        let quants = format!("{name}.quants");
        let (data, found) = file.raw(&quants, Dtype::U8)?;
        if found != shape {
            return Err(file.damaged(format!("`{quants}` has shape {found:?} instead of {shape:?}")));
        }
        let scales = file.floats(&format!("{name}.scales"), &[outputs, blocks])?;
        let whole = "a new tensor has no gaps";
        Ok(Self {
            quants: Contiguous::new(NdTensor::from_data(shape, data.to_vec())).expect(whole),
            scales: Contiguous::new(NdTensor::from_data([outputs, blocks], scales)).expect(whole),
            bias: file.floats(&format!("{name}.bias"), &[outputs])?,
        })
    }

    /// One row of outputs for each row of `inputs`.
    pub(super) fn apply(&self, gemm: &GemmExecutor, inputs: &[f32], rows: usize) -> Result<Vec<f32>, EncodeError> {
        let inputs = NdTensorView::from_data([rows, inputs.len() / rows], inputs);
        let matrix = BlockQuantizedMatrix::new(self.quants.view(), self.scales.view(), 4).map_err(EncodeError::new)?;
        let mut outputs = vec![0.0; rows * self.bias.len()];
        gemm.gemm(
            &mut outputs,
            GemmInputA::Unpacked(inputs),
            GemmInputB::BlockQuantized(matrix),
            GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() },
        )
        .map_err(EncodeError::new)?;
        Ok(outputs)
    }
}

/// Brings each row to mean 0 and variance 1, then scales and shifts it.
pub(super) struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

impl LayerNorm {
    /// Reads `<name>.weight` and `<name>.bias`.
    pub(super) fn read(file: &ModelFile<'_>, name: &str, width: usize, epsilon: f32) -> Result<Self, ModelError> {
        let weight = file.floats(&format!("{name}.weight"), &[width])?;
        let bias = file.floats(&format!("{name}.bias"), &[width])?;
        Ok(Self { weight, bias, epsilon })
    }

    /// Normalises the rows of `values` in place.
    #[expect(clippy::cast_precision_loss, reason = "rows are a few hundred numbers wide")]
    pub(super) fn apply(&self, values: &mut [f32]) {
        let width = self.weight.len();
        for row in values.chunks_exact_mut(width) {
            let mean = Sum::new(row).dispatch() / width as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / width as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + self.epsilon).sqrt(),
                element_scale: Some(&self.weight),
                element_bias: Some(&self.bias),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}
