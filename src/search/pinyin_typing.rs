//! Pinyin typed without choosing characters (`yingyezhizhao`), and initials (`yyzz`), read as the knowledge's own words.
//!
//! Absent on purpose: tones, and other romanisations.

use std::collections::HashMap;
use std::ops::Range;

use pinyin::ToPinyin;

use super::sound;
use super::spelling::Mending;
use super::vocabulary::Vocabulary;

/// Shorter initials fit too many words.
const FEWEST_INITIALS: usize = 3;

/// Shares of a typed stretch, in syllables, that must be words of at least two characters.
const COVERED: f32 = 0.6;

/// Letters of the longest word that is looked up.
const LONGEST_LETTERS: usize = 40;

/// What a step costs besides its word: few long words are likelier than many short ones.
const STEP: f32 = 2.0;

/// A word by its letters.
struct Reading {
    text: String,
    /// The less the likelier: the negative logarithm of its share among all.
    cost: f32,
    /// Ends of its syllables, in letters.
    ends: Vec<usize>,
}

/// Turns Latin letters into the knowledge's words.
pub(super) struct PinyinTyping {
    by_letters: HashMap<String, Reading>,
    /// Initials → the one word they stand for.
    by_initials: HashMap<String, Option<(String, u32)>>,
}

impl PinyinTyping {
    /// Prepares the words of an edition.
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let mut typing = Self { by_letters: HashMap::new(), by_initials: HashMap::new() };
        let singles: Vec<(String, u32)> =
            vocabulary.singles().map(|(character, count)| (character.to_string(), count)).collect();
        let words = vocabulary.words().iter().map(|word| (word.text.clone(), word.weight));
        let all: Vec<(String, u32)> = words.chain(singles).collect();
        let total: f64 = all.iter().map(|(_, weight)| f64::from(*weight)).sum();
        for (text, weight) in all {
            typing.add(&text, weight, total);
        }
        for word in vocabulary.words().iter().filter(|word| word.is_name) {
            typing.add_initials(&word.text, word.weight);
        }
        typing
    }

    #[expect(clippy::cast_possible_truncation, reason = "a logarithm is a small number")]
    fn add(&mut self, text: &str, weight: u32, total: f64) {
        let Some(syllables) = syllables(text) else { return };
        let cost = -(f64::from(weight) / total).ln() as f32;
        let mut ends = Vec::with_capacity(syllables.len());
        for syllable in &syllables {
            ends.push(ends.last().copied().unwrap_or(0) + syllable.len());
        }
        let letters = syllables.concat();
        let is_better = self.by_letters.get(&letters).is_none_or(|known| (cost, text) < (known.cost, &known.text));
        if is_better {
            self.by_letters.insert(letters, Reading { text: text.to_owned(), cost, ends });
        }
    }

    fn add_initials(&mut self, text: &str, weight: u32) {
        let Some(syllables) = syllables(text) else { return };
        if syllables.len() < FEWEST_INITIALS {
            return;
        }
        let initials: String = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
        self.by_initials
            .entry(initials)
            .and_modify(|known| {
                // Of two words the one that is clearly at home in more topics has the initials; else nobody.
                *known = match known.take() {
                    Some((_, other)) if weight > 2 * other => Some((text.to_owned(), weight)),
                    Some((kept, other)) if other > 2 * weight => Some((kept, other)),
                    _ => None,
                };
            })
            .or_insert_with(|| Some((text.to_owned(), weight)));
    }

    /// The words that initials stand for, when they clearly stand for one.
    pub(super) fn initials(&self, letters: &str) -> Option<&str> {
        if letters.len() < FEWEST_INITIALS {
            return None;
        }
        self.by_initials.get(letters)?.as_ref().map(|(text, _)| text.as_str())
    }

    /// Reads a stretch of `text` that consists of pinyin words with spaces between them; `None` when too little of it is made
    /// of the knowledge's words.
    pub(super) fn stretch(&self, text: &str, words: &[Range<usize>]) -> Option<Mending> {
        let (first, last) = (words.first()?, words.last()?);
        let mut letters = String::new();
        let mut borders = Vec::new();
        for word in words {
            letters.push_str(&text[word.clone()]);
            borders.push(letters.len());
        }
        let (read, covered) = self.likeliest(&letters, &borders)?;
        (covered >= COVERED).then_some(Mending { range: first.start..last.end, text: read })
    }

    /// The likeliest words for `letters`, and the share of characters in words of at least two.
    #[expect(clippy::cast_precision_loss, reason = "messages are short")]
    fn likeliest(&self, letters: &str, borders: &[usize]) -> Option<(String, f32)> {
        // For each end: the least cost up to there, and where the last word begins.
        let mut best: Vec<Option<(f32, usize)>> = vec![Some((0.0, 0))];
        for end in 1..=letters.len() {
            let mut least: Option<(f32, usize)> = None;
            for start in end.saturating_sub(LONGEST_LETTERS)..end {
                let (Some((before, _)), Some(reading)) = (best[start], self.by_letters.get(&letters[start..end]))
                else {
                    continue;
                };
                let respects_borders = borders
                    .iter()
                    .filter(|border| start < **border && **border < end)
                    .all(|border| reading.ends.contains(&(border - start)));
                let cost = before + reading.cost + STEP;
                if respects_borders && least.is_none_or(|(least, _)| cost < least) {
                    least = Some((cost, start));
                }
            }
            best.push(least);
        }
        let mut words: Vec<&str> = Vec::new();
        let mut end = letters.len();
        while end > 0 {
            let (_, start) = best[end]?;
            words.push(&self.by_letters[&letters[start..end]].text);
            end = start;
        }
        words.reverse();
        let long: usize = words.iter().map(|word| word.chars().count()).filter(|count| *count > 1).sum();
        let all: usize = words.iter().map(|word| word.chars().count()).sum();
        Some((words.concat(), long as f32 / all.max(1) as f32))
    }
}

/// Whether a word of Latin letters can be read as pinyin at all.
pub(super) fn is_pinyin(word: &str) -> bool {
    word.len() > 1 && sound::split(word).is_some()
}

/// The usual readings of a word's characters; `None` when one has none.
fn syllables(word: &str) -> Option<Vec<&'static str>> {
    word.chars().map(|c| Some(c.to_pinyin()?.plain())).collect()
}
