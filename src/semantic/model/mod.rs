//! multilingual-e5-small inside this process: text → vector. Nothing here touches the network.

mod encoder;
pub(super) mod file;
pub(super) mod linear;
pub(super) mod tokenizer;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use safetensors::tensor::Dtype;

pub use file::ModelError;
pub use linear::EncodeError;

use encoder::Encoder;
use file::ModelFile;
use linear::BLOCK;
use tokenizer::{BEGIN, END, Tokenizer};

pub(super) use encoder::HEAD;

/// The file's name within the model's folder.
pub const FILE_NAME: &str = "multilingual-e5-small.safetensors";

/// Bytes of one block of a vocabulary row: a half-precision scale and sixteen bytes of numbers, as in ggml's `Q4_0`.
pub(super) const ROW_BLOCK_BYTES: usize = 2 + BLOCK / 2;

/// Marks for the beginning and the end of a text.
const MARKS: usize = 2;

/// What a text is, which the model was trained to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// A question, or a title compared with questions.
    Question,
    /// A passage that may answer one.
    Passage,
}

impl Side {
    /// What texts begin with, on either side.
    pub(super) const PREFIXES: [&str; 2] = [Self::Question.prefix(), Self::Passage.prefix()];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Question => "query: ",
            Self::Passage => "passage: ",
        }
    }
}

/// Why a text got no vector.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The rows of its pieces could not be read.
    #[error("could not read the model's vocabulary")]
    Read(#[from] io::Error),
    /// The arithmetic failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The model, ready to read.
///
/// The layers' weights are held as four-bit numbers (13 MB); the rows of the vocabulary stay in the file and are read where a
/// text needs them. Removing or replacing the file does not disturb a model that is open.
pub struct Model {
    tokenizer: Tokenizer,
    encoder: Encoder,
    file: File,
    /// Where the vocabulary's rows begin in the file.
    rows_at: u64,
    space: String,
    source: String,
}

impl Model {
    /// Opens the model file at `path`, after checking that it is whole.
    ///
    /// # Errors
    ///
    /// Returns [`ModelError`]: install it again.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let unreadable = |cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => ModelError::Missing { path: path.to_owned() },
            _ => ModelError::Unreadable { path: path.to_owned(), cause },
        };
        let mut opened = File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut opened, &mut bytes).map_err(unreadable)?;
        let file = ModelFile::parse(path, &bytes)?;
        let (_, shape) = file.raw("vocabulary.rows", Dtype::U8)?;
        let [rows, row_bytes] = *shape else {
            return Err(file.damaged("its vocabulary is no table"));
        };
        let width = row_bytes / ROW_BLOCK_BYTES * BLOCK;
        let encoder = Encoder::read(&file, width)?;
        if encoder.reach() <= MARKS {
            return Err(file.damaged("it has no positions"));
        }
        Ok(Self {
            tokenizer: Tokenizer::read(&file, rows)?,
            encoder,
            rows_at: file.position("vocabulary.rows"),
            space: format!("e5-{}", &file.sha256[..12]),
            source: file.source.clone(),
            file: opened,
        })
    }

    /// The length of its vectors.
    #[must_use]
    pub fn width(&self) -> usize {
        self.encoder.width()
    }

    /// How many pieces its vocabulary has.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.tokenizer.len()
    }

    /// Names the space its vectors live in: vectors of different spaces cannot be compared.
    #[must_use]
    pub fn space(&self) -> &str {
        &self.space
    }

    /// What it was made from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The vector of a text, of length 1.
    ///
    /// What is longer than the model reads at once is cut, and the parts are averaged by their length.
    ///
    /// # Errors
    ///
    /// Returns [`EmbedError`] when the vocabulary cannot be read.
    pub fn embed(&self, side: Side, text: &str) -> Result<Vec<f32>, EmbedError> {
        let pieces = self.tokenizer.encode(&format!("{}{text}", side.prefix()));
        let mut sum = vec![0.0_f32; self.width()];
        for window in pieces.chunks(self.encoder.reach() - MARKS) {
            let marked: Vec<u32> = [BEGIN].iter().chain(window).chain(&[END]).copied().collect();
            let mean = self.encoder.mean(self.rows(&marked)?)?;
            #[expect(clippy::cast_precision_loss, reason = "a window holds a few hundred pieces")]
            let weight = window.len() as f32;
            for (value, part) in sum.iter_mut().zip(mean) {
                *value += weight * part;
            }
        }
        super::vectors::to_unit(&mut sum);
        Ok(sum)
    }

    /// The rows of `pieces`, as numbers.
    fn rows(&self, pieces: &[u32]) -> Result<Vec<f32>, io::Error> {
        let row_bytes = self.width() / BLOCK * ROW_BLOCK_BYTES;
        let mut row = vec![0; row_bytes];
        let mut numbers = Vec::with_capacity(pieces.len() * self.width());
        for piece in pieces {
            self.file.read_exact_at(&mut row, self.rows_at + u64::from(*piece) * row_bytes as u64)?;
            for block in row.as_chunks::<ROW_BLOCK_BYTES>().0 {
                let (scale, packed) = split_block(block);
                numbers.extend(packed.iter().map(|byte| (f32::from(byte & 0x0f) - 8.0) * scale));
                numbers.extend(packed.iter().map(|byte| (f32::from(byte >> 4) - 8.0) * scale));
            }
        }
        Ok(numbers)
    }
}

/// Scale and packed numbers of a `Q4_0` block: number `n` in the low half of byte `n`, number `n + 16` in its high half.
pub(super) fn split_block(block: &[u8; ROW_BLOCK_BYTES]) -> (f32, &[u8]) {
    (half(u16::from_le_bytes([block[0], block[1]])), &block[2..])
}

/// A half-precision number (IEEE 754 binary16) as a single-precision one; exact.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f32::from(bits & 0x3ff) / 1024.0;
    match exponent {
        0 => sign * fraction * 2_f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction) * 2_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_numbers_are_read_exactly() {
        let cases: [(u16, f32); 6] = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 5.960_464_5e-8),
            (0x7bff, 65504.0),
            (0x3555, 0.333_251_95),
            (0, 0.0),
        ];
        for (bits, expected) in cases {
            assert!((half(bits) - expected).abs() <= f32::EPSILON * expected.abs(), "{bits:04x}");
        }
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
    }
}
