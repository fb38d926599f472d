//! Vectors: made comparable, compared, kept in a file.
//!
//! They are compared one by one: 10,000 of 384 numbers take about a millisecond and 15 MB. Absent on purpose: an approximate
//! index. Time grows in step with their number; above [`MANY`] a warning says so, and such an index would be worth its errors.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::Path;

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_tensor::NdTensorView;
use safetensors::tensor::{Dtype, SafeTensors, serialize};
use sha2::{Digest, Sha256};

use super::model::Side;
use super::model::file::{Tensor, replace};

/// Beyond this many vectors, comparing them one by one is felt.
pub const MANY: usize = 50_000;

/// What identifies a text: the first half of its SHA-256, and which side it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextHash([u8; 16]);

impl TextHash {
    /// The hash of a text as it is given to the model.
    pub(super) fn of(side: Side, text: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update([u8::from(side == Side::Passage)]);
        digest.update(text);
        let digest = digest.finalize();
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest[..16]);
        Self(hash)
    }
}

/// Scales to length 1; what has no length stays as it is.
pub(super) fn to_unit(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 && length.is_finite() {
        for value in vector {
            *value /= length;
        }
    }
}

/// Vectors of one space, one row a text.
pub(super) struct Matrix {
    width: usize,
    numbers: Vec<f32>,
}

impl Matrix {
    /// Takes rows of equal length; `None` where they differ or there are none.
    pub(super) fn new(rows: &[Vec<f32>]) -> Option<Self> {
        let width = rows.first()?.len();
        let are_equal = width > 0 && rows.iter().all(|row| row.len() == width);
        are_equal.then(|| Self { width, numbers: rows.concat() })
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.numbers.len() / self.width
    }

    /// A row.
    pub(super) fn row(&self, number: usize) -> &[f32] {
        &self.numbers[number * self.width..][..self.width]
    }

    /// The cosine of each row with `vector`; `None` where it is of another length.
    pub(super) fn cosines(&self, vector: &[f32]) -> Option<Vec<f32>> {
        if vector.len() != self.width {
            return None;
        }
        let rows = NdTensorView::from_data([self.rows(), self.width], self.numbers.as_slice());
        let vector = NdTensorView::from_data([1, self.width], vector);
        let mut cosines = vec![0.0; self.rows()];
        let (a, b) = (GemmInputA::Unpacked(vector), GemmInputB::Unpacked(rows.transposed()));
        GemmExecutor::new().gemm(&mut cosines, a, b, GemmOptions::default()).ok()?;
        Some(cosines)
    }

    /// The mean cosine of two rows that belong to different owners, over all such pairs; 0 where there are none.
    ///
    /// `owners` holds each row's owner, `None` for rows that do not take part; rows of one owner stand together.
    pub(super) fn mean_between(&self, owners: &[Option<u32>]) -> f32 {
        let mut all = Group::new(self.width);
        let mut within = (0.0, 0.0);
        let mut group = (None, Group::new(self.width));
        for (row, owner) in owners.iter().enumerate().filter(|(_, owner)| owner.is_some()) {
            if group.0 != *owner {
                within = group.1.pairs_added_to(within);
                group = (*owner, Group::new(self.width));
            }
            group.1.add(self.row(row));
            all.add(self.row(row));
        }
        let within = group.1.pairs_added_to(within);
        let (sum, pairs) = all.pairs_added_to((0.0, 0.0));
        if pairs - within.1 < 1.0 {
            return 0.0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a mean of cosines lies between -1 and 1")]
        let mean = ((sum - within.0) / (pairs - within.1)) as f32;
        mean
    }
}

/// The sum of some rows: its squared length is the sum of the cosines of all their pairs.
struct Group {
    sum: Vec<f64>,
    size: f64,
}

impl Group {
    fn new(width: usize) -> Self {
        Self { sum: vec![0.0; width], size: 0.0 }
    }

    fn add(&mut self, row: &[f32]) {
        for (sum, value) in self.sum.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
        self.size += 1.0;
    }

    /// Adds the sum of cosines over ordered pairs, each row with itself included, and the number of such pairs.
    fn pairs_added_to(&self, (sum, pairs): (f64, f64)) -> (f64, f64) {
        (sum + self.sum.iter().map(|value| value * value).sum::<f64>(), pairs + self.size * self.size)
    }
}

/// Vectors by the hash of their text.
pub(super) type Known = HashMap<TextHash, Vec<f32>>;

/// Writes vectors to `path`, whole or not at all.
///
/// # Errors
///
/// Returns an [`io::Error`]; what was there before still is.
pub(super) fn write(path: &Path, space: &str, hashes: &[TextHash], matrix: &Matrix) -> io::Result<()> {
    let texts: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    let tensors = BTreeMap::from([
        ("texts", Tensor::bytes(&[hashes.len(), 16], texts)),
        ("vectors", Tensor::floats(&[matrix.rows(), matrix.width], &matrix.numbers)),
    ]);
    let sha256 = checked(&tensors["texts"].data, &tensors["vectors"].data);
    let header = [("space".to_owned(), space.to_owned()), ("sha256".to_owned(), sha256)];
    replace(path, &serialize(&tensors, Some(header.into_iter().collect())).map_err(io::Error::other)?)
}

/// Reads vectors of `space` from `path`.
///
/// # Errors
///
/// Returns an [`io::Error`] when there are none, or when they are of another space or damaged: they can be computed again.
pub(super) fn read(path: &Path, space: &str) -> io::Result<Known> {
    let bytes = fs::read(path)?;
    let unusable = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|cause| unusable(cause.to_string()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|cause| unusable(cause.to_string()))?;
    let tensor = |name| file.tensor(name).map_err(|cause| unusable(cause.to_string()));
    let (texts, vectors) = (tensor("texts")?, tensor("vectors")?);
    let header = metadata.metadata().clone().unwrap_or_default();
    let note = |key: &str| header.get(key).map_or("", String::as_str);
    if note("space") != space || note("sha256") != checked(texts.data(), vectors.data()) {
        return Err(unusable("they are of another space or damaged".to_owned()));
    }
    let width = vectors.shape().last().copied().unwrap_or(0);
    if vectors.dtype() != Dtype::F32 || texts.dtype() != Dtype::U8 || width == 0 {
        return Err(unusable("they are of another type".to_owned()));
    }
    let rows = vectors.data().chunks_exact(width * size_of::<f32>());
    let numbers = |row: &[u8]| row.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Ok(texts.data().as_chunks().0.iter().map(|hash| TextHash(*hash)).zip(rows.map(numbers)).collect())
}

fn checked(texts: &[u8], vectors: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(texts);
    digest.update(vectors);
    super::model::file::hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(mut vector: Vec<f32>) -> Vec<f32> {
        to_unit(&mut vector);
        vector
    }

    #[test]
    fn what_was_written_is_read_and_what_was_damaged_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vectors");
        let rows = [unit(vec![1.0, 2.0]), unit(vec![-3.0, 0.5])];
        let hashes = [TextHash::of(Side::Question, "甲"), TextHash::of(Side::Passage, "甲")];
        write(&path, "here", &hashes, &Matrix::new(&rows).unwrap()).unwrap();
        let known = read(&path, "here").unwrap();
        assert_eq!(hashes.map(|hash| known[&hash].clone()), rows);
        assert!(read(&path, "elsewhere").is_err());
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(read(&path, "here").is_err());
        assert!(read(&dir.path().join("none"), "here").is_err());
    }

    proptest! {
        #[test]
        fn the_mean_between_owners_is_that_of_all_pairs(
            rows in prop::collection::vec((0_u32..4, prop::collection::vec(-1.0_f32..1.0, 3)), 2..12)
        ) {
            let mut rows = rows;
            rows.sort_by_key(|(owner, _)| *owner);
            let vectors: Vec<_> = rows.iter().map(|(_, vector)| unit(vector.clone())).collect();
            let owners: Vec<_> = rows.iter().map(|(owner, _)| Some(*owner)).collect();
            let (mut sum, mut pairs) = (0.0_f64, 0.0_f64);
            for (a, first) in vectors.iter().enumerate() {
                for (b, second) in vectors.iter().enumerate() {
                    if owners[a] != owners[b] {
                        sum += first.iter().zip(second).map(|(x, y)| f64::from(x * y)).sum::<f64>();
                        pairs += 1.0;
                    }
                }
            }
            let expected = if pairs > 0.0 { sum / pairs } else { 0.0 };
            let mean = Matrix::new(&vectors).unwrap().mean_between(&owners);
            prop_assert!((f64::from(mean) - expected).abs() < 1e-4, "{mean} instead of {expected}");
        }
    }
}
