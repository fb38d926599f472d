//! One index segment, read term by term.
//!
//! The scoring here needs every match of a question separately (which passage, which topic, how much of the question), so
//! postings are read directly, block by block, instead of through a collector that sees one sum per document.

use std::io;
use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, InvertedIndexReader, SegmentReader, Term};

use super::schema::{Fields, KINDS};

/// A segment that does not have the shape this program writes.
#[derive(Debug, thiserror::Error)]
pub(super) enum SegmentError {
    /// tantivy could not read it.
    #[error("the index could not be read")]
    Tantivy(#[from] tantivy::TantivyError),
    /// It was read, and is not what was written.
    #[error("the index is not whole: {0}")]
    Shape(&'static str),
}

/// The passages of an index: their terms, owners, kinds and lengths.
pub(super) struct Segment {
    inverted: Arc<InvertedIndexReader>,
    text: Field,
    sounds: Arc<InvertedIndexReader>,
    sound: Field,
    /// Topic ordinal by document.
    pub(super) owners: Vec<u32>,
    /// [`super::schema::Kind`] by document.
    pub(super) kinds: Vec<u8>,
    /// Length in terms, relative to the mean of the same kind, by document.
    pub(super) lengths: Vec<f32>,
}

impl Segment {
    /// Reads the only segment of `index`.
    pub(super) fn open(index: &Index, fields: &Fields) -> Result<Self, SegmentError> {
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else { return Err(SegmentError::Shape("it has several segments or none")) };
        let reader = SegmentReader::open(segment)?;
        let owners = reader.fast_fields().u64("owner")?;
        let kinds = reader.fast_fields().u64("kind")?;
        let norms = reader.get_fieldnorms_reader(fields.text)?;
        let documents = 0..reader.max_doc();
        let read = |column: &tantivy::columnar::Column<u64>, document| {
            column.first(document).ok_or(SegmentError::Shape("a passage has no owner or kind"))
        };
        let owners = documents
            .clone()
            .map(|document| {
                u32::try_from(read(&owners, document)?).map_err(|_| SegmentError::Shape("an owner is too large"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let kinds = documents
            .clone()
            .map(|document| {
                let kind = read(&kinds, document)?;
                u8::try_from(kind)
                    .ok()
                    .filter(|kind| usize::from(*kind) < KINDS)
                    .ok_or(SegmentError::Shape("an unknown kind"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let lengths: Vec<u32> = documents.map(|document| norms.fieldnorm(document)).collect();
        let lengths = relative_lengths(&lengths, &kinds);
        let (inverted, sounds) = (reader.inverted_index(fields.text)?, reader.inverted_index(fields.sound)?);
        Ok(Self { inverted, text: fields.text, sounds, sound: fields.sound, owners, kinds, lengths })
    }

    /// How many passages there are.
    pub(super) fn documents(&self) -> usize {
        self.owners.len()
    }

    /// In how many passages `term` occurs; an unreadable index knows nothing.
    pub(super) fn frequency(&self, term: &str) -> u32 {
        let info = self.inverted.get_term_info(&Term::from_field_text(self.text, term));
        info.ok().flatten().map_or(0, |info| info.doc_freq)
    }

    /// Passages with `term` and how often it occurs in each, written over `postings`; returns whether there are any.
    pub(super) fn postings(&self, term: &str, is_sound: bool, postings: &mut Vec<(u32, u32)>) -> io::Result<bool> {
        postings.clear();
        let (inverted, field) = if is_sound { (&self.sounds, self.sound) } else { (&self.inverted, self.text) };
        let Some(info) = inverted.get_term_info(&Term::from_field_text(field, term))? else { return Ok(false) };
        let mut blocks: BlockSegmentPostings =
            inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
        postings.reserve(info.doc_freq as usize);
        while blocks.block_len() > 0 {
            postings.extend(blocks.docs().iter().copied().zip(blocks.freqs().iter().copied()));
            blocks.advance();
        }
        Ok(true)
    }
}

/// Each length divided by the mean length of its kind.
#[expect(clippy::cast_precision_loss, reason = "lengths and counts are far below 2^24 where it matters")]
fn relative_lengths(lengths: &[u32], kinds: &[u8]) -> Vec<f32> {
    let mut sums = [(0.0_f64, 0.0_f64); KINDS];
    for (length, kind) in lengths.iter().zip(kinds) {
        let (total, count) = &mut sums[usize::from(*kind)];
        *total += f64::from(*length);
        *count += 1.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a mean length fits")]
    let means = sums.map(|(total, count)| (total / f64::max(count, 1.0)).max(1.0) as f32);
    lengths.iter().zip(kinds).map(|(length, kind)| *length as f32 / means[usize::from(*kind)]).collect()
}
