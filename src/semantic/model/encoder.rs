//! The encoder: twelve layers of attention over the pieces of a text, averaged to one vector of length 1.
//!
//! The arithmetic is rten's (kernels chosen for the processor at run time); here is only how it is put together.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::NdTensorView;
use rten_vecmath::{Gelu, Softmax};

use super::file::{ModelError, ModelFile};
use super::linear::{EncodeError, LayerNorm, Linear};

/// Width of one attention head; the same in every model of this family.
pub(crate) const HEAD: usize = 32;

/// Layers, and the numbers that belong to positions.
pub(super) struct Encoder {
    width: usize,
    /// Position and segment, one row a position.
    positions: Vec<f32>,
    input_norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Queries, keys and values, side by side.
    attention_in: Linear,
    attention_out: Linear,
    attention_norm: LayerNorm,
    feed_in: Linear,
    feed_out: Linear,
    feed_norm: LayerNorm,
}

impl Encoder {
    /// Reads all layers; `width` is the length of a vector.
    pub(super) fn read(file: &ModelFile<'_>, width: usize) -> Result<Self, ModelError> {
        let sizes = file.numbers("sizes")?;
        let [layers, feed, positions] = sizes[..] else {
            return Err(file.damaged("its sizes do not fit together"));
        };
        if width == 0 || !width.is_multiple_of(HEAD) || feed == 0 || !(feed as usize).is_multiple_of(HEAD) {
            return Err(file.damaged("its vectors cannot be cut into heads"));
        }
        let epsilon = file.floats("epsilon", &[1])?[0];
        let read = |number: u32| Layer::read(file, &format!("layers.{number:02}"), width, feed as usize, epsilon);
        Ok(Self {
            width,
            positions: file.floats("positions", &[positions as usize, width])?,
            input_norm: LayerNorm::read(file, "input.norm", width, epsilon)?,
            layers: (0..layers).map(read).collect::<Result<_, _>>()?,
        })
    }

    /// The length of a vector.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Most pieces that are read together.
    pub(super) fn reach(&self) -> usize {
        self.positions.len() / self.width
    }

    /// The mean of what the layers make of `pieces`, one row of numbers a piece, at most [`Encoder::reach`] rows.
    pub(super) fn mean(&self, mut pieces: Vec<f32>) -> Result<Vec<f32>, EncodeError> {
        let rows = pieces.len() / self.width;
        add(&mut pieces, &self.positions);
        self.input_norm.apply(&mut pieces);
        // Made anew each time, which costs nothing: it may not move between threads.
        let gemm = GemmExecutor::new();
        for layer in &self.layers {
            layer.apply(&gemm, &mut pieces, self.width)?;
        }
        let mut mean = vec![0.0; self.width];
        for row in pieces.chunks_exact(self.width) {
            add(&mut mean, row);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
        let share = 1.0 / rows as f32;
        for value in &mut mean {
            *value *= share;
        }
        Ok(mean)
    }
}

impl Layer {
    fn read(file: &ModelFile<'_>, name: &str, width: usize, feed: usize, epsilon: f32) -> Result<Self, ModelError> {
        let linear = |part: &str, outputs, inputs| Linear::read(file, &format!("{name}.{part}"), outputs, inputs);
        let norm = |part: &str| LayerNorm::read(file, &format!("{name}.{part}"), width, epsilon);
        Ok(Self {
            attention_in: linear("attention.in", 3 * width, width)?,
            attention_out: linear("attention.out", width, width)?,
            attention_norm: norm("attention.norm")?,
            feed_in: linear("feed.in", feed, width)?,
            feed_out: linear("feed.out", width, feed)?,
            feed_norm: norm("feed.norm")?,
        })
    }

    /// Lets the rows of `values` look at each other, then transforms each by itself.
    fn apply(&self, gemm: &GemmExecutor, values: &mut [f32], width: usize) -> Result<(), EncodeError> {
        let rows = values.len() / width;
        let asked = self.attention_in.apply(gemm, values, rows)?;
        let seen = attend(gemm, &asked, rows, width)?;
        add(values, &self.attention_out.apply(gemm, &seen, rows)?);
        self.attention_norm.apply(values);
        let mut inner = self.feed_in.apply(gemm, values, rows)?;
        Gelu {}.map_mut(&mut inner);
        add(values, &self.feed_out.apply(gemm, &inner, rows)?);
        self.feed_norm.apply(values);
        Ok(())
    }
}

/// Attention by heads; `asked` holds queries, keys and values of each row side by side.
#[expect(clippy::cast_precision_loss, reason = "a head is a few dozen numbers wide")]
fn attend(gemm: &GemmExecutor, asked: &[f32], rows: usize, width: usize) -> Result<Vec<f32>, EncodeError> {
    let asked = NdTensorView::from_data([rows, 3 * width], asked);
    let part = |begin: usize| asked.slice((.., begin..begin + HEAD));
    let mut seen = vec![0.0; rows * width];
    let mut shares = vec![0.0; rows * rows];
    let mut values = vec![0.0; rows * HEAD];
    for begin in (0..width).step_by(HEAD) {
        let keys = part(width + begin);
        gemm.gemm(
            &mut shares,
            GemmInputA::Unpacked(part(begin)),
            GemmInputB::Unpacked(keys.transposed()),
            GemmOptions { alpha: 1.0 / (HEAD as f32).sqrt(), ..GemmOptions::default() },
        )
        .map_err(EncodeError::new)?;
        for row in shares.chunks_exact_mut(rows) {
            Softmax::new_mut(row).dispatch();
        }
        gemm.gemm(
            &mut values,
            GemmInputA::Unpacked(NdTensorView::from_data([rows, rows], shares.as_slice())),
            GemmInputB::Unpacked(part(2 * width + begin)),
            GemmOptions::default(),
        )
        .map_err(EncodeError::new)?;
        for (row, head) in seen.chunks_exact_mut(width).zip(values.chunks_exact(HEAD)) {
            row[begin..begin + HEAD].copy_from_slice(head);
        }
    }
    Ok(seen)
}

/// Adds `more` to `sum`, as far as the shorter of them reaches.
fn add(sum: &mut [f32], more: &[f32]) {
    for (value, other) in sum.iter_mut().zip(more) {
        *value += other;
    }
}
