//! How a message is read before it is looked up: mistyped words mended, pinyin and initials written out, English glossed.

use super::analyzer::{Analyzer, Run, runs};
use super::english::{English, is_english};
use super::pinyin_typing::{PinyinTyping, is_pinyin};
use super::reader::Segment;
use super::spelling::{Mending, Speller};
use super::vocabulary::Vocabulary;
use crate::desk::knowledge::KnowledgeBase;
use crate::domain::reading::{Correction, Reading};
use crate::domain::text::essence;

/// Nobody's question is longer; what follows is not looked at for mistakes.
const CHARS_READ: usize = 300;

/// A pair of characters that occurs in no more passages than this may be a mistake.
const RARE: u32 = 2;

/// What is needed to read messages about one edition.
pub(super) struct Reader {
    speller: Speller,
    typing: PinyinTyping,
    english: English,
}

impl Reader {
    /// Prepares the words of `base`.
    pub(super) fn new(base: &KnowledgeBase, analyzer: &Analyzer) -> Self {
        let vocabulary = Vocabulary::new(base, analyzer);
        Self {
            speller: Speller::new(&vocabulary, analyzer),
            typing: PinyinTyping::new(&vocabulary),
            english: English::new(&base.lexicon),
        }
    }

    /// Reads a normalised message.
    pub(super) fn read(&self, message: &str, analyzer: &Analyzer, segment: &Segment) -> Reading {
        let text = essence(message);
        let cut = text.char_indices().nth(CHARS_READ).map_or(text.len(), |(at, _)| at);
        let (head, tail) = text.split_at(cut);
        let is_known = |term: &str| segment.frequency(term) > 0;
        let is_common = |pair: &str| segment.frequency(pair) > RARE;
        if is_english(head) && !self.is_pinyin_only(head) {
            let words = self.english.gloss(head, &is_known);
            if !words.is_empty() {
                return Reading { words, text, corrections: Vec::new() };
            }
        }
        let mut mendings = self.letters(head, &is_known);
        mendings.extend(self.speller.mend(head, analyzer, &is_common));
        mendings.sort_by_key(|mending| mending.range.start);
        let (mended, corrections) = apply(head, &mendings);
        let text = mended + tail;
        Reading { words: text.clone(), text, corrections }
    }

    fn is_pinyin_only(&self, text: &str) -> bool {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 1);
        words.clone().all(is_pinyin) && !words.clone().all(|word| self.english.knows(word))
    }

    /// Pinyin and initials among the Latin words of a text.
    fn letters(&self, text: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<Mending> {
        let mut mendings = Vec::new();
        let mut stretch: Vec<std::ops::Range<usize>> = Vec::new();
        let mut finish = |stretch: &mut Vec<std::ops::Range<usize>>| {
            mendings.extend(self.typing.stretch(text, stretch));
            stretch.clear();
        };
        let mut singles = Vec::new();
        for run in runs(text) {
            let Run::Code(range) = run else {
                finish(&mut stretch);
                continue;
            };
            let word = &text[range.clone()];
            let is_letters = word.bytes().all(|b| b.is_ascii_lowercase());
            if is_letters && is_pinyin(word) && !is_known(word) && !self.english.knows(word) {
                stretch.push(range);
                continue;
            }
            finish(&mut stretch);
            if is_letters && !is_known(word) && !self.english.knows(word) && !is_pinyin(word) {
                let word = self.typing.initials(word).map(str::to_owned);
                singles.extend(word.map(|text| Mending { range, text }));
            }
        }
        finish(&mut stretch);
        mendings.extend(singles);
        mendings
    }
}

/// The text with its mendings, and what they were.
fn apply(text: &str, mendings: &[Mending]) -> (String, Vec<Correction>) {
    let mut mended = String::with_capacity(text.len());
    let mut corrections = Vec::new();
    let mut at = 0;
    for mending in mendings.iter().filter(|mending| text.is_char_boundary(mending.range.start)) {
        if mending.range.start < at {
            continue;
        }
        mended.push_str(&text[at..mending.range.start]);
        mended.push_str(&mending.text);
        corrections.push(Correction { typed: text[mending.range.clone()].to_owned(), read_as: mending.text.clone() });
        at = mending.range.end;
    }
    mended.push_str(&text[at..]);
    (mended, corrections)
}
