//! Mistyped characters, mended against the knowledge's own words.
//!
//! A character is suspected when the pair it makes with a neighbour hardly occurs in the knowledge, and mended when one of the
//! knowledge's words stands there but for this character, which sounds or looks like the right one (营业直照, 注消). Words that a
//! general dictionary knows are left alone: a real word in the wrong place may be what was meant.

use std::collections::HashMap;
use std::ops::Range;

use super::alike::{Likeness, likeness};
use super::analyzer::{Analyzer, Run, runs};
use super::vocabulary::Vocabulary;

/// A stretch of a question and what it is read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mending {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    /// What it is read as.
    pub(super) text: String,
}

/// Of equally long words at one place the better one must weigh so many times the other, or neither is taken.
const CLEARLY: u32 = 3;

/// The knowledge's words by what stands beside a slot in them.
pub(super) struct Speller {
    words: Vec<(Vec<char>, u32)>,
    /// The character before a slot → word and slot.
    after: HashMap<char, Vec<(u32, u8)>>,
    /// The character behind a first slot → word.
    before: HashMap<char, Vec<u32>>,
}

/// A word laid over the question.
struct Fit<'a> {
    word: &'a [char],
    weight: u32,
    /// Its first character's place in the run.
    start: usize,
    /// Characters that differ.
    wrong: usize,
    /// Whether all of those sound exactly like the right ones.
    is_exact: bool,
}

impl Speller {
    /// Prepares the words of an edition. Stop words say nothing, so nothing is mended into one.
    pub(super) fn new(vocabulary: &Vocabulary, analyzer: &Analyzer) -> Self {
        let telling = vocabulary.words().iter().filter(|word| !analyzer.is_stop(&word.text));
        let words: Vec<(Vec<char>, u32)> = telling.map(|word| (word.text.chars().collect(), word.weight)).collect();
        let mut after: HashMap<char, Vec<(u32, u8)>> = HashMap::new();
        let mut before: HashMap<char, Vec<u32>> = HashMap::new();
        for (number, (word, _)) in (0_u32..).zip(&words) {
            for (slot, pair) in (1_u8..).zip(word.windows(2)) {
                after.entry(pair[0]).or_default().push((number, slot));
            }
            before.entry(word[1]).or_default().push(number);
        }
        Self { words, after, before }
    }

    /// What is mistyped in a normalised text, from left to right; `is_common` tells whether a pair of characters occurs in the
    /// knowledge more than by chance.
    pub(super) fn mend(&self, text: &str, analyzer: &Analyzer, is_common: &dyn Fn(&str) -> bool) -> Vec<Mending> {
        let mut mendings = Vec::new();
        for run in runs(text) {
            if let Run::Han(range) = run {
                self.mend_run(text, range, analyzer, is_common, &mut mendings);
            }
        }
        mendings
    }

    fn mend_run(
        &self,
        text: &str,
        range: Range<usize>,
        analyzer: &Analyzer,
        is_common: &dyn Fn(&str) -> bool,
        mendings: &mut Vec<Mending>,
    ) {
        let run = &text[range.clone()];
        let line = Line::new(run, analyzer, is_common);
        if !line.is_strange.contains(&true) {
            return;
        }
        let mut at = 0;
        while at < line.chars.len() {
            let Some(fit) = self.best(&line, at) else {
                at += 1;
                continue;
            };
            let end = fit.start + fit.word.len();
            let bytes = range.start + line.offsets[fit.start]..range.start + line.offsets[end];
            // Two words that claim the same place: the first one has it.
            if mendings.last().is_none_or(|last| last.range.end <= bytes.start) {
                mendings.push(Mending { range: bytes, text: fit.word.iter().collect() });
            }
            at = end.max(at + 1);
        }
    }

    /// The best word in which the character at `slot` is mistyped.
    fn best(&self, line: &Line<'_>, slot: usize) -> Option<Fit<'_>> {
        let touches_strange = line.is_strange[slot] || (slot > 0 && line.is_strange[slot - 1]);
        if !touches_strange {
            return None;
        }
        let mut fits: Vec<Fit<'_>> = Vec::new();
        if let Some(left) = slot.checked_sub(1).and_then(|left| self.after.get(&line.chars[left])) {
            for (number, offset) in left {
                fits.extend(self.fit(line, *number, slot.checked_sub(usize::from(*offset)), slot));
            }
        }
        if let Some(right) = line.chars.get(slot + 1).and_then(|right| self.before.get(right)) {
            for number in right {
                fits.extend(self.fit(line, *number, Some(slot), slot));
            }
        }
        let order = |fit: &Fit<'_>| (fit.word.len() - fit.wrong, fit.is_exact, fit.weight);
        let best = fits.iter().enumerate().max_by_key(|(_, fit)| order(fit)).map(|(at, _)| at)?;
        let best = fits.swap_remove(best);
        let is_contested = fits.iter().any(|other| {
            let is_rival = other.word.len() - other.wrong == best.word.len() - best.wrong
                && other.is_exact == best.is_exact
                && other.word.get(slot.wrapping_sub(other.start)) != best.word.get(slot - best.start);
            is_rival && other.weight * CLEARLY > best.weight
        });
        (!is_contested).then_some(best)
    }

    /// The word `number` laid over the run so that it begins at `start`, if it is a credible reading there.
    fn fit(&self, line: &Line<'_>, number: u32, start: Option<usize>, slot: usize) -> Option<Fit<'_>> {
        let (start, (word, weight)) = (start?, &self.words[number as usize]);
        let typed = line.chars.get(start..start + word.len())?;
        if typed[slot - start] == word[slot - start] {
            return None;
        }
        let (mut wrong, mut is_exact) = (0, true);
        for (at, (typed, right)) in (start..).zip(typed.iter().zip(word)) {
            if typed == right {
                continue;
            }
            match likeness(*typed, *right)? {
                Likeness::Sound => {}
                Likeness::Near => is_exact = false,
                Likeness::Shape => {}
            }
            if !line.is_strange_within(at, start, start + word.len()) || !line.is_own(at, start, start + word.len()) {
                return None;
            }
            wrong += 1;
        }
        let is_credible = match word.len() {
            // A stop word, such as 那, is what it looks like.
            2 => wrong == 1 && is_exact && line.is_loose(start) && line.is_loose(start + 1) && !line.is_stop(slot),
            3 => wrong == 1,
            length => wrong <= length / 3 || (wrong <= length / 2 && is_exact),
        };
        (is_credible && !line.is_word(start, start + word.len())).then_some(Fit {
            word,
            weight: *weight,
            start,
            wrong,
            is_exact,
        })
    }
}

/// A run of Chinese characters under suspicion.
struct Line<'a> {
    run: &'a str,
    chars: Vec<char>,
    offsets: Vec<usize>,
    /// By the first of two characters: the pair hardly occurs.
    is_strange: Vec<bool>,
    /// The segmenter's word that each character belongs to.
    owners: Vec<Range<usize>>,
    analyzer: &'a Analyzer,
}

impl<'a> Line<'a> {
    fn new(run: &'a str, analyzer: &'a Analyzer, is_common: &dyn Fn(&str) -> bool) -> Self {
        let chars: Vec<char> = run.chars().collect();
        let offsets: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let pairs = offsets.windows(3).map(|ends| !is_common(&run[ends[0]..ends[2]]));
        let is_strange = pairs.chain([false]).collect();
        let mut owners: Vec<Range<usize>> = Vec::with_capacity(chars.len());
        for word in analyzer.words(run) {
            let (start, length) = (owners.len(), word.chars().count());
            owners.extend(std::iter::repeat_n(start..start + length, length));
        }
        Self { run, chars, offsets, is_strange, owners, analyzer }
    }

    /// Whether the character at `at` makes a strange pair with a neighbour between `start` and `end`.
    fn is_strange_within(&self, at: usize, start: usize, end: usize) -> bool {
        (at > start && self.is_strange[at - 1]) || (at + 1 < end && self.is_strange[at])
    }

    fn is_loose(&self, at: usize) -> bool {
        self.owners.get(at).is_none_or(|owner| owner.len() == 1)
    }

    /// Whether the character at `at` belongs to no word that reaches beyond `start..end`: 企业接电 is not 企业家 and 电.
    fn is_own(&self, at: usize, start: usize, end: usize) -> bool {
        self.owners.get(at).is_none_or(|owner| start <= owner.start && owner.end <= end)
    }

    /// Whether the character at `at` is a stop word by itself.
    fn is_stop(&self, at: usize) -> bool {
        self.analyzer.is_stop(&self.run[self.offsets[at]..self.offsets[at + 1]])
    }

    fn is_word(&self, start: usize, end: usize) -> bool {
        self.analyzer.is_word(&self.run[self.offsets[start]..self.offsets[end]])
    }
}
