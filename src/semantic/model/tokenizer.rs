//! Text → numbers of vocabulary pieces: the unigram model (Kudo 2018) of the encoder, over an fst of its pieces.
//!
//! Characters are first replaced as the model's own table says, runs of spaces become one, and a word begins with `▁`. Of all
//! ways to cut the text into pieces the likeliest is taken. Absent on purpose: the names of special tokens (`<s>`), which
//! people may type and which must stay plain text.

use std::collections::HashMap;

use fst::Map;
use safetensors::tensor::Dtype;

use super::file::{ModelError, ModelFile};

/// Stands for a space in the pieces.
pub(crate) const WORD_BEGINS: char = '\u{2581}';

/// Numbers that every vocabulary of this family has.
pub(crate) const BEGIN: u32 = 0;
/// Filling; never fed.
pub(crate) const PADDING: u32 = 1;
/// Ends a text.
pub(crate) const END: u32 = 2;
/// Stands for a character that no piece has.
pub(crate) const UNKNOWN: u32 = 3;
/// Pieces of the vocabulary begin here.
pub(crate) const FIRST_PIECE: u32 = 4;

/// Cuts text into pieces.
pub(super) struct Tokenizer {
    pieces: Map<Vec<u8>>,
    /// Log-probability by number.
    scores: Vec<f32>,
    unknown_score: f32,
    replaced: HashMap<char, Vec<char>>,
}

/// The best way to the end of one character.
#[derive(Clone, Copy)]
struct Step {
    score: f32,
    piece: u32,
    /// The byte at which the piece begins.
    from: usize,
}

impl Tokenizer {
    /// Reads the vocabulary of `rows` pieces from a model file.
    pub(super) fn read(file: &ModelFile<'_>, rows: usize) -> Result<Self, ModelError> {
        let (fst, _) = file.raw("vocabulary.fst", Dtype::U8)?;
        let pieces = Map::new(fst.to_vec()).map_err(|cause| file.damaged(format!("the vocabulary: {cause}")))?;
        let scores = file.floats("vocabulary.scores", &[rows])?;
        let unknown_score = file.floats("vocabulary.unknown_score", &[1])?[0];
        let from = file.numbers("normaliser.from")?;
        let ends = file.numbers("normaliser.ends")?;
        let into = file.numbers("normaliser.into")?;
        let mut replaced = HashMap::with_capacity(from.len());
        let mut begin = 0;
        for (character, end) in from.iter().zip(&ends) {
            let range = begin as usize..*end as usize;
            let characters = into.get(range).map(|codes| codes.iter().filter_map(|code| char::from_u32(*code)));
            let (Some(character), Some(characters)) = (char::from_u32(*character), characters) else {
                return Err(file.damaged("its table of characters does not fit together"));
            };
            replaced.insert(character, characters.collect());
            begin = *end;
        }
        Ok(Self { pieces, scores, unknown_score, replaced })
    }

    /// How many pieces there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// The pieces of `text`, without the marks for its beginning and end.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let text = self.prepare(text);
        let nowhere = Step { score: f32::NEG_INFINITY, piece: UNKNOWN, from: 0 };
        let mut steps = vec![nowhere; text.len() + 1];
        steps[0].score = 0.0;
        for (at, character) in text.char_indices() {
            let so_far = steps[at].score;
            let end = at + character.len_utf8();
            improve(&mut steps[end], Step { score: so_far + self.unknown_score, piece: UNKNOWN, from: at });
            self.pieces_at(&text[at..], |length, piece| {
                let score = so_far + self.scores.get(piece as usize).copied().unwrap_or(f32::NEG_INFINITY);
                improve(&mut steps[at + length], Step { score, piece, from: at });
            });
        }
        let mut pieces = Vec::new();
        let mut at = text.len();
        while at > 0 {
            pieces.push(steps[at].piece);
            at = steps[at].from;
        }
        pieces.reverse();
        pieces
    }

    /// The text as the pieces spell it.
    fn prepare(&self, text: &str) -> String {
        let mut prepared = String::with_capacity(text.len() + WORD_BEGINS.len_utf8());
        prepared.push(WORD_BEGINS);
        let mut after_space = true;
        let mut push = |character: char| {
            let is_space = character == ' ';
            if !(is_space && after_space) {
                prepared.push(if is_space { WORD_BEGINS } else { character });
            }
            after_space = is_space;
        };
        for character in text.chars() {
            match self.replaced.get(&character) {
                Some(characters) => characters.iter().for_each(|character| push(*character)),
                None => push(character),
            }
        }
        prepared
    }

    /// Calls `found` with length and number of every piece that `text` begins with.
    fn pieces_at(&self, text: &str, mut found: impl FnMut(usize, u32)) {
        let fst = self.pieces.as_fst();
        let mut node = fst.root();
        let mut value = 0;
        for (length, byte) in (1..).zip(text.bytes()) {
            let Some(branch) = node.find_input(byte) else { return };
            let transition = node.transition(branch);
            value += transition.out.value();
            node = fst.node(transition.addr);
            if node.is_final() {
                found(length, u32::try_from(value + node.final_output().value()).unwrap_or(UNKNOWN));
            }
        }
    }
}

/// Takes `step` where it is better than what is known; the first of equals stays.
fn improve(known: &mut Step, step: Step) {
    if step.score > known.score {
        *known = step;
    }
}
