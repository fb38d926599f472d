//! From the package's weights to the model's file: fewer pieces, names that say what they are, blocks as rten reads them.

use std::collections::BTreeMap;

use fst::MapBuilder;

use super::super::model::file::Tensor;
use super::super::model::linear::BLOCK;
use super::super::model::tokenizer::{BEGIN, END, FIRST_PIECE, PADDING, UNKNOWN, WORD_BEGINS};
use super::super::model::{ROW_BLOCK_BYTES, Side, split_block};
use super::source::{Source, SourceError};

/// A character that no piece has costs this much more than the rarest piece (sentencepiece's rule).
const UNKNOWN_PENALTY: f32 = 10.0;

/// All tensors of the model's file.
///
/// # Errors
///
/// Returns [`SourceError`] when the weights are incomplete.
pub(super) fn convert(source: &Source<'_>) -> Result<BTreeMap<String, Tensor>, SourceError> {
    let mut tensors = BTreeMap::new();
    vocabulary(source, &mut tensors)?;
    characters(source, &mut tensors);
    let width = source.width;
    let sizes = [source.layers, source.feed, source.positions].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
    tensors.insert("sizes".to_owned(), Tensor::numbers(&sizes));
    tensors.insert("epsilon".to_owned(), Tensor::floats(&[1], &[source.epsilon]));
    tensors.insert("positions".to_owned(), positions(source)?);
    norm(source, &mut tensors, "input.norm", "emb.ln")?;
    for number in 0..source.layers {
        let (new, old) = (format!("layers.{number:02}"), format!("l{number}"));
        let parts = ["q", "k", "v"].map(|part| format!("{old}.{part}"));
        linear(source, &mut tensors, &format!("{new}.attention.in"), &parts, [width, width])?;
        linear(source, &mut tensors, &format!("{new}.attention.out"), &[format!("{old}.ao")], [width, width])?;
        norm(source, &mut tensors, &format!("{new}.attention.norm"), &format!("{old}.aln"))?;
        linear(source, &mut tensors, &format!("{new}.feed.in"), &[format!("{old}.fi")], [source.feed, width])?;
        linear(source, &mut tensors, &format!("{new}.feed.out"), &[format!("{old}.fo")], [width, source.feed])?;
        norm(source, &mut tensors, &format!("{new}.feed.norm"), &format!("{old}.oln"))?;
    }
    Ok(tensors)
}

/// Pieces of ASCII characters are kept up to this length: abbreviations, units and digits. English questions are compared by
/// their Chinese gloss, and longer words of Latin script, which are most of the vocabulary, are read in parts.
const LONGEST_ASCII: usize = 4;

/// Tells whether a piece is worth keeping: Chinese characters, short ASCII, and the punctuation of both.
fn is_kept(piece: &str) -> bool {
    let is_ascii = |character: char| matches!(character, WORD_BEGINS | ' '..='~');
    let is_ours = |character| {
        is_ascii(character)
            || matches!(character,
                '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
    };
    let is_short = || piece.chars().count() <= LONGEST_ASCII || !piece.chars().all(is_ascii) || is_prefix(piece);
    !piece.is_empty() && piece.chars().all(is_ours) && is_short()
}

/// The words that the model is told with every text what it is.
fn is_prefix(piece: &str) -> bool {
    Side::PREFIXES.iter().any(|prefix| prefix.trim_end_matches([':', ' ']) == piece.trim_start_matches(WORD_BEGINS))
}

/// The kept pieces, numbered anew, with their scores and rows.
fn vocabulary(source: &Source<'_>, tensors: &mut BTreeMap<String, Tensor>) -> Result<(), SourceError> {
    if source.special != [BEGIN, END, PADDING, UNKNOWN] {
        return Err(SourceError::Unexpected("its special pieces have other numbers".to_owned()));
    }
    let row_bytes = source.width / BLOCK * ROW_BLOCK_BYTES;
    let all_rows = source.tensor("emb.word", source.rows * row_bytes)?;
    if source.rows < source.pieces.len() {
        return Err(SourceError::Unexpected("some of its pieces have no row".to_owned()));
    }
    let is_special = |piece: &str| piece.starts_with('<') && piece.ends_with('>') && piece.len() > 2;
    let kept: Vec<usize> = (0..source.pieces.len())
        .filter(|number| {
            let piece = source.pieces[*number].0;
            *number < FIRST_PIECE as usize || is_kept(piece) && !is_special(piece)
        })
        .collect();
    let mut keys: Vec<(&str, u64)> =
        (0..).zip(&kept).skip(FIRST_PIECE as usize).map(|(new, old)| (source.pieces[*old].0, new)).collect();
    keys.sort_unstable();
    let mut builder = MapBuilder::memory();
    for (piece, number) in keys {
        builder.insert(piece, number).map_err(|cause| SourceError::Unexpected(format!("its vocabulary: {cause}")))?;
    }
    let fst = builder.into_inner().map_err(|cause| SourceError::Unexpected(format!("its vocabulary: {cause}")))?;
    let scores: Vec<f32> = kept.iter().map(|number| source.pieces[*number].1).collect();
    let rarest = source.pieces.iter().map(|(_, score)| *score).fold(0.0, f32::min);
    let rows = kept.iter().flat_map(|number| &all_rows[number * row_bytes..][..row_bytes]).copied().collect();
    tensors.insert("vocabulary.fst".to_owned(), Tensor::bytes(&[fst.len()], fst));
    tensors.insert("vocabulary.scores".to_owned(), Tensor::floats(&[scores.len()], &scores));
    tensors.insert("vocabulary.unknown_score".to_owned(), Tensor::floats(&[1], &[rarest - UNKNOWN_PENALTY]));
    tensors.insert("vocabulary.rows".to_owned(), Tensor::bytes(&[kept.len(), row_bytes], rows));
    Ok(())
}

/// The table of characters, as the ends of what each becomes.
fn characters(source: &Source<'_>, tensors: &mut BTreeMap<String, Tensor>) {
    let (mut from, mut ends, mut into) = (Vec::new(), Vec::new(), Vec::new());
    for (character, characters) in &source.replaced {
        from.push(*character);
        into.extend(characters);
        ends.push(u32::try_from(into.len()).unwrap_or(u32::MAX));
    }
    for (name, numbers) in [("from", from), ("ends", ends), ("into", into)] {
        tensors.insert(format!("normaliser.{name}"), Tensor::numbers(&numbers));
    }
}

/// Positions and the first segment, which is the only one used, added up.
fn positions(source: &Source<'_>) -> Result<Tensor, SourceError> {
    let width = source.width;
    let mut positions = source.floats("emb.pos", source.positions * width)?;
    let segments = source.floats("emb.type", source.segments * width)?;
    for row in positions.chunks_exact_mut(width) {
        for (value, segment) in row.iter_mut().zip(&segments) {
            *value += segment;
        }
    }
    Ok(Tensor::floats(&[source.positions, width], &positions))
}

fn norm(source: &Source<'_>, tensors: &mut BTreeMap<String, Tensor>, name: &str, old: &str) -> Result<(), SourceError> {
    for (part, old_part) in [("weight", "w"), ("bias", "b")] {
        let values = source.floats(&format!("{old}.{old_part}"), source.width)?;
        tensors.insert(format!("{name}.{part}"), Tensor::floats(&[source.width], &values));
    }
    Ok(())
}

/// The matrices `parts`, one below the other; each of `shape` (outputs, inputs).
fn linear(
    source: &Source<'_>,
    tensors: &mut BTreeMap<String, Tensor>,
    name: &str,
    parts: &[String],
    [outputs, inputs]: [usize; 2],
) -> Result<(), SourceError> {
    let blocks = inputs / BLOCK;
    let (mut quants, mut scales, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let bytes = source.tensor(&format!("{part}.w"), outputs * blocks * ROW_BLOCK_BYTES)?;
        for block in bytes.as_chunks::<ROW_BLOCK_BYTES>().0 {
            let (scale, packed) = split_block(block);
            scales.push(scale);
            let in_order: Vec<u8> =
                packed.iter().map(|byte| byte & 0x0f).chain(packed.iter().map(|byte| byte >> 4)).collect();
            quants.extend(in_order.as_chunks::<2>().0.iter().map(|[first, second]| first | second << 4));
        }
        bias.extend(source.floats(&format!("{part}.b"), outputs)?);
    }
    let rows = outputs * parts.len();
    tensors.insert(format!("{name}.quants"), Tensor::bytes(&[rows, blocks, BLOCK / 2], quants));
    tensors.insert(format!("{name}.scales"), Tensor::floats(&[rows, blocks], &scales));
    tensors.insert(format!("{name}.bias"), Tensor::floats(&[rows], &bias));
    Ok(())
}
