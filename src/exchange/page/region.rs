//! Which part of a page is the document: the element that its publishing system marks as such, or all of it.

use std::ops::Range;

use super::outline::{Outline, Piece};

/// Marks of the element that holds the document, the more telling ones first. Most come from the publishing systems of Chinese
/// administrations.
const MARKS: [&str; 17] = [
    "zoom",
    "ucap-content",
    "trs_editor",
    "trs_ueditor",
    "view",
    "trs_editor_view",
    "pages_content",
    "xxgk_content",
    "news_content",
    "article-content",
    "article_content",
    "article_con",
    "articlecontent",
    "main-content",
    "article",
    "content",
    "main",
];

/// Elements with less text are a heading or a box.
const SHORTEST: usize = 40;

/// Where the document stands among the pieces.
pub(super) fn main(outline: &Outline) -> Range<usize> {
    // How much text stands before each piece.
    let mut before = Vec::with_capacity(outline.pieces.len() + 1);
    before.push(0);
    for piece in &outline.pieces {
        let text = piece.text().map_or(0, |text| text.split_whitespace().map(|word| word.chars().count()).sum());
        before.push(before.last().copied().unwrap_or(0) + text);
    }
    let mut best: Option<(usize, Range<usize>)> = None;
    for (start, piece) in outline.pieces.iter().enumerate() {
        let Piece::Open { name, marks, .. } = piece else { continue };
        let is_marked = |mark: &&str| name == mark || marks.iter().any(|other| other == mark);
        let Some(rank) = MARKS.iter().position(is_marked) else { continue };
        let end = outline.closed_at(start);
        let is_better = best.as_ref().is_none_or(|(other, _)| rank < *other);
        if is_better && before[end] - before[start] >= SHORTEST {
            best = Some((rank, start..end));
        }
    }
    best.map_or(0..outline.pieces.len(), |(_, range)| range)
}
